"""Reads the rows below a head: tells records from totals, signatures and notes, and adds the records up."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from portal.core.money import MoneyError, format_yuan, has_more_than_fen, parse_fen
from portal.core.tables import Cell, Sheet
from portal.core.words import N_
from portal.disclosures.catalogue import Field
from portal.disclosures.cells import CellFault, Setting, canonical, cell_text
from portal.disclosures.headers import Head, scale_of
from portal.disclosures.reading import CellError, Column, Reading, Row, Skipped, SkippedKind

TABLE_UNIT = re.compile(r"单位[:：]?\s*[(（]?(万元|千元|元)")
_GRAND = re.compile(r"(?:本季度?|本年度?|全年|全村|以上)?(?:合计|总计|共计)(?:金额)?(?:\(.*\))?[:：]?")
_PAGE = re.compile(r"(?:本页|过次页|承前页|.{0,6})(?:小计|合计|累计)[:：]?")
_IN_ONE_CELL = re.compile(r"(?:合计|总计|共计)(?:金额)?[:：]?([¥]?[\d,.]+)(?:万?元)?")
_FOOTER = re.compile(
    r"(?:制表|填表|填报|审核|复核|会计|出纳|报账员|村监委|监督|单位|负责人|主任|书记|签字|签名|盖章|公开|公示|监督电话|举报"
    r"|联系|说明|备?注|附件?).{0,12}[::].*|.*(?:签字|签章|盖章|制表人|填表人|审核人)[::)]?.{0,12}"
)
DITTO = {"同上", "〃", "″", "''", '"', "″″"}
FEW = 3
FIGURES = {"money", "number", "count", "percent", "date", "month", "months"}
_RUNNING = re.compile("累计|承前|过次")


@dataclass
class Job:
    """One sheet on its way through: its head, the growing reading, the cells that were stopped."""

    sheet: Sheet
    head: Head
    reading: Reading
    stopped: set[tuple[int, int]] = field(default_factory=set)
    stated: dict[str, list[int]] = field(default_factory=dict)
    subtotals: dict[str, list[int]] = field(default_factory=dict)
    rounded: int = 0
    unsure: set[str] = field(default_factory=set)

    @cached_property
    def merged(self) -> dict[tuple[int, int], int]:
        """Return the first row of each cell that belongs to a range merged down its column."""
        return {
            (row, left): top
            for top, left, bottom, right in self.sheet.merged
            if left == right
            for row in range(top + 1, min(bottom + 1, len(self.sheet.rows)))
        }

    def cell(self, row: int, index: int) -> Cell:
        """Return a cell, None beyond the end of its row."""
        cells = self.sheet.rows[row]
        return cells[index] if index < len(cells) else None

    def fault(
        self, row: int, column: Column | None, phrase: str, *, suggestion: str | None = None, **params: object
    ) -> None:
        """Note an error at a cell, or for the whole row; what the guard stopped has been told already."""
        if column and (row, column.index) in self.stopped:
            return
        self.reading.errors.append(error_at(self.reading.sheet, row, column, phrase, suggestion, params))


def error_at(
    sheet: str,
    row: int,
    column: Column | None,
    phrase: str,
    suggestion: str | None = None,
    params: dict[str, object] | None = None,
) -> CellError:
    """Return an error at a place; `row` counts from 0."""
    if column is None:
        return CellError(sheet, row + 1, "", "", None, phrase, params or {}, suggestion)
    return CellError(
        sheet, row + 1, column.letter, column.theirs, column.ours, phrase, params or {}, suggestion
    )


def read_rows(job: Job) -> None:
    """Fill the reading's rows, totals, stated total, skipped rows and errors."""
    mapped = {column.index: column for column in job.reading.columns if column.ours}
    settings = _settings(job, mapped)
    previous: dict[str, str] = {}
    for row in range(job.head.last + 1, len(job.sheet.rows)):
        if kind := skipped_kind(job, row):
            job.reading.skipped.append(Skipped(row + 1, kind))
            if kind in {"total", "subtotal"}:
                _keep_total(job, row, kind, mapped, settings)
            elif kind == "note":
                job.reading.warnings.append(
                    error_at(
                        job.reading.sheet,
                        row,
                        None,
                        N_("This row was left out, because it looks like a note."),
                    )
                )
            continue
        values = _read_row(job, row, mapped, settings, previous)
        previous = values
        job.reading.rows.append(Row(row + 1, values))
    _add_up(job, mapped)


