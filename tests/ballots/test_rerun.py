"""Too few came: the appraisal is void, is held once more with new slips, and no third time."""

from collections.abc import Callable

import pytest

from portal.ballots import conduct, counting, queries
from portal.core.clock import utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
ENOUGH = {"villagers": ["competent"] * 50, "party_members": ["excellent"] * 30, "town_cadres": ["competent"] * 10}
TOO_FEW = {**ENOUGH, "town_cadres": ["competent"] * 7}


def held(make_vote: MakeVote, answers: dict[str, list[str]]) -> Vote:
    """Hold a round to its end; the key of the one before is put aside."""
    vote = make_vote(now=utc_now())
    vote.key = vote.key.rename(vote.folder / f"box-{vote.round_id}.json")
    vote.cast_all(answers)
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    return vote


def test_one_rerun(make_vote: MakeVote, villager: Villager, official: Callable[..., Official]) -> None:
    """The first void round says that it is repeated, the second one that it is not; a third one is refused."""
    first = held(make_vote, TOO_FEW)
    assert (first.round.grade, first.round.told, first.round.rerun) == ("void", "void", False)
    page = villager.get(f"/en/v/liuhe/results/{first.round_id}").text
    assert "It is held once more" in page
    assert "held once more this year" in official("town_office").get(f"/en/desk/qingxi/rounds/{first.round_id}").text
    second = held(make_vote, TOO_FEW)
    assert second.round.rerun
    assert first.cast(first.slips["town_cadres"][9]) == "unknown", "old slips stay dead"
    page = villager.get(f"/en/v/liuhe/results/{second.round_id}").text
    assert "for the second time" in page
    with pytest.raises(Refused, match="Too few came twice"):
        make_vote(now=utc_now())


def test_a_result_stands(make_vote: MakeVote) -> None:
    """A rerun to which enough came has a grade; after that the year has its result and no other round."""
    held(make_vote, TOO_FEW)
    again = held(make_vote, ENOUGH)
    assert (again.round.rerun, again.round.grade) == (True, "competent")
    with pytest.raises(Refused, match="result of this year already"):
        make_vote(now=utc_now())


def test_a_round_declared_void_may_be_prepared_anew(make_vote: MakeVote) -> None:
    """A round that was broken off (power, slips gone) is no attempt: another one takes its place, and is no rerun."""
    broken = make_vote(now=utc_now())
    conduct.void(broken.stores, broken.now, broken.round_id, "停电两个多小时。")
    broken.key.rename(broken.folder / "box-old.json")
    other = make_vote(now=utc_now())
    assert not other.round.rerun
    assert counting.read_key(other.key)


def test_a_void_round_tells_no_answers(make_vote: MakeVote, villager: Villager) -> None:
    """It is held once more with the same people: two results of one group could be taken from each other.

    Fault seen: the shares of the villagers, and that a talk follows, stood on the page of a void round.
    """
    void = held(make_vote, {**TOO_FEW, "villagers": ["competent"] * 30 + ["not"] * 20})
    assert (void.round.grade, void.round.talk) == ("void", False)
    page = villager.get(f"/en/v/liuhe/results/{void.round_id}").text
    assert "Answer given" not in page
    assert "A talk follows" not in page
    with void.stores.portal.read() as session:
        assert queries.lines(session, void.round_id) == {}
