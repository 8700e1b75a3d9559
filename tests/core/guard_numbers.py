"""Numbers of nobody, and ways to disguise them, for the guard's tests."""

from datetime import date
from itertools import pairwise

from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from portal.core.guard_numbers import PROVINCES

DIGITS = "0123456789"
CHINESE = ["零〇○", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]
LETTERS = {"0": "Oo", "1": "lI", "5": "Ss", "8": "B"}
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"


def of_digits(size: int) -> st.SearchStrategy[str]:
    """Return digits."""
    return st.text(DIGITS, min_size=size, max_size=size)


MOBILES = st.builds("1{}{}".format, st.sampled_from("3456789"), of_digits(9))


@st.composite
def identities(draw: st.DrawFn, *, good: bool | None = None) -> str:
    """Return identity numbers of made-up people, with a good or (in most cases) wrong check digit."""
    born = draw(st.dates(date(1930, 1, 1), date(2019, 12, 31)))
    front = draw(st.sampled_from(sorted(PROVINCES))) + draw(of_digits(4)) + f"{born:%Y%m%d}" + draw(of_digits(3))
    right = ric.calc_check_digit(front + "0")
    keep = draw(st.booleans()) if good is None else good
    return front + (right if keep else draw(st.sampled_from("0123456789X")))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Return bank cards: Chinese ones with a good check digit or any, foreign ones with a good one."""
    if draw(st.booleans()):
        return "62" + draw(of_digits(draw(st.integers(14, 17))))
    front = draw(st.sampled_from("456")) + draw(of_digits(14))
    return front + luhn.calc_check_digit(front)


@st.composite
def landlines(draw: st.DrawFn) -> tuple[str, str]:
    """Return area codes and numbers."""
    if draw(st.booleans()):
        return draw(st.sampled_from(["010", "021", "029"])), draw(st.sampled_from("345678")) + draw(of_digits(7))
    area = "0" + draw(st.sampled_from("3456789")) + draw(of_digits(2))
    return area, draw(st.sampled_from("345678")) + draw(of_digits(6))


@st.composite
def organisations(draw: st.DrawFn) -> str:
    """Return unified social credit codes."""
    kind = draw(st.sampled_from(["91", "92", "93", "11", "12", "51", "52", "54"]))
    code = draw(st.text(DIGITS + "ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9))
    front = kind + draw(st.sampled_from(["610826", "610800", "110000"])) + code
    return front + uscc.calc_check_digit(front)


@st.composite
def disguised(draw: st.DrawFn, number: str) -> str:
    """Return a number written with other signs for its digits."""
    style = draw(st.sampled_from(["plain", "wide", "chinese", "bankers", "circled", "bold", "letters", "mixed"]))
    return "".join(_sign(draw, digit, style) for digit in number)


def _sign(draw: st.DrawFn, digit: str, style: str) -> str:
    if style == "mixed":
        style = draw(st.sampled_from(["plain", "wide", "chinese", "bold"]))
    if digit == "X":
        return draw(st.sampled_from("Xxｘ×"))
    number = int(digit)
    return {
        "plain": digit,
        "wide": chr(0xFF10 + number),
        "chinese": draw(st.sampled_from(CHINESE[number])),
        "bankers": CHINESE[number][-1],
        "circled": CIRCLED[number],
        "bold": chr(0x1D7CE + number),
        "letters": draw(st.sampled_from(digit + LETTERS.get(digit, ""))),
    }[style]


@st.composite
def parted(draw: st.DrawFn, number: str) -> str:
    """Return a number with the same thing between its parts, cut anywhere, or between all its signs."""
    between = draw(st.sampled_from([" ", "-", "—", "－", "　", "·", " - ", "\u200b", "_"]))
    if draw(st.booleans()):
        return between.join(number)
    cuts = draw(st.sets(st.integers(1, len(number) - 1), max_size=5))
    edges = [0, *sorted(cuts), len(number)]
    return between.join(number[start:end] for start, end in pairwise(edges))
