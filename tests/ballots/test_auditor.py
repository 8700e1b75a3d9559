"""No plan tells on anybody: the auditor against brute force, and the numbers that the result page shows."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.ballots import auditor, conduct, plan, queries, rules, service
from portal.ballots.models import Round
from portal.ballots.worlds import Cuts, Group, worlds
from portal.core.clock import utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
FOUR = ("excellent", "competent", "basic", "not")
SIZES = {"party_members": 30, "villagers": 1500, "town_cadres": 10}
RULES: dict[str, Any] = {
    "scale": list(rules.SCALE), "weights": {"party_members": 30, "villagers": 50, "town_cadres": 20},
    "attendance": "4/5", "grade_excellent": 90, "grade_competent": 70, "grade_not": 30, "veto_share": 34,
    "cell_min": 5, "plan": "A", "sizes": SIZES,
}
CUTS = Cuts(90, 70, 30, tuple(rules.SCALE))
UNANIMOUS = {"party_members": {"excellent": 30}, "villagers": {"excellent": 1497, "not": 3},
             "town_cadres": {"excellent": 10}}


def with_sizes(party: int, villagers: int, town: int, chosen: str = "A") -> dict[str, Any]:
    return {**RULES, "plan": chosen,
            "sizes": {"party_members": party, "villagers": villagers, "town_cadres": town}}


def settled(of: Mapping[str, Any]) -> tuple[int, int]:
    return auditor.settle(of)


def ways(size: int, scale: tuple[str, ...]) -> Iterator[dict[str, int]]:
    """Every way in which a group answers, written out."""
    for numbers in product(range(size + 1), repeat=len(scale) - 1):
        if sum(numbers) <= size:
            yield dict(zip(scale, (*numbers, size - sum(numbers)), strict=True))


def by_hand(party: int, town: int, villagers: Mapping[str, int], scale: tuple[str, ...]) -> list[int]:
    """In how many worlds each form leaks beside the villagers' answers: found by trying all worlds."""
    found: dict[str, list[tuple[dict[str, int], dict[str, int]]]] = {}
    for one, two in product(ways(party, scale), ways(town, scale)):
        shares = rules.combined({"party_members": one, "villagers": villagers, "town_cadres": two}, RULES["weights"])
        found.setdefault(rules.grade(shares, RULES), []).append((one, two))

    def leaking(form: Mapping[str, str]) -> int:
        said: dict[str, list[tuple[dict[str, int], dict[str, int]]]] = {}
        for grade, cases in found.items():
            said.setdefault(form[grade], []).extend(cases)
        return sum(
            len(cases) for cases in said.values()
            if not all({0} < {min(case[group][answer], 2) for case in cases} != {0, 1}
                       for group in (0, 1) for answer in scale)
        )

    return [leaking(form) for form in auditor.FORMS]


@pytest.mark.parametrize("scale", [FOUR, tuple(rules.SCALE)])
@pytest.mark.parametrize("numbers", [(20, 70, 6, 4), (49, 1, 40, 10), (0, 45, 10, 45), (96, 4, 0, 0), (4, 50, 26, 20)])
def test_the_auditor_counts_as_brute_force_does(numbers: tuple[int, ...], scale: tuple[str, ...]) -> None:
    """For small groups every single world is tried: the tables give the same number of leaks in each form."""
    sizes = (6, 5)
    villagers = {**dict.fromkeys(scale, 0), **dict(zip(FOUR, numbers, strict=True))}
    expected = by_hand(*sizes, villagers, scale)
    cuts = Cuts(90, 70, 30, scale)
    groups = [Group(6, 30, "hidden"), Group(100, 50, "three"), Group(5, 20, "hidden")]
    tried = auditor.Auditor(groups, cuts, 5, bands=False, grade=True)
    point = tried._contribution(groups[1], villagers)
    (outcomes,) = tried._graded([each for (each,) in tried.parts], [point])
    assert [tried._leaking(outcomes, form) for form in auditor.FORMS] == expected
    total = len(list(ways(6, scale))) * len(list(ways(5, scale)))
    assert sum(number for number, _ in outcomes) == total


