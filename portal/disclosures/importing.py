"""Reads a spreadsheet as one item of the catalogue: the sheet, its head, its rows, and all that is wrong.

Pure: nothing is stored. A file is taken only when `Reading.whole`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from portal.core.tables import Sheet, read_pasted, read_tables
from portal.core.words import N_
from portal.core.workbooks import column_letter
from portal.disclosures.catalogue import Field, Item
from portal.disclosures.cells import cell_text
from portal.disclosures.dues import public_rows_from_members, read_members
from portal.disclosures.headers import SERIAL, SUBTOTAL, Head, find_head, tidy
from portal.disclosures.misplaced import period_meant, propose
from portal.disclosures.periods import Period
from portal.disclosures.personal import look_through
from portal.disclosures.reading import CellError, Column, Reading, plain, unchanged
from portal.disclosures.rows import Job, error_at, read_rows

__all__ = ["Reading", "as_json", "public_rows_from_members", "read_file", "read_rows_pasted", "read_sheets"]

_NUMBERS = "一二三四五六七八九"


def read_file(
    name: str,
    content: bytes,
    item: Item,
    period: Period | None,
    *,
    mapping: Mapping[int, str] | None = None,
    header_row: int | None = None,
) -> Reading:
    """Read a file as records of an item.

    `mapping` overrides columns by their place from 0: a field's key, or "" for a column to leave out;
    `header_row` (from 1) says where the head begins when it was not found. Raises portal.core.tables.
    TableError when the file is no table at all; everything else that is wrong is in the reading's errors.
    """
    return _read(name, read_tables(name, content), item, period, mapping or {}, header_row)


def read_rows_pasted(
    text: str,
    item: Item,
    period: Period | None,
    *,
    mapping: Mapping[int, str] | None = None,
    header_row: int | None = None,
) -> Reading:
    """Read rows that somebody pasted, head included, as `read_file` does."""
    return _read("", [read_pasted(text)], item, period, mapping or {}, header_row)


def as_json(
    reading: Reading, say: Callable[[str], str] = unchanged, show: Callable[[object], str] = plain
) -> dict[str, object]:
    """Return what `portal import records --json` prints. `say` and `show` put reasons into a language."""
    return {
        "file": "" if any(error.kind == "name" for error in reading.errors) else reading.file,
        "category": reading.item.code,
        "period": reading.period.key if reading.period else None,
        "proposed_period": reading.proposed.key if reading.proposed else None,
        "sheet": reading.sheet,
        "header_row": reading.header_row,
        "rows": len(reading.rows),
        "total_fen": reading.total_fen,
        "total_of": reading.total_field,
        "totals": reading.totals,
        "stated_total_fen": reading.stated_total_fen,
        "columns": _columns_json(reading),
        "errors": [_error_json(error, say, show) for error in reading.errors],
        "warnings": [_error_json(warning, say, show) for warning in reading.warnings],
        "skipped": [{"row": skipped.number, "kind": skipped.kind} for skipped in reading.skipped],
        "months": public_rows_from_members(reading.member_rows, reading.period) if reading.members else None,
        "whole": reading.whole,
    }


def _columns_json(reading: Reading) -> dict[str, str | None]:
    """Return our field by their title; a title that stands twice is told apart by its letters."""
    named: dict[str, str | None] = {}
    for column in reading.columns:
        title = column.theirs or column.letter
        named[f"{title} ({column.letter})" if title in named else title] = column.ours
    return named


def _error_json(
    error: CellError, say: Callable[[str], str], show: Callable[[object], str]
) -> dict[str, object]:
    return {
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column,
        "letter": error.letter,
        "title": error.title,
        "field": error.field,
        "kind": error.kind or None,
        "reason": error.reason(say, show),
        "suggestion": error.suggestion,
    }


def _read(
    name: str,
    sheets: list[Sheet],
    item: Item,
    period: Period | None,
    mapping: Mapping[int, str],
    header_row: int | None,
) -> Reading:
    reading = _read_once(name, sheets, item, period, mapping, header_row)
    meant = period_meant(reading)
    if meant is None or period is None:
        return reading
    return propose(_read_once(name, sheets, item, meant, mapping, header_row), period)


def _read_once(
    name: str,
    sheets: list[Sheet],
    item: Item,
    period: Period | None,
    mapping: Mapping[int, str],
    header_row: int | None,
) -> Reading:
    reading = Reading(name, item, period)
    found = _choose(sheets, item, period, header_row)
    if found is None:
        personal = look_through(name, sheets, None, [])
        phrase = N_(
            "No line of the file looks like the head of “%(item)s”. It needs the columns: %(fields)s."
        )
        params: dict[str, object] = {"item": item, "fields": item.required}
        reading.errors = [*personal.errors, CellError("", None, "", "", None, phrase, params)]
        reading.warnings = personal.warnings
        return reading
    number, head, members = found
    reading.sheet = sheets[number].name
    reading.header_row, reading.header_lines = head.first + 1, head.last - head.first + 1
    reading.columns = _columns(
        head, item.member_fields if members else item.fields, period, sheets[number], mapping
    )
    personal = look_through(name, sheets, number, reading.columns)
    reading.warnings = personal.warnings + _near_warnings(reading)
    stopped = {(row, column) for sheet, row, column in personal.stopped if sheet == number}
    job = Job(sheets[number], head, reading, stopped)
    if not _missing_columns(job, members=members):
        (read_members if members else read_rows)(job)
        if not reading.rows:
            reading.errors.append(
                error_at(reading.sheet, head.last, None, N_("Below the head there are no rows."))
            )
    reading.errors = sorted(personal.errors + reading.errors, key=_place)
    return reading


def _place(error: CellError) -> tuple[str, int, int, str]:
    return error.sheet, error.row or 0, len(error.letter), error.letter


def _choose(
    sheets: list[Sheet], item: Item, period: Period | None, header_row: int | None
) -> tuple[int, Head, bool] | None:
    """Return the sheet that fits the item best, its head, and whether it holds members' lines.

    A sheet named after the period goes before one that is not; then the fuller head, then the longer sheet.
    """
    best: tuple[tuple[bool, bool, float, int], int, Head, bool] | None = None
    for number, sheet in enumerate(sheets):
        for members, fields in ((False, item.fields), (True, item.member_fields)):
            head = (
                find_head(sheet.rows, fields, None if header_row is None else header_row - 1)
                if fields
                else None
            )
            if head is None or (members and not head.months):
                continue
            named = bool(period and _names_period(sheet.name, period))
            rank = (named, len(sheet.rows) > head.last + 1, head.score, len(sheet.rows))
            if best is None or rank > best[0]:
                best = (rank, number, head, members)
    return best[1:] if best else None


def _names_period(title: str, period: Period) -> bool:
    """Tell whether a sheet's name means the period: 第三季度, 三季度, Q3, 2026年7月, 上半年."""
    plain_title = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title)).upper()
    years = re.findall(r"(?:19|20)\d{2}", plain_title)
    if years and str(period.year) not in years:
        return False
    number = period.number
    match period.kind:
        case "year":
            return bool(years)
        case "half":
            return ("上半年", "下半年")[number - 1] in plain_title or f"H{number}" in plain_title
        case "quarter":
            return bool(re.search(rf"[{number}{_NUMBERS[number - 1]}]季|Q{number}", plain_title))
        case "month":
            return bool(re.search(rf"(?<!\d)0?{number}月", plain_title))
        case "day":
            return bool(re.search(rf"(?<!\d)0?{period.start.month}[月.]0?{number}(?!\d)", plain_title))


