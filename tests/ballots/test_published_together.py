"""What stands on one page, and on several pages of the same people, tells together no more than each line by itself."""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ballots import auditor, conduct, plan, queries, results, rules, service, visits
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.core.clock import utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.ballots.test_auditor import RULES
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
OTHERS = {"party_members": ["competent"] * 30, "town_cadres": ["competent"] * 10}
ALONE = {"party_members": 0, "town_cadres": 0}


def counted(make_vote: MakeVote, answers: dict[str, list[str]], **wanted: Any) -> Vote:
    vote = make_vote(now=utc_now(), **wanted)
    vote.key = vote.key.rename(vote.folder / f"box-{vote.round_id}.json")
    vote.cast_all(answers)
    vote.close()
    vote.record(vote.sheet())
    return vote


def result(vote: Vote, villager: Villager, village: str = "liuhe") -> str:
    vote.publish()
    return villager.get(f"/en/v/{village}/results/{vote.round_id}").get_data(as_text=True)


def test_a_talk_beside_a_merged_line_is_not_told(make_vote: MakeVote, villager: Villager,
                                                 official: Callable[..., Official]) -> None:
    """35 % of 60 are 21 ballots, and a talk needs 21 “not”: told, nobody said “basic”. The town alone reads it."""
    answers = {**OTHERS, "villagers": ["excellent"] * 29 + ["competent"] * 10 + ["not"] * 21}
    vote = counted(make_vote, answers)
    page = result(vote, villager)
    assert "35%" in page
    assert "A talk follows" not in page
    assert (vote.round.talk, vote.round.talk_told) == (True, False)
    assert "A talk follows" in official("town_office").get(f"/en/desk/qingxi/rounds/{vote.round_id}").text
    assert "A talk follows" not in official("town_discipline").get(f"/en/desk/qingxi/rounds/{vote.round_id}").text


def test_a_talk_beside_a_band_is_not_told(make_vote: MakeVote, villager: Villager) -> None:
    """Nine of fifteen in a band, six for a talk: told, all six said the same."""
    vote = counted(make_vote, {"villagers": ["competent"] * 9 + ["not"] * 6}, plan="B",
                   sizes={**ALONE, "villagers": 15}, printed={"villagers": 15})
    assert "A talk follows" not in result(vote, villager)


def test_a_talk_beside_its_own_line_is_told(make_vote: MakeVote, villager: Villager) -> None:
    """From 200 ballots on “not competent” may have a line: the talk says nothing more than that line."""
    answers = {"villagers": ["excellent"] * 90 + ["competent"] * 20 + ["basic"] * 8 + ["not"] * 90 + ["abstain"] * 8}
    vote = counted(make_vote, answers, sizes={**ALONE, "villagers": 216}, printed={"villagers": 216})
    assert "A talk follows" in result(vote, villager)


@pytest.mark.parametrize("rest", [["not"] * 18 + ["basic"], ["basic"] * 19, ["abstain"] * 10 + ["not"] * 9])
def test_a_group_alone_is_not_undone_by_its_grade(make_vote: MakeVote, villager: Villager, rest: list[str]) -> None:
    """Nineteen in the merged line: whatever they said, the page is the same to the letter."""
    vote = counted(make_vote, {"villagers": ["excellent"] * 41 + rest}, sizes={**ALONE, "villagers": 60},
                   printed={"villagers": 60})
    page = result(vote, villager)
    assert vote.round.told == "unmet"
    lines = re.findall(r'<tr><td>([^<]+)</td><td class="num">([^<]*%[^<]*)</td>', page)
    assert lines == [("Excellent and Competent", "68%"), ("Basically competent, Not competent and Abstain", "32%")]