def test_disclosure_auditor() -> None:
    """Over all 286 outcomes of ten and 5,456 of thirty, the usual plan tells on somebody in at most 1 % of worlds."""
    assert len(worlds(10, CUTS)) == 286
    assert len(worlds(30, CUTS)) == 5456
    for scale in (FOUR, tuple(rules.SCALE)):
        assert settled({**RULES, "scale": list(scale)})[1] <= 10_000
    other = {"party_members": 30, "villagers": 40, "town_cadres": 30}
    assert settled({**RULES, "weights": other})[1] < 10_000
    assert settled({**RULES, "plan": "B"})[1] == 0


@pytest.mark.parametrize(("answers", "said"), [
    (UNANIMOUS, "met"),
    ({**UNANIMOUS, "villagers": {"excellent": 700, "competent": 700, "basic": 50, "not": 50}}, "competent"),
])
def test_unanimous_groups_stay_hidden(answers: dict[str, dict[str, int]], said: str) -> None:
    """Ten and thirty of one mind beside 1,497 to 3: the page says nothing from which that could be seen."""
    grade = rules.outcome(answers, RULES)
    assert auditor.told(grade, answers, {**RULES, "form": settled(RULES)[0]}) == said
    for group in ("party_members", "town_cadres"):
        assert plan.shown(answers[group], rules.SCALE, "A", 5) == []
    lines = plan.shown(UNANIMOUS["villagers"], rules.SCALE, "A", 5)
    assert lines == plan.shown({"excellent": 1500}, rules.SCALE, "A", 5)
    assert auditor.told(grade, answers, {**RULES, "plan": "B", "form": 0}) == ""


@pytest.mark.parametrize(("sizes", "lets"), [
    ((30, 1500, 10), True), ((46, 495, 42), True), ((28, 206, 12), True), ((60, 1500, 10), True),
    ((0, 1500, 10), False), ((0, 300, 6), False), ((45, 45, 45), False), ((0, 80, 0), True),
])
def test_plans_that_leak_are_refused(sizes: tuple[int, int, int], lets: bool) -> None:
    """One small group alone beside the villagers would be read off the grade: plan A is refused, plan B is not."""
    assert auditor.allowed(settled(with_sizes(*sizes))[1]) is lets
    assert auditor.allowed(settled(with_sizes(*sizes, "B"))[1])


def test_exact_grades_and_bands_at_once_would_tell_more() -> None:
    """Why a plan shows bands or the grade, never both: together they leak more than the grade alone."""
    groups = [Group(30, 30, "bands"), Group(1500, 50, "four"), Group(10, 20, "hidden")]
    both = min(auditor.Auditor(groups, CUTS, 5, bands=True, grade=True).leaks())
    assert both > 10 * min(auditor.Auditor(groups, CUTS, 5, bands=False, grade=True).leaks())


@pytest.mark.parametrize(("leaking", "text"), [(0, "0"), (3, "0.0003"), (10_000, "1"), (15_078, "1.5"), (12_656, "1.3"),
                                                (10_040, "1.004"), (9_960, "1")])
def test_the_figure_is_readable(leaking: int, text: str) -> None:
    """Shares of a million are told as a percentage without empty zeros."""
    assert auditor.percent(leaking) == text


def test_a_leaking_plan_is_refused_when_freezing(make_vote: MakeVote) -> None:
    """A round of villagers and ten cadres can't be frozen with plan A: the figure is told, plan B opens."""
    sizes = {"party_members": 0, "villagers": 300, "town_cadres": 10}
    with pytest.raises(Refused, match=r"in 1\.\d+% of all possible results"):
        make_vote(village="shiqiao", sizes=sizes)
    other = make_vote(village="nanwan", sizes=sizes, plan="B", printed={})
    assert other.round.rules["leak"] == 0


def test_disclosure_plan_cannot_change_after_opening(vote: Vote) -> None:
    """The figure is frozen and hashed with the plan; whoever tries another plan later leaves a line in the log."""
    before = vote.round
    assert auditor.allowed(before.rules["leak"])
    assert before.rules_hash == rules.hash_of(before.rules)
    with vote.stores.portal.write() as session:
        round_ = session.get_one(Round, vote.round_id)
        draft = service.Draft(2026, before.opens_at, before.closes_at, before.sizes, "B", before.box_pub)
        assert not service.change(session, vote.now, round_, draft)
    assert vote.round == before


