"""What many visitors do at once: a thousand fetches that change nothing, a hundred votes around the closing bell."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import Client

from portal.ballots import booth, sealing, urn
from portal.core.clock import utc_now
from portal.core.turns import away
from portal.slips import voice
from portal.web import tokens
from tests.ballots.conftest import Vote
from tests.ballots.voting import DONE, USED
from tests.site.test_routes import address, routes

MakeVote = Callable[..., Vote]


def boxes(vote: Vote) -> list[str]:
    """Every row of the booth and of the urn, as text."""
    found = []
    for path in (vote.stores.booth.file, vote.urn):
        with closing(sqlite3.connect(path)) as connection:  # type: ignore[arg-type]
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                found += [f"{table} {row!r}" for row in connection.execute(f'SELECT * FROM "{table}"')]
    return sorted(found)


def test_get_never_spends(make_vote: MakeVote, app: Flask) -> None:
    """Previews and bots fetch every address a thousand times, a slip's digits with them: no row of any box changes.

    Fault seen: an address that used up the slip in its question mark.
    """
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 23})
    digits, village = vote.slips["villagers"][30], vote.district["liuhe"]
    with vote.stores.booth.write() as session:
        spoken = voice.issue(session, booth.peppers_of(vote.stores.booth), village.id, utc_now().year, 2)[0]
    asked = urlencode({"digits": digits, "choice": "not", "attempt": "0" * 32, "slip": spoken, "code": spoken})
    places = [address(rule, village.code).replace("0" * 16, vote.round_id) for rule in routes(app)
              if "GET" in (rule.methods or ()) and rule.arguments <= {"code", "round"}]
    assert {"/vote", "/vote/where", f"/v/{village.code}/results/{vote.round_id}"} <= set(places)
    before, client = boxes(vote), Client(app)
    assert sum(each.startswith("credential") for each in before) == 100
    for path, question in islice(cycle(product(places, ("", f"?{asked}"))), 1000):
        assert client.get(path + question).status_code < 500, path
    assert boxes(vote) == before


def begin(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()


def end(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_close_race(make_vote: MakeVote, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred votes around the closing bell: each is counted and in the urn, or refused, and no page breaks.

    Ten come before, 68 race with the close, two had read their slip when the doors closed, ten come while the urn is
    written, ten afterwards. Faults seen: doors that a vote does not look at, so that it is thanked for and lies
    in no urn; a page that breaks once the round's pepper is gone.
    """
    vote = make_vote(now=utc_now())
    slips = [digits for batch in vote.slips.values() for digits in batch]
    pages: dict[int, tuple[int, str]] = {}
    on_the_way, writing, closed = threading.Semaphore(0), threading.Event(), threading.Event()
    waits = {8: writing, 9: closed}

    def phone(number: int) -> None:
        attempt = f"{number:032x}"
        with app.test_request_context():
            token = tokens.form_token("vote", slips[number] + attempt)
        if number // 10 in waits:
            waits[number // 10].wait(60)
        page = Client(app).post("/en/vote/cast", data={
            "digits": slips[number], "attempt": attempt, "choice": "excellent", "token": token})
        pages[number] = page.status_code, page.text

    threads = [threading.Thread(target=phone, args=(number,), name=str(number)) for number in range(100)]
    seal, seal_file = sealing.seal, urn.seal_file

    def slowly(*args: Any) -> bytes:
        if threading.current_thread() in threads[78:80]:
            on_the_way.release()
            with away():  # sealing takes no time: these two hold nobody's turn
                closed.wait(60)
        return seal(*args)

    def meanwhile(path: Path) -> str:
        writing.set()
        end(threads[80:90])
        return seal_file(path)

    monkeypatch.setattr(sealing, "seal", slowly)
    monkeypatch.setattr(urn, "seal_file", meanwhile)
    begin(threads[:10])
    end(threads[:10])
    begin(threads[78:])
    assert all(on_the_way.acquire(timeout=60) for _ in range(2))
    begin(threads[10:78])
    vote.close()
    closed.set()
    end(threads)
    assert {status for status, _ in pages.values()} == {200}
    thanked = {number for number, (_, text) in pages.items() if DONE in text}
    assert thanked | {number for number, (_, text) in pages.items() if USED in text} == set(range(100))
    assert set(range(10)) <= thanked <= set(range(78))
    assert len(thanked) == vote.spent() == len(urn.ballots(vote.urn))
    assert vote.pool() == 0
