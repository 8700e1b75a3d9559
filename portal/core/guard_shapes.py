"""Which neighbouring pieces of digits, in one text, make up one number of a person.

A long number that is something else must not be cut to pieces, and figures in a row must not be glued together:
so odd groupings count only where they fill the whole row of digits.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from portal.core import guard_numbers as numbers
from portal.core.guard_signs import APART, GLUED, LISTED, MARKED, TOUCHING, Atom, runs

LANDLINE, MOBILE, SHORT_IDENTITY, CARD_LEAST, CARD_MOST, IDENTITY = 10, 11, 15, 16, 19, 18
FURTHEST = 8  # atoms that are looked past beside a window
NEVER_OLD = 2020  # a day of birth since then may as well be the day of a document
CARD_FIRSTS = frozenset("34569")
TOUCHED = 3  # so many digits of words beside a number are looked past
PREFIXES = frozenset({"0", "86", "086", "0086"})
IN_FOURS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3)})
IDENTITY_PIECES = frozenset(
    {(6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (6, 12), (14, 4), (3, 3, 4, 4, 4), (6, 8, 3, 1), (17, 1), (9, 9)}
    | {(4, 4, 4, 4, 2), (2, 2, 2, 4, 4, 4), (2, 2, 2, 8, 4), (6, 6, 6), (3, 3, 8, 4), (6, 4, 4, 3, 1), (6, 6, 3)}
)
MOBILE_GLUED = frozenset(
    {(3, 8), (3, 4, 4), (7, 4), (4, 7), (4, 4, 3), (3, 3, 5), (3, 5, 3), (5, 3, 3), (4, 3, 4), (8, 3), (5, 6), (6, 5)}
    | {(3, 3, 3, 2), (3, 2, 2, 2, 2), (3, 2, 3, 3), (1, 3, 3, 4), (3, 2, 2, 4)}
)
MOBILE_LISTED = frozenset({(3, 8), (3, 4, 4), (7, 4), (4, 7)})
MOBILE_MARKED = MOBILE_LISTED | {(4, 4, 3), (3, 3, 5)}


class Row:
    """The atoms of one run, with their digits in one string, so that windows are cut without joining."""

    __slots__ = ("at", "atoms", "cuts", "digits", "edges", "lettered", "offsets", "wides")

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.digits = "".join(atom.digits for atom in atoms)
        self.offsets = [0, *accumulate(len(atom.digits) for atom in atoms)]
        self.cuts = list(accumulate(atom.gap > TOUCHING for atom in atoms))
        self.wides = list(accumulate(atom.gap >= MARKED for atom in atoms))
        self.at = {offset: place for place, offset in enumerate(self.offsets[:-1])}
        self.lettered = any(atom.script in "OX" for atom in atoms)
        single = [len(atom.digits) == 1 and atom.gap > TOUCHING for atom in atoms]
        around = zip([False, *single[:-1]], single, [*single[1:], False], strict=True)
        self.edges = [place for place, (before, it, after) in enumerate(around) if not (before and it and after)]


class Window(NamedTuple):
    """Atoms `first` to `last` of a row and their digits."""

    row: Row
    first: int
    last: int
    digits: str

    @property
    def whole(self) -> bool:
        """Tell whether nothing at all stands between the digits."""
        return self.row.cuts[self.first] == self.row.cuts[self.last]

    @property
    def pieces(self) -> tuple[str, ...]:
        """The digits, parted where something stands between them."""
        row, first, last = self.row, self.first, self.last
        inner = [place for place in range(first + 1, last + 1) if row.atoms[place].gap > TOUCHING]
        edges = [row.offsets[place] for place in (first, *inner, last + 1)]
        return tuple(row.digits[start:end] for start, end in pairwise(edges))

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the pieces."""
        return tuple(map(len, self.pieces))

    @property
    def gap(self) -> int:
        """The widest gap inside."""
        return max((self.row.atoms[place].gap for place in range(self.first + 1, self.last + 1)), default=TOUCHING)

    @property
    def span(self) -> tuple[int, int]:
        """Where the window stands in the text."""
        return self.row.atoms[self.first].start, self.row.atoms[self.last].end


