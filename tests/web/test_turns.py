"""A slow phone must hold nobody up."""

import threading
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from werkzeug.test import create_environ
from werkzeug.wrappers import Request as WSGIRequest
from werkzeug.wrappers import Response as WSGIResponse

from portal.core.files import clean_picture
from portal.core.turns import Line, away, locking
from portal.web.turns import Turns

WAIT = 5


class _Phone(BytesIO):
    """A body that arrives only when the test says so."""

    def __init__(self, body: bytes, arrived: threading.Event) -> None:
        super().__init__(body)
        self.arrived = arrived

    def read(self, size: int | None = -1) -> bytes:
        assert self.arrived.wait(WAIT)
        return super().read(size)


def _send(turns: Turns, body: BytesIO, length: str) -> bytes:
    environ: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": body}
    return b"".join(turns(environ, lambda *_: lambda _chunk: None))


def _echo(environ: dict[str, Any], _start: object) -> list[bytes]:
    return [environ["wsgi.input"].read()]


def test_a_slow_body_holds_no_turn() -> None:
    """While one phone sends its form byte by byte, others are served, even where there is a single turn."""
    turns, arrived, answers = Turns(_echo, 100, turns=1), threading.Event(), list[bytes]()
    slow = threading.Thread(target=lambda: answers.append(_send(turns, _Phone(b"slow", arrived), "4")))
    slow.start()
    assert _send(turns, BytesIO(b"fast"), "4") == b"fast"
    arrived.set()
    slow.join(WAIT)
    assert answers == [b"slow"]


def test_no_more_are_worked_on_than_there_are_turns() -> None:
    """Of ten at once two are worked on, and all are answered."""
    at_work, most, guard = 0, 0, threading.Lock()

    def work(_environ: dict[str, Any], _start: object) -> list[bytes]:
        nonlocal at_work, most
        with guard:
            at_work += 1
            most = max(most, at_work)
        threading.Event().wait(0.02)
        with guard:
            at_work -= 1
        return [b"done"]

    turns, answers = Turns(work, 100, turns=2), list[bytes]()
    threads = [threading.Thread(target=lambda: answers.append(_send(turns, BytesIO(), ""))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert answers == [b"done"] * 10
    assert most == 2


def test_a_body_that_is_too_long_is_not_read() -> None:
    """It is left for the portal to refuse; nothing of it is taken into memory first."""
    body = BytesIO(b"x" * 200)
    turns = Turns(lambda _environ, _start: [b"refused"], 100)
    assert _send(turns, body, "200") == b"refused"
    assert body.tell() == 0
    assert _send(turns, body, "many") == b"refused"


def test_who_waits_for_the_disk_lends_the_turn() -> None:
    """Where there is a single turn, a request that waits for another's write lets that other one work."""
    app, met = Flask(__name__), threading.Barrier(2)

    @app.get("/")
    def write() -> str:
        with away():
            met.wait(WAIT)  # both must be here at once
        return "written"

    app.wsgi_app = Turns(app.wsgi_app, 100, turns=1)  # type: ignore[method-assign]
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(app.test_client().get("/").text)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * WAIT)
    assert answers == ["written"] * 2


def test_a_picture_being_painted_holds_no_turn() -> None:
    """Whoever votes meanwhile waits for none.

    Fault seen: six visitors with photos of 9 KB that unfold to 16 million pixels made every voter wait for seconds.
    """
    out = BytesIO()
    Image.new("P", (4000, 4000), 3).save(out, "PNG")
    line, begun, painted = Line(1), threading.Event(), threading.Event()

    def paint() -> None:
        with line:
            begun.set()
            clean_picture(out.getvalue())
        painted.set()

    painter = threading.Thread(target=paint)
    painter.start()
    assert begun.wait(WAIT)
    with line:
        assert not painted.is_set(), "the turn came while the picture was being painted"
    painter.join(WAIT)
    assert painted.is_set()


def test_a_body_of_untold_length_is_not_read() -> None:
    """Nobody knows when it ends, and whoever works on it would hold a turn until then. No browser sends one.

    Fault seen: eight unfinished bodies in chunks stopped a server of two processes.
    """
    @WSGIRequest.application
    def echo(request: WSGIRequest) -> WSGIResponse:
        return WSGIResponse(request.get_data())

    turns, never = Turns(echo, 100, turns=1), threading.Event()
    environ = create_environ(method="POST", input_stream=_Phone(b"chunk", never))
    environ.pop("CONTENT_LENGTH", None)
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answered: list[bytes] = []
    asked = threading.Thread(target=lambda: answered.append(
        b"".join(turns(environ, lambda *_: lambda _chunk: None))), daemon=True)
    asked.start()
    asked.join(WAIT / 2)
    never.set()
    assert answered == [b""]


def test_who_holds_a_lock_lends_nothing() -> None:
    """Whoever got the turn might want that very lock: both would wait for ever."""
    came: list[str] = []

    def work(environ: dict[str, Any], _start: object) -> list[bytes]:
        came.append(environ["CONTENT_LENGTH"])
        if environ["CONTENT_LENGTH"] == "1":
            with locking(), away():
                other.start()
                other.join(0.2)
                came.append("still here")
        return [b"done"]

    turns = Turns(work, 100, turns=1)
    other = threading.Thread(target=lambda: _send(turns, BytesIO(b"22"), "2"))
    _send(turns, BytesIO(b"1"), "1")
    other.join(WAIT)
    assert came == ["1", "still here", "2"]


def test_without_turns_nothing_is_lent() -> None:
    """A page that is asked for without the server's turns works as well."""
    with Flask(__name__).test_request_context("/"), away():
        pass
