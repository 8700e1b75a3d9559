"""Reading the log: where each unit's log stands, what came last, and its entries for whoever verifies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import sqlalchemy
from sqlalchemy import Select, column, table
from sqlmodel import Session, and_, col, func, or_, select

from portal.log import chain
from portal.log.events import OPEN
from portal.log.frontier import Frontier
from portal.log.models import LogEntry, LogPayload

# The log knows places by nothing but their codes; for a list that people read it borrows their names.
_PLACE = table("place", column("code"), column("name"), column("name_en"), column("unit"))


@dataclass(frozen=True)
class Head:
    """Where a unit's log stands: its entries, the 24 digits of its root in six groups, the last entry's day."""

    unit: str
    size: int
    digits: str
    day: date | None


@dataclass(frozen=True)
class Unit:
    """A place that keeps a log: a town, or the district. `code` is also the name of its log."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Line:
    """What a page tells of entries of one kind that came on one day: how many, and the newest one's number."""

    kind: str
    day: date
    count: int
    seq: int


_frontiers: dict[str, Frontier] = {}
_lock = Lock()


def units(session: Session) -> list[Unit]:
    """Return the places that keep a log, by code."""
    query = (
        select(_PLACE.c.code, _PLACE.c.name, _PLACE.c.name_en)
        .where(_PLACE.c.unit == _PLACE.c.code)
        .order_by(_PLACE.c.code)
    )
    return [Unit(*row) for row in session.exec(query).all()]


def head(session: Session, unit: str) -> Head:
    """Return where a unit's log stands; size 0 and no day where it has no entry. One query, two after a change."""
    return heads(session, [unit])[unit]


def heads(session: Session, codes: list[str]) -> dict[str, Head]:
    """Return where the logs of several units stand, with as many queries as for one.

    Only entries that are new to this process are read. What it remembers is trusted only as long as the stored
    log still holds its last leaf in its place: that hash stands for everything before it.
    """
    if not codes:
        return {}
    with _lock:
        missed = _grow(session, codes)
        if missed:
            for unit in missed:
                _frontiers.pop(unit, None)
            _grow(session, missed)
        return {unit: _head(unit, _frontiers[unit]) for unit in codes}


def _grow(session: Session, codes: list[str]) -> list[str]:
    """Add what is new to the units' frontiers; return the units whose remembered past isn't the stored one."""
    known = {unit: _frontiers.setdefault(unit, Frontier()) for unit in codes}
    wanted = [and_(LogEntry.unit == unit, LogEntry.seq >= max(0, known[unit].size - 1)) for unit in codes]
    query = (
        select(col(LogEntry.unit), col(LogEntry.seq), col(LogEntry.entry_hash), col(LogEntry.day))
        .where(or_(*wanted))
        .order_by(col(LogEntry.unit), col(LogEntry.seq))
    )
    fits = {unit: frontier.size == 0 for unit, frontier in known.items()}
    for unit, seq, leaf, day in session.exec(query):
        frontier = known[unit]
        if not fits[unit]:
            fits[unit] = seq == frontier.size - 1 and leaf == frontier.last
        elif seq >= frontier.size:
            frontier.add(leaf)
            frontier.day = day
    return [unit for unit in codes if not fits[unit]]


def _head(unit: str, frontier: Frontier) -> Head:
    return Head(unit, frontier.size, chain.digits(frontier.root()), frontier.day)


def latest(session: Session, unit: str, limit: int = 12) -> list[Line]:
    """Return the newest entries as kinds and days only, the newest first; one line for a kind on a day."""
    newest = func.max(LogEntry.seq)
    query = (
        select(col(LogEntry.kind), col(LogEntry.day), func.count(), newest)
        .where(LogEntry.unit == unit)
        .group_by(col(LogEntry.kind), col(LogEntry.day))
        .order_by(newest.desc())
        .limit(limit)
    )
    return [Line(*row) for row in session.exec(query).all()]


def _in_order(unit: str) -> Select[Any]:
    """Ask for a unit's entries as columns: as objects of the store they take three times as long."""
    columns: list[Any] = [LogEntry.seq, LogEntry.kind, LogEntry.unit, LogEntry.day, LogEntry.payload_commit,
                          LogEntry.prev_hash, LogEntry.entry_hash]
    return sqlalchemy.select(*columns).where(col(LogEntry.unit) == unit).order_by(col(LogEntry.seq))


def entries(session: Session, unit: str, first: int = 0, most: int = 2000) -> list[chain.Entry]:
    """Return up to `most` entries of a unit from number `first` on, in their order."""
    query = _in_order(unit).where(col(LogEntry.seq) >= first).limit(most)
    return [chain.Entry(*link) for *link, _hash in session.execute(query)]


def links(session: Session, unit: str) -> tuple[list[chain.Entry], list[bytes]]:
    """Return every entry of a unit's log in its order, and the hashes that are stored beside them."""
    found, hashes = [], []
    for *link, entry_hash in session.execute(_in_order(unit)):
        found.append(chain.Entry(*link))
        hashes.append(entry_hash)
    return found, hashes


def pages(open_session: Callable[[], Session], unit: str, most: int = 2000) -> Iterator[list[chain.Entry]]:
    """Give a unit's entries piece by piece, each in a session of its own, so that a slow reader holds none open."""
    first = 0
    while True:
        with open_session() as session:
            piece = entries(session, unit, first, most)
        if not piece:
            return
        yield piece
        first = piece[-1].seq + 1


def opened(session: Session, unit: str, seq: int) -> tuple[bytes, bytes] | None:
    """Return salt and body of an entry whose facts anybody may read; None of any other, and of an erased one."""
    query = select(LogPayload.salt, LogPayload.body).join(
        LogEntry, and_(LogEntry.unit == LogPayload.unit, LogEntry.seq == LogPayload.seq))
    query = query.where(LogEntry.unit == unit, LogEntry.seq == seq, col(LogEntry.kind).in_(OPEN))
    return session.exec(query).first()
