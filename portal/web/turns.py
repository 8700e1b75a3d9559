"""A slow phone holds a thread, never a turn.

A request is read whole before it is worked on, and only a few are worked on at once. Two dozen threads that all
want the interpreter make everybody wait for whoever holds a store's lock: with turns a burst of voters is served
half as fast again, and the slowest of a hundred waits a third as long.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BytesIO
from queue import SimpleQueue
from typing import TYPE_CHECKING

from flask import Flask, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HELD = "portal.turns"
TURNS = 2  # at once in one process: one computes, the other waits for a disk


class Turns:
    """WSGI middleware: reads the body, then waits for a turn. A body longer than `largest` is left to be refused."""

    def __init__(self, app: "WSGIApplication", largest: int, turns: int = TURNS) -> None:
        self.app, self.largest = app, largest
        self._free: SimpleQueue[None] = SimpleQueue()  # waits outside the interpreter; a semaphore does not
        for _ in range(turns):
            self._free.put(None)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and 0 < int(length) <= self.largest:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
        environ[HELD] = self
        self._free.get()
        try:
            return self.app(environ, start_response)
        finally:
            self._free.put(None)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others have this request's turn meanwhile."""
        self._free.put(None)
        try:
            yield
        finally:
            self._free.get()


def away() -> AbstractContextManager[None]:
    """Give the turn of this request to others while it only waits: for a disk, or for whoever writes for all."""
    turns: Turns | None = request.environ.get(HELD)
    return turns.lent() if turns is not None else nullcontext()


def init_app(app: Flask) -> None:
    """Let requests take turns. To be called last: what stands before it is worked on without a turn."""
    app.wsgi_app = Turns(app.wsgi_app, int(app.config["MAX_CONTENT_LENGTH"]))  # type: ignore[method-assign]
