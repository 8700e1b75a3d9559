"""Villages that are too quiet: the district sends somebody. A visit, never a suspicion; no flag comes of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from portal.accounts.models import Person
from portal.core.clock import add_weeks, iso_week, local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import rules
from portal.flags.models import SilentVillage, WeeklyCheck
from portal.flags.raising import rule_at
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor, Permission

NOT_YOURS = N_("Only the district’s discipline commission notes a visit.")
FOUND = N_("Write how it was: whom you met, and what people said about the portal.")
VISITED = N_("This visit was noted already.")


def listen(session: Session, now: datetime, town: Place, heard: Mapping[str, int],
           slips: Mapping[str, tuple[int, int]]) -> list[SilentVillage]:
    """Open a visit for each village of a town that is too quiet, after its weekly check; return the new ones.

    `heard`: reports of any kind in the last 26 weeks; `slips`: (voice slips drawn at most, slips that there should
    be); both by village id, and a village without an entry is not judged by it. A village that is to be visited, or
    was in the last 26 weeks, is left alone.
    """
    today = local_day(now)
    since, week = today - timedelta(weeks=rules.SILENCE_WEEKS), add_weeks(iso_week(today), -1)
    villages = [one for one in places.villages(session, town.path) if one.adults > 0]
    known = {row.village_id for row in session.exec(select(SilentVillage).where(
        col(SilentVillage.village_id).in_([one.id for one in villages]))).all()
        if row.visited_on is None or row.visited_on > since}
    usual = {row.village_id: float(row.values["baseline"]) for row in session.exec(
        select(WeeklyCheck).where(WeeklyCheck.week == week)).all()}
    opened = []
    for village in villages:
        if village.id in known or village.id not in usual:
            continue
        cause = _cause(session, village, usual[village.id], heard.get(village.id), slips.get(village.id), today)
        if cause:
            opened.append(SilentVillage(village_id=village.id, cause=cause, since=today))
    session.add_all(opened)
    session.flush()
    return opened


def _cause(session: Session, village: Place, usual: float, heard: int | None, slips: tuple[int, int] | None,
           today: date) -> str:
    rule = rule_at(session, village, today)
    if slips is not None and rules.silent(village.adults, usual, 1, slips, rule):
        return "slips"
    return "reports" if heard is not None and rules.silent(village.adults, usual, heard, (1, 1), rule) else ""


def waiting(session: Session, path: str) -> list[tuple[SilentVillage, Place]]:
    """Return the villages at and below a path that wait for a visit, by code."""
    query = select(SilentVillage, Place).join(Place, col(Place.id) == col(SilentVillage.village_id))
    query = query.where(col(Place.path).startswith(path), col(SilentVillage.visited_on).is_(None))
    return list(session.exec(query.order_by(col(Place.code))).all())


def noted(session: Session, path: str, limit: int = 50) -> list[tuple[SilentVillage, Place, Person]]:
    """Return the visits that were made at and below a path, the latest first, each with who noted it."""
    query = select(SilentVillage, Place, Person).join(Place, col(Place.id) == col(SilentVillage.village_id))
    query = query.join(Person, col(Person.id) == col(SilentVillage.visited_by))
    query = query.where(col(Place.path).startswith(path)).limit(limit)
    return list(session.exec(query.order_by(col(SilentVillage.visited_on).desc(), col(Place.code))).all())


def visited(session: Session, actor: Actor, now: datetime, row: SilentVillage, found: str) -> None:
    """Note a visit and what people said. Raises Refused."""
    if not actor.may(Permission.REVIEW_SIGN, places.get(session, row.village_id).path):
        raise Refused(NOT_YOURS)
    if row.visited_on is not None:
        raise Refused(VISITED)
    if not found.strip():
        raise Refused(FOUND, field="found")
    row.visited_on, row.visited_by, row.found = local_day(now), actor.person_id, found.strip()
    session.add(row)
