"""Ways in which people hide a number in a text; each takes a number and gives the text that hides it."""

import unicodedata
from itertools import pairwise

from hypothesis import strategies as st

from tests.core.guard_numbers import LETTERS

SIGNS = {
    digit: [sign for code in range(0x80, 0x20000) if unicodedata.digit(sign := chr(code), None) == digit]
    for digit in range(10)
}
ROMAN = ["", *"ⅠⅡⅢⅣⅤⅥⅦⅧⅨ"]
SOUNDS = ["零林〇灵", "幺妖要一", "两尔二", "三山伞", "四寺似", "五舞伍", "六溜陆", "拐七气", "八爸巴", "九酒勾"]
WORDS = {
    "english": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "pinyin": ["ling", "yao", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"],
}
UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u180e\u00ad\u034f\ufe0f"
    "\u202a\u202c\u2066\u2069\u061c\u200e\u20dd\U000e0101\U000e0041\u3164"
)
IDENTITY_CUTS = ((6, 8, 4), (6, 12), (6, 4, 4, 4), (14, 4))
MOBILE_CUTS = ((3, 4, 4), (3, 8), (7, 4), (3, 4, 4))
CARD_CUTS = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (6, 4, 9))


def cut(number: str, lengths: tuple[int, ...]) -> list[str]:
    """Return a number in pieces of these lengths."""
    edges = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    return [number[start:end] for start, end in pairwise(edges)]


@st.composite
def anywhere(draw: st.DrawFn, number: str, most: int = 4) -> list[str]:
    """Return a number cut anywhere."""
    places = draw(st.sets(st.integers(1, len(number) - 1), min_size=1, max_size=most))
    return [number[start:end] for start, end in pairwise([0, *sorted(places), len(number)])]


@st.composite
def any_signs(draw: st.DrawFn, number: str) -> str:
    """Return a number in whatever signs Unicode has for its digits, each another one, or all of one kind."""
    return "".join(draw(st.sampled_from([digit, *SIGNS[int(digit)]])) if digit != "X" else "X" for digit in number)


@st.composite
def sounds(draw: st.DrawFn, number: str) -> str:
    """Return a number in Chinese signs that sound alike, most of them, and digits."""
    return "".join(draw(st.sampled_from(SOUNDS[int(digit)])) for digit in number)


@st.composite
def letters(draw: st.DrawFn, number: str) -> str:
    """Return a number with letters for some of its digits, but not for all."""
    more = {**LETTERS, "1": "lI", "2": "Z"}
    hidden = "".join(draw(st.sampled_from(digit + more.get(digit, ""))) for digit in number[:-1])
    return hidden + number[-1]


@st.composite
def romans(draw: st.DrawFn, number: str) -> str:
    """Return a number with Roman digits for some of its own."""
    signs = {str(value): sign for value, sign in enumerate(ROMAN) if sign}
    return "".join(draw(st.sampled_from([digit, signs.get(digit, digit)])) for digit in number)


@st.composite
def words(draw: st.DrawFn, number: str) -> str:
    """Return a number in English or pinyin, word by word."""
    said = WORDS[draw(st.sampled_from(sorted(WORDS)))]
    return draw(st.sampled_from([" ", "-", ", "])).join(said[int(digit)] for digit in number)


@st.composite
def tagged(draw: st.DrawFn, number: str) -> str:
    """Return a number inside HTML tags, split by them, or as entities."""
    style = draw(st.sampled_from(["around", "between", "entities", "named"]))
    if style == "entities":
        form = draw(st.sampled_from(["&#{};", "&#x{:x};", "&#0{};"]))
        return "".join(form.format(ord(digit)) for digit in number)
    pieces = draw(anywhere(number, 10))
    if style == "named":
        return draw(st.sampled_from(["&ZeroWidthSpace;", "&shy;", "&zwnj;"])).join(pieces)
    if style == "between":
        return draw(st.sampled_from(["<wbr>", "<!-- x -->", "<b></b>", '<span class="a1">', "<i/>"])).join(pieces)
    name = draw(st.sampled_from(["b", "i", "span", "font", "STRONG", "a"]))
    attribute = draw(st.sampled_from(["", ' style="color:#123456"', " title='3 > 2'"]))
    return "".join(f"<{name}{attribute}>{piece}</{name}>" for piece in pieces)


@st.composite
def emphasised(draw: st.DrawFn, number: str) -> str:
    """Return a number whose parts are set in markdown."""
    mark = draw(st.sampled_from(["*", "**", "***", "__", "_", "`", "~~", "=="]))
    pieces = draw(anywhere(number, 10))
    if draw(st.booleans()):  # every second part only
        return "".join(piece if place % 2 else f"{mark}{piece}{mark}" for place, piece in enumerate(pieces))
    return "".join(f"{mark}{piece}{mark}" for piece in pieces)


@st.composite
def unseen(draw: st.DrawFn, number: str) -> str:
    """Return a number with signs that nobody sees strewn in."""
    return "".join(digit + draw(st.text(UNSEEN, max_size=8)) for digit in number[:-1]) + number[-1]


@st.composite
def worded(draw: st.DrawFn, number: str, lengths: tuple[int, ...]) -> str:
    """Return a number in groups, with words that say where each belongs."""
    count = len(lengths)
    ways = [
        (["前面", *["中间"] * (count - 2), "后面"], " "),
        (["前三位", *["中间四位"] * (count - 2), "最后四位"], "，"),
        (["开头是", *["接着"] * (count - 2), "结尾是"], "、"),
        (["先拨", *["再拨"] * (count - 2), "然后拨"], ""),
        (["第一段：", "第二段：", "第三段：", "第四段：", "第五段："][:count], "\n"),
        (["前", *["中间"] * (count - 2), "后"], ""),
        (["先是", *["加"] * (count - 2), "再加"], " "),
    ]
    said, between = draw(st.sampled_from(ways))
    blank = draw(st.sampled_from(["", " "]))
    return between.join(f"{word}{blank}{piece}" for word, piece in zip(said, cut(number, lengths), strict=True))


@st.composite
def backward(draw: st.DrawFn, number: str) -> str:
    """Return a number from its end, with a sign or words that tell to turn it round."""
    turned = number[::-1]
    return draw(
        st.sampled_from(
            [
                f"\u202e{turned}\u202c",
                f"倒着念{turned}",
                f"{turned}（反过来）",
                f"倒序：{turned}",
                f"从后往前读 {turned}",
            ]
        )
    )
