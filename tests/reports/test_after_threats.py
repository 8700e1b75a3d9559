"""The year after a threat: who sees it, for how long, and that the lot is the same for everybody."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal.core.db import Stores
from portal.home import watching
from portal.reports import service
from portal.reports.models import Report
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Official


class Record:
    """What the lot looks at of a record."""

    def __init__(self, record_id: str) -> None:
        self.record_id, self.published_at = record_id, NOW


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16), unique=True, max_size=30))
def test_the_lot_is_the_same_for_everybody(ids: list[str]) -> None:
    """However they are listed, the same five of a month; never more, all of them where there are fewer."""
    records = [Record(each) for each in ids]
    one, two = ({line.record_id for line in watching.drawn(order, "2026-11")}  # type: ignore[arg-type]
                for order in (records, records[::-1]))
    assert one == two <= set(ids)
    assert len(one) == min(len(ids), watching.SAMPLE)


def test_a_year_from_the_week_s_end() -> None:
    """A case that closed in week 48 of 2026 is watched until 30 November 2027."""
    assert watching.until("2026-W48") == date(2027, 11, 30)


@pytest.mark.parametrize(("category", "outcome", "seen"), [
    ("threat", "founded", True), ("threat", "partly", True), ("threat", "unfounded", False),
    ("money", "founded", False)])
def test_the_district_alone_watches(official: Callable[..., Official], stores: Stores, offices: Offices,
                                    file_report: FileAt, category: str, outcome: str, seen: bool) -> None:
    """Only after a threat that was so; no town, no village and no other department of the district sees the list."""
    with time_machine.travel(NOW, tick=False):
        report, _receipt, _digits = file_report(category=category)
        with stores.vault.write() as vault:
            service.close(vault, NOW, offices.actor("district"), vault.get_one(Report, report.id),
                          offices.district["district"], outcome, "查过了", offices.readers("liuhe"))
        page = official("district_discipline").get("/en/desk/district/after-threats").get_data(as_text=True)
        assert ("Watched until" in page) is seen
        for role, place, status in (("town_discipline", "qingxi", 403), ("district_organisation", None, 403),
                                    ("village_clerk", "liuhe", 403)):
            assert official(role, place).get("/desk/district/after-threats").status_code == status
        assert official("town_discipline", "qingxi").get("/desk/qingxi/after-threats").status_code == 404
