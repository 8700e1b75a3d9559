"""Party dues as branches keep them: a line for each member, a column for each month.

The lines are for members only (M4). What everybody sees are the totals of each month, computed from them.
"""

import json
import re
import unicodedata
from collections.abc import Iterable

from portal.core.money import MoneyError, format_yuan, parse_fen, plain_yuan
from portal.core.words import N_
from portal.disclosures.cells import CellFault, Setting, canonical, cell_text
from portal.disclosures.headers import scale_of
from portal.disclosures.periods import Period
from portal.disclosures.reading import Column, MemberRow, Row, Skipped
from portal.disclosures.rows import Job, compare, skipped_kind

UNPAID = re.compile(r"欠.*|未[交缴].*|没交|外出.*|缓[交缴]|免.?|停.?|[-—/×]+")
LONGEST_NAME = 6
PAID = {"√", "✓", "✔", "已交", "已缴", "交", "是"}


def read_members(job: Job) -> None:
    """Fill the reading with members' lines. Blank months and words such as 欠 and 外出 mean unpaid."""
    reading = job.reading
    reading.members = True
    for row in range(job.head.last + 1, len(job.sheet.rows)):
        kind = skipped_kind(job, row)
        if kind and not (kind == "note" and _names_somebody(job, row)):
            reading.skipped.append(Skipped(row + 1, kind))
            if kind == "total":
                _keep_total(job, row)
            continue
        member = _read_member(job, row)
        reading.member_rows.append(member)
        reading.rows.append(Row(row + 1, _values(member)))
        _check_line(job, row, member)
    reading.total_field = "paid_amount"
    total = sum(sum(member.paid.values()) for member in reading.member_rows)
    reading.totals["paid_amount"] = total
    reading.stated_total_fen = next(iter(job.stated.get("paid_amount", [])), None)
    column = _subtotal_column(job)
    if column and reading.stated_total_fen is not None and not job.unsure:
        compare(job, column, reading.stated_total_fen, total)


def public_rows_from_members(
    members: Iterable[MemberRow], period: Period | None = None
) -> list[dict[str, str]]:
    """Return the months' public totals: month, members who paid and who did not, due and paid yuan.

    Only months of the period, and only months in which anybody paid: a month that has not come is no arrears.
    """
    lines = list(members)
    months = sorted({month for member in lines for month, fen in member.paid.items() if fen})
    wanted = set(period.months()) if period else set(months)
    rows = []
    for month in months:
        if month not in wanted:
            continue
        paid = [member.paid.get(month, 0) for member in lines]
        due = [
            member.paid.get(month, 0) if member.standard_fen is None else member.standard_fen
            for member in lines
        ]
        rows.append(
            {
                "month": month,
                "members_paid": str(sum(1 for fen in paid if fen)),
                "members_unpaid": str(sum(1 for fen in paid if not fen)),
                "due_amount": plain_yuan(sum(due)),
                "paid_amount": plain_yuan(sum(paid)),
            }
        )
    return rows


def _names_somebody(job: Job, row: int) -> bool:
    """Tell whether a line with one filled cell is a member who has paid nothing, and not a note."""
    return max(len(cell_text(cell)) for cell in job.sheet.rows[row]) <= LONGEST_NAME


def _values(member: MemberRow) -> dict[str, str]:
    said = {month: plain_yuan(fen) for month, fen in member.paid.items()} | member.unpaid
    values = {
        "member_name": member.name,
        "paid_by_month": json.dumps(dict(sorted(said.items())), ensure_ascii=False),
    }
    if member.standard_fen is not None:
        values["monthly_standard"] = plain_yuan(member.standard_fen)
    return values


def _read_member(job: Job, row: int) -> MemberRow:
    name, standard = "", None
    paid: dict[str, int] = {}
    unpaid: dict[str, str] = {}
    for column in job.reading.columns:
        if column.ours and not column.month:
            text = _own_cell(job, row, column)
            name = text if column.ours == "member_name" else name
            standard = parse_fen(text) if column.ours == "monthly_standard" and text else standard
    for column in job.reading.columns:
        if column.month:
            _read_month(job, row, column, standard, paid, unpaid)
    return MemberRow(row + 1, name, standard, paid, unpaid)


def _own_cell(job: Job, row: int, column: Column) -> str:
    ours = job.reading.item.field(str(column.ours))
    cell = job.cell(row, column.index)
    if cell is None:
        if ours.required:
            job.fault(row, column, N_("“%(field)s” is missing."), field=ours)
        return ""
    try:
        return canonical(cell, ours, Setting(job.reading.period, scale=scale_of(column.theirs) or 1))
    except CellFault as fault:
        job.fault(row, column, fault.phrase, suggestion=fault.suggestion, **fault.params)
        return ""


def _read_month(
    job: Job, row: int, column: Column, standard: int | None, paid: dict[str, int], unpaid: dict[str, str]
) -> None:
    cell = job.cell(row, column.index)
    month = str(column.month)
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell_text(cell)))
    if not text:
        return
    if UNPAID.fullmatch(text):
        unpaid[month] = text
    elif text in PAID and standard is not None:
        paid[month] = standard
    else:
        try:
            paid[month] = parse_fen(cell if isinstance(cell, str | int | float) else text)
        except MoneyError as error:
            job.unsure.add(month)
            job.fault(row, column, error.phrase, suggestion=error.suggestion, **error.params)


def _subtotal_column(job: Job) -> Column | None:
    return next((column for column in job.reading.columns if column.kind == "subtotal"), None)


def _keep_total(job: Job, row: int) -> None:
    column = _subtotal_column(job)
    cell = job.cell(row, column.index) if column else None
    if isinstance(cell, int | float | str) and re.search(r"\d", str(cell)):
        try:
            job.stated["paid_amount"] = [parse_fen(cell)]
        except MoneyError as error:
            job.fault(row, column, error.phrase, suggestion=error.suggestion, **error.params)


def _check_line(job: Job, row: int, member: MemberRow) -> None:
    """Compare a member's own sum with the months before it."""
    column = _subtotal_column(job)
    cell = job.cell(row, column.index) if column else None
    if not isinstance(cell, int | float | str) or any(error.row == row + 1 for error in job.reading.errors):
        return
    try:
        stated = parse_fen(cell)
    except MoneyError as error:
        job.fault(row, column, error.phrase, suggestion=error.suggestion, **error.params)
        return
    total = sum(member.paid.values())
    if stated != total:
        job.fault(
            row,
            column,
            N_("The line says %(stated)s, but its months add up to %(sum)s."),
            suggestion=format_yuan(total),
            stated=format_yuan(stated),
            sum=format_yuan(total),
        )
