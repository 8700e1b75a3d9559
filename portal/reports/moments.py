"""The batch moments of a week, such as Monday and Thursday at ten in the village. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.clock import SHANGHAI, local_day

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7


@dataclass(frozen=True, order=True)
class Moment:
    """A weekday (0 is Monday) and a time on the village clock."""

    weekday: int
    at: time


def read(texts: Iterable[str]) -> tuple[Moment, ...]:
    """Return the moments of a setting like ["mon 10:00", "thu 10:00"], in their order. ValueError for anything else."""
    found = []
    for text in texts:
        day, _, clock = text.strip().lower().partition(" ")
        found.append(Moment(DAYS.index(day), time.fromisoformat(clock)))
    if not found:
        message = "there must be at least one moment at which reports are handed over"
        raise ValueError(message)
    return tuple(sorted(found))


def _around(moments: Sequence[Moment], day: date) -> list[datetime]:
    """Return the batches of the weeks around a day, in order."""
    monday = day - timedelta(days=day.weekday() + WEEK)
    return [datetime.combine(monday + timedelta(days=WEEK * week + each.weekday), each.at, SHANGHAI)
            for week in range(3) for each in moments]


def last(moments: Sequence[Moment], now: datetime) -> datetime:
    """Return the latest batch that is not after `now`."""
    return max(batch for batch in _around(moments, local_day(now)) if batch <= now)


def coming(moments: Sequence[Moment], now: datetime) -> datetime:
    """Return the first batch after `now`."""
    return min(batch for batch in _around(moments, local_day(now)) if batch > now)


def first_day(moments: Sequence[Moment], day: date) -> date:
    """Return the first day on or after `day` that has a batch."""
    return min(batch.date() for batch in _around(moments, day) if batch.date() >= day)
