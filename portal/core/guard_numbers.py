"""What a row of digits can be: an identity number, a card, a phone, or an honest figure. Pure; digits in, truth out."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from stdnum import luhn
from stdnum.cn import ric, uscc

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 81 82 83"
PROVINCES = frozenset(_PROVINCES.split())
"""GB/T 2260 codes of provinces, and 81 to 83 of the residence permits for Hong Kong, Macau and Taiwan."""

FIRST_BIRTH, LAST_BIRTH = 1890, 2039
OLDEST_SHORT = 27  # a 15-digit number of 1999 or before: whoever was born in 1926 or earlier hardly has one
CARD_LENGTHS = range(16, 20)
_CARD_STARTS = ("62", "9558", "9559", "6013", "436742", "456351")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([2-8]\d{6,7})")
_LONG_LOCAL = ("010", "02")  # cities whose own numbers have eight digits
_DAY = re.compile(r"(19[5-9]\d|20[0-4]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"19[5-9]\d|20[0-4]\d")
_NOISE = re.compile(r"0{6,}|9{7,}")  # what binary floats leave behind a point


def identity_birth(digits: str) -> int | None:
    """Return the year of birth of what looks like an identity number (18 signs, or 15 of before 1999), else None.

    Region and birth date decide; the check digit does not, because a mistyped number tells as much.
    """
    if digits[:2] not in PROVINCES:
        return None
    if len(digits) == 15 and digits.isdigit():
        year = int(digits[6:8])
        return 1900 + year if year >= OLDEST_SHORT and _is_day(1900 + year, digits[8:12]) else None
    if len(digits) != 18 or not digits[:17].isdigit() or digits[17] not in "0123456789X":
        return None
    year = int(digits[6:10])
    return year if FIRST_BIRTH <= year <= LAST_BIRTH and _is_day(year, digits[10:14]) else None


def identity_checks(digits: str) -> bool:
    """Tell whether the check digit of an 18-digit identity number fits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return bool(ric.calc_check_digit(digits) == digits[17])


def is_organisation(code: str) -> bool:
    """Tell whether this is a unified social credit code (GB 32100-2015), and not a card that passes by chance."""
    if code.isdigit() and (has_card_start(code) or code[2:4] not in PROVINCES | {"10"}):
        return False
    return bool(uscc.is_valid(code))


def has_card_start(digits: str) -> bool:
    """Tell whether 16 to 19 digits begin as cards of Chinese banks do."""
    return len(digits) in CARD_LENGTHS and digits.startswith(_CARD_STARTS)


def is_luhn(digits: str) -> bool:
    """Tell whether 16 to 19 digits pass the check of bank cards (ISO/IEC 7812-1) and do not begin with a day."""
    if len(digits) not in CARD_LENGTHS or digits.startswith("000") or is_day(digits[:8]):
        return False
    return bool(luhn.is_valid(digits))


def is_mobile(digits: str) -> bool:
    """Tell whether this is a mobile number of 11 digits."""
    return _MOBILE.fullmatch(digits) is not None


def landline_area(digits: str) -> str | None:
    """Return the area code of a landline number written with it (10 to 12 digits), else None."""
    match = _LANDLINE.fullmatch(digits)
    if not match or is_day(match[2]):
        return None
    needs = (8,) if match[1].startswith(_LONG_LOCAL) else (7, 8)
    return match[1] if len(match[2]) in needs else None


def is_day(digits: str) -> bool:
    """Tell whether eight digits are a day of our time, as 20260728."""
    match = _DAY.fullmatch(digits)
    return match is not None and _is_day(int(match[1]), digits[4:])


def is_year(digits: str) -> bool:
    """Tell whether four digits are a year of our time."""
    return _YEAR.fullmatch(digits) is not None


def is_noise(digits: str) -> bool:
    """Tell whether digits behind a point are what a computer's fractions leave, as in 12.18999999999."""
    return _NOISE.search(digits) is not None


def are_figures(pieces: Sequence[str]) -> bool:
    """Tell whether neighbouring pieces are honest figures: a day, round sums, years beside round sums, or 1 3 5 7 9."""
    if any(is_day(piece) for piece in pieces):
        return True
    if any(len(piece) > 1 and piece.startswith("0") for piece in pieces):
        return False
    big = [piece for piece in pieces if len(piece) > 3]
    if len(big) > 1 and all(piece.endswith("00") or is_year(piece) for piece in big):
        return True
    values = [int(piece) for piece in pieces]
    steps = {after - before for before, after in pairwise(values)}
    return len(pieces) > 4 and len(steps) == 1


def _is_day(year: int, month_day: str) -> bool:
    try:
        date(year, int(month_day[:2]), int(month_day[2:]))
    except ValueError:
        return False
    return True
