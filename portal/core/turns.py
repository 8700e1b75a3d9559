"""Turns: of many threads only a few work at once, and whoever merely waits lends its turn to another.

Two dozen threads that all want the interpreter make everybody wait for whoever holds a store's lock. Work that goes on
outside the interpreter (a disk, a slow hash, a sheet being typeset) needs no turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import local


class _Mine(local):
    """What this thread has: the line that its turn is of, and how many stores it holds locked."""

    line: "Line | None" = None
    locks: int = 0


_mine = _Mine()


class Line:
    """A line of threads before a few turns: `with line:` waits for a turn and has it until the end."""

    def __init__(self, turns: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # waits outside the interpreter; a semaphore does not
        for _ in range(turns):
            self._free.put(None)

    def __enter__(self) -> None:
        self._free.get()
        _mine.line = self

    def __exit__(self, *_error: object) -> None:
        _mine.line = None
        self._free.put(None)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others have this thread's turn meanwhile."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


@contextmanager
def away() -> Iterator[None]:
    """Give this thread's turn to others while it only waits.

    Not while it holds a store locked: whoever has the turn may want that lock, and both would wait for ever.
    """
    line = _mine.line
    if line is None or _mine.locks:
        yield
        return
    with line.lent():
        yield


@contextmanager
def locking() -> Iterator[None]:
    """Say that this thread holds a store locked meanwhile."""
    _mine.locks += 1
    try:
        yield
    finally:
        _mine.locks -= 1
