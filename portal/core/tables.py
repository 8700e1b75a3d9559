"""Tables as people send them: XLSX, XLS, ODS, CSV, tab-separated and pasted rows in; CSV and XLSX out.

Reading knows nothing about what the cells mean. Everything that could exhaust the machine is refused first, and what
a spreadsheet takes beyond that it takes of a process of its own (see apart).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from portal.core import apart, workbooks
from portal.core.cores import every_core
from portal.core.turns import away
from portal.core.words import N_
from portal.core.workbooks import MAX_COLUMNS, MAX_ROWS, TableError

Cell = str | int | float | date | datetime | bool | None
Written = Cell | Decimal

MAX_BYTES = 20 * 1024 * 1024
DELIMITERS = ("\t", ",", ";", "，")
MAX_CELLS = 60_000  # that hold something, in all sheets: each is looked through for personal numbers
MAX_SIGNS = 600_000  # in all cells together, for the same reason
SNIFFED = 64 * 1024
NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"Rar!", b"7z\xbc\xaf")
_DANGEROUS = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name (empty for a text file) and its rows as read, without empty cells at the ends.

    `merged` are the merged ranges as (first row, first column, last row, last column), from 0; only the
    first cell of a range holds its value.
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_tables(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a file, by its content and not by its name, which only tells what it is called.

    Raises TableError (a Refused) when the file is too large, damaged, locked, or not a table.
    """
    sheets = _sheets(name, content)
    _require_bearable(sheets, name)
    return sheets


def _sheets(name: str, content: bytes) -> list[Sheet]:
    if len(content) > MAX_BYTES:
        raise TableError(
            N_("“%(name)s” is larger than %(limit)s MB. Send the rows of one period only."),
            name=name,
            limit=MAX_BYTES // 1024 // 1024,
        )
    if not content.strip():
        raise TableError(N_("“%(name)s” is empty."), name=name)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        workbooks.inspect(name, content)
        return _read_workbook(name, content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _read_workbook(name, content)
    if content.startswith(NOT_TABLES):
        raise TableError(N_("“%(name)s” is not a table. Send an XLSX, XLS, ODS or CSV file."), name=name)
    return [_checked(_read_text(name, _decode(name, content)), name)]


def read_pasted(text: str) -> Sheet:
    """Return the rows that somebody pasted, separated by tabs or commas. Raises TableError."""
    sheet = _checked(_read_text("", text), "CSV")
    _require_bearable([sheet], "CSV")
    return sheet


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> bytes:
    """Return a CSV file with a UTF-8 mark, so that every spreadsheet program shows Chinese.

    Text that a spreadsheet would take for a formula gets an apostrophe (CWE-1236); reading takes it away.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([_harmless(title) for title in headers])
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Written]], *, sheet: str = "Sheet1") -> bytes:
    """Return an XLSX file with a bold, frozen head. Text stays text, whatever it begins with."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31] or "Sheet1")
    page.freeze_panes = "A2"
    head = []
    for title in headers:
        cell = _text_cell(page, title)
        cell.font = Font(bold=True)
        head.append(cell)
    page.append(head)
    for row in rows:
        page.append([_text_cell(page, value) if isinstance(value, str) else value for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(page: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell


def _harmless(value: Written) -> Written:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _DANGEROUS.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _read_workbook(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a spreadsheet, read by a process of its own (see apart). Raises TableError."""
    bounds = {"rows": MAX_ROWS, "columns": MAX_COLUMNS, "reach": workbooks.MAX_REACH, "cells": MAX_CELLS,
              "signs": MAX_SIGNS}
    try:
        with away(), every_core():
            found = apart.read(content, bounds)
    except apart.NotRead as error:
        raise _not_read(name, str(error)) from error
    return [Sheet(title, rows, tuple((top, left, end, right) for top, left, end, right in merged))
            for title, rows, merged in found]


def _not_read(name: str, why: str) -> TableError:
    """Return the refusal of a spreadsheet by the reason of apart.NotRead."""
    match why:
        case "rows":
            return workbooks.too_many_rows(name)
        case "columns":
            return workbooks.too_wide(name)
        case "reach" | "cells":
            return workbooks.too_full(name, workbooks.MAX_REACH if why == "reach" else MAX_CELLS)
        case "signs":
            return _too_long(name)
        case "password":
            return TableError(N_("“%(name)s” is locked with a password. Save it without one."), name=name)
        case "large":
            return workbooks.too_large(name)
    return TableError(
        N_("“%(name)s” cannot be read. Open it in a spreadsheet program and save it as XLSX."), name=name
    )


def _checked(sheet: Sheet, file_name: str) -> Sheet:
    if len(sheet.rows) > MAX_ROWS:
        raise workbooks.too_many_rows(file_name)
    if any(len(row) > MAX_COLUMNS for row in sheet.rows):
        raise workbooks.too_wide(file_name)
    return sheet


def _require_bearable(sheets: Sequence[Sheet], file_name: str) -> None:
    """Raise TableError where all the sheets together hold more cells, or more text, than can be looked through."""
    filled = [cell for sheet in sheets for row in sheet.rows for cell in row if cell is not None]
    if len(filled) > MAX_CELLS:
        raise workbooks.too_full(file_name, MAX_CELLS)
    if sum(len(cell) for cell in filled if isinstance(cell, str)) > MAX_SIGNS:
        raise _too_long(file_name)


def _too_long(file_name: str) -> TableError:
    return TableError(
        N_("“%(name)s” holds more than %(limit)s characters. Send only the sheet and the rows of one period."),
        name=file_name,
        limit=MAX_SIGNS,
    )


def _decode(name: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or GB18030, with or without a mark at its head."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        guesses = ["utf-16"]
    elif b"\x00" in content[:SNIFFED]:
        even, odd = content[0:SNIFFED:2].count(0), content[1:SNIFFED:2].count(0)
        guesses = ["utf-16-le" if odd >= even else "utf-16-be"]
    else:
        guesses = ["utf-8-sig", "gb18030"]
    for encoding in guesses:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(
        N_("The characters in “%(name)s” cannot be read. Save it as CSV in UTF-8, or as XLSX."), name=name
    )


def _read_text(name: str, text: str) -> Sheet:
    if re.match(r"\s*<(\?xml|!doctype|html|table|head)", text[:200], re.IGNORECASE):
        raise TableError(
            N_("“%(name)s” is a web page. Open it in a spreadsheet program and save it as XLSX."), name=name
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
    rows: list[list[Cell]] = []
    try:
        for line in reader:
            rows.append([_unescaped(value) if value.strip() else None for value in line])
            if len(rows) > MAX_ROWS * 2:
                raise workbooks.too_many_rows(name)
    except csv.Error as error:
        raise TableError(
            N_("“%(name)s” has an unclosed quotation mark or an endless cell."), name=name
        ) from error
    return Sheet("", apart.trimmed(rows))


def _unescaped(value: str) -> str:
    return value[1:] if _ESCAPED.match(value) else value


def _delimiter(text: str) -> str:
    """Return the mark that stands equally often, and most often, outside quotes in most lines."""
    counts: dict[str, Counter[int]] = {mark: Counter() for mark in DELIMITERS}
    for line in re.sub(r'"[^"]*"', "", text[:SNIFFED]).splitlines():
        for mark in DELIMITERS:
            if number := line.count(mark):
                counts[mark][number] += 1
    best = {
        mark: max((lines * number for number, lines in counts[mark].items()), default=0)
        for mark in DELIMITERS
    }
    winner = max(DELIMITERS, key=lambda mark: best[mark])
    return winner if best[winner] else ","
