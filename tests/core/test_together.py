"""Work that many ask for at once is done together, and nobody's fails for another's fault."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import bindparam
from sqlmodel import col, func, insert, select

from portal.core.db import Stores
from portal.core.quick import Quick
from portal.core.together import Together
from portal.slips import peppers
from portal.slips.models import Credential

LONG = 10  # seconds: something hangs if it takes as long

_ADD = insert(Credential)
_COUNT = select(func.count()).where(col(Credential.cred_hash) == bindparam("wanted"))


def test_who_comes_meanwhile_is_done_at_once() -> None:
    """While one works, the others gather; the next does all of theirs in one go, and each gets its own result."""
    first, go = threading.Event(), threading.Event()
    batches: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        first.set()
        assert go.wait(LONG)
        return [10 * item for item in items]

    together = Together(work)
    with ThreadPoolExecutor(9) as pool:
        leader = pool.submit(together.do, 0)
        assert first.wait(LONG)
        others = [pool.submit(together.do, item) for item in range(1, 9)]
        while len(together._waiting) < 8:
            pass
        go.set()
        assert leader.result(LONG) == 0
        assert [each.result(LONG) for each in others] == [10 * item for item in range(1, 9)]
    assert batches[0] == [0]
    assert sorted(batches[1]) == list(range(1, 9))
    assert len(batches) == 2


def test_a_fault_is_its_owners_alone() -> None:
    """One piece of work that fails takes none of its neighbours with it, and leaves the way free."""
    first, go = threading.Event(), threading.Event()

    def work(items: Sequence[int]) -> list[int]:
        first.set()
        assert go.wait(LONG)
        if 3 in items:
            raise ValueError(3)
        return list(items)

    together = Together(work)
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(together.do, 0)]
        assert first.wait(LONG)
        futures += [pool.submit(together.do, item) for item in range(1, 6)]
        while len(together._waiting) < 5:
            pass
        go.set()
        for item, future in enumerate(futures):
            if item == 3:
                with pytest.raises(ValueError, match="3"):
                    future.result(LONG)
            else:
                assert future.result(LONG) == item
    assert together.do(7) == 7


def _slip(number: int) -> dict[str, object]:
    return {"cred_hash": number.to_bytes(32), "round_id": "round", "electorate": "villagers", "state": "issued",
            "retry_tag": peppers.blank("issued")}


def test_written_together_is_committed_when_it_returns(stores: Stores) -> None:
    """From many threads each write is there once, seen by whoever looks afterwards; a failed one left nothing."""
    store = stores.booth

    def add(quick: Quick, numbers: Sequence[int]) -> list[None]:
        for number in numbers:
            quick.execute(_ADD, _slip(number))
            if number % 5 == 0:
                raise ValueError(number)
        return [None] * len(numbers)

    def write(number: int) -> bool:
        try:
            store.together(add, number)
        except ValueError:
            return False
        with store.look() as quick:
            seen = quick.execute(_COUNT, {"wanted": number.to_bytes(32)}).scalar()
        assert seen == 1
        return True

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(write, range(60)))
    assert done == [number % 5 != 0 for number in range(60)]
    with store.read() as session:
        assert session.exec(select(func.count()).select_from(Credential)).one() == 48


def test_whoever_waited_for_a_broken_off_write_is_told() -> None:
    """The thread that works for all is told to end: the others get an error and no silence, and the next one works."""
    first, go, calls = threading.Event(), threading.Event(), [0]

    def work(items: Sequence[int]) -> list[int]:
        calls[0] += 1
        if calls[0] == 1:
            first.set()
            assert go.wait(LONG)
            return list(items)
        if calls[0] == 2:
            raise SystemExit
        return list(items)

    together = Together(work)
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(together.do, 0)]
        assert first.wait(LONG)
        futures += [pool.submit(together.do, item) for item in (1, 2)]
        while len(together._waiting) < 2:
            pass
        go.set()
        assert futures[0].result(LONG) == 0
        errors = {type(future.exception(LONG)) for future in futures[1:]}
    assert errors == {SystemExit, RuntimeError}
    assert together.do(7) == 7
