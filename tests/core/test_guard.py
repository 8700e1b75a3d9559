"""The guard finds forbidden numbers however they are disguised, and lets honest figures pass."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import guard
from portal.core.guard import Finding, scan
from tests.core.guard_numbers import (
    MOBILES,
    cards,
    disguised,
    identities,
    landlines,
    of_digits,
    organisations,
    parted,
)

BEFORE = st.sampled_from(
    ["", "联系电话", "电话：", "王小明", "柳河村", "户主 ", "请打", "（", "手机号:", "Tel ", "QQ：", "打给老王,"]
)
AFTER = st.sampled_from(["", "。", "打", "，谢谢", " 王小明", "）", "李四", "户主", "；备注", "!", "转"])
UNITS = ["元", "亩", "户", "公斤", "票", "平方米", " 元", "万元", "吨"]
HALF_A_SECOND = 0.5
YARDSTICK, QUIET = 2_000_000, 0.05
IDENTITY, CARD = "610999197812255081", "6217499248832207696"


def kinds(text: str, verdict: str = "stop") -> list[str]:
    """Return the kinds that are found with a verdict."""
    return [finding.kind for finding in scan(text) if finding.verdict == verdict]


@settings(deadline=None, max_examples=300)
@given(st.data(), BEFORE, AFTER)
def test_disguised_mobiles_are_stopped(data: st.DataObject, before: str, after: str) -> None:
    """Any signs, anything between them, any words around: stopped once, at its place."""
    number = data.draw(MOBILES.flatmap(disguised).flatmap(parted))
    findings = [finding for finding in scan(before + number + after) if finding.verdict == "stop"]

    assert [finding.kind for finding in findings] == ["mobile"]
    found = (before + number + after)[findings[0].start : findings[0].end]
    assert found.strip(" -·") in number
    assert len(number) - len(found) <= 2


@settings(deadline=None, max_examples=100)
@given(st.data(), BEFORE, AFTER)
def test_disguised_identity_numbers_are_stopped(data: st.DataObject, before: str, after: str) -> None:
    """Also with a wrong check digit, and with nothing else found inside."""
    number = data.draw(identities().flatmap(disguised).flatmap(parted))

    assert kinds(before + number + after) == ["identity_number"]


@settings(deadline=None, max_examples=300)
@given(st.data(), BEFORE, AFTER)
def test_disguised_cards_are_stopped(data: st.DataObject, before: str, after: str) -> None:
    """Chinese cards by their beginning, others by their check digit; grouped in fours or not at all."""
    number = data.draw(cards())
    if data.draw(st.booleans()):
        number = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    text = before + data.draw(disguised(number.replace(" ", ""))) + after if " " not in number else before + number

    assert kinds(text) in (["bank_card"], ["identity_number"])


@settings(deadline=None)
@given(landlines(), st.sampled_from(["-", " ", "", "—", "－", ")", "/"]), BEFORE, AFTER)
def test_landlines_are_stopped(number: tuple[str, str], between: str, before: str, after: str) -> None:
    """A number with its area code is somebody's."""
    area, local = number

    assert kinds(f"{before}{area}{between}{local}{after}") == ["landline"]


@given(st.lists(MOBILES, min_size=1, max_size=4), st.sampled_from(["", "、", "，", " ", "/", "王小明"]))
def test_each_number_is_found_once(numbers: list[str], between: str) -> None:
    """Several numbers, also without a gap, are found at their places."""
    text = between.join(numbers)
    places = [(finding.start, finding.end) for finding in scan(text)]
    step = 11 + len(between)

    assert places == [(start, start + 11) for start in range(0, len(text), step)]


@settings(deadline=None)
@given(st.integers(0, 10**13), st.sampled_from(UNITS), st.booleans())
def test_amounts_pass(amount: int, unit: str, grouped: bool) -> None:
    """Sums, areas and votes pass, long ones too."""
    written = f"{amount:,}" if grouped else str(amount)

    assert not kinds(f"共{written}{unit}，已公示")
    assert not kinds(f"{amount:,}")
    assert not kinds(f"{amount / 100:.2f}")
    assert not kinds(f"¥{amount / 100:,.2f}")


@given(
    st.lists(st.decimals(0, 10**9, places=2), min_size=2, max_size=12),
    st.sampled_from([" ", ",", "\t", "，", "、", "  "]),
)
def test_rows_of_decimals_pass(amounts: list[object], between: str) -> None:
    """A pasted row of sums is not glued together."""
    assert not kinds(between.join(map(str, amounts)))


