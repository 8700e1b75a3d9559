"""Five in a hundred, drawn by lot, are rung and asked two things. Which ones, and what is shown of the answers. Pure.

Nobody can choose whom to ring, or know it beforehand: the lot follows from a secret that was bound into the rules
before the vote (its hash), and from the log's entry of the close, which nobody knew at that time. Both are published
with the answers, so that whoever holds the roll can draw again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portal.ballots.rules import ELECTORATES

Kind = Literal["exact", "few", "most", "same", "none"]


def promise(secret: bytes) -> str:
    """Return what binds a secret before it is told: its SHA-256 (hex)."""
    return hashlib.sha256(secret).hexdigest()


def seed(secret: bytes, closing: bytes) -> bytes:
    """Return the seed of a round: SHA-256 over the secret and the hash of the log's entry of its close."""
    return hashlib.sha256(secret + closing).digest()


def number(size: int, share: int) -> int:
    """Return how many of `size` people are rung: `share` in a hundred, rounded up."""
    return -(-size * share // 100)


def drawn(the_seed: bytes, electorate: str, size: int, share: int) -> list[int]:
    """Return the places on an electorate's roll, from 1, that are rung.

    Each place gets SHA-256(seed | electorate | ":" | place in decimal digits); those with the smallest are drawn.
    """
    def lot(place: int) -> bytes:
        return hashlib.sha256(the_seed + f"{electorate}:{place}".encode()).digest()

    return sorted(sorted(range(1, size + 1), key=lot)[: number(size, share)])


def all_drawn(the_seed: bytes, sizes: Mapping[str, int], share: int) -> dict[str, list[int]]:
    """Return who is rung of each electorate that votes."""
    return {each: drawn(the_seed, each, sizes[each], share) for each in ELECTORATES if sizes.get(each)}


@dataclass(frozen=True)
class Shown:
    """What is shown of one number.

    `exact`: the number itself; `few`: that it is below the least cell; `most`: all, or all but fewer than that;
    `same`: as many as the one before, give or take fewer than that; `none`: nothing.
    """

    kind: Kind
    number: int = 0


def _of(part: int, whole: int, least: int, surely: int) -> Shown:
    """Show a part of a whole of which the reader knows that it is at least `surely`."""
    if surely < 2 * least - 1:
        return Shown("none")
    if part < least:
        return Shown("few")
    return Shown("most") if min(surely, whole) - part < least else Shown("exact", part)


def shown(called: int, answered: int, own: int, self_: int, least: int) -> tuple[Shown, Shown, Shown]:
    """Return what is shown of who answered, who got the slip and who filled it in: no cell below `least` follows.

    `called` is known to everybody. A cell is also who did not answer, who did not say yes, and the difference between
    the two answers.
    """
    first = _of(answered, called, least, called)
    surely = {"exact": answered, "most": called - least + 1}.get(first.kind, 0)
    second = _of(own, answered, least, surely)
    if second.kind == "none":
        return first, second, Shown("none")
    return first, second, _beside(second, _of(self_, answered, least, surely), own - self_, least, surely)


def _beside(second: Shown, third: Shown, apart: int, least: int, surely: int) -> Shown:
    """Show the second question's answer so that the difference to the first one's tells of fewer than `least` nothing.

    `apart` is that difference. The edges below are where the three numbers together would leave a single possibility.
    """
    room = 2 * least - 1  # so far from the first answer, every number below `least` stays possible
    if second.kind != "exact":
        if second.kind == third.kind:
            return third
        lowest, highest = (0, surely - room) if second.kind == "most" else (room, surely)
        if third.kind == "exact":
            return third if lowest <= third.number <= highest else Shown("none")
        return third if surely >= room + least - 1 else Shown("none")
    if abs(apart) < least:
        return Shown("same")
    far = {"few": second.number >= room, "most": second.number <= surely - room}.get(third.kind, True)
    return third if far else Shown("same")
