"""Whoever is involved does not open the case, by any way; what concerns the town never reaches the town."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import access, clocks, keys, queries, receipts, recusals, renewal, service
from portal.reports.models import Opening, Recusal, Report, ReportBody
from portal.reports.tasks import tasks
from portal.roles import Role
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, write_to
from tests.reports.test_renewal import unlock
from tests.visitor import Villager

TOWN_NAMED = f"{STORY}，是镇里的周 qi 让这么记的"
DISTRICT_NAMED = f"{STORY}，区里的周DI也来吃过饭"


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def send(villager: Villager, stores: Stores, text: str, **more: object) -> Report:
    write_to(villager, "liuhe", text=text, **more)
    assert villager.post("/v/liuhe/say", {"go": "send"}).status_code == 200
    with stores.vault.write() as vault:
        report = vault.exec(select(Report)).one()
        service.release(vault, [report.village_id])
    return report


def readers(stores: Stores, report: Report, number: int = 0) -> set[str]:
    with stores.vault.read() as vault:
        query = select(ReportBody.reader).where(ReportBody.report_id == report.id, ReportBody.number == number)
        return set(vault.exec(query).all())


def test_naming_somebody_of_the_town_keeps_it_from_the_town(villager: Villager, official, stores: Stores,
                                                            offices: Offices) -> None:
    """A name is enough, whatever the blanks: the page says so, the town gets no copy and finds no case."""
    write_to(villager, "liuhe", prefix="/en", text=TOWN_NAMED)
    assert "names somebody who works for the town" in villager.text
    report = send(villager, stores, TOWN_NAMED)
    assert readers(stores, report) == {"district", "reporter"}
    town = official("town_discipline")
    assert report.id not in town.get("/desk/qingxi/reports").get_data(as_text=True)
    assert town.get(f"/desk/qingxi/reports/{report.id}").status_code == 404
    assert official("district_discipline").get(f"/desk/district/reports/{report.id}").status_code == 200


def test_a_named_officer_cannot_open_the_case_and_the_attempt_is_noted(villager: Villager, official, stores: Stores,
                                                                      offices: Offices) -> None:
    """Named in the words: not in the list, 404 like a case that does not exist, for the case, its photos, every act."""
    report = send(villager, stores, DISTRICT_NAMED)
    named, town = official("district_discipline"), official("town_discipline")
    assert report.id not in named.get("/desk/district/reports").get_data(as_text=True)
    for code in ("district", "qingxi", "liuhe"):
        path = f"/desk/{code}/reports/{report.id}"
        for answer in (named.get(f"{path}/photo/0/1"), named.post(path, {"act": "accept"}),
                       named.post(path, {"act": "recuse"})):
            assert answer.status_code == 404
        other = named.get(path.replace(report.id, "0" * 16))
        assert named.get(path).data.replace(report.id.encode(), b"0" * 16) == other.data
    with stores.portal.read() as session:
        tried = session.exec(select(Opening).where(Opening.report_id == report.id)).all()
        assert {(row.kind, row.person_id) for row in tried} == {("refused", named.person.id)}
        assert not [line for line in tasks(stores, session, offices.actor("district"), NOW) if "read" in line.phrase]
    named.get("/en/desk/district/reports/openings")
    assert "was kept from it: involved" not in named.text, "a guess at a case's number is answered nowhere"
    with stores.portal.read() as session:  # as others of the district read it
        assert "refused" in {row.kind for row, *_ in access.openings(session, offices.district["district"].path, ())[0]}
    assert town.get(f"/desk/qingxi/reports/{report.id}").status_code == 200
    with stores.vault.read() as vault:
        assert vault.exec(select(Recusal.why)).all() == ["named"]


def test_no_list_leads_the_named_officer_to_the_case(official, stores: Stores, district, offices: Offices,
                                                     file_report: FileAt) -> None:
    """Who opened what, and the villages watched after a threat: as if the case that names the reader did not exist."""
    named, town = official("district_discipline"), official("town_discipline")
    lists = ("/en/desk/district/reports/openings", "/en/desk/district/after-threats")
    before = [named.get(path).data for path in lists[1:]]
    report, _, _ = file_report(category="threat")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        recusals.keep_out(vault, row, recusals.Named(frozenset({named.person.id})))
        row.state, row.outcome, row.closed_week = "closed", "founded", "2026-W47"
        vault.add(row)
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    assert town.get(f"/desk/qingxi/reports/{report.id}").status_code == 200
    assert [named.get(path).data for path in lists[1:]] == before
    named.get(lists[0])
    assert report.id not in named.text
    assert "the office’s key" in named.text, "everything else is listed as ever"
    town.get("/en/desk/qingxi/reports/openings")
    assert report.id in town.text


def test_an_officer_steps_back_for_good(official, stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Declared interest: the case is closed to that officer, the access log and the district's desk show it."""
    report, _, _ = file_report()
    town = official("town_discipline")
    path = f"/desk/qingxi/reports/{report.id}"
    town.get(path)
    assert town.post(path, {"act": "recuse"}).status_code == 303
    assert town.get(path).status_code == 404
    assert report.id not in town.get("/desk/qingxi/reports").get_data(as_text=True)
    assert town.post(path, {"act": "accept"}).status_code == 404
    with stores.portal.read() as session:
        lines = [line.phrase for line in tasks(stores, session, offices.actor("district"), NOW)]
        assert any("stepped back" in line for line in lines)
    district = official("district_discipline")
    district.get("/en/desk/district/reports/openings")
    assert "stepped back from it" in district.text
    assert district.get(f"/desk/district/reports/{report.id}").status_code == 200
    with stores.vault.write() as vault, pytest.raises(Refused):
        recusals.declare(vault, offices.actor("qingxi"), vault.get(Report, report.id))