@given(
    st.lists(st.datetimes(), min_size=1, max_size=6), st.sampled_from([" ", "至", "-", "—", "、", "，", "/", " 至 "])
)
def test_days_and_times_pass(moments: list[object], between: str) -> None:
    """Days in every usual form, one or several."""
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%H:%M"):
        assert not kinds(between.join(format(moment, form) for moment in moments if 1950 <= moment.year < 2050))  # type: ignore[attr-defined]


@given(st.lists(st.dates(), min_size=1, max_size=3), st.sampled_from(["至", "-", "—", "、", " "]))
def test_compact_days_pass(days: list[object], between: str) -> None:
    """20261125至20261201 is a period."""
    assert not kinds("公示期" + between.join(f"{day:%Y%m%d}" for day in days if 1950 <= day.year < 2050))  # type: ignore[attr-defined]


@given(organisations(), BEFORE)
def test_organisations_pass(code: str, before: str) -> None:
    """A unified social credit code is nobody's."""
    assert not kinds(f"统一社会信用代码{code}，法人")
    assert not kinds(before + code)


@given(of_digits(24))
def test_log_digits_and_village_codes_pass(digits: str) -> None:
    """The 24 digits on the board, in fours or not, and the 12 digits of a village."""
    fours = [digits[start : start + 4] for start in range(0, 24, 4)]
    assert not kinds(" ".join(fours))
    assert not kinds("-".join(fours))
    assert not kinds(f"村代码 61{digits[:10]}")


@pytest.mark.parametrize(
    "text",
    [
        "HT-2026-0012", "凭证0031", "记-001", "2026-073", "合同编号：HT2026-0728-001", "榆政发〔2026〕138号",
        "邮编719300",
        "面积1381.25亩，共1381户5672人", "1998-2026", "2023-2024-2025-2026", "2023 2024 2025 2026", "0728-20260801",
        "1 3 5 7 9 11 13 15", "1、3、5、7、9、11、13、15", "13、14、15、16、17、18", "15000-180000元",
        "180、1200、2160",
        "138****5678", "610999********5081", "08:00-12:00, 14:00-18:00", "12345热线", "400-812-3456", "15-2026-07-001",
        "一百三十八万一千二百三十四元", "二〇二六年七月二十八日", "第三组十八户", "0.13812345678", "12.18999999999",
        "2026-07-28T13:30:00.123456+08:00", "192.168.138.123", "/v/610826100201/open", "3b1f8a2c9d4e5f60",
        "156 2026 1200",
        "20260728133000", "发票代码061001900104", "109.734123,38.285812", "面积1381234.5678平方米", "No. 0012345678",
        "2015.1.1-2015.12.31", "3.5 3.5 3.5 3.5 3.5 3.5", "1 1 1 1 1 1 1 1 1 1 1 1", "共 13,812,345,678 元",
        "7月28日8:00-18:00",
    ],
)  # fmt: skip
def test_honest_figures_pass(text: str) -> None:
    """What village papers are full of stops nobody."""
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话13912345678打", "mobile"), ("１３８－１２３４－５６７８", "mobile"), ("联系一三九零九一五五六七八",
        "mobile"),
        ("张三一三八一二三四五六七八", "mobile"), ("打一三八一二三四五六七八一下", "mobile"), ("l38l2345678", "mobile"),
        ("138.1234.5678", "mobile"), ("138，1234，5678", "mobile"), ("138\n1234\n5678", "mobile"), ("138杠1234杠5678",
        "mobile"),
        ("(138)12345678", "mobile"), ("+86 138 1234 5678", "mobile"), ("008613812345678", "mobile"), ("1.13812345678",
        "mobile"),
        ("①13812345678", "mobile"), ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "mobile"), ("13812345678户主", "mobile"),
        ("电话13812345678元", "mobile"), ("13812345678.2、李四", "mobile"), ("2026-07-28 138 1234 5678", "mobile"),
        ("٠١٣٨١٢٣٤٥٦٧٨", "mobile"), ("〡〣〨〡〢〣〤〥〦〧〨", "mobile"), ("lЗ8l2345678", "mobile"),
        (IDENTITY, "identity_number"), ("610999197812255080", "identity_number"), ("610999 1978-12-25 5081",
        "identity_number"),
        ("610999781225508", "identity_number"), ("6l0999l978l22SSO8l", "identity_number"),
        ("身份证61099919780220415x", "identity_number"),
        (CARD, "bank_card"), ("6217-4992-4883-2207-696", "bank_card"), ("6217499 248832207696", "bank_card"),
        ("一卡通账号 1217499248832207", "bank_card"), ("4111 1111 1111 1111", "bank_card"),
        ("(0912)3521234", "landline"), ("零九一二三五二一二三四", "landline"), ("0912-352-1234转801", "landline"),
        ("029 8812 3456", "landline"),
    ],
)  # fmt: skip
def test_known_disguises_are_stopped(text: str, kind: str) -> None:
    """Ways that people were seen to write numbers."""
    assert kinds(text) == [kind]


