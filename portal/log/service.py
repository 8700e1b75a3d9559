"""Appending to the log. One entry for each public act, in the same transaction as the act."""

import secrets
from datetime import date
from typing import Any

from sqlmodel import Session, col, delete, func, select

from portal.log import chain, events
from portal.log.models import LogEntry, LogPayload

SALT_BYTES = 32
REASONS = frozenset({"personal_data", "court_order", "minor"})
"""Why a payload may be erased: codes, because an entry never holds free text."""


def append(session: Session, unit: str, day: date, kind: str, /, **facts: Any) -> LogEntry:
    """Add an entry to a unit's log; return it. ValueError when the kind is unknown or a fact is missing.

    An entry is never dated before the one that it follows: a clock that was put back would break the chain.
    """
    events.check(kind, facts)
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers wait for one another anyway
        session.exec(select(func.pg_advisory_xact_lock(func.hashtext(unit))))
    last = session.exec(
        select(LogEntry).where(LogEntry.unit == unit).order_by(col(LogEntry.seq).desc()).limit(1),
    ).first()
    if last is not None and last.day > day:
        day = last.day  # a machine's clock may step back; the log never does
    salt = secrets.token_bytes(SALT_BYTES)
    body = chain.canonical(facts)
    link = chain.Entry(
        seq=last.seq + 1 if last else 0,
        kind=kind,
        unit=unit,
        day=max(day, last.day) if last else day,
        payload_commit=chain.commit(salt, body),
        prev_hash=last.entry_hash if last else chain.START,
    )
    entry = LogEntry(
        unit=unit, seq=link.seq, kind=kind, day=link.day, payload_commit=link.payload_commit,
        prev_hash=link.prev_hash, entry_hash=chain.entry_hash(link),
    )
    session.add(entry)
    session.add(LogPayload(unit=unit, seq=link.seq, salt=salt, body=body))
    session.flush()
    return entry


def erase(session: Session, unit: str, day: date, seq: int, reason: str, actors: tuple[str, str]) -> LogEntry:
    """Erase what an entry stands for, payload and salt; the entry stays, and the log still verifies.

    The erasure is an entry itself, with one of REASONS and the ids of two people. ValueError for anything less,
    LookupError when there is nothing to erase.
    """
    if reason not in REASONS or len({actor for actor in actors if actor}) != 2:
        message = "an erasure needs one of the known reasons and two different people"
        raise ValueError(message)
    if session.get(LogPayload, (unit, seq)) is None:
        raise LookupError(f"{unit}, entry {seq}")
    session.exec(delete(LogPayload).where(col(LogPayload.unit) == unit, col(LogPayload.seq) == seq))
    return append(session, unit, day, "payload:erased", unit=unit, erased=seq, reason=reason, actors=list(actors))
