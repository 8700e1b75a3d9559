"""The district's own key lost: two people say so, what it alone opened is named, reporters are told, clocks stop."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.log.models import LogEntry, LogPayload
from portal.reports import afterwards, clocks, keys, losses, queries, recusals, renewal, retention, rules, service
from portal.reports.models import Message, OfficeKey, Opening, Report, ReportBody
from portal.reports.tasks import tasks
from portal.roles import Actor, Grant, Role
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, hand_over
from tests.reports.test_offline import bring
from tests.reports.test_renewal import LATER, new_words, opened, read, ring, rotate, unlock
from tests.visitor import Villager

MONTH = timedelta(days=40)


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def colleague(offices: Offices, role: Role = Role.DISTRICT_ORGANISATION) -> Actor:
    place, person = offices.district["district"], offices.district.person(str(role))
    return Actor(person.id, person.name, person.name_en, "s2", (Grant(role, place.id, place.path),))


def lose(offices: Offices, *, offline: bool = False) -> str:
    """Let two people of the district declare its key lost; return the key's id."""
    place = offices.district["district"]
    with offices.stores.portal.write() as session:
        key = queries.active_key(session, place.id, offline=offline)
        losses.say(session, NOW, offices.actor("district"), place, key.id)
        losses.confirm(session, NOW, colleague(offices), place, key.id)
        lost, villages = queries.lost_keys(session), [village.id for village in offices.district.places.values()]
    with offices.stores.vault.write() as vault:
        losses.mark(vault, NOW, villages, lost)
    return key.id


def row(stores: Stores, report: Report) -> Report:
    with stores.vault.read() as vault:
        return vault.get(Report, report.id)


def test_it_takes_two_people_and_the_operator_is_neither(stores: Stores, offices: Offices) -> None:
    """One person alone changes nothing, nor does whoever runs the machine; taken back, it is as before."""
    place, officer = offices.district["district"], offices.actor("district")
    operator = colleague(offices, Role.OPERATOR)
    with stores.portal.write() as session:
        key = queries.active_key(session, place.id)
        with pytest.raises(Refused, match="runs this portal"):
            losses.say(session, NOW, operator, place, key.id)
        with pytest.raises(Refused, match="settled"):
            losses.confirm(session, NOW, colleague(offices), place, key.id)
        losses.say(session, NOW, officer, place, key.id)
        for second, why in ((officer, "second person"), (operator, "runs this portal")):
            with pytest.raises(Refused, match=why):
                losses.confirm(session, NOW, second, place, key.id)
        losses.take_back(session, NOW, officer, place, key.id)
        with pytest.raises(Refused, match="settled"):
            losses.confirm(session, NOW, colleague(offices), place, key.id)
        assert queries.active_key(session, place.id).id == key.id
        assert queries.lost_keys(session) == set()


def test_whoever_opens_the_key_shows_that_it_is_not_lost(stores: Stores, offices: Offices) -> None:
    """Opened after all, what was said falls away, and nobody can confirm it any more."""
    place = offices.district["district"]
    with stores.portal.write() as session:
        key = queries.active_key(session, place.id)
        losses.say(session, NOW, offices.actor("district"), place, key.id)
    opened(offices, "district")
    with stores.portal.write() as session, pytest.raises(Refused):
        losses.confirm(session, NOW, colleague(offices), place, key.id)


def test_a_towns_desk_key_is_still_the_districts_to_declare(stores: Stores, offices: Offices) -> None:
    """Two people of a town can't give up the key that the district mends; the mending is in the log too."""
    town = offices.district["qingxi"]
    with stores.portal.write() as session:
        with pytest.raises(Refused):
            losses.say(session, NOW, offices.actor("qingxi"), town, queries.active_key(session, town.id).id)
        renewal.lose(session, NOW, offices.actor("district"), town)
    with stores.portal.read() as session:
        assert session.exec(select(LogEntry.kind).where(LogEntry.unit == town.unit)).all()[-1] == "key:lost"


