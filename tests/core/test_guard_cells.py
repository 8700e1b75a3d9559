"""Numbers split over cells are found, and figures side by side are not glued together."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core.guard import Over, scan_cells
from portal.core.guard_numbers import are_figures
from tests.core.guard_numbers import MOBILES, disguised, identities, landlines

USUAL = ["王小明", "一组", "路灯维修", "1,200.50", "12.5", "2026-07-28", "记-001", ""]
AROUND = st.lists(st.sampled_from(USUAL), max_size=3)


def stops(cells: list[str]) -> list[tuple[str, int, int]]:
    """Return (kind, first, last) of what is stopped in a row."""
    return [(over.kind, over.first_cell, over.last_cell) for over in scan_cells(cells) if over.verdict == "stop"]


def cut(number: str, lengths: tuple[int, ...]) -> list[str]:
    """Return a number in cells of these lengths."""
    return [number[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]


@settings(deadline=None)
@given(st.data(), AROUND, AROUND, st.sampled_from([(3, 8), (7, 4), (4, 7), (3, 4, 4)]))
def test_a_mobile_over_cells_is_stopped(
    data: st.DataObject, before: list[str], after: list[str], lengths: tuple[int, ...]
) -> None:
    """Cut as people speak it, in any signs, wherever in the row."""
    plain = data.draw(MOBILES)
    number = data.draw(disguised(plain))
    pieces = cut(number, lengths)
    assume(not are_figures(cut(plain, lengths)) and not any(piece.isascii() and piece.isalpha() for piece in pieces))
    row = [*before, "村民", *pieces, "备注", *after]

    assert stops(row) == [("mobile", len(before) + 1, len(before) + len(lengths))]


@given(MOBILES, st.integers(1, 10))
def test_a_mobile_cut_anywhere_is_stopped_where_no_other_figures_stand(number: str, place: int) -> None:
    """An odd cut counts where the row has nothing else that it could be."""
    row = ["王小明", number[:place], number[place:], "备注"]
    assume(not are_figures(row[1:3]))

    assert stops(row) == [("mobile", 1, 2)]


@settings(deadline=None)
@given(identities(), st.sampled_from([(6, 12), (14, 4), (9, 9), (6, 8, 4), (10, 8), (17, 1), (6, 4, 4, 4), (1,) * 18]))
def test_an_identity_number_over_cells_is_stopped(number: str, lengths: tuple[int, ...]) -> None:
    """Also one digit to a cell, as on a form."""
    found = stops(["王小明", *cut(number, lengths), "男"])

    # A piece may look like a mobile or a card of its own.
    assert found == [("identity_number", 1, len(lengths))] or {kind for kind, _, _ in found} <= {"mobile", "bank_card"}
    assert found


@given(landlines())
def test_a_landline_over_cells_is_stopped(number: tuple[str, str]) -> None:
    """Area code and number side by side."""
    assert stops(["电话", *number]) == [("landline", 1, 2)] or number[1].endswith("000") or number[1][:2] == "20"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["138", "1234", "5678"], ("mobile", 0, 2)),
        (["1381234", "5678"], ("mobile", 0, 1)),
        (["1380000", "0000"], ("mobile", 0, 1)),
        (["138", "", "12345678"], ("mobile", 0, 2)),
        (["联系138", "12345678"], ("mobile", 0, 1)),
        (["138-", "1234-5678"], ("mobile", 0, 1)),
        (["62174992", "48832207696"], ("bank_card", 0, 1)),
        (["6222", "0200", "0000", "0007"], ("bank_card", 0, 3)),
        (["王", "电话13812345678"], ("mobile", 1, 1)),
    ],
)
def test_known_splits_are_stopped(cells: list[str], expected: tuple[str, int, int]) -> None:
    """Splits that were seen."""
    assert stops(cells) == [expected]


AMOUNT = st.decimals(0, 10**8, places=2).map(str)
AREA = st.decimals(0, 10**4, places=1).map(str)
DAY = st.one_of(
    st.dates().filter(lambda day: 1950 <= day.year < 2050).map(lambda day: f"{day:%Y%m%d}"),
    st.dates().map(lambda day: day.isoformat()),
)
SERIAL = st.integers(1, 999).map(str)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(AMOUNT, AREA, DAY, SERIAL, st.sampled_from(["一组", "王小明", "", "2026"])), max_size=15))
def test_tables_of_amounts_areas_and_days_pass(row: list[str]) -> None:
    """Whatever stands side by side in an honest table."""
    assert stops(row) == []


@settings(deadline=None, max_examples=300)
@given(st.lists(st.integers(0, 99_999).map(str), min_size=4, max_size=4), st.integers(1, 999).map(str))
def test_tables_of_small_whole_figures_pass(row: list[str], serial: str) -> None:
    """Whole yuan and counts, unless they are cut exactly as a mobile number is spoken."""
    assert all(kind == "mobile" and last - first == 2 for kind, first, last in stops([serial, "王小明", *row]))


@pytest.mark.parametrize(
    "cells",
    [
        ["2026", "1381", "23456"], ["156", "20260728", "1200"], ["156", "2026", "1200"], ["1500", "1200000"],
        ["1381200", "2026"], ["15620", "134521", "200"], ["1", "3", "5", "2", "1", "3", "4", "5", "6", "7", "8", "12"],
        ["3.5"] * 12, ["1"] * 12, ["20260728", "20260801"], ["719000", "20260728", "1200"], ["180", "45", "123456",
        "12"],
        ["2023", "2024", "2025", "2026"], ["6200", "1500", "2000", "1800"], ["138.12", "1234.5678"], ["13:30", "15:00"],
        ["-138", "-12345678"], ["1,381", "234,567", "800"], ["610826100201", "柳河村", "138"], ["第138号", "12345678"],
    ],
)  # fmt: skip
def test_honest_rows_pass(cells: list[str]) -> None:
    """Figures, days and serials side by side stop nobody."""
    assert stops(cells) == []


def test_a_number_in_a_cell_is_told_once() -> None:
    """A cell with a number of its own is not joined with its neighbours."""
    assert scan_cells(["13812345678", "138", "12345678"]) == [
        Over("mobile", "stop", 0, 0),
        Over("mobile", "stop", 1, 2),
    ]


@given(st.lists(st.text("0123456789一 -.,X元", max_size=12), max_size=20))
def test_any_row_can_be_scanned(cells: list[str]) -> None:
    """Nothing breaks the guard, and what it tells lies inside the row."""
    assert all(0 <= over.first_cell <= over.last_cell < len(cells) for over in scan_cells(cells))
