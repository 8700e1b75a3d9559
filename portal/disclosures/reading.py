"""What reading a spreadsheet gives: columns, rows, totals, and everything that is wrong with its place."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Literal

from portal.disclosures.catalogue import Choice, Field, Item
from portal.disclosures.periods import Period

ColumnKind = Literal["exact", "near", "chosen", "month", "serial", "subtotal", "unused"]
SkippedKind = Literal["empty", "total", "subtotal", "head", "footer", "note"]


def plain(value: object) -> str:
    """Show a parameter of a phrase in English; a page passes its own function for its language."""
    if isinstance(value, Field | Choice | Item):
        return value.en
    if isinstance(value, tuple):
        return ", ".join(plain(part) for part in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def unchanged(phrase: str) -> str:
    """Say a phrase in the source's language."""
    return phrase


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its place from 0, its letters, their title, our field's key or None."""

    index: int
    letter: str
    theirs: str
    ours: str | None
    kind: ColumnKind
    month: str | None = None


@dataclass(frozen=True)
class Row:
    """A row that will be published, with its number in the sheet.

    Values are text in one canonical form for each type: money "12160.00" (yuan), date "2026-07-28", month
    "2026-07", number "12.21", count "31", percent "85", choice its key; `paid_by_month` is JSON by month.
    """

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class MemberRow:
    """A party member's line (M4: members only). `paid` is fen by month, `unpaid` the word written instead."""

    number: int
    name: str
    standard_fen: int | None
    paid: dict[str, int]
    unpaid: dict[str, str]


@dataclass(frozen=True)
class Skipped:
    """A row that is not taken, and what it was taken for."""

    number: int
    kind: SkippedKind


@dataclass(frozen=True)
class CellError:
    """Something wrong, or worth a look, at one place of a file.

    `row` is None for the file as a whole, `letter` is empty for a whole row. `params` hold names of fields,
    periods and dates as objects, so that a page can say them in its own language. `kind` names the sort of
    personal number, or is empty.
    """

    sheet: str
    row: int | None
    letter: str
    title: str
    field: str | None
    phrase: str
    params: dict[str, object] = made(default_factory=dict)
    suggestion: str | None = None
    kind: str = ""

    @property
    def column(self) -> str:
        """Return the column's letters and their title."""
        return f"{self.letter} {self.title}".strip()

    def reason(self, say: Callable[[str], str] = unchanged, show: Callable[[object], str] = plain) -> str:
        """Return the sentence: `say` translates the phrase, `show` words each parameter."""
        phrase = say(self.phrase)
        return phrase % {name: show(value) for name, value in self.params.items()} if self.params else phrase


@dataclass
class Reading:
    """A file, read as one item of the catalogue. Nothing is stored until `whole`.

    `header_row` counts from 1, `header_lines` is 1 or 2. `totals` are the sums of the amounts that the item
    adds up, by field; `total_fen` is the one named `total_field`, `stated_total_fen` what the sheet says of
    it. With `members`, rows are members' lines and `member_rows` holds them once more, month by month.
    `proposed` is the period that was meant, where all dates lie in one other than `period`.
    """

    file: str
    item: Item
    period: Period | None
    sheet: str = ""
    header_row: int = 0
    header_lines: int = 1
    columns: list[Column] = made(default_factory=list)
    rows: list[Row] = made(default_factory=list)
    errors: list[CellError] = made(default_factory=list)
    warnings: list[CellError] = made(default_factory=list)
    totals: dict[str, int] = made(default_factory=dict)
    total_field: str | None = None
    stated_total_fen: int | None = None
    skipped: list[Skipped] = made(default_factory=list)
    member_rows: list[MemberRow] = made(default_factory=list)
    members: bool = False
    proposed: Period | None = None

    @property
    def total_fen(self) -> int | None:
        """Return the sum of the amounts named by `total_field`; None if the item adds nothing up."""
        return self.totals.get(self.total_field) if self.total_field else None

    @property
    def whole(self) -> bool:
        """Tell whether the file can be taken as it is."""
        return bool(self.rows) and not self.errors

    @property
    def bad_rows(self) -> set[int]:
        """Return the numbers of the rows that have an error."""
        return {error.row for error in self.errors if error.row is not None and error.sheet == self.sheet}
