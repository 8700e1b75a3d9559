"""The mover: carries sealed ballots from the pool to the urn, in batches, and leaves no trace of their order.

While a round runs nobody must learn when one ballot came, nor which slip came with it: single ballots never move, what
was moved stands in no write-ahead log, and what waits lies in the order of its ciphertexts (`ballots.md`).
"""

import logging
from collections import Counter
from operator import itemgetter
from threading import Lock, Timer
from time import monotonic

from sqlalchemy import bindparam
from sqlmodel import col, delete, func, insert, select

from portal.ballots import booth, urn
from portal.ballots.models import PoolBallot, RoundState
from portal.core.db import Store

PAUSE = 1.0  # seconds
PURPOSE = "mover"
log = logging.getLogger("portal")
_guard = Lock()
_later: set[str] = set()  # rounds at which a thread of this process looks again
_moved: dict[str, float] = {}  # round -> when this process last moved; nowhere else: it would tell when people vote

# Built once: voters wait for it.
_WAITING = select(
    RoundState.min_batch,
    select(func.count()).where(PoolBallot.round_id == bindparam("round")).group_by(col(PoolBallot.electorate))
    .order_by(func.count().desc()).limit(1).scalar_subquery(),
).where(RoundState.id == bindparam("round"))


def move(store: Store, round_id: str) -> int:
    """Carry ballots from the pool to the round's urn, after whoever is at it; return how many.

    While the doors are open only whole batches move: at least `min_batch` of one electorate at once, so that an
    urn seen twice tells nothing of one voter. A crash at any point loses and doubles nothing: the ciphertext is
    the key on both sides. Afterwards no ballot is left in the write-ahead log.
    """
    with store.alone(PURPOSE, wait=True):
        return _move(store, round_id)


def _move(store: Store, round_id: str) -> int:
    """Move, alone. Voters wait only while the ballots are taken out of the pool: what comes meanwhile stays there.

    What a killed mover had put into the urn leaves the pool and makes up no batch: a single one would follow it.
    """
    with store.read() as session:
        doors = booth.state_of(session, round_id)
        if doors is None:
            return 0
        least = doors.min_batch if doors.state == "open" else 1
        rows = session.exec(
            select(PoolBallot.electorate, PoolBallot.sealed).where(PoolBallot.round_id == round_id)
        ).all()
    path = urn.path_of(booth.folder(store), round_id)
    there = urn.known(path, rows)
    sizes = Counter(of for of, sealed in rows if sealed not in there)
    batch = [(of, sealed) for of, sealed in rows if sealed not in there and sizes[of] >= least]
    if batch:
        urn.put(path, batch)
    gone = [*batch, *((of, sealed) for of, sealed in rows if sealed in there)]
    if gone:
        with store.write() as session:
            for piece in urn.pieces(gone):
                moved = [sealed for _, sealed in piece]
                session.execute(delete(PoolBallot).where(col(PoolBallot.sealed).in_(moved))
                                .execution_options(synchronize_session=False))
    # Whatever was moved: an earlier mover may have been killed just before this. Where a reader is in the way, later.
    if not store.empty_log():
        _look_again(store, round_id)
    return len(batch)


def move_if_due(store: Store, round_id: str) -> None:
    """Move a batch when the pool has grown large enough; one cheap count otherwise.

    Only one mover works at a time. Who comes meanwhile goes on: the next voter, or the tick, looks again. Where votes
    come so fast that a batch is full within the second, one move a second carries all of them: a move waits five
    times for the disk, and everybody who votes waits with it.
    """
    if monotonic() - _moved.get(round_id, -PAUSE) < PAUSE:
        _look_again(store, round_id)  # who came last must not wait for somebody who comes next
    elif _is_due(store, round_id):
        with store.alone(PURPOSE) as alone:
            if alone and _is_due(store, round_id):
                _move(store, round_id)
                _moved[round_id] = monotonic()


def after_cast(store: Store, round_id: str) -> None:
    """Move a batch when it is time, after a vote was counted. What fails here is no business of its voter.

    It is said in the server's log and tried again, by whoever comes next or by the clock.
    """
    try:
        move_if_due(store, round_id)
    except Exception as error:  # noqa: BLE001 - a full disk, a locked file: the vote lies in the pool, whole
        log.error("ballots could not be moved: %s", type(error).__name__)  # noqa: TRY400 - no line of a ballot


def _look_again(store: Store, round_id: str) -> None:
    """Look once more after a pause, in a thread of its own."""
    with _guard:
        if round_id in _later:
            return
        _later.add(round_id)
    timer = Timer(PAUSE, _looked_again, (store, round_id))
    timer.daemon = True  # a server that ends leaves it to the clock
    timer.start()


def _looked_again(store: Store, round_id: str) -> None:
    with _guard:
        _later.discard(round_id)
    try:
        with store.alone(PURPOSE) as alone:
            if not alone:
                _look_again(store, round_id)
            elif _is_due(store, round_id):
                _move(store, round_id)
                _moved[round_id] = monotonic()
            elif not store.empty_log():
                _look_again(store, round_id)
    except Exception as error:  # noqa: BLE001 - as above
        log.error("ballots could not be moved: %s", type(error).__name__)  # noqa: TRY400


def lay_anew(store: Store) -> None:
    """Lay the waiting ballots in the order of their ciphertexts: rows as they came lie on a page in their order."""
    with store.write() as session:
        rows = session.exec(select(PoolBallot.round_id, PoolBallot.electorate, PoolBallot.sealed)).all()
        if rows:
            session.execute(delete(PoolBallot))
            session.execute(insert(PoolBallot), [
                {"round_id": round_id, "electorate": electorate, "sealed": sealed}
                for round_id, electorate, sealed in sorted(rows, key=itemgetter(2))
            ])


def _is_due(store: Store, round_id: str) -> bool:
    with store.look() as rows:
        batch, waiting = rows.execute(_WAITING, {"round": round_id}).first() or (0, 0)
    return bool(waiting) and waiting >= batch