def _columns(
    head: Head, fields: tuple[Field, ...], period: Period | None, sheet: Sheet, mapping: Mapping[int, str]
) -> list[Column]:
    width = max(len(head.titles), max(mapping, default=-1) + 1)
    chosen = {key for key in mapping.values() if key}
    known = {field.key for field in fields}
    year = period.year if period else _year_above(sheet, head)
    columns = []
    for index in range(width):
        theirs = head.titles[index] if index < len(head.titles) else ""
        column = Column(index, column_letter(index + 1), theirs, None, "unused")
        match = head.matches.get(index)
        if index in mapping:
            key = mapping[index]
            column = replace(column, ours=key if key in known else None, kind="chosen")
        elif index in head.months:
            own_year, month = head.months[index]
            if own_year or year:
                column = replace(
                    column, ours="paid_by_month", kind="month", month=f"{own_year or year}-{month:02d}"
                )
        elif match and match.field.key not in chosen:
            column = replace(column, ours=match.field.key, kind="near" if match.near else "exact")
        elif tidy(theirs) in SERIAL:
            column = replace(column, kind="serial")
        elif tidy(theirs) in SUBTOTAL:
            column = replace(column, kind="subtotal")
        columns.append(column)
    return columns


def _year_above(sheet: Sheet, head: Head) -> int | None:
    """Return the year that the title rows or the sheet's name give, for months without one."""
    above = " ".join([sheet.name, *(cell_text(cell) for row in sheet.rows[: head.first] for cell in row)])
    match = re.search(r"(20\d{2})\s*年?", unicodedata.normalize("NFKC", above))
    return int(match[1]) if match else None


def _near_warnings(reading: Reading) -> list[CellError]:
    phrase = N_("“%(theirs)s” was taken for “%(field)s”. Check that it is.")
    return [
        error_at(
            reading.sheet,
            reading.header_row - 1,
            column,
            phrase,
            None,
            {"theirs": column.theirs, "field": reading.item.field(str(column.ours))},
        )
        for column in reading.columns
        if column.kind == "near"
    ]


def _missing_columns(job: Job, *, members: bool) -> bool:
    reading = job.reading
    have = {column.ours for column in reading.columns}
    fields = reading.item.member_fields if members else reading.item.fields
    missing = [field for field in fields if field.required and field.key not in have]
    for field in missing:
        phrase = N_("There is no column for “%(field)s”. Usual titles are: %(titles)s.")
        reading.errors.append(
            CellError(
                reading.sheet,
                reading.header_row,
                "",
                "",
                field.key,
                phrase,
                {"field": field, "titles": "、".join(field.headers[:3])},
            )
        )
    return bool(missing)


def read_sheets(
    name: str,
    sheets: list[Sheet],
    item: Item,
    period: Period | None,
    *,
    mapping: Mapping[int, str] | None = None,
    header_row: int | None = None,
) -> Reading:
    """Read sheets that were taken out of their file before, as `read_file` does."""
    return _read(name, sheets, item, period, mapping or {}, header_row)
