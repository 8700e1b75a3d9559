"""The booth: whether a slip opens a ballot, the one write that casts it, and the mover that carries it to the urn.

Everything here works on the store `booth`; SQLite's write lock decides who came first and who came in time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Literal

from sqlalchemy import Insert, bindparam
from sqlmodel import Session, col, delete, func, insert, select, update

from portal.ballots import urn
from portal.ballots.models import PoolBallot, RoundState
from portal.core.db import Runs, Store
from portal.core.quick import Quick
from portal.slips import peppers
from portal.slips import service as slips

PAUSE = 1.0  # seconds
_moved: dict[str, float] = {}  # round -> when this process last moved; nowhere else: it would tell when people vote
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
_WAITING = select(
    RoundState.min_batch,
    select(func.count()).where(PoolBallot.round_id == bindparam("round")).group_by(col(PoolBallot.electorate))
    .order_by(func.count().desc()).limit(1).scalar_subquery(),
).where(RoundState.id == bindparam("round"))


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


def find(rows: Runs, store: Store, digits: str) -> slips.Slip | None:
    """Return the slip with these digits in any round whose doors are not closed, whatever its state."""
    rounds = list(rows.execute(_OPEN).scalars())
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


def move(store: Store, round_id: str) -> int:
    """Carry ballots from the pool to the round's urn; return how many.

    While the doors are open only whole batches move: at least `min_batch` of one electorate at once, so that an
    urn seen twice tells nothing of one voter. A crash at any point loses and doubles nothing: the ciphertext is
    the key on both sides. Afterwards no ballot is left in the write-ahead log.
    """
    with store.write() as session:
        doors = state_of(session, round_id)
        if doors is None:
            return 0
        least = doors.min_batch if doors.state == "open" else 1
        rows = session.exec(
            select(PoolBallot.electorate, PoolBallot.sealed).where(PoolBallot.round_id == round_id)
        ).all()
        sizes = Counter(of for of, _ in rows)
        batch = [(of, sealed) for of, sealed in rows if sizes[of] >= least]
        if batch:
            urn.put(urn.path_of(folder(store), round_id), batch)
            for electorate in {of for of, _ in batch}:
                session.execute(
                    delete(PoolBallot).where(col(PoolBallot.round_id) == round_id,
                                             col(PoolBallot.electorate) == electorate)
                    .execution_options(synchronize_session=False)
                )
    store.empty_log()  # whatever was moved: an earlier mover may have been killed just before this
    return len(batch)


def move_if_due(store: Store, round_id: str) -> None:
    """Move a batch when the pool has grown large enough; one cheap count otherwise.

    Only one mover works at a time. Who comes meanwhile goes on: the next voter, or the tick, looks again. Where votes
    come so fast that a batch is full within the second, one move a second carries all of them: a move waits five
    times for the disk, and everybody who votes waits with it.
    """
    if monotonic() - _moved.get(round_id, -PAUSE) < PAUSE or not _is_due(store, round_id):
        return
    with store.alone("mover") as alone:
        if alone and _is_due(store, round_id):
            move(store, round_id)
            _moved[round_id] = monotonic()


def _is_due(store: Store, round_id: str) -> bool:
    with store.look() as rows:
        batch, waiting = rows.execute(_WAITING, {"round": round_id}).first() or (0, 0)
    return bool(waiting) and waiting >= batch


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
