"""Finds numbers of persons that must never be public: identity numbers, bank cards, phones, however disguised.

"Always forbidden in any class" of openness (Personal Information Protection Law, Art. 28). A finding tells kind
and place, never the number. What only looks like one gets the verdict "warn" and stops nobody.

A text goes through five steps, each a file: `guard_reading` takes off what hides digits, `guard_signs` turns every
sign into a digit or what stands between, `guard_shapes` groups digits as people write numbers, `guard_numbers` says
what a row of digits can be, and `guard_verdicts` judges it by what stands around. `guard_words` and `guard_cells`
look for what is told in pieces.

What this does not catch, because honest papers would be stopped too:

- a number in groups between which any words stand ("138 pumps, 2000 m, 3500 trees" is one), unless they say
  where each group belongs; halves that stand in the middle of two fields, or further apart than the next field;
- a number turned round without a word that says so, but for identity numbers whose check digit fits;
- a number with a unit behind it, with separators of thousands, cut by a decimal point or behind the letters of a
  contract: it warns at most; so does a card that no bank's beginning and no check digit gives away;
- a number as a whole word for its value (thirteen billion …), with a digit left out, added or replaced by a riddle,
  in percent-encoding, another cipher, or in a picture or a PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core import guard_words as words
from portal.core.guard_cells import at_edges, joined
from portal.core.guard_reading import read
from portal.core.guard_verdicts import FEWEST, UNIT, Finding, Verdict, others, written

__all__ = ["Finding", "Over", "Verdict", "scan", "scan_cells", "scan_fields"]

_TURNING = frozenset({"identity_number", "mobile", "bank_card"})
PIECE = 4_000
OVERLAP = 200


@dataclass(frozen=True)
class Over:
    """A number found in one cell (`first_cell` == `last_cell`) or split over neighbouring ones, from 0."""

    kind: str
    verdict: Verdict
    first_cell: int
    last_cell: int


def scan(text: str) -> list[Finding]:
    """Return what a text holds of persons' numbers, in order, each of them once.

    A long text is read in pieces that overlap by more than any number is long, so that its time grows with its
    length and with nothing else, whatever somebody sends.
    """
    reading = read(text)
    size = len(reading.text)
    turns = reading.overridden or words.TURNED.search(reading.text) is not None
    found: dict[tuple[int, int], Finding] = {}
    for first in range(0, max(size, 1), PIECE - OVERLAP):
        piece = reading[first : first + PIECE]
        for one in _scan(piece.text, turns=turns):
            start, end = piece.span(one.start, one.end)
            found.setdefault((start, end), Finding(one.kind, one.verdict, start, end))
        if first + PIECE >= size:
            break
    return sorted(found.values(), key=lambda finding: (finding.start, finding.end))


def _scan(plain: str, *, turns: bool) -> list[Finding]:
    if len(plain) < FEWEST:
        return []
    found = written(plain)
    told = [*words.grouped(plain), *words.sounding(plain), *words.turned_identities(plain)]
    found += [Finding(kind, "stop", start, end) for kind, start, end in told if not UNIT.match(plain, end)]
    if turns:
        size = len(plain)
        found += [
            Finding(one.kind, "stop", size - one.end, size - one.start)
            for one in written(plain[::-1])
            if one.verdict == "stop" and one.kind in _TURNING
        ]
    return _apart([*found, *others(plain)], len(plain))


def _apart(found: Sequence[Finding], size: int) -> list[Finding]:
    """Return findings none of which lies over another; what stops goes before what warns, then the first."""
    taken = bytearray(size)
    kept = []
    for one in sorted(found, key=lambda finding: finding.verdict):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(one)
    return kept


def scan_cells(cells: Sequence[str]) -> list[Over]:
    """Return what a row holds, within its cells and split over neighbouring ones, from left to right."""
    found = [
        Over(kind, verdict, index, index)
        for index, cell in enumerate(cells)
        for kind, verdict in dict.fromkeys((one.kind, one.verdict) for one in scan(cell))
    ]
    taken = {over.first_cell for over in found if over.verdict == "stop"}
    found += [Over(kind, "stop", first, last) for kind, first, last in joined(cells, taken)]
    return sorted(found, key=lambda over: (over.first_cell, over.last_cell))


def scan_fields(texts: Sequence[str]) -> list[Over]:
    """Return what was split over neighbouring fields of a form: half at the end of one, half at the start of the next.

    What a field holds of its own is for `scan`.
    """
    plain = [read(text).text for text in texts]
    found = at_edges(plain, lambda text, end: UNIT.match(text, end) is not None)
    return [Over(kind, "stop", first, last) for kind, first, last in found]
