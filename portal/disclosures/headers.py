"""Finds the head of a table and says which of our fields each of their columns is.

Titles are matched as written, then without spaces, units and widths, then as near misses. A near miss must
not cross words that mean the opposite: 收 is not 付, 应收 is not 实收.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.core.tables import Cell
from portal.disclosures.catalogue import Field

SEARCHED_ROWS = 30
LONGEST_TITLE = 24
NEAR = 0.66
REQUIRED_POINTS, OPTIONAL_POINTS, NEAR_SHARE = 2.0, 1.0, 0.6
SERIAL = {"序号", "序", "行号", "顺序号", "no", "no.", "项次", "#"}
SUBTOTAL = {"小计", "合计", "总计", "共计", "累计"}
_UNIT = re.compile(
    r"\((?:单位:?)?(?:万元|千元|元|亩|人|户|天|㎡|m2|平方米|%|个|元/.{1,4}|公斤|度|吨|年|月)\)"
)
_TAIL_UNIT = re.compile(r"(?<=..)[/:,](?:单位:?)?(?:万元|千元|元|亩|%|m2|平方米)$")
_MARKS = re.compile(r"[\s*:;,.、。'\"“”]")
_MONTH = re.compile(r"(?:(\d{4})[年./-])?(\d{1,2}|十[一二]?|[一二三四五六七八九])月?(?:份|缴纳|交纳|党费)*")
_CHINESE_MONTHS = {
    name: number
    for number, name in enumerate(
        ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), 1
    )
}
_OPPOSITES = set("收付支应实不未非无欠进出增减原净年月日上下投中甲乙")
_NEGATIONS = ("不", "未", "非", "无", "欠", "基本")
_FILLERS = {
    "签字",
    "签名",
    "盖章",
    "姓名",
    "名称",
    "情况",
    "内容",
    "金额",
    "合计",
    "数",
    "号",
    "人",
    "栏",
    "说明",
}
_SCALES = (("万元", 10_000), ("千元", 1_000))


@dataclass(frozen=True)
class Match:
    """A field that a title was matched to; quality 2 to 3 is exact, below is near."""

    field: Field
    quality: float

    @property
    def near(self) -> bool:
        """Tell whether somebody should check the match."""
        return self.quality < 2


@dataclass(frozen=True)
class Head:
    """A table's head: its first and last line (from 0), its titles, matched fields and months by column."""

    first: int
    last: int
    titles: tuple[str, ...]
    matches: dict[int, Match]
    months: dict[int, tuple[int | None, int]]
    score: float


