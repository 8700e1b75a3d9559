"""The band in which a village's reports are told in public: not narrowed to a number by whoever adds some."""

from hypothesis import given
from hypothesis import strategies as st

from portal.reports import figures, rules

SECRET = bytes(range(32))


@given(st.integers(0, 60), st.integers(0, 60))
def test_whoever_adds_some_seldom_learns_whether_there_was_another(own: int, others: int) -> None:
    """Of the five ways in which the ends may lie at most one tells that so many of one's own are not all.

    Fault seen: the secretary sent four harmless reports about the own village; a month later its page said 0-4 where
    nobody else had spoken, and 5-9 where anybody had.
    """
    told = sum(rules.band(own, shift) != rules.band(own + min(others, 1), shift) for shift in range(rules.SHIFTS))
    assert told <= 1


@given(st.integers(0, 200), st.integers(0, rules.SHIFTS - 1))
def test_what_is_told_is_true_and_hides_a_few(count: int, shift: int) -> None:
    """The count lies within its band, and the lowest one reaches from none to four at least."""
    least, dash, most = rules.band(count, shift).partition("-")
    assert int(least.rstrip("+")) <= count
    assert not dash or count <= int(most)
    assert dash or least.endswith("+")
    if least == "0":
        assert int(most) >= 4


def test_the_ends_differ_between_villages_and_months_and_stay() -> None:
    """Nobody outside can tell where they lie, and asking again tells nothing more."""
    found = {(village, month): figures.shift(SECRET, village, month) for village in ("a", "b", "c", "d")
             for month in ("2026-08", "2026-09", "2026-10")}
    assert set(found.values()) == set(range(rules.SHIFTS))
    assert figures.shift(SECRET, "a", "2026-08") == found["a", "2026-08"]
    assert figures.shift(SECRET[::-1], "a", "2026-08") in range(rules.SHIFTS)
