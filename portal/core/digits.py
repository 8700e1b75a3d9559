"""Digits that people copy by hand: made with a check digit, shown in fours, read however they were typed.

The check digit is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004): it catches every single
wrong digit and every swap of neighbours.
"""

import hashlib
import secrets
import unicodedata

from stdnum import damm as _damm

CHINESE = {
    sign: digit
    for digit, signs in enumerate(
        ("零〇○◯洞", "一壹幺弌", "二贰貳两兩弍", "三叁參叄参弎", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖勾")
    )
    for sign in signs
}
"""Chinese signs for single digits, with the words of bankers (壹) and of the telephone (幺, 两, 洞, 拐, 勾)."""

KEY_DIGITS = 20
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)}
_CHINESE_TABLE = {ord(sign): str(digit) for sign, digit in CHINESE.items()}
_BLANKS = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_DASHES = "-‐‑‒–—―−_·•.,，。、"
_OUT = dict.fromkeys(map(ord, _BLANKS + _DASHES))


def damm(digits: str) -> str:
    """Return the check digit of a string of decimal digits."""
    return _damm.calc_check_digit(digits)


def make(length: int) -> str:
    """Return `length` digits: `length` - 1 from the system's randomness, then their check digit."""
    digits = "".join(secrets.choice("0123456789") for _ in range(length - 1))
    return digits + damm(digits)


def narrow(text: str) -> str:
    """Return a text with full-width digits (３０) made plain, and nothing else: 10² is no 102."""
    return text.translate(_NARROW)


def tidy(text: str) -> str:
    """Return what was typed with full-width and Chinese digits made plain, blanks and dashes taken out.

    Whatever else was typed stays, so that `holds` refuses it.
    """
    if text.isascii() and text.isdigit():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_CHINESE_TABLE).translate(_OUT)
    return "".join(plain.split())


def holds(digits: str, length: int) -> bool:
    """Tell whether tidied digits have the right length and a check digit that fits."""
    return len(digits) == length and digits.isascii() and digits.isdigit() and _damm.checksum(digits) == 0


def of_key(label: bytes, public: bytes) -> str:
    """Return the digits by which people compare a public key on paper: 20 of its hash, in groups of four.

    `label` tells what the key is for, so that no key has the same digits as one for something else.
    """
    number = int.from_bytes(hashlib.sha256(label + public).digest(), "big")
    return " ".join(groups(str(number % 10**KEY_DIGITS).zfill(KEY_DIGITS)))


def whole(text: str, most: int) -> int | None:
    """Return a whole number from 0 to `most` that a form carries in plain digits, None for whatever else stands there.

    Not every digit of str.isdigit can be read by int, and int refuses more than 4,300 of them.
    """
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    return int(text) if plain and int(text) <= most else None


def groups(digits: str, size: int = 4) -> list[str]:
    """Return the digits in groups for reading aloud; the last one may be shorter."""
    return [digits[start : start + size] for start in range(0, len(digits), size)]
