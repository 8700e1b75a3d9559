"""Rounds on real stores: frozen, cast once, moved in batches, closed, counted elsewhere, published."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from portal.ballots import booth, conduct, counting, mover, queries, results, rules, sealing, service, urn
from portal.ballots.models import PoolBallot, Round, Tally
from portal.core.db import BoothTable, PortalTable, Stores
from portal.core.errors import Refused
from portal.log.models import LogEntry, LogPayload
from portal.slips import peppers
from tests.ballots.conftest import Vote

MakeVote = Callable[..., Vote]
OTHER = "f" * 32


def kinds(stores: Stores) -> list[str]:
    with stores.portal.read() as session:
        return [entry.kind for entry in session.exec(select(LogEntry).order_by(LogEntry.seq)).all()]  # type: ignore[arg-type]


def test_no_rowid(vote: Vote) -> None:
    """The urn, too, has no row id."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    no_column = pytest.raises(sqlite3.OperationalError, match="no such column")
    with closing(sqlite3.connect(vote.urn)) as connection, no_column:
        connection.execute("SELECT rowid FROM urn")


def test_schema_forbidden_columns(vote: Vote) -> None:
    """No column in the booth or the urn is named or typed for a moment, an address or a person."""
    forbidden = {"time", "ip", "ua", "phone", "openid", "name", "at", "on", "day", "date", "address", "agent", "serial"}
    for table in BoothTable.metadata.tables.values():
        if table.name == "round_state":  # one row a round: its hours are printed on every poster
            continue
        for column in table.columns:
            assert not forbidden & set(column.name.split("_")), f"{table.name}.{column.name}"
            assert "DATE" not in str(column.type).upper(), f"{table.name}.{column.name}"
    vote.cast_all({"villagers": ["excellent"] * 20})
    with closing(sqlite3.connect(vote.urn)) as connection:
        assert [row[1] for row in connection.execute("PRAGMA table_info(urn)")] == ["electorate", "sealed"]
    assert "n" not in PortalTable.metadata.tables["tally"].columns


def test_retry_same_attempt(vote: Vote) -> None:
    """The same attempt sent again changes nothing and is thanked again."""
    digits = vote.slips["villagers"][0]
    assert [vote.cast(digits) for _ in range(3)] == ["counted", "again", "again"]
    assert vote.ballots() == vote.spent() == 1


def test_retry_other_choice(vote: Vote) -> None:
    """The first choice stands: neither the same attempt nor another one changes it."""
    digits = vote.slips["villagers"][0]
    assert vote.cast(digits, "excellent") == "counted"
    assert vote.cast(digits, "not") == "again"
    assert vote.cast(digits, "not", OTHER) == "refused"
    vote.close()
    assert vote.sheet()["electorates"] == {"villagers": {"counted": 1, "questions": {"work": {"excellent": 1}}}}


def test_wrong_electorate(vote: Vote) -> None:
    """A party member's slip gives a party member's ballot: the electorate is in the slip's row, not in the form."""
    assert vote.cast(vote.slips["party_members"][0]) == "counted"
    with vote.stores.booth.read() as session:
        assert session.exec(select(PoolBallot.electorate)).all() == ["party_members"]


def test_ciphertext_length_constant(vote: Vote) -> None:
    """Every answer, every group and no answer at all seal to the same length."""
    lengths = {
        len(sealing.seal(vote.round.box_pub, sealing.Ballot(vote.round_id, electorate, choices)))
        for electorate in rules.ELECTORATES
        for choices in ({}, *({rules.QUESTION: answer} for answer in rules.SCALE), {"work": "not", "talk": "basic"})
    }
    assert lengths == {sealing.SEALED_BYTES}


def test_batch_min(vote: Vote) -> None:
    """Nineteen ballots wait, the twentieth takes them along; at the close all move, however few."""
    for digits in vote.slips["villagers"][:19]:
        vote.cast(digits)
    mover.move(vote.stores.booth, vote.round_id)
    assert not vote.urn.exists()
    assert vote.pool() == 19
    vote.cast(vote.slips["villagers"][19])
    assert vote.pool() == 0
    assert len(urn.ballots(vote.urn)) == 20
    vote.cast(vote.slips["town_cadres"][0])
    assert mover.move(vote.stores.booth, vote.round_id) == 0
    vote.close()
    assert vote.pool() == 0
    assert len(urn.ballots(vote.urn)) == 21


