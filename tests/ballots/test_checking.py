"""`portal verify` looks into the boxes too: it exits non-zero and names what does not hold, and never an answer."""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from portal import cli
from portal.ballots import checking, sealing, urn
from portal.ballots.models import Round, Tally
from portal.core.clock import utc_now
from tests.ballots.conftest import Vote

MakeVote = Callable[..., Vote]
VOTES = {"villagers": ["competent"] * 50, "party_members": ["competent"] * 30, "town_cadres": ["competent"] * 10}


def said(vote: Vote) -> list[str]:
    return [str(problem) for problem in checking.problems(vote.stores)]


def test_all_holds_at_every_step(make_vote: MakeVote) -> None:
    """Before the vote, while batches move, closed, counted and published: nothing to say."""
    vote = make_vote(now=utc_now())
    assert said(vote) == []
    vote.cast_all(VOTES)
    assert said(vote) == []
    vote.close()
    assert said(vote) == []
    vote.record(vote.sheet())
    assert said(vote) == []
    vote.publish()
    assert said(vote) == []


def test_a_stuffed_urn_is_named(make_vote: MakeVote) -> None:
    """Somebody who owns the machine puts a ballot into the urn, before or after the close."""
    vote = make_vote(now=utc_now())
    vote.cast_all(VOTES)
    fake = sealing.seal(vote.round.box_pub, sealing.Ballot(vote.round_id, "villagers", {"work": "not"}))
    urn.put(vote.urn, [("villagers", fake)])
    assert said(vote) == [f"{vote.district['qingxi'].code}: round {vote.round_id}: villagers: {checking.STUFFED}"]
    vote.close()
    assert any(checking.STUFFED in each for each in said(vote))
    urn.put(vote.urn, [("villagers", sealing.seal(
        vote.round.box_pub, sealing.Ballot(vote.round_id, "villagers", {"work": "not"})))])
    assert any(checking.OTHER_URN in each for each in said(vote))


def test_inserted_ballot_detected(make_vote: MakeVote, capsys: pytest.CaptureFixture[str]) -> None:
    """The verb itself ends well over an honest box, and over a stuffed one with a fault and the name of what broke.

    Fault seen: a verb that looks at the log alone.
    """
    vote = make_vote(now=utc_now())
    (vote.folder / "portal.toml").write_text("demo = true\n", "utf-8")
    vote.cast_all(VOTES)
    assert cli.main(["verify", "--instance", str(vote.folder)]) == 0
    fake = sealing.seal(vote.round.box_pub, sealing.Ballot(vote.round_id, "villagers", {"work": "not"}))
    urn.put(vote.urn, [("villagers", fake)])
    capsys.readouterr()
    assert cli.main(["verify", "--instance", str(vote.folder)]) != 0
    told = capsys.readouterr()
    assert f"round {vote.round_id}: villagers: {checking.STUFFED}" in told.err
    assert "Everything holds" not in told.out


def test_a_ballot_taken_out_is_named(make_vote: MakeVote) -> None:
    """One row fewer than used slips."""
    vote = make_vote(now=utc_now())
    vote.cast_all(VOTES)
    with closing(sqlite3.connect(vote.urn, isolation_level=None)) as connection:
        connection.execute("DELETE FROM urn WHERE sealed = "
                           "(SELECT min(sealed) FROM urn WHERE electorate = 'villagers')")
    assert any(checking.TAKEN in each for each in said(vote))


@pytest.mark.parametrize("fault", ["line", "grade", "papers"])
def test_a_changed_result_is_named(make_vote: MakeVote, fault: str) -> None:
    """A line, the grade or a number of papers that somebody changed after the publication."""
    vote = make_vote(now=utc_now())
    vote.cast_all(VOTES)
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    with vote.stores.portal.write() as session:
        if fault == "line":
            row = session.exec(select(Tally)).first()
            assert row is not None
            row.percent -= 1
        elif fault == "grade":
            session.get_one(Round, vote.round_id).told = "excellent"
        else:
            session.connection().exec_driver_sql("update count_sheet set issued = issued + 1, returned = returned - 1")
    assert any(checking.OTHER_RESULT in each for each in said(vote))


def test_no_alarm_while_the_first_batch_is_put_in(make_vote: MakeVote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked in that very moment, the verb waits for the mover and finds that all holds.

    Fault seen: an urn whose first batch was not committed yet was called no urn, and nothing was said of the rest.
    """
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 19})
    opened, go_on = threading.Event(), threading.Event()

    def slow(ballots: object) -> list[tuple[str, bytes]]:
        opened.set()
        go_on.wait(2)
        return sorted(ballots, key=lambda row: row[1])[:]  # type: ignore[call-overload,no-any-return]

    def put(path: Path, ballots: list[tuple[str, bytes]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(urn.SCHEMA)
            connection.executemany("INSERT INTO urn VALUES (?, ?)", slow(ballots))
            connection.execute("COMMIT")

    monkeypatch.setattr(urn, "put", put)
    mover_ = threading.Thread(target=vote.cast, args=(vote.slips["villagers"][19],))
    mover_.start()
    assert opened.wait(20)
    threading.Timer(0.3, go_on.set).start()
    assert said(vote) == []
    mover_.join()
    assert len(urn.ballots(vote.urn)) == 20


def test_no_alarm_after_a_mover_was_killed_in_the_middle(make_vote: MakeVote) -> None:
    """A write to the urn that was broken off is undone by whoever looks next; the ballots lie in the pool yet.

    Fault seen: until the next batch the verb called that urn no urn.
    """
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 20})
    vote.cast_all({"party_members": ["competent"] * 5})
    child = os.fork()
    if child == 0:  # puts one more ballot and is killed with the journal on the disk and half of its pages written
        connection = sqlite3.connect(vote.urn, isolation_level=None)
        connection.execute("PRAGMA cache_size=1")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO urn VALUES ('villagers', ?)", [(os.urandom(304),) for _ in range(400)])
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    journal = Path(f"{vote.urn}-journal")
    assert journal.stat().st_size
    assert said(vote) == []
    assert len(urn.ballots(vote.urn)) == 20


def test_an_urn_whose_first_write_was_undone_holds_nothing(make_vote: MakeVote) -> None:
    """A disk full at the first batch leaves an empty file: the verb and the next mover find no ballots in it."""
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 19})
    vote.urn.parent.mkdir(parents=True, exist_ok=True)
    vote.urn.write_bytes(b"")
    assert said(vote) == []
    assert vote.cast(vote.slips["villagers"][19]) == "counted"
    assert said(vote) == []
    assert len(urn.ballots(vote.urn)) == 20
