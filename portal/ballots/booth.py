"""The booth: whether a slip opens a ballot, the one write that casts it, and its doors. `mover` carries on from here.

Everything here works on the store `booth`; SQLite's write lock decides who came first and who came in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sqlalchemy import Insert, bindparam
from sqlmodel import Session, col, insert, select, update

from portal.ballots.models import PoolBallot, RoundState
from portal.core.db import Runs, Store
from portal.core.quick import Quick
from portal.slips import peppers
from portal.slips import service as slips

Outcome = Literal["counted", "again", "refused"]

# Built once: voters wait for these.
_OPEN = select(RoundState.id).where(RoundState.state == "open")
_DOORS = (
    select(RoundState.state, RoundState.opens_at, RoundState.closes_at)
    .where(RoundState.id == bindparam("round")).with_for_update(read=True)
)
_ALL_DOORS = (
    select(RoundState.id, RoundState.opens_at, RoundState.closes_at).where(RoundState.state == "open")
    .with_for_update(read=True)
)
_INTO_POOL = insert(PoolBallot)
def folder(store: Store) -> Path:
    """Return the folder of the urns: beside the stores."""
    return store.folder / "urns"


def peppers_of(store: Store) -> Path:
    """Return the folder of the peppers of the slips in this booth."""
    return peppers.folder_of(store.folder)


def state_of(session: Session, round_id: str, *, locked: bool = False) -> RoundState | None:
    """Return a round's doors; `locked` holds them as they are until the transaction ends."""
    query = select(RoundState).where(RoundState.id == round_id)
    return session.exec(query.with_for_update(read=True) if locked else query).first()


def find(rows: Runs, store: Store, digits: str, round_id: str = "") -> slips.Slip | None:
    """Return the slip with these digits, whatever its state: in this round, or in any whose doors are not closed."""
    rounds = [round_id] if round_id else list(rows.execute(_OPEN).scalars())
    return slips.find(rows, peppers_of(store), rounds, digits)


def cast(rows: Runs, now: datetime, slip: slips.Slip, attempt: str, sealed: bytes) -> Outcome:
    """Use the slip and put its ballot into the pool, both or neither. Call it inside a write of the store.

    `counted`: this attempt did it. `again`: this attempt had done it before, nothing changed. `refused`: another
    attempt used the slip, or the doors are closed.
    """
    state, opens_at, closes_at = rows.execute(_DOORS, {"round": slip.round_id}).first() or ("", now, now)
    in_time = state == "open" and opens_at <= now < closes_at
    if in_time and slips.spend(rows, slip, attempt):
        rows.execute(_INTO_POOL, {"sealed": sealed, "round_id": slip.round_id, "electorate": slip.electorate})
        return "counted"
    return "again" if slips.was_by(rows, slip, attempt) else "refused"


@dataclass(frozen=True)
class Cast:
    """What a voter sent: the slip, the attempt that uses it, the sealed ballot, and when it came."""

    now: datetime
    slip: slips.Slip
    attempt: str
    sealed: bytes


class NotAllError(Exception):
    """Not every one of several votes can be counted."""


def cast_all(rows: Quick, several: Sequence[Cast]) -> list[Outcome]:
    """Cast what several voters sent at one time: three statements for all of them, for a single one as `cast` does.

    Raises NotAllError where one of several can't be counted; all is undone then, and each is tried alone.
    """
    if len(several) == 1:
        (one,) = several
        return [cast(rows, one.now, one.slip, one.attempt, one.sealed)]
    doors = {round_id: (opens_at, closes_at) for round_id, opens_at, closes_at in rows.execute(_ALL_DOORS).found}
    for one in several:
        opens_at, closes_at = doors.get(one.slip.round_id, (one.now, one.now))
        if not opens_at <= one.now < closes_at:
            raise NotAllError
    if not slips.spend_all(rows, [(one.slip, one.attempt) for one in several]):
        raise NotAllError
    values = {f"{name}{place}": value for place, one in enumerate(several) for name, value in (
        ("sealed", one.sealed), ("round", one.slip.round_id), ("electorate", one.slip.electorate))}
    rows.execute(_all_into_pool(len(several)), values)
    return ["counted"] * len(several)


@lru_cache
def _all_into_pool(number: int) -> Insert:
    return insert(PoolBallot).values([
        {"sealed": bindparam(f"sealed{place}"), "round_id": bindparam(f"round{place}"),
         "electorate": bindparam(f"electorate{place}")} for place in range(number)])


def open_doors(session: Session, doors: RoundState) -> None:
    """Let ballots in between two moments. Doing it twice changes nothing: they were frozen before."""
    if state_of(session, doors.id) is None:
        session.add(doors)


def close_doors(session: Session, round_id: str, state: Literal["closed", "void"]) -> None:
    """Close a round's doors: whoever held the lock before was in time, nobody after."""
    session.execute(
        update(RoundState).where(col(RoundState.id) == round_id, col(RoundState.state) == "open").values(state=state)
        .execution_options(synchronize_session=False)
    )