def test_a_full_batch_takes_nobody_else_along(vote: Vote) -> None:
    """Twenty villagers move; the one cadre beside them waits for nineteen others, and is not seen alone in the urn.

    Fault seen: a batch that is large enough when all groups together are.
    """
    vote.cast_all({"villagers": ["excellent"] * 20, "town_cadres": ["not"]})
    assert [of for of, _ in urn.ballots(vote.urn)] == ["villagers"] * 20
    assert vote.pool() == 1


def test_wal_truncated(vote: Vote) -> None:
    """After a move the write-ahead log is empty and no ballot's bytes are left anywhere in the booth's files."""
    for digits in vote.slips["villagers"][:19]:
        vote.cast(digits)
    vote.cast(vote.slips["villagers"][19])
    file = vote.stores.booth.file
    assert file is not None
    assert file.with_name(file.name + "-wal").stat().st_size == 0
    stored = b"".join(path.read_bytes() for path in file.parent.glob("booth.sqlite*"))
    assert not any(sealed[at : at + 24] in stored for _, sealed in urn.ballots(vote.urn) for at in (0, 100, 200))


def test_vacuum_into_canonical(tmp_path: Path, vote: Vote) -> None:
    """The same ballots, put in in any order and any batches, give the same file byte for byte."""
    import random

    box_pub, empty = vote.round.box_pub, sealing.Ballot("r", "villagers", {})
    ballots = [("villagers", sealing.seal(box_pub, empty)) for _ in range(120)]
    digests = set()
    for number in range(10):
        mixed = random.Random(number).sample(ballots, len(ballots))
        path = tmp_path / f"{number}.sqlite"
        for at in range(0, 120, 20 + number):
            urn.put(path, mixed[at : at + 20 + number])
        digests.add(urn.seal_file(path))
    assert len(digests) == 1


def test_hours(vote: Vote) -> None:
    """A ballot counts from the opening moment until just before the closing one."""
    digits = iter(vote.slips["villagers"])
    round_ = vote.round
    assert vote.cast(next(digits), now=round_.opens_at - timedelta(seconds=1)) == "refused"
    assert vote.cast(next(digits), now=round_.opens_at) == "counted"
    assert vote.cast(next(digits), now=round_.closes_at - timedelta(seconds=1)) == "counted"
    assert vote.cast(next(digits), now=round_.closes_at) == "refused"
    assert vote.spent() == vote.ballots() == 2


def _casts(vote: Vote, several: Sequence[tuple[str, str, datetime]]) -> list[booth.Cast]:
    """Return what voters sent: their digits, their attempts, and when it came."""
    store, found = vote.stores.booth, list[booth.Cast]()
    with store.read() as session:
        for number, (digits, attempt, moment) in enumerate(several):
            slip = booth.find(session, store, digits)
            assert slip is not None
            choice = rules.SCALE[number % len(rules.SCALE)]
            sealed = sealing.seal(vote.round.box_pub, sealing.Ballot(slip.round_id, slip.electorate,
                                                                     {rules.QUESTION: choice}))
            found.append(booth.Cast(moment, slip, attempt, sealed))
    return found


def test_several_at_once(vote: Vote) -> None:
    """Votes that come at one time are cast by one statement, each with its own ballot and its own attempt."""
    digits = [*vote.slips["villagers"][:5], *vote.slips["party_members"][:2]]
    casts = _casts(vote, [(each, f"attempt {number}", vote.now) for number, each in enumerate(digits)])
    store = vote.stores.booth
    assert store._change(booth.cast_all, casts) == ["counted"] * 7
    with store.read() as session:
        pool = {(row.round_id, row.electorate, row.sealed) for row in session.exec(select(PoolBallot)).all()}
        assert pool == {(one.slip.round_id, one.slip.electorate, one.sealed) for one in casts}
        for one in casts:
            assert [booth.slips.was_by(session, one.slip, other.attempt) for other in casts].count(True) == 1
            assert booth.slips.was_by(session, one.slip, one.attempt)
    assert vote.spent() == 7


