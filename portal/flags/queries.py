"""Finding flags, for whoever may see them: never anybody from the village, never the person it is about."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from portal.accounts import queries as people
from portal.accounts.models import Person, Posting
from portal.flags.models import Flag, FlagEvent, WeeklyCheck
from portal.places.models import Place
from portal.roles import Actor, Role

OPEN_STATES = ("triage", "review")


def is_subject(session: Session, actor: Actor, village: Place, on: date) -> bool:
    """Tell whether a person holds a role in this village or bears its secretary's name: then they decide nothing."""
    if any(grant.path.startswith(village.path) for grant in actor.grants):
        return True
    secretaries = people.holders(session, village.id, Role.SECRETARY, on)
    return any(actor.person_id == person.id or actor.name == person.name for person in secretaries)


def _at(path: str) -> Any:
    query = select(Flag, Place).join(Place, col(Place.id) == col(Flag.village_id))
    return query.where(col(Place.path).startswith(path))


def listing(session: Session, path: str, actor: Actor) -> list[tuple[Flag, Place]]:
    """Return the flags at and below a path: what waits first by its day, then the rest, newest first."""
    rows = session.exec(_at(path).order_by(col(Flag.opened).desc(), col(Place.code))).all()
    own = [grant.path for grant in actor.grants]
    seen = [(flag, place) for flag, place in rows if not any(mine.startswith(place.path) for mine in own)]
    waiting = sorted((row for row in seen if row[0].state in OPEN_STATES), key=lambda row: (row[0].due, row[1].code))
    return [*waiting, *(row for row in seen if row[0].state not in OPEN_STATES)]


def one(session: Session, path: str, flag_id: str) -> tuple[Flag, Place] | None:
    """Return a flag at or below a path with its village; None for another's as for one that there isn't."""
    found: tuple[Flag, Place] | None = session.exec(_at(path).where(Flag.id == flag_id)).first()
    return found


def waiting(session: Session, paths: Sequence[str]) -> list[tuple[Flag, Place, Place]]:
    """Return the flags that wait for a step below any of these paths, by day and then by place code. One query.

    Each with its village and its town.
    """
    if not paths:
        return []
    town = aliased(Place)
    query = select(Flag, Place, town).join(Place, col(Place.id) == col(Flag.village_id))
    query = query.join(town, col(town.id) == col(Place.parent_id))
    query = query.where(col(Flag.state).in_(OPEN_STATES), or_(*(col(Place.path).startswith(path) for path in paths)))
    return list(session.exec(query.order_by(col(Flag.due), col(Place.code))).all())


def latest_particulars(session: Session, village_id: str) -> int:
    """Return C of the village's newest weekly check: particulars confirmed in its window. 0 before the first."""
    query = select(WeeklyCheck).where(WeeklyCheck.village_id == village_id).order_by(col(WeeklyCheck.week).desc())
    found = session.exec(query.limit(1)).first()
    return int(found.values["particulars"]) if found else 0


def checks(session: Session, village_ids: Collection[str], since: str) -> dict[str, dict[str, WeeklyCheck]]:
    """Return the weekly checks of some villages from a week on: village id -> week -> check. One query."""
    query = select(WeeklyCheck).where(col(WeeklyCheck.village_id).in_(village_ids), col(WeeklyCheck.week) >= since)
    found: dict[str, dict[str, WeeklyCheck]] = {village: {} for village in village_ids}
    for row in session.exec(query).all():
        found[row.village_id][row.week] = row
    return found


def of_villages(session: Session, village_ids: Collection[str]) -> dict[str, list[Flag]]:
    """Return the flags that counts and facts raised in some villages, oldest first. One query."""
    query = select(Flag).where(col(Flag.village_id).in_(village_ids), col(Flag.cause).in_(("count", "facts")))
    found: dict[str, list[Flag]] = {village: [] for village in village_ids}
    for flag in session.exec(query.order_by(col(Flag.opened))).all():
        found[flag.village_id].append(flag)
    return found


def events(session: Session, flag_id: str) -> list[FlagEvent]:
    """Return what happened to a flag, in order."""
    query = select(FlagEvent).where(FlagEvent.flag_id == flag_id).order_by(col(FlagEvent.number))
    return list(session.exec(query).all())


def next_number(session: Session, flag_id: str) -> int:
    """Return the number of a flag's next event."""
    return session.exec(select(func.count()).select_from(FlagEvent).where(FlagEvent.flag_id == flag_id)).one()


def seconds(session: Session, village: Place, actor: Actor, on: date) -> list[tuple[Person, Role, Place]]:
    """Return who may be the second person: holders of a role at the town or the district, not the village's own.

    The operator runs the machine and decides nothing. Each person stands once, with the first role.
    """
    above = [part for part in village.path.split("/") if part][:-1]
    query = (
        select(Person, Posting, Place)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Place, col(Place.id) == col(Posting.place_id))
        .where(col(Place.id).in_([*above, village.id]), col(Posting.since) <= on, col(Person.active))
        .where(or_(col(Posting.until).is_(None), col(Posting.until) >= on))
        .order_by(col(Place.path), col(Person.user), col(Posting.since))
    )
    rows = session.exec(query).all()
    own = [(person, posting) for person, posting, place in rows if place.id == village.id]
    barred = {person.id for person, _posting in own} | {actor.person_id}
    names = {person.name for person, posting in own if posting.role == Role.SECRETARY}
    found: dict[str, tuple[Person, Role, Place]] = {}
    for person, posting, place in rows:
        if person.id not in barred and person.name not in names and posting.role != Role.OPERATOR:
            found.setdefault(person.id, (person, Role(posting.role), place))
    return list(found.values())
