"""When something is due: pure arithmetic on the catalogue's rules. A day counts as late from the day after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.disclosures.entries import Item
from portal.disclosures.periods import OF_CYCLE, Period

LOOK_AHEAD = 400  # days: a year, and the days after a year in which it may be told
FIRST_DAYS = 7  # a village that just opened has a week for what always stands, where the rule gives no other


@dataclass(frozen=True)
class Slot:
    """A place in the calendar that a record must fill: the item, its period (None: it always stands), the last day."""

    item: Item
    period: Period | None
    due: date

    @property
    def key(self) -> str:
        """Return the period's key, "" for what always stands."""
        return self.period.key if self.period else ""

    def late(self, today: date) -> int:
        """Return by how many days it is late; 0 while it is not."""
        return days_late(self.due, today)


def days_late(due: date, today: date) -> int:
    """Return by how many days something due on `due` is late; 0 while it is not."""
    return max(0, (today - due).days)


def due_slots(item: Item, opened_on: date, until: date) -> list[Slot]:
    """Return what falls due on or before `until` in a village that opened on `opened_on`, oldest first.

    Things that happen (cycle "event") have no slot: they are due when somebody began one (`event_due`).
    Nothing falls due for a period that was over, or on a day that had passed, before the village opened.
    """
    if item.cycle == "event":
        return []
    if item.cycle == "standing":
        due = opened_on + timedelta(days=item.due.after_change_days or FIRST_DAYS)
        return [Slot(item, None, due)] if due <= until else []
    if item.due.month and item.due.day:
        return _yearly(item, opened_on, until)
    return _after_periods(item, opened_on, until)


def _yearly(item: Item, opened_on: date, until: date) -> list[Slot]:
    years = range(opened_on.year, until.year + 1)
    days = ((year, date(year, item.due.month or 1, item.due.day or 1)) for year in years)
    return [Slot(item, Period.parse(f"{year:04d}"), due) for year, due in days if opened_on <= due <= until]


def _after_periods(item: Item, opened_on: date, until: date) -> list[Slot]:
    found: list[Slot] = []
    period = Period.holding(OF_CYCLE[item.cycle], opened_on)
    wait = timedelta(days=item.due.after_period_days or 0)
    while period.end + wait <= until:
        found.append(Slot(item, period, period.end + wait))
        period = period.next()
    return found


def next_due(items: Iterable[Item], opened_on: date, today: date) -> date | None:
    """Return the next day on which one of these falls due, None where none has a day within the coming year."""
    until = today + timedelta(days=LOOK_AHEAD)
    return min((slot.due for item in items for slot in due_slots(item, opened_on, until) if slot.due >= today),
               default=None)


def event_due(item: Item, event_date: date) -> date:
    """Return the last day for something that happened (or changed, or was received) on `event_date`."""
    rule = item.due
    days = rule.after_event_days if rule.after_event_days is not None else rule.after_change_days
    return event_date + timedelta(days=days if days is not None else rule.after_period_days or 0)


def period_due(item: Item, period: Period) -> date:
    """Return the last day for a period of a periodic item."""
    if item.due.month and item.due.day:
        return date(period.year, item.due.month, item.due.day)
    return period.end + timedelta(days=item.due.after_period_days or 0)


def period_kind(item: Item, period: Period) -> bool:
    """Tell whether a period is of the kind that a periodic item wants."""
    return item.periodic and period.kind == OF_CYCLE[item.cycle]
