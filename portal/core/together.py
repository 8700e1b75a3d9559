"""Small pieces of work that many ask for at once, done together: one lock, one transaction, one wait for the disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Asked(Generic[Item, Result]):
    """One item, who waits for it, and what came of it."""

    item: Item
    woken: SimpleQueue[None] = field(default_factory=SimpleQueue)  # an Event is four times the work
    results: list[Result] = field(default_factory=list)
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return bool(self.results) or self.error is not None


class Together(Generic[Item, Result]):
    """Gathers what threads ask for while one of them works, and lets the next of them do all of it at once.

    `work` is handed the items in the order of asking and returns as many results; it does all or nothing. When it
    fails for several, each is tried alone: nobody's work fails for another's fault.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._work = work
        self._waiting: list[_Asked[Item, Result]] = []
        self._busy = False
        self._lock = Lock()

    def do(self, item: Item) -> Result:
        """Return what came of an item. Raises whatever `work` raised for it."""
        mine = _Asked[Item, Result](item)
        with self._lock:
            self._waiting.append(mine)
            leads, self._busy = not self._busy, True
        if not leads:
            mine.woken.get()  # until somebody did it, or until it is this thread's turn to lead
        if not mine.done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.results[0]

    def _lead(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            self._finish(batch)
        finally:
            for each in batch:
                if not each.done:  # this thread was told to end in the middle
                    each.error = RuntimeError("the work was broken off")
            with self._lock:
                following = self._waiting[:1]
                self._busy = bool(following)
            for each in [*batch, *following]:
                each.woken.put(None)

    def _finish(self, batch: list[_Asked[Item, Result]]) -> None:
        try:
            results = self._work([each.item for each in batch])
        except Exception as error:  # noqa: BLE001 - handed on to whoever asked
            if len(batch) == 1:
                batch[0].error = error
                return
            for each in batch:
                self._finish([each])
        else:
            for each, result in zip(batch, results, strict=True):
                each.results.append(result)
