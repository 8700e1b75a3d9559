"""A locked urn is kept for its days after the result, then nothing of it is left, and everybody can see when."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select

from portal import clocks
from portal.ballots import conduct, counting, queries, service, urn
from portal.config import Config
from portal.core.clock import local_day, start_of, utc_now
from portal.core.errors import Refused
from portal.log.models import LogEntry, LogPayload
from portal.places import service as places
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
ANSWERS = {"villagers": ["competent"] * 50, "party_members": ["excellent"] * 30, "town_cadres": ["basic"] * 10}
KEPT = timedelta(days=15)


def held(vote: Vote, answers: dict[str, list[str]] = ANSWERS) -> Vote:
    """Hold a round to its result."""
    vote.cast_all(answers)
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    return vote


def pieces(vote: Vote) -> list[bytes]:
    """Return the beginning and the middle of every sealed ballot in a round's urn."""
    return [sealed[at:at + 24] for _, sealed in urn.ballots(vote.urn) for at in (0, len(sealed) // 2)]


def on_disk(folder: Path, needles: list[bytes]) -> int:
    """Count which of some bytes stand in any file of an installation."""
    stored = b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return sum(needle in stored for needle in needles)


def erasures(vote: Vote) -> list[tuple[LogEntry, dict[str, str]]]:
    """Return the log's entries of erased urns, each with its facts."""
    with vote.stores.portal.read() as session:
        found = session.exec(select(LogEntry).where(LogEntry.kind == "urn:erased")).all()
        return [(entry, json.loads(session.get_one(LogPayload, (entry.unit, entry.seq)).body)) for entry in found]


def test_the_urn_goes_after_its_days(vote: Vote, config: Config) -> None:
    """For 15 days after the result it lies there; on that day the clock leaves no byte of 90 ballots in any file."""
    held(vote)
    known, first = pieces(vote), local_day(vote.now) + KEPT
    assert on_disk(vote.folder, known) == len(known) == 180
    clocks.tick(vote.stores, config, start_of(first) - timedelta(minutes=1))
    assert on_disk(vote.folder, known) == len(known), "the last minute before the day"
    assert erasures(vote) == []
    assert "urns" in clocks.tick(vote.stores, config, start_of(first))
    assert on_disk(vote.folder, known) == 0
    assert not vote.urn.exists()
    assert vote.round.urn_erased_on == first
    assert "urns" not in clocks.tick(vote.stores, config, start_of(first) + timedelta(hours=1))
    (entry, facts), = erasures(vote)
    assert (entry.day, facts) == (first, {"place": vote.district["liuhe"].code, "round": vote.round_id,
                                          "urn": vote.round.urn_hash})


def test_what_a_killed_write_left_goes_too(vote: Vote) -> None:
    """Half-written copies and journals beside an urn are erased with it; an urn of another round is not touched."""
    held(vote)
    content = vote.urn.read_bytes()
    left = [vote.urn.with_suffix(".fresh"), Path(f"{vote.urn}-journal")]
    other = urn.path_of(vote.urn.parent, "0123456789abcdef")
    for path in (*left, other):
        path.write_bytes(content)
    assert conduct.erase_urns(vote.stores, vote.now + KEPT) == 1
    assert [path.exists() for path in (vote.urn, *left, other)] == [False, False, False, True]


def test_the_bytes_are_written_over(vote: Vote) -> None:
    """The blocks that a file leaves behind hold nothing of it: a second name for them finds zeros, as at the close."""
    vote.cast_all(ANSWERS)
    early = vote.folder / "early"
    early.hardlink_to(vote.urn)
    vote.close()
    assert set(early.read_bytes()) == {0}, "the urn as it was while people voted"
    late = vote.folder / "late"
    late.hardlink_to(vote.urn)
    vote.record(vote.sheet())
    vote.publish()
    conduct.erase_urns(vote.stores, vote.now + KEPT)
    assert set(late.read_bytes()) == {0}


def test_a_clock_killed_between_file_and_log_ends_the_same(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is gone, the entry is not: the next tick writes it, once."""
    held(vote)
    with monkeypatch.context() as killed:
        killed.setattr(service, "mark_urn_erased", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            conduct.erase_urns(vote.stores, vote.now + KEPT)
    assert not vote.urn.exists()
    assert vote.round.urn_erased_on is None
    for _ in range(2):
        conduct.erase_urns(vote.stores, vote.now + KEPT)
    assert len(erasures(vote)) == 1


def test_days_are_frozen_with_the_round(vote: Vote) -> None:
    """What people were told before they voted holds: a setting changed later moves only later rounds."""
    with vote.stores.portal.write() as session:
        places.set_value(session, vote.now, vote.district["district"], "ballots.urn_days", 0, local_day(vote.now), None,
                         "at once")
    held(vote)
    assert queries.urn_until(vote.round) == local_day(vote.now) + KEPT
    assert conduct.erase_urns(vote.stores, vote.now + timedelta(days=14)) == 0


def test_a_round_without_its_result_keeps_its_urn(vote: Vote) -> None:
    """The days run from the result: a round that waits to be counted or published loses nothing."""
    vote.cast_all(ANSWERS)
    vote.close()
    year = timedelta(days=365)
    assert conduct.erase_urns(vote.stores, vote.now + year) == 0
    vote.record(vote.sheet())
    assert conduct.erase_urns(vote.stores, vote.now + year) == 0
    assert vote.urn.exists()


def test_the_urn_of_a_void_round_goes_too(vote: Vote) -> None:
    """Nothing will ever be counted of it; its days run from when it would have closed."""
    vote.cast_all(ANSWERS)
    known = pieces(vote)
    conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    closed = vote.round.closes_at
    assert conduct.erase_urns(vote.stores, closed + timedelta(days=14)) == 0
    assert conduct.erase_urns(vote.stores, closed + KEPT) == 1
    assert on_disk(vote.folder, known) == 0
    assert len(erasures(vote)) == 1


@pytest.mark.parametrize("lang", ["", "/en"])
def test_a_recount_before_and_after(make_vote: MakeVote, official: Callable[..., Official], lang: str) -> None:
    """Up to that day the town downloads the urn and counts the same; from it on, it is told in words why not."""
    vote = held(make_vote(now=utc_now()))
    sheet, home = vote.sheet(), f"{lang}/desk/qingxi/rounds/{vote.round_id}"
    first = local_day(vote.now) + KEPT
    with time_machine.travel(start_of(first) - timedelta(minutes=1)):
        town = official("town_office")
        assert said(town, home, first, "will be erased") if lang else said(town, home, first, "那天就删掉")
        got = town.client.get(home + "/urn")
        assert got.status_code == 200
        again = vote.folder / f"{vote.round_id}.sqlite"
        again.write_bytes(got.data)
        recount = counting.count(again, vote.key)
        assert {**recount, "salt": ""} == {**sheet, "salt": ""}
        assert recount["urn"] == vote.round.urn_hash
    for erased in (False, True):  # the day decides, not when the clock came by
        with time_machine.travel(start_of(first)):
            assert not erased or conduct.erase_urns(vote.stores, utc_now()) == 1
            town = official("town_office")
            refusal = town.get(home + "/urn")
            assert refusal.status_code == 410
            assert ("was kept until" if lang else "留到") in refusal.text
            assert said(town, home, first, "was erased on" if lang else "已经删掉") == erased
            assert home + "/urn" not in town.text


def said(town: Official, home: str, first: date, words: str) -> bool:
    """Tell whether the round's page says some words together with a day."""
    assert town.get(home).status_code == 200
    text = unescape(town.text)
    written = f"{first:%-d %B}" if home.startswith("/en") else f"{first.month} 月 {first.day} 日"
    return any(words in line and written in line for line in text.splitlines())


def test_the_district_s_days_stand_on_the_page_of_promises(vote: Vote, villager: Villager) -> None:
    """/privacy says how long the urn is kept, as it holds in this district."""
    assert "15 days after the result" in villager.get("/en/privacy").text
    with vote.stores.portal.write() as session:
        places.set_value(session, utc_now(), vote.district["district"], "ballots.urn_days", 20, local_day(utc_now()),
                         None, "longer")
    assert "20 days after the result" in villager.get("/en/privacy").text
    assert "结果公布 20 天后" in villager.get("/privacy").text


def test_a_sheet_is_refused_once_the_urn_is_gone(vote: Vote) -> None:
    """A count sheet brought after that day is refused with the day, not with a riddle."""
    sheet = held(vote).sheet()
    conduct.erase_urns(vote.stores, vote.now + KEPT)
    vote.now += KEPT
    with pytest.raises(Refused, match="was kept until"):
        vote.record(sheet)
