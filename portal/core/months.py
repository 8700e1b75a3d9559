"""Months as `2026-10`, and which ISO weeks belong to one: a week is counted once, in the month in which it ended."""

from datetime import date, timedelta

from portal.core.clock import iso_week, week_start

LATE_DAYS = 14


def span(month: str) -> tuple[date, date]:
    """Return the first and the last day of a month such as `2026-10`. ValueError for what is none."""
    first = date.fromisoformat(month + "-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def before(day: date) -> str:
    """Return the month that was over on a day, such as `2026-10`."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def public(today: date) -> str:
    """Return the newest month of which numbers drawn from reports may be told: two weeks late (`reports.md`)."""
    return before(today - timedelta(days=LATE_DAYS))


def weeks_of(month: str) -> set[str]:
    """Return the ISO weeks that ended in a month."""
    first, last = span(month)
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return {iso_week(day) for day in days if day == week_start(iso_week(day)) + timedelta(days=6)}
