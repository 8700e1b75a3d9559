"""What may be promised and reported, when, and what a promise's state is called. Knows no store."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from portal.core.errors import Refused
from portal.core.words import N_

MOST_PROMISES = 20  # a year: a list that people can keep in mind
MOST_PHOTOS = 3
STALE_DAYS = 60
GRACE_DAYS = 30  # for a village that opened its page after the year's day for promising
CHECKS_BEGIN = (6, 1)  # "June/July: town inspection", domain 3.4
_TARGET = re.compile(r"\d{1,9}(?:\.\d{1,3})?")


class State(StrEnum):
    """How the secretary says that a promise stands."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    DONE = "done"


class Outcome(StrEnum):
    """What the town finds in the middle of the year (domain 3.4)."""

    ON_TRACK = "on_track"
    LATE = "late"
    AT_RISK = "at_risk"


class Standing(StrEnum):
    """What villagers are told. Only OVERDUE is the portal's own finding: a day passed and nobody said why."""

    NOT_BEGUN = "not_begun"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    OVERDUE = "overdue"
    DONE = "done"


STANDING_WORDS = {
    Standing.NOT_BEGUN: N_("nothing reported yet"),
    Standing.ON_TRACK: N_("on track"),
    Standing.BEHIND: N_("behind"),
    Standing.OVERDUE: N_("its day has passed"),
    Standing.DONE: N_("done"),
}
STATE_WORDS = {State.ON_TRACK: N_("on track"), State.BEHIND: N_("behind"), State.DONE: N_("done")}
OUTCOME_WORDS = {
    Outcome.ON_TRACK: N_("The town looked: on track"),
    Outcome.LATE: N_("The town looked: late"),
    Outcome.AT_RISK: N_("The town looked: may fail"),
}


@dataclass(frozen=True)
class Latest:
    """The last report on a promise."""

    percent: int
    state: str
    explanation: str
    day: date


class Listed(Protocol):
    """What choosing promises for the village's front page needs to know."""

    @property
    def by_day(self) -> date: ...
    @property
    def standing(self) -> Standing: ...


Item = TypeVar("Item", bound=Listed)


def standing(by_day: date, latest: Latest | None, today: date) -> Standing:
    """Return what villagers are told of a promise with this day and this last report."""
    if latest is not None and latest.state == State.DONE:
        return Standing.DONE
    explained = latest is not None and latest.state == State.BEHIND and latest.day > by_day
    if today > by_day and not explained:
        return Standing.OVERDUE
    if latest is None:
        return Standing.NOT_BEGUN
    return Standing.BEHIND if latest.state == State.BEHIND else Standing.ON_TRACK


def day_in_year(month_day: str, year: int) -> date:
    """Return the day of a setting written `01-31` in a year; the last of February stands for 02-29."""
    month, day = (int(part) for part in month_day.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


def promises_due(month_day: str, year: int, opened_on: date) -> date:
    """Return the day by which a year's promises are due; a village that opened later gets some weeks."""
    due = day_in_year(month_day, year)
    return due if opened_on <= due else opened_on + timedelta(days=GRACE_DAYS)


def check_year(year: int, by_day: date, today: date) -> None:
    """Raise Refused for a year that is over or far off, and for a day outside it or already gone."""
    if year not in {today.year, (today + timedelta(days=31)).year}:
        raise Refused(N_("Promises are made for this year; in December for the next."))
    if by_day.year != year:
        raise Refused(N_("The day must lie in %(year)s."), field="by_day", year=year)
    if by_day <= today:
        raise Refused(N_("The day must still lie ahead."), field="by_day")


def tidy_target(target: str, unit: str) -> tuple[str, str]:
    """Return a measure as number and unit, or two empty texts. Raises Refused for half of one."""
    target = "".join(unicodedata.normalize("NFKC", target).replace(",", "").split())
    if not target and not unit:
        return "", ""
    if not _TARGET.fullmatch(target) or float(target) == 0:
        raise Refused(N_("Write how many as a number, like 200 or 1.8."), field="target")
    if not unit:
        raise Refused(N_("Write what is counted, like km or households."), field="unit")
    if "." in target:
        target = target.rstrip("0").rstrip(".")
    return target, unit


def check_report(*, percent: int, state: str, explanation: str, photos: int, last: int, by_day: date,
                 today: date) -> None:
    """Raise Refused unless a report is honest enough to be shown. `last` is the per cent reported before.

    A figure never falls silently, "behind" says why, "done" shows a photo, and a promise whose day has passed
    is either done or behind.
    """
    if not 0 <= percent <= 100:
        raise Refused(N_("Per cent go from 0 to 100."), field="percent")
    if state == State.DONE and percent != 100:
        raise Refused(N_("Done means 100 per cent."), field="percent")
    if state != State.DONE and percent == 100:
        raise Refused(N_("100 per cent means done: go back and choose “done”."), field="percent")
    if state == State.ON_TRACK and today > by_day:
        raise Refused(N_("The promised day has passed: choose “done” or “behind”."), field="state")
    if state == State.BEHIND and not explanation:
        raise Refused(N_("Say why it is behind and what happens next. Villagers read this."), field="explanation")
    if percent < last and not explanation:
        raise Refused(N_("Last time it was %(last)s %%. Say why it is less now."), field="explanation", last=last)
    if photos > MOST_PHOTOS:
        raise Refused(N_("At most %(most)s photos at a time."), field="photos", most=MOST_PHOTOS)
    if state == State.DONE and not photos:
        raise Refused(N_("Add a photo of what is finished, so that villagers can see it."), field="photos")


def missed(by_day: date, latest: Latest | None, check: tuple[str, date] | None, stage: date) -> bool:
    """Tell whether a promise was missed on the mid-year or year-end day `stage`, without an accepted reason.

    Its day had come and it was not done. The town accepts a reason by moving the day (then `by_day` lies later) or
    by finding it on track after the secretary said why; `check` is the town's last word and its day.
    """
    if by_day > stage or (latest is not None and latest.state == State.DONE):
        return False
    said = latest is not None and latest.state == State.BEHIND and bool(latest.explanation)
    return not (said and latest is not None and check is not None and check[0] == Outcome.ON_TRACK
                and check[1] >= latest.day)


def is_stale(made_on: date, latest: Latest | None, today: date) -> bool:
    """Tell whether nothing was reported on an unfinished promise for more than 60 days."""
    if latest is not None and latest.state == State.DONE:
        return False
    return (today - (latest.day if latest else made_on)).days > STALE_DAYS


def for_home(listed: Sequence[Item], limit: int) -> list[Item]:
    """Return the promises that the front page shows: the next ones due, and always one that is behind."""
    slow = {Standing.BEHIND, Standing.OVERDUE}
    waiting = sorted((item for item in listed if item.standing != Standing.DONE), key=lambda item: item.by_day)
    chosen = waiting[:limit]
    if not any(item.standing in slow for item in chosen):
        chosen[limit - 1 :] = [item for item in waiting if item.standing in slow][:1] or chosen[limit - 1 :]
    done = [item for item in listed if item.standing == Standing.DONE]
    return (chosen + done)[:limit]
