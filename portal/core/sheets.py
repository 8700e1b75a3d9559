"""Sheets that several features print: slips with secret digits, and a digest on one page of A4.

No template and nothing here holds a word of any language: whoever calls hands in sentences that are already
translated. Every text is printed as it stands, whatever signs it holds. All of these raise Refused when the
font lacks a character (see `portal.core.typeset.pdf`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from portal.core import qr, typeset

SLIP_DIGITS = 20
GREEN = "#17603f"


def address(base_url: str, path: str = "") -> str:
    """Return an address as people type it, without the scheme: cun.example/vote."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}{path}"


def qr_data(url: str) -> dict[str, Any]:
    """Return a QR code for a template: the URL, its dark runs as an SVG path, modules a side, blank ones around."""
    path, side = qr.svg_path(url)
    return {"url": url, "path": path, "side": side, "quiet": qr.QUIET}


def slips_data(
    *, heading: str, village: str, round_title: str, electorate: str, colour: str, base_url: str, path: str,
    codes: Sequence[str], words: Mapping[str, str], stubs: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the data of `slips.typ`; arguments as in `slips_pdf`. ValueError for a code without 20 digits."""
    for code in codes:
        if len(code) != SLIP_DIGITS or not (code.isascii() and code.isdigit()):
            message = f"a slip carries {SLIP_DIGITS} digits"  # never the code itself
            raise ValueError(message)
    url = base_url.rstrip("/") + path
    return {
        "heading": heading, "village": village, "round": round_title, "electorate": electorate, "colour": colour,
        "address": address(base_url, path), "accent": GREEN, "lang": "zh", "qr": "QR", **words,
        "slips": [{"code": code, "stub": stub, **qr_data(f"{url}#{code}")}
                  for code, stub in zip(codes, stubs or [""] * len(codes), strict=True)],
    }


def slips_pdf(
    *, heading: str, village: str, round_title: str, electorate: str, colour: str, base_url: str, path: str,
    codes: Sequence[str], words: Mapping[str, str], stubs: Sequence[str] = (),
) -> bytes:
    """Return A4 pages of slips, eight to a page, with lines to cut along and no number or order on any of them.

    `heading` says what the paper is (选票, 说话票), `village` and `round_title` whose and which one (柳河村,
    2026 年“三票”评议), `electorate` who draws it (群众票; "" leaves the bar out), `colour` the word for the
    paper that it is printed on (绿纸; "" leaves it out). `path` is where the digits are entered: "/vote",
    "/v/<code>/say"; each QR code holds `<base_url><path>#<digits>`. `codes` are the 20 digits of each slip, in
    the order in which they are printed: shuffle them before. `stubs` are the digits of stubs to tear off, one for
    each code; none leaves the stubs out.

    `words`, all needed unless marked:
    - `title`: title of the document (it must not hold a code);
    - `do`: what to do; the address stands right below it (扫码，或者打开下面的网址，输入这 20 个数字。);
    - `private`: that typing is the more private way (输数字更私密。);
    - `stub` (only with stubs): what the stub is for (撕下来自己留着。票丢了：);
    - `rest`: once only, until when, no name, not for others;
    - `lang` (zh): language of the text; `qr` (QR): what the code is, for those who hear the page;
    - `accent` (#17603f): colour of bars.
    """
    return typeset.pdf("slips", slips_data(
        heading=heading, village=village, round_title=round_title, electorate=electorate, colour=colour,
        base_url=base_url, path=path, codes=codes, words=words, stubs=stubs,
    ))


def digest_pdf(data: Mapping[str, Any]) -> bytes:
    """Return a digest on exactly one page of A4: it takes smaller type, then fewer lines, until all fits.

    `data`, texts unless marked; an absent or empty list leaves its part out:
    - `lang`: "zh" or "en"; `title`: title of the document;
    - `heading` (清溪镇，11 月 17 日到 23 日), `sub`: for whom, and what to bear in mind;
    - `counts`: list of {`value`, `label`}, at most seven of them look well;
    - `sections`: list of {`heading`, `none`: what to say where nothing is in it, `items`: list of
      {`when`: a day or how late, `late`: bool, `what`: 柳河村：水电费, `detail`: "" or a second line,
      `act`: "" or what is asked}};
    - `tables`: list of {`heading`, `columns`: list, `rows`: list of lists, as long as `columns`, `note`};
    - `more`: "{n} more", where {n} becomes how many lines of a list found no room (另有 {n} 条，见办公桌);
    - `foot`: last line, such as the address of the desk and the digits of the log.
    """
    return typeset.pdf("digest", data)
