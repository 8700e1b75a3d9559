"""A table between its arrival and its saving: kept for a day at most, without the personal numbers it came with.

What the guard stopped never reaches the store: the cell is emptied and marked, and has to be filled anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from portal.core.digits import whole
from portal.core.errors import Refused
from portal.core.tables import Cell, Sheet, read_pasted, read_tables
from portal.core.words import N_
from portal.core.workbooks import MAX_COLUMNS, MAX_ROWS, column_letter
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.entries import Item
from portal.disclosures.importing import public_rows_from_members, read_sheets
from portal.disclosures.models import Upload
from portal.disclosures.periods import Period
from portal.disclosures.personal import look_through, phrase_for
from portal.disclosures.reading import CellError, Column, Reading
from portal.places.models import Place
from portal.roles import Actor

MARK = "▇▇▇"
LONGEST_NAME = 120


@dataclass(frozen=True)
class Looked:
    """A table as it may be kept: its name, its sheets without what the guard stopped, and where that stood."""

    name: str
    item: Item
    period: Period | None
    sheets: list[dict[str, Any]]
    marks: dict[str, str]


def look(item: Item, *, period: Period | None, name: str = "", content: bytes = b"", pasted: str = "") -> Looked:
    """Read a file or pasted rows. It takes seconds and needs no store: ask it before a transaction.

    Raises Refused where it is no table, or its very name holds a number.
    """
    sheets = [read_pasted(pasted)] if pasted.strip() else read_tables(name, content)
    reading = read_sheets(name, sheets, item, period)
    if any(error.kind == "name" for error in reading.errors):
        raise Refused(N_("The name of the file or of a sheet holds a personal number. Rename it."), field="file")
    chosen = next((number for number, sheet in enumerate(sheets) if sheet.name == reading.sheet), None)
    personal = look_through(name, sheets, chosen, reading.columns)
    kinds = {(error.sheet, error.row, error.letter): error.kind for error in personal.errors}
    marks = {}
    for number, row, column in sorted(personal.stopped):
        at = (sheets[number].name, row + 1, column_letter(column + 1))
        marks[f"{number},{row},{column}"] = kinds.get(at, "other")
        sheets[number].rows[row][column] = MARK
    return Looked(name[:LONGEST_NAME], item, period, [_packed(sheet) for sheet in sheets], marks)


def take(session: Session, actor: Actor, now: datetime, village: Place, looked: Looked, *,
         event_date: date | None = None, record_id: str | None = None) -> Upload:
    """Keep what was read, for the person who sent it."""
    made = Upload(person_id=actor.person_id, village_id=village.id, record_id=record_id, item_code=looked.item.code,
                  period_key=looked.period.key if looked.period else "", event_date=event_date, name=looked.name,
                  sheets=looked.sheets, marks=looked.marks, made_at=now)
    session.add(made)
    session.flush()
    return made


def of_person(session: Session, actor: Actor, village: Place, upload_id: str) -> Upload | None:
    """Return one's own upload, None for anybody else's."""
    query = select(Upload).where(Upload.id == upload_id, Upload.person_id == actor.person_id,
                                 Upload.village_id == village.id)
    return session.exec(query).first()


def _packed(sheet: Sheet) -> dict[str, Any]:
    return {"name": sheet.name, "merged": [list(one) for one in sheet.merged],
            "rows": [[_packed_cell(cell) for cell in row] for row in sheet.rows]}


def _packed_cell(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else cell


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    return value  # type: ignore[no-any-return]


def unpacked(upload: Upload) -> list[Sheet]:
    """Return the sheets as they are kept."""
    return [Sheet(one["name"], [[_cell(cell) for cell in row] for row in one["rows"]],
                  tuple((a, b, c, d) for a, b, c, d in one["merged"])) for one in upload.sheets]


def item_of(upload: Upload) -> Item:
    """Return the item of the catalogue that an upload is meant for."""
    return catalogue().by_code(upload.item_code)


def period_of(upload: Upload) -> Period | None:
    """Return the period that an upload is about."""
    return Period.parse(upload.period_key) if upload.period_key else None


def read(upload: Upload) -> Reading:
    """Read what is kept, with the columns as chosen; cells that were emptied by the guard are errors."""
    sheets = unpacked(upload)
    mapping = {int(index): key for index, key in upload.mapping.items()}
    reading = read_sheets(upload.name, sheets, item_of(upload), period_of(upload), mapping=mapping,
                          header_row=upload.header_row)
    columns = {column.index: column for column in reading.columns}
    for place, kind in upload.marks.items():
        number, row, index = (int(part) for part in place.split(","))
        column = columns.get(index) if sheets[number].name == reading.sheet else None
        at = (sheets[number].name, row + 1, column_letter(index + 1))
        reading.errors = [error for error in reading.errors if (error.sheet, error.row, error.letter) != at]
        reading.errors.append(_emptied(sheets[number].name, row, index, column, kind))
    reading.errors.sort(key=lambda error: (error.sheet, error.row or 0, len(error.letter), error.letter))
    return reading


def _emptied(sheet: str, row: int, index: int, column: Column | None, kind: str) -> CellError:
    return CellError(sheet, row + 1, column_letter(index + 1), column.theirs if column else "",
                     column.ours if column else None, phrase_for(kind), kind=kind)


@dataclass(frozen=True)
class Mended:
    """A table after what was mended on the page: the columns as chosen, where the head begins, sheets and marks."""

    mapping: dict[str, str]
    header_row: int | None
    sheets: list[dict[str, Any]]
    marks: dict[str, str]


def mended(upload: Upload, typed: Mapping[str, str]) -> Mended:
    """Return a table with `map-<column>` (a field's key or ""), `head` and `cell-<row>-<column>` (from 0) mended.

    A mended text goes through the guard like any other; what it stops stays marked. It takes seconds and needs no
    store: ask it before a transaction.
    """
    mapping, header_row = dict(upload.mapping), upload.header_row
    before = read(upload)
    known = {column.index: column.ours or "" for column in before.columns}
    for name, text in typed.items():
        index = whole(name.removeprefix("map-"), MAX_COLUMNS) if name.startswith("map-") else None
        if index in known and text != known[index]:
            mapping[str(index)] = text
    head = whole(typed.get("head", ""), MAX_ROWS)
    if head is not None and head != before.header_row:
        header_row, mapping = max(1, head), {}
    sheets = unpacked(upload)
    number = next((place for place, sheet in enumerate(sheets) if sheet.name == before.sheet), 0)
    marks = dict(upload.marks)
    for name, text in typed.items():
        kind, _, place = name.partition("-")
        row, column = (whole(part, MAX_ROWS) for part in (place.partition("-")[0], place.partition("-")[2]))
        if kind == "cell" and row is not None and column is not None:
            _mend_cell(sheets, marks, number, row, column, text.strip())
    return Mended(mapping, header_row, [_packed(sheet) for sheet in sheets], marks)


def mend(session: Session, upload: Upload, mends: Mended) -> None:
    """Keep a table as it was mended."""
    upload.mapping, upload.header_row = mends.mapping, mends.header_row
    upload.sheets, upload.marks = mends.sheets, mends.marks
    session.add(upload)


def _mend_cell(sheets: list[Sheet], marks: dict[str, str], number: int, row: int, column: int, text: str) -> None:
    place = f"{number},{row},{column}"
    if row >= len(sheets[number].rows) or column > 200:
        return
    cells = sheets[number].rows[row]
    cells += [None] * (column + 1 - len(cells))
    if place in marks and text == MARK:
        return
    cells[column] = text or None
    marks.pop(place, None)
    found = look_through("", [replace(sheets[number], rows=[cells])], None, [])
    if any(stopped == (0, 0, column) for stopped in found.stopped):
        marks[place] = next(error.kind for error in found.errors)
        cells[column] = MARK


def as_content(upload: Upload, reading: Reading, kept: Content | None = None) -> Content:
    """Return what a whole reading says as content. Raises Refused when it is not whole or holds too much."""
    if not reading.whole:
        raise Refused(N_("Some cells are not right yet. Nothing was saved."))
    item = item_of(upload)
    base = kept or Content()
    rows = [dict(row.values) for row in reading.rows]
    members: list[dict[str, str]] = []
    if reading.members:
        members, rows = rows, public_rows_from_members(reading.member_rows, period_of(upload))
    values: dict[str, str] = {}
    if item.shape != "table":
        if len(rows) != 1:
            raise Refused(N_("This category takes one row a record. Send them one by one."))
        values, rows = rows[0], []
    return Content(values, rows, members, base.title, base.summary, dict(base.decision),
                   upload.event_date or base.event_date)


def move(session: Session, upload: Upload, period: Period) -> None:
    """Take a table for another period than the one it was sent for."""
    upload.period_key = period.key
    session.add(upload)


def empty_marked(session: Session, upload: Upload) -> None:
    """Leave every cell empty that the guard emptied, in all sheets, and go on without it."""
    sheets = unpacked(upload)
    for place in upload.marks:
        number, row, column = (int(part) for part in place.split(","))
        sheets[number].rows[row][column] = None
    upload.sheets, upload.marks = [_packed(sheet) for sheet in sheets], {}
    session.add(upload)