def rows(plain: str) -> list[Row]:
    """Return the rows of digits of a plain text that are long enough for any number of a person."""
    return [Row(run) for run in runs(plain, LANDLINE)]


def windows(row: Row, starts: re.Pattern[str] | None, sizes: range, fits: Callable[[str], bool]) -> Iterator[Window]:
    """Yield every window with as many digits as `sizes` allow that `fits`, longest first from each place.

    `starts` finds how such a number begins; None: anyhow, but not amid single digits. A window of nothing but
    letters is a word.
    """
    offsets, least, most = row.offsets, sizes[0], sizes[-1]
    found = row.edges if starts is None else (row.at.get(match.start()) for match in starts.finditer(row.digits))
    for first in found:
        if first is None:
            continue
        start = offsets[first]
        if offsets[-1] - start < least:
            return
        for last in range(bisect_right(offsets, start + most) - 2, first - 1, -1):
            end = offsets[last + 1]
            if end - start < least:
                break
            digits = row.digits[start:end]
            if fits(digits) and not (row.lettered and _is_word(row.atoms[first : last + 1])):
                yield Window(row, first, last, digits)


def _is_word(atoms: Sequence[Atom]) -> bool:
    return all(atom.script in "OX" for atom in atoms)


def is_identity(window: Window) -> bool:
    """Tell whether a window of 15 or 18 signs is an identity number."""
    birth = numbers.identity_birth(window.digits)
    if birth is None:
        return False
    if window.whole:
        return True
    usual = window.lengths in IDENTITY_PIECES or max(window.lengths) == 1
    if window.gap < MARKED:
        return usual or (len(window.digits) == IDENTITY and fills(window))
    return usual and (birth < NEVER_OLD or numbers.identity_checks(window.digits))


def is_card(window: Window) -> bool:
    """Tell whether a window of 16 to 19 digits in several pieces is a bank card."""
    row, first, last = window.row, window.first, window.last
    many, wide = row.cuts[last] - row.cuts[first] + 1, row.wides[last] > row.wides[first]
    in_fours = many in {4, 5} and not _beside_fours(window) and window.lengths in IN_FOURS
    if not in_fours and (wide or not fills(window)):  # asked first because it is soon answered
        return False
    digits, lengths, known = window.digits, window.lengths, numbers.has_card_start(window.digits)
    if not known and digits[0] not in CARD_FIRSTS:
        return False
    if in_fours:
        fits = known or (not wide and numbers.is_luhn(digits))
    elif len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]:
        fits = known or numbers.is_luhn(digits)
    else:
        fits = known and (len(lengths) <= 3 or min(lengths[:-1]) > 2 or numbers.is_luhn(digits))
    return fits and not numbers.are_figures(window.pieces)


def is_mobile(window: Window) -> bool:
    """Tell whether a window of 11 digits in several pieces is a mobile number."""
    if not numbers.is_mobile(window.digits):
        return False
    row = window.row
    if row.cuts[window.last] - row.cuts[window.first] == MOBILE - 1:  # digit by digit
        return not _beside_singles(window)
    lengths = window.lengths
    if numbers.are_figures(window.pieces):
        return False
    if window.gap == TOUCHING or (window.gap == GLUED and lengths in MOBILE_GLUED):
        return True
    if window.gap in {MARKED, LISTED}:
        usual = lengths in (MOBILE_MARKED if window.gap == MARKED else MOBILE_LISTED)
        return usual and not all(piece[0] != "0" and piece[-1] == "0" for piece in window.pieces)
    round_sum = lengths[-1] > 4 and window.pieces[-1].endswith("000") and window.pieces[-1][0] != "0"
    return fills(window) and not round_sum and not _month_inside(window.pieces)


def is_landline(window: Window) -> bool:
    """Tell whether a window of 10 to 12 digits is a landline number with its area code."""
    area = numbers.landline_area(window.digits)
    if area is None or window.gap >= LISTED:
        return False
    lengths = set(window.lengths)
    if lengths == {4} and _beside_fours(window):
        return False
    by_area = window.pieces[0] == area and (window.gap == GLUED or len(window.pieces) == 2)
    return window.whole or by_area or (lengths == {1} and not _beside_singles(window))


