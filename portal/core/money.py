"""Money as people write it, read into whole fen (1 yuan = 100 fen) and shown again.

Sums are never floats: a fen that goes missing in rounding is a question at the next assembly.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from portal.core.words import N_

LARGEST_FEN = 10**15
YUAN = 100
WAN = Decimal(10_000)
NOTHING = {"-", "--", "—", "——", "–", "−", "/"}
_PREFIX = re.compile(r"^(?:¥|RMB|CNY|人民币)", re.IGNORECASE)
_PER = re.compile(r"(?:元|块)?/[^\d/]{1,6}$")
_UNIT = re.compile(r"(万|千)?(?:元整|元正|圆整|元|圆|块|yuan)?$", re.IGNORECASE)
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_LOST_POINT = re.compile(r"(\d{1,3}(?:,\d{3})*),(\d{2})")
_MANY_POINTS = re.compile(r"(\d{1,3}(?:\.\d{3})+)[.,](\d{2})")
_LETTERS = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1", "。": "."})
SHOWN = 30


class MoneyError(ValueError):
    """An amount that cannot be read. `suggestion` is what was probably meant, as text, or None."""

    def __init__(self, phrase: str, *, suggestion: str | None = None, **params: object) -> None:
        super().__init__(phrase % params if params else phrase)
        self.phrase = phrase
        self.params = params
        self.suggestion = suggestion


def parse_fen(text: str | float | Decimal, *, scale: int = 1) -> int:
    """Return the fen of an amount in yuan, as typed or as a spreadsheet's number cell.

    `scale` is the unit of the column in yuan (10000 for a column titled 万元); an amount that names its own
    unit (3.6万) ignores it. Number cells are rounded half up to the fen, because a formula leaves more digits
    than the sheet shows; typed text with more than two decimals is refused. A lone dash means nothing: 0.
    Raises MoneyError, with a suggestion where there is one.
    """
    if isinstance(text, bool):
        raise MoneyError(N_("This is not an amount."))
    if isinstance(text, int | float | Decimal):
        return _fen_of_number(Decimal(str(text)) * scale)
    return _fen_of_text(text, scale)


def has_more_than_fen(value: object) -> bool:
    """Tell whether a number cell holds parts of a fen, as the result of a formula may."""
    if not isinstance(value, float):
        return False
    return abs(value * YUAN - round(value * YUAN)) > 1e-4


def format_yuan(fen: int) -> str:
    """Return an amount in yuan with thousands and two decimals: 12934050 -> "129,340.50"."""
    yuan, rest = divmod(abs(fen), YUAN)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def plain_yuan(fen: int) -> str:
    """Return an amount in yuan for storage and open data, without thousands: 12934050 -> "129340.50"."""
    return format_yuan(fen).replace(",", "")


def short_yuan(fen: int, language: Literal["zh", "en"]) -> tuple[str, Literal["yuan", "wan", "yi"]]:
    """Return a short number and the key of its unit (yuan, wan = 10,000 yuan, yi = 100 million yuan).

    Chinese counts in 万 and 亿 with one decimal, English in whole yuan; below 100 yuan the fen are kept.
    """
    yuan = Decimal(fen) / YUAN
    if language == "zh" and abs(yuan) >= WAN * WAN:
        return _rounded(yuan / WAN / WAN, "0.1"), "yi"
    if language == "zh" and abs(yuan) >= WAN:
        return _rounded(yuan / WAN, "0.1"), "wan"
    small = abs(fen) < YUAN * YUAN and fen % YUAN
    return _rounded(yuan, "0.01" if small else "1"), "yuan"


def _rounded(value: Decimal, step: str) -> str:
    shown = f"{value.quantize(Decimal(step), ROUND_HALF_UP):,}"
    return shown.removesuffix(".0")


def _fen_of_number(yuan: Decimal) -> int:
    if not yuan.is_finite():
        raise MoneyError(N_("This is not an amount."))
    return _whole(yuan * YUAN)


def _whole(fen: Decimal) -> int:
    if abs(fen) > LARGEST_FEN:
        raise MoneyError(N_("This amount is too large. Check the zeros."))
    return int(fen.quantize(Decimal(1), ROUND_HALF_UP))


def _fen_of_text(text: str, scale: int) -> int:
    tidy = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if tidy in NOTHING:
        return 0
    digits, negative = _sign(tidy)
    digits, unit = _without_units(digits)
    yuan = _digits(digits, shown=text.strip()[:SHOWN], negative=negative)
    fen = yuan * (unit or scale) * YUAN
    if fen != fen.to_integral_value():
        nearest = plain_yuan(_whole(fen))
        raise MoneyError(
            N_("“%(text)s” has parts of a fen. Give yuan with at most two decimals."),
            suggestion=f"-{nearest}" if negative else nearest,
            text=text.strip()[:SHOWN],
        )
    return -_whole(fen) if negative else _whole(fen)


def _sign(tidy: str) -> tuple[str, bool]:
    """Return the amount without its sign, and whether it is negative: -5, ¥-5, (5), 5- are."""
    if tidy.startswith("(") and tidy.endswith(")"):
        return _PREFIX.sub("", tidy[1:-1]), True
    rest = _PREFIX.sub("", tidy)
    if rest[:1] in {"-", "−", "–"}:
        return _PREFIX.sub("", rest[1:]), True
    return rest.removeprefix("+"), False


def _without_units(digits: str) -> tuple[str, int | None]:
    """Return the digits, and the unit in yuan that the amount itself names, if any."""
    digits = _PER.sub("", digits)
    match = _UNIT.search(digits)
    if not match or not match[0]:
        return digits, None
    unit = {"万": 10_000, "千": 1_000, None: 1}[match[1]]
    return digits[: match.start()], unit


def _digits(digits: str, *, shown: str, negative: bool) -> Decimal:
    if _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits):
        try:
            return Decimal(digits.replace(",", ""))
        except InvalidOperation:
            pass
    suggestion = _suggest(digits)
    if suggestion and negative:
        suggestion = f"-{suggestion}"
    if not shown:
        raise MoneyError(N_("The amount is missing."))
    raise MoneyError(N_("“%(text)s” is not an amount we can read."), suggestion=suggestion, text=shown)


def _suggest(digits: str) -> str | None:
    """Return what a mistyped amount probably means: 12,160,00 -> 12,160.00."""
    mended = digits.translate(_LETTERS)
    if lost := _LOST_POINT.fullmatch(mended):
        return f"{lost[1]}.{lost[2]}"
    if many := _MANY_POINTS.fullmatch(mended):
        return f"{many[1].replace('.', ',')}.{many[2]}"
    bare = mended.replace(",", "")
    if bare != digits and _PLAIN.fullmatch(bare):
        return bare
    return None
