"""Whole files, as village accountants send them."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlwt

from portal.core.money import parse_fen
from portal.core.tables import Cell, write_csv, write_xlsx
from portal.disclosures.catalogue import catalogue
from portal.disclosures.importing import as_json, public_rows_from_members, read_file, read_rows_pasted
from portal.disclosures.periods import Period
from portal.disclosures.reading import Reading

IMPORTS = Path(__file__).parents[1] / "data" / "imports"
HEAD = ["序号", "日期", "凭证号", "支出事由", "金额", "经手人", "审批人", "备注"]
TABLE: list[list[Cell]] = [
    ["柳河村第三季度支出公开表"],
    HEAD,
    [1, "2026.7.28", "记-001", "路灯维修", "１,２００.50", "王福林", "周建民", None],
    [2, "8月3日", "记-002", "垃圾清运", 800, "孙海燕", "周建民", "两车"],
    [],
    ["合 计", None, None, None, 2000.5],
    ["制表人：孙海燕"],
]


def read(name: str, code: str, period: str | None = None) -> Reading:
    """Read one of the sample files."""
    return read_file(
        name, (IMPORTS / name).read_bytes(), catalogue().find(code), Period.parse(period) if period else None
    )


def spending(rows: list[list[Cell]], *, period: str = "2026-Q3", **options: object) -> Reading:
    """Read rows as spending of a period."""
    content = xlsx({"Sheet1": rows})
    return read_file("t.xlsx", content, catalogue().find("V08"), Period.parse(period), **options)  # type: ignore[arg-type]


def line(**changed: Cell) -> list[Cell]:
    """Return one sound row of spending, with changes by title."""
    sound = dict(zip(HEAD, TABLE[2], strict=True))
    return list((sound | changed).values())


def xlsx(sheets: dict[str, list[list[Cell]]]) -> bytes:
    """Return an XLSX file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: list[list[Cell]]) -> bytes:
    """Return an old XLS file."""
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is not None:
                page.write(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: list[list[Cell]]) -> bytes:
    """Return an ODS file, written by hand."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    body = ""
    for row in rows:
        body += "<table:table-row>"
        for cell in row or [None]:
            if cell is None:
                body += "<table:table-cell/>"
            elif isinstance(cell, int | float):
                body += f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            else:
                words = escape(str(cell))
                body += f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'
        body += "</table:table-row>"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0"'
        f' xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}manifest:1.0"/>'
        )
    return out.getvalue()


def text(encoding: str) -> Callable[[list[list[Cell]]], bytes]:
    """Return a writer of CSV files in an encoding."""

    def write(rows: list[list[Cell]]) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue().encode(encoding)

    return write


def test_spending_with_title_rows() -> None:
    """Titles, empty rows, mixed dates and amounts, a total, two more sheets: 40 rows, the sums agree."""
    reading = read("expenses-title-rows.xlsx", "V08", "2026-Q3")
    assert reading.whole, reading.errors
    assert (len(reading.rows), reading.sheet, reading.header_row) == (40, "第三季度", 3)
    assert reading.total_fen == reading.stated_total_fen == 6528682
    assert {column.theirs: column.ours for column in reading.columns}["支出事由"] == "purpose"
    assert [(skipped.number, skipped.kind) for skipped in reading.skipped if skipped.kind != "empty"] == [
        (46, "total"),
        (48, "footer"),
    ]
    assert not reading.warnings


def test_income_separated_by_tabs() -> None:
    """Tabs, quotes and trailing spaces: 22 rows."""
    reading = read("income-tab-separated.txt", "V07", "2026-Q3")
    assert reading.whole, reading.errors
    assert (len(reading.rows), reading.total_fen) == (22, 271854400)
    assert reading.rows[0].values == {
        "date": "2026-09-08",
        "voucher_no": "收01",
        "payer": "高树",
        "item": "门面房租金",
        "amount": "222592.00",
    }


def test_subsidies_of_386_households() -> None:
    """A clean file of an event needs no period."""
    reading = read("subsidy-clean-utf8-bom.csv", "V19")
    assert reading.whole, reading.errors
    assert (len(reading.rows), reading.total_fen) == (386, 19968300)


def test_dues_of_31_members() -> None:
    """A two-line head with months across: a line for each member, totals by month for everybody."""
    reading = read("dues-two-line-header.xlsx", "P07", "2026-Q3")
    assert reading.whole, reading.errors
    assert (len(reading.rows), reading.members, reading.header_lines, reading.total_fen) == (
        31,
        True,
        2,
        33950,
    )
    by_name = {member.name: member for member in reading.member_rows}
    assert by_name["黄长珍"].unpaid == {"2026-01": "欠", "2026-05": "欠"}
    assert by_name["何明海"].unpaid == {"2026-09": "外出"}
    assert sum(by_name["吴军长"].paid.values()) == 180
    months = public_rows_from_members(reading.member_rows, reading.period)
    assert [month["month"] for month in months] == ["2026-07", "2026-08", "2026-09"]
    assert all(int(month["members_paid"]) + int(month["members_unpaid"]) == 31 for month in months)
    every = public_rows_from_members(reading.member_rows)
    assert sum(parse_fen(month["paid_amount"]) for month in every) == reading.total_fen
    assert not any(name in json.dumps(months, ensure_ascii=False) for name in by_name)


def test_identity_and_card_numbers_are_refused_by_row_and_column() -> None:
    """Every row's two numbers are told with their columns, also mistyped ones; none is repeated."""
    reading = read("subsidy-with-identity-numbers-gb18030.csv", "V19")
    told = {(error.row, error.column) for error in reading.errors}
    assert told >= {(row, column) for row in range(2, 122) for column in ("C 身份证号", "D 一卡通账号")}
    assert not reading.whole
    assert "6109991978" not in json.dumps(as_json(reading), ensure_ascii=False)
    assert "62174" not in json.dumps(as_json(reading), ensure_ascii=False)


