"""Answers to the gravest reports: written and sealed off the server, brought as a file, read behind the digits."""

import io
import json
from pathlib import Path

import pytest
from sqlmodel import select

from portal import opening
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import answers, offline, queries, service
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
    assert "--answer answer.txt" in district.text
    sealed, words, out = tmp_path / "case.sealed", tmp_path / "answer.txt", tmp_path / "answer.sealed"
    sealed.write_bytes(district.post(f"{case}/sealed").data)
    words.write_text(ANSWER, "utf-8")
    assert opening.open_main(asked(sealed=sealed, answer=words, out=out, question=True)) == 0
    assert "delete" in capsys.readouterr().out
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
    bring(offices)
    report, _, _ = file_grave()
    content = answers.seal(taken(stores, offices, report, tmp_path), "note", ANSWER)
    brought(stores, offices, report, content)
    brought(stores, offices, report, content)
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Message).where(Message.report_id == report.id, Message.direction == "out")
                              ).all()) == 1


def test_what_does_not_fit_is_refused(stores: Stores, offices: Offices, file_grave: FileAt, tmp_path: Path) -> None:
    """Another case's answer, one for keys of yesterday, a closed case, and files that are none: nothing is stored."""
    bring(offices)
    report, _, _ = file_grave()
    other, _, _ = file_grave(text="另一件")
    content = answers.seal(taken(stores, offices, report, tmp_path), "note", ANSWER)
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
    bring(offices)
    with pytest.raises(Refused, match="key has changed"):
        brought(stores, offices, report, content)
    anew = answers.seal(taken(stores, offices, report, tmp_path), "note", ANSWER)
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


def test_the_other_machine_says_what_is_wrong(stores: Stores, offices: Offices, file_grave: FileAt,
                                              tmp_path: Path) -> None:
    """Nothing written, too much, a question for a name, a missing file: one clear sentence, and no file is made."""
    bring(offices)
    report, _, _ = file_grave()
    sealed, out = taken(stores, offices, report, tmp_path), tmp_path / "out"
    for text, why in ((" \n", "1 to 2000"), ("好" * 2001, "1 to 2000"), ("请问您叫什么名字？", "asks who")):
        (tmp_path / "a.txt").write_text(text, "utf-8")
        with pytest.raises(offline.OpenError, match=why):
            opening.open_main(asked(sealed=sealed, answer=tmp_path / "a.txt", out=out))
    (tmp_path / "a.txt").write_text(ANSWER, "utf-8")
    for given, why in (({"sealed": sealed}, "--out"), ({"out": out}, "give the sealed file"),
                       ({"sealed": tmp_path / "gone", "out": out}, "is missing"),
                       ({"sealed": tmp_path / "a.txt", "out": out}, "can't be read")):
        with pytest.raises(offline.OpenError, match=why):
            opening.open_main(asked(answer=tmp_path / "a.txt", **given))
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(offline.OpenError, match="plain text"):
        opening.open_main(asked(sealed=sealed, answer=tmp_path / "b.txt", out=out))
    (tmp_path / "old.sealed").write_text('{"case": "x"}', "utf-8")
    with pytest.raises(offline.OpenError, match="not a sealed file"):
        opening.open_main(asked(sealed=tmp_path / "old.sealed", answer=tmp_path / "a.txt", out=out))
    assert not out.exists()
