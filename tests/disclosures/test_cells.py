"""One cell after the other, as accountants write them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.tables import Cell
from portal.disclosures.catalogue import catalogue
from portal.disclosures.cells import CellFault, Setting, canonical
from portal.disclosures.entries import Field
from portal.disclosures.headers import month_of, quality, scale_of
from portal.disclosures.periods import Period

Q3 = Setting(Period.parse("2026-Q3"), bound=True)
FREE = Setting()


def field(item: str, key: str) -> Field:
    """Return a field of the catalogue."""
    return catalogue().find(item).field(key)


DATE = field("V08", "date")


@pytest.mark.parametrize(
    "cell",
    [
        "2026.7.28", "2026.07.28", "2026/07/28", "2026-7-28", "2026年7月28日", "7月28日", "7.28", "07-28",
        "26.7.28", "２０２６．７．２８", "20260728", 20260728.0, 46231.0, "46231", date(2026, 7, 28),
        datetime(2026, 7, 28, 9, 30),  # noqa: DTZ001 - spreadsheets know no time zones
        "2026-07-28 00:00:00", " 7 月 28 日 ",
    ],
)  # fmt: skip
def test_dates(cell: Cell) -> None:
    """The twenty-eighth of July, in every way that a village writes it."""
    assert canonical(cell, DATE, Q3) == "2026-07-28"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("10月3日", "not in"),
        (date(2025, 7, 28), "not in"),
        ("2月30日", "no such day"),
        ("9999-12-31", "no such day"), ("1899-12-31", "no such day"), (date(9999, 12, 31), "no such day"),
        ("七月底", "not a date"),
        ("7月", "not a date"),
        (3.0, "not a date"),
    ],
)
def test_dates_that_are_refused(cell: Cell, said: str) -> None:
    """Days outside the quarter, days that do not exist and half dates are refused."""
    with pytest.raises(CellFault) as fault:
        canonical(cell, DATE, Q3)
    assert said in fault.value.phrase


def test_a_day_needs_a_year_and_only_periodic_items_bind_it() -> None:
    """Without a period 7月28日 means nothing; for an item of events any day will do, and so for deadlines."""
    with pytest.raises(CellFault, match="no year"):
        canonical("7月28日", DATE, FREE)
    assert canonical("2019.7.28", DATE, Setting(Period.parse("2026-Q3"))) == "2019-07-28"
    assert canonical("2027.1.31", field("V11", "due_on"), Q3) == "2027-01-31"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_date_reads_the_same_in_every_way(day: date) -> None:
    """Forms of writing agree for all days."""
    serial = float((day - date(1899, 12, 30)).days)
    ways: list[Cell] = [
        day,
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        serial,
    ]
    assert {canonical(way, DATE, FREE) for way in ways} == {day.isoformat()}


@pytest.mark.parametrize(
    ("item", "key", "cell", "value"),
    [
        ("V08", "amount", "¥1,200", "1200.00"),
        ("V19", "area_mu", "12.210", "12.21"),
        ("V19", "area_mu", "12.21亩", "12.21"),
        ("V19", "area_mu", 0.30000000000000004, "0.3"),
        ("V20", "persons", "３人", "3"),
        ("V20", "persons", 3.0, "3"),
        ("V04", "progress", "85%", "85"),
        ("V04", "progress", 0.85, "85"),
        ("V04", "progress", 1.0, "100"),
        ("V04", "progress", "8成", "80"),
        ("V04", "progress", "60", "60"),
        ("V28", "adopted", "采纳", "yes"),
        ("V28", "adopted", "Partly", "partly"),
        ("V28", "adopted", "未采纳", "no"),
        ("V28", "adopted", "是", "yes"),
        ("P03", "status", "已完成", "done"),
        ("P06", "sex", "男", "m"),
        ("P06", "stage", "预备党员", "probationary"),
        ("P07", "month", "7月", "2026-07"),
        ("P07", "month", "2026.08", "2026-08"),
        ("P07", "month", date(2026, 9, 1), "2026-09"),
        ("V17", "name", "王  明", "王明"),
        ("V08", "voucher_no", " 记－０３２ ", "记-032"),
        ("V08", "purpose", "修 路灯\n两盏", "修 路灯 两盏"),
    ],
)
def test_values(item: str, key: str, cell: Cell, value: str) -> None:
    """Each type has one canonical text."""
    assert canonical(cell, field(item, key), Q3) == value


@pytest.mark.parametrize(
    ("item", "key", "cell"),
    [
        ("V20", "persons", "3.5"),
        ("V20", "persons", "三五个"),
        ("V19", "area_mu", "约12"),
        ("V04", "progress", "120%"),
        ("V28", "adopted", "没说"),
        ("V28", "adopted", "不太采纳"),
        ("P07", "month", "13月"),
        ("P07", "month", "10月"),
        ("V08", "amount", "#REF!"),
        ("V08", "amount", date(2026, 7, 1)),
    ],
)
def test_values_that_are_refused(item: str, key: str, cell: Cell) -> None:
    """A value that might mean something else is refused."""
    with pytest.raises(CellFault):
        canonical(cell, field(item, key), Q3)


@pytest.mark.parametrize(
    ("title", "item", "key"),
    [
        ("金额（元）", "V08", "amount"),
        (" 金 额 ", "V08", "amount"),
        ("金额(万元)", "V08", "amount"),
        ("审批人签字", "V08", "approver"),
        ("付款日期", "V08", "date"),
        ("支出是由", "V08", "purpose"),
        ("交款单位（人）", "V07", "payer"),
        ("Amount", "V08", "amount"),
    ],
)
def test_titles_that_mean_a_field(title: str, item: str, key: str) -> None:
    """Spaces, units, widths, small mistakes and our own names are understood."""
    fields = catalogue().find(item).fields
    assert max(fields, key=lambda one: quality(title, one)).key == key
    assert quality(title, field(item, key)) > 1


@pytest.mark.parametrize(
    ("title", "item", "key"),
    [
        ("收款单位", "V07", "payer"),
        ("应收金额", "V34", "collected"),
        ("不称职", "V30", "n_competent"),
        ("身份证号", "V08", "voucher_no"),
        ("序号", "V08", "voucher_no"),
        ("凭证日期", "V08", "voucher_no"),
    ],
)
def test_titles_that_only_look_alike(title: str, item: str, key: str) -> None:
    """Who paid is not who was paid; what is owed is not what came in."""
    assert quality(title, field(item, key)) == 0


def test_months_and_units_in_titles() -> None:
    """A title may name a month or a unit."""
    assert month_of("7月") == month_of("七月份") == month_of("7") == (None, 7)
    assert month_of("2026年12月") == (2026, 12)
    assert month_of("13月") is None
    assert month_of("姓名") is None
    assert scale_of("金额（万元）") == 10_000
    assert scale_of("标准（元/亩）") == 1
    assert scale_of("金额") is None
