"""Answers to the gravest reports: written and sealed off the server, brought as a file, read behind the digits."""

import base64
import io
import json
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlmodel import select

from portal import opening
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import answers, offline, queries, sealing, service
from portal.reports.models import Message, Report, ReportBody
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.reports.test_offline import asked, bring
from tests.reports.test_renewal import unlock
from tests.visitor import Villager

ANSWER = "派出所已经找他谈过。夜里有人来，就打这个值班室。"


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def taken(stores: Stores, offices: Offices, report: Report, tmp_path: Path) -> Path:
    """Take a case's sealed file to the other machine; return where it lies there."""
    village, district = offices.district["liuhe"], offices.district["district"]
    with stores.portal.read() as session, stores.vault.read() as vault:
        known = queries.offline_keys(session, district.id)
        content = offline.sealed_file(vault, report, "district", known, answers.readers_of(session, village, report))
    path = tmp_path / "case.sealed"
    path.write_bytes(content)
    return path


def own(private: PrivateKey, folder: Path) -> Path:
    """Return the key file of an office as its machine has it; no words are asked for its public half."""
    path = folder / "office.json"
    path.write_text(json.dumps({"public": bytes(private.public_key).hex(), "salt": "", "locked": ""}))
    return path


def sealed_by(private: PrivateKey, sealed: Path) -> bytes:
    """Seal the answer as the office does that knows its own key."""
    return answers.seal(sealed, "note", ANSWER, [bytes(private.public_key)])[0]


def brought(stores: Stores, offices: Offices, report: Report, content: bytes) -> None:
    """Bring an answer to the desk, as its page does."""
    village, district = offices.district["liuhe"], offices.district["district"]
    with stores.portal.read() as session:
        readers = answers.readers_of(session, village, report)
    with stores.vault.write() as vault:
        answers.bring(vault, NOW, vault.merge(report), district, answers.read(content, report.id), readers)


def test_an_answer_that_the_server_never_sees(official, villager: Villager, stores: Stores, offices: Offices,
                                              file_grave: FileAt, tmp_path: Path, capsys) -> None:
    """By pages and commands: the file is taken, an answer sealed elsewhere and brought, the reporter reads it."""
    private = bring(offices)
    report, _, digits = file_grave()
    district, case = official("district_discipline"), f"/en/desk/district/reports/{report.id}"
    unlock(district, "district", offices.passphrases["district"])
    district.get(case)
    assert "portal open" in district.text
    assert "--key office.json --answer answer.txt" in district.text
    sealed, words, out = tmp_path / "case.sealed", tmp_path / "answer.txt", tmp_path / "answer.sealed"
    sealed.write_bytes(district.post(f"{case}/sealed").data)
    words.write_text(ANSWER, "utf-8")
    key = [own(private, tmp_path)]
    assert opening.open_main(asked(sealed=sealed, answer=words, out=out, question=True, key=key)) == 0
    said = capsys.readouterr().out
    assert "delete" in said
    assert f"sealed for the district: key {offline.fingerprint(bytes(private.public_key))} (this office)" in said
    assert ANSWER not in out.read_text("utf-8")

    district.get(case)
    sent = district.post(case, {"act": "bring", "brought": (io.BytesIO(out.read_bytes()), "answer.sealed")},
                         content_type="multipart/form-data")
    assert sent.status_code == 303
    district.get(case)
    assert ANSWER not in district.text, "the desk's key does not open it"
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert ANSWER in villager.text
    assert "You were asked something" in villager.text
    with stores.vault.read() as vault:
        copies = vault.exec(select(ReportBody).where(ReportBody.report_id == report.id, ReportBody.number == 1)).all()
    assert {copy.reader for copy in copies} == {"district", "reporter"}
    again = tmp_path / "again.sealed"
    again.write_bytes(district.post(f"{case}/sealed").data)
    case_id, said = offline.open_file(again, [private])
    assert case_id == report.id
    assert said[-1].text == ANSWER, "the office reads its own answer where it reads the report"


def test_the_same_answer_brought_twice_is_one(stores: Stores, offices: Offices, file_grave: FileAt,
                                              tmp_path: Path) -> None:
    """A double tap, or a page sent again, adds nothing."""
    private = bring(offices)
    report, _, _ = file_grave()
    content = sealed_by(private, taken(stores, offices, report, tmp_path))
    brought(stores, offices, report, content)
    brought(stores, offices, report, content)
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Message).where(Message.report_id == report.id, Message.direction == "out")
                              ).all()) == 1


