"""How the value of a setting is said to whoever reads it; in forms it stands as it is typed (`places.shapes`)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.ballots.words import ANSWERS
from portal.core.words import N_
from portal.places import shapes
from portal.web.filters import comma, day_of_year

WEEKDAYS = {
    "mon": N_("Mondays"), "tue": N_("Tuesdays"), "wed": N_("Wednesdays"), "thu": N_("Thursdays"), "fri": N_("Fridays"),
    "sat": N_("Saturdays"), "sun": N_("Sundays"),
}
CHOICES = {
    "min": N_("the least"), "zero": N_("none"), "floor": N_("rounded down"), "half_up": N_("rounded to the nearest"),
    "ceil": N_("rounded up"), "town": N_("each town by itself"), "district": N_("the whole district"),
    "1/2 of present": N_("half of those present"), "1/2 of all": N_("half of all"),
    "1/2 of entitled": N_("half of those entitled"),
    "1/2 of adults or 2/3 of households": N_("half of the adults, or two thirds of the households"),
}
MOMENT = re.compile(r"([a-z]{3}) (\d{2}:\d{2})")


def spelled(entry: Mapping[str, Any], value: Any) -> str:
    """Return the value of a setting in words of the page's language; `entry` is its line in `seed/settings.toml`."""
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return comma().join(_part(str(part)) for part in value)
    if isinstance(value, list):
        return str(_("; ")).join(_band(band) for band in value)
    if entry.get("unit") == "month-day" and value:
        return day_of_year(date.fromisoformat(f"2000-{value}"))
    if isinstance(value, str) and value in CHOICES:
        return str(_(CHOICES[value]))
    return shapes.written(value)


def _band(band: Mapping[str, int]) -> str:
    """Return a line of the facts path; `crowd`: from so many people on, two facts are enough (`flags.rules.Band`)."""
    said = str(_("below %(below)s adults: %(found)s from %(people)s people", below=band["below"],
                 found=band["confirmed"], people=band["persons"]))
    return said + str(_(", or 2 from %(people)s people", people=band["crowd"])) if band.get("crowd") else said


def _part(part: str) -> str:
    moment = MOMENT.fullmatch(part)
    if moment:
        return f"{_(WEEKDAYS[moment[1]])} {moment[2]}"
    return str(_(ANSWERS[part])) if part in ANSWERS else part
