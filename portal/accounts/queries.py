"""Who is who: the actor behind a session, the holder of a role at a place."""

import hashlib
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from portal.accounts.models import DeskSession, Person, Posting
from portal.core.clock import local_day
from portal.places.models import Place
from portal.roles import Actor, Grant, Role


def token_hash(token: str) -> str:
    """Return what is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def held(on: date) -> list[Any]:
    """Return the conditions under which a posting holds on a day."""
    return [col(Posting.since) <= on, or_(col(Posting.until).is_(None), col(Posting.until) >= on)]


def grants(session: Session, person_id: str, on: date) -> tuple[Grant, ...]:
    """Return the roles that a person holds on a day."""
    query = select(Posting, Place).join(Place, col(Place.id) == col(Posting.place_id))
    query = query.where(Posting.person_id == person_id, *held(on))
    return tuple(
        Grant(Role(posting.role), place.id, place.path, place.code, place.name, place.name_en)
        for posting, place in session.exec(query).all()
    )


def actor_of(session: Session, person: Person, on: date, session_id: str = "") -> Actor:
    """Return a person as somebody who asks, with the roles held on a day. One query."""
    query = select(Posting, Place).join(Place, col(Place.id) == col(Posting.place_id))
    found = session.exec(query.where(Posting.person_id == person.id)).all()
    now = tuple(
        Grant(Role(posting.role), place.id, place.path, place.code, place.name, place.name_en)
        for posting, place in found if posting.since <= on and (posting.until is None or posting.until >= on)
    )
    villages = frozenset(place.id for _posting, place in found if place.kind == "village")
    return Actor(person.id, person.name, person.name_en, session_id, now, villages)


def actor_by_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who holds this session, or None when it ended, was ended, or the person is gone. Two queries."""
    query = select(DeskSession, Person).join(Person, col(Person.id) == col(DeskSession.person_id))
    found = session.exec(query.where(DeskSession.token_hash == token_hash(token))).first()
    if found is None:
        return None
    desk, person = found
    if desk.ends_at <= now or not person.active:
        return None
    return actor_of(session, person, local_day(now), desk.id)


def holders(session: Session, place_id: str, role: Role, on: date) -> list[Person]:
    """Return who holds a role at a place on a day, longest first."""
    query = select(Person).join(Posting, col(Posting.person_id) == col(Person.id))
    query = query.where(Posting.place_id == place_id, Posting.role == role, *held(on))
    return list(session.exec(query.order_by(col(Posting.since))).all())


def holder(session: Session, place_id: str, role: Role, on: date) -> Person | None:
    """Return the one who holds a role at a place on a day, or None."""
    found = holders(session, place_id, role, on)
    return found[0] if found else None


def since(session: Session, person_id: str, role: Role, on: date) -> date | None:
    """Return since when a person has held a role, or None."""
    query = select(Posting).where(Posting.person_id == person_id, Posting.role == role)
    found = session.exec(query.where(*held(on)).order_by(col(Posting.since))).first()
    return found.since if found else None


def names(session: Session, person_ids: set[str]) -> dict[str, Person]:
    """Return people by their ids."""
    if not person_ids:
        return {}
    found = session.exec(select(Person).where(col(Person.id).in_(person_ids))).all()
    return {person.id: person for person in found}


def by_user(session: Session, user: str) -> Person | None:
    """Return the person with this sign-in name."""
    return session.exec(select(Person).where(Person.user == user.strip().lower())).first()


def sessions(session: Session, person_id: str, now: datetime) -> list[DeskSession]:
    """Return a person's sessions that have not ended, newest first."""
    query = select(DeskSession).where(DeskSession.person_id == person_id, col(DeskSession.ends_at) > now)
    return list(session.exec(query.order_by(col(DeskSession.began_at).desc())).all())


def staff(session: Session, path: str, on: date, limit: int | None = None) -> list[tuple[Person, Posting, Place]]:
    """Return who holds a role at or below a place, by place and name: all, or the first `limit`."""
    query = (
        select(Person, Posting, Place)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Place, col(Place.id) == col(Posting.place_id))
        .where(col(Place.path).startswith(path), *held(on))
        .order_by(col(Place.code), col(Person.user), col(Posting.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def staff_count(session: Session, path: str, on: date) -> int:
    """Return how many roles are held at or below a place."""
    query = select(func.count()).select_from(Posting).join(Place, col(Place.id) == col(Posting.place_id))
    return session.exec(query.where(col(Place.path).startswith(path), *held(on))).one()