def test_places_are_those_of_the_original() -> None:
    """Signs that count for nothing do not shift the place."""
    text = "电话：１３８\u200b－１２３４－５６７８（王）"

    assert scan(text) == [Finding("mobile", "stop", 3, 17)]
    assert text[3:17] == "１３８\u200b－１２３４－５６７８"


def test_a_long_number_is_one_thing() -> None:
    """Neither a card nor a long contract number is taken for the mobile inside of it."""
    assert kinds("6217138123456781234") == ["bank_card"]
    assert scan("合同13812345678901234567890号") == []
    assert kinds(f"{IDENTITY}13812345678") == ["identity_number", "mobile"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("陕K·B1234", "plate"), ("护照E12345678", "passport"), ("3号楼2单元501室", "house_number"), ("电话3521234",
        "landline"),
        ("13812345678元", "mobile"), ("编号1217499248832208", "bank_card"),
    ],
)  # fmt: skip
def test_doubtful_numbers_only_warn(text: str, kind: str) -> None:
    """What may be something else blocks nobody."""
    assert [(finding.kind, finding.verdict) for finding in scan(text)] == [(kind, "warn")]


@given(st.text())
def test_any_text_can_be_scanned(text: str) -> None:
    """Nothing breaks the guard, and findings lie in order inside the text, none over another."""
    end = 0
    for finding in scan(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


@given(st.text("0123456789一二三Oo lI-,.、Xx元年月日电话①１ \n", max_size=80))
def test_texts_full_of_digits_can_be_scanned(text: str) -> None:
    """The same where digits stand thick."""
    test_any_text_can_be_scanned.hypothesis.inner_test(text)  # type: ignore[attr-defined]


def test_scanning_is_quick() -> None:
    """400 signs of a usual notice take a fraction of a millisecond (0.3 ms on a quiet machine)."""
    text = ("本村2026年7月28日支出1,381.50元，面积12.5亩，用于水泵电费和路灯维修，凭证0031，经手人王福林。" * 9)[:400]
    best = 1.0
    for _ in range(30):
        start = time.perf_counter()
        scan(text)
        best = min(best, time.perf_counter() - start)

    assert best < 0.003


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000, "7305918264" * 20_000, "1 " * 100_000, "一" * 100_000, "13" * 50_000 + "楼", "O " * 100_000,
        "1,3\n8 " * 33_000, "6222 " * 40_000, "13800138000 " * 16_000, "<" * 200_000, "<a '" * 50_000, "<!--" * 50_000,
        "&#4" * 60_000, "**1" * 60_000, "`" * 200_000, "1\u200b" * 100_000, "前1380 后" * 33_000, "妖三" * 100_000,
        "one " * 50_000 + "x", "O" * 3999 + "a" + "O" * 190_000 + "a", "电话" * 100_000, "610999" * 33_000,
    ],
    ids=range(22),
)  # fmt: skip
def test_nobody_can_keep_the_guard_busy(text: str) -> None:
    """Whatever somebody sends, 200,000 signs are read in half a second (of a quiet machine)."""
    best = 9.0
    for _ in range(5):
        begun = time.process_time()
        guard.scan(text)
        read = time.process_time()
        sum(number % 7 for number in range(YARDSTICK))  # a busy machine takes longer for this, too
        best = min(best, (read - begun) / max(1, (time.process_time() - read) / QUIET))
        if best < HALF_A_SECOND:
            break
    assert best < HALF_A_SECOND


def test_a_number_across_two_pieces_of_a_long_text_is_found() -> None:
    """A long text is read in pieces; a number on the seam is found once."""
    for at in range(guard.PIECE - 15, guard.PIECE + 5):
        text = "字" * at + "电话13812345678" + "字" * 5000
        assert [(one.kind, one.start) for one in guard.scan(text)] == [("mobile", at + 2)]
