"""A record's rows as a page shows them: which column comes first, which are figures, one stretch of rows a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.disclosures import wording
from portal.disclosures.entries import Field, Item
from portal.disclosures.queries import Line
from portal.disclosures.shown import fields_shown, row_shown, rows_shown

ROWS_A_PAGE = 50  # what checks and objections say stands below them
BARS = 5
HEIGHT = 82  # of the tallest bar, in the chart's own units
BASE = 100


@dataclass(frozen=True)
class Table:
    """Rows ready to be shown. `first` names a row, `number` stands beside it, `rest` follow. Pages count from 1."""

    first: Field
    number: Field | None
    rest: tuple[Field, ...]
    rows: list[dict[str, str]]
    total: int
    page: int
    pages: int
    sums: list[tuple[Field, int]]
    begin: int = 1  # the number of the first row shown, from 1


def table(item: Item, rows: Sequence[dict[str, str]], sums: dict[str, int], *, over: bool, page: int = 1,
          size: int = ROWS_A_PAGE, full: bool = False) -> Table | None:
    """Return the table that the public may see, None where only totals are; `full`: as it was written down."""
    if item.shape != "table" or not rows or not (full or rows_shown(item, over=over)):
        return None
    used = {key for row in rows for key in row}
    fields = tuple(field for field in (item.fields if full else fields_shown(item, over=over)) if field.key in used)
    if not fields:
        return None
    first = wording.label_of(item, fields)
    number = wording.number_of(item, tuple(field for field in fields if field != first))
    rest = tuple(field for field in fields if field not in (first, number))
    pages = max(1, -(-len(rows) // size))
    page = min(max(1, page), pages)
    shown = []
    for row in rows[(page - 1) * size : page * size]:
        seen = row if full else row_shown(item, row, over=over)
        shown.append({field.key: wording.figure_text(field, seen.get(field.key, "")) for field in fields})
    added = [(field, sums[field.key]) for field in item.summed if field.key in sums]
    return Table(first, number, rest, shown, len(rows), page, pages, added, (page - 1) * size + 1)


@dataclass(frozen=True)
class Bar:
    """One bar: its place and height in the chart, and which series it belongs to (in, out)."""

    kind: str
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Stretch:
    """The bars of one period over its name; `now` is the latest."""

    label: str
    middle: int
    bars: list[Bar]
    now: bool


@dataclass(frozen=True)
class Chart:
    """Sums of the last periods, oldest first: one or two series of the item's summed amounts."""

    fields: tuple[Field, ...]
    stretches: list[Stretch]


def chart(item: Item, lines: Sequence[Line]) -> Chart | None:
    """Return the chart of a periodic item's sums, None while there are fewer than two periods with any."""
    fields = item.summed[:2]
    found = [line for line in lines if line.period and line.state != "archived" and not line.nothing
             and any(field.key in line.totals for field in fields)][:BARS][::-1]
    if not item.periodic or len(found) < 2:
        return None
    most = max((abs(line.totals.get(field.key, 0)) for line in found for field in fields), default=0) or 1
    stretches = []
    for number, line in enumerate(found):
        left = 20 + 62 * number
        bars = []
        for place, field in enumerate(fields):
            height = max(1, round(HEIGHT * abs(line.totals.get(field.key, 0)) / most))
            bars.append(Bar(("in", "out")[place], left + 22 * place, BASE - height, height))
        middle = left + (21 if len(fields) > 1 else 10)
        stretches.append(Stretch(wording.period_short(line.period), middle, bars, line is found[-1]))
    return Chart(fields, stretches)
