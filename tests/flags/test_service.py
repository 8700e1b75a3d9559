"""The weekly check, and what people may do with a flag, on a real store."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.flags import service, stored
from portal.flags.models import Flag, FlagEvent, WeekCount, WeeklyCheck
from portal.flags.rules import Week
from portal.flags.sheet import Verdict
from portal.log.models import LogEntry, LogPayload
from portal.places.models import Place
from tests.factories.flags import CALM, LOUD, WHY, Case, agree, check_weeks, loud_flag, open_case, staff
from tests.factories.places import District


def _all(session, table):
    return list(session.exec(select(table)).all())


def test_three_weeks_over_the_line_open_triage_once(stores: Stores, district: District, now: datetime) -> None:
    """Two weekly checks over the line open nothing; the third opens private triage with its sheet; then no more."""
    with stores.portal.write() as session:
        weeks = {"nanwan": LOUD, "xinglin": CALM}
        assert check_weeks(session, district, now, "baisha", weeks, times=2) == []
        later = now + timedelta(weeks=1)
        opened = check_weeks(session, district, later, "baisha", weeks, times=1)
        assert [(flag.cause, flag.state, flag.level) for flag in opened] == [("count", "triage", "F1")]
        assert opened[0].due == local_day(later) + timedelta(days=15)
        assert check_weeks(session, district, later + timedelta(weeks=1), "baisha", weeks, times=1) == []


def test_a_repeated_tick_does_nothing(stores: Stores, district: District, now: datetime) -> None:
    """However often the clock runs in one week, there is one check a village, one flag, one log entry."""
    with stores.portal.write() as session:
        loud_flag(session, district, now)
        before = [len(_all(session, table)) for table in (WeeklyCheck, WeekCount, Flag, FlagEvent, LogEntry)]
        for _again in range(3):
            assert check_weeks(session, district, now, "baisha", {"nanwan": LOUD, "xinglin": LOUD}, times=3) == []
        assert [len(_all(session, t)) for t in (WeeklyCheck, WeekCount, Flag, FlagEvent, LogEntry)] == before


def test_a_small_village_is_judged_by_facts(stores: Stores, district: District, now: datetime) -> None:
    """In a village of 240 adults two facts, one of them serious, from three persons open triage; no count does."""
    few = (*(Week(),) * 46, Week(voice=1), Week(voice=1, particulars=1, serious_particulars=1), Week(),
           Week(confirmed=1, particulars=1), Week(), Week())
    with stores.portal.write() as session:
        weeks = {"dongling": few, "liuhe": CALM, "shiqiao": CALM}
        opened = check_weeks(session, district, now, "qingxi", weeks, times=3)
        assert [flag.cause for flag in opened] == ["facts"]
        sheet = stored.read(opened[0].sheet)
        assert sheet.verdict == Verdict(triage=True, review=True, by_count=False, by_facts=True)


def test_facts_that_become_enough_while_it_waits_open_a_review(stores: Stores, district: District,
                                                               now: datetime) -> None:
    """Opened by count with one fact; once the weekly check says that the facts are enough, a review needs no more."""
    loud = (*(Week(),) * 46, *(Week(voice=3),) * 5, Week(voice=3, particulars=1, serious_particulars=1))
    weeks = {"dongling": loud, "liuhe": CALM, "shiqiao": CALM}
    with stores.portal.write() as session:
        [flag] = check_weeks(session, district, now, "qingxi", weeks)
        assert (flag.cause, service.review_needs(session, flag)) == ("count", (3, 1))
        more = (*loud[1:], Week(voice=1, particulars=1, serious_particulars=1))
        later = {**weeks, "dongling": more}
        assert check_weeks(session, district, now + timedelta(weeks=1), "qingxi", later, times=1) == []
        assert service.review_needs(session, flag) == (0, 2)


def test_ten_open_accounts_never_reach_triage_alone(stores: Stores, district: District, now: datetime) -> None:
    """Ten open reports that nobody confirmed weigh as two persons at most, in a village of any size."""
    brigade = (*(Week(),) * 48, *(Week(open_rest=10),) * 4)
    with stores.portal.write() as session:
        weeks = dict.fromkeys(("dongling", "liuhe", "shiqiao"), brigade)
        assert check_weeks(session, district, now, "qingxi", weeks, times=4) == []


def test_a_sheet_alone_gives_the_same_verdict(stores: Stores, district: District, now: datetime) -> None:
    """Whoever has nothing but the stored sheet gets the same line, the same numbers and the same verdict."""
    with stores.portal.write() as session:
        flag_id = loud_flag(session, district, now).id
    with stores.portal.read() as session:
        flag = session.get_one(Flag, flag_id)
        sheet = stored.read(flag.sheet)
        opened = {"rule_since": district["district"].opened_on.isoformat(), "decided": {}}
        assert {**stored.counted(sheet, flag.cause, flag.sheet["week"]), **opened} == flag.sheet
        assert stored.recompute(flag.sheet) == sheet.verdict
        assert stored.content_hash(flag.sheet) == flag.sheet_hash
        assert stored.sums(sheet) == sheet.checks[-1].usual
        silent = {"voice": 0, "serious_voice": 0, "confirmed": 0}
        quieter = {**flag.sheet, "weeks": [{**week, **silent} for week in flag.sheet["weeks"]]}
        assert not stored.recompute(quieter).triage


@pytest.mark.parametrize("sheet", [None, {}, {"kind": "count"}])
def test_a_flag_without_a_sheet_is_refused_by_the_database(stores: Stores, district: District, now: datetime,
                                                           sheet: object) -> None:
    """No program can store a flag that nobody could recompute."""
    day = local_day(now)
    with pytest.raises(IntegrityError), stores.portal.write() as session:
        session.add(Flag(village_id=district["nanwan"].id, key="x", cause="count", opened=day, due=day,
                         sheet=sheet, sheet_hash="0" * 64))


def test_notes_on_a_flag_cant_be_changed(stores: Stores, district: District, now: datetime) -> None:
    """What happened to a flag stays as it was noted, whoever writes to the database."""
    with stores.portal.write() as session:
        loud_flag(session, district, now)
    for change in ("update flag_event set kind = 'calm'", "delete from flag_event"):
        with pytest.raises(DatabaseError, match="append-only"), stores.portal.write() as session:
            session.connection().exec_driver_sql(change)


def test_after_a_decision_what_was_used_is_spent(stores: Stores, district: District, now: datetime) -> None:
    """The same reports raise nothing again; as many new voice slips as the line do."""
    with stores.portal.write() as session:
        flag = loud_flag(session, district, now)
        case = Case(session, district, now, flag)
        agree(session, now, flag, "dismiss", case.officer, case.lead)
        weeks = LOUD
        for later in range(1, 4):
            weeks = (*weeks, Week())
            opened = check_weeks(session, district, now + timedelta(weeks=later), "baisha",
                                 {"nanwan": weeks, "xinglin": CALM}, times=1)
            assert opened == []
        opened = []
        for later in range(4, 8):
            weeks = (*weeks, Week(voice=6))
            opened += check_weeks(session, district, now + timedelta(weeks=later), "baisha",
                                  {"nanwan": weeks, "xinglin": CALM}, times=1)
        assert [new.cause for new in opened] == ["count"]


def test_a_missing_disclosure_opens_triage_once(stores: Stores, district: District, now: datetime) -> None:
    """30 days after the town's notice, once for an item and period, with its own sheet; no count is needed."""
    village, today = district["liuhe"], local_day(now)
    with stores.portal.write() as session:
        due = today - timedelta(days=40)
        assert service.overdue(session, now, village, "V07", today - timedelta(days=29), due, "2026-09") is None
        flag = service.overdue(session, now, village, "V07", today - timedelta(days=30), due, "2026-09")
        assert flag is not None
        assert (flag.cause, flag.state, flag.level) == ("overdue", "triage", "F1")
        assert flag.sheet["kind"] == "overdue"
        assert flag.sheet["days_since_notice"] == 30
        for _again in range(3):
            assert service.overdue(session, now, village, "V07", today - timedelta(days=31), due, "2026-09") is None
        assert service.overdue(session, now, village, "V07", today - timedelta(days=30), due, "2026-10") is not None