@pytest.mark.parametrize("wrong", ["used", "twice", "late", "early", "closed"])
def test_one_of_several_that_can_not_be_counted_takes_nobody_along(vote: Vote, wrong: str) -> None:
    """All is undone, then each is tried alone: the good ones are counted, the wrong one is refused or known again."""
    good, round_ = [(each, "attempt", vote.now) for each in vote.slips["villagers"][:3]], vote.round
    late = (vote.slips["villagers"][3], "attempt", round_.closes_at)
    early = (vote.slips["villagers"][3], "attempt", round_.opens_at - timedelta(seconds=1))
    several = {"used": [*good, (good[0][0], "other", vote.now)], "twice": [*good, good[0]], "late": [*good, late],
               "early": [early, *good], "closed": good}[wrong]
    casts, store = _casts(vote, several), vote.stores.booth
    if wrong == "closed":
        with store.write() as session:
            booth.close_doors(session, vote.round_id, "closed")
    with pytest.raises(booth.NotAllError):
        store._change(booth.cast_all, casts)
    assert vote.spent() == vote.ballots() == 0
    outcomes = [store.together(booth.cast_all, one) for one in casts]
    assert outcomes == {"used": ["counted"] * 3 + ["refused"], "twice": ["counted"] * 3 + ["again"],
                        "late": ["counted"] * 3 + ["refused"], "early": ["refused"] + ["counted"] * 3,
                        "closed": ["refused"] * 3}[wrong]
    assert vote.spent() == vote.ballots() == (0 if wrong == "closed" else 3)


def test_race_two_processes(vote: Vote, tmp_path: Path) -> None:
    """Four processes, one of them killed in the middle, fight for one slip: one ballot, one spent slip."""
    code = """
import sys
from datetime import datetime
from pathlib import Path
from portal.ballots import booth, sealing
from portal.config import sqlite_urls
from portal.core.db import Stores
folder, digits, moment, key, die = sys.argv[1:]
store = Stores(sqlite_urls(Path(folder)), Path(folder)).booth
with store.read() as session:
    slip = booth.find(session, store, digits)
sys.stdin.readline()
for number in range(8):
    sealed = sealing.seal(key, sealing.Ballot(slip.round_id, slip.electorate, {"work": "not"}))
    with store.write() as session:
        outcome = booth.cast(session, datetime.fromisoformat(moment), slip, f"{die}-{number}", sealed)
        if die == "die":
            session.flush()
            import os
            os.kill(os.getpid(), 9)
    print(outcome)
"""
    digits = vote.slips["villagers"][0]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), digits, vote.now.isoformat(), vote.round.box_pub, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("die", "a", "b", "c")
    ]
    killed, *others = runs
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("\n")
        run.stdin.flush()
    assert killed.communicate()[0] in {"", "refused\n"}
    outcomes = [line for run in others for line in run.communicate()[0].split()]
    assert len(outcomes) == 24
    assert outcomes.count("counted") == 1
    assert outcomes.count("refused") + outcomes.count("again") == 23
    assert vote.ballots() == vote.spent() == 1


def test_cross_election_replay(make_vote: MakeVote) -> None:
    """Another round's slip opens nothing after its close, and another round's ballot is not counted."""
    old, new = make_vote(village="liuhe"), make_vote(village="shiqiao")
    old.cast_all({"villagers": ["not"] * 20})
    stray = urn.ballots(old.urn)[0]
    old.close()
    assert old.cast(old.slips["villagers"][30], now=old.now) == "unknown"
    new.cast_all({"villagers": ["excellent"] * 20})
    own = sealing.seal(new.round.box_pub, sealing.Ballot(old.round_id, "villagers", {"work": "not"}))
    urn.put(new.urn, [stray, ("villagers", own)])
    new.close()
    sheet = new.sheet()
    assert sheet["foreign"] == 2
    assert sheet["electorates"]["villagers"]["counted"] == 20


