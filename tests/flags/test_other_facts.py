"""What opens triage without any count: a missing disclosure, a missed target, the lowest grade. None opens a review."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal import clocks
from portal.accounts import queries as people
from portal.accounts.models import Posting
from portal.config import Config
from portal.core.clock import SHANGHAI, local_day, utc_now
from portal.core.db import Stores
from portal.flags import raising, service, stored
from portal.flags.models import COUNTED, Flag
from portal.log.models import LogEntry
from portal.places.models import Place
from portal.promises import rules as promise_rules
from portal.promises import service as promises
from portal.promises.models import Promise
from tests.ballots.conftest import prepare
from tests.conftest import NOW
from tests.factories.places import District

STAGE = date(2026, 7, 31)


def _overdue(session: Session, now: datetime, village: Place) -> Flag | None:
    today = local_day(now)
    noticed, due = today - timedelta(days=30), today - timedelta(days=40)
    return service.overdue(session, now, village, "V07", noticed, due, "2026-Q3")


def _target(session: Session, now: datetime, village: Place) -> Flag | None:
    missed = stored.MissedTarget("0123456789abcdef", 2026, "midyear", STAGE, date(2026, 6, 30), 40)
    return service.missed_target(session, now, village, missed)


def _grade(session: Session, now: datetime, village: Place) -> Flag | None:
    return service.lowest_grade(session, now, village, "fedcba9876543210", 2026, "ab" * 32)


FACTS: dict[str, tuple[Callable[[Session, datetime, Place], Flag | None], set[str]]] = {
    "overdue": (_overdue, {"item", "period", "due_on", "noticed_on", "days_since_notice"}),
    "target": (_target, {"promise", "year", "stage", "day", "by_day", "percent", "days_late"}),
    "grade": (_grade, {"round", "year", "result"}),
}


@pytest.mark.parametrize("cause", FACTS)
def test_each_opens_triage_with_its_own_sheet(cause: str, official, stores: Stores, district: District) -> None:
    """F1 and never F2, once, with the rule, the days and the fact itself, which the town's page shows."""
    raise_it, own = FACTS[cause]
    now = utc_now()
    with stores.portal.write() as session:
        flag = raise_it(session, now, district["nanwan"])
        assert flag is not None
        assert (flag.cause, flag.level, flag.state) == (cause, "F1", "triage")
        assert flag.due == local_day(now) + timedelta(days=15)
        assert set(flag.sheet) == {"kind", "rule_version", "rule", "village", "opened", "rule_since", "decided", *own}
        assert stored.content_hash(flag.sheet) == flag.sheet_hash
        assert service.review_needs(session, flag) == (0, 0)
        assert raise_it(session, now + timedelta(days=3), district["nanwan"]) is None
        flag_id = flag.id
    officer = official("town_discipline", "baisha")
    for language in ("", "/en"):
        assert officer.get(f"{language}/desk/baisha/flags/{flag_id}").status_code == 200
    assert "What opened it" in officer.text
    if cause == "overdue":
        assert "third quarter of 2026" in officer.text, "no code that only a program reads"
        assert "V07" not in officer.text
    assert cause not in COUNTED


@pytest.mark.parametrize(("by_day", "latest", "check", "missed"), [
    (date(2026, 6, 30), None, None, True),
    (date(2026, 7, 31), None, None, True),
    (date(2026, 8, 1), None, None, False),
    (date(2026, 6, 30), ("done", date(2026, 6, 20)), None, False),
    (date(2026, 6, 30), ("on_track", date(2026, 6, 20)), None, True),
    (date(2026, 6, 30), ("behind", date(2026, 7, 5)), None, True),
    (date(2026, 6, 30), ("behind", date(2026, 7, 5)), ("late", date(2026, 7, 10)), True),
    (date(2026, 6, 30), ("behind", date(2026, 7, 5)), ("on_track", date(2026, 7, 1)), True),
    (date(2026, 6, 30), ("behind", date(2026, 7, 5)), ("on_track", date(2026, 7, 10)), False),
])
def test_a_target_is_missed_without_an_accepted_reason(by_day: date, latest: tuple[str, date] | None,
                                                       check: tuple[str, date] | None, missed: bool) -> None:
    """Its day had come, it was not done, and the town did not accept the reason that was given."""
    last = promise_rules.Latest(50, latest[0], "雨季没法施工", latest[1]) if latest else None
    assert promise_rules.missed(by_day, last, check, STAGE) is missed