def test_how_roughly_a_grade_is_said_tells_nothing() -> None:
    """Eleven ballots of a merged line in every way: the grade is said in the same words beside the same lines."""
    sizes = {"party_members": 10, "villagers": 50, "town_cadres": 6}
    form, leaking = auditor.settle({**RULES, "sizes": sizes})
    assert auditor.allowed(leaking)
    said: dict[str, set[str]] = {}
    for bad in range(12):
        answers = {"villagers": {"excellent": 9, "competent": 30, "not": bad, "basic": 11 - bad},
                   "party_members": {"competent": 4, "basic": 6}, "town_cadres": {"competent": 2, "basic": 4}}
        for grade in ("excellent", "competent", "basic", "not"):
            said.setdefault(grade, set()).add(auditor.told(grade, answers, {**RULES, "sizes": sizes, "form": form}))
    assert {len(words) for words in said.values()} == {1}
    assert said["basic"] == said["not"]


SHOWN = st.sampled_from([50, 61, 120, 199, 200, 240]).flatmap(
    lambda total: st.lists(st.integers(0, total), min_size=4, max_size=4).map(
        lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), total], strict=True)]))


@settings(max_examples=40, deadline=None)
@given(SHOWN, st.sampled_from([{}, {"party_members": 30, "town_cadres": 10}]))
def test_a_grade_is_said_by_the_lines_alone(numbers: list[int], hidden: dict[str, int]) -> None:
    """Two results with the same lines and the same grade are told in the same words; other answers behind the lines
    do not show.
    """
    counts = dict(zip(rules.SCALE, numbers, strict=True))
    sizes = {"villagers": sum(numbers), **hidden}
    of = {**RULES, "sizes": sizes}
    of["form"] = auditor.settle(of)[0]
    others = {group: {"competent": size} for group, size in hidden.items()}
    lines = plan.shown(counts, rules.SCALE, "A", 5)
    shuffled = [{**counts, "basic": one, "not": two, "abstain": rest - one - two}
                for rest in [counts["basic"] + counts["not"] + counts["abstain"]]
                for one, two in [(rest, 0), (0, rest), (rest // 2, rest // 3)]]
    for grade in ("excellent", "competent", "basic", "not"):
        said = {auditor.told(grade, {"villagers": each, **others}, of) for each in (counts, *shuffled)
                if plan.shown(each, rules.SCALE, "A", 5) == lines}
        assert len(said) == 1


def test_turnouts_between_are_looked_at() -> None:
    """55 members and 6 of 7 cadres come: more worlds leak than when all or the fewest come; that counts."""
    sizes = {"party_members": 55, "villagers": 250, "town_cadres": 7}
    of = {**RULES, "sizes": sizes}
    seen = auditor.turnouts(sizes, "4/5")
    assert {"party_members": 55, "villagers": 250, "town_cadres": 6} in seen
    assert {"party_members": 49, "villagers": 200, "town_cadres": 7} in seen
    worst = max(min(auditor._leaks(auditor._groups(of, cast), auditor._cuts(of), 5, "A")) for cast in seen)
    assert worst > Fraction(1, 100)
    assert not auditor.allowed(auditor.settle(of)[1])


def test_one_appraisal_a_year(make_vote: MakeVote) -> None:
    """Two rounds of one day with two years in their names would show what the one more voter said."""
    vote = make_vote(now=utc_now())
    round_ = vote.round
    with vote.stores.portal.write() as session, pytest.raises(Refused, match="held in that year"):
        service.change(session, vote.now, Round(**{**round_.model_dump(), "state": "draft"}),
                       service.Draft(round_.year + 1, round_.opens_at, round_.closes_at, round_.sizes, "A",
                                     round_.box_pub))


def test_what_is_counted_is_not_voted_again(make_vote: MakeVote) -> None:
    """Who has seen the answers can't declare the round void and let people vote until they suit."""
    vote = counted(make_vote, {**OTHERS, "villagers": ["competent"] * 58})
    with pytest.raises(Refused, match="can’t be made void"):
        conduct.void(vote.stores, utc_now(), vote.round_id, "不满意")
    assert vote.round.state == "counted"


def test_a_round_is_void_for_a_reason_that_the_village_reads(make_vote: MakeVote, villager: Villager,
                                                             official: Callable[..., Official]) -> None:
    """Without a reason nothing happens; with one, the village's page says it and that slips are dead."""
    vote = make_vote(now=utc_now())
    town = official("town_office")
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    town.get(home)
    assert town.post(home + "/void", {"void_reason": ""}).status_code == 422
    assert 'id="why-void_reason"' in town.text
    assert town.post(home + "/void", {"void_reason": "停电三个小时。"}).status_code == 303
    assert "停电三个小时。" in villager.get("/en/v/liuhe").get_data(as_text=True)
    assert "declared void" in villager.text


@pytest.mark.parametrize(("chosen", "told"), [("A", "met"), ("B", "")])
def test_readers_at_the_desk_see_what_the_page_says(make_vote: MakeVote, official: Callable[..., Official], chosen: str,
                                                    told: str) -> None:
    """80 % excellent are 40 points of 90: “excellent” would tell all 30 members and 10 cadres to their colleagues."""
    vote = counted(make_vote, {"villagers": ["excellent"] * 48 + ["not"] * 6 + ["competent"] * 6,
                               "party_members": ["excellent"] * 30, "town_cadres": ["excellent"] * 10}, plan=chosen)
    assert (vote.round.told, vote.round.grade) == (told, "excellent")
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    for role in ("town_discipline", "district_organisation", "district_discipline"):
        assert "80%" not in official(role).get(home).text, "nothing before it is published"
    vote.publish()
    for role in ("town_discipline", "district_organisation", "district_discipline"):
        assert "Overall <b>Excellent" not in official(role).get(home).text
    assert "Overall <b>Excellent" in official("town_office").get(home).text


def test_cards_do_not_tell_who_voted_at_home(make_vote: MakeVote) -> None:
    """One slip was filled in at home: cards by answer are refused, their number is taken."""
    vote = make_vote(now=utc_now())
    with vote.stores.portal.write() as session:
        made = visits.send(session, session.get_one(Round, vote.round_id), visits.Team("villagers", "甲", "乙", 1))
        visits.come_back(session, made, 1)
    vote.cast_all({**OTHERS, "villagers": ["excellent"] * 20 + ["competent"] * 29 + ["not"] * 11})
    vote.close()

    def take(cards: tuple[int, ...]) -> None:
        with vote.stores.portal.write() as session:
            papers = {row.electorate: Papers(row.printed, remote=1, twins=cards)
                      if row.electorate == "villagers" else Papers(row.printed)
                      for row in queries.sheets(session, vote.round_id)}
            results.record_count(session, utc_now(), session.get_one(Round, vote.round_id), vote.sheet(), papers,
                                 "李卫东，王福林，陈静", "")

    with pytest.raises(Refused, match="Write only how many"):
        take((20, 29, 0, 10, 0))
    take((59,))
    with vote.stores.portal.read() as session:
        row = next(each for each in queries.sheets(session, vote.round_id) if each.electorate == "villagers")
    assert (row.twins, row.twin_over, queries.twins_fit(row)) == (59, 0, True)


def test_an_old_page_freezes_and_publishes_nothing_new(make_vote: MakeVote, official: Callable[..., Official]) -> None:
    """The form names what was read: a count that came in between is looked at first."""
    vote = counted(make_vote, {**OTHERS, "villagers": ["competent"] * 58})
    town = official("town_office")
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    town.get(home)
    assert town.post(home + "/publish", {"seen": "another"}).status_code == 422
    assert vote.round.state == "counted"
    vote.witness()
    town.get(home)
    assert town.post(home + "/publish").status_code == 303


def test_behind_the_lines_is_every_way_that_a_grade_tells_apart() -> None:
    """Against all ways of fifty ballots: (excellent, excellent or competent) behind the same lines, none left out."""
    for best, fair in product((0, 3, 20, 46, 50), (0, 2, 4, 27)):
        if best + fair > 50:
            continue
        counts = {"excellent": best, "competent": fair, "basic": 50 - best - fair}
        lines = plan._cells(counts, rules.SCALE, 5)
        every = [(one, two) for one in range(51) for two in range(51 - one)]
        wanted = {(one, two) for one, two in every if lines == plan._cells(
            {"excellent": one, "competent": two, "basic": 50 - one - two}, rules.SCALE, 5)}
        found = {(each.get("excellent", 0), each.get("competent", 0)) for each in plan.behind(counts, rules.SCALE, 5)}
        assert wanted == found
