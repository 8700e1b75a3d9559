"""What the town types for a round, and what a voter sends, turned into checked values."""

import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any

from portal.ballots.papers import NOT_TWINS, Papers
from portal.ballots.rules import ELECTORATES
from portal.ballots.service import Draft, Sketch, mistakes
from portal.core.clock import SHANGHAI
from portal.core.digits import KEY_DIGITS, holds, tidy
from portal.core.words import N_
from portal.slips.service import DIGITS, STUB_DIGITS
from portal.web.even import received
from portal.web.forms import Form

ATTEMPT = re.compile(r"[0-9a-f]{32}")
ROUND = re.compile(r"[0-9a-f]{16}")  # it names a file, see slips.peppers
CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
NOT_DIGITS = N_("These are not the 20 digits of a slip: one is wrong or missing. Compare them group by group.")
NOT_OF_A_SHEET = N_("Under the count sheet stand 20 digits; here are more or fewer. Compare them group by group.")
NOT_A_STUB = N_("These are not the 12 digits of a stub: one is wrong or missing.")
NOT_A_TIME = N_("This is not a time of day. Write it like 08:00.")
LARGEST = 20_000


def slip_digits(form: Form) -> str:
    """Return the 20 digits as typed in any spelling, or "" with the reason beside the field."""
    digits = tidy(form.values.get("digits", ""))
    if holds(digits, DIGITS):
        return digits
    form.refuse("digits", NOT_DIGITS)
    return ""


def sheet_digits(form: Form) -> str:
    """Return the 20 digits under a count sheet as typed, or "" with the reason beside the field."""
    digits = tidy(form.values.get("digits", ""))
    if len(digits) == KEY_DIGITS and digits.isascii() and digits.isdecimal():
        return digits
    form.refuse("digits", NOT_OF_A_SHEET)
    return ""


def stub_digits(form: Form) -> str:
    """Return the 12 digits of a stub as typed in any spelling, or "" with the reason beside the field."""
    digits = tidy(form.values.get("stub", ""))
    if holds(digits, STUB_DIGITS):
        return digits
    form.refuse("stub", NOT_A_STUB)
    return ""


def round_id(form: Form) -> str:
    """Return the round that a page carried along, or "" when it is none of ours."""
    value = form.values.get("round", "")
    return value if ROUND.fullmatch(value) else ""


def attempt(form: Form) -> str:
    """Return the attempt that a page carried along, or "" when it is none of ours."""
    value = form.values.get("attempt", "")
    return value if ATTEMPT.fullmatch(value) else ""


def answer(form: Form, scale: Collection[str]) -> str:
    """Return the answer that a page sent, or "" with the reason beside the field."""
    form.values["choice"] = received(form.values.get("choice", ""))
    return form.choice("choice", scale)


def _moment(form: Form, day_field: str, time_field: str) -> datetime | None:
    """Return a day and a time on the village's clock as a moment."""
    day: date | None = form.day(day_field)
    clock = CLOCK.fullmatch(form.values.get(time_field, "").strip())
    if clock is None:
        form.refuse(time_field, NOT_A_TIME)
    if day is None or clock is None:
        return None
    return datetime.combine(day, time(int(clock[1]), int(clock[2])), SHANGHAI).astimezone(UTC)


def year_of(form: Form) -> int:
    """Return the year of an appraisal as typed, or 0 with the reason beside the field."""
    return form.number("year", least=2020, most=2100)


def draft(form: Form) -> Draft | None:
    """Return the round as typed, None where it can't be read; whatever is wrong with it stands beside its fields."""
    year = year_of(form)
    opens, closes = _moment(form, "opens_on", "opens_time"), _moment(form, "closes_on", "closes_time")
    sizes = {each: form.number(f"size_{each}", most=LARGEST, required=False) for each in ELECTORATES}
    plan = form.choice("plan", {"A", "B"})
    box_pub = form.text("box_pub", longest=100, guarded=False)
    read = {each: None if f"size_{each}" in form.errors else size for each, size in sizes.items()}
    readable = form.ok
    for mistake in mistakes(Sketch(year or None, opens, closes, read, box_pub)):
        form.take(mistake)
    if not readable or opens is None or closes is None:
        return None
    return Draft(year, opens, closes, sizes, plan, box_pub)


def draft_values(round_: Any) -> dict[str, str]:
    """Return what a form about an existing Round begins with."""
    opens, closes = round_.opens_at.astimezone(SHANGHAI), round_.closes_at.astimezone(SHANGHAI)
    return {
        "year": str(round_.year), "opens_on": opens.date().isoformat(), "opens_time": f"{opens:%H:%M}",
        "closes_on": closes.date().isoformat(), "closes_time": f"{closes:%H:%M}", "plan": round_.plan,
        "box_pub": round_.box_pub, **{f"size_{each}": str(size) for each, size in round_.sizes.items()},
    }


def papers(form: Form, electorates: list[str], scale: list[str]) -> dict[str, Papers]:
    """Return the papers as they were counted at the table, by electorate."""
    return {
        each: Papers(form.number(f"issued_{each}"), form.number(f"spoiled_{each}", required=False),
                     form.number(f"returned_{each}"), form.number(f"remote_{each}", required=False),
                     _twins(form, f"twins_{each}", len(scale)), form.number(f"used_{each}", required=False),
                     form.number(f"envelopes_{each}", required=False))
        for each in electorates
    }


def _twins(form: Form, name: str, answers: int) -> tuple[int, ...] | None:
    """Return the control cards by answer, None when nothing was typed."""
    typed = unicodedata.normalize("NFKC", form.values.get(name, "")).strip()
    if not typed:
        return None
    numbers = re.findall(r"\d{1,5}", typed)
    if len(numbers) not in {1, answers} or re.search(r"[^\d\s,，、;；/]", typed):
        form.refuse(name, NOT_TWINS)
    return tuple(int(each) for each in numbers)
