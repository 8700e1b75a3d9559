"""The papers of a count: what must add up, who signs, how many slips went to homes, and the control cards."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.ballots import forms, queries, results
from portal.ballots.models import CountSheet, Round
from portal.ballots.papers import Papers, three
from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.web.forms import Form
from tests.ballots.conftest import Vote
from tests.visitor import Villager

MakeVote = Callable[..., Vote]
THREE = "李卫东、王福林、陈静"
ANSWERS = {"villagers": ["excellent"] * 30 + ["competent"] * 20 + ["not"] * 6, "party_members": ["excellent"] * 30,
           "town_cadres": ["competent"] * 10}
VILLAGERS = Papers(issued=57, spoiled=1, returned=2, remote=8, twins=(28, 17, 0, 5, 0))
REST = {"party_members": Papers(30, 0, 0), "town_cadres": Papers(10, 0, 0)}


@pytest.fixture
def counted(make_vote: MakeVote) -> Vote:
    """A closed round in which 56 of 60 villagers voted."""
    vote = make_vote(now=utc_now())
    vote.cast_all(ANSWERS)
    vote.close()
    return vote


def record(vote: Vote, villagers: Papers, explanation: str = "", signers: str = THREE) -> CountSheet:
    """Take the count in; return the villagers' papers as they are kept."""
    sheet = vote.sheet()
    with vote.stores.portal.write() as session:
        results.record_count(session, vote.now, session.get_one(Round, vote.round_id), sheet,
                             {**REST, "villagers": villagers}, signers, explanation)
    with vote.stores.portal.read() as session:
        return queries.sheets(session, vote.round_id)[0]


def test_papers_that_add_up(counted: Vote) -> None:
    """Printed = given out + spoiled + left over, cards as many as voted in the hall: nothing to explain."""
    row = record(counted, VILLAGERS)
    assert queries.agrees(row)
    assert (row.twins, row.twin_over, row.remote, row.remote_most, row.signers) == (50, 0, 8, 12, THREE)


@pytest.mark.parametrize("wrong", [
    {"returned": 1}, {"returned": 3}, {"issued": 55, "returned": 4}, {"remote": 13}, {"twins": (30, 20, 0, 9, 0)},
    {"twins": (20, 10, 0, 5, 0)}, {"twins": (28, 12, 0, 8, 0)}, {"twins": (31, 21, 0, 5, 0)},
])
def test_whatever_does_not_fit_is_explained_and_published(
    counted: Vote, wrong: dict[str, Any], villager: Villager,
) -> None:
    """Missing slips, too many taken to homes, cards that say otherwise: refused without a sentence, shown with it."""
    papers = replace(VILLAGERS, **wrong)
    with pytest.raises(Refused, match="one sentence that explains it"):
        record(counted, papers)
    assert not queries.agrees(record(counted, papers, "正在查，三天内说明"))
    counted.publish()
    page = villager.get(f"/en/v/liuhe/results/{counted.round_id}").text
    assert page.count("The numbers do not agree") == 1
    assert "正在查，三天内说明" in page
    said = {"returned": "were found", "issued": "were given out", "remote": "at most 12 may be",
            "twins": "control cards do not fit"}
    assert said[next(iter(wrong))] in page


def test_cards_of_small_groups_tell_nothing(counted: Vote, villager: Villager) -> None:
    """Of control cards only their number is kept and shown, never how many say what."""
    record(counted, replace(VILLAGERS, twins=(28, 17, 0, 5, 0)))
    columns = set(CountSheet.__table__.columns.keys())  # type: ignore[attr-defined]
    assert not columns & {"excellent", "competent", "basic", "not"}
    counted.publish()
    page = villager.get(f"/en/v/liuhe/results/{counted.round_id}").text
    assert "Control cards in the locked box" in page
    for number in ("28", "17"):
        assert f">{number}<" not in page


@pytest.mark.parametrize(("typed", "kept"), [
    ("李卫东,王福林； 陈静", "李卫东、王福林、陈静"),
    ("Li Weidong，Lü Dehai, Chen Jing", "Li Weidong, Lü Dehai, Chen Jing"),
])
def test_the_names_of_those_who_sign_read_as_a_list(typed: str, kept: str) -> None:
    """However the three names are parted when typed, they are published as their language lists names."""
    assert three(typed) == kept


@pytest.mark.parametrize("signers", ["", "李卫东", "李卫东，王福林", "李卫东，李卫东，李卫东", "，，"])
def test_three_sign(counted: Vote, signers: str) -> None:
    """A count that fewer than three people sign is refused."""
    with pytest.raises(Refused, match="Three people sign"):
        record(counted, VILLAGERS, signers=signers)
    assert counted.round.state == "closed"


@pytest.mark.parametrize(("typed", "cards"), [
    ("", None), ("12 8 3 1 0", (12, 8, 3, 1, 0)), ("１２，8、3；1/0", (12, 8, 3, 1, 0)), ("12 8", False),
    ("12 8 3 1 0 4", False), ("12 8 3 1 x", False), ("-1 8 3 1 0", False),
])
def test_cards_as_they_are_typed(typed: str, cards: object) -> None:
    """One number for each answer, however they are parted; anything else is told beside its field."""
    form = Form({"issued_villagers": "1", "returned_villagers": "0", "twins_villagers": typed})
    found = forms.papers(form, ["villagers"], ["excellent", "competent", "basic", "not", "abstain"])["villagers"]
    assert form.ok is (cards is not False)
    if cards is not False:
        assert found.twins == cards
