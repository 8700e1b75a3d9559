"""Reading and writing tables of every kind that a village sends."""

import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from portal.core import workbooks
from portal.core.tables import MAX_BYTES, read_pasted, read_tables, write_csv, write_xlsx
from portal.core.workbooks import MAX_COLUMNS, MAX_ROWS, TableError, column_letter, column_number

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def rows_of(content: bytes) -> list[list[object]]:
    """Return the rows of a file's only sheet."""
    (sheet,) = read_tables("table", content)
    return [list(row) for row in sheet.rows]


@given(st.lists(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_is_written_as_csv_reads_back(rows: list[list[str]]) -> None:
    """Quotes, line breaks, apostrophes and would-be formulas survive a CSV file."""
    headers = ["a", "b", "c", "d"]
    assert rows_of(write_csv(headers, rows)) == [headers, *rows]


@given(st.text(st.sampled_from("'=+-@\t\r1,.a＝"), min_size=1, max_size=6))
def test_no_written_text_is_a_formula(text: str) -> None:
    """A text cell that a spreadsheet would compute begins with an apostrophe; plain numbers stay numbers."""
    cell = write_csv(["x"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
    inner = cell.removeprefix('"')
    assert inner[0] not in "=@＝\t\r"
    assert inner[0] not in "+-" or inner[1:2].isdigit()


def test_csv_has_a_mark_and_plain_values() -> None:
    """The file begins with the UTF-8 mark; dates are ISO, empty cells empty."""
    content = write_csv(["日期", "金额"], [[date(2026, 7, 28), Decimal("1.50")], [None, 2]])
    assert content == '\ufeff"日期","金额"\r\n"2026-07-28",1.50\r\n"",2\r\n'.encode()


def test_xlsx_text_stays_text() -> None:
    """A text that looks like a formula is stored as text; numbers and dates keep their types."""
    content = write_xlsx(["a", "b", "c"], [["=1+1", 2.5, date(2026, 7, 28)]], sheet="花了[1]")
    assert rows_of(content) == [["a", "b", "c"], ["=1+1", 2.5, date(2026, 7, 28)]]
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A2"].data_type == "s"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "，"])
def test_text_in_every_encoding_and_with_every_mark(encoding: str, mark: str) -> None:
    """Encoding and separator are found without being told; titles without separators do not confuse."""
    lines = [
        "柳河村支出公开表",
        mark.join(["日期", "事由", "金额"]),
        mark.join(["7月28日", '"路灯，维修"', '"1,200"']),
    ]
    assert rows_of("\r\n".join(lines).encode(encoding)) == [
        ["柳河村支出公开表"],
        ["日期", "事由", "金额"],
        ["7月28日", "路灯，维修", "1,200"],
    ]


def test_pasted_rows() -> None:
    """Rows pasted from a spreadsheet come with tabs."""
    assert read_pasted("日期\t金额\n7月28日\t1,200\n\n").rows == [["日期", "金额"], ["7月28日", "1,200"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n",
        b"PK\x03\x04 torn",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 torn",
        b"<html><table><tr><td>1</td></tr></table>",
        b"\xff\xff\xff\xff,\x81",
        b"a" * (MAX_BYTES + 1),
        b"a,b\n" * (MAX_ROWS + 1),
        b",".join([b"a"] * (MAX_COLUMNS + 1)),
    ],
    ids=[
        "empty",
        "blank",
        "pdf",
        "picture",
        "torn zip",
        "torn xls",
        "web page",
        "binary",
        "large",
        "long",
        "wide",
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    """Files that are no bearable table get a sentence that names them."""
    with pytest.raises(TableError, match=r"“x\.csv”"):
        read_tables("x.csv", content)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return out.getvalue()


def ods(body: str) -> bytes:
    """Return an ODS file with these tables."""
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:other="urn:other"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest,
        }
    )


def test_a_zip_that_is_no_spreadsheet_is_refused() -> None:
    """A zipped text document is no table."""
    with pytest.raises(TableError, match="not a table"):
        read_tables("x.docx", zipped({"word/document.xml": b"<a/>"}))


def test_a_zip_bomb_is_refused_though_it_lies_about_its_size() -> None:
    """Sizes are counted while unpacking; the sizes that the zip states are not believed."""
    bomb = bytearray(zipped({"xl/workbook.xml": b"<a/>", "xl/big.bin": bytes(210 * 1024 * 1024)}))
    true_size = struct.pack("<I", 210 * 1024 * 1024)
    assert true_size in bomb
    with pytest.raises(TableError, match="too large when unpacked"):
        read_tables("x.xlsx", bytes(bomb).replace(true_size, struct.pack("<I", 100)))
    assert len(bomb) < MAX_BYTES


@pytest.mark.parametrize(("reference", "said"), [("A1048576", "rows"), ("XFD1", "columns")])
def test_a_cell_far_out_is_refused_before_room_is_made_for_it(reference: str, said: str) -> None:
    """One value in the last row or column would take gigabytes."""
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active[reference] = 1
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(TableError, match=said):
        read_tables("x.xlsx", out.getvalue())


@pytest.mark.parametrize(
    ("row", "cell", "refused"),
    [
        ('table:number-rows-repeated="1048576"', 'office:value-type="float" office:value="1"', True),
        ("", 'table:number-columns-repeated="16384" office:value-type="float" office:value="1"', True),
        ('table:number-rows-repeated="1048000"', 'table:number-columns-repeated="16384"', False),
    ],
)
def test_repeated_cells_of_an_ods(row: str, cell: str, refused: bool) -> None:
    """Repeated values are refused; repeated emptiness, which every ODS ends with, is not."""
    file = ods(
        '<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string">'
        "<text:p>金额</text:p></table:table-cell></table:table-row>"
        f"<table:table-row {row}><table:table-cell {cell}/></table:table-row></table:table>"
    )
    if refused:
        with pytest.raises(TableError):
            read_tables("x.ods", file)
    else:
        assert read_tables("x.ods", file)[0].rows == [["金额"]]


CELLS = (
    '<table:table-cell office:value-type="string" table:number-columns-repeated="%s"><text:p>x</text:p>'
    "</table:table-cell>"
)
FULL = f'<table:table-row table:number-rows-repeated="19000">{CELLS % 50}</table:table-row>'
INNER = "<table:table-row><table:table-cell>%s</table:table-cell></table:table-row>"


@pytest.mark.parametrize(
    "body",
    [
        f'<table:table table:name="a">{FULL}{INNER % "<table:table/>"}</table:table>',
        f'<table:table table:name="a">{INNER % "<table:table-row/>"}</table:table>',
        f'<table:table table:name="a">{INNER % "<table:table-cell/>"}</table:table>',
        f'<table:table table:name="a">{FULL}<other:table/></table:table>',
        f'<table:table table:name="a"><other:table-row>{CELLS % 2}</other:table-row></table:table>',
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="-9"/>{INNER % "x"}</table:table>',
        f'<table:table table:name="a"><table:table-row>{CELLS % -9}</table:table-row></table:table>',
        "".join(f'<table:table table:name="{at}">{FULL}</table:table>' for at in range(2)),
    ],
    ids=["table", "row", "cell", "other table", "other row", "rows below 0", "columns below 0", "many sheets"],
)
def test_no_small_file_unfolds_to_what_kills_a_worker(body: str) -> None:
    """Under 800 bytes each: refused before a library makes room, also where sheets are too large only together."""
    file = ods(body)
    assert len(file) < 1000
    with pytest.raises(TableError):
        workbooks.inspect("x.ods", file)


@pytest.mark.parametrize("path", ["XL/Worksheets/Sheet1.XML", "xl/worksheets/sheet1.bin", "xl\\worksheets\\a.xml"])
def test_no_sheet_hides_under_another_name(path: str) -> None:
    """The library finds a sheet in any case and with any ending; so does the look before it."""
    far = b'<worksheet><sheetData><row><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(TableError, match="more than"):
        workbooks.inspect("x.xlsx", zipped({"xl/workbook.xml": b"<a/>", path: far}))


def test_sheets_of_an_xlsx_are_counted_together() -> None:
    """Each may be large; all of them may not make room for more than a million cells."""
    far = b'<worksheet><sheetData><row><c r="CV6000"><v>1</v></c></row></sheetData></worksheet>'
    one = {"xl/workbook.xml": b"<a/>", "xl/worksheets/": b"", "xl/worksheets/sheet1.xml": far}
    workbooks.inspect("x.xlsx", zipped(one))
    with pytest.raises(TableError, match="in all"):
        workbooks.inspect("x.xlsx", zipped({**one, "xl/worksheets/sheet2.xml": far}))


def test_no_file_holds_more_than_can_be_looked_through() -> None:
    """Every cell is searched for personal numbers: too many of them, or too much text, would take minutes."""
    full = f'<table:table-row table:number-rows-repeated="%s">{CELLS % 150}</table:table-row>'
    sheets = '<table:table table:name="a">%s</table:table><table:table table:name="b">%s</table:table>'
    read_tables("x.ods", ods(sheets % (full % 200, full % 200)))
    with pytest.raises(TableError, match="60000 cells in all"):
        read_tables("x.ods", ods(sheets % (full % 200, full % 201)))
    for read in (lambda text: read_tables("x.csv", text.encode()), read_pasted):
        with pytest.raises(TableError, match="600000 characters"):
            read(("字" * 60_000 + "\n") * 11)
        with pytest.raises(TableError, match="60000 cells in all"):
            read("a,b,c,d\n" * 15_001)


def test_a_zip_with_a_wrong_stream_is_damaged() -> None:
    """A broken stream is told as a file that cannot be read."""
    good = zipped({"xl/workbook.xml": b"<a/>" * 50})
    packed = zlib.compress(b"<a/>" * 50)[2:6]
    at = good.find(packed)
    with pytest.raises(TableError, match="cannot be read"):
        read_tables("x.xlsx", good[: at + 1] + b"\xff\xff\xff" + good[at + 4 :])


@given(st.integers(1, 20_000))
def test_column_letters(number: int) -> None:
    """Letters and numbers of columns are each other's inverse."""
    assert column_number(column_letter(number)) == number


def far_apart(sheets: int) -> bytes:
    """Return an XLS with a value in the first and in the last cell of each sheet."""
    book = xlwt.Workbook()
    for at in range(sheets):
        page = book.add_sheet(f"s{at}")
        page.write(0, 0, 1)
        page.write(65_535, 255, 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repeated(cells: int, signs: int) -> bytes:
    """Return an XLSX in which many cells name the same long text, which stands there once."""
    out, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(made)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    row = "".join(f'<c r="{letter}%d" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ")
    rows = "".join(f'<row r="{at}">{row.replace("%d", str(at))}</row>' for at in range(1, cells // 10 + 1))
    named = (b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
             b' Target="/xl/sharedStrings.xml" Id="rId9"/></Relationships>')
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for path in old.namelist():
            content = old.read(path)
            if "sheet1" in path:
                content = f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>".encode()
            elif "workbook.xml.rels" in path:
                content = content.replace(b"</Relationships>", named)
            new.writestr(path, content)
        new.writestr("xl/sharedStrings.xml", f"<sst {space}><si><t>{'y' * signs}</t></si></sst>")
    return out.getvalue()


def lying() -> bytes:
    """Return an XLS that says of its only sheet that it is four thousand million rows long."""
    file = far_apart(1)
    true = struct.pack("<HHIIHHH", 0x0200, 14, 0, 65_536, 0, 256, 0)
    assert true in file
    return file.replace(true, struct.pack("<HHIIHHH", 0x0200, 14, 0, 2**32 - 1, 0, 65_535, 0))


@pytest.mark.parametrize("make", [lambda: far_apart(1), lambda: far_apart(5), lambda: repeated(100_000, 20_000), lying],
                         ids=["far apart", "sheets far apart", "one text in all cells", "a lie"])
def test_a_small_file_takes_no_memory_of_the_server(make: Callable[[], bytes]) -> None:
    """Some kilobytes that unfold to gigabytes are refused, and the server grows by 40 MB at most; it goes on."""
    file, before = make(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(file) < 300_000
    with pytest.raises(TableError, match=r"more than|too large|cannot be read"):
        read_tables("x", file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def test_formats_that_reach_far_are_no_hindrance() -> None:
    """An honest old file whose colours reach its last row and column is read; only what holds something counts."""
    book, out = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("s")
    page.write(0, 0, "字")
    page.write(65_535, 255)  # nothing but a format
    book.save(out)
    assert rows_of(out.getvalue()) == [["字"]]


def test_sheets_of_an_xls_are_counted_together() -> None:
    """As those of an XLSX: each may be large; all of them may not make room for more than a million cells."""
    def sheets(number: int) -> bytes:
        book, out = xlwt.Workbook(), io.BytesIO()
        for at in range(number):
            page = book.add_sheet(f"s{at}")
            page.write(0, 0, 1)
            page.write(5_999, 99, 1)
        book.save(out)
        return out.getvalue()

    assert len(read_tables("x.xls", sheets(1))[0].rows) == 6_000
    with pytest.raises(TableError, match="1000000 cells in all"):
        read_tables("x.xls", sheets(2))


def test_what_is_read_apart_comes_back_as_it_was() -> None:
    """Numbers, days, moments, truth, emptiness and what stands merged: nothing is changed on its way."""
    book = openpyxl.Workbook()
    row = ["字", 1.1, 12, None, datetime(2026, 11, 25, 10, 30), True, -0.25]  # noqa: DTZ001 - as a cell has it
    book.active.append(row)
    book.active["A2"] = "合"
    book.active.merge_cells("A2:C3")
    out = io.BytesIO()
    book.save(out)
    sheet = read_tables("x.xlsx", out.getvalue())[0]
    assert sheet.rows == [row, ["合"]]
    assert [type(cell) for cell in sheet.rows[0]] == [str, float, float, type(None), datetime, bool, float]
    assert sheet.merged == ((1, 0, 2, 2),)