def test_the_log_names_no_village(stores: Stores, district: District, now: datetime) -> None:
    """Entries of a flag and its review lie in the district's log under the town's code; no village's version moves."""
    with stores.portal.write() as session:
        staff(session, district, now)
    with stores.portal.read() as session:
        versions = {place.id: place.version for place in _all(session, Place) if place.kind == "village"}
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False)
        case.walk_to_decision("unfounded")
    with stores.portal.read() as session:
        entries = session.exec(select(LogEntry).where(LogEntry.kind == "inner:step").order_by(LogEntry.seq)).all()
        bodies = [json.loads(session.get_one(LogPayload, (entry.unit, entry.seq)).body) for entry in entries]
        assert [body["act"] for body in bodies] == [
            "flag:raised", "flag:step", "flag:decided", "review:opened", *["review:step"] * 5, "review:closed",
            "review:cleared"]
        assert {entry.unit for entry in entries} == {district["district"].unit}
        village = district["nanwan"]
        for entry in entries:
            body = session.get_one(LogPayload, (entry.unit, entry.seq)).body.decode()
            assert village.code not in body
            assert village.id not in body
            assert WHY not in body
        assert {each: session.get_one(Place, each).version for each in versions} == versions


def test_26_calm_weeks_end_a_triage(stores: Stores, district: District, now: datetime) -> None:
    """A triage that nobody decided ends by itself only after half a year of calm checks."""
    with stores.portal.write() as session:
        flag = loud_flag(session, district, now)
        weeks = LOUD
        for later in range(1, 53):
            weeks = (*weeks, Week())
            check_weeks(session, district, now + timedelta(weeks=later), "baisha",
                        {"nanwan": weeks, "xinglin": CALM}, times=1)
            if later < 30:
                assert flag.state == "triage"
        assert (flag.state, flag.outcome) == ("closed", "calm")