def test_inserted_ballot_detected(vote: Vote) -> None:
    """A ballot that somebody puts into the urn before the close makes more ballots than used slips: refused."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    fake = sealing.seal(vote.round.box_pub, sealing.Ballot(vote.round_id, "villagers", {"work": "not"}))
    urn.put(vote.urn, [("villagers", fake)])
    vote.close()
    with pytest.raises(Refused, match="More ballots were counted"):
        vote.record(vote.sheet())


def test_deleted_ballot_detected(vote: Vote) -> None:
    """A ballot taken out before the close leaves fewer ballots than used slips: said on the page, with a reason."""
    vote.cast_all({"villagers": ["excellent"] * 50, "party_members": ["excellent"] * 30,
                   "town_cadres": ["excellent"] * 10})
    with closing(sqlite3.connect(vote.urn, isolation_level=None)) as connection:
        connection.execute("DELETE FROM urn WHERE sealed = "
                           "(SELECT min(sealed) FROM urn WHERE electorate = 'villagers')")
    vote.close()
    sheet = vote.sheet()
    with pytest.raises(Refused, match="do not agree"):
        vote.record(sheet)
    vote.record(sheet, "少一张，正在查")
    with vote.stores.portal.read() as session:
        assert [queries.agrees(row) for row in queries.sheets(session, vote.round_id)] == [False, True, True]


def test_urn_changed_after_the_close_is_refused(vote: Vote) -> None:
    """The urn's hash went into the log at the close: a count of any other file is refused."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    vote.close()
    ballots = urn.ballots(vote.urn)
    vote.urn.unlink()
    urn.put(vote.urn, ballots[1:])
    urn.seal_file(vote.urn)
    with pytest.raises(Refused, match="not the count of the urn"):
        vote.record(vote.sheet())


def test_marked_spent_without_ballot(vote: Vote) -> None:
    """A slip marked as used without a ballot shows as a difference between used and counted."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    with vote.stores.booth.write() as session:
        from sqlalchemy import text
        session.execute(text("UPDATE credential SET state = 'spent' WHERE cred_hash = (SELECT min(cred_hash) "
                             "FROM credential WHERE state = 'issued' AND electorate = 'villagers')"))
    vote.close()
    with pytest.raises(Refused, match="do not agree"):
        vote.record(vote.sheet())


def test_plan_frozen(vote: Vote) -> None:
    """Once frozen nothing changes: plan, hours, sizes, key; the attempt is in the log, the rules' hash came first."""
    before = vote.round
    doors = vote.doors()
    other = counting.new_box(vote.folder / "box-other.json")["public"]
    draft = service.Draft(2026, before.opens_at + timedelta(hours=1), before.closes_at + timedelta(days=1),
                          {**before.sizes, "town_cadres": 50}, "B", other)
    with vote.stores.portal.write() as session:
        assert not service.change(session, vote.now, session.get_one(type(before), vote.round_id), draft)
    conduct.close_due(vote.stores, vote.now)
    after = vote.round
    assert after.model_dump() == before.model_dump()
    assert vote.doors() == doors
    assert rules.hash_of(after.rules) == after.rules_hash
    assert kinds(vote.stores).count("round:refused") == 1
    with pytest.raises(Refused, match="frozen already"):
        conduct.freeze(vote.stores, vote.now, vote.round_id)


def test_whole_round(vote: Vote) -> None:
    """From casting to publishing: the composite grade, only the lines that the plan allows, and the log of it all."""
    vote.cast_all({"villagers": ["excellent"] * 20 + ["competent"] * 25 + ["basic"] * 2 + ["not"] * 4,
                   "party_members": ["excellent"] * 20 + ["not"] * 10, "town_cadres": ["competent"] * 10})
    vote.close()
    sheet = vote.sheet()
    assert sheet["electorates"]["party_members"]["questions"] == {"work": {"excellent": 20, "not": 10}}
    round_ = vote.record(sheet)
    assert (round_.state, round_.grade, round_.talk) == ("counted", "competent", False)
    vote.publish()
    with vote.stores.portal.read() as session:
        lines = session.exec(select(Tally)).all()
        assert {line.electorate for line in lines} == {"villagers"}
        assert [(line.options, line.percent) for line in sorted(lines, key=lambda line: line.position)] == [
            ("excellent", 39), ("competent", 49), ("basic+not+abstain", 12)]
        payloads = b"".join(row.body for row in session.exec(select(LogPayload)).all())
    assert b"excellent" not in payloads
    found = kinds(vote.stores)
    assert [kind for kind in found if kind.startswith("round:")] == [
        "round:created", "round:opened", "round:closed", "round:counted",
        "round:witnessed", "round:witnessed", "round:published"]
    assert found.count("slips:issued") == 3


