"""Long lists come twenty rows at a time, and every row can be reached without scripts."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.web.portions import FIRST, MORE, portion

app = Flask(__name__)


@given(st.integers(0, 700))
def test_every_row_is_reached_by_the_link_to_more(count: int) -> None:
    """Twenty first, then a hundred with each link; the link lands at the first new row, and ends with the list."""
    rows, address = list(range(count)), "/list"
    shown = 0
    while True:
        with app.test_request_context(address):
            part = portion("rows", rows)
            assert list(part) == rows[:len(part)]
            assert part.count == count
            assert len(part) == min(count, FIRST if not shown else shown + MORE)
            if shown:
                assert address.endswith("#" + part.landing(shown))
            shown = len(part)
            if not part.coming:
                break
            address = part.more("/list")
    assert shown == count


def test_one_list_of_a_page_opens_without_closing_another() -> None:
    """What stands in the address already stays there."""
    with app.test_request_context("/list?open=120&full=1"):
        assert portion("closed", range(50)).more("/list") == "/list?open=120&full=1&closed=120#closed-21"


@pytest.mark.parametrize("typed", ["-5", "0", "x", "", "9" * 30, "1.5", "٣"])
def test_a_strange_number_in_the_address_shows_a_list_all_the_same(typed: str) -> None:
    """No fault and never fewer rows than the first twenty."""
    with app.test_request_context("/list", query_string={"rows": typed}):
        assert len(portion("rows", range(300))) in (FIRST, 300)
