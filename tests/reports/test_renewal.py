"""Keys grow old, are lost and are helped out; what an office can't open is named."""

import re
from datetime import timedelta

import pytest
from nacl.public import PrivateKey
from sqlmodel import select

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import clocks, keys, queries, renewal, sealing, service
from portal.reports.models import OfficeKey, OfficeKeyCopy, Opening, Report, ReportBody
from portal.reports.tasks import tasks
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices
from tests.visitor import Official

YEAR = timedelta(days=366)
LATER = "后来又有一件"


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def opened(offices: Offices, short: str, now=NOW) -> keys.Open:
    """Open an office's key with its passphrase."""
    actor = offices.actor(short)
    office = offices.district[short]
    with offices.stores.portal.write() as session:
        right = keys.tried(session, actor, office, offices.passphrases[short])
        held = keys.unlock(session, now, actor, office, right, 15, "new")
    with offices.stores.portal.read() as session:
        return keys.opened(session, now, actor, held)


def rotate(offices: Offices, short: str, now=NOW) -> None:
    key = opened(offices, short, now)
    with offices.stores.portal.write() as session:
        offices.passphrases[short] = renewal.rotate(session, now, offices.actor(short), offices.district[short], key,
                                                    keys.fresh())


def ring(offices: Offices, short: str, now=NOW) -> dict[str, PrivateKey]:
    key = opened(offices, short, now)
    with offices.stores.portal.read() as session:
        return renewal.ring(session, key)


def read(stores: Stores, report: Report, reader: str, halves: dict[str, PrivateKey]) -> list[str]:
    with stores.vault.read() as vault:
        talk = queries.talk(vault, report.id, reader)
    return [sealing.Words.of(sealing.unseal(halves[line.key_id], line.text)).text
            if line.text and line.key_id in halves else "" for line in talk]


