"""The mover and the voter: nobody waits for it in vain, nobody hears its troubles, and no order is left behind."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from flask import Flask

from portal.ballots import booth, conduct, mover, rules, sealing, urn
from portal.core.clock import utc_now
from portal.core.turns import Line, away
from portal.web import tokens
from tests.ballots.conftest import Vote

PAGE = 4096  # bytes, SQLite's default
SOON = 20  # seconds: something is wrong if it takes as long


def _cast(vote: Vote, app: Flask, digits: str, choice: str = "not") -> int:
    """Cast by the page; return its status."""
    attempt = "a" * 32
    with app.test_request_context():
        token = tokens.form_token("vote", digits + attempt)
    return app.test_client().post("/en/vote/cast", data={"digits": digits, "attempt": attempt, "choice": choice,
                                                         "token": token}).status_code


def test_a_mover_that_fails_is_no_business_of_the_voter(make_vote: Callable[..., Vote], app: Flask,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full just when a batch is to be moved: the vote counts, its voter is thanked, the clock moves it."""
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["not"] * 19})
    put = urn.put

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(urn, "put", full)
    assert _cast(vote, app, vote.slips["villagers"][30]) == 200
    assert vote.pool() == vote.spent() == 20
    monkeypatch.setattr(urn, "put", put)
    conduct.close_due(vote.stores, utc_now())
    assert (vote.pool(), vote.ballots()) == (0, 20)


