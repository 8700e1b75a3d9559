"""QR codes as one small SVG path, for walls and slips: error level Q, a quarter of it may be torn or wet.

Nothing is kept: what a slip's code says is a secret.
"""

from itertools import groupby

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET = 4
"""Blank modules around the code (ISO/IEC 18004, 9.1)."""


def matrix(text: str) -> list[list[bool]]:
    """Return the rows of modules, True where dark, with the quiet zone of four light modules all around."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg_path(text: str) -> tuple[str, int]:
    """Return the path data of the dark modules, one unit each, and the units a side, quiet zone included.

    Use it as `<svg viewBox="0 0 side side"><path d="…"/></svg>` on a light ground.
    """
    rows = matrix(text)
    return "".join(_runs(row, y) for y, row in enumerate(rows)), len(rows)


def _runs(row: list[bool], y: int) -> str:
    """Return the dark runs of a row, neighbours merged so that no hairlines show between modules."""
    path, x = [], 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            path.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(path)