def test_the_clock_looks_at_promises_at_mid_year(stores: Stores, config: Config, district: District) -> None:
    """After 31 July the promise that was due in June opens one look, however often the clock runs; others none."""
    spring = datetime(2026, 3, 1, 10, tzinfo=SHANGHAI)
    with stores.portal.write() as session:
        for posting in session.exec(select(Posting)).all():
            posting.since = date(2026, 1, 1)
            session.add(posting)
        session.flush()
        secretary = people.actor_of(session, district.person("secretary", "nanwan"), local_day(spring))
        for title, day in (("修路", date(2026, 6, 30)), ("装路灯", date(2026, 11, 30))):
            promises.promise(session, secretary, spring, district["nanwan"], year=2026, title=title, words=title,
                             by_day=day)
    for days in (0, 1, 1, 2, 20, 32):
        clocks.tick(stores, config, datetime(2026, 7, 31, 9, tzinfo=SHANGHAI) + timedelta(days=days))
        with stores.portal.read() as session:
            found = session.exec(select(Flag).where(Flag.cause == "target")).all()
            assert len(found) == (1 if days else 0)
    with stores.portal.read() as session:
        kept = session.exec(select(Promise).where(Promise.number == 1)).one()
        assert found[0].sheet["promise"] == kept.id
        assert found[0].sheet["stage"] == "midyear"


def test_the_lowest_grade_opens_a_look_with_the_weekly_check(stores: Stores, tmp_path, district: District,
                                                             now: datetime) -> None:
    """A published appraisal with the lowest grade does, one with another does not; not on the day itself, and once."""
    with stores.portal.write() as session:
        for posting in session.exec(select(Posting)).all():
            posting.since = date(2025, 11, 1)
            session.add(posting)
    for village, answer in (("liuhe", "not"), ("shiqiao", "competent")):
        vote = prepare(stores, tmp_path, district, now, sizes={"villagers": 12}, printed={"villagers": 12},
                       village=village)
        vote.cast_all({"villagers": [answer] * 12})
        vote.close()
        vote.record(vote.sheet())
        vote.publish()
    clocks.lowest_grades(stores, now)
    with stores.portal.read() as session:
        assert session.exec(select(Flag)).all() == []
    for days in (1, 8, 15):
        clocks.lowest_grades(stores, now + timedelta(days=days))
    with stores.portal.read() as session:
        flag = session.exec(select(Flag)).one()
        assert (flag.village_id, flag.cause, flag.level) == (district["liuhe"].id, "grade", "F1")


@pytest.mark.parametrize("answer", ["not", "competent"])
def test_the_downloadable_log_tells_no_grade(stores: Stores, config: Config, tmp_path, district: District,
                                             now: datetime, answer: str) -> None:
    """After a result the weekly check leaves as many inner steps in the district's log, whatever it found."""
    with stores.portal.write() as session:
        for posting in session.exec(select(Posting)).all():
            posting.since = date(2025, 11, 1)
            session.add(posting)
    vote = prepare(stores, tmp_path, district, now, sizes={"villagers": 12}, printed={"villagers": 12})
    vote.cast_all({"villagers": [answer] * 12})
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    clocks.tick(stores, config, now + timedelta(days=8))
    with stores.portal.read() as session:
        assert len(session.exec(select(Flag).where(Flag.cause == "grade")).all()) == (answer == "not")
        steps = session.exec(select(LogEntry).where(LogEntry.kind == "inner:step")).all()
    assert [step.day for step in steps] == [local_day(now + timedelta(days=8))] * raising.FULL


@pytest.mark.parametrize("missed", [True, False])
def test_the_downloadable_log_tells_no_missed_target(stores: Stores, config: Config, district: District, *,
                                                     missed: bool) -> None:
    """Each day leaves as many inner steps in the district's log, whether a target opened a look on it or not.

    Fault seen: on the day after mid-year a lone step stood there for each promise that opened a private look, and later
    one for each step that followed; villagers know whose promise was missed.
    """
    end = datetime(2026, 12, 31, 9, tzinfo=SHANGHAI)
    with stores.portal.write() as session:
        for posting in session.exec(select(Posting)).all():
            posting.since = date(2026, 1, 1)
            session.add(posting)
        session.flush()
        secretary = people.actor_of(session, district.person("secretary", "nanwan"), local_day(NOW))
        if missed:
            promises.promise(session, secretary, NOW, district["nanwan"], year=2026, title="修路", words="修路",
                             by_day=date(2026, 12, 20))
    days = [end + timedelta(days=number) for number in range(-2, 3)]
    for day in days:
        for minutes in (0, 10):
            clocks.tick(stores, config, day + timedelta(minutes=minutes))
    with stores.portal.read() as session:
        assert len(session.exec(select(Flag).where(Flag.cause == "target")).all()) == missed
        steps = session.exec(select(LogEntry.day).where(LogEntry.kind == "inner:step")).all()
    assert Counter(steps) == dict.fromkeys(map(local_day, days), raising.FULL)
