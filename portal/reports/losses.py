"""A key that nobody can open any more, where no office above holds copies: two people say so, and it is gone.

One person of the office says it, a second confirms; whoever runs the machine is neither. What only that key opened
is unreadable for good: such cases stand still, and their reporters read that it has to be told again.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import keys, queries, renewal, rules
from portal.reports.messages import week_of
from portal.reports.models import KeyLoss, Message, OfficeKey, Report, ReportBody
from portal.roles import Actor, Role

TOLD = ("report", "told")
NOT_THE_OPERATOR = N_("Whoever runs this portal can’t declare a key lost. Two others of the office do that.")


def may_be_lost(session: Session, office: Place) -> list[OfficeKey]:
    """Return the keys of an office that two of its people may give up.

    A town's key of the desk is not among them: the district declares it lost and seals its copies anew.
    """
    found = [key for key in queries.offline_keys(session, office.id).values() if key.lost_on is None]
    desk = queries.active_key(session, office.id)
    return [desk, *found] if desk and office.kind == "district" else found


def said(session: Session, place_ids: Collection[str] | None = None) -> list[tuple[KeyLoss, Place]]:
    """Return what was said to be lost and is not confirmed yet, at some places or everywhere."""
    query = select(KeyLoss, Place).join(Place, col(Place.id) == col(KeyLoss.place_id))
    query = query.where(col(KeyLoss.confirmed_on).is_(None))
    if place_ids is not None:
        query = query.where(col(KeyLoss.place_id).in_(place_ids))
    return list(session.exec(query).all())


def _key(session: Session, office: Place, key_id: str) -> OfficeKey:
    key = next((key for key in may_be_lost(session, office) if key.id == key_id), None)
    if key is None:
        raise Refused(N_("This office has no key that could be lost."))
    return key


def say(session: Session, now: datetime, actor: Actor, office: Place, key_id: str) -> None:
    """Say that nobody can open a key any more; a second person has to confirm it. Saying it twice changes nothing.

    Raises Refused.
    """
    if actor.has(Role.OPERATOR):
        raise Refused(NOT_THE_OPERATOR)
    key = _key(session, office, key_id)
    if session.get(KeyLoss, key.id) is None:
        session.add(KeyLoss(key_id=key.id, place_id=office.id, said_by=actor.person_id, said_on=local_day(now)))
        keys.note(session, now, actor, office.id, kind="missing")


def take_back(session: Session, now: datetime, actor: Actor, office: Place, key_id: str) -> None:
    """Take back that a key is lost, while nobody has confirmed it."""
    row = session.get(KeyLoss, key_id)
    if row is not None and row.confirmed_on is None and row.place_id == office.id:
        session.delete(row)
        session.flush()
        keys.note(session, now, actor, office.id, kind="found")


def confirm(session: Session, now: datetime, actor: Actor, office: Place, key_id: str) -> None:
    """Confirm, as a second person, that a key is lost: it opens nothing any more. Raises Refused."""
    row = session.get(KeyLoss, key_id)
    if row is None or row.confirmed_on is not None or row.place_id != office.id:
        raise Refused(N_("This was taken back, or is settled already."))
    if actor.has(Role.OPERATOR):
        raise Refused(NOT_THE_OPERATOR)
    if row.said_by == actor.person_id:
        raise Refused(N_("A second person has to confirm this: not the one who said it."))
    key = _key(session, office, key_id)
    row.confirmed_by, row.confirmed_on = actor.person_id, local_day(now)
    session.add(row)
    renewal.give_up(session, now, actor, office, key)


def mark(vault: Session, now: datetime, village_ids: Collection[str], lost: Collection[str]) -> int:
    """Mark the open cases whose own words no key opens any more; return how many. No clock runs over them."""
    if not lost:
        return 0
    query = select(Report, ReportBody.key_id).join(ReportBody, col(ReportBody.report_id) == col(Report.id)).join(
        Message, (col(Message.report_id) == col(ReportBody.report_id)) & (col(Message.number) == col(ReportBody.number))
    ).where(col(Report.village_id).in_(village_ids), Report.state != "closed", Report.lost_week == "")
    query = query.where(col(Message.kind).in_(TOLD), ReportBody.part == 0, ReportBody.reader != "reporter")
    sealed_to: dict[str, set[str]] = {}
    reports: dict[str, Report] = {}
    for report, key_id in vault.exec(query).all():
        reports[report.id] = report
        sealed_to.setdefault(report.id, set()).add(key_id)
    gone_keys = set(lost)
    gone = [report for report in reports.values() if sealed_to[report.id] <= gone_keys]
    for report in gone:
        report.lost_week, report.escalated = week_of(now), ""
        vault.add(report)
    return len(gone)


def close(vault: Session, now: datetime, village_ids: Collection[str], lost_days: int) -> int:
    """Close the cases that nobody can read and whose reporters did not tell them again in time; return how many.

    What was told again and waits for its batch keeps its case open. Told later, it opens the case once more.
    """
    waits = select(Message.report_id).where(Message.kind == "told", col(Message.released).is_(False))
    query = select(Report).where(col(Report.village_id).in_(village_ids), Report.state != "closed",
                                 Report.lost_week != "", col(Report.id).not_in(waits))
    over = [report for report in vault.exec(query).all() if rules.given_up(report.lost_week, local_day(now), lost_days)]
    for report in over:
        report.state, report.outcome, report.closed_week = "closed", rules.UNREAD, week_of(now)
        vault.add(report)
    return len(over)
