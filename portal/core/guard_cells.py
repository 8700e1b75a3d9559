"""Numbers of persons that were split over neighbouring cells of a row, told from figures that stand side by side."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from portal.core import guard_numbers as numbers
from portal.core import guard_signs as signs
from portal.core.guard_shapes import CARD_LEAST, CARD_MOST, IDENTITY, MOBILE, NEVER_OLD

MOST_CELLS = 5
_BARE = re.compile(r"(?!-)[0-9\ue000-\ue019OoIilSsBbZzgqXx\ue0ff·() -]+")
_SAID = re.compile(
    r"(?:电话|手机|座机|联系|号码|卡号|账号|帐号|一卡通|身份证|tel)[^0-9\ue000-\ue019]{0,6}(?=[0-9\ue000-\ue019])",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"[0-9\ue000-\ue019]|^[Xx]$")
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?")
_FIGURE = re.compile(r"[-+¥(]?\d[\d,]{2,}(?:\.\d+)?\D{0,3}|[-+¥(]?\d+\.\d+\D{0,3}")
_USUAL = frozenset({(3, 8), (3, 4, 4), (7, 4), (4, 7)})
_FOURS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3)})
_ONE_BY_ONE = 1
_LEAST_HALF = 2
_TAIL = re.compile(r"(?<![0-9\ue000-\ue019.,¥])[0-9\ue000-\ue019][0-9\ue000-\ue019 ·()-]{0,40}$")
_HEAD = re.compile(r"[0-9\ue000-\ue019][0-9\ue000-\ue019 ·()-]{0,40}[Xx]?(?![0-9\ue000-\ue019A-Za-z]|[.,]\d)")
_EDGE_MARKS = " \n\t.,、。;:!?~…-—|*\"'“”‘’"
_ANNOUNCED = re.compile(r"(?:电话|手机|联系|号码|卡号|账号|身份证|后半|后面|接上|接着|再拨|是|[:： ]){1,4}+")
_LONGEST_EDGE = 80


def joined(cells: Sequence[str], taken: Collection[int]) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, first cell, last cell) of numbers split over two to five cells, or one digit in each cell.

    Cells in `taken` hold a number of their own. Empty cells in between are passed over.
    """
    filled = [(index, _digits(cell)) for index, cell in enumerate(cells) if cell and not cell.isspace()]
    figures = [index for index, cell in enumerate(cells) if _FIGURE.fullmatch(signs.plain(cell.strip()))]
    start = 0
    while start < len(filled):
        found = _from(filled, start, taken, figures)
        if found:
            kind, count = found
            yield kind, filled[start][0], filled[start + count - 1][0]
            start += count
        else:
            start += 1


def at_edges(texts: Sequence[str], is_figure: Callable[[str, int], bool]) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, first, last) of numbers that begin at the end of a text and go on at the start of the next.

    `is_figure` tells whether what follows a place in a text makes an amount of what stands before it. Empty texts
    are passed over; a text that is nothing but digits may lie in between.
    """
    filled = [(index, text.strip(_EDGE_MARKS)) for index, text in enumerate(texts) if text.strip(_EDGE_MARKS)]
    for place, (first, text) in enumerate(filled):
        tail = _TAIL.search(text, max(0, len(text) - _LONGEST_EDGE))
        if not tail or _DAY.fullmatch(tail[0]):
            continue
        pieces = [signs.digits_of(tail[0])]
        for index, after in filled[place + 1 : place + MOST_CELLS]:
            announced = _ANNOUNCED.match(after)
            head = _HEAD.match(after, announced.end() if announced else 0)
            if not head or _DAY.fullmatch(head[0].strip()) or is_figure(after, head.end()):
                break
            pieces.append(signs.digits_of(head[0]))
            if min(map(len, pieces)) >= _LEAST_HALF and (kind := _kind(pieces, alone=True)):
                yield kind, first, index
                break
            if head.end() < len(after):
                break


def _from(
    filled: Sequence[tuple[int, str]], start: int, taken: Collection[int], figures: Sequence[int]
) -> tuple[str, int] | None:
    """Return the kind of the number that begins in a cell, and over how many cells it goes."""
    pieces: list[str] = []
    size = 0
    for index, digits in filled[start:]:
        if not digits or index in taken:
            break
        pieces.append(digits)
        size += len(digits)
        if size > CARD_MOST:
            break
        if len(pieces) > 1:
            alone = all(filled[start][0] <= figure <= index for figure in figures)
            if kind := _kind(pieces, alone=alone):
                return kind, len(pieces)
    return None


def _kind(pieces: Sequence[str], *, alone: bool) -> str | None:
    digits = "".join(pieces)
    if len(pieces) > MOST_CELLS and len(digits) != len(pieces):
        return None
    if len(digits) == IDENTITY and (birth := numbers.identity_birth(digits)):
        return "identity_number" if birth < NEVER_OLD or numbers.identity_checks(digits) else None
    if not digits.isdigit() or len(pieces) > MOST_CELLS or max(map(len, pieces)) == _ONE_BY_ONE:
        return None
    if len(digits) in range(CARD_LEAST, CARD_MOST + 1) and _is_card(pieces, digits):
        return "bank_card"
    if len(digits) == MOBILE and numbers.is_mobile(digits) and _is_mobile(pieces, alone=alone):
        return "mobile"
    return "landline" if _is_landline(pieces, digits) else None


def _is_card(pieces: Sequence[str], digits: str) -> bool:
    if numbers.are_figures(pieces):
        return False
    known, checked = numbers.has_card_start(digits), numbers.is_luhn(digits)
    if len(pieces) == 2:
        return known or (checked and digits[0] in "34569" and min(map(len, pieces)) > 4)
    return known and checked and (tuple(map(len, pieces)) in _FOURS or len(pieces) == 3)


def _is_mobile(pieces: Sequence[str], *, alone: bool) -> bool:
    """Tell whether the pieces are a phone: split as usual, or cut so that a piece begins with 0 as no figure does.

    An odd cut between two cells counts only where the row has no other figures.
    """
    if numbers.are_figures(pieces):
        return False
    if tuple(map(len, pieces)) in _USUAL or any(len(piece) > 2 and piece[0] == "0" for piece in pieces):
        return True
    return alone and len(pieces) == 2


def _is_landline(pieces: Sequence[str], digits: str) -> bool:
    area = numbers.landline_area(digits)
    return area is not None and pieces[0] == area and not pieces[-1].endswith("000")


def _digits(cell: str) -> str:
    """Return the digits of a cell that holds nothing else, but for a word that announces them; "" for others."""
    plain = _SAID.sub("", signs.plain(cell.strip()), count=1)
    if not _BARE.fullmatch(plain) or not _COUNTS.search(plain) or _DAY.fullmatch(plain):
        return ""
    return signs.digits_of(plain)