def test_phone_numbers_in_remarks_are_refused_by_row() -> None:
    """Phone numbers are found in digits and in Chinese digits, and nothing else is."""
    reading = read("contracts-phone-in-remarks.xlsx", "V13")
    assert {(error.sheet, error.row, error.column) for error in reading.errors} == {
        ("Sheet", row, "H 备注") for row in (4, 7, 8, 9, 11, 14, 15, 16, 20)
    }
    assert len(reading.rows) == 18
    assert "13909151234" not in json.dumps(as_json(reading), ensure_ascii=False)


def test_a_number_in_an_unused_column_sheet_or_name_is_stopped() -> None:
    """The guard stands before the whole file, not only before what would be published."""
    number = "13909151234"
    unused = spending([HEAD + ["其他"], [*line(), f"打 {number}"]])  # noqa: RUF005
    assert [(error.row, error.letter) for error in unused.errors] == [(2, "I")]
    other = xlsx({"第三季度": TABLE, "草稿": [["老王", number]]})
    item, period = catalogue().find("V08"), Period.parse("2026-Q3")
    assert [
        (error.sheet, error.row, error.letter) for error in read_file("t.xlsx", other, item, period).errors
    ] == [("草稿", 1, "B")]
    named = read_file(f"{number}.xlsx", xlsx({"Sheet1": TABLE}), item, period)
    assert [error.row for error in named.errors] == [None]


@pytest.mark.parametrize(
    "write",
    [lambda rows: xlsx({"Sheet1": rows}), xls, ods, text("utf-8-sig"), text("utf-16"), text("gb18030")],
    ids=["xlsx", "xls", "ods", "utf-8", "utf-16", "gb18030"],
)
def test_the_same_table_reads_equal_in_every_format(write: Callable[[list[list[Cell]]], bytes]) -> None:
    """What a table says does not hang on the program that saved it."""
    reading = read_file("t", write(TABLE), catalogue().find("V08"), Period.parse("2026-Q3"))
    assert reading.whole, reading.errors
    assert [row.number for row in reading.rows] == [3, 4]
    assert reading.rows[0].values == {
        "date": "2026-07-28", "voucher_no": "记-001", "purpose": "路灯维修", "amount": "1200.50",
        "handler": "王福林", "approver": "周建民",
    }  # fmt: skip
    assert reading.rows[1].values["date"] == "2026-08-03"
    assert reading.total_fen == reading.stated_total_fen == 200050


def test_all_bad_rows_are_told_at_once() -> None:
    """A wrong amount with its suggestion, a day of another quarter and an empty cell, each at its place."""
    rows = [HEAD, line(), line(金额="12,160,00"), line(日期="10月3日"), line(经手人=None)]
    reading = spending(rows)
    assert [(error.row, error.column, error.field) for error in reading.errors] == [
        (3, "E 金额", "amount"),
        (4, "B 日期", "date"),
        (5, "F 经手人", "handler"),
    ]
    assert reading.errors[0].suggestion == "12,160.00"
    assert reading.errors[1].reason() == "2026-10-03 is not in 2026-Q3."
    assert reading.bad_rows == {3, 4, 5}
    assert not reading.whole


