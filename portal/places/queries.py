"""Finding places."""

import re

from sqlmodel import Session, col, func, or_, select

from portal.places.models import Place


def by_code(session: Session, code: str) -> Place | None:
    """Return the place with this statistical or short code."""
    return session.exec(select(Place).where(or_(Place.code == code, Place.short == code))).first()


def get(session: Session, place_id: str) -> Place:
    """Return a place by its id. LookupError if there is none."""
    place = session.get(Place, place_id)
    if place is None:
        raise LookupError(place_id)
    return place


def district(session: Session) -> Place | None:
    """Return the district, or None before `portal init`."""
    return session.exec(select(Place).where(Place.kind == "district")).first()


def parent(session: Session, place: Place) -> Place | None:
    """Return the place above."""
    if place.above is not None:
        return place.above
    return session.get(Place, place.parent_id) if place.parent_id else None


def children(session: Session, place: Place) -> list[Place]:
    """Return the places right below, in the order of their codes."""
    query = select(Place).where(Place.parent_id == place.id).order_by(col(Place.code))
    return list(session.exec(query).all())


def by_ids(session: Session, ids: set[str]) -> list[Place]:
    """Return places by their ids, by code."""
    return list(session.exec(select(Place).where(col(Place.id).in_(ids)).order_by(col(Place.code))).all())


def below(session: Session, path: str) -> list[Place]:
    """Return a place and everything below it, by code."""
    return list(session.exec(select(Place).where(col(Place.path).startswith(path)).order_by(col(Place.code))).all())


def villages(session: Session, path: str = "") -> list[Place]:
    """Return the villages at and below a path, by code; never by merit (no league tables)."""
    query = select(Place).where(Place.kind == "village", col(Place.path).startswith(path))
    return list(session.exec(query.order_by(col(Place.code))).all())


def like(words: str) -> str:
    """Return a pattern that finds `words` anywhere, each sign taken literally (escape sign: backslash)."""
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def search(session: Session, words: str, limit: int = 30) -> list[Place]:
    """Return villages whose name, Latin name, initials or code begin with or hold `words`."""
    words = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", words.strip())  # 东 岭, as a phone may type it
    pattern = like(words)
    lower = func.lower
    query = (
        select(Place)
        .where(Place.kind == "village")
        .where(
            or_(
                col(Place.name).like(pattern, escape="\\"),
                lower(Place.name_en).like(pattern.lower(), escape="\\"),
                lower(Place.initials).like(pattern.lower(), escape="\\"),
                Place.code == words,
                lower(Place.short) == words.lower(),
            )
        )
        .order_by(col(Place.code))
        .limit(limit)
    )
    return list(session.exec(query).all())
