"""Why a grade is said plainly, roughly or not at all: anybody reads it in the log, and learns nothing of a vote."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from html import unescape
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from portal.ballots import plan, results, ringing
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.core.clock import utc_now
from portal.log import verify
from portal.log.models import LogEntry, LogPayload
from tests.ballots.conftest import Vote
from tests.visitor import Villager

MakeVote = Callable[..., Vote]
MIXED = {"villagers": ["competent"] * 30 + ["excellent"] * 22, "party_members": ["excellent"] * 30,
         "town_cadres": ["competent"] * 10}
ALIKE = {each: ["excellent"] * len(answers) for each, answers in MIXED.items()}
FEW = {**MIXED, "town_cadres": ["competent"] * 7}
LARGE = {"party_members": 64, "villagers": 70, "town_cadres": 66}


def held(vote: Vote, answers: dict[str, list[str]]) -> Vote:
    vote.cast_all(answers)
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    return vote


def opened(vote: Vote, villager: Villager) -> dict[str, Any]:
    """Follow the result page's way to its entry in the log; return the file that comes."""
    page = villager.get(f"/en/v/liuhe/results/{vote.round_id}")
    unit = vote.district["qingxi"].unit
    address = f"/en/log/{unit}/{vote.round.published_entry}.json"
    assert address in unescape(page.text)
    file = villager.get(address)
    assert file.status_code == 200
    return {"raw": file.data, **json.loads(file.data)}


@pytest.mark.parametrize(("answers", "wanted", "said"), [
    (MIXED, {"plan": "A"}, "plain"), (MIXED, {"plan": "B"}, "held"), (FEW, {"plan": "A"}, "void"),
    (ALIKE, {"plan": "A"}, "coarse"),
])
def test_the_reason_is_in_the_log(make_vote: MakeVote, villager: Villager, answers: dict[str, list[str]],
                                  wanted: dict[str, str], said: str) -> None:
    """The entry of the publication names the plan, and of every group how many voted and how much of it is shown."""
    vote = held(make_vote(now=utc_now(), **wanted), answers)
    facts = json.loads(opened(vote, villager)["body"])
    counted = {each: len(those) for each, those in answers.items()}
    assert facts == {
        "place": vote.district["liuhe"].code, "round": vote.round_id, "result": vote.round.result_hash, "said": said,
        "plan": wanted["plan"], "eligible": {"party_members": 30, "villagers": 60, "town_cadres": 10},
        "counted": counted, "levels": {each: plan.level(number) for each, number in counted.items()},
        "rules": vote.round.rules_hash,
    }


def test_anybody_can_check_it(make_vote: MakeVote, villager: Villager, tmp_path: Path) -> None:
    """The file fits the entry of the downloaded log, and the checking program says so; one changed byte does not."""
    vote = held(make_vote(now=utc_now()), ALIKE)
    found = opened(vote, villager)
    log = tmp_path / "log.jsonl"
    log.write_bytes(villager.get(f"/log/{found['unit']}.jsonl").data)
    line = json.loads(log.read_text("utf-8").splitlines()[found["seq"]])
    assert line["kind"] == "round:published"
    assert sha256(bytes.fromhex(found["salt"]) + found["body"].encode()).hexdigest() == line["payload_commit"]
    file = tmp_path / "entry.json"
    file.write_bytes(found["raw"])
    good = program(log, file)
    assert good.returncode == 0, good.stderr
    assert '"said":"coarse"' in good.stdout
    file.write_bytes(found["raw"].replace(b"coarse", b"plain "))
    wrong = program(log, file)
    assert wrong.returncode == 1
    assert "does not belong" in wrong.stdout


def program(*arguments: Path) -> subprocess.CompletedProcess[str]:
    checker = Path(verify.__file__).with_name("check_log.py")
    return subprocess.run([sys.executable, str(checker), *map(str, arguments)], capture_output=True, text=True,
                          check=False)


def test_the_reason_knows_no_answer(make_vote: MakeVote, villager: Villager) -> None:
    """It is made of the plan, the numbers of voters and what the page says anyway: other answers, the same entry."""
    assert list(signature(plan.reason).parameters) == ["told", "chosen", "counted"]
    facts = []
    for village, answers in (("liuhe", ALIKE), ("shiqiao", {**ALIKE, "villagers": ["excellent"] * 50 + ["basic"] * 2})):
        vote = held(make_vote(now=utc_now(), village=village), answers)
        with vote.stores.portal.read() as session:
            seq = vote.round.published_entry
            body = json.loads(session.get_one(LogPayload, (vote.district[village].unit, seq)).body)
        facts.append({key: value for key, value in body.items()
                      if key not in {"place", "round", "result", "rules"}})
    assert facts[0] == facts[1]


def test_a_grade_is_rough_where_its_answer_shares_a_line(make_vote: MakeVote) -> None:
    """Three groups of one mind, all large enough: the page shows “excellent” in no line of its own, nor says it."""
    vote = held(make_vote(now=utc_now(), sizes=LARGE, printed=LARGE),
                {each: ["excellent"] * size for each, size in LARGE.items()})
    assert (vote.round.grade, vote.round.told) == ("excellent", "met")
    with pytest.raises(ValueError, match="plan"):
        plan.reason("", "A", {"villagers": 60})


def test_the_result_s_hash_stands_for_what_the_page_shows(make_vote: MakeVote) -> None:
    """Control cards that fit are told by their sum: which answers they say can't be tried out against the hash."""
    vote = make_vote(now=utc_now())
    vote.cast_all(MIXED)
    vote.close()
    sheet, hashes = vote.sheet(), []
    for twins in ((0, 9, 1, 0, 0), (0, 10, 0, 0, 0), (0, 8, 0, 0, 0)):
        with vote.stores.portal.write() as session:
            round_ = session.get_one(Round, vote.round_id)
            papers = {each: Papers(issued=size) for each, size in round_.sizes.items()}
            papers["town_cadres"] = Papers(issued=9, spoiled=1, twins=twins)
            results.record_count(session, vote.now, round_, sheet, papers, "李卫东，王福林，陈静", "少了一张")
        vote.witness()
        with suppress(ZeroDivisionError), vote.stores.portal.write() as session:
            round_ = session.get_one(Round, vote.round_id)
            results.publish(session, vote.now, round_)
            hashes.append(round_.result_hash)
            raise ZeroDivisionError  # publish nothing
    assert hashes[0] == hashes[1] != hashes[2]


def test_other_entries_stay_closed(vote: Vote, villager: Villager) -> None:
    """What an inner procedure, an office or a small number is about is told to nobody: five kinds are open."""
    held(vote, MIXED)
    with vote.stores.portal.write() as session:
        ringing.record(session, vote.now, session.get_one(Round, vote.round_id), ringing.Counts(2, 2, 0, 2, 0))
    with vote.stores.portal.read() as session:
        entries = session.exec(select(LogEntry)).all()
    tried = set()
    for entry in entries:
        status = villager.get(f"/log/{entry.unit}/{entry.seq}.json").status_code
        tried.add((entry.kind, status))
    open_kinds = {"round:opened", "round:closed", "round:counted", "round:witnessed", "round:published"}
    assert tried == {(entry.kind, 200 if entry.kind in open_kinds else 404) for entry in entries}
    assert {("round:rung", 404), ("round:published", 200), ("place:created", 404)} <= tried
    assert villager.get("/log/nowhere/0.json").status_code == 404
    assert villager.get(f"/log/{entries[0].unit}/99999999999999999999999.json").status_code == 404
