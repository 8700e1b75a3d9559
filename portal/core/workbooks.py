"""Looks through a zipped spreadsheet before anything unpacks it: how large it grows, how far its cells reach.

A spreadsheet library makes room for every cell between the first and the last one. A file of a few kilobytes
can name a cell in row 1,048,576, repeat one cell sixteen thousand times, or unpack to gigabytes; so sizes are
counted here by unpacking in pieces, and positions by walking the sheets' XML.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from portal.core.errors import Refused
from portal.core.words import N_

MAX_UNZIPPED = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
PIECE = 256 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class TableError(Refused):
    """A file that cannot be taken as a table, with the sentence that says why and what to do."""


def too_many_rows(name: str) -> TableError:
    """Return the refusal of a table with too many rows."""
    return TableError(
        N_("“%(name)s” has more than %(limit)s rows. Send the rows of one period only."),
        name=name,
        limit=MAX_ROWS,
    )


def too_wide(name: str) -> TableError:
    """Return the refusal of a table with too many columns."""
    return TableError(
        N_("“%(name)s” has more than %(limit)s columns. Delete the ones that are not needed."),
        name=name,
        limit=MAX_COLUMNS,
    )


def inspect(name: str, content: bytes) -> None:
    """Raise TableError unless the zip is a sound XLSX or ODS of a bearable size."""
    damaged = TableError(
        N_("“%(name)s” cannot be read. Open it in a spreadsheet program and save it as XLSX."), name=name
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
        names = {member.filename for member in members}
        if not names & {"xl/workbook.xml", "content.xml"}:
            raise TableError(N_("“%(name)s” is not a table. Send an XLSX, XLS, ODS or CSV file."), name=name)
        left = MAX_UNZIPPED
        for member in members:
            watch = _watch(member.filename, name)
            for piece in _pieces(content, member):
                left -= len(piece)
                if left < 0:
                    raise TableError(N_("“%(name)s” is too large when unpacked."), name=name)
                if watch:
                    watch.feed(piece)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        expat.ExpatError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise damaged from error


def _pieces(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one member in pieces, trusting none of the sizes that it states."""
    header = _LOCAL_HEADER.unpack_from(content, member.header_offset)
    start = member.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    packed = content[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(member.filename)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed:
        yield inflater.decompress(packed, PIECE)
        packed = inflater.unconsumed_tail


def _watch(path: str, name: str) -> "_SheetWatch | _OdsWatch | None":
    if path.startswith("xl/worksheets/") and path.endswith(".xml"):
        return _SheetWatch(name)
    return _OdsWatch(name) if path == "content.xml" else None


class _SheetWatch:
    """Follows the cells of an XLSX sheet that hold something; refuses one that lies too far out."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reference = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self.reference = attributes.get("r", "")
        elif tag in {"v", "is", "f"} and (match := _REFERENCE.fullmatch(self.reference)):
            if int(match[2]) > MAX_ROWS:
                raise too_many_rows(self.name)
            if column_number(match[1]) > MAX_COLUMNS:
                raise too_wide(self.name)


class _OdsWatch:
    """Follows an ODS table; refuses rows or cells with content that are repeated too often."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = self.columns = self.row_repeat = self.cell_repeat = 0
        self.filled = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "table":
            self.rows = 0
        elif kind == "table-row":
            self.row_repeat = int(attributes.get("table:number-rows-repeated", 1))
            self.columns, self.filled = 0, False
        elif kind in {"table-cell", "covered-table-cell"}:
            self.cell_repeat = int(attributes.get("table:number-columns-repeated", 1))
            if any(key.startswith("office:") for key in attributes):
                self._fill()
        elif kind == "p":
            self._fill()

    def _fill(self) -> None:
        self.filled = True
        if self.columns + self.cell_repeat > MAX_COLUMNS:
            raise too_wide(self.name)
        if self.rows + self.row_repeat > MAX_ROWS:
            raise too_many_rows(self.name)

    def _end(self, tag: str) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "table-row":
            self.rows += self.row_repeat
        elif kind in {"table-cell", "covered-table-cell"}:
            self.columns += self.cell_repeat


def column_number(letters: str) -> int:
    """Return a column's number from 1: A -> 1, AA -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letter(number: int) -> str:
    """Return a column's letters from its number, counted from 1: 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
