"""The guard sees through what people do to hide a number; and what looks like a disguise but is none passes."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core.guard import Finding, scan, scan_fields
from portal.core.guard_numbers import are_figures
from tests.core import guard_disguises as hide
from tests.core.guard_numbers import MOBILES, cards, identities, of_digits

AROUND = st.sampled_from(["", "修路找王小明", "联系电话：", "请打 ", "（村里的水泵坏了）"])
IDENTITIES = identities()
CHINESE_CARDS = cards().filter(lambda number: number.startswith("62"))
IN_PLACE: list[Callable[[str], st.SearchStrategy[str]]] = [hide.tagged, hide.emphasised, hide.unseen]


def stops(text: str) -> set[str]:
    """Return the kinds that are stopped in a text."""
    return {finding.kind for finding in scan(text) if finding.verdict == "stop"}


@settings(deadline=None, max_examples=200)
@given(st.data(), st.sampled_from(IN_PLACE), AROUND)
def test_markup_and_unseen_signs_hide_nothing(
    data: st.DataObject, way: Callable[[str], st.SearchStrategy[str]], before: str
) -> None:
    """Tags, entities, markdown, zero-width signs, bidi controls and variation selectors, at any place."""
    number, kind = data.draw(
        st.one_of(MOBILES.map(lambda it: (it, "mobile")), IDENTITIES.map(lambda it: (it, "identity_number")),
                  CHINESE_CARDS.map(lambda it: (it, "bank_card")))
    )  # fmt: skip
    text = data.draw(way(number))
    found = stops(f"{before}{text}。")

    assert kind in found or "identity_number" in found


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from([hide.any_signs, hide.romans, hide.letters]), st.one_of(MOBILES, IDENTITIES), AROUND)
def test_any_sign_for_a_digit_is_a_digit(
    data: st.DataObject, way: Callable[[str], st.SearchStrategy[str]], number: str, before: str
) -> None:
    """Whatever Unicode calls a digit, Roman ones, and letters that look like digits."""
    assert stops(f"{before}{data.draw(way(number))}，谢谢")


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from([hide.sounds, hide.words]), MOBILES)
def test_signs_and_words_that_sound_like_digits_are_digits(
    data: st.DataObject, way: Callable[[str], st.SearchStrategy[str]], number: str
) -> None:
    """幺三爸零林 for 13800, and one-three-eight."""
    assert stops(f"打{data.draw(way(number))}。") == {"mobile"}


@settings(deadline=None, max_examples=150)
@given(st.data(), AROUND)
def test_words_between_the_groups_hide_nothing(data: st.DataObject, before: str) -> None:
    """“前面 138 中间 0013 后面 8000”: a number that is told in pieces."""
    number, cuts = data.draw(
        st.one_of(
            st.tuples(MOBILES, st.just(hide.MOBILE_CUTS)), st.tuples(identities(good=True), st.just(hide.IDENTITY_CUTS))
        )
    )
    lengths = data.draw(st.sampled_from(cuts))
    assume(not are_figures([piece.rstrip("X") for piece in hide.cut(number, lengths) if piece.rstrip("X")]))

    assert stops(before + data.draw(hide.worded(number, lengths)))


@settings(deadline=None, max_examples=150)
@given(st.data(), MOBILES, st.sampled_from(["\n", "\r\n", "\n\n", " \n "]))
def test_a_number_over_lines_is_stopped(data: st.DataObject, number: str, between: str) -> None:
    """Cut as people speak it, or anywhere where nothing else stands in the text or a phone is announced."""
    pieces = data.draw(hide.anywhere(number, 3))
    assume(not are_figures(pieces))

    assert stops(between.join(pieces)) == {"mobile"}
    assert stops("电话：" + between.join(pieces)) == {"mobile"}
    usual = hide.cut(number, (3, 4, 4))
    assume(not are_figures(usual))
    assert not {"mobile"} - stops(f"通知{between}{between.join(usual)}{between}谢谢") or usual[2][-1] == "0"


@settings(deadline=None, max_examples=100)
@given(st.data(), st.one_of(MOBILES, IDENTITIES), AROUND)
def test_a_number_turned_round_is_stopped(data: st.DataObject, number: str, before: str) -> None:
    """By the sign that turns the reading direction, or by words that tell the reader to."""
    assert stops(before + data.draw(hide.backward(number)))


@given(identities(good=True))
def test_an_identity_number_turned_round_needs_no_words(number: str) -> None:
    """Region, day of birth and check digit all fit: that is no chance."""
    assert stops(f"备注{number[::-1]}")  # it may be taken for a card


def test_a_place_found_through_a_disguise_is_that_of_the_original() -> None:
    """What is marked in the text is what was written, tags and all."""
    text = "电话<b>138</b>0013<i>8000</i>！"
    (found,) = scan(text)

    assert (found.kind, text[found.start : found.end]) == ("mobile", "138</b>0013<i>8000")
    assert scan("找\u202e00083100831\u202c") == [Finding("mobile", "stop", 2, 13)]


@settings(deadline=None)
@given(
    MOBILES, st.integers(2, 9), st.sampled_from(["", "修路通知", "电话"]), st.sampled_from(["", "（王小明）", "，谢谢"])
)
def test_halves_in_neighbouring_fields_are_stopped(number: str, place: int, before: str, after: str) -> None:
    """Half of a phone at the end of the title, half at the beginning of the summary."""
    halves = [number[:place], number[place:]]
    assume(not are_figures(halves))
    over = scan_fields([before + halves[0], "", halves[1] + after, "一组"])

    assert [(one.kind, one.verdict, one.first_cell, one.last_cell) for one in over] == [("mobile", "stop", 0, 2)]


@pytest.mark.parametrize(
    "fields",
    [
        ["2026年第三季度支出13812元", "345678元用于修路"], ["2025—2026", "1381.25亩"],
        ["修路支出138", "12345678元已公示"],
        ["第三组 18", "602.50元"], ["凭证0031", "13812345"], ["2026-07-28", "1200"], ["共 1500", "1200000 元"],
        ["合同 HT-2026-138", "0013"], ["13,812", "345,678"], ["应到 1381 人", "2345678 元"], ["", ""],
    ],
)  # fmt: skip
def test_honest_neighbouring_fields_pass(fields: list[str]) -> None:
    """A title that ends with a figure and a summary that begins with one are common."""
    assert [one for one in scan_fields(fields) if one.verdict == "stop"] == []


@pytest.mark.parametrize(
    "text",
    [
        "前三个月1381户，后两个月2345户", "先付1500元，再付12000元，最后付3000元", "前138名和后面12345678元",
        "中间138米，后面2000米，前面3500米",
        "第一段138米，第二段2000米，第三段3500米", "共1381元，其中2345678分", "收入1381和支出2345",
        "上年结余13812，加2026年收入3456",
        "<td>2026</td><td>1381</td><td>23456</td>", "<table><tr><td>138</td><td>1,200.50</td></tr></table>",
        "138****5678、139****1234", "138****5678 139****1234", "6217****6960、6217****1234",
        "610999********5081，610999********5082",
        "**1381**元，**2026**年，**345**户", "支出*1381*，收入*23456*", "1381 < 23456 > 138", "3 < 5 且 7 > 2",
        "&#x4e00;&#x4e8c;",
        "one village, two towns, three years, four rounds, five and six and seven people",
        "I am in the IX class, VI group, II row",
        "李三山、伍四林、陆久林、王巴伊、刘流启", "要三要四，要林要山", "倒班5000元",
        "反对138票，赞成1381票，弃权12345678票",
        "编号00083100831", "返回20260728", "1→2→3→4→5", "一、修路 138 米；二、挖渠 2000 米；三、栽树 3500 棵",
        "共13800138000分",
        "人民币13,800,138,000.00元", "13800138000.00元", "2025年2026年", "2025 2026", "2025、2026年度",
        "20250101—20261231",
        "村代码610826100201", "凭证号记-13800138", "HT13800138000", "合同编号JY-13800138-0001", "发票号码 06100190",
        "地块面积1381.25、1234.50、1000.75亩", "1381\n2345\n678元", "2026\n1381\n23456", "18.5 × 12.6 = 233.1",
        "①修路 ②挖渠 ③栽树 ④种果 ⑤养猪 ⑥铺管 ⑦立杆 ⑧清淤 ⑨补贴 ⑩分红", "⑴13户⑵15户⑶17户⑷18户⑸19户",
        "合同_44_20260728_0002.pdf", "附件_1_20260728_0012", "_2026_07_28_记账_138_0013",
        "收支表_2026_03_31_17_30_05",
        "Ⅰ组 138户 Ⅱ组 1381户 Ⅲ组 23456元", "¹³⁸ m² ²", "十一、十二、十三、十四、十五、十六",
    ],
)  # fmt: skip
def test_what_only_looks_disguised_passes(text: str) -> None:
    """Lists, tables, masked numbers and steps that village papers are full of."""
    assert stops(text) == set()


@given(of_digits(7), st.sampled_from(["记-", "收字第", "HT-", "凭证号", "No.", "JY2026-", "票据"]), st.integers(1, 999))
def test_vouchers_and_contracts_pass(digits: str, prefix: str, serial: int) -> None:
    """Numbers of papers, with what stands before them."""
    assert not stops(f"{prefix}{digits}")
    assert not stops(f"{prefix}2026{serial:03}号，{prefix}2026{serial + 1:03}号")


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 10**11), min_size=1, max_size=5),
    st.sampled_from(["元", "万元", "分", "亩", "平方米", "斤"]),
    st.sampled_from(["、", "，", "；", "\n", " 和 ", "，其中", "，再加", "，后面"]), st.booleans(),
)  # fmt: skip
def test_lists_of_amounts_pass(amounts: list[int], unit: str, between: str, grouped: bool) -> None:
    """In fen and yuan, with thousands separators and without, however long and however strung together."""
    assert not stops(between.join((f"{amount:,}" if grouped else str(amount)) + unit for amount in amounts))


@settings(deadline=None)
@given(
    st.lists(st.integers(2015, 2035), min_size=2, max_size=6), st.sampled_from([" ", "-", "、", "\n", "年", "至", "，"])
)
def test_years_side_by_side_pass(years: list[int], between: str) -> None:
    """2025 2026 is nobody's phone."""
    assert not stops(between.join(map(str, years)))
    assert not scan_fields([str(year) for year in years])