@lru_cache(maxsize=4096)
def tidy(title: str) -> str:
    """Return a title without spaces, widths, units and marks."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title)).lower()
    return _MARKS.sub("", _TAIL_UNIT.sub("", _UNIT.sub("", plain))) or plain


def scale_of(title: str) -> int | None:
    """Return the yuan that one unit of a column is worth, if its title tells: 金额（万元） -> 10000."""
    plain = unicodedata.normalize("NFKC", title).replace(" ", "")
    for unit, scale in _SCALES:
        if unit in plain:
            return scale
    return 1 if re.search(r"\(.{0,4}元|/元", plain) else None


def month_of(title: str) -> tuple[int | None, int] | None:
    """Return (year or None, month) if a title names a month: 7月, 七月, 2026年7月, 7."""
    match = _MONTH.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", title)).removesuffix(".0"))
    if not match:
        return None
    month = _CHINESE_MONTHS.get(match[2]) or int(match[2])
    return (int(match[1]) if match[1] else None, month) if 1 <= month <= 12 else None


@lru_cache(maxsize=65536)
def likeness(title: str, name: str) -> float:
    """Return how near a tidied title comes to one of our names: 1 equal, 0 something else."""
    if title == name:
        return 1.0
    if len(title) < 2 or len(name) < 2 or not set(title) & set(name):
        return 0.0
    long, short = (title, name) if len(title) > len(name) else (name, title)
    if long.endswith(short):
        return 0.0 if long.removesuffix(short).endswith(_NEGATIONS) else 0.9
    if long.startswith(short) and long.removeprefix(short) in _FILLERS:
        return 0.9
    ratio = difflib.SequenceMatcher(None, title, name, autojunk=False).ratio()
    first, second = Counter(title), Counter(name)
    differing = set((first - second) + (second - first))
    return ratio if ratio >= NEAR and not differing & _OPPOSITES else 0.0


def quality(title: str, field: Field) -> float:
    """Return how well a title fits a field: 3 as in the catalogue, 2.x tidied, 1.x near, 0 not at all."""
    names = (*field.headers, field.zh, field.en)
    if title.strip() in names:
        return 3 - names.index(title.strip()) / 1000
    plain = tidy(title)
    best = 0.0
    for place, name in enumerate(names):
        alike = likeness(plain, tidy(name))
        best = max(best, (2.5 if alike == 1 else alike and 1 + alike / 2) - place / 1000)
    return best if best > 1 else 0.0


def assign(titles: Sequence[Sequence[str]], fields: Sequence[Field]) -> dict[int, Match]:
    """Give each column at most one field, best fits first. `titles` are the ways to read its title."""
    found = []
    for index, ways in enumerate(titles):
        for order, field in enumerate(fields):
            best = max((quality(way, field) - 0.01 * place for place, way in enumerate(ways)), default=0.0)
            if best > 1:
                found.append((-best, index, order, field))
    matches: dict[int, Match] = {}
    taken: set[str] = set()
    for negative, index, _, field in sorted(found, key=lambda entry: entry[:3]):
        if index not in matches and field.key not in taken:
            matches[index] = Match(field, -negative)
            taken.add(field.key)
    return matches


def find_head(rows: list[list[Cell]], fields: Sequence[Field], at: int | None = None) -> Head | None:
    """Return the most likely head among the first rows, or the one that begins in line `at` (from 0)."""
    best: Head | None = None
    for first in range(min(len(rows), SEARCHED_ROWS)) if at is None else [at]:
        if first >= len(rows):
            return None
        head = _head(rows, first, fields)
        if head and (at is not None or head.score > (best.score if best else 0) + 0.001):
            best = head
    if best is None or at is not None:
        return best
    return best if best.score >= 2 * REQUIRED_POINTS * NEAR_SHARE else None


def _head(rows: list[list[Cell]], first: int, fields: Sequence[Field]) -> Head | None:
    if not any(isinstance(cell, str) for cell in rows[first]):
        return None
    below = rows[first + 1] if first + 1 < len(rows) else []
    ways, last = (
        (_two_lines(rows[first], below), first + 1) if _goes_on(rows[first], below) else (None, first)
    )
    if ways is None:
        ways = [[_title(cell)] if _title(cell) else [] for cell in rows[first]]
    with_months = any(field.type == "months" for field in fields)
    months = {}
    for index, names in enumerate(ways if with_months else []):
        found = next((month for name in names[:1] if (month := month_of(name))), None)
        if found:
            months[index] = found
    plain = [[] if index in months else names for index, names in enumerate(ways)]
    matches = assign(plain, [field for field in fields if field.type != "months"])
    score = sum(_points(match) for match in matches.values()) + OPTIONAL_POINTS * len(months)
    titles = tuple(names[min(1, len(names) - 1)] if names else "" for names in ways)
    return Head(first, last, titles, matches, months, score)


def _points(match: Match) -> float:
    points = REQUIRED_POINTS if match.field.required else OPTIONAL_POINTS
    return points * NEAR_SHARE if match.near else points


def _title(cell: Cell) -> str:
    if (
        isinstance(cell, bool)
        or cell is None
        or (isinstance(cell, str) and len(cell.strip()) > LONGEST_TITLE)
    ):
        return ""
    return re.sub(r"\s+", " ", str(cell)).strip()


def _goes_on(above: list[Cell], below: list[Cell]) -> bool:
    """Tell whether the line below belongs to the head.

    Its titles stand only under gaps or group titles, and at least one title above reaches down over both.
    """
    if not any(isinstance(cell, str) for cell in below):
        return False
    under_gap = False
    standing = any(
        cell is not None and (index >= len(below) or below[index] is None) for index, cell in enumerate(above)
    )
    for index, cell in enumerate(below):
        if cell is None:
            continue
        if not isinstance(cell, str) or not _title(cell) or re.fullmatch(r"[\d,.¥￥/ -]+", cell.strip()):
            return False
        over = above[index] if index < len(above) else None
        beside = above[index + 1] if index + 1 < len(above) else None
        next_below = below[index + 1] if index + 1 < len(below) else None
        if over is not None and (beside is not None or next_below is None):
            return False
        under_gap = under_gap or over is None
    return under_gap and standing


def _two_lines(above: list[Cell], below: list[Cell]) -> list[list[str]]:
    """Return the ways to read each title of a two-line head: lower, both, upper."""
    ways: list[list[str]] = []
    group = ""
    for index in range(max(len(above), len(below))):
        upper = _title(above[index]) if index < len(above) else ""
        lower = _title(below[index]) if index < len(below) else ""
        group = upper or (group if lower else "")
        name = lower or upper
        ways.append([lower, f"{group} {lower}", group] if lower and group else [name] if name else [])
    return ways
