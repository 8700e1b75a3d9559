"""Somebody is named in what is said later: no list moves before the batch, and the town never learns that it is."""

import re
from collections.abc import Callable

import pytest
import time_machine
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.config import Config
from portal.core.db import Stores
from portal.reports import afterwards, keys, queries, receipts, recusals, renewal, service
from portal.reports.models import OfficeKeyCopy, Report, ReportBody
from portal.reports.sealing import Words
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import STORY, FileAt, Offices, hand_over
from tests.reports.test_renewal import unlock
from tests.visitor import Official, Villager

MakeOfficial = Callable[..., Official]


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def reply(villager: Villager, digits: str, text: str) -> TestResponse:
    """Answer behind the sixteen digits."""
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    return villager.post("/c", {"go": "answer", "text": text, "sure": "1"})


def seen(person: Official, path: str) -> str:
    """Return a page without what is made anew for each look: the mark by which a form that is sent twice is known."""
    return re.sub(r'name="attempt" value="\w+"', "", person.get(path).get_data(as_text=True))


def lists(person: Official, code: str) -> list[str]:
    """Return what somebody sees of all cases."""
    return [person.get(f"/en/desk{rest}").get_data(as_text=True)
            for rest in ("", f"/{code}/reports", f"/{code}/reports/openings")]


@pytest.mark.parametrize(("role", "code"), [("town_discipline", "qingxi"), ("district_discipline", "district")])
def test_a_reply_that_names_an_officer_moves_nothing_before_the_batch(
        official: MakeOfficial, stores: Stores, district: District, offices: Offices, file_report: FileAt,
        villager: Villager, role: str, code: str) -> None:
    """Lists and case look the same to both offices until the batch; then the named officer finds the case no more."""
    report, _, digits = file_report()
    named, other = official(role), official("district_discipline" if code == "qingxi" else "town_discipline")
    case = f"/en/desk/{code}/reports/{report.id}"
    named.get(case)
    before = [*lists(named, code), seen(named, case), seen(other, "/en/desk")]
    assert report.id in before[1]
    assert reply(villager, digits, f"镇里区里的{named.person.name}也在场").status_code == 200
    assert [*lists(named, code), seen(named, case), seen(other, "/en/desk")] == before
    hand_over(stores, district)
    assert report.id not in "".join(lists(named, code))
    assert named.get(case).status_code == 404


