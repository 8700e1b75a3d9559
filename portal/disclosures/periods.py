"""Periods that a disclosure is about: a year, half a year, a quarter, a month, a day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

Kind = Literal["year", "half", "quarter", "month", "day"]
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
OF_CYCLE: dict[str, Kind] = {
    "yearly": "year",
    "half-yearly": "half",
    "quarterly": "quarter",
    "monthly": "month",
}
_FORMS = re.compile(
    r"(?P<year>(?:19|20|21)\d{2})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?"
)


@dataclass(frozen=True)
class Period:
    """A stretch of whole days. `number` is the half, quarter, month or day of the year's kind (0 for a year).

    For words: `year`, `kind` and `number` (for a day: `start` is the date).
    """

    kind: Kind
    start: date
    end: date

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read "2026", "2026-H1", "2026-Q3", "2026-07" or "2026-07-28". Raises ValueError."""
        match = _FORMS.fullmatch(key.strip().upper())
        if not match:
            message = f"{key!r} is not a period: write 2026, 2026-H1, 2026-Q3, 2026-07 or 2026-07-28"
            raise ValueError(message)
        year = int(match["year"])
        if match["day"]:
            day = date(year, int(match["month"]), int(match["day"]))
            return cls("day", day, day)
        for kind in ("month", "quarter", "half"):
            if match[kind]:
                return cls._numbered(kind, year, int(match[kind]))
        return cls._numbered("year", year, 1)

    @classmethod
    def holding(cls, kind: Kind, day: date) -> Self:
        """Return the period of a kind that a day lies in."""
        if kind == "day":
            return cls("day", day, day)
        return cls._numbered(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)

    @classmethod
    def _numbered(cls, kind: Kind, year: int, number: int) -> Self:
        last = number * MONTHS[kind]
        start = date(year, last - MONTHS[kind] + 1, 1)
        return cls(kind, start, date(year, last, calendar.monthrange(year, last)[1]))

    @property
    def year(self) -> int:
        """Return the year that the period lies in."""
        return self.start.year

    @property
    def number(self) -> int:
        """Return which half, quarter or month of the year it is; the day of the month; 0 for a year."""
        if self.kind == "year":
            return 0
        return self.start.day if self.kind == "day" else (self.start.month - 1) // MONTHS[self.kind] + 1

    @property
    def key(self) -> str:
        """Return the text that `parse` reads."""
        match self.kind:
            case "year":
                return f"{self.year:04d}"
            case "half":
                return f"{self.year:04d}-H{self.number}"
            case "quarter":
                return f"{self.year:04d}-Q{self.number}"
            case "month":
                return f"{self.year:04d}-{self.number:02d}"
            case "day":
                return self.start.isoformat()

    def contains(self, day: date) -> bool:
        """Tell whether a day lies in the period, its first and last day included."""
        return self.start <= day <= self.end

    def months(self) -> list[str]:
        """Return the months that the period touches, as "2026-07"."""
        return [f"{self.year:04d}-{month:02d}" for month in range(self.start.month, self.end.month + 1)]

    def previous(self) -> Self:
        """Return the period of the same kind just before this one."""
        return self.holding(self.kind, self.start - timedelta(days=1))

    def next(self) -> Self:
        """Return the period of the same kind just after this one."""
        return self.holding(self.kind, self.end + timedelta(days=1))

    def __str__(self) -> str:
        return self.key