def test_who_used_a_slip_before_spoils_no_batch(make_vote: Callable[..., Vote], app: Flask,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    """A used slip sent once more asks for no write.

    With it among them, all votes of that moment would be undone and tried alone.
    """
    vote = make_vote(now=utc_now())
    digits = vote.slips["villagers"][0]
    assert _cast(vote, app, digits) == 200
    written: list[object] = []
    monkeypatch.setattr(vote.stores.booth.__class__, "together", lambda *asked: written.append(asked))
    assert _cast(vote, app, digits, "excellent") == 200
    assert written == []
    assert vote.spent() == vote.ballots() == 1


def test_the_rest_of_a_crowd_is_moved_without_another_voter(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixty votes within one pause less than a batch waits afterwards, though nobody else comes, and no log is left.

    Fault seen: forty lay in the pool and in the write-ahead log until the clock ran.
    """
    monkeypatch.setattr(mover, "PAUSE", 1.5)
    for digits in vote.slips["villagers"][:60]:
        assert vote.cast(digits) == "counted"
    assert vote.pool() >= 20
    until = time.monotonic() + SOON
    log = vote.stores.booth.file.with_name("booth.sqlite-wal") if vote.stores.booth.file else None
    while (vote.pool() >= 20 or mover._later or (log and log.exists() and log.stat().st_size)) \
            and time.monotonic() < until:
        time.sleep(0.05)
    assert vote.pool() < 20
    assert log is not None
    assert not log.exists() or log.stat().st_size == 0
    assert vote.ballots() == vote.spent() == 60


def test_a_log_that_a_reader_held_is_emptied_later(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody reads, the write-ahead log can't be emptied; once the reader is gone nobody has to come for it.

    What was moved stood there with the order in which it came. Fault seen: nobody looked again before the next voter.
    """
    store = vote.stores.booth
    assert store.file is not None
    log = store.file.with_name("booth.sqlite-wal")
    monkeypatch.setattr(mover, "PAUSE", 0.3)
    with closing(sqlite3.connect(store.file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM pool").fetchone()
        for digits in vote.slips["villagers"][:20]:
            assert vote.cast(digits) == "counted"
        until = time.monotonic() + SOON
        while vote.pool() and time.monotonic() < until:
            time.sleep(0.05)
        assert vote.pool() == 0
        time.sleep(1)  # long enough to have looked again, and in vain
        assert log.stat().st_size > 0
        reader.execute("COMMIT")
    until = time.monotonic() + SOON
    while log.exists() and log.stat().st_size and time.monotonic() < until:
        time.sleep(0.05)
    assert not log.exists() or log.stat().st_size == 0
    assert vote.ballots() == vote.spent() == 20


def test_who_votes_while_a_batch_moves_is_neither_lost_nor_kept_waiting(vote: Vote,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """While the urn is being written votes are cast, and they stay in the pool: they were not in that batch."""
    monkeypatch.setattr(mover, "move_if_due", lambda *_arguments: None)  # only by hand
    for digits in vote.slips["villagers"][:20]:
        assert vote.cast(digits) == "counted"
    put = urn.put

    def meanwhile(*arguments: Any) -> None:
        assert vote.cast(vote.slips["villagers"][20]) == "counted"
        put(*arguments)

    monkeypatch.setattr(urn, "put", meanwhile)
    moved = mover.move(vote.stores.booth, vote.round_id)
    assert (moved, vote.pool(), vote.ballots(), vote.spent()) == (20, 1, 21, 21)


def test_an_urn_is_sealed_after_whoever_is_at_it(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that is closed while a batch moves waits for it: nothing is put into an urn whose hash was read aloud.

    Fault seen: a round that was over while a mover, which had read the pool before, was still to open the urn.
    """
    monkeypatch.setattr(mover, "move_if_due", lambda *_arguments: None)
    for digits in vote.slips["villagers"][:40]:
        assert vote.cast(digits) == "counted"
    put, at_it, go_on = urn.put, threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> None:
        if not at_it.is_set():
            at_it.set()
            assert go_on.wait(SOON)
        put(*arguments)

    monkeypatch.setattr(urn, "put", slowly)
    one = threading.Thread(target=mover.move, args=(vote.stores.booth, vote.round_id), daemon=True)
    one.start()
    assert at_it.wait(SOON)
    other = threading.Thread(target=vote.close, daemon=True)
    other.start()
    other.join(1.5)
    assert other.is_alive()
    assert vote.round.state == "open"
    go_on.set()
    one.join(SOON)
    other.join(SOON)
    assert vote.round.state == "closed"
    assert urn.digest(vote.urn) == vote.round.urn_hash
    assert (vote.pool(), vote.ballots(), vote.spent()) == (0, 40, 40)


def test_what_waits_lies_in_no_order(vote: Vote) -> None:
    """After the clock ran, one copy of the booth does not tell in which order the ballots came that still wait.

    Fault seen: on its page each ballot lay before the one that had come earlier; who watched the line and has the box
    would know the last voters' answers by name.
    """
    store, sealed = vote.stores.booth, list[bytes]()
    for digits in random.sample(vote.slips["villagers"], 16):
        with store.read() as session:
            slip = booth.find(session, store, digits)
        assert slip is not None
        sealed.append(sealing.seal(vote.round.box_pub, sealing.Ballot(slip.round_id, slip.electorate,
                                                                      {rules.QUESTION: "not"})))
        assert store.together(booth.cast_all, booth.Cast(vote.now, slip, "attempt", sealed[-1])) == "counted"
    conduct.close_due(vote.stores, vote.now)
    assert vote.pool() == 16
    assert store.file is not None
    content = store.file.read_bytes()
    places = {each: content.find(each[:40]) for each in sealed}
    assert min(places.values()) > 0
    for page in {place // PAGE for place in places.values()}:
        lying = sorted((each for each in sealed if places[each] // PAGE == page), key=places.__getitem__, reverse=True)
        assert lying == sorted(lying), "they lie by their ciphertexts, which are random"


def test_a_lock_of_the_rounds_is_known_to_the_turns(vote: Vote) -> None:
    """Whoever holds a round's end alone lends no turn: others may wait for that very lock with the turn in hand."""
    line, inside, done = Line(1), threading.Event(), list[str]()

    def holder() -> None:
        with line, conduct._alone(vote.stores, vote.round_id):
            inside.set()
            with away():
                time.sleep(0.2)
        done.append("holder")

    def waiter() -> None:
        assert inside.wait(SOON)
        with line, conduct._alone(vote.stores, vote.round_id):
            done.append("waiter")

    threads = [threading.Thread(target=each, daemon=True) for each in (holder, waiter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON / 4)
    assert done == ["holder", "waiter"]


def test_who_waits_for_a_round_s_end_lends_the_turn(vote: Vote) -> None:
    """The clock closes a round and the town taps too: whoever waits for the other holds no voter up meanwhile.

    Fault seen: two taps on "close" had both turns of a worker until the clock was done, and its voters waited.
    """
    line, waits, voted = Line(1), threading.Event(), threading.Event()

    def tap() -> None:
        with line:
            waits.set()
            with conduct._alone(vote.stores, vote.round_id):
                pass

    def voter() -> None:
        with line:
            voted.set()

    with conduct._alone(vote.stores, vote.round_id):  # the clock, in its own process: it has no turn
        threads = [threading.Thread(target=tap, daemon=True)]
        threads[0].start()
        assert waits.wait(SOON)
        threads.append(threading.Thread(target=voter, daemon=True))
        threads[1].start()
        assert voted.wait(SOON / 4)
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()


def test_a_mover_killed_half_way_makes_no_batch_of_one(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed mover had put into the urn does not make up the next batch: no single ballot follows alone.

    The server ends after twenty ballots lie in the urn and before they leave the pool. Fault seen: at the next vote 21
    were "moved", of which one was new; two copies of the urn around it showed the ciphertext of whoever voted then.
    """
    put = urn.put

    def killed(*arguments: object) -> None:
        put(*arguments)  # type: ignore[arg-type]
        raise SystemExit

    vote.cast_all({"villagers": ["not"] * 19})
    monkeypatch.setattr(urn, "put", killed)
    with pytest.raises(SystemExit):
        vote.cast(vote.slips["villagers"][19])
    monkeypatch.setattr(urn, "put", put)
    sizes = []
    for digits in vote.slips["villagers"][20:60]:
        assert vote.cast(digits) == "counted"
        conduct.close_due(vote.stores, vote.now)
        sizes.append(len(urn.ballots(vote.urn)))
    assert set(sizes) == {20, 40, 60}
    assert vote.ballots() == vote.spent() == 60