def test_a_wrong_total_is_an_error() -> None:
    """A sheet whose rows do not add up to its own total is not whole."""
    reading = spending([HEAD, line(), line(), ["合计", None, None, None, 2401.5]])
    (error,) = reading.errors
    assert (error.row, error.column, error.suggestion) == (4, "E 金额", "2,401.00")
    assert reading.stated_total_fen == 240150


def test_page_totals_and_repeated_heads() -> None:
    """A long table has a head and a total on each page."""
    page = [None, None, None, 1200.5]
    rows = [
        HEAD,
        line(),
        ["本页小计", *page],
        HEAD,
        line(),
        ["本页小计", *page],
        ["合计：2,401.00元"],
        ["审核：", "周建民"],
    ]
    reading = spending(rows)
    assert reading.whole, reading.errors
    assert (len(reading.rows), reading.total_fen, reading.stated_total_fen) == (2, 240100, 240100)
    assert [skipped.kind for skipped in reading.skipped] == [
        "subtotal",
        "head",
        "subtotal",
        "total",
        "footer",
    ]


def test_notes_are_left_out_aloud() -> None:
    """A line with a single remark is left out, and the person is told."""
    reading = spending([HEAD, ["一、办公费"], line()])
    assert [(skipped.number, skipped.kind) for skipped in reading.skipped] == [(2, "note")]
    assert [warning.row for warning in reading.warnings] == [2]


def test_the_unit_of_the_sheet_scales_amounts() -> None:
    """单位：万元 above the head counts for every amount that names no unit."""
    rows = [["支出表"], ["单位：万元"], HEAD, line(金额=1.2), line(金额="500元")]
    assert spending(rows).total_fen == 1200000 + 50000


def test_the_sheet_named_after_the_period_is_taken() -> None:
    """Of two full sheets the one of the period is read."""
    other = [HEAD, line(日期="2026.5.1"), line(日期="2026.5.2"), line(日期="2026.5.3")]
    content = xlsx({"第二季度": other, "第三季度": TABLE})
    reading = read_file("t.xlsx", content, catalogue().find("V08"), Period.parse("2026-Q3"))
    assert reading.sheet == "第三季度"
    assert reading.whole
    assert read_file("t.xlsx", content, catalogue().find("V08"), Period.parse("2026-Q2")).sheet == "第二季度"


def test_a_missing_column_is_named_and_a_person_may_choose() -> None:
    """Without a column for the approver nothing is read, until somebody says which column it is."""
    head = [*HEAD[:6], "老周", "备注"]
    reading = spending([head, line()])
    assert [(error.row, error.field) for error in reading.errors] == [(1, "approver")]
    assert "审批人" in reading.errors[0].reason()
    chosen = spending([head, line()], mapping={6: "approver", 7: ""})
    assert chosen.whole
    assert chosen.rows[0].values["approver"] == "周建民"
    assert chosen.columns[7].ours is None


def test_a_head_that_nobody_recognises_can_be_shown() -> None:
    """With the head's row and the columns given by hand, any table can be read."""
    rows: list[list[Cell]] = [["甲", "乙", "丙", "丁", "戊"], ["7月1日", "修路", "35", "王福林", "周建民"]]
    assert not spending(rows).whole
    keys = ["date", "purpose", "amount", "handler", "approver"]
    assert spending(rows, mapping=dict(enumerate(keys)), header_row=1).total_fen == 3500


def test_near_titles_are_told() -> None:
    """A title that is nearly ours is taken, with a warning."""
    reading = spending([[*HEAD[:3], "支出是由", *HEAD[4:]], line()])
    assert reading.whole
    assert [(warning.column, warning.field) for warning in reading.warnings] == [("D 支出是由", "purpose")]


def test_ditto_marks_and_merged_cells_repeat_what_stands_above() -> None:
    """同上 and a cell merged downwards mean the value above, but never for money."""
    book = openpyxl.Workbook()
    for row in [HEAD, line(), line(经手人="同上", 审批人=None), line(金额="同上")]:
        book.active.append(row)
    book.active.merge_cells("G2:G3")
    out = io.BytesIO()
    book.save(out)
    reading = read_file("t.xlsx", out.getvalue(), catalogue().find("V08"), Period.parse("2026-Q3"))
    assert reading.rows[1].values["handler"] == "王福林"
    assert reading.rows[1].values["approver"] == "周建民"
    assert [error.column for error in reading.errors] == ["E 金额"]


