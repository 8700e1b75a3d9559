"""Time: kept in UTC, shown as the clock on the village wall (Asia/Shanghai)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """Return the calendar day in Shanghai on which `moment` falls."""
    return moment.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a Shanghai day, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def in_reach(day: date) -> bool:
    """Tell whether somebody can mean this day: 1900 to 2199. At the ends of the calendar a sum of days is an error."""
    return 1900 <= day.year < 2200


def iso_week(day: date) -> str:
    """Return the ISO week of a day as `2026-W48` (ISO 8601)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_start(week: str) -> date:
    """Return the Monday of an ISO week written `2026-W48`."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def add_weeks(week: str, weeks: int) -> str:
    """Return the ISO week that lies `weeks` later (earlier, when negative)."""
    return iso_week(week_start(week) + timedelta(weeks=weeks))


def add_working_days(day: date, days: int) -> date:
    """Return the day `days` Monday-to-Friday days later; public holidays are not known here."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
