"""When cards and ballots do not fit, a key is lost, or slips were used by others: by hand, in the open, or again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal import cli
from portal.ballots import counting, queries, results, rules
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.core.clock import utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.ballots.test_auditor import RULES
from tests.visitor import Villager

MakeVote = Callable[..., Vote]
VOTES = {"villagers": ["excellent"] * 20 + ["competent"] * 30 + ["not"] * 8, "party_members": ["competent"] * 30,
         "town_cadres": ["competent"] * 10}
CARDS = ["--by-hand", "villagers=20,30,0,8,0", "--by-hand", "party_members=0,30,0,0,0", "--by-hand",
         "town_cadres=0,10,0,0,0"]


def closed(make_vote: MakeVote) -> Vote:
    vote = make_vote(now=utc_now())
    vote.cast_all(VOTES)
    vote.close()
    return vote


def take(vote: Vote, sheet: dict[str, object], explanation: str = "", **papers: int) -> None:
    with vote.stores.portal.write() as session:
        found = {row.electorate: Papers(row.spent, **(papers if row.electorate == "villagers" else {}))
                 for row in queries.sheets(session, vote.round_id)}
        results.record_count(session, utc_now(), session.get_one(Round, vote.round_id), sheet, found,
                             "李卫东，王福林，陈静", explanation)


def test_cards_counted_by_hand(make_vote: MakeVote, villager: Villager, tmp_path: Path) -> None:
    """The laptop writes the sheet without any key; the town says why, and everybody reads that."""
    vote = closed(make_vote)
    out, urn = tmp_path / "sheet.json", vote.urn
    assert cli.main(["count", str(urn), *CARDS, "--box", vote.round.box_pub, "--out", str(out)]) == 0
    sheet = results.read_sheet(out.read_bytes())
    with pytest.raises(Refused, match="says why"):
        take(vote, sheet)
    take(vote, sheet, "两份钥匙丢了。")
    vote.publish()
    page = villager.get(f"/en/v/liuhe/results/{vote.round_id}").get_data(as_text=True)
    assert "The control cards were counted by hand" in page
    assert "两份钥匙丢了。" in page
    assert (vote.round.by_hand, vote.round.grade) == (True, "competent")


@pytest.mark.parametrize("arguments", [
    ["--by-hand", "villagers=1,2"], ["--by-hand", "dogs=1,2,3,4,5"], ["--by-hand", "villagers=a,b,c,d,e"]])
def test_what_is_no_count_by_hand(make_vote: MakeVote, arguments: list[str],
                                  capsys: pytest.CaptureFixture[str]) -> None:
    """One clear sentence, and nothing is written."""
    vote = closed(make_vote)
    assert cli.main(["count", str(vote.urn), *arguments, "--box", vote.round.box_pub]) != 0
    assert "villagers" in capsys.readouterr().err


def test_too_many_slips_used_before(make_vote: MakeVote, villager: Villager) -> None:
    """Two of fifty-eight are one in fifty and more: held again in the hall. One is published beside the others."""
    vote = closed(make_vote)
    sheet = counting.count(vote.urn, vote.key)
    with pytest.raises(Refused, match="hold it again in the hall"):
        take(vote, sheet, used_before=2)
    take(vote, sheet, used_before=1, envelopes=1)
    vote.publish()
    page = villager.get(f"/en/v/liuhe/results/{vote.round_id}").get_data(as_text=True)
    assert "Used already when their owner came" in page
    assert "at most so many may have voted twice" in page


@pytest.mark.parametrize(("counts", "used", "again"), [
    ({"competent": 1000}, 0, False), ({"competent": 1000}, 19, False), ({"competent": 1000}, 20, True),
    ({"competent": 700, "not": 300}, 1, True),  # one ballot less, and it is no longer “competent”
    ({"competent": 720, "not": 280}, 19, False),
])
def test_when_a_vote_is_held_again(counts: dict[str, int], used: int, again: bool) -> None:
    """From one in fifty, or as soon as so many ballots could have made another grade."""
    of = {**RULES, "sizes": {"villagers": 1000}}
    assert rules.must_repeat({"villagers": counts}, "villagers", used, of) is again
