"""How a setting is written in a form and read back: by the shape of its value, within limits that nobody may cross."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from operator import lt
from typing import Any

from portal.core.digits import narrow
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.settings import defaults

SHOWN = ("year", "disclosures", "reports", "flags", "ballots")
"""The groups that the portal works with; the others are for parts that it has not yet."""
FIXED = frozenset({"ballots.scale"})
"""What comes with the portal: the slips, the pages and the grades are made for these answers."""
LEAP_YEAR = 2024  # 02-29 is a day of a year too

LIMITS: dict[str, tuple[float, float]] = {
    "reports.accept_days": (1, 15), "reports.answer_days": (1, 60), "reports.extend_days": (1, 30),  # 信访工作条例
    "reports.unlock_minutes": (1, 15), "reports.offline_severity": (1, 5), "reports.lost_days": (90, 3650),
    "reports.keep_closed_days": (30, 3650),
    "flags.credibility": (0.5, 0.99), "flags.serious_share": (0.05, 0.95), "flags.rate_factor": (1.2, 10),
    "flags.prior_rate": (0.1, 50), "flags.prior_strength": (0.5, 50), "flags.floor": (3, 100),
    "flags.floor_small": (3, 100), "flags.floor_serious": (3, 100), "flags.persist_weeks": (1, 13),
    "flags.window_weeks": (4, 52), "flags.window_weeks_small": (4, 52), "flags.facts_window_weeks": (4, 52),
    "flags.facts_base": (3, 50), "flags.notice_days": (1, 15),
    "flags.statement_days": (5, 60), "flags.appeal_days": (5, 60),
    "ballots.cell_min": (5, 50), "ballots.min_batch": (20, 500), "ballots.remote_share": (1, 20),
    "ballots.ring_share": (5, 100), "ballots.notice_days": (3, 60), "ballots.urn_days": (15, 90),
}
"""Secrecy, the law's periods and the hearing have a floor: a setting may be stricter, never laxer."""
BY_UNIT = {"percent": (1, 100), "days": (1, 365), "working days": (1, 60), "months": (1, 24), "weekly checks": (1, 13)}
ANY = (1, 100_000)

OUTSIDE = N_("This must be from %(least)s to %(most)s.")
WHOLE, DECIMAL, CHOICE = N_("A whole number."), N_("A number such as 0.9."), N_("One of these.")
SHARE, NO_SHARE = N_("A share, such as 4/5."), N_("Write it as a share of at most one, such as 4/5.")
DAY, NO_DAY = N_("Month and day, such as 07-31."), N_("There is no such day in a year. Write it like 07-31.")
DAYS, NO_DAYS = N_("Numbers of days, each later than the one before: 3, 10."), N_(
    "Write days that grow, with commas: 3, 10.")
MOMENTS, NO_MOMENTS = N_("Days of the week and the time, such as: mon 10:00, thu 10:00."), N_(
    "Write one to seven moments like: mon 10:00, thu 10:00.")
PARTS, NO_PARTS = N_("Per cent of party members, villagers and town cadres: 30, 50, 20."), N_(
    "Write three whole numbers that add up to 100: 30, 50, 20.")
BANDS, NO_BANDS = N_(
    "A line for each size: fewer adults than, facts, people, and (if you like) people from whom two facts are enough. "
    "Such as: 250 3 3 5."), N_("Write a line of three or four numbers for each size, the smallest villages first; "
                     "never fewer than 3 people.")
MOMENT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d")
BAND_KEYS = ("below", "confirmed", "persons", "crowd")
BAND_LEAST = (1, 1, 3, 3)  # facts of one or two people never open a review by themselves


def known(key: str, kind: str) -> bool:
    """Tell whether there is a setting `group.key` that an office at a place of this kind may change."""
    entry = defaults().get(key)
    return entry is not None and key.partition(".")[0] in SHOWN and key not in FIXED and entry["scope"] == kind


def hint(key: str) -> str:
    """Return how a setting's value is written, as a phrase."""
    return _reader(key)[0]


def limits(key: str) -> tuple[float, float] | None:
    """Return the least and the most that a number may be; None for what is not one number."""
    entry = defaults()[key]
    if "choices" in entry or not isinstance(entry["value"], int | float):
        return None
    unit = str(entry.get("unit", ""))
    return LIMITS.get(key) or BY_UNIT.get("percent" if unit.startswith("percent") else unit, ANY)


