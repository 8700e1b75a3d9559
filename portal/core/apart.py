"""Reads a spreadsheet in a process of its own, which may take so much memory and time and no more.

A file of a few kilobytes can make a library take gigabytes: two cells in the far corners of an old XLS file, one long
text that a million cells repeat, lengths that are lies. Whatever goes wrong ends that process and not the server.

This file is also that process's program: it imports nothing of the portal, and what it reads touches no disk.
"""

import io
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Any

import python_calamine

MEMORY = 768 * 1024 * 1024  # bytes of addresses: an honest XLS whose formats reach its last cell reserves 640 MB
SECONDS = 20  # of computing
LONGEST = 60  # seconds until it is given up
AT_ONCE = 2

_turns = BoundedSemaphore(AT_ONCE)


class NotRead(Exception):
    """Why a spreadsheet was not read: a bound's name, `password`, `damaged`, or `large` for all that it would take."""


def read(content: bytes, bounds: Mapping[str, int]) -> list[tuple[str, list[list[Any]], list[list[int]]]]:
    """Return a spreadsheet's sheets: name, rows without empty ends, merged ranges (first and last row and column).

    `bounds`: `rows` and `columns` of a sheet; of all sheets together the `reach`, which is how many cells they make
    room for, and how many `cells` and `signs` they hold. Raises NotRead.
    """
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - this very file
                [sys.executable, "-I", __file__, json.dumps(dict(bounds))],
                input=content, capture_output=True, timeout=LONGEST, check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotRead("large") from error
    if done.returncode != 0:  # its memory or its time was over
        raise NotRead("large")
    told = json.loads(done.stdout)
    if isinstance(told, str):
        raise NotRead(told)
    return [(name, [[_cell(value) for value in row] for row in rows], merged) for name, rows, merged in told]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        kind, text = value
        return datetime.fromisoformat(text) if kind == "moment" else date.fromisoformat(text)
    return value


# In the process of its own.


def main() -> None:
    """Read standard input, and write the sheets as JSON, or the reason why not as a JSON string."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what people sent must not be left in a file
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        told: Any = _sheets(sys.stdin.buffer.read(), json.loads(sys.argv[1]))
    except NotRead as refused:
        told = refused.args[0]
    except MemoryError:
        told = "large"
    except python_calamine.PasswordError:
        told = "password"
    except BaseException:  # noqa: BLE001 - the library panics at some of what is damaged, which is no Exception
        told = "damaged"
    sys.stdout.write(json.dumps(told, default=_dated))


def _dated(value: Any) -> list[str]:
    return ["moment" if isinstance(value, datetime) else "date", value.isoformat()]


def _sheets(content: bytes, bounds: dict[str, int]) -> list[Any]:
    left = {name: bounds[name] for name in ("reach", "cells", "signs")}
    found = []
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            for name, size in (("rows", sheet.total_height), ("columns", sheet.total_width)):
                if size > bounds[name]:
                    raise NotRead(name)
            _take(left, "reach", sheet.total_height * sheet.total_width)
            rows = [[_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            filled = [cell for row in rows for cell in row if cell is not None]
            merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or ()]
            _take(left, "cells", len(filled) + len(merged))
            _take(left, "signs", sum(len(cell) for cell in filled if isinstance(cell, str)))
            found.append((about.name, trimmed(rows), merged))
    return found


def _take(left: dict[str, int], name: str, number: int) -> None:
    left[name] -= number
    if left[name] < 0:
        raise NotRead(name)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Drop the empty cells at the end of each row and the empty rows at the end."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


if __name__ == "__main__":
    main()