def fills(window: Window) -> bool:
    """Tell whether the window is all that is glued together there, but for letters and a country's prefix."""
    return _ends(window.row.atoms, window.first, -1) and _ends(window.row.atoms, window.last + 1, 1)


def stands_alone(window: Window) -> bool:
    """Tell whether no digit of the same script touches the window, so that it is not cut out of a longer number."""
    run, first, last = window.row.atoms, window.first, window.last
    before = run[first - 1] if first and run[first].gap == TOUCHING else None
    after = run[last + 1] if last + 1 < len(run) and run[last + 1].gap == TOUCHING else None
    return not (before and before.script == run[first].script) and not (after and after.script == run[last].script)


def may_be_mobile(digits: str) -> bool:
    """Tell whether digits are a mobile number, also with 0 or the country's 86 before it."""
    return numbers.is_mobile(digits[-MOBILE:]) and digits[:-MOBILE] in {"", *PREFIXES}


def whole_parts(digits: str) -> list[tuple[str, int]]:
    """Return the (kind, length) of numbers that, one after another, make up all of a long row of digits."""
    if len(digits) < 2 * MOBILE:
        return []
    found: list[tuple[str, int]] = []
    while digits:
        part = _first_part(digits)
        if part is None:
            return []
        found.append(part)
        digits = digits[part[1] :]
    return found


def _first_part(digits: str) -> tuple[str, int] | None:
    if numbers.identity_birth(digits[:IDENTITY]) and len(digits) >= IDENTITY:
        return "identity_number", IDENTITY
    for size in range(CARD_MOST, CARD_LEAST - 1, -1):
        if len(digits) >= size and numbers.has_card_start(digits[:size]) and numbers.is_luhn(digits[:size]):
            return "bank_card", size
    return ("mobile", MOBILE) if numbers.is_mobile(digits[:MOBILE]) else None


def among_signs(atom: Atom) -> tuple[str, int, int] | None:
    """Return (kind, offset, length) of a number that Chinese digits of words touch, as in 张三一三八…."""
    if atom.script != "一":
        return None
    for kind, length, fits in (
        ("identity_number", IDENTITY, numbers.identity_birth),
        ("mobile", MOBILE, numbers.is_mobile),
    ):
        if length < len(atom.digits) <= length + TOUCHED:
            for offset in range(len(atom.digits) - length + 1):
                if fits(atom.digits[offset : offset + length]):
                    return kind, offset, length
    return None


def _ends(run: Sequence[Atom], edge: int, step: int) -> bool:
    """Walk outward from an edge (before atom `edge`) until a wide gap; False where digits stand in between."""
    for _ in range(FURTHEST):
        if not (0 < edge < len(run) and run[edge].gap < MARKED):
            return True
        outer = run[edge - 1] if step < 0 else run[edge]
        prefix = step < 0 and outer.digits in PREFIXES
        if outer.script not in "OX" and not prefix:
            return False
        edge += step
    return False


def _beside_fours(window: Window) -> bool:
    """Tell whether more groups of four stand around, as in a long number that is read out in fours."""
    run, after = window.row.atoms, window.last + 1
    before = window.first and run[window.first].gap < APART and len(run[window.first - 1].digits) == 4
    return bool(before) or (after < len(run) and len(run[after].digits) == 4)


def _beside_singles(window: Window) -> bool:
    """Tell whether the row of single digits goes on beyond the window."""
    run, after = window.row.atoms, window.last + 1
    before = window.first and len(run[window.first - 1].digits) == 1 and run[window.first - 1].script not in "OX"
    return bool(before) or (after < len(run) and len(run[after].digits) == 1 and run[after].script not in "OX")


def _month_inside(pieces: Sequence[str]) -> bool:
    """Tell whether a year stands before a month, as in 15-2026-07-001."""
    return any(
        numbers.is_year(year) and len(month) <= 2 and 1 <= int(month) <= 12 for year, month in pairwise(pieces[1:])
    )
