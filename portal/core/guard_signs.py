"""Reads a text as digits, whatever they are written with: 138, １３８, 一三八, ①③⑧, l38, and what stands between.

Every sign is replaced by exactly one sign, so that places in the plain text are places in the original.
"""

import re
import unicodedata
from typing import NamedTuple

from portal.core.digits import CHINESE

TOUCHING, GLUED, MARKED, LISTED, APART = range(5)
"""How two atoms follow each other: nothing between, a blank or dash, other marks, a comma or new line, a text."""

HOLE = "\ue0fe"
_NOTHING = "\ue0ff"
_CHINESE_ZERO, _CIRCLED_ZERO = 0xE000, 0xE010
_LETTERS = {
    "O": "0", "o": "0", "I": "1", "i": "1", "l": "1", "Z": "2", "z": "2",
    "S": "5", "s": "5", "b": "6", "B": "8", "g": "9", "q": "9",
}  # fmt: skip
_DISGUISED = {
    **dict.fromkeys("ΟοОоՕօ", "O"), **dict.fromkeys("ΙІіӀ", "I"), "Ѕ": "S", "ѕ": "S", "В": "B", "Β": "B", "Ζ": "Z",
    "З": chr(_CIRCLED_ZERO + 3), "з": chr(_CIRCLED_ZERO + 3), "б": chr(_CIRCLED_ZERO + 6),
    **dict.fromkeys("×ХхΧχ✕✖⨯", "X"), "￥": "¥",
}  # fmt: skip
_DASHES = "‐‑‒–—―−﹣﹘ー─━⁃⸺⁻ㄧ﹍＿_丨"
_DOTS = "•‧・∙⋅･●"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0e\ufe0f\u20e3"

_MARK = r"\-·|()\[\]/.:~+#*=\\'\"“”‘’。…【】<>《》「」^&@% "
_PARTING = r",、;\t\n\r"
_GLUE = re.compile(rf"[{_NOTHING}]*(?: |[-·()\[\]{_NOTHING}]+| ?[-·()\[\]]+ ?)[{_NOTHING}]*")
_MARKS = re.compile(rf"[{_NOTHING}]*(?!\*\*)(?:[{_MARK}]{{1,4}}|[杠横]|空格)[{_NOTHING}]*")
_LIST = re.compile(rf"[{_NOTHING}]*(?!\*\*)[{_MARK}{_PARTING}]{{1,4}}[{_NOTHING}]*")
_LONGEST_GAP = 6

_LOOKALIKES = "".join(map(re.escape, _LETTERS))
_ATOM = re.compile(
    r"[0-9]+|[\ue000-\ue009]+|[\ue010-\ue019]+|[Xx](?![A-Za-z])"
    rf"|(?<![A-Za-z])[{_LOOKALIKES}]+(?![A-Za-z])"  # letters that are no part of a word …
    rf"|[{_LOOKALIKES}]+(?=[0-9])|(?<=[0-9])[{_LOOKALIKES}]+"  # … or that touch a digit
)
_SEGMENT = re.compile(rf"[0-9\ue000-\ue019{_NOTHING}{_LOOKALIKES}Xx杠横空格{_MARK}{_PARTING}]{{10,}}")
_DIGIT = re.compile(rf"[0-9\ue000-\ue019{_LOOKALIKES}]")
_VALUES = str.maketrans(
    {chr(zero + digit): str(digit) for zero in (_CHINESE_ZERO, _CIRCLED_ZERO) for digit in range(10)}
    | {**_LETTERS, "x": "X"}
)


class Atom(NamedTuple):
    """Neighbouring digits of one script. `gap` tells how it follows the atom before it."""

    digits: str
    start: int
    end: int
    script: str
    gap: int


def _table() -> dict[int, str]:
    table: dict[int, str] = {code: chr(code) for code in range(0x3000, 0xA000)}  # a miss costs more than a hit
    for code in [*range(0x80, 0xABFF), *range(0xFF00, 0xFFF0), *range(0x1D7CE, 0x1D800), *range(0x1F100, 0x1F10B)]:
        sign = chr(code)
        if (decimal := unicodedata.decimal(sign, None)) is not None:
            table[code] = str(decimal)
        elif (digit := unicodedata.digit(sign, None)) is not None:
            table[code] = chr(_CIRCLED_ZERO + digit)
        elif 0xFF01 <= code <= 0xFF5E:
            table[code] = chr(code - 0xFEE0)
        elif sign.isspace():
            table[code] = " "
        elif unicodedata.category(sign) == "Mn":
            table[code] = _NOTHING
    for number in range(1, 10):
        table[0x3020 + number] = chr(_CHINESE_ZERO + number)  # the merchants' digits of Suzhou
        table[0x3220 + number - 1] = chr(_CIRCLED_ZERO + number)  # ㈠
        table[0x3280 + number - 1] = chr(_CIRCLED_ZERO + number)  # ㊀
    table |= {ord(sign): chr(_CHINESE_ZERO + digit) for sign, digit in CHINESE.items()}
    table |= {ord(sign): plain for sign, plain in _DISGUISED.items()}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _DOTS), "·")
    return table | dict.fromkeys(map(ord, _UNSEEN), _NOTHING)


_PLAIN = _table()


def plain(text: str) -> str:
    """Return the text with one plain sign for each of its signs."""
    return text.translate(_PLAIN)


def digit_count(text: str) -> int:
    """Return how many digits a plain text has, with letters that look like digits."""
    return len(_DIGIT.findall(text))


def runs(text: str, least: int) -> list[list[Atom]]:
    """Return the atoms of a plain text in runs that no other text parts, each with at least `least` digits."""
    found: list[list[Atom]] = []
    for segment in _SEGMENT.finditer(text):
        if len(_DIGIT.findall(segment[0])) < least:
            continue
        run: list[Atom] = []
        for match in _ATOM.finditer(text, segment.start(), segment.end() + 1):  # one more: a letter may follow
            start, end = match.span()
            gap = _gap(text[run[-1].end : start]) if run else APART
            if gap == APART and run:
                found.append(run)
                run = []
            run.append(Atom(match[0].translate(_VALUES), start, end, _script(match[0][0]), gap))
        found.append(run)
    return [run for run in found if sum(len(atom.digits) for atom in run) >= least]


def digits_of(text: str) -> str:
    """Return the digits (and a closing X) of a plain text that holds nothing else but blanks and dashes."""
    found = [match[0].translate(_VALUES).upper() for match in _ATOM.finditer(text)]
    return "".join(found)


def _script(sign: str) -> str:
    if sign.isdigit() and sign.isascii():
        return "0"
    if sign in "Xx":
        return "X"
    return "一" if "\ue000" <= sign <= "\ue009" else "①" if sign >= "\ue010" else "O"


def _gap(between: str) -> int:
    if not between or between == _NOTHING * len(between):
        return TOUCHING
    if len(between) > _LONGEST_GAP:
        return APART
    if _GLUE.fullmatch(between):
        return GLUED
    if _MARKS.fullmatch(between) and "  " not in between:
        return MARKED
    return LISTED if _LIST.fullmatch(between) else APART