def written(value: Any) -> str:
    """Return a value as it is typed into a form; `read` takes it back unchanged."""
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values())
    if isinstance(value, list):
        bands = [" ".join(str(band[name]) for name in BAND_KEYS if name in band)
                 for band in value if isinstance(band, dict)]
        return "\n".join(bands) or ", ".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(key: str, text: str) -> Any:
    """Return the value that somebody typed for a setting. Raises Refused (field `value`) when it is none.

    The same shape as the value that the portal came with: whole number, decimal, share, day of a year, list of days,
    moments of a week, parts of a hundred, bands.
    """
    return _reader(key)[1](key, text.strip())


def _reader(key: str) -> tuple[str, Callable[[str, str], Any]]:
    entry = defaults()[key]
    value = entry["value"]
    if "choices" in entry:
        return CHOICE, _choice
    if isinstance(value, int):
        return WHOLE, _whole
    if isinstance(value, float):
        return DECIMAL, _decimal
    if isinstance(value, dict):
        return PARTS, _parts
    if isinstance(value, list):
        return {int: (DAYS, _days), str: (MOMENTS, _moments), dict: (BANDS, _bands)}[type(value[0])]
    return (DAY, _day) if entry.get("unit") == "month-day" else (SHARE, _share)


def _wrong(phrase: str, **params: object) -> Refused:
    return Refused(phrase, field="value", **params)


def _within(key: str, value: float) -> None:
    least, most = limits(key) or ANY
    if not least <= value <= most:
        raise _wrong(OUTSIDE, least=f"{least:g}", most=f"{most:g}")


def _choice(key: str, text: str) -> str:
    if text not in defaults()[key]["choices"]:
        raise _wrong(CHOICE)
    return text


def _whole(key: str, text: str) -> int:
    numbers = _numbers(text, 1)
    if not numbers:
        raise _wrong(WHOLE)
    _within(key, numbers[0])
    return numbers[0]


def _decimal(key: str, text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII):
        raise _wrong(DECIMAL)
    _within(key, float(text))
    return float(text)


def _share(_key: str, text: str) -> str:
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text, re.ASCII)
    if not found or not int(found[2]) or not 0 < Fraction(int(found[1]), int(found[2])) <= 1:
        raise _wrong(NO_SHARE)
    return text


def _day(_key: str, text: str) -> str:
    try:
        return f"{date.fromisoformat(f'{LEAP_YEAR}-{text}'):%m-%d}"
    except ValueError:
        raise _wrong(NO_DAY) from None


def _numbers(text: str, most: int) -> list[int]:
    """Return up to `most` whole numbers, parted by commas or blanks; none where something else stands there."""
    parts = re.split(r"[,，、\s]+", narrow(text))
    fine = len(parts) <= most and all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts)
    return [int(part) for part in parts] if fine else []


def _days(key: str, text: str) -> list[int]:
    days = _numbers(text, 6)
    if len(days) != len(defaults()[key]["value"]) or days != sorted(set(days)) or not 0 < days[0] <= days[-1] <= 365:
        raise _wrong(NO_DAYS)
    return days


def _moments(_key: str, text: str) -> list[str]:
    moments = [part.strip().lower() for part in re.split(r"[,，、\n]", text) if part.strip()]
    if not 0 < len(moments) <= 7 or len(set(moments)) != len(moments) or not all(map(MOMENT.fullmatch, moments)):
        raise _wrong(NO_MOMENTS)
    return moments


def _parts(key: str, text: str) -> dict[str, int]:
    names, parts = list(defaults()[key]["value"]), _numbers(text, 3)
    if len(parts) != len(names) or sum(parts) != 100 or not all(parts):
        raise _wrong(NO_PARTS)
    return dict(zip(names, parts, strict=True))


def _bands(_key: str, text: str) -> list[dict[str, int]]:
    rows = [_numbers(line, len(BAND_KEYS)) for line in text.splitlines() if line.strip()]
    if not rows or any(len(row) < len(BAND_KEYS) - 1 or any(map(lt, row, BAND_LEAST)) for row in rows):
        raise _wrong(NO_BANDS)
    below = [row[0] for row in rows]
    if below != sorted(set(below)):
        raise _wrong(NO_BANDS)
    return [dict(zip(BAND_KEYS, row, strict=False)) for row in rows]
