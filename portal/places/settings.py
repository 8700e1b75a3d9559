"""Money, quotas, periods and thresholds: data with a version, an author and a first day; never constants.

`seed/settings.toml` holds what holds where nobody set anything; a place's own value holds below it.
"""

import tomllib
from datetime import date
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from portal.config import ROOT
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


def _held(session: Session, place: Place, prefix: str, on: date) -> dict[str, PlaceSetting]:
    """Return the rows that hold at a place on a day, by key; the nearest place's newest wins."""
    above = [part for part in place.path.split("/") if part]
    rows = session.exec(
        select(PlaceSetting)
        .where(col(PlaceSetting.place_id).in_(above), col(PlaceSetting.key).startswith(prefix))
        .where(col(PlaceSetting.valid_from) <= on)
        .order_by(col(PlaceSetting.valid_from))
    ).all()
    ordered = sorted(rows, key=lambda row: (above.index(row.place_id), row.valid_from))
    return {row.key.removeprefix(prefix): row for row in ordered}


def group(session: Session, place: Place, name: str, on: date) -> dict[str, Any]:
    """Return the values of all settings of one group that hold at `place` on a day: key -> value."""
    return {**group_default(name), **{key: row.value for key, row in _held(session, place, name + ".", on).items()}}


def decided(session: Session, place: Place, name: str, on: date) -> dict[str, tuple[str, date]]:
    """Return who decided the values of a group that hold at `place` on a day: key -> (place id, since when).

    A key that is left out holds as the portal came.
    """
    return {key: (row.place_id, row.valid_from) for key, row in _held(session, place, name + ".", on).items()}


def value(session: Session, place: Place, key: str, on: date) -> Any:
    """Return the value of one setting (`group.key`) at a place on a day. KeyError if there is no such setting."""
    name, _, rest = key.partition(".")
    return group(session, place, name, on)[rest]
