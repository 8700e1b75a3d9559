"""Reading who did what with keys and cases, and what was erased: the district looks through it."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, func, or_, select

from portal.accounts.models import Person
from portal.places.models import Place
from portal.reports.models import Opening, ReportErasure


def openings(session: Session, path: str, without: Collection[str],
             limit: int = 200) -> tuple[list[tuple[Opening, Person, Place]], int]:
    """Return who unlocked a key or opened a case at the offices at and below a place, the latest days first.

    At most `limit` of them, and how many there are in all. `without`: the cases that whoever looks must not learn of.
    """
    seen = [col(Place.path).startswith(path),
            or_(col(Opening.report_id).is_(None), col(Opening.report_id).not_in(without))]
    query = (
        select(Opening, Person, Place)
        .join(Person, col(Person.id) == col(Opening.person_id))
        .join(Place, col(Place.id) == col(Opening.place_id))
        .where(*seen)
        .order_by(col(Opening.day).desc(), col(Place.code), col(Person.user), col(Opening.id))
        .limit(limit)
    )
    count = select(func.count()).select_from(Opening).join(Place, col(Place.id) == col(Opening.place_id)).where(*seen)
    return list(session.exec(query).all()), session.exec(count).one()


def counted(session: Session, path: str, first: date, last: date, without: Collection[str]) -> dict[str, int]:
    """Return how often keys and cases were opened from a day to another, by office (place id).

    `without`: the cases that somebody who reads the number must not learn of (see `openings`, which leaves them out).
    """
    query = (select(Opening.place_id, func.count()).join(Place, col(Place.id) == col(Opening.place_id))
             .where(col(Place.path).startswith(path), Opening.day >= first, Opening.day <= last)
             .where(or_(col(Opening.report_id).is_(None), col(Opening.report_id).not_in(without)))
             .group_by(col(Opening.place_id)))
    return dict(session.exec(query).all())


def erasures(session: Session, path: str) -> list[tuple[ReportErasure, Place]]:
    """Return how many closed cases were erased at and below a place, the latest days first."""
    query = select(ReportErasure, Place).join(Place, col(Place.id) == col(ReportErasure.place_id))
    query = query.where(col(Place.path).startswith(path)).order_by(col(ReportErasure.day).desc(), col(Place.code))
    return list(session.exec(query).all())


def opened_by(session: Session, report_id: str, office: Place) -> list[tuple[Person, int]]:
    """Return who opened a case and how often, most often first; to a town only of its own officers.

    How often the district opens it grows when a message came that is not for the town.
    """
    mine = [Opening.place_id == office.id] if office.kind == "town" else []
    query = (
        select(Person, func.count())
        .join(Opening, col(Opening.person_id) == col(Person.id))
        .where(Opening.report_id == report_id, Opening.kind == "opened", *mine)
        .group_by(col(Person.id))
        .order_by(func.count().desc())
    )
    return list(session.exec(query).all())


def fetched(session: Session, report_id: str, place_id: str) -> bool:
    """Tell whether somebody of an office has taken the sealed file of a case."""
    query = select(Opening.id).where(Opening.report_id == report_id, Opening.place_id == place_id)
    return session.exec(query.where(Opening.kind == "fetched").limit(1)).first() is not None


def opened_today(session: Session, report_id: str, person_id: str, day: date) -> bool:
    """Tell whether it was noted already that a person opened a case on a day."""
    query = select(Opening.id).where(Opening.report_id == report_id, Opening.person_id == person_id,
                                     Opening.day == day, Opening.kind == "opened")
    return session.exec(query.limit(1)).first() is not None