def test_what_does_not_fit_is_refused(stores: Stores, offices: Offices, file_grave: FileAt, tmp_path: Path) -> None:
    """Another case's answer, one for keys of yesterday, a closed case, and files that are none: nothing is stored."""
    private = bring(offices)
    report, _, _ = file_grave()
    other, _, _ = file_grave(text="另一件")
    content = sealed_by(private, taken(stores, offices, report, tmp_path))
    with pytest.raises(Refused, match="another report"):
        brought(stores, offices, other, content)
    facts = json.loads(content)
    short = {**facts, "copies": [{**each, "sealed": "AAAA"} for each in facts["copies"]]}
    for bad in (b"", b"{}", b"[" * 5000, b"\xff\x00", json.dumps({**facts, "kind": "result"}).encode(),
                json.dumps({**facts, "copies": 7}).encode(), json.dumps(short).encode()):
        with pytest.raises(Refused, match="not an answer"):
            answers.read(bad, report.id)
    fewer = json.dumps({**facts, "copies": facts["copies"][:1]}).encode()
    with pytest.raises(Refused, match="key has changed"):
        brought(stores, offices, report, fewer)
    renewed = bring(offices)
    with pytest.raises(Refused, match="key has changed"):
        brought(stores, offices, report, content)
    anew = sealed_by(renewed, taken(stores, offices, report, tmp_path))
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        service.accept(vault, NOW, row)
        service.close(vault, NOW, offices.actor("district"), row, offices.district["district"], "founded", "好",
                      offices.readers("liuhe"))
        closed = row
    with pytest.raises(Refused, match="closed"):
        brought(stores, offices, closed, anew)
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Message).where(Message.report_id == report.id, Message.kind == "note")
                              ).all()) == 0


@pytest.mark.parametrize("gravest", [False, True])
def test_what_is_read_here_is_answered_here(official, stores: Stores, offices: Offices, file_report: FileAt,
                                            gravest: bool) -> None:
    """Sealed text, which nobody looks at for a question for a name, is brought only where the report is sealed away."""
    if gravest:
        bring(offices, "qingxi")  # the district has a key for them, too, or reads the report at the desk
    report, _, _ = file_report()
    content = made_up(stores, offices, report, '["您叫什么", ""]'.encode())
    with pytest.raises(Refused, match="answered here"):
        brought(stores, offices, report, content)
    district, case = official("district_discipline"), f"/en/desk/district/reports/{report.id}"
    unlock(district, "district", offices.passphrases["district"])
    district.get(case)
    page = district.post(case, {"act": "bring", "brought": (io.BytesIO(content), "a")},
                         content_type="multipart/form-data")
    assert page.status_code == 422
    assert "answered here" in district.text
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Message).where(Message.report_id == report.id)).all()) == 1


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe", b"7", b"[1, 2]", b'["a"]', b'["a", "", 3]',
                                     b'["a", "x"]', b'["a", []]', b'["\\ud800", ""]', b"[" * 3000])
def test_a_box_with_anything_in_it_breaks_no_page(official, villager: Villager, stores: Stores, offices: Offices,
                                                  file_grave: FileAt, content: bytes) -> None:
    """The reporter's page and the desk's say calmly that it can't be opened, and show everything else."""
    bring(offices)
    report, _, digits = file_grave()
    with stores.vault.write() as vault:
        key = next(each for each in offices.readers("liuhe") if each.reader == "district")
        vault.add(Message(report_id=report.id, number=1, direction="out", kind="note", week=report.week,
                          place_id=offices.district["district"].id))
        vault.flush()
        for reader, key_id, public in (("reporter", "", report.reporter_pub), ("district", key.key_id, key.public)):
            vault.add(ReportBody(report_id=report.id, number=1, part=0, reader=reader, key_id=key_id,
                                 sealed=sealing.seal(public, content)))
    villager.get("/en/c")
    assert villager.post("/en/c", {"receipt": digits}).status_code == 200
    assert "can’t be opened" in villager.text
    district = official("district_discipline")
    unlock(district, "district", offices.passphrases["district"])
    assert district.get(f"/en/desk/district/reports/{report.id}").status_code == 200
    assert "can’t be opened" in district.text


def test_a_padding_that_lies_is_unreadable() -> None:
    """Too short for a length, or with a length beyond its end: no words come of it."""
    for padded in (b"", b"\0\0\0", b"\0\0\0\x09abc"):
        with pytest.raises(sealing.Unreadable):
            sealing.unpad(padded)
    assert sealing.unpad(sealing.pad(b"abc")) == b"abc"


def made_up(stores: Stores, offices: Offices, report: Report, content: bytes) -> bytes:
    """Return a sealed answer to a case that no machine of ours wrote."""
    with stores.portal.read() as session:
        readers = answers.readers_of(session, offices.district["liuhe"], report)
    copies = [{"reader": each.reader, "key": each.key_id, "public": each.public.hex(),
               "sealed": base64.b64encode(sealing.seal(each.public, content)).decode()} for each in readers]
    return json.dumps({"format": offline.FORMAT, "case": report.id, "kind": "question", "copies": copies}).encode()


