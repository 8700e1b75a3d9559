"""Money, quotas, periods and thresholds: data with a version, an author and a first day; never constants.

`seed/settings.toml` holds what holds where nobody set anything; a place's own value holds below it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from portal.config import ROOT
from portal.core.clock import start_of
from portal.places.models import Place, PlaceSetting


@cache
def defaults() -> dict[str, dict[str, Any]]:
    """Return every known setting as `group.key` -> its entry (value, unit, scope, source, zh, en)."""
    groups = tomllib.loads((ROOT / "seed" / "settings.toml").read_text("utf-8"))
    return {f"{group}.{key}": entry for group, entries in groups.items() for key, entry in entries.items()}


def group_default(name: str) -> dict[str, Any]:
    """Return the values of all settings of one group where no place has set any: key -> value."""
    prefix = name + "."
    return {key.removeprefix(prefix): entry["value"] for key, entry in defaults().items() if key.startswith(prefix)}


def _rows(session: Session, place: Place, prefix: str, until: date) -> list[PlaceSetting]:
    """Return what was set at a place and above it, up to a day."""
    above = [part for part in place.path.split("/") if part]
    query = select(PlaceSetting).where(col(PlaceSetting.place_id).in_(above), col(PlaceSetting.key).startswith(prefix))
    return list(session.exec(query.where(col(PlaceSetting.valid_from) <= until)).all())


def _nearest(place: Place, rows: Sequence[PlaceSetting], name: str, on: date) -> dict[str, PlaceSetting]:
    """Return the rows of a group that hold on a day, by key; the nearest place's newest wins."""
    above = [part for part in place.path.split("/") if part]
    prefix = name + "."
    held = [row for row in rows if row.key.startswith(prefix) and row.valid_from <= on]
    held.sort(key=lambda row: (above.index(row.place_id), row.valid_from))
    return {row.key.removeprefix(prefix): row for row in held}


def _held(session: Session, place: Place, name: str, on: date) -> dict[str, PlaceSetting]:
    return _nearest(place, _rows(session, place, name + ".", on), name, on)


def group(session: Session, place: Place, name: str, on: date) -> dict[str, Any]:
    """Return the values of all settings of one group that hold at `place` on a day: key -> value."""
    return {**group_default(name), **{key: row.value for key, row in _held(session, place, name, on).items()}}


def decided(session: Session, place: Place, name: str, on: date) -> dict[str, tuple[str, date]]:
    """Return who decided the values of a group that hold at `place` on a day: key -> (place id, since when).

    A key that is left out holds as the portal came.
    """
    return {key: (row.place_id, row.valid_from) for key, row in _held(session, place, name, on).items()}


def ever(session: Session, place: Place, name: str, on: date) -> list[tuple[date, dict[str, Any]]]:
    """Return the values of a group as they were one after another, up to a day: (since when, key -> value).

    The first is how the portal came, since `date.min`.
    """
    rows = _rows(session, place, name + ".", on)
    days = sorted({row.valid_from for row in rows})
    return [(day, {**group_default(name), **{key: row.value for key, row in _nearest(place, rows, name, day).items()}})
            for day in (date.min, *days)]


def history(session: Session, place: Place, key: str) -> list[PlaceSetting]:
    """Return every value that was ever given to a setting at a place, the newest first."""
    query = select(PlaceSetting).where(PlaceSetting.place_id == place.id, PlaceSetting.key == key)
    return list(session.exec(query.order_by(col(PlaceSetting.valid_from).desc())).all())


def changed(session: Session, path: str, first: date, last: date) -> list[tuple[PlaceSetting, Place]]:
    """Return what was set at and below a place from a day to another, by the place's code and then by key."""
    query = select(PlaceSetting, Place).join(Place, col(Place.id) == col(PlaceSetting.place_id))
    query = query.where(col(Place.path).startswith(path), PlaceSetting.changed_at >= start_of(first),
                        PlaceSetting.changed_at < start_of(last + timedelta(days=1)))
    return list(session.exec(query.order_by(col(Place.code), col(PlaceSetting.key))).all())


@dataclass(frozen=True)
class Held:
    """A setting as it stands at a place: its value, the row that gave it (None: as the portal came), what comes."""

    key: str
    entry: dict[str, Any]
    value: Any
    row: PlaceSetting | None
    coming: PlaceSetting | None


def standing(session: Session, place: Place, groups: Sequence[str], on: date) -> dict[str, list[Held]]:
    """Return every setting of these groups at a place on a day, by group in the seed's order. One query."""
    rows = _rows(session, place, "", date.max)
    made: dict[str, list[Held]] = {}
    for name in groups:
        now = _nearest(place, rows, name, on)
        later = _nearest(place, [row for row in rows if row.valid_from > on], name, date.max)
        for short in group_default(name):
            entry, row = defaults()[f"{name}.{short}"], now.get(short)
            made.setdefault(name, []).append(
                Held(f"{name}.{short}", entry, row.value if row else entry["value"], row, later.get(short)))
    return made


def value(session: Session, place: Place, key: str, on: date) -> Any:
    """Return the value of one setting (`group.key`) at a place on a day. KeyError if there is no such setting."""
    name, _, rest = key.partition(".")
    return group(session, place, name, on)[rest]
