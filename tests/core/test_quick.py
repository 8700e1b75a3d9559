"""The quick way to a store gives what the slow way gives."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import bindparam
from sqlmodel import col, select, update

from portal.ballots.models import RoundState
from portal.core.db import Stores
from portal.core.quick import Quick
from tests.conftest import NOW

_ALL = select(RoundState.id, RoundState.min_batch, RoundState.opens_at, RoundState.closes_at).order_by(RoundState.id)
_LARGER = select(RoundState.id).where(col(RoundState.min_batch) > bindparam("least"), RoundState.state == "open")
_CLOSE = update(RoundState).where(col(RoundState.id) == bindparam("round")).values(state="closed")


def _rounds(stores: Stores) -> None:
    with stores.booth.write() as session:
        for number in range(3):
            session.add(RoundState(id=f"r{number}", box_pub="ab" * 32, min_batch=20 + number, opens_at=NOW,
                                   closes_at=NOW + timedelta(days=number)))


def _close(quick: Quick, rounds: Sequence[str]) -> list[int]:
    return [quick.execute(_CLOSE, {"round": each}).rowcount for each in rounds]


def test_rows_come_as_from_a_session(stores: Stores) -> None:
    """Texts, whole numbers and moments are the same, moments with their zone."""
    _rounds(stores)
    with stores.booth.read() as session:
        slow = [tuple(row) for row in session.exec(_ALL).all()]
    with stores.booth.look() as quick:
        assert quick.execute(_ALL).found == slow
        assert quick.execute(_ALL).first() == slow[0]
        assert quick.execute(_LARGER, {"least": 20}).scalars() == ["r1", "r2"]
        assert quick.execute(_LARGER, {"least": 22}).first() is None
        assert quick.execute(_LARGER, {"least": 22}).scalar() is None


def test_what_it_changes_is_counted_and_kept(stores: Stores) -> None:
    """A change says how many rows it touched, and is there for everybody afterwards."""
    _rounds(stores)
    assert stores.booth.together(_close, "r1") == 1
    assert stores.booth.together(_close, "r9") == 0
    with stores.booth.look() as quick:
        assert quick.execute(_LARGER, {"least": 0}).scalars() == ["r0", "r2"]


def test_a_look_changes_nothing(stores: Stores) -> None:
    """A connection that was looked through goes back clean: the next look sees what was written meanwhile."""
    _rounds(stores)
    with stores.booth.look() as quick:
        assert quick.execute(_LARGER, {"least": 0}).scalars() == ["r0", "r1", "r2"]
        stores.booth.together(_close, "r0")
        assert quick.execute(_LARGER, {"least": 0}).scalars() == ["r1", "r2"]


def test_a_change_that_fails_is_undone(stores: Stores) -> None:
    """Nothing of it is there, and nothing is left open on the thread's connection that would hold others up."""
    _rounds(stores)

    def broken(quick: Quick, rounds: Sequence[str]) -> list[int]:
        _close(quick, rounds)
        raise LookupError

    with pytest.raises(LookupError):
        stores.booth.together(broken, "r1")
    with stores.booth.write() as session:  # nobody holds the store
        session.add(RoundState(id="r3", box_pub="ab" * 32, min_batch=23, opens_at=NOW, closes_at=NOW))
    with stores.booth.look() as quick:
        assert quick.execute(_LARGER, {"least": 0}).scalars() == ["r0", "r1", "r2", "r3"]
    assert stores.booth.empty_log()


def test_threads_look_apart(stores: Stores) -> None:
    """Eight threads look and change at once; each change is there once, and no log is left that can't be emptied."""
    _rounds(stores)

    def work(number: int) -> int:
        with stores.booth.look() as quick:
            assert len(quick.execute(_ALL).found) == 3
        return stores.booth.together(_close, f"r{number % 3}")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(40))) == 40
    with stores.booth.look() as quick:
        assert quick.execute(_LARGER, {"least": 0}).scalars() == []
    assert stores.booth.empty_log()