def test_the_figure_stands_on_the_desk(make_vote: MakeVote, official: Callable[..., Official]) -> None:
    """The town sees how often its plan would tell on somebody before it freezes the round, and after."""
    vote = make_vote(now=utc_now())
    page = official("town_office").get(f"/en/desk/qingxi/rounds/{vote.round_id}")
    assert f"in {auditor.percent(vote.round.rules['leak'])}% of all possible results" in page.text


EVERYBODY = {"villagers": ["excellent"] * 31 + ["competent"] * 18 + ["basic"] * 2 + ["not"] * 3,
             "party_members": ["excellent"] * 17 + ["competent"] * 13, "town_cadres": ["excellent"] * 9 + ["not"]}


def published(make_vote: MakeVote) -> Vote:
    vote = make_vote(now=utc_now())
    vote.cast_all(EVERYBODY)
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    return vote


def test_no_differencing(make_vote: MakeVote, villager: Villager) -> None:
    """A result comes once: a count without one ballot, a second publication and a void are refused, the page stays."""
    vote = published(make_vote)
    path = f"/en/v/liuhe/results/{vote.round_id}"
    before = villager.get(path).data
    sheet = vote.sheet()
    sheet["electorates"]["villagers"]["counted"] -= 1
    sheet["electorates"]["villagers"]["questions"]["work"]["not"] -= 1
    with pytest.raises(Refused):
        vote.record(sheet)
    with pytest.raises(Refused):
        vote.record(vote.sheet())
    with pytest.raises(Refused):
        vote.publish()
    with pytest.raises(Refused):
        conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    assert villager.get(path).data == before


def numbers_of(page: str) -> list[str]:
    """Every number that a person reads on a page, in order; the log's hashes left out."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    text = re.sub(r"In the log:.*", "", re.sub(r"<[^>]+>", " ", main))
    return re.findall(r"\d+(?:\.\d+)?", text)


def test_one_cell_rule_everywhere(make_vote: MakeVote, villager: Villager) -> None:
    """The result page shows the lines of the plan, the papers and the frozen rules, and not one number besides."""
    vote = published(make_vote)
    page = villager.get(f"/en/v/liuhe/results/{vote.round_id}").text
    with vote.stores.portal.read() as session:
        lines, papers = queries.lines(session, vote.round_id), queries.sheets(session, vote.round_id)
    assert set(lines) == {"villagers"}
    frozen, today = vote.round.rules, vote.round.published_on
    assert today is not None
    may = {str(today.year), str(today.month), str(today.day), *frozen["attendance"].split("/")}
    may.add(str(vote.round.published_entry))  # where the log says why
    for row in papers:
        may |= {str(number) for number in (row.eligible, row.printed, row.issued, row.spoiled, row.returned, row.spent,
                                           row.counted, row.remote, row.remote_most)}
    for line in lines["villagers"]:
        may |= {str(line.percent), str(line.high)}
    may |= {str(each) for each in (*frozen["weights"].values(), frozen["grade_excellent"], frozen["grade_competent"],
                                   frozen["grade_not"], frozen["veto_share"])}
    may |= {number for _group, number in rules.heavier(frozen["weights"], frozen["sizes"])}
    assert set(numbers_of(page)) <= may


CELLS = st.sampled_from([50, 53, 61, 99, 120, 199]).flatmap(
    lambda total: st.tuples(st.just(total), st.integers(0, total), st.integers(0, total))).filter(
    lambda drawn: drawn[1] + drawn[2] <= drawn[0])


@settings(max_examples=60, deadline=None)
@given(CELLS)
@example((50, 42, 4))  # a line of 8 told that at least 4 gave its larger answer
@example((60, 47, 5))
def test_one_cell_rule_of_a_shown_group(drawn: tuple[int, int, int]) -> None:
    """Whatever three groups of answers a page shows, of no answer can it be told that one to four people gave it.

    All answers that fit the page are tried: for each answer below the rule there is one with none and one with two.
    """
    total, best, fair = drawn
    cells = look(best, fair, total)
    fits = [(one, two, total - one - two) for one in range(total + 1) for two in range(total + 1 - one)
            if look(one, two, total) == cells]
    for at, number in enumerate((best, fair, total - best - fair)):
        if number < 5:
            possible = {each[at] for each in fits}
            assert 0 in possible
            assert max(possible) > 1


def look(best: int, fair: int, total: int) -> list[plan.Cell]:
    counts = {"excellent": best, "competent": fair, "basic": total - best - fair}
    return plan.shown(counts, rules.SCALE, "A", 5)
