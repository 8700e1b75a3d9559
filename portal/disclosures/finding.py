"""Looks for words in what a village made public, and tells where in a record they stand."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from portal.disclosures.models import RecordVersion
from portal.disclosures.queries import Line, line_of, public_lines
from portal.places.models import Place

MOST_FOUND = 50


class Found(NamedTuple):
    """A record that holds the words, and the first of its public lines that holds one of them."""

    line: Line
    where: str


def search(session: Session, village: Place, words: str) -> list[Line]:
    """Return the public records that hold every word, newest first, at most `MOST_FOUND`."""
    return [one.line for one in find(session, village, words)]


def find(session: Session, village: Place, words: str) -> list[Found]:
    """Return what `search` does, each with where the words stand in it. One query."""
    wanted = words.lower().split()
    if not wanted:
        return []
    query = public_lines(village.id, words, RecordVersion.found).limit(MOST_FOUND)
    return [Found(line_of(row[:-1]), _first_with(wanted, row[-1])) for row in session.exec(query).all()]


def _first_with(wanted: Sequence[str], text: str) -> str:
    return next((part for part in text.split("\n") if any(word in part.lower() for word in wanted)), "")