def test_what_only_the_lost_key_opened_is_unreadable_and_no_clock_runs(stores: Stores, offices: Offices,
                                                                       file_report: FileAt) -> None:
    """The district's own cases stop, months later nothing has risen; a case that the town reads goes on. Once only."""
    alone, _, _ = file_report(town_involved=True)
    shared, _, _ = file_report(text=LATER)
    rotate(offices, "district")
    lose(offices)
    assert row(stores, alone).lost_week == "2026-W48"
    assert row(stores, shared).lost_week == ""
    assert rules.running(row(stores, alone), None) is None
    clocks.tick(stores, NOW + MONTH)
    assert row(stores, alone).escalated == ""
    assert row(stores, shared).escalated == "first_look"
    assert read(stores, shared, "town", ring(offices, "qingxi")) == [LATER]
    with stores.portal.read() as session:
        assert {key.lost_on for key in session.exec(select(OfficeKey).where(
            OfficeKey.place_id == offices.district["district"].id)).all()} == {NOW.date()}, "the guarded one too"
        assert all(key.held is None for key in session.exec(select(OfficeKey)).all())
        entry = session.exec(select(LogPayload.body).join(LogEntry, LogEntry.seq == LogPayload.seq).where(
            LogEntry.kind == "key:lost", LogEntry.unit == LogPayload.unit)).one().decode()
        assert keys.logged(session.exec(select(OfficeKey).where(OfficeKey.next_id == "", OfficeKey.lost_on.is_not(
            None))).one()) in entry


def test_the_clock_stops_even_if_the_machine_did_in_between(stores: Stores, offices: Offices,
                                                           file_report: FileAt) -> None:
    """The key is given up in one store and its cases are marked in another: the next tick makes good what failed."""
    alone, _, _ = file_report(town_involved=True)
    place = offices.district["district"]
    with stores.portal.write() as session:
        key = queries.active_key(session, place.id)
        losses.say(session, NOW, offices.actor("district"), place, key.id)
        losses.confirm(session, NOW, colleague(offices), place, key.id)
    clocks.tick(stores, NOW + MONTH)
    assert row(stores, alone).lost_week
    assert row(stores, alone).escalated == ""


