"""When things fall due, and what the public may see: pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content, amount, digest, totals
from portal.disclosures.deadlines import days_late, due_slots, event_due, period_due
from portal.disclosures.entries import Item
from portal.disclosures.shown import (
    fields_shown,
    is_person,
    mask_names,
    row_shown,
    rows_shown,
    table_shown,
    words_found,
)

items = st.sampled_from(catalogue().items)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
ROW = {"group_no": "三组", "head_of_household": "王小明", "area_mu": "8.24", "rate": "82.50", "amount": "679.80"}


def item(code: str) -> Item:
    return catalogue().by_code(code)


def test_water_fees_of_the_third_quarter_are_due_on_20_october() -> None:
    """As in the example of the portal's design: 35 days late on 24 November."""
    slots = due_slots(item("V34"), date(2025, 11, 25), date(2026, 11, 24))
    assert [(slot.key, slot.due) for slot in slots] == [
        ("2025-Q4", date(2026, 1, 20)), ("2026-Q1", date(2026, 4, 20)), ("2026-Q2", date(2026, 7, 20)),
        ("2026-Q3", date(2026, 10, 20)),
    ]
    assert slots[-1].late(date(2026, 11, 24)) == 35


def test_each_cycle_has_its_days() -> None:
    """Monthly ten days after, half-yearly 31 days after, yearly on its day, what stands a week after opening."""
    opened, today = date(2025, 11, 25), date(2026, 11, 25)
    assert len(due_slots(item("P13"), opened, today)) == 12
    assert [slot.key for slot in due_slots(item("P03"), opened, today)] == ["2025-H2", "2026-H1"]
    assert [slot.due for slot in due_slots(item("V06"), opened, today)] == [date(2026, 1, 31)]
    assert [slot.due for slot in due_slots(item("P15"), opened, today)] == [date(2025, 12, 31)]
    assert [(slot.key, slot.due) for slot in due_slots(item("V02"), opened, today)] == [("", date(2025, 12, 2))]
    assert due_slots(item("V13"), opened, today) == []
    assert event_due(item("V13"), date(2026, 11, 15)) == date(2026, 11, 20)


@given(items, days, st.integers(0, 800), st.integers(0, 200))
def test_time_only_adds_slots(one: Item, opened: date, ran: int, more: int) -> None:
    """Slots are in order, each once, never due before the village opened, and waiting never takes one away."""
    today = opened + timedelta(days=ran)
    slots = due_slots(one, opened, today)
    assert all(opened <= slot.due <= today for slot in slots)
    assert [slot.due for slot in slots] == sorted(slot.due for slot in slots)
    assert len({slot.key for slot in slots}) == len(slots)
    assert due_slots(one, opened, today + timedelta(days=more))[: len(slots)] == slots
    for slot in slots:
        assert slot.period is None or period_due(one, slot.period) == slot.due


@given(days, days)
def test_late_begins_the_day_after(due: date, today: date) -> None:
    """On its last day nothing is late; then every day counts one."""
    assert days_late(due, today) == max(0, (today - due).days)


@given(items, st.booleans(), st.data())
def test_no_full_name_where_names_are_masked(one: Item, over: bool, data: st.DataObject) -> None:
    """Whatever the item: a name in a field of persons is never shown in full under M2, and not at all under M3."""
    people = [field for field in one.fields if field.type == "person"]
    name = data.draw(st.sampled_from(["王小明", "欧阳建国", "李根", "村民张大山", "王小明、李根", "赵秀兰等 3 人"]))
    row = {field.key: name if field in people else "1" for field in one.fields}
    shown = row_shown(one, row, over=over)
    mask = one.mask_after if over else one.mask
    if people and mask in {"M2", "M3"}:
        assert name not in shown.values()
    if mask == "M3" or (one.display == "D4" and over):
        assert not {field.key for field in people} & set(shown)
    assert table_shown(one, [row], over=over) == ([shown] if rows_shown(one, over=over) else [])


def test_a_list_goes_down_after_its_notice_and_the_totals_stay() -> None:
    """Farm subsidies: masked names while in notice, then no rows; what is searched never holds a name."""
    farm = item("V19")
    assert table_shown(farm, [ROW], over=False)[0]["head_of_household"] == "王*明"
    assert table_shown(farm, [ROW], over=True) == []
    assert totals(farm, Content(rows=[ROW, ROW])) == {"amount": 135960}
    assert "王" not in words_found(farm, {}, [ROW])


def test_homesteads_lose_their_names_only() -> None:
    """D4 with M2: after the notice what was approved stays, the people go."""
    plots = item("V17")
    row = {"name": "王小明", "persons": "5", "square_metres": "134", "decision": "批了"}
    assert row_shown(plots, row, over=False)["name"] == "王*明"
    assert row_shown(plots, row, over=True) == {"persons": "5", "square_metres": "134", "decision": "批了"}


def test_members_lines_are_never_fields_of_a_page() -> None:
    """Who paid how much dues is no field that any page could show."""
    dues = item("P07")
    shown = {field.key for over in (True, False) for field in fields_shown(dues, over=over)}
    assert not shown & {field.key for field in dues.member_fields}


@pytest.mark.parametrize(("text", "shown"), [
    ("李根", "李*"), ("王小明", "王*明"), ("王小明、欧阳建国", "王*明、欧阳*国"), ("村民张大山", "村民张*山"),
    ("张大山等 5 人", "张*山等 5 人"), ("明亮电器店", "明亮电器店"), ("清溪镇财政所", "清溪镇财政所"),
    ("安平水务工程公司", "安平水务工程公司"), ("农商行", "农商行"), ("顺达施工队", "顺达施工队"),
    ("本村 14 人", "本村 14 人"), ("本村14人", "本村14人"), ("低保户 8 户", "低保户 8 户"),
    ("保洁员 6 名", "保洁员 6 名"),
    ("集体", "集体"), ("村民", "村民"), ("一组约 30 户", "一组约 30 户"), ("王小明 3 人", "王*明 3 人"),
])
def test_a_payee_is_masked_if_a_person(text: str, shown: str) -> None:
    """Organisations are shown in full, people with one character hidden, also in lists."""
    assert row_shown(item("V08"), {"payee": text}, over=True)["payee"] == shown


def test_who_is_a_person() -> None:
    """By how the words look: short and without an organisation's ending."""
    assert is_person("王小明")
    assert not is_person("村老年饭桌办")
    assert mask_names("王小明") == "王*明"
    assert not is_person("人")
    assert mask_names("本村 14 人") == "本村 14 人"


def test_the_digest_is_salted_and_whole() -> None:
    """Two salts give two digests; any change gives another; members' lines are no part of it."""
    farm, content = item("V19"), Content(rows=[ROW])
    first, other = digest(farm, "", content, [], "a"), Content(rows=[{**ROW, "rate": "1.00"}])
    assert len({first, digest(farm, "", content, [], "b"), digest(farm, "", other, [], "a"),
                digest(farm, "", content, ["x"], "a"), digest(farm, "2026", content, [], "a")}) == 5
    assert first == digest(farm, "", Content(rows=[ROW], members=[{"member_name": "王小明"}]), [], "a")


def test_the_amount_that_stands_for_a_record() -> None:
    """What is added up first, else the total among the figures."""
    assert amount(item("V34"), {"billed": 5, "collected": 4}) == 5
    assert amount(item("V12"), totals(item("V12"), Content({"per_share": "43.00", "total": "63898.00"}))) == 6389800
    assert amount(item("P13"), {}) is None