def test_praise_with_a_name_goes_its_usual_way(villager: Villager, stores: Stores, offices: Offices) -> None:
    """Thanking somebody of the town by name is no complaint about the town."""
    report = send(villager, stores, "谢谢镇里的周qi", category="word")
    assert readers(stores, report) == {"town", "district", "reporter"}


def test_only_offices_above_the_village_are_looked_for(stores: Stores, offices: Offices) -> None:
    """Another town's people and the village's own are not taken for the town's; nobody is named by one letter."""
    with stores.portal.read() as session:
        def found(text: str) -> recusals.Named:
            return recusals.named(session, offices.district["liuhe"], text, local_day(NOW))

        assert found("白沙的周ba，村里的周li，姓周的") == recusals.NOBODY
        assert found("Zhou Qingxi told me").town
        assert found("周di") == recusals.Named(frozenset({offices.actor("district").person_id}), town=False)


def test_a_report_about_the_town_reaches_it_by_no_path(stores: Stores, offices: Offices, file_report: FileAt,
                                                      config) -> None:
    """Filed, changed and sent again, answered, asked, closed, escalated, sealed anew: never a copy for the town."""
    attempt = receipts.new_attempt()
    report, receipt, _ = file_report(town_involved=True, attempt=attempt)
    file_report(attempt=attempt, text="改了几个字")
    town, above, all_ = offices.district["qingxi"], offices.district["district"], offices.readers("liuhe")
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        service.answer(vault, NOW, row, receipt, all_, "还有", receipts.new_attempt())
        service.write_back(vault, NOW, row, above, "question", "哪一天", all_)
        service.close(vault, NOW, offices.actor("district"), row, above, "founded", "查实了", all_)
        service.release(vault, [report.village_id])
    clocks.tick(stores, NOW + timedelta(days=40))
    with stores.portal.read() as session, stores.vault.write() as vault:
        key = queries.active_key(session, town.id)
        renewal.reseal(vault, {}, key, set(), [report.village_id])
        assert set(vault.exec(select(ReportBody.reader)).all()) == {"district", "reporter"}
        assert not queries.inbox(vault, [report.village_id], "town", waiting=True)


def test_saying_later_that_the_town_is_involved_takes_its_copies_back(stores: Stores, offices: Offices,
                                                                     file_report: FileAt) -> None:
    """Whoever goes back and ticks the box has the town's copies removed."""
    attempt = receipts.new_attempt()
    report, _, _ = file_report(attempt=attempt, released=False)
    assert "town" in readers(stores, report)
    file_report(attempt=attempt, text="补一句", town_involved=True)
    assert "town" not in readers(stores, report) | readers(stores, report, 1)
    with stores.vault.read() as vault:
        assert queries.one(vault, report.id, [report.village_id], "town") is None


def test_an_answer_that_names_the_town_goes_to_the_district_alone(villager: Villager, stores: Stores, offices: Offices,
                                                                 file_report: FileAt) -> None:
    """What comes later is looked through like the first words."""
    report, _, digits = file_report()
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert villager.post("/c", {"go": "answer", "text": TOWN_NAMED}).status_code == 200
    assert readers(stores, report, 1) == {"district", "reporter"}
    with stores.vault.write() as vault:
        service.release(vault, [report.village_id])
        assert vault.get(Recusal, (report.id, offices.actor("qingxi").person_id)).why == "named"


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize(("role", "office"), [(Role.SECRETARY, "qingxi"), (Role.SUPERVISION, "qingxi"),
                                              (Role.VILLAGE_CLERK, "district")])
def test_no_second_post_lets_a_village_read_what_was_said_about_it(
        official, stores: Stores, offices: Offices, file_report: FileAt, role: Role, office: str, *,
        ended: bool) -> None:
    """A secretary who sits in the town's office as well, or did until lately, is one of the village there too.

    The case is in no list, opens by no address, stands in no task, and nothing is taken down about the own village.
    Fault seen: an officer with a post in the village read its reports, and took new ones down.
    """
    report, _, _ = file_report(category="threat")
    officer = official("town_discipline" if office == "qingxi" else "district_discipline")
    lists = [f"/en/desk/{office}/reports", "/en/desk", *(["/en/desk/district/after-threats"] * (office == "district"))]
    with stores.portal.write() as session:
        person, village = session.get_one(Person, officer.person.id), offices.district["liuhe"]
        posting = accounts.give_role(session, NOW - timedelta(days=90), person, role, village)
        if ended:
            posting.until = local_day(NOW) - timedelta(days=30)
            session.add(posting)
    unlock(officer, office, offices.passphrases[office])
    for code in (office, "liuhe"):
        path = f"/desk/{code}/reports/{report.id}"
        for answer in (officer.get(path), officer.get(f"{path}/photo/0/1"), officer.post(path, {"act": "accept"}),
                       officer.post(path, {"act": "recuse"}), officer.post(f"{path}/sealed")):
            assert answer.status_code == 404
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        row.state, row.outcome, row.closed_week = "closed", "founded", "2026-W47"
        vault.add(row)
    with stores.portal.write() as session:
        keys.note(session, NOW, offices.actor("district"), offices.district[office].id, report.id)
    for path in (*lists, f"/en/desk/{office}/reports/openings"):
        page = officer.get(path).get_data(as_text=True)
        assert report.id not in page
        assert not re.search(r"[Rr]eports? [^<]*: 1", page)
    officer.get(f"/desk/{office}/counter")
    offered = re.findall(r'<option value="(\d+)"', officer.text)
    assert offices.district["liuhe"].code not in offered
    assert offices.district["shiqiao"].code in offered
