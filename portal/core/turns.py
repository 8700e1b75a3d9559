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
    """A line of threads before a few turns."""

    def __init__(self, turns: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # waits outside the interpreter; a semaphore does not
        for _ in range(turns):
            self._free.put(None)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it until the end."""
        self._free.get()
        _mine.line = self
        try:
            yield
        finally:
            _mine.line = None
            self._free.put(None)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others have this thread's turn meanwhile."""
        _mine.line = None
        self._free.put(None)
        try:
            yield
        finally:
            self._free.get()
            _mine.line = self


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
