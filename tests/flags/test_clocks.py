"""Each clock of a flag that runs out acts by itself, once, however often it is asked, and stands in the log."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal import clocks
from portal.config import Config
from portal.core.db import Stores
from portal.flags import appeals, course, ending, queries, stored, waits
from portal.flags.models import STEPS, Flag, StepOut
from portal.flags.tasks import tasks
from portal.log.models import LogEntry, LogPayload
from portal.log.verify import verify_store
from tests.factories.flags import Case, loud_flag, open_case
from tests.factories.places import District


def _appealed(case: Case) -> Case:
    case.walk_to_decision("adjust")
    appeals.appeal(case.session, case.secretary, case.now, case.flag, "收据后来补签了。")
    return case


def _rectified(case: Case) -> Case:
    case.walk_to_decision("rectify", months=1)
    ending.close(case.session, case.now, case.flag, queries.review(case.session, case.flag.id))
    return case


# How a step is reached, how many days it has, and what is true once they are over.
WAYS: dict[str, tuple[Callable[[Case], Case], int, Callable[[Case], bool]]] = {
    "notice": (lambda case: case, 3, lambda case: queries.review(case.session, case.flag.id).notified_by == ""
               and queries.review(case.session, case.flag.id).notified_on is not None),
    "statement": (lambda case: case.notify(), 15,
                  lambda case: queries.review(case.session, case.flag.id).silent_on is not None),
    "decision": (lambda case: case.hear(), 30, lambda case: case.flag.escalated_on is not None),
    "appeal": (lambda case: case.walk_to_decision("educate"), 15, lambda case: case.flag.state == "closed"),
    "answer": (_appealed, 30, lambda case: case.flag.state == "decided"),
    "reappraisal": (_rectified, 60, lambda case: case.flag.escalated_on is not None),
}


def _logged(session: Session) -> list[str]:
    entries = session.exec(select(LogEntry).where(LogEntry.kind == "inner:step")).all()
    logged = [json.loads(session.get_one(LogPayload, (row.unit, row.seq)).body) for row in entries]
    steps = {stored.content_hash({"flag": flag.id, "step": step}): step
             for flag in session.exec(select(Flag)).all() for step in STEPS}
    return [steps[one["content"]] for one in logged if one["act"] == "flag:escalated"]


def test_every_step_has_its_clock() -> None:
    """No step waits without a clock, and no clock runs that is not tried here."""
    assert {"triage", *WAYS} == set(STEPS)


@pytest.mark.parametrize("step", WAYS)
def test_a_clock_that_runs_out_acts_once(step: str, stores: Stores, district: District, now: datetime) -> None:
    """On its last day nothing happens; a day later it acts, once, and the log says which clock it was."""
    reach, days, done = WAYS[step]
    with stores.portal.write() as session:
        case = reach(open_case(session, district, now))
        assert step in {waiting.step for waiting in course.running(case.flag, queries.review(session, case.flag.id))}
        waits.escalate(session, now + timedelta(days=days))
        assert step not in _logged(session)
        for _again in range(3):
            waits.escalate(session, now + timedelta(days=days + 1))
        assert _logged(session).count(step) == 1
        assert done(case)
        kinds = [(row.kind, row.step) for row in queries.events(session, case.flag.id)]
        assert kinds.count(("escalated", step)) == 1


def test_a_triage_that_nobody_decides_goes_to_the_district(stores: Stores, config: Config, district: District,
                                                           now: datetime) -> None:
    """After 15 days, by `portal tick`, once, however often it runs; the district finds the line, the log the step."""
    with stores.portal.write() as session:
        flag_id = loud_flag(session, district, now).id
    late = now + timedelta(days=16)
    for again in range(3):
        clocks.tick(stores, config, late + timedelta(hours=again))
    clocks.tick(stores, config, late + timedelta(days=1))
    with stores.portal.read() as session:
        assert [(out.flag_id, out.step) for out in session.exec(select(StepOut)).all()] == [(flag_id, "triage")]
        assert _logged(session) == ["triage"]
        assert [row.kind for row in queries.events(session, flag_id)] == ["raised", "escalated"]
    assert verify_store(stores) == []


def test_a_review_that_everybody_forgets_ends_with_the_district(stores: Stores, district: District,
                                                                now: datetime) -> None:
    """Nobody does anything for a year: the secretary is told all the same, and the district has what is left."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        for day in range(0, 360, 7):
            waits.escalate(session, now + timedelta(days=day))
        assert _logged(session) == ["notice", "statement", "decision"]
        about = queries.about(session, district["nanwan"], case.secretary.person_id)
        assert [row.kinds for _flag, row, _clearing in about] == [[["money", 13]]]
        assert [line.phrase for line in tasks(stores, session, case.signer, now + timedelta(days=60))] == [
            "Not settled in time at the town"]