def test_a_reply_about_the_town_leaves_no_trace_at_the_town(
        official: MakeOfficial, stores: Stores, district: District, offices: Offices, file_report: FileAt,
        villager: Villager) -> None:
    """No line in the case, no word in the list, no task, also after the batch; the district has all of them."""
    with stores.portal.write() as session:  # made by the factory, everybody of a town has one name
        session.get_one(Person, district.person("town_office").id).name = "钱有余"
    report, _, digits = file_report()
    town, above = official("town_discipline"), official("district_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    unlock(above, "district", offices.passphrases["district"])
    case = f"/en/desk/qingxi/reports/{report.id}"
    asked = {"act": "write", "text": "哪一天的事", "kind": "question"}
    town.get(case)
    assert town.post(case, asked).status_code == 303
    town.get(case)
    opened = re.compile(r"[^>]* times")  # how often the town opened the case grows with each look
    before = [opened.sub("", page) for page in (*lists(town, "qingxi")[:2], seen(town, case))]
    assert reply(villager, digits, "镇政府的钱有余拿了钱").status_code == 200
    hand_over(stores, district)
    after = [opened.sub("", page) for page in (*lists(town, "qingxi")[:2], seen(town, case))]
    assert after == before
    assert "Reporters wrote back about people of the town" in above.get("/en/desk").get_data(as_text=True)
    assert "reporter wrote back" in above.get("/en/desk/district/reports").get_data(as_text=True)
    there = f"/en/desk/district/reports/{report.id}"
    assert "钱有余" in above.get(there).get_data(as_text=True)
    assert above.post(there, {**asked, "text": "还有谁在场"}).status_code == 303
    assert "Reporters wrote back about" not in above.get("/en/desk").get_data(as_text=True)


def test_sealing_anew_gives_the_town_no_copy_of_what_concerns_it(stores: Stores, district: District, offices: Offices,
                                                                 file_report: FileAt) -> None:
    """The district opens all of a case for a town that lost its key; a reply about the town stays where it is."""
    report, receipt, _ = file_report()
    with stores.vault.write() as vault:
        service.answer(vault, NOW, vault.get_one(Report, report.id), receipt, offices.readers("liuhe"), "镇里也有人",
                       "a", recusals.Named(town=True))
        service.release(vault, [report.village_id])
    with stores.portal.read() as session:
        above, town = (queries.active_key(session, district[short].id) for short in ("district", "qingxi"))
        mine = session.get_one(OfficeKeyCopy, (above.id, offices.actor("district").person_id))
        halves = {above.id: keys.unwrap(mine, offices.passphrases["district"])}
    with stores.vault.write() as vault:
        assert renewal.reseal(vault, halves, town, set(), [report.village_id]) == renewal.Resealed(1, 0)
        assert vault.get(ReportBody, (report.id, 1, 0, "town")) is None


@pytest.mark.parametrize("kind", ["reopened", "told"])
def test_a_case_that_starts_anew_about_the_town_is_the_districts(stores: Stores, district: District, offices: Offices,
                                                                 file_report: FileAt, kind: str) -> None:
    """A second look, or words told once more, that name the town: with the batch it has no copy and no case."""
    report, receipt, _ = file_report()
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        if kind == "told":
            row.lost_week = "2026-W47"
        else:
            service.close(vault, NOW, offices.actor("qingxi"), row, district["qingxi"], "unfounded", "没有",
                          offices.readers("liuhe"))
        tell = afterwards.tell_again if kind == "told" else afterwards.reopen
        tell(vault, NOW, row, receipt, offices.readers("liuhe"), "镇里也有人", "a", recusals.Named(town=True))
        assert row.to_town
        service.release(vault, [report.village_id])
        assert not row.to_town
        assert not vault.exec(select(ReportBody).where(ReportBody.reader == "town")).all()


def test_naming_the_town_later_in_the_form_moves_nothing_before_the_batch(
        official: MakeOfficial, stores: Stores, config: Config, district: District, offices: Offices,
        file_report: FileAt) -> None:
    """The form sent again with the box ticked, after the first went out: the town's copies go with the batch."""
    attempt = receipts.new_attempt()
    report, receipt, _ = file_report(attempt=attempt)
    town = official("town_discipline")
    before = lists(town, "qingxi")
    filing = service.Filing(district["liuhe"].id, "money", Words("镇里有人", "saw"), (), "open", True,
                            recusals.NOBODY)
    with stores.vault.write() as vault:
        service.file_at(vault, NOW, filing, offices.readers("liuhe"), receipt, b"k" * 32)
    assert lists(town, "qingxi") == before
    assert town.get(f"/desk/qingxi/reports/{report.id}/photo/1/1").status_code in {403, 404}
    hand_over(stores, district)
    assert report.id not in "".join(lists(town, "qingxi"))
    assert official("district_discipline").get(f"/desk/district/reports/{report.id}").status_code == 200


def test_who_steps_back_before_the_batch_has_stepped_back(stores: Stores, offices: Offices,
                                                          file_report: FileAt) -> None:
    """Being named in words that wait is no step back that an officer could run into."""
    report, _, _ = file_report()
    me = offices.actor("qingxi")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        recusals.keep_out(vault, row, recusals.Named(frozenset({me.person_id})))
        assert not recusals.is_out(vault, report.id, me.person_id)
        assert queries.set_aside(vault, [report.village_id], offices.district["district"].id) == (set(), set())
        recusals.declare(vault, me, row)
        assert recusals.is_out(vault, report.id, me.person_id)
        service.release(vault, [report.village_id])
        assert vault.get_one(recusals.Recusal, (report.id, me.person_id)).why == "declared"


def test_a_threat_waits_for_no_batch(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Where words are handed over at once, whoever they name is kept out at once."""
    report, receipt, _ = file_report(category="threat")
    me = offices.actor("qingxi")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        service.answer(vault, NOW, row, receipt, offices.readers("liuhe"), f"{STORY}又来了", "a",
                       recusals.Named(frozenset({me.person_id})))
        assert recusals.is_out(vault, report.id, me.person_id)


def test_what_the_district_asks_about_the_town_the_town_does_not_read(
        official: MakeOfficial, stores: Stores, district: District, offices: Offices, file_report: FileAt,
        villager: Villager) -> None:
    """The district asks back about people of the town, and the reporter answers: neither reaches the town's case.

    Fault seen: the reply that named the town's people was withheld from the town; the district's question about it and
    the answer to that question were sealed for the town and stood in its case.
    """
    with stores.portal.write() as session:
        session.get_one(Person, district.person("town_office").id).name = "钱有余"
    report, _, digits = file_report()
    town, above = official("town_discipline"), official("district_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    unlock(above, "district", offices.passphrases["district"])
    case, there = f"/en/desk/qingxi/reports/{report.id}", f"/en/desk/district/reports/{report.id}"
    opened = re.compile(r"opened by:.*?</p>", re.DOTALL)

    def at_the_town() -> list[str]:
        return [opened.sub("", page) for page in (town.get("/en/desk/qingxi/reports").get_data(as_text=True),
                                                  seen(town, case))]

    town.get(case)
    before = at_the_town()
    reply(villager, digits, "镇政府的钱有余拿了钱")
    hand_over(stores, district)
    above.get(there)
    assert "the town gets no copy" in above.text
    assert above.post(there, {"act": "write", "text": "他拿了多少，在哪里", "kind": "question"}).status_code == 303
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert "他拿了多少" in villager.text
    reply(villager, digits, "三千块，在井房后面")
    hand_over(stores, district)
    assert at_the_town() == before
    assert "三千块，在井房后面" in above.get(there).get_data(as_text=True)
    with stores.vault.read() as vault:
        assert {row.number for row in vault.exec(select(ReportBody).where(ReportBody.reader == "town")).all()} == {0}


def test_the_town_does_not_count_how_often_the_district_opens_a_case(
        official: MakeOfficial, offices: Offices, file_report: FileAt) -> None:
    """A look of the district's changes nothing on the town's page; the district sees who opened it in both offices."""
    report, _, _ = file_report()
    town, above = official("town_discipline"), official("district_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    unlock(above, "district", offices.passphrases["district"])
    own = re.compile(r"Zhou qingxi (once|\d+ times)")  # grows with each look
    case = f"/en/desk/qingxi/reports/{report.id}"
    before = [own.sub("", seen(town, case)) for _ in range(2)][-1]
    for _ in range(2):
        above.get(f"/en/desk/district/reports/{report.id}")
    assert own.search(above.get(f"/en/desk/district/reports/{report.id}").get_data(as_text=True))
    assert own.sub("", seen(town, case)) == before