def test_the_other_machine_says_what_is_wrong(stores: Stores, offices: Offices, file_grave: FileAt,
                                              tmp_path: Path) -> None:
    """Nothing written, too much, a question for a name, a missing file: one clear sentence, and no file is made."""
    private = bring(offices)
    report, _, _ = file_grave()
    sealed, out = taken(stores, offices, report, tmp_path), tmp_path / "out"
    key = [own(private, tmp_path)]
    for text, why in ((" \n", "1 to 2000"), ("好" * 2001, "1 to 2000"), ("请问您叫什么名字？", "asks who")):
        (tmp_path / "a.txt").write_text(text, "utf-8")
        with pytest.raises(offline.OpenError, match=why):
            opening.open_main(asked(sealed=sealed, answer=tmp_path / "a.txt", out=out, key=key))
    (tmp_path / "a.txt").write_text(ANSWER, "utf-8")
    for given, why in (({"sealed": sealed}, "--out"), ({"sealed": sealed, "out": out, "key": None}, "--key"),
                       ({"out": out}, "give the sealed file"),
                       ({"sealed": tmp_path / "gone", "out": out}, "is missing"),
                       ({"sealed": tmp_path / "a.txt", "out": out}, "can't be read")):
        with pytest.raises(offline.OpenError, match=why):
            opening.open_main(asked(answer=tmp_path / "a.txt", **{"key": key, **given}))
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(offline.OpenError, match="plain text"):
        opening.open_main(asked(sealed=sealed, answer=tmp_path / "b.txt", out=out, key=key))
    (tmp_path / "old.sealed").write_text('{"case": "x"}', "utf-8")
    with pytest.raises(offline.OpenError, match="not a sealed file"):
        opening.open_main(asked(sealed=tmp_path / "old.sealed", answer=tmp_path / "a.txt", out=out, key=key))
    assert not out.exists()


def changed(sealed: Path, reader: str, public: bytes) -> None:
    """Put another public key in the place of a reader's, as whoever carries the file can."""
    facts = json.loads(sealed.read_text())
    for each in facts["readers"]:
        if each["reader"] == reader:
            each["public"] = public.hex()
    sealed.write_text(json.dumps(facts))


def test_no_answer_is_sealed_past_the_own_office(stores: Stores, offices: Offices, file_grave: FileAt,
                                                 tmp_path: Path) -> None:
    """A file that names a thief's key as the office's is refused before anything is sealed; so is one naming nobody."""
    private = bring(offices)
    report, _, _ = file_grave()
    sealed, out, text = taken(stores, offices, report, tmp_path), tmp_path / "out", tmp_path / "a.txt"
    text.write_text(ANSWER, "utf-8")
    given = asked(sealed=sealed, answer=text, out=out, key=[own(private, tmp_path)])
    changed(sealed, "district", bytes(PrivateKey.generate().public_key))
    with pytest.raises(offline.OpenError, match=r"does not name the key of this office \([\d ]{24}\)"):
        opening.open_main(given)
    facts = json.loads(sealed.read_text())
    for readers in ([], facts["readers"] * 2, [each for each in facts["readers"] if each["reader"] != "reporter"],
                    [*facts["readers"], {**facts["readers"][0], "reader": "thief"}]):
        sealed.write_text(json.dumps({**facts, "readers": readers}))
        with pytest.raises(offline.OpenError, match="not a sealed file"):
            opening.open_main(given)
    assert not out.exists()


def test_an_answer_sealed_to_a_strange_key_is_told_and_refused(stores: Stores, offices: Offices, file_grave: FileAt,
                                                               tmp_path: Path, capsys) -> None:
    """Another reader's swapped key is said in its digits on the machine, and the desk takes no such answer."""
    private = bring(offices)
    report, _, _ = file_grave()
    sealed, out, text = taken(stores, offices, report, tmp_path), tmp_path / "out", tmp_path / "a.txt"
    text.write_text(ANSWER, "utf-8")
    thief = bytes(PrivateKey.generate().public_key)
    changed(sealed, "reporter", thief)
    opening.open_main(asked(sealed=sealed, answer=text, out=out, key=[own(private, tmp_path)]))
    said = capsys.readouterr().out
    assert f"sealed for the reporter: key {offline.fingerprint(thief)}\n" in said
    assert "compare these digits" in said
    with pytest.raises(Refused, match="sealed to a key that is none of this report"):
        brought(stores, offices, report, out.read_bytes())
