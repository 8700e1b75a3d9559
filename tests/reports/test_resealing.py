"""A town that lost the key of the gravest reports gets the district's copies, sealed anew off the server."""

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
from portal.reports import losses, offline, queries, recusals, resealing, sealing, service
from portal.reports.models import Opening, Report, ReportBody
from portal.roles import Actor, Grant, Role
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices
from tests.reports.test_offline import asked, bring
from tests.reports.test_renewal import unlock


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def lose(offices: Offices) -> None:
    """Let two people of the town declare its offline key lost."""
    town, person = offices.district["qingxi"], offices.district.person(str(Role.TOWN_OFFICE), "qingxi")
    second = Actor(person.id, person.name, person.name_en, "s2", (Grant(Role.TOWN_OFFICE, town.id, town.path),))
    with offices.stores.portal.write() as session:
        key = queries.active_key(session, town.id, offline=True)
        losses.say(session, NOW, offices.actor("qingxi"), town, key.id)
        losses.confirm(session, NOW, second, town, key.id)


def town_copy(stores: Stores, report: Report, part: int = 0) -> ReportBody:
    with stores.vault.read() as vault:
        return vault.get_one(ReportBody, (report.id, 0, part, "town"))


def test_from_the_loss_to_the_towns_new_copy(official, stores: Stores, offices: Offices, file_grave: FileAt,
                                             tmp_path: Path, monkeypatch, capsys) -> None:
    """By pages and commands: the district takes its file, seals it anew elsewhere, brings it; the town opens it."""
    opening.open_main(asked(new_key=tmp_path / "office.json", json=True))
    made = json.loads(capsys.readouterr().out)
    district = official("district_discipline")
    unlock(district, "district", offices.passphrases["district"])
    district.get("/desk/district/office-key/offline")
    district.post("/desk/district/office-key/offline", {"public": made["public"], "digits": made["fingerprint"]})
    bring(offices, "qingxi")
    report, _, _ = file_grave(photos=(b"\xff\xd8 a photo",))
    case = f"/en/desk/district/reports/{report.id}"
    district.get(case)
    assert "--for-town" not in district.text, "the town reads its own copy"
    lose(offices)
    district.get(case)
    assert "--for-town" not in district.text, "the town has no new key yet"
    new = bring(offices, "qingxi")
    district.get(case)
    assert "--for-town" in district.text
    sealed, out = tmp_path / "case.sealed", tmp_path / "town.sealed"
    sealed.write_bytes(district.post(f"{case}/sealed").data)
    monkeypatch.setattr("sys.stdin", io.StringIO(made["words"] + "\n"))
    opening.open_main(asked(sealed=sealed, key=[tmp_path / "office.json"], for_town=True, out=out))
    said = capsys.readouterr().out
    assert STORY not in said + out.read_text("utf-8")
    assert f"sealed for the town: key {offline.fingerprint(bytes(new.public_key))}\n" in said, "to be compared"
    district.get(case)
    sent = district.post(case, {"act": "reseal", "copies": (io.BytesIO(out.read_bytes()), "town.sealed")},
                         content_type="multipart/form-data")
    assert sent.status_code == 303
    assert sealing.Words.of(sealing.unseal(new, town_copy(stores, report).sealed)).text == STORY
    assert sealing.unseal(new, town_copy(stores, report, 1).sealed) == b"\xff\xd8 a photo"
    district.get(case)
    assert "--for-town" not in district.text
    with stores.portal.read() as session:
        assert "resealed" in set(session.exec(select(Opening.kind).where(Opening.report_id == report.id)).all())


