"""Whoever touches the other language in the middle of a vote goes on where they were; the slip is typed once."""

from collections.abc import Callable

import pytest

from portal.core.clock import utc_now
from tests.ballots.conftest import Vote
from tests.ballots.voting import DONE, fields_of
from tests.visitor import Villager


@pytest.fixture
def vote(make_vote: Callable[..., Vote]) -> Vote:
    """A round that is open at this very moment."""
    return make_vote(now=utc_now())


def test_a_vote_in_two_languages(vote: Vote, villager: Villager) -> None:
    """From Chinese to English at each step, and cast once."""
    digits = vote.slips["villagers"][0]
    villager.get("/vote")
    wrong = villager.post("/vote/open", {"digits": "12"})
    assert wrong.status_code == 422
    assert "group by group" in villager.touch_other_language({"digits": "12"}).text
    villager.get("/vote")
    villager.post("/vote/open", {"digits": digits})
    choose = villager.touch_other_language()
    assert (choose.status_code, "How did" in choose.text) == (200, True)
    assert "not right yet" not in choose.text
    chosen = villager.post("/en/vote/confirm", {"choice": "competent"})
    assert "Read it once more" in chosen.text
    assert "看一遍，再交" in villager.touch_other_language().text
    assert "Read it once more" in villager.touch_other_language().text
    assert DONE in villager.post("/en/vote/cast", fields_of(villager, 0)).text
    assert vote.ballots() == 1


def test_no_link_leads_nowhere(vote: Vote, villager: Villager) -> None:
    """The answer to a form has no address of its own, so it offers none in another language."""
    villager.get("/vote")
    used = villager.post("/vote/open", {"digits": vote.slips["villagers"][0][::-1]})
    assert "hreflang" not in used.text
    assert "hreflang" in villager.get("/vote").text
