"""Writing places, and the one way in which any public act reaches the log."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select, update

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.words import N_
from portal.log import service as log
from portal.log.models import LogEntry
from portal.places import queries
from portal.places.models import Place, PlaceSetting
from portal.places.settings import defaults

ADULTS = "place.adults"
"""What a change of a village's number of adults is called in the log and by the guards."""


class Forbidden(Refused):
    """A change that nobody may make now, however it is typed."""


Guard = Callable[[Session, datetime, Place, str], None]
GUARDS: list[Guard] = []
"""Asked before anything changes on which a decision may rest: (session, now, place, key). A feature above adds its
own and raises Forbidden; see `flags.standing`."""


def record_act(session: Session, now: datetime, place: Place, kind: str, **facts: Any) -> LogEntry:
    """Write a public act into the log of the place's unit, and let the place's kept pages go stale.

    Returns the entry.
    """
    entry = log.append(session, place.unit, local_day(now), kind, place=place.code, **facts)
    touch(session, place)
    return entry


def touch(session: Session, place: Place) -> None:
    """Let every kept page of this place, and the pages above that list it, go stale."""
    above = [part for part in place.path.split("/") if part]
    session.exec(update(Place).where(col(Place.id).in_(above)).values(version=Place.version + 1))


def create(session: Session, now: datetime, *, parent: Place | None, kind: str, code: str, short: str, name: str,
           **details: Any) -> Place:
    """Add a place below `parent`. Raises Refused when its code or short code is taken."""
    for value in (code, short):
        if queries.by_code(session, value) is not None:
            raise Refused(N_("The code %(code)s is taken by another place."), field="code", code=value)
    place = Place(kind=kind, code=code, short=short, name=name, parent_id=parent.id if parent else None,
                  path="", unit="", opened_on=local_day(now), **details)
    place.path = (parent.path if parent else "/") + place.id + "/"
    place.unit = parent.unit if parent and kind == "village" else code
    session.add(place)
    session.flush()
    record_act(session, now, place, "place:created")
    return place


def set_value(session: Session, now: datetime, place: Place, key: str, value: Any, valid_from: date,
              changed_by: str | None, reason: str) -> None:
    """Give a setting a new value from a day on. Nothing is retroactive.

    Raises Refused for the past, Forbidden while something rests on the old value.
    """
    if key not in defaults():
        raise Refused(N_("There is no setting called %(key)s."), field="key", key=key)
    if valid_from < local_day(now):
        raise Refused(N_("A setting can’t change for days that are over."), field="valid_from")
    _ask(session, now, place, key)
    same_day = select(PlaceSetting).where(PlaceSetting.place_id == place.id, PlaceSetting.key == key,
                                          PlaceSetting.valid_from == valid_from)
    row = session.exec(same_day).first() or PlaceSetting(
        place_id=place.id, key=key, value=value, valid_from=valid_from, changed_at=now
    )
    row.value, row.changed_by, row.reason, row.changed_at = value, changed_by, reason, now
    session.add(row)
    record_act(session, now, place, "setting:changed", key=key, valid_from=valid_from.isoformat())
    below = col(Place.path).startswith(place.path) & (col(Place.id) != place.id)
    session.exec(update(Place).where(below).values(version=Place.version + 1))  # it holds on their pages too


def recount(session: Session, now: datetime, village: Place, *, adults: int, people: int, households: int) -> None:
    """Give a village its numbers of a new year. Raises Forbidden while something rests on the old ones."""
    if not 0 < adults <= people or not 0 < households <= people:
        raise Refused(N_("There are more people than adults and than households, and at least one of each."),
                      field="adults")
    _ask(session, now, village, ADULTS)
    village.adults, village.people, village.households = adults, people, households
    session.add(village)
    record_act(session, now, village, "setting:changed", key=ADULTS, valid_from=local_day(now).isoformat())


def change(stores: Stores, now: datetime, place: Place, key: str, work: Callable[[Session], None]) -> None:
    """Do `work`, which changes `key` at a place; a refusal by a guard stands in the log before it is raised again."""
    try:
        with stores.portal.write() as session:
            work(session)
    except Forbidden:
        with stores.portal.write() as session:
            note_refusal(session, now, place, key)
        raise


def note_refusal(session: Session, now: datetime, place: Place, key: str) -> None:
    """Log a refused change under the town's or district's code: it must not tell the village."""
    above = queries.parent(session, place) if place.kind == "village" else place
    district = queries.district(session)
    log.append(session, district.unit if district else place.unit, local_day(now), "inner:step",
               place=(above or place).code, act="change:refused", content=key)


def _ask(session: Session, now: datetime, place: Place, key: str) -> None:
    for guard in GUARDS:
        guard(session, now, place, key)