def test_exact_small_counts_are_not_kept(vote: Vote) -> None:
    """The exact sheet leaves only a commitment; no store holds what ten cadres or thirty members said."""
    vote.cast_all({"villagers": ["excellent"] * 50, "party_members": ["excellent"] * 27 + ["not"] * 3,
                   "town_cadres": ["excellent"] * 9 + ["basic"]})
    vote.close()
    sheet = vote.sheet()
    vote.record(sheet)
    assert vote.round.sheet_commit == counting.commitment(sheet)
    with vote.stores.portal.read() as session:
        assert [(row.electorate, row.percent, row.bound) for row in session.exec(select(Tally)).all()] == [
            ("villagers", 80, "at_least")]


def test_void_below_attendance(vote: Vote) -> None:
    """When too few of one group came, the result says so instead of a grade."""
    vote.cast_all({"villagers": ["excellent"] * 50, "party_members": ["excellent"] * 23,
                   "town_cadres": ["excellent"] * 10})
    vote.close()
    assert vote.record(vote.sheet()).grade == "void"


SPOILED: tuple[Callable[[dict[str, Any]], object], ...] = (
    lambda sheet: sheet.update(round="other"),
    lambda sheet: sheet.update(box="00" * 32),
    lambda sheet: sheet["electorates"].update(strangers={"counted": 1, "questions": {"work": {"not": 1}}}),
    lambda sheet: sheet["electorates"]["villagers"].update(counted=21),
    lambda sheet: sheet["electorates"]["villagers"]["questions"]["work"].update(excellent=-1),
    lambda sheet: sheet["electorates"]["villagers"]["questions"]["work"].update(great=0),
    lambda sheet: sheet["electorates"]["villagers"].update(questions=[]),
    lambda sheet: sheet["electorates"].update(villagers=None),
    lambda sheet: sheet.update(electorates=[]),
)


def test_wrong_count_sheets_are_refused(vote: Vote) -> None:
    """A count sheet of another round or box, or one that does not add up, changes nothing."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    vote.close()
    good = json.dumps(vote.sheet())
    for spoil in SPOILED:
        sheet = json.loads(good)
        spoil(sheet)
        with pytest.raises(Refused):
            vote.record(sheet)
        assert vote.round.state == "closed"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", json.dumps({"round": 1}).encode(), b" " * 200_000])
def test_no_count_sheet_at_all(content: bytes) -> None:
    """Any other file is refused with a sentence."""
    with pytest.raises(Refused, match="no count sheet"):
        results.read_sheet(content)


def test_counting_needs_the_right_key(vote: Vote, tmp_path: Path) -> None:
    """Another round's key opens nothing and says so; a key file is never overwritten; missing files are named."""
    vote.cast_all({"villagers": ["excellent"] * 20})
    vote.close()
    other = tmp_path / "other.json"
    counting.new_box(other)
    with pytest.raises(counting.CountError, match="another round's key"):
        counting.count(vote.urn, other)
    with pytest.raises(counting.CountError, match="never overwritten"):
        counting.new_box(other)
    with pytest.raises(counting.CountError, match="missing"):
        counting.count(tmp_path / "none.sqlite", other)
    with pytest.raises(counting.CountError, match="missing"):
        counting.count(vote.urn, tmp_path / "none.json")
    with pytest.raises(counting.CountError, match="not an urn"):
        counting.count(other, vote.key)
    assert other.stat().st_mode & 0o077 == 0


def test_early_close_is_refused(vote: Vote) -> None:
    """Nobody closes a round before its hour; the clock closes it once, however often it runs."""
    with pytest.raises(Refused, match="before its hour"):
        conduct.close(vote.stores, vote.now, vote.round_id)
    assert conduct.close_due(vote.stores, vote.now) == 0
    closes = vote.round.closes_at
    assert conduct.close_due(vote.stores, closes) == 1
    assert conduct.close_due(vote.stores, closes) == 0
    assert kinds(vote.stores).count("round:closed") == 1
    assert peppers.read(booth.peppers_of(vote.stores.booth), vote.round_id) is None


