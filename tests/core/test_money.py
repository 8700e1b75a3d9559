"""Money as villagers and accountants write it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import LARGEST_FEN, MoneyError, format_yuan, parse_fen, plain_yuan, short_yuan

ANY_FEN = st.integers(-LARGEST_FEN, LARGEST_FEN)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("12,160.00", 1216000),
        ("１２３４．５", 123450),
        ("¥1,200", 120000),
        ("￥ 1 200.5", 120050),
        ("1200元", 120000),
        ("1200元整", 120000),
        ("3.6万元", 3600000),
        ("3.6万", 3600000),
        ("２千", 200000),
        ("82.5元/亩", 8250),
        ("RMB 15", 1500),
        ("-", 0),
        ("—", 0),
        ("-5", -500),
        ("¥-5.05", -505),
        ("(5.5)", -550),
        ("（1,200.00）", -120000),
        (".5", 50),
        (7, 700),
        (1.1, 110),
        (-0.07, -7),
        (1007.325, 100733),
        (Decimal("19.99"), 1999),
    ],
)
def test_amounts_as_people_write_them(written: str | float | Decimal, fen: int) -> None:
    """Thousands, full width, signs, brackets, units and number cells give the same fen."""
    assert parse_fen(written) == fen


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("12,160,00", "12,160.00"),
        ("-12,160,00", "-12,160.00"),
        ("12.160.00", "12,160.00"),
        ("1,2160.00", "12160.00"),
        ("12o", "120"),
        ("0.555", "0.56"),
        ("约三千", None),
        ("", None),
        ("1e9", None),
        ("--5", None),
    ],
)
def test_unreadable_amounts_are_refused_with_what_was_meant(written: str, suggestion: str | None) -> None:
    """A mistyped amount is never guessed; what it probably means is offered."""
    with pytest.raises(MoneyError) as refused:
        parse_fen(written)
    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize("written", [True, float("nan"), float("inf"), 10**15, "99999999999999999"])
def test_values_that_are_no_money_are_refused(written: str | float) -> None:
    """Truth values, infinities and amounts beyond all villages are refused."""
    with pytest.raises(MoneyError):
        parse_fen(written)


def test_a_column_in_ten_thousands_scales_bare_numbers_only() -> None:
    """In a column titled 万元, 1.2 is 12,000 yuan, but 500元 is 500 yuan."""
    assert parse_fen("1.2", scale=10_000) == 1200000
    assert parse_fen(1.2, scale=10_000) == 1200000
    assert parse_fen("500元", scale=10_000) == 50000


@given(ANY_FEN)
def test_what_is_shown_reads_back(fen: int) -> None:
    """Formatting loses nothing."""
    assert parse_fen(format_yuan(fen)) == fen
    assert parse_fen(plain_yuan(fen)) == fen


@given(st.integers(-(10**11), 10**11))
def test_number_cells_read_back(fen: int) -> None:
    """A spreadsheet's binary number gives the fen that was typed."""
    assert parse_fen(fen / 100) == fen


@pytest.mark.parametrize(
    ("fen", "language", "shown"),
    [
        (12934050, "zh", ("12.9", "wan")),
        (12934050, "en", ("129,341", "yuan")),
        (100000000, "zh", ("100", "wan")),
        (1234567890123, "zh", ("123.5", "yi")),
        (486050, "zh", ("4,861", "yuan")),
        (350, "zh", ("3.50", "yuan")),
        (-350, "en", ("-3.50", "yuan")),
        (500, "en", ("5", "yuan")),
    ],
)
def test_short_amounts(fen: int, language: str, shown: tuple[str, str]) -> None:
    """Chinese counts in ten thousands, English in whole yuan, small sums keep their fen."""
    assert short_yuan(fen, language) == shown  # type: ignore[arg-type]


def test_format() -> None:
    """Yuan have thousands and two decimals."""
    assert format_yuan(12934050) == "129,340.50"
    assert format_yuan(-5) == "-0.05"
