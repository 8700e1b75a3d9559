"""Printed sheets: a typst template and the data for it become a PDF (for paper) or a PNG (to look at).

Data reach a template only as one JSON text, so that markup in what people wrote stays text. Templates read
nothing outside their own folder; the one font is ours, so that a sheet looks the same on every machine, and
the same input gives the same bytes.
"""

import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import typst

from portal.core.cores import every_core
from portal.core.errors import Refused
from portal.core.turns import away
from portal.core.words import N_

PORTAL = Path(__file__).resolve().parent.parent
TEMPLATES = PORTAL / "templates" / "print"
FONTS = PORTAL / "fonts"
FONT = FONTS / "NotoSansSC-portal.ttf"
WITHOUT_INK = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
MOST_NAMED = 20


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF of `templates/print/<template>.typ` filled with `data` (whatever JSON can hold).

    Raises Refused, naming the characters, when the font lacks some: a box instead of somebody's name is
    noticed only on the wall.
    """
    missing = missing_glyphs("".join(_texts(data)))
    if missing:
        raise Refused(
            N_("Our font can’t print these characters: %(characters)s. Write them another way, or ask for them to be "
               "added to the font."),
            characters="、".join(missing[:MOST_NAMED]),
        )
    return _compile(template, data, "pdf")[0]


def png(template: str, data: Mapping[str, Any], page: int = 0, ppi: float = 100) -> bytes:
    """Return one page (counted from 0) of the same sheet as a picture, `ppi` pixels an inch."""
    return _compile(template, data, "png", ppi)[page]


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` that the font lacks, each once, in the order in which they stand."""
    held = _held()
    lacking = [char for char in dict.fromkeys(text) if ord(char) not in held]
    return "".join(char for char in lacking if unicodedata.category(char) not in WITHOUT_INK)


def _compile(template: str, data: Mapping[str, Any], kind: Literal["pdf", "png"], ppi: float = 100) -> list[bytes]:
    with away(), every_core():
        made = typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format=kind,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            timestamp=0,  # a sheet carries its own day; the moment of typesetting would make every copy another file
        )
    several = cast("bytes | list[bytes]", made)  # pictures come as a list when there are several pages
    return several if isinstance(several, list) else [several]


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a structure of mappings and sequences."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


@cache
def _held() -> frozenset[int]:
    """Return the code points in the font's `cmap` table (OpenType 1.9: subtable format 12)."""
    font = FONT.read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">L", font, start + 4 + 8 * number + 4)[0]
        if struct.unpack_from(">H", font, at)[0] != 12:
            continue
        for group in range(struct.unpack_from(">L", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">LLL", font, at + 16 + 12 * group)
            found.update(range(first, last + 1))
    return frozenset(found)