def test_void_kills_the_slips(vote: Vote) -> None:
    """A void round takes no more ballots and can't be counted."""
    conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    assert vote.cast(vote.slips["villagers"][0]) == "unknown"
    assert vote.round.state == "void"


def test_never_more_slips_than_people(vote: Vote) -> None:
    """All batches together stay within the electorate, and a closed round gets none."""
    with pytest.raises(Refused, match="At most 0 more"):
        conduct.issue_slips(vote.stores, vote.now, vote.round_id, "town_cadres", 1)
    vote.close()
    with pytest.raises(Refused, match="closed"):
        conduct.issue_slips(vote.stores, vote.round.closes_at, vote.round_id, "villagers", 1)


def test_no_slip_after_the_hour(make_vote: MakeVote) -> None:
    """From the closing moment on nobody prints slips, also before the clock came by to close the round."""
    vote = make_vote(printed={"villagers": 20})
    late = vote.round.closes_at
    assert vote.round.state == "open"
    with pytest.raises(Refused, match="no more slips"):
        conduct.issue_slips(vote.stores, late, vote.round_id, "villagers", 1)
    assert kinds(vote.stores).count("slips:issued") == 1
    conduct.issue_slips(vote.stores, late - timedelta(seconds=1), vote.round_id, "villagers", 1)


def test_void_stays_void(vote: Vote) -> None:
    """A clock that comes by late does not make an ordinary end of a round that was declared void."""
    conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    with vote.stores.booth.write() as session:
        booth.close_doors(session, vote.round_id, "closed")
    with vote.stores.booth.read() as session:
        doors = booth.state_of(session, vote.round_id)
    assert doors is not None
    assert doors.state == "void"


def test_notice_and_sizes(make_vote: MakeVote, vote: Vote) -> None:
    """Fewer than five can't vote in secret, a village has one round at a time, and people know days before."""
    with pytest.raises(Refused, match="Fewer than five"):
        make_vote(village="shiqiao", sizes={"party_members": 4, "villagers": 60, "town_cadres": 0})
    with pytest.raises(Refused, match="not finished"):
        make_vote(village="liuhe", plan="B")


def test_queries(vote: Vote, make_vote: MakeVote) -> None:
    """The village's page learns what is open and what came out last, and nothing of another village."""
    other = make_vote(village="shiqiao")
    with vote.stores.portal.read() as session:
        liuhe = vote.district["liuhe"]
        (found,) = session.exec(select(Round).where(Round.village_id == liuhe.id, queries.told_of())).all()
        assert found.id == vote.round_id
        assert queries.is_open(found, vote.now)
        assert not queries.is_open(found, vote.round.closes_at)
        assert {each.round.id for each in queries.below(session, vote.district["qingxi"].path)} == {
            vote.round_id, other.round_id}


def test_closing_twice_at_once_closes_once(vote: Vote) -> None:
    """Two taps, or the clock beside the town's button: one urn, one entry in the log, and the hash is that file's."""
    vote.cast(vote.slips["villagers"][0])
    closes = vote.round.closes_at
    with ThreadPoolExecutor(6) as several:
        list(several.map(lambda _number: conduct.close(vote.stores, closes, vote.round_id), range(6)))
    assert kinds(vote.stores).count("round:closed") == 1
    assert vote.round.urn_hash == urn.digest(vote.urn)


def test_a_crowd_waits_for_few_moves(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of votes that come within a second the first full batch is moved at once, the others together a little later."""
    moved: list[int] = []
    move = mover._move
    monkeypatch.setattr(mover, "_move", lambda store, round_id: moved.append(move(store, round_id)))
    seconds = [1000.0]
    monkeypatch.setattr(mover, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(mover, "PAUSE", 1.0)
    monkeypatch.setattr(mover, "_look_again", lambda *_asked: None)  # the clock here is made up
    for number, digits in enumerate(vote.slips["villagers"]):
        if number == 50:
            seconds[0] += 1.5
        assert vote.cast(digits) == "counted"
    assert moved == [20, 31]
    assert vote.pool() == 9
