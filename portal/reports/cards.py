"""The card with sixteen digits for somebody who told it at the counter: printed, handed over, kept by nobody."""

from collections.abc import Mapping
from typing import Any

from portal.core import sheets, typeset

PATH = "/c"
NOTHING = "0" * 16  # printed first as a trial: what can't be printed is not taken down


def data(base_url: str, digits: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Return what `card.typ` is filled with; arguments as in `pdf`. The code leads to the page, never to the case."""
    return {**words, "digits": digits, "address": sheets.address(base_url, PATH),
            "code": sheets.qr_data(base_url.rstrip("/") + PATH)}


def pdf(base_url: str, digits: str, words: Mapping[str, str]) -> bytes:
    """Return a card of A6 with sixteen digits and where to enter them.

    `words`, translated already: `title` (of the document), `heading`, `keep`, `do`, `counter`, `qr` (what the code
    is, for those who hear it), `lang`. Raises Refused for signs that our font lacks.
    """
    return typeset.pdf("card", data(base_url, digits, words))
