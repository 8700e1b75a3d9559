"""Long lists a portion at a time: twenty rows first, and a plain link that adds a hundred. Works with scripts off.

How far a list is open stands in the address, one argument for each list of a page, so that it can be sent on and
printed. components/portions.html says how many there are and draws the link.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

FIRST = 20
MORE = 100
MOST = 100_000  # no list is longer; no database takes every whole number
Row = TypeVar("Row")


def asked(name: str) -> int:
    """Return how many rows of the list `name` this request asks for: 20, or what the link to more said."""
    return min(max(request.args.get(name, default=FIRST, type=int), FIRST), MOST)


@dataclass(frozen=True)
class Portion(Generic[Row]):
    """The `rows` of a list that are shown, out of `count` in all. `name` is its argument in the address."""

    name: str
    rows: Sequence[Row]
    count: int

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def coming(self) -> int:
        """How many rows the link adds; 0 when all are shown."""
        return min(MORE, self.count - len(self.rows))

    def landing(self, index: int) -> str:
        """Return the id of a row (from 0) at which the link below an earlier portion lands; "" for every other."""
        return f"{self.name}-{index + 1}" if index >= FIRST and (index - FIRST) % MORE == 0 else ""

    def more(self, address: str) -> str:
        """Return the address of the same page with more of this list, at the first row that comes new."""
        query = {**request.args.to_dict(), self.name: str(len(self.rows) + MORE)}
        return f"{address}?{urlencode(query)}#{self.name}-{len(self.rows) + 1}"


def portion(name: str, rows: Sequence[Row]) -> Portion[Row]:
    """Return as much as was asked for of a list that is here whole."""
    return Portion(name, rows[:asked(name)], len(rows))
