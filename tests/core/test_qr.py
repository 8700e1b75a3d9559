"""QR codes, read back by a reader that knows nothing of how they were made."""

import re

import pytest
import zxingcpp
from PIL import Image

from portal.core import qr

TEXTS = ["https://village.example/v/610826100201", "http://127.0.0.1:8000/vote#12345678901234567890", "柳河村", "a"]


def read(side: int, dark: set[tuple[int, int]]) -> zxingcpp.Barcode:
    """Read the code that the dark modules make."""
    image = Image.new("L", (side, side), 255)
    for place in dark:
        image.putpixel(place, 0)
    (found,) = zxingcpp.read_barcodes(image.resize((side * 5, side * 5), Image.Resampling.NEAREST))
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_the_matrix_is_read(text: str) -> None:
    """A reader finds the text, at error level Q."""
    rows = qr.matrix(text)
    found = read(len(rows), {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark})

    assert found.text == text
    assert found.ec_level == "Q"


@pytest.mark.parametrize("text", TEXTS)
def test_the_path_draws_the_matrix(text: str) -> None:
    """The path fills exactly the dark modules, in runs that do not touch each other in a row."""
    path, side = qr.svg_path(text)
    dark = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert width == back
        dark |= {(int(x) + step, int(y)) for step in range(int(width))}

    assert re.fullmatch(r"(?:M\d+ \d+h\d+v1h-\d+z)+", path)
    assert dark == {(x, y) for y, row in enumerate(qr.matrix(text)) for x, is_dark in enumerate(row) if is_dark}
    assert read(side, dark).text == text


def test_the_quiet_zone_is_four_modules() -> None:
    """Nothing dark stands nearer than four modules to any edge."""
    rows = qr.matrix("柳河村")
    edge = qr.QUIET

    assert edge == 4
    assert not any(any(row) for row in rows[:edge] + rows[-edge:])
    assert not any(any(row[:edge]) or any(row[-edge:]) for row in rows)


def test_a_torn_code_is_still_read() -> None:
    """A corner of the data may be gone."""
    rows = qr.matrix(TEXTS[0])
    side = len(rows)
    gone = {(x, y) for x in range(side - 12, side - 4) for y in range(side - 12, side - 4)}
    dark = {(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark}

    assert read(side, dark - gone).text == TEXTS[0]
