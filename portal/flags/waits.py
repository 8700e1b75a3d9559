"""Clocks that act by themselves: each once for a flag and a step, however often they run, and always in the log."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from portal.core.clock import local_day
from portal.flags import course, ending, queries, review
from portal.flags.models import Flag, Review, StepOut
from portal.flags.raising import add_event, record
from portal.places import queries as places


def escalate(session: Session, now: datetime) -> int:
    """Act on every step whose day is over; return how many clocks ran out now.

    triage, decision, answer, reappraisal: the district has it. notice: the portal tells the secretary itself.
    statement: the panel goes on without one. appeal: the decision is final.
    """
    today = local_day(now)
    known = set(session.exec(select(StepOut.flag_id, StepOut.step)).all())
    query = select(Flag, Review).outerjoin(Review, col(Review.flag_id) == col(Flag.id))
    query = query.where(or_(col(Flag.state).in_(queries.LIVE_STATES), col(Review.reappraise_by).is_not(None)))
    out = 0
    for flag, row in session.exec(query.order_by(col(Flag.opened), col(Flag.id))).all():
        if flag.state == "review":
            review.empty_seats(session, now, flag, places.get(session, flag.village_id))
        for waiting in course.running(flag, row):
            if waiting.late(today) and (flag.id, waiting.step) not in known:
                _run_out(session, now, flag, row, waiting.step)
                out += 1
    return out


def _run_out(session: Session, now: datetime, flag: Flag, row: Review | None, step: str) -> None:
    village = places.get(session, flag.village_id)
    session.add(StepOut(flag_id=flag.id, step=step, on=local_day(now)))
    flag.escalated_on = local_day(now)
    session.add(flag)
    add_event(session, now, flag, "escalated", step=step)
    record(session, now, flag, village, "flag:escalated", step=step)
    if row is None:
        return
    if step == "notice":
        review.give_notice(session, now, flag, row, village)
    elif step == "statement":
        row.silent_on = local_day(now)
        session.add(row)
    elif step == "appeal":
        ending.close(session, now, flag, row)
