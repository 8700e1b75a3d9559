"""Takes off a text what hides a number inside of it: tags, entities, markdown, signs that nobody sees, number words.

What is left is read by the guard; each of its signs knows where it stood in the text as it was given. Every
pattern takes time that grows with the text's length alone: what may repeat is bounded, or cannot be read two ways.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from portal.core import guard_signs as signs

CUE = "\ue0fd"
"""Stands for “the first three digits” and the like, which are words and no digits."""

_OVERRIDE = "\u202e"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_TENS = re.compile("[⑩-⑳⑽-⒇⒑-⒛⓫-⓴㉑-㉟㊱-㊿]")
_UNSEEN = re.compile(f"{signs.NOTHING}+")
_TAG = re.compile(
    r"<!--.{0,200}?-->"
    r"|</?([A-Za-z][A-Za-z0-9]{0,15})(?:[ \t\n/](?:[^<>\"']|\"[^\"<]{0,100}\"|'[^'<]{0,100}'){0,200}+)?>",
    re.DOTALL,
)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_DIGIT = r"[0-9\ue000-\ue019]"
_EMPHASIS = re.compile(r"(\*{1,3}|`{1,3}|~~|==|-{2,3})([0-9\ue000-\ue019A-Za-z]{1,20})\1")
_UNDERLINED = re.compile(r"(?<![0-9A-Za-z_])_(?=\d)(?:\d|_(?=\d))++_?")
_SHORT = 2  # digits: longer pieces between `_` are a file's name, and are read as with dashes
_PLACE = re.compile(
    rf"(?:第|最?[前后]|中间?|[开末]?[头尾]|[首末]|其余|剩下)的?{_DIGIT}(?:[位段组](?:数字?|号码)?|个(?:数字?|号码))(?:数字)?"
)
_NUMBER_WORDS = (
    "zero|ling|nought|oh", "one|yi|yao|I", "two|er|liang|II", "three|san|III", "four|si|IV", "five|wu|V",
    "six|liu|VI", "seven|qi|guai|VII", "eight|ba|VIII", "nine|jiu|gou|IX",
)  # fmt: skip
_WORD_VALUES = {
    word.lower(): str(number) for number, words in enumerate(_NUMBER_WORDS) for word in words.split("|")
} | {"0": "0", "o": "0"}
_WORD = rf"(?:{'|'.join(sorted(_WORD_VALUES, key=len, reverse=True))})(?![A-Za-z])"
_SPOKEN = re.compile(rf"(?<![A-Za-z]){_WORD}(?:[ ,、.|-]{{1,2}}{_WORD}){{6,}}+", re.IGNORECASE)
_ANY_WORD = re.compile(_WORD, re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A plain text, and for each of its signs where in the original it begins and ends."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    overridden: bool = False
    """Whether a sign in it makes a screen show what follows from its end."""

    def __getitem__(self, part: slice) -> "Reading":
        """Return a part of the reading, with the places that it has in the whole."""
        return Reading(self.text[part], self.starts[part], self.ends[part])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the text stands in the original."""
        return self.starts[start], self.ends[end - 1]


def read(text: str) -> Reading:
    """Return a text without its disguises, in plain signs (`guard_signs.plain`)."""
    reading = Reading(text, range(len(text)), range(1, len(text) + 1))
    for _ in range(2):  # an & may itself be written as &amp;
        reading = _replaced(reading, _ENTITY, lambda match: html.unescape(match[0]))
    reading = _replaced(reading, _TENS, lambda match: str(int(unicodedata.numeric(match[0]))))
    reading = _replaced(reading, _UNDERLINED, _underlined)
    overridden = _OVERRIDE in reading.text
    reading = Reading(signs.plain(reading.text), reading.starts, reading.ends)
    for pattern, made in _RULES:
        reading = _replaced(reading, pattern, made)
    return replace(reading, overridden=overridden)


def _replaced(reading: Reading, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str]) -> Reading:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(reading.text):
        first, after = match.span()
        new = made(match)
        parts += (reading.text[done:first], new)
        starts += (*reading.starts[done:first], *[reading.starts[first]] * len(new))
        ends += (*reading.ends[done:first], *[reading.ends[after - 1]] * len(new))
        done = after
    if not parts:
        return reading
    return Reading(
        "".join([*parts, reading.text[done:]]), [*starts, *reading.starts[done:]], [*ends, *reading.ends[done:]]
    )


def _underlined(match: re.Match[str]) -> str:
    """Take away the `_` of emphasis, which many a reader of markdown shows inside a number too."""
    *pieces, _last = match[0].strip("_").split("_")
    return match[0].replace("_", "") if pieces and min(map(len, pieces)) <= _SHORT else match[0]


def _without_tag(match: re.Match[str]) -> str:
    return "\n" if match[1] and match[1].lower() in _BLOCKS else ""


def _spoken(match: re.Match[str]) -> str:
    return "".join(_WORD_VALUES[word.lower()] for word in _ANY_WORD.findall(match[0]))


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_UNSEEN, lambda _match: ""),
    (_TAG, _without_tag),
    (_EMPHASIS, lambda match: match[2]),
    (_PLACE, lambda _match: CUE),
    (_SPOKEN, _spoken),
)