def test_pasted_rows() -> None:
    """Rows copied from a spreadsheet are read as a file is."""
    pasted = "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in [HEAD, line()])
    assert read_rows_pasted(pasted, catalogue().find("V08"), Period.parse("2026-Q3")).total_fen == 120050


@pytest.mark.parametrize("item", catalogue().items, ids=lambda item: item.code)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_titles_are_understood_for_every_item(item: object, language: str) -> None:
    """A template made of an item's own field names is matched whole, in both languages."""
    titles = [getattr(field, language) for field in item.fields]  # type: ignore[attr-defined]
    reading = read_file("t.csv", write_csv(titles, []), item, Period.parse("2026"))  # type: ignore[arg-type]
    assert [column.ours for column in reading.columns] == [field.key for field in item.fields]  # type: ignore[attr-defined]


def test_json_says_rows_total_columns_and_errors() -> None:
    """The keys that other programs read."""
    told = as_json(spending([HEAD, line(), line(金额="abc")]))
    assert (told["rows"], told["total_fen"], told["whole"]) == (2, 120050, False)
    ours = [None, "date", "voucher_no", "purpose", "amount", "handler", "approver", "remark"]
    assert told["columns"] == dict(zip(HEAD, ours, strict=True))
    (error,) = told["errors"]  # type: ignore[misc]
    assert {key: error[key] for key in ("sheet", "row", "column", "reason")} == {
        "sheet": "Sheet1", "row": 3, "column": "E 金额", "reason": "“abc” is not an amount we can read.",
    }  # fmt: skip


def test_own_export_reads_back() -> None:
    """An XLSX file that the portal writes can be imported again."""
    content = write_xlsx(HEAD, [[*line()[:1], date(2026, 7, 28), *line()[2:]]])
    assert read_file("t.xlsx", content, catalogue().find("V08"), Period.parse("2026-Q3")).whole


@pytest.mark.parametrize("rows", [1, 386])
def test_a_sheet_of_another_period_is_told_once(rows: int) -> None:
    """Where all dates lie in one other period, that is the one thing wrong, and the period is proposed by name."""
    sheet = [HEAD, *([line()] * rows), ["合计", None, None, None, 1200.5 * rows]]
    reading = spending(sheet, period="2026-Q2")
    (error,) = reading.errors
    assert (error.row, error.reason()) == (None, "All dates lie in 2026-Q3, not in 2026-Q2.")
    assert (str(reading.proposed), str(reading.period)) == ("2026-Q3", "2026-Q2")
    assert as_json(reading)["proposed_period"] == "2026-Q3"
    assert not reading.whole
    assert not reading.bad_rows
    assert (len(reading.rows), reading.total_fen) == (rows, 120050 * rows)
    assert reading.rows[0].values["date"] == "2026-07-28"


def test_other_faults_stand_beside_the_proposal() -> None:
    """What would be wrong in the proposed period as well is told at once, cell by cell."""
    reading = spending([HEAD, line(), line(金额="12,160,00"), line(日期="不详")], period="2025-Q3")
    assert str(reading.proposed) == "2026-Q3"
    assert [(error.row, error.field) for error in reading.errors] == [(None, None), (3, "amount"), (4, "date")]


def test_dates_of_several_periods_are_told_one_by_one() -> None:
    """With one date in the period, or dates of two others, nobody guesses: each wrong date is named."""
    for days in (("2026.7.28", "2026.4.28"), ("2026.4.28", "2026.1.28")):
        reading = spending([HEAD, *(line(日期=day) for day in days)])
        assert reading.proposed is None
        assert {error.field for error in reading.errors} == {"date"}


def test_months_of_another_period_are_told_once() -> None:
    """A table by month is told from its months as one by day is."""
    kinds = {"half-yearly": "2026-H1", "yearly": "2026", "quarterly": "2026-Q1"}
    tables = [one for one in catalogue().items if one.cycle in kinds and one.shape == "table"]
    item = next(one for one in tables if any((field.key, field.type) == ("month", "month") for field in one.fields))
    said = {"month": "2024-05", "money": "12.00", "number": "3", "count": "3", "percent": "5%", "date": "2024-05-02"}
    row = [field.choices[0].zh if field.choices else said.get(field.type, "甲") for field in item.fields]
    pasted = "\t".join(field.zh for field in item.fields) + "\n" + "\t".join(row) + "\n"
    reading = read_rows_pasted(pasted, item, Period.parse(kinds[item.cycle]))
    assert reading.proposed is not None, [error.reason() for error in reading.errors]
    assert reading.proposed.contains(date(2024, 5, 1))