def _settings(job: Job, mapped: dict[int, Column]) -> dict[int, Setting]:
    """Return how to read each column: periodic items bind dates to the period, amounts have a unit."""
    above = " ".join(cell_text(cell) for row in job.sheet.rows[: job.head.first] for cell in row)
    unit = TABLE_UNIT.search(unicodedata.normalize("NFKC", above))
    table = {"万元": 10_000, "千元": 1_000}.get(unit[1], 1) if unit else 1
    item, period = job.reading.item, job.reading.period
    return {
        index: Setting(period, item.periodic, scale_of(column.theirs) or table)
        for index, column in mapped.items()
    }


def skipped_kind(job: Job, row: int) -> SkippedKind | None:
    """Tell what a row is if it is no record; None for a record."""
    aside = {column.index for column in job.reading.columns if column.kind == "serial"}
    filled = [index for index in range(len(job.sheet.rows[row])) if job.cell(row, index) is not None]
    if not set(filled) - aside:
        text = "".join(cell_text(job.cell(row, index)) for index in filled)
        if not re.search(r"[\u4e00-\u9fff]", text):
            return "empty"
    leads = [
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell_text(job.cell(row, index)))) for index in filled
    ]
    if any(_GRAND.fullmatch(lead) for lead in leads[:2]) or _IN_ONE_CELL.fullmatch(leads[0]):
        return "total"
    if _PAGE.fullmatch(leads[0]):
        return "subtotal"
    if _repeats_head(job, row, filled):
        return "head"
    return _aside_kind(job, leads, filled)


def _repeats_head(job: Job, row: int, filled: list[int]) -> bool:
    titles = job.head.titles
    same = sum(
        1 for index in filled if index < len(titles) and titles[index] == cell_text(job.cell(row, index))
    )
    return same >= FEW and same == len(filled)


def _aside_kind(job: Job, leads: list[str], filled: list[int]) -> SkippedKind | None:
    """Tell signatures and notes from records: they hold no amount, number or date that a record needs."""
    columns = {
        column.index: job.reading.item.field(column.ours) for column in job.reading.columns if column.ours
    }
    required = {index: ours for index, ours in columns.items() if ours.required}
    figures = {index for index, ours in required.items() if ours.type in FIGURES}
    written = {index for index, lead in zip(filled, leads, strict=True) if re.search(r"\d", lead)}
    if len(set(filled) & set(required)) == len(required):
        return None
    amounts = {index for index in figures if required[index].type != "date"} or figures
    if _FOOTER.fullmatch(leads[0]) and not written & amounts:
        return "footer"
    if set(filled) & figures:
        return None
    if figures and any(skipped.kind == "total" for skipped in job.reading.skipped):
        return "footer"
    alone = len(filled) == 1 and filled[0] <= 1 and len(required) > 1
    return "note" if alone and re.search(r"[\u4e00-\u9fff]", leads[0]) else None


