"""A private key in three shares on paper, a ballot box's or an office's: any two open it, one alone tells nothing.

Shamir's scheme (A. Shamir, How to share a secret, 1979) as pycryptodome has it shares 16 bytes; the two halves of the
32-byte key are shared side by side. A share is written as four lines of 20 digits and a check digit (Damm's) over
share, line and digits: a wrong digit, a swap of neighbours and a line in another's place are all found while typing.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from Crypto.Protocol.SecretSharing import Shamir
from nacl.public import PrivateKey

from portal.core.digits import damm, groups, of_key, tidy

NEEDED, SHARES = 2, 3
HALF, LINE, LINES = 16, 8, 4  # bytes of half a key and of one line, lines of a share
LINE_DIGITS = 20
FIRST = {"box": "share of the key of a ballot box", "office": "share of the key of an office"}
WRITTEN = re.compile(r"(?mi)^\s*(?P<thing>box|office)\s*[:：]?\s*(?P<box>[\d\s]+?)\s*$")
NUMBER = re.compile(r"(?mi)^\s*share\s*[:：]?\s*(?P<number>[1-3])\b")


class ShareError(ValueError):
    """A share can't be used; the message is one clear sentence."""


@dataclass(frozen=True)
class Share:
    """One of three shares. `box` is the fingerprint of the key that it belongs to: 20 digits in groups of four.

    `thing` says whose key that is: a "box", or an "office".
    """

    box: str
    number: int
    secret: bytes
    thing: str = "box"

    @property
    def lines(self) -> list[str]:
        """Return the four lines of digits to print and type, each ending with its check digit."""
        parts = [self.secret[at : at + LINE] for at in range(0, LINE * LINES, LINE)]
        return [_line(self.number, at, part) for at, part in enumerate(parts, start=1)]

    @property
    def text(self) -> str:
        """Return the share as it is written to a file; `read` reads it, typed again from paper too."""
        body = "\n".join(f"{at}: {line}" for at, line in enumerate(self.lines, start=1))
        opens = f"share {self.number} of {SHARES}, any {NEEDED} open the {self.thing}"
        return f"{FIRST[self.thing]}\n{self.thing} {self.box}\n{opens}\n{body}\n"


def _line(number: int, at: int, part: bytes) -> str:
    digits = str(int.from_bytes(part, "big")).zfill(LINE_DIGITS)
    return " ".join([*groups(digits), damm(f"{number}{at}{digits}")])


def _fingerprint(private: PrivateKey, thing: str) -> str:
    return of_key(thing.encode() + b"|", bytes(private.public_key))


def split(private: PrivateKey, thing: str = "box") -> list[Share]:
    """Return three shares of a private key."""
    secret, box = bytes(private), _fingerprint(private, thing)
    first, second = (dict(Shamir.split(NEEDED, SHARES, half, ssss=False)) for half in (secret[:HALF], secret[HALF:]))
    return [Share(box, number, first[number] + second[number], thing) for number in sorted(first)]


def combine(one: Share, two: Share) -> PrivateKey:
    """Return the private key that two shares make. Raises ShareError, naming the box of a share that does not fit."""
    thing = one.thing
    if (thing, one.box) != (two.thing, two.box):
        what = {"box": "boxes", "office": "offices"}[thing] if two.thing == thing else "keys"
        message = (f"these shares are of two {what}: share {one.number} is of {thing} {one.box}, share {two.number} of "
                   f"{two.thing} {two.box}")
        raise ShareError(message)
    if one.number == two.number:
        message = f"this is share {one.number} twice: two different shares open the {thing}"
        raise ShareError(message)
    halves = [
        Shamir.combine([(each.number, each.secret[part]) for each in (one, two)], ssss=False)
        for part in (slice(0, HALF), slice(HALF, None))
    ]
    private = PrivateKey(b"".join(halves))
    if _fingerprint(private, thing) != one.box:
        message = (f"shares {one.number} and {two.number} do not make the key of {thing} {one.box}: one of them is no "
                   "share of it")
        raise ShareError(message)
    return private


def parse(text: str) -> Share:
    """Return a share from its text, however it was spaced. Raises ShareError, naming the line that is mistyped."""
    box, number = WRITTEN.search(text), NUMBER.search(text)
    digits = tidy(box["box"]) if box else ""
    if number is None or len(digits) != LINE_DIGITS:
        message = "this is not a share: a line “box” or “office” with 20 digits and a line “share” are missing"
        raise ShareError(message)
    which = int(number["number"])
    secret = b"".join(_read_line(text, which, at) for at in range(1, LINES + 1))
    return Share(" ".join(groups(digits)), which, secret, box["thing"].lower() if box else "box")


def _read_line(text: str, number: int, at: int) -> bytes:
    found = re.search(rf"(?m)^\s*{at}\s*[:：](.*)$", text)
    typed = tidy(found[1]) if found else ""
    digits, check = typed[:LINE_DIGITS], typed[LINE_DIGITS:]
    plain = len(digits) == LINE_DIGITS and digits.isascii() and digits.isdigit()
    if not plain or check != damm(f"{number}{at}{digits}") or int(digits) >= 1 << 8 * LINE:
        message = f"line {at} of share {number} is mistyped: compare it with the paper, group by group"
        raise ShareError(message)
    return int(digits).to_bytes(LINE, "big")


def read(path: Path) -> Share:
    """Return the share in a file. Raises ShareError, which names the file."""
    try:
        return parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read: give the file of a share"
        raise ShareError(message) from error
    except ShareError as error:
        message = f"{path}: {error}"
        raise ShareError(message) from error


def require_new(folder: Path, names: Sequence[str]) -> None:
    """Raise ShareError when one of these files exists: nothing is ever overwritten."""
    there = [folder / name for name in names if (folder / name).exists()]
    if there:
        message = f"{there[0]} exists already: a share is never overwritten, name another folder"
        raise ShareError(message)


def write(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write new files that only their owner can read into a folder, made when it is missing. Raises ShareError."""
    require_new(folder, [name for name, _ in files])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in files:
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