def test_a_new_key_opens_the_old_and_the_new(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """After two new keys whoever holds the newest reads all that is in hand; old copies and old words open nothing."""
    first, _, _ = file_report()
    old_words = offices.passphrases["qingxi"]
    rotate(offices, "qingxi")
    second, _, _ = file_report(text=LATER)
    rotate(offices, "qingxi")
    halves = ring(offices, "qingxi")
    assert read(stores, first, "town", halves) == [STORY]
    assert read(stores, second, "town", halves) == [LATER]
    with stores.portal.read() as session:
        assert len(session.exec(select(OfficeKeyCopy).where(
            OfficeKeyCopy.person_id == offices.actor("qingxi").person_id)).all()) == 1
        copy = session.exec(select(OfficeKeyCopy).where(
            OfficeKeyCopy.person_id == offices.actor("qingxi").person_id)).one()
        with pytest.raises(Refused):
            keys.unwrap(copy, old_words)
    with stores.vault.read() as vault:
        assert {vault.get(ReportBody, (report.id, 0, 0, "town")).key_id for report in (first, second)} <= set(halves)


def test_a_key_that_is_not_open_is_not_renewed(stores: Stores, offices: Offices) -> None:
    """Without the open key nothing could be taken over; a key open before the change is open no more."""
    with stores.portal.write() as session, pytest.raises(Refused):
        renewal.rotate(session, NOW, offices.actor("qingxi"), offices.district["qingxi"], None, keys.fresh())
    before = opened(offices, "qingxi")
    with stores.portal.write() as session:
        renewal.rotate(session, NOW, offices.actor("qingxi"), offices.district["qingxi"], before, keys.fresh())
        with pytest.raises(Refused):
            renewal.rotate(session, NOW, offices.actor("qingxi"), offices.district["qingxi"], before, keys.fresh())


def test_an_old_key_lives_until_its_cases_are_over(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """While a case is open or may be reopened its key stays; then the private half is gone from the disk too."""
    report, _, _ = file_report()
    rotate(offices, "qingxi")
    with stores.portal.read() as session:
        held = session.exec(select(OfficeKey.held).where(OfficeKey.held.is_not(None))).one()
    clocks.tick(stores, NOW + YEAR)
    with stores.vault.write() as vault:
        service.close(vault, NOW + YEAR, offices.actor("qingxi"), vault.get(Report, report.id),
                      offices.district["qingxi"], "founded", "查过了", offices.readers("liuhe"))
    clocks.tick(stores, NOW + YEAR + timedelta(days=59))
    assert len(ring(offices, "qingxi")) == 2
    clocks.tick(stores, NOW + YEAR + timedelta(days=70))
    halves = ring(offices, "qingxi")
    assert len(halves) == 1
    assert read(stores, report, "town", halves) == ["", "查过了"], "the answer was sealed to the new key"
    disk = b"".join(path.read_bytes() for path in stores.portal.file.parent.glob("portal.sqlite*"))
    assert held not in disk


def test_a_key_of_a_year_is_a_line_at_the_desk(stores: Stores, offices: Offices) -> None:
    """After a year the desk asks for a new key, and not before."""
    def asked(now) -> bool:
        with stores.portal.read() as session:
            return any("done its year" in line.phrase for line in tasks(stores, session, offices.actor("qingxi"), now))

    assert not asked(NOW + timedelta(days=364))
    assert asked(NOW + timedelta(days=365))
    rotate(offices, "qingxi", NOW + timedelta(days=365))
    assert not asked(NOW + timedelta(days=365))


def test_a_lost_key_is_helped_out_by_the_district(official, stores: Stores, offices: Offices,
                                                  file_report: FileAt) -> None:
    """Declared lost by the district, made anew by the town, sealed anew from the district's copies: all by page."""
    ours, _, _ = file_report(photos=(b"\xff\xd8 a photo",))
    hidden, _, _ = file_report(town_involved=True)
    district, town = official("district_discipline"), official("town_discipline")
    assert town.get("/desk/qingxi/office-key/lost").status_code == 404
    assert town.post("/desk/qingxi/office-key/lost", {"act": "lose"}).status_code == 404
    district.get("/desk/qingxi/office-key/lost")
    assert district.post("/desk/qingxi/office-key/lost", {"act": "lose"}).status_code == 200
    between, _, _ = file_report(text=LATER)
    assert district.post("/desk/qingxi/office-key/lost", {"act": "reseal"}).status_code == 422
    town.get("/desk/qingxi/office-key")
    words = new_words(town, "make")
    unlock(district, "district", offices.passphrases["district"])
    district.get("/desk/qingxi/office-key/lost")
    assert district.post("/desk/qingxi/office-key/lost", {"act": "reseal"}).status_code == 200
    offices.passphrases["qingxi"] = words
    halves = ring(offices, "qingxi")
    assert read(stores, ours, "town", halves) == [STORY]
    assert read(stores, between, "town", halves) == [LATER]
    with stores.vault.read() as vault:
        assert vault.get(ReportBody, (hidden.id, 0, 0, "town")) is None
        photo = vault.get(ReportBody, (ours.id, 0, 1, "town"))
    assert sealing.unseal(halves[photo.key_id], photo.sealed) == b"\xff\xd8 a photo"
    with stores.portal.read() as session:
        assert set(session.exec(select(Opening.kind)).all()) == {"lost", "resealed", "opened"}
    district.get("/en/desk/district/reports/openings")
    assert "declared the key lost" in district.text


def unlock(person: Official, code: str, words: str) -> None:
    person.get(f"/desk/{code}/reports")
    assert person.post(f"/desk/{code}/reports/unlock", {"passphrase": words, "why": "new"}).status_code == 303


def new_words(person: Official, act: str, code: str = "qingxi") -> str:
    person.post(f"/desk/{code}/office-key", {"act": act})
    code = re.search(r'<p class="code">(.*?)</p>', person.text, re.DOTALL)
    return " ".join(re.findall(r"<span>([a-z]+)</span>", code[1]))


def test_what_an_office_cannot_open_is_named(official, stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """A damaged copy, one that was never made, one sealed to a lost key: each is named, the rest is read."""
    report, receipt, _ = file_report()
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        for text in ("二", "三", "四"):
            service.answer(vault, NOW, row, receipt, offices.readers("liuhe"), f"第{text}件", text * 32)
        service.release(vault, [report.village_id])
        damaged, missing, lost = (vault.get(ReportBody, (report.id, number, 0, "town")) for number in (0, 1, 2))
        damaged.sealed = damaged.sealed[:-1] + bytes([damaged.sealed[-1] ^ 1])
        lost.key_id = "f" * 16
        vault.delete(missing)
        vault.add_all([damaged, lost])
    town = official("town_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    town.get(f"/en/desk/qingxi/reports/{report.id}")
    for words in ("was damaged", "has no copy of this message", "a key that this office no longer has", "第四件"):
        assert words in town.text, words


def test_the_page_makes_a_new_key(official, stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Open the key, make a new one, write down the words; the old case opens with them."""
    report, _, _ = file_report()
    town = official("town_discipline")
    town.get("/desk/qingxi/office-key")
    assert town.post("/desk/qingxi/office-key", {"act": "renew"}).status_code == 422
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    town.get("/desk/qingxi/office-key")
    words = new_words(town, "renew")
    town.get(f"/desk/qingxi/reports/{report.id}")
    assert STORY not in town.text
    unlock(town, "qingxi", words)
    town.get(f"/desk/qingxi/reports/{report.id}")
    assert STORY in town.text
