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
MAX_REACH = 1_000_000  # cells of all sheets together, empty ones too: a library makes room for each
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


def too_full(name: str, limit: int) -> TableError:
    """Return the refusal of a file whose sheets together hold too much."""
    return TableError(
        N_("“%(name)s” has more than %(limit)s cells in all. Send only the sheet and the rows of one period."),
        name=name,
        limit=limit,
    )


def too_large(name: str) -> TableError:
    """Return the refusal of a file that unfolds to more than can be held."""
    return TableError(N_("“%(name)s” is too large when unpacked."), name=name)


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
        reach = Reach(name)
        for member in members:
            watch = _watch(member.filename, reach)
            for piece in _pieces(content, member):
                left -= len(piece)
                if left < 0:
                    raise too_large(name)
                if watch:
                    watch.feed(piece)
            if watch:
                watch.end()
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


class Reach:
    """How many cells all the sheets of a file make room for. Sheets are added, for none of them is large alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = 0

    def add(self, rows: int, columns: int) -> None:
        """Count a sheet. Raises TableError when it is more than all may have."""
        self.cells += rows * columns
        if self.cells > MAX_REACH:
            raise too_full(self.name, MAX_REACH)


def _watch(path: str, reach: Reach) -> "_SheetWatch | _OdsWatch | None":
    """Return what follows a member: the library finds sheets by their folder, and by names in any case."""
    parts = path.replace("\\", "/").lower().split("/")
    if "worksheets" in parts[:-1] and parts[-1]:
        return _SheetWatch(reach)
    return _OdsWatch(reach) if parts == ["content.xml"] else None


class _SheetWatch:
    """Follows the cells of an XLSX sheet that hold something; refuses one that lies too far out."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.reference = ""
        self.rows = self.columns = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece)

    def end(self) -> None:
        self.parser.Parse(b"", True)  # what ends too early is damaged
        self.reach.add(self.rows, self.columns)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self.reference = attributes.get("r", "")
        elif tag in {"v", "is", "f"} and (match := _REFERENCE.fullmatch(self.reference)):
            self.rows, self.columns = max(self.rows, int(match[2])), max(self.columns, column_number(match[1]))
            if self.rows > MAX_ROWS:
                raise too_many_rows(self.reach.name)
            if self.columns > MAX_COLUMNS:
                raise too_wide(self.reach.name)


class _OdsWatch:
    """Follows an ODS table; refuses rows or cells with content that are repeated too often.

    It reads the names as the library does, with their usual prefix, and refuses what it would read otherwise: a table
    in a table, a row in a row, another prefix.
    """

    PARTS = ("table", "table-row", "table-cell", "covered-table-cell")

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.rows = self.columns = self.row_repeat = self.cell_repeat = 0
        self.last_row = self.last_column = 0
        self.open: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece)

    def end(self) -> None:
        self.parser.Parse(b"", True)  # each table was counted when it ended: there must be no open one

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "p" and self.cell_repeat:
            self._fill()
        if kind not in self.PARTS:
            return
        if tag != f"table:{kind}" or kind in self.open:
            raise ValueError(tag)
        self.open.append(kind)
        if kind == "table":
            self.rows = self.last_row = self.last_column = 0
        elif kind == "table-row":
            self.row_repeat, self.columns = _repeats(attributes.get("table:number-rows-repeated", "1")), 0
        else:
            self.cell_repeat = _repeats(attributes.get("table:number-columns-repeated", "1"))
            if any(key.startswith("office:") for key in attributes):
                self._fill()

    def _fill(self) -> None:
        self.last_column = max(self.last_column, self.columns + self.cell_repeat)
        self.last_row = max(self.last_row, self.rows + self.row_repeat)
        if self.last_column > MAX_COLUMNS:
            raise too_wide(self.reach.name)
        if self.last_row > MAX_ROWS:
            raise too_many_rows(self.reach.name)

    def _end(self, tag: str) -> None:
        kind = tag.rpartition(":")[2]
        if kind not in self.PARTS:
            return
        self.open.remove(kind)
        if kind == "table":
            self.reach.add(self.last_row, self.last_column)
        elif kind == "table-row":
            self.rows += self.row_repeat
        else:
            self.columns += self.cell_repeat
            self.cell_repeat = 0


def _repeats(text: str) -> int:
    """Return how often something is repeated. ValueError where it is no plain number, such as one below 0."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


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
