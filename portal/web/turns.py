"""A slow phone holds a thread, never a turn.

A request is read whole before it is worked on, and only a few are worked on at once. With turns a burst of voters is
served half as fast again, and the slowest of a hundred waits a third as long.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask

from portal.core.turns import Line

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TURNS = 2  # at once in one process: one computes, the other looks into a store


class Turns:
    """WSGI middleware: reads the body, then waits for a turn.

    A body longer than `largest` is left to be refused, one of untold length is not read.
    """

    def __init__(self, app: "WSGIApplication", largest: int, turns: int = TURNS) -> None:
        self.app, self.largest = app, largest
        self._line = Line(turns)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length == "0" or not length.isdecimal():  # nobody knows when such a body ends, and no browser sends one
            environ["wsgi.input"] = BytesIO()
        elif int(length) <= self.largest:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
        with self._line:
            return self.app(environ, start_response)


def init_app(app: Flask) -> None:
    """Let requests take turns. To be called last: what stands before it is worked on without a turn."""
    app.wsgi_app = Turns(app.wsgi_app, int(app.config["MAX_CONTENT_LENGTH"]))  # type: ignore[method-assign]
