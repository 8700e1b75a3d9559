"""What a count sheet tells, what it refuses, and what is left of an earlier one."""

import hashlib
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlmodel import select

from portal.ballots import counting, rules
from portal.ballots.models import Tally
from portal.core.errors import Refused
from tests.ballots.conftest import Vote

VOTES = {"villagers": ["excellent"] * 30 + ["competent"] * 20 + ["not"] * 5, "party_members": ["competent"] * 30,
         "town_cadres": ["competent"] * 10}


def test_relabelled_ballots_count_nowhere(vote: Vote) -> None:
    """Two ballots that somebody swaps between the groups in the urn: neither counts, and the town can't go on.

    A cadre weighs as much as a hundred villagers. Fault seen: a count that believes the label on the outside.
    """
    vote.cast_all({**VOTES, "party_members": ["not"] * 30})
    with closing(sqlite3.connect(vote.urn, isolation_level=None)) as connection:
        taken = connection.execute("SELECT max(sealed), electorate FROM urn GROUP BY electorate "
                                   "HAVING electorate <> 'town_cadres'").fetchall()
        for (sealed, _), (_, other) in zip(taken, reversed(taken), strict=True):
            connection.execute("UPDATE urn SET electorate = ? WHERE sealed = ?", (other, sealed))
    vote.close()
    sheet = vote.sheet()
    assert sheet["foreign"] == 2
    assert {of: part["counted"] for of, part in sheet["electorates"].items()} == {
        "party_members": 29, "town_cadres": 10, "villagers": 54}
    with pytest.raises(Refused, match="do not agree"):
        vote.record(sheet)


def _without_salt(sheet: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sheet.items() if name != "salt"}


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_commitment_can_not_be_guessed(vote: Vote, by_hand: bool) -> None:
    """Whoever tries every possible count against the entry in the log finds nothing: two counts of one urn differ.

    Ten cadres have 286 possible results. Faults seen: a sheet without salt; a commitment over the figures alone.
    """
    vote.cast_all(VOTES)
    vote.close()
    cards = {"villagers": [30, 20, 0, 5, 0]}
    sheets = [counting.by_hand(vote.urn, vote.round.box_pub, cards) if by_hand else vote.sheet() for _ in range(2)]
    assert _without_salt(sheets[0]) == _without_salt(sheets[1])
    commits = {counting.commitment(sheet) for sheet in sheets}
    assert len(commits) == 2
    guesses = [_without_salt(sheets[0]), {**sheets[0], "salt": ""}]
    assert not commits & {hashlib.sha256(counting.sheet_text(each).encode()).hexdigest() for each in guesses}
    assert all(len(bytes.fromhex(sheet["salt"])) >= 32 for sheet in sheets)


def _lines(vote: Vote) -> set[tuple[str, str, int]]:
    with vote.stores.portal.read() as session:
        return {(line.electorate, line.options, line.percent) for line in session.exec(select(Tally)).all()}


def test_nothing_is_left_of_an_earlier_count(vote: Vote) -> None:
    """A recount replaces every line; where the recount makes the vote void, no line stays to be compared with the next.

    Fault seen: lines of the first count that stay beside those of the second.
    """
    vote.cast_all(VOTES)
    vote.close()
    first = vote.sheet()
    vote.record(first)
    before = _lines(vote)
    assert len(before) == 3
    other = vote.sheet()
    other["electorates"]["villagers"]["questions"][rules.QUESTION] = {"excellent": 20, "competent": 30, "not": 5}
    vote.record(other)
    assert _lines(vote) == {("villagers", "excellent", 36), ("villagers", "competent", 55),
                            ("villagers", "basic+not+abstain", 9)}
    other["electorates"]["town_cadres"] = {"counted": 7, "questions": {rules.QUESTION: {"competent": 7}}}
    assert vote.record(other, "三张不是这一轮的").grade == rules.VOID
    assert _lines(vote) == set()
