"""Periods of disclosures."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.disclosures.periods import Kind, Period

KINDS = st.sampled_from(["year", "half", "quarter", "month", "day"])
DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("key", "start", "end", "kind", "number"),
    [
        ("2026", "2026-01-01", "2026-12-31", "year", 0),
        ("2026-H2", "2026-07-01", "2026-12-31", "half", 2),
        ("2026-Q3", "2026-07-01", "2026-09-30", "quarter", 3),
        ("2024-02", "2024-02-01", "2024-02-29", "month", 2),
        ("2026-07-28", "2026-07-28", "2026-07-28", "day", 28),
    ],
)
def test_keys(key: str, start: str, end: str, kind: str, number: int) -> None:
    """A key tells the first and the last day."""
    period = Period.parse(key)
    assert (period.start.isoformat(), period.end.isoformat(), period.kind, period.number) == (
        start,
        end,
        kind,
        number,
    )


@pytest.mark.parametrize("key", ["", "2026-Q5", "2026-13", "2026-02-30", "26-Q1", "2026-H3", "2026-Q", "Q3", "0001-Q1",
                                 "9999", "9999-12-31", "2200-01"])
def test_other_words_are_no_periods(key: str) -> None:
    """What is no period raises."""
    with pytest.raises(ValueError, match=r"\S"):
        Period.parse(key)


@given(KINDS, DAYS)
def test_periods_follow_each_other(kind: Kind, day: date) -> None:
    """A day lies in its period; the one before ends where it begins; keys read back."""
    period = Period.holding(kind, day)
    assert period.contains(day)
    assert Period.parse(period.key) == period
    assert period.previous().end == period.start - timedelta(days=1)
    assert period.previous().next() == period


def test_months_of_a_quarter() -> None:
    """A quarter touches three months."""
    assert Period.parse("2026-Q3").months() == ["2026-07", "2026-08", "2026-09"]
