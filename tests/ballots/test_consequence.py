"""What follows from a result: said once, in public, with its reason, and never more than the result itself told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from portal.ballots import consequence, words
from portal.ballots.auditor import FORMS
from portal.ballots.models import Round
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.log.models import LogEntry
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

GOOD = {"villagers": ["competent"] * 50, "party_members": ["competent"] * 30, "town_cadres": ["competent"] * 10}
WHY = "账目公开得晚，年底前改好。"


@pytest.fixture
def vote(make_vote: Callable[..., Vote]) -> Vote:
    """A published round in which all three groups said competent."""
    made = make_vote(now=utc_now())
    made.cast_all(GOOD)
    made.close()
    made.record(made.sheet())
    made.publish()
    return made


def follow(vote: Vote, kind: str, reason: str = WHY) -> None:
    """Say what follows."""
    with vote.stores.portal.write() as session:
        consequence.record(session, vote.now, session.get_one(Round, vote.round_id), kind, reason)


@pytest.mark.parametrize("form", FORMS)
def test_what_follows_tells_no_more_than_the_grade_as_told(form: dict[str, str]) -> None:
    """Grades that are told by the same words may be followed by the same things, whatever the exact grade was.

    Fault seen: a commendation offered for “competent or better”. It would have told who was excellent.
    """
    assert set(form) | {""} <= set(consequence.FITS) | {"void"}
    assert "commend" not in consequence.fitting("met", talk=False)
    assert consequence.fitting("met", talk=False) == consequence.fitting("competent", talk=False)
    assert consequence.fitting("unmet", talk=False) == consequence.fitting("basic", talk=False)
    assert consequence.fitting("basic", talk=False) == consequence.fitting("not", talk=False)
    for told in {*form.values(), ""}:
        assert consequence.fitting(told, talk=False)
        assert set(consequence.fitting(told, talk=False)) <= set(words.CONSEQUENCES)


def test_many_villagers_who_say_no_are_talked_about() -> None:
    """Where a talk follows whatever the grade, “the work goes on” can’t be chosen; after a void round nothing can."""
    for told in consequence.FITS:
        assert set(consequence.fitting(told, talk=True)) <= {"talk", "rectify"}
        assert "talk" in consequence.fitting(told, talk=True)
    assert consequence.fitting("void", talk=True) == ()


def test_it_is_said_once_with_a_reason(vote: Vote) -> None:
    """Not without a reason, not against the result, not twice; the log has it under the village."""
    with pytest.raises(Refused, match="Write the reason"):
        follow(vote, "carry_on", " ")
    with pytest.raises(Refused, match="fits the result"):
        follow(vote, "commend")
    follow(vote, "talk")
    with pytest.raises(Refused, match="said already"):
        follow(vote, "carry_on")
    with vote.stores.portal.read() as session:
        round_ = session.get_one(Round, vote.round_id)
        assert (round_.consequence, round_.consequence_reason) == ("talk", WHY)
        assert session.exec(select(LogEntry.kind).where(LogEntry.kind == "round:followed")).all() == ["round:followed"]


def test_nothing_follows_before_the_result(make_vote: Callable[..., Vote]) -> None:
    """A round that is counted and not published has no consequence."""
    vote = make_vote()
    vote.cast_all(GOOD)
    vote.close()
    vote.record(vote.sheet())
    with pytest.raises(Refused, match="published result"):
        follow(vote, "carry_on")


def test_the_town_says_it_and_everybody_reads_it(vote: Vote, official: Callable[..., Official],
                                                 villager: Villager) -> None:
    """Until then the page names the day; an empty form keeps what was typed; afterwards kind and reason stand there."""
    page, desk = f"/en/v/liuhe/results/{vote.round_id}", f"/en/desk/qingxi/rounds/{vote.round_id}"
    due = local_day(vote.now) + timedelta(days=15)
    assert f"The town says by {due.day} {due:%B}" in villager.get(page).get_data(as_text=True)
    office = official("town_office")
    office.get(desk)
    assert "Commended" not in office.text
    office.post(f"{desk}/consequence", {"reason": WHY})
    assert office.page.status_code == 422
    assert WHY in office.text
    office.post(f"{desk}/consequence", {"consequence": "talk", "reason": WHY})
    assert office.page.status_code == 303
    for path in (page, page.removeprefix("/en")):
        assert WHY in villager.get(path).get_data(as_text=True)
    assert "The town talks with the secretary" in villager.get(page).get_data(as_text=True)
    assert f"{desk}/consequence" not in office.get(desk).get_data(as_text=True)
    assert official("secretary").post(f"{desk}/consequence", {"consequence": "talk", "reason": WHY}).status_code == 403
