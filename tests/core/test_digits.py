"""Digits that people copy by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import digits

NUMBERS = st.text("0123456789", min_size=19, max_size=19).map(lambda drawn: drawn + digits.damm(drawn))


@given(st.integers(4, 40))
def test_made_digits_hold(length: int) -> None:
    """What is made has the length asked for and a check digit that fits."""
    made = digits.make(length)

    assert digits.holds(made, length)
    assert not digits.holds(made, length + 1)


def test_no_two_are_alike() -> None:
    """The digits come from the system's randomness."""
    assert len({digits.make(20) for _ in range(1000)}) == 1000


@given(NUMBERS, st.integers(0, 19), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(number: str, place: int, more: int) -> None:
    """One digit that was read wrongly never fits."""
    wrong = str((int(number[place]) + more) % 10)

    assert not digits.holds(number[:place] + wrong + number[place + 1 :], 20)


@given(NUMBERS, st.integers(0, 18))
def test_every_swap_is_noticed(number: str, place: int) -> None:
    """Two neighbours that changed places never fit, unless they are the same."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert digits.holds(swapped, 20) == (swapped == number)


@given(NUMBERS, st.sampled_from([" ", "-", "　", "—", " - ", "\u200b", "·", "\n", "．", ""]))
def test_groups_typed_in_any_way_are_tidied(number: str, between: str) -> None:
    """Blanks and dashes between the groups do not matter."""
    assert digits.tidy(f" {between.join(digits.groups(number))} ") == number


@pytest.mark.parametrize(
    "signs", ["０１２３４５６７８９", "零一二三四五六七八九", "〇幺两叁肆伍陆柒捌玖", "○壹贰參四五陸七八九"]
)
def test_digits_of_every_kind_are_read(signs: str) -> None:
    """Full-width and Chinese digits mean the same."""
    assert digits.tidy(signs) == "0123456789"


@pytest.mark.parametrize("typed", ["", "12a4", "１２３４", "abcd", "12 34"])
def test_what_is_no_number_does_not_hold(typed: str) -> None:
    """Letters, signs and untidied digits are refused without an error."""
    assert not digits.holds(typed, len(typed))


def test_groups() -> None:
    """Twenty digits are five groups of four."""
    assert digits.groups("12345678901234567890") == ["1234", "5678", "9012", "3456", "7890"]
    assert digits.groups("123456", 4) == ["1234", "56"]
    assert digits.groups("") == []