def test_what_does_not_fit_is_refused(official, stores: Stores, offices: Offices, file_grave: FileAt,
                                      tmp_path: Path) -> None:
    """Other cases' copies, parts that the district does not hold, an older key of the town: nothing is replaced."""
    private, _old = bring(offices), bring(offices, "qingxi")
    report, _, _ = file_grave()
    other, _, _ = file_grave(text="另一件")
    lose(offices)
    bring(offices, "qingxi")
    before = town_copy(stores, report).sealed
    content = anew(stores, offices, report, private, tmp_path / "a.sealed")
    with pytest.raises(Refused, match="another report"):
        resealing.read(content, other.id)
    facts = json.loads(content)
    for bad in (b"", b"[]", json.dumps({**facts, "for": []}).encode(),
                json.dumps({**facts, "for": [{"of": "00", "sealed": "AAAA"}]}).encode()):
        with pytest.raises(Refused, match="not what"):
            resealing.read(bad, report.id)
    more = {**facts, "for": [*facts["for"], {**facts["for"][0], "of": "07" * 32}]}
    for given, why in ((more, "not what"), ({**facts, "key": "k" * 16}, "has changed")):
        with stores.portal.read() as session, stores.vault.write() as vault, pytest.raises(Refused, match=why):
            resealing.take(vault, queries.as_it_stands(vault, report), resealing.read(json.dumps(given).encode(),
                           report.id), resealing.town_key(session, offices.district["liuhe"]), resealing.lost(session))
    town = official("town_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    town.get(f"/desk/qingxi/reports/{report.id}")
    town.post(f"/desk/qingxi/reports/{report.id}/sealed")
    town.get(f"/desk/qingxi/reports/{report.id}")
    assert town.post(f"/desk/qingxi/reports/{report.id}", {
        "act": "reseal", "copies": (io.BytesIO(content), "a")}, content_type="multipart/form-data").status_code in {
        403, 422}, "the district alone brings them"
    assert town_copy(stores, report).sealed == before


def test_a_copy_that_the_town_opens_is_never_replaced(official, stores: Stores, offices: Offices,
                                                      file_report: FileAt, file_grave: FileAt) -> None:
    """However the district asks: its own words never stand in the place of the reporter's, in no kind of case."""
    bring(offices, "qingxi")
    report, _, _ = file_report()
    district, before = official("district_discipline"), town_copy(stores, report)
    unlock(district, "district", offices.passphrases["district"])
    case = f"/en/desk/district/reports/{report.id}"
    district.get(case)
    page = district.post(case, {"act": "reseal", "copies": (made_up(offices, report, [(0, 0)]), "a")},
                         content_type="multipart/form-data")
    assert page.status_code == 422
    assert "its own copies stay" in district.text
    bring(offices)
    grave, _, _ = file_grave(photos=(b"\xff\xd8 a photo",))
    lose(offices)
    new = bring(offices, "qingxi")
    take(stores, offices, grave, made_up(offices, grave, [(0, 0)]))
    assert sealing.Words.of(sealing.unseal(new, town_copy(stores, grave).sealed)).text == "别的话"
    with pytest.raises(Refused, match="its own copies stay"):
        take(stores, offices, grave, made_up(offices, grave, [(0, 0)]))
    assert (town_copy(stores, report).sealed, town_copy(stores, report).key_id) == (before.sealed, before.key_id)


def test_what_was_meant_for_the_district_alone_stays_there(stores: Stores, offices: Offices,
                                                           file_grave: FileAt) -> None:
    """A later message that names the town has no copy for it; sealing the others anew gives it none."""
    bring(offices)
    bring(offices, "qingxi")
    report, receipt, _ = file_grave()
    with stores.portal.read() as session:
        readers = queries.office_readers(session, offices.district["liuhe"], offline=True)
    with stores.vault.write() as vault:
        service.answer(vault, NOW, vault.get_one(Report, report.id), receipt, readers, "镇里也有人", "a",
                       recusals.Named(town=True))
    lose(offices)
    bring(offices, "qingxi")
    take(stores, offices, report, made_up(offices, report, [(0, 0), (1, 0)]))
    with stores.vault.read() as vault:
        assert vault.get(ReportBody, (report.id, 1, 0, "town")) is None
        assert vault.get(ReportBody, (report.id, 1, 0, "district")) is not None


def made_up(offices: Offices, report: Report, parts: list[tuple[int, int]]) -> io.BytesIO:
    """Return a file as the other machine writes it, with words that nobody reported."""
    with offices.stores.portal.read() as session, offices.stores.vault.read() as vault:
        town = resealing.town_key(session, offices.district["liuhe"])
        marks = [resealing.mark(vault.get_one(ReportBody, (report.id, *part, "district")).sealed) for part in parts]
    sealed = base64.b64encode(sealing.seal(town.public, sealing.Words("别的话").as_bytes())).decode()
    return io.BytesIO(json.dumps({"format": offline.FORMAT, "case": report.id, "key": town.key_id, "for": [
        {"of": of, "sealed": sealed} for of in marks]}).encode())


def take(stores: Stores, offices: Offices, report: Report, content: io.BytesIO) -> None:
    """Bring copies to the desk, as its page does."""
    with stores.portal.read() as session, stores.vault.write() as vault:
        resealing.take(vault, queries.as_it_stands(vault, report), resealing.read(content.read(), report.id),
                       resealing.town_key(session, offices.district["liuhe"]), resealing.lost(session))


def anew(stores: Stores, offices: Offices, report: Report, private: PrivateKey, path: Path) -> bytes:
    """Take a case's file and seal it anew for the town, as the other machine does."""
    from portal.reports import answers

    with stores.portal.read() as session, stores.vault.read() as vault:
        known = queries.offline_keys(session, offices.district["district"].id)
        path.write_bytes(offline.sealed_file(vault, report, "district", known, answers.readers_of(
            session, offices.district["liuhe"], report)))
    return resealing.reseal(path, [private])


def test_the_other_machine_says_what_is_wrong(stores: Stores, offices: Offices, file_grave: FileAt,
                                              tmp_path: Path) -> None:
    """No key of a town, a key that does not open it, no place for the result: one clear sentence each."""
    private = bring(offices)
    alone, _, _ = file_grave()
    with pytest.raises(offline.OpenError, match="no key of a town"):
        anew(stores, offices, alone, private, tmp_path / "alone")
    bring(offices, "qingxi")
    shared, _, _ = file_grave(text="又来了")
    with pytest.raises(offline.OpenError, match="nothing was sealed anew"):
        anew(stores, offices, shared, PrivateKey.generate(), tmp_path / "shared")
    (tmp_path / "none").write_text("{}", "utf-8")
    with pytest.raises(offline.OpenError, match="not a sealed file"):
        resealing.reseal(tmp_path / "none", [private])
    with pytest.raises(offline.OpenError, match="give --out"):
        opening.open_main(asked(sealed=tmp_path / "shared", share=[tmp_path / "a", tmp_path / "b"], for_town=True))
