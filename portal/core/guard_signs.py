"""Reads a text as digits, whatever they are written with: 138, １３８, 一三八, ①③⑧, l38, and what stands between.

Every sign is replaced by exactly one sign, so that places in the plain text are places in the original.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from portal.core.digits import CHINESE

TOUCHING, GLUED, MARKED, LISTED, APART = range(5)
"""How two atoms follow each other: nothing between, a blank or dash, other marks, a comma or new line, a text."""

HOLE = "\ue0fe"
NOTHING = "\ue0ff"
BLANK_SIGNS = "\u2800"
_LAST_KEPT = 0x20000
_MARK_SIGNS = frozenset("·“”‘’…¥°")
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
_UNSEEN = "\u115f\u1160\u3164\uffa0"  # fillers of Hangul, letters by name; all else nobody sees has a category

_MARK = r"\-·|()\[\]/.:~+#*=\\'\"“”‘’。…【】<>《》「」^&@% "
_PARTING = r",、;\t\n\r"
_GLUE = re.compile(r" | ?[-·()\[\]]+(?: [-·()\[\]]+)? ?")
_MARKS = re.compile(rf"(?!\*\*)(?:[{_MARK}]{{1,4}}|[杠横]|空格)")
_LIST = re.compile(rf"(?!\*\*)[{_MARK}{_PARTING}]{{1,6}}")
_LONGEST_GAP = 6

_LOOKALIKES = "".join(map(re.escape, _LETTERS))
_ATOM = re.compile(
    r"[0-9]+|[\ue000-\ue009]+|[\ue010-\ue019]+|[Xx](?![A-Za-z])"
    rf"|(?<![A-Za-z])[{_LOOKALIKES}]+(?![A-Za-z])"  # letters that are no part of a word …
    rf"|(?<![{_LOOKALIKES}])[{_LOOKALIKES}]++(?=[0-9])|(?<=[0-9])[{_LOOKALIKES}]+"  # … or that touch a digit
)
_SEGMENT = re.compile(rf"[0-9\ue000-\ue019{_LOOKALIKES}Xx杠横空格{_MARK}{_PARTING}]{{10,}}")
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


class _Signs(dict[int, str]):
    """What stands for each sign: asked of Unicode when a sign is first met, and kept for the next time."""

    def __missing__(self, code: int) -> str:
        """Return the plain sign for a code point that is not in the table yet."""
        plain_sign = _plain_sign(chr(code))
        if code < _LAST_KEPT:  # so that nobody fills the memory with rare signs
            self[code] = plain_sign
        return plain_sign


def _plain_sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if (decimal := unicodedata.decimal(sign, None)) is not None:
        return str(decimal)
    number: float = unicodedata.digit(sign, -1)
    if number < 0 and category in {"No", "Nl"}:
        number = unicodedata.numeric(sign, -1)  # Roman Ⅷ, Suzhou 〨, ㈧
    if number in range(10):
        return chr(_CIRCLED_ZERO + int(number))
    if "！" <= sign <= "～":
        return chr(ord(sign) - 0xFEE0)
    if sign in "\t\n\r" or ("\u3000" < sign < "\ua000" and category != "Mn"):
        return sign
    if sign.isspace() or sign in BLANK_SIGNS:
        return " "
    if category in {"Mn", "Me", "Cf", "Cc", "Co", "Cn"}:
        return NOTHING
    return "|" if category in {"So", "Sm", "Sk", "Po", "Ps", "Pe"} and sign not in _MARK_SIGNS else sign


def _table() -> _Signs:
    table = _Signs({code: chr(code) for code in [*range(0x20, 0x7F), *range(0x4E00, 0xA000)]})
    table |= {ord(sign): chr(_CHINESE_ZERO + digit) for sign, digit in CHINESE.items()}
    table |= {ord(sign): plain for sign, plain in _DISGUISED.items()}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _DOTS), "·")
    table |= dict.fromkeys(map(ord, _UNSEEN), NOTHING)
    return table


_PLAIN = _table()


def plain(text: str) -> str:
    """Return the text with one plain sign for each of its signs, `NOTHING` for those that nobody sees."""
    return text.translate(_PLAIN)


def values(text: str) -> str:
    """Return a plain text with every digit, and every letter that looks like one, as 0 to 9."""
    return text.translate(_VALUES)


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
            written = match[0]
            script = _script(written[0])
            run.append(Atom(written if script == "0" else written.translate(_VALUES), start, end, script, gap))
        found.append(run)
    return [run for run in found if sum(len(atom.digits) for atom in run) >= least]


def digits_of(text: str) -> str:
    """Return the digits (and a closing X) of a plain text that holds nothing else but blanks and dashes."""
    found = [match[0].translate(_VALUES).upper() for match in _ATOM.finditer(text)]
    return "".join(found)


def _script(sign: str) -> str:
    if "0" <= sign <= "9":
        return "0"
    if sign in "Xx":
        return "X"
    return "一" if "\ue000" <= sign <= "\ue009" else "①" if sign >= "\ue010" else "O"


@lru_cache(maxsize=4096)
def _gap(between: str) -> int:
    if not between:
        return TOUCHING
    if len(between) > _LONGEST_GAP:
        return APART
    if _GLUE.fullmatch(between):
        return GLUED
    if _MARKS.fullmatch(between) and "  " not in between:
        return MARKED
    return LISTED if _LIST.fullmatch(between) else APART