def test_a_lost_offline_key_stops_the_gravest(stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """The same for the key that never was here; until a new one is brought, new ones go to the desk's key."""
    bring(offices)
    grave, _, _ = file_grave()
    lesser, _, _ = file_grave(category="money")
    lose(offices, offline=True)
    assert row(stores, grave).lost_week
    assert not row(stores, lesser).lost_week
    after, _, _ = file_grave(text=LATER)
    assert not after.offline
    assert read(stores, after, "district", ring(offices, "district")) == [LATER]


def test_from_the_loss_to_the_words_told_once_more(official, villager: Villager, stores: Stores, offices: Offices,
                                                   file_report: FileAt) -> None:
    """By page: two people give the key up, a new one is made, the reporter is told and tells it again, all goes on."""
    alone, _, digits = file_report(town_involved=True)
    officer, second = official("district_discipline"), official("district_organisation")
    at = "/desk/district/office-key/missing"
    officer.get("/en" + at)
    with stores.portal.read() as session:
        key = queries.active_key(session, offices.district["district"].id)
    assert second.post(at, {"act": "say", "key": key.id}).status_code == 400
    officer.get("/en" + at)
    assert officer.post(at, {"act": "say", "key": key.id}).status_code == 303
    with stores.portal.read() as session:
        mine, theirs = ([line.endpoint for line in tasks(stores, session, who, NOW)]
                        for who in (offices.actor("district"), colleague(offices)))
    assert "reports.missing_key" in theirs
    assert "reports.missing_key" not in mine
    officer.get("/en" + at)
    assert officer.post(at, {"act": "confirm", "key": key.id}).status_code == 422
    second.get("/en" + at)
    assert "Ask in person" in second.text
    assert second.post(at, {"act": "confirm", "key": key.id}).status_code == 303
    officer.get("/en" + at)
    assert "1 report can" in officer.text
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert "tell it once more" in villager.text
    assert STORY in villager.text
    assert "by " not in villager.text.split("How far it is")[1], "no day is promised that nobody can keep"
    assert villager.post("/en/c", {"go": "told", "again": STORY}).status_code == 422, "there is no key yet"
    officer.get("/desk/district/office-key")
    words = new_words(officer, "make", "district")
    unlock(officer, "district", words)
    officer.get("/en/desk/district/reports")
    assert "Nobody can open these any more" in officer.text
    officer.get(f"/en/desk/district/reports/{alone.id}")
    assert "The key to these words is lost" in officer.text
    assert "other office has its own" not in officer.text
    assert row(stores, alone).state == "received", "nobody has read it"
    for act in ("accept", "close"):
        assert officer.post(f"/en/desk/district/reports/{alone.id}",
                            {"act": act, "outcome": "unfounded", "result": "查过了"}).status_code == 422
    villager.post("/en/c", {"receipt": digits})
    villager.post("/en/c", {"go": "told", "again": STORY + LATER})
    assert "Told once more" in villager.text
    assert "add them below" not in villager.text, "what was told once more is not asked for again"
    assert row(stores, alone).lost_week, "like everything else it waits for the batch"
    hand_over(stores, offices.district)
    after = row(stores, alone)
    assert (after.lost_week, after.reopened_week, after.awaiting) == ("", "2026-W48", "office")
    assert rules.running(after, clocks.periods(stores.portal.reader(), offices.district["district"], NOW))
    officer.get(f"/en/desk/district/reports/{alone.id}")
    assert STORY + LATER in officer.text
    assert "told once more" in officer.text
    assert row(stores, alone).state == "looked"
    villager.post("/en/c", {"receipt": digits})
    assert "add them below" not in villager.text
    with stores.portal.read() as session:
        assert {"missing", "lost"} <= set(session.exec(select(Opening.kind)).all())


def test_what_can_be_read_is_not_told_again(villager: Villager, offices: Offices, file_report: FileAt) -> None:
    """Whoever sends the form without a loss is told so; the town's people reach no page of the district's key."""
    _, _, digits = file_report()
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert "tell it once more" not in villager.text
    assert villager.post("/en/c", {"go": "told", "again": STORY}).status_code == 422


def test_who_comes_to_the_page_of_a_lost_key(official, offices: Offices) -> None:
    """People of the district; not a town's for the district's key, not the operator, nobody for a village."""
    assert official("town_discipline").get("/desk/district/office-key/missing").status_code == 403
    assert official("operator").get("/desk/district/office-key/missing").status_code == 403
    assert official("district_finance").get("/desk/district/office-key/missing").status_code == 200
    assert official("district_finance").get("/desk/liuhe/office-key/missing").status_code == 404


def test_how_many_reports_are_lost_is_for_those_who_may_read_them(official, stores: Stores, offices: Offices,
                                                                  file_report: FileAt) -> None:
    """Whoever only confirms that a key is lost learns nothing of how many told; nor of a case one is kept out of."""
    at = "/en/desk/district/office-key/missing"
    alone, _, _ = file_report(town_involved=True)
    lose(offices)
    for role in ("district_finance", "district_organisation"):
        other = official(role)
        assert other.get(at).status_code == 200
        assert "opened by anybody here" not in other.text
    officer = official("district_discipline")
    officer.get(at)
    assert "1 report can’t be opened by anybody here." in officer.text
    with stores.vault.write() as vault:
        recusals.declare(vault, offices.actor("district"), queries.as_it_stands(vault, vault.get(Report, alone.id)))
    officer.get(at)
    assert "opened by anybody here" not in officer.text


def test_a_case_that_nobody_can_read_does_not_wait_for_ever(villager: Villager, official, stores: Stores,
                                                            offices: Offices, file_report: FileAt) -> None:
    """Half a year after the loss it is closed under its own words; told once more later, it opens again."""
    import time_machine

    alone, _, digits = file_report(town_involved=True)
    lose(offices)
    clocks.tick(stores, NOW + 5 * MONTH / 2)
    assert row(stores, alone).state == "received", "100 days are not half a year"
    late = NOW + 5 * MONTH
    clocks.tick(stores, late)
    closed = row(stores, alone)
    assert (closed.state, closed.outcome, closed.closed_week) == ("closed", "unread", "2027-W23")
    with time_machine.travel(late, tick=False):
        officer = official("district_discipline")
        listing = officer.get("/en/desk/district/reports").text
        assert "Nobody can open these any more" not in listing
        assert "Nobody could read it" in listing
        with stores.portal.read() as session:
            lines = [line.phrase for line in tasks(stores, session, offices.actor("district"), late)]
        assert not [line for line in lines if "nobody can open" in line]
        officer.get(f"/en/desk/district/reports/{alone.id}")
        assert "Told once more, the case opens again." in officer.text
        villager.get("/en/c")
        villager.post("/en/c", {"receipt": digits})
        assert "tell it once more" in villager.text
        assert "Nobody could read it" in villager.text
        assert "What do you think of the result?" not in villager.text
        officer.get("/desk/district/office-key")
        new_words(officer, "make", "district")
        villager.post("/en/c", {"go": "told", "again": STORY + LATER})
        assert "Told once more" in villager.text
        clocks.tick(stores, late)
        assert row(stores, alone).state == "closed", "it waits for the batch"
        hand_over(stores, offices.district)
    again = row(stores, alone)
    assert (again.state, again.outcome, again.closed_week, again.lost_week) == ("received", "", "", "")


def test_what_waits_for_its_batch_is_not_closed(villager: Villager, official, stores: Stores, offices: Offices,
                                                file_report: FileAt) -> None:
    """Told once more on the last day, but not handed over yet: the case stays open."""
    alone, _, digits = file_report(town_involved=True)
    lose(offices)
    officer = official("district_discipline")
    officer.get("/desk/district/office-key")
    new_words(officer, "make", "district")
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    villager.post("/en/c", {"go": "told", "again": STORY + LATER})
    with stores.vault.write() as vault:
        assert losses.close(vault, NOW + 6 * MONTH, [alone.village_id], 180) == 0


@pytest.mark.parametrize(("day", "over"), [("2027-05-28", False), ("2027-05-29", True), ("2028-01-01", True)])
def test_half_a_year_counts_from_the_end_of_the_week(day: str, over: bool) -> None:
    """The week of the loss ends on 29 November: 180 days later is 29 May."""
    assert rules.given_up("2026-W48", date.fromisoformat(day), 180) is over


def test_told_again_on_the_last_day_it_is_not_erased(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """What waits for its batch stays, though its case closed unread so long ago that retention would take it."""
    report, receipt, _digits = file_report()
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        row.lost_week, row.state, row.outcome, row.closed_week = "2026-W01", "closed", rules.UNREAD, "2026-W05"
        vault.add(row)
        afterwards.tell_again(vault, NOW, row, receipt, offices.readers("liuhe"), "再说一遍", "a" * 32)
    with stores.vault.write() as vault:
        assert retention.erase_closed(vault, [report.village_id], NOW.date().replace(year=NOW.year + 9), 10) == 0
    with stores.vault.write() as vault:
        service.release(vault, [report.village_id])
        assert not vault.get_one(Report, report.id).erased


def test_an_unread_case_is_erased_in_its_time(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Nobody could read it and nobody told it again: after its days even what was sealed is gone."""
    report, _receipt, _digits = file_report()
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        row.lost_week, row.state, row.outcome, row.closed_week = "2026-W01", "closed", rules.UNREAD, "2026-W05"
        vault.add(row)
        for message in vault.exec(select(Message)).all():
            message.released = True
    with stores.vault.write() as vault:
        assert retention.erase_closed(vault, [report.village_id], NOW.date().replace(year=NOW.year + 9), 10) == 1
        assert vault.exec(select(ReportBody)).all() == []