def _read_row(
    job: Job, row: int, mapped: dict[int, Column], settings: dict[int, Setting], previous: dict[str, str]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for index, column in mapped.items():
        ours = job.reading.item.field(str(column.ours))
        cell = job.cell(row, index)
        if cell is None and ours.type != "money":
            cell = _merged_above(job, row, index)
        if cell is None:
            if ours.required:
                job.fault(row, column, N_("“%(field)s” is missing."), field=ours)
                job.unsure.add(ours.key)
            continue
        if isinstance(cell, str) and cell.strip() in DITTO and ours.key in previous and ours.type != "money":
            values[ours.key] = previous[ours.key]
            continue
        try:
            values[ours.key] = canonical(cell, ours, settings[index])
        except CellFault as fault:
            job.fault(row, column, fault.phrase, suggestion=fault.suggestion, **fault.params)
            job.unsure.add(ours.key)
        job.rounded += ours.type == "money" and has_more_than_fen(cell)
    return values


def _merged_above(job: Job, row: int, index: int) -> Cell:
    """Return the value of the merged range that runs down over an empty cell."""
    top = job.merged.get((row, index), 0)
    return job.cell(top, index) if top > job.head.last else None


def _keep_total(
    job: Job, row: int, kind: SkippedKind, mapped: dict[int, Column], settings: dict[int, Setting]
) -> None:
    """Keep what a total row says of each amount that the item adds up; running totals say nothing of it."""
    lead = next(cell_text(cell) for cell in job.sheet.rows[row] if cell is not None)
    if _RUNNING.search(lead):
        return
    for index, column in mapped.items():
        ours = job.reading.item.field(str(column.ours))
        cell = job.cell(row, index)
        if not ours.summed or cell is None or (isinstance(cell, str) and not re.search(r"\d", cell)):
            continue
        fen = _stated(job, row, column, cell, settings[index])
        if fen is not None and kind == "total":
            job.stated.setdefault(ours.key, []).append(fen)
        elif fen is not None:
            job.subtotals.setdefault(ours.key, []).append(fen)
    inside = _IN_ONE_CELL.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", lead)))
    summed = _first_summed(job, mapped)
    if inside and summed and summed.key not in job.stated:
        column = next(column for column in mapped.values() if column.ours == summed.key)
        fen = _stated(job, row, column, lead.rpartition("计")[2].strip(":： "), settings[column.index])
        if fen is not None:
            job.stated[summed.key] = [fen]


def _stated(job: Job, row: int, column: Column, cell: Cell, setting: Setting) -> int | None:
    try:
        return parse_fen(cell if isinstance(cell, str | int | float) else "", scale=setting.scale)
    except MoneyError as error:
        job.fault(row, column, error.phrase, suggestion=error.suggestion, **error.params)
        return None


def _first_summed(job: Job, mapped: dict[int, Column]) -> Field | None:
    present = {column.ours for column in mapped.values()}
    return next((one for one in job.reading.item.summed if one.key in present), None)


def _add_up(job: Job, mapped: dict[int, Column]) -> None:
    reading = job.reading
    first = _first_summed(job, mapped)
    reading.total_field = first.key if first else None
    stated = job.stated or job.subtotals
    for column in mapped.values():
        ours = reading.item.field(str(column.ours))
        if not ours.summed:
            continue
        total = sum(parse_fen(row.values[ours.key]) for row in reading.rows if ours.key in row.values)
        reading.totals[ours.key] = total
        said = _said(stated.get(ours.key, []), total, every=not job.stated)
        if first and ours.key == first.key:
            reading.stated_total_fen = said
        if said is not None and ours.key not in job.unsure:
            compare(job, column, said, total)


def _said(stated: list[int], total: int, *, every: bool) -> int | None:
    """Return what the sheet says that it adds up to: its last total, or the sum of its pages."""
    if not stated:
        return None
    return sum(stated) if every or sum(stated) == total else stated[-1]


def compare(job: Job, column: Column, stated: int, total: int) -> None:
    """Note an error if the sheet's own total differs from its rows.

    A warning is enough when only parts of a fen, left by formulas, make the difference.
    """
    if stated == total:
        return
    row = next(
        (
            skipped.number - 1
            for skipped in reversed(job.reading.skipped)
            if skipped.kind in {"total", "subtotal"}
        ),
        job.head.last,
    )
    params: dict[str, object] = {"stated": format_yuan(stated), "sum": format_yuan(total)}
    if abs(stated - total) * 2 <= job.rounded:
        phrase = N_("Parts of a fen were added up: the sheet says %(stated)s, its rows %(sum)s.")
        job.reading.warnings.append(error_at(job.reading.sheet, row, column, phrase, None, params))
        return
    job.fault(
        row,
        column,
        N_("The sheet says %(stated)s, but its rows add up to %(sum)s."),
        suggestion=format_yuan(total),
        **params,
    )
