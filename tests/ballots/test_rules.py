"""Grades, weights and the publication plan, over all that can come in."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ballots import plan, rules

RULES = {
    "weights": {"party_members": 30, "villagers": 50, "town_cadres": 20}, "attendance": "4/5", "grade_excellent": 90,
    "grade_competent": 70, "grade_not": 30, "veto_share": 34, "cell_min": 5,
    "sizes": {"party_members": 30, "villagers": 100, "town_cadres": 10},
}
COUNTS = st.lists(st.integers(0, 400), min_size=5, max_size=5).map(
    lambda numbers: dict(zip(rules.SCALE, numbers, strict=True)))
SKEWED = st.tuples(st.integers(0, 4), st.permutations([0, 1, 3, 4, 0])).flatmap(
    lambda drawn: st.integers(5, 1500).map(
        lambda big: {**dict(zip(rules.SCALE, drawn[1], strict=True)), rules.SCALE[drawn[0]]: big}))
ANY = st.one_of(COUNTS, SKEWED)


def shares(**percent: int) -> dict[str, Fraction]:
    return {option: Fraction(number, 100) for option, number in percent.items()}


@pytest.mark.parametrize(("given_shares", "grade"), [
    ({"excellent": 90, "not": 10}, "excellent"),
    ({"excellent": 89, "basic": 11}, "competent"),
    ({"excellent": 30, "competent": 40, "not": 30}, "competent"),
    ({"competent": 69, "not": 31}, "not"),
    ({"competent": 60, "basic": 40}, "basic"),
    ({"competent": 60, "basic": 11, "not": 29}, "basic"),
    ({"abstain": 100}, "basic"),
])
def test_grade_rules(given_shares: dict[str, int], grade: str) -> None:
    """The grade follows the frozen cuts; a tie never decides a sanction."""
    assert rules.grade(shares(**given_shares), RULES) == grade


def test_weights_are_per_group_not_per_head() -> None:
    """Ten cadres weigh their 20 %, whatever the villagers' number."""
    tallies = {"villagers": {"excellent": 1000}, "town_cadres": {"not": 10}, "party_members": {"excellent": 30}}
    combined = rules.combined(tallies, RULES["weights"])
    assert combined == {"excellent": Fraction(80, 100), "not": Fraction(20, 100)}


def test_a_group_left_out_keeps_the_others_relation() -> None:
    """Without cadres, members and villagers weigh 3 to 5."""
    tallies = {"villagers": {"excellent": 10}, "party_members": {"not": 10}, "town_cadres": {}}
    assert rules.combined(tallies, RULES["weights"]) == {"excellent": Fraction(5, 8), "not": Fraction(3, 8)}


@given(st.fixed_dictionaries(dict.fromkeys(rules.ELECTORATES, ANY)))
def test_weighted_shares_add_up(tallies: dict[str, dict[str, int]]) -> None:
    """Weighted shares always add up to the whole, without rounding."""
    if any(sum(counts.values()) for counts in tallies.values()):
        assert sum(rules.combined(tallies, RULES["weights"]).values()) == 1


def test_below_attendance_is_void() -> None:
    """One group short of its attendance makes the appraisal void; exactly four fifths is enough."""
    good = {"villagers": {"excellent": 80}, "party_members": {"excellent": 24}, "town_cadres": {"excellent": 8}}
    assert rules.outcome(good, RULES) == "excellent"
    for electorate in rules.ELECTORATES:
        short = {**good, electorate: {"excellent": good[electorate]["excellent"] - 1}}
        assert rules.outcome(short, RULES) == "void"


def test_talk_from_a_third() -> None:
    """34 % of villagers saying “not” opens a talk, 33 % does not."""
    assert rules.wants_talk({"not": 34, "excellent": 66}, RULES)
    assert not rules.wants_talk({"not": 33, "excellent": 67}, RULES)


@given(ANY, st.sampled_from("AB"))
def test_no_cell_below_five_is_shown(counts: dict[str, int], chosen: str) -> None:
    """Every exact line stands for at least five ballots, the lines for all ballots, and they add up to 100 %."""
    total = sum(counts.values())
    cells = plan.shown(counts, rules.SCALE, chosen, 5)
    if total < 50:
        assert all(cell.bound != "exact" or cell.high - cell.percent == 10 for cell in cells)
        assert not cells or (chosen == "B" and total >= 15)
    elif len(cells) > 1:
        assert [option for cell in cells for option in cell.options] == list(rules.SCALE)
        assert all(sum(counts[option] for option in cell.options) >= 5 for cell in cells)
        assert sum(cell.percent for cell in cells) == 100
        assert all(cell.bound == "exact" for cell in cells)


@given(ANY)
def test_a_single_line_tells_no_remainder(counts: dict[str, int]) -> None:
    """When nearly all said the same, the floor shown is true and depends on the group's size alone."""
    total = sum(counts.values())
    cells = plan.shown(counts, rules.SCALE, "A", 5)
    if len(cells) == 1:
        assert cells[0].bound == "at_least"
        assert sum(counts[option] for option in cells[0].options) * 100 >= cells[0].percent * total
        answers = 3 if plan.level(total) == "three" else len(rules.SCALE)
        assert cells[0].percent == min(95, (total - (answers - 1) * 4) * 100 // total // 5 * 5)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(1, 9))
def test_merge_upward(numbers: list[int], least: int) -> None:
    """Merging keeps the order and the sum, leaves no small cell, and joins nothing when every cell was large enough.

    What was merged is large enough that the largest of its answers is no small cell, whatever the others are.
    """
    cells = [((str(at),), number) for at, number in enumerate(numbers)]
    done = plan.merged(cells, least)
    assert [name for names, _ in done for name in names] == [str(at) for at in range(len(numbers))]
    assert sum(number for _, number in done) == sum(numbers)
    assert len(done) == 1 or all(number > len(names) * (least - 1) for names, number in done)
    assert done == cells or any(number < least for number in numbers)


def test_small_cell_goes_to_its_upper_neighbour() -> None:
    """Three “not competent” stand with “basically competent”; three “excellent” with “competent” below them."""
    assert plan.merged([(("a",), 90), (("b",), 60), (("c",), 3)], 5) == [(("a",), 90), (("b", "c"), 63)]
    assert plan.merged([(("a",), 3), (("b",), 60), (("c",), 9)], 5) == [(("a", "b"), 63), (("c",), 9)]


@pytest.mark.parametrize(("counts", "cells"), [
    ({"excellent": 1500}, [(("excellent",), 95, "at_least")]),
    ({"excellent": 1497, "not": 3}, [(("excellent",), 95, "at_least")]),
    ({"excellent": 30}, []),
    ({"excellent": 10}, []),
    ({"excellent": 60, "competent": 30, "not": 10},
     [(("excellent",), 60, "exact"), (("competent",), 30, "exact"), (("basic", "not", "abstain"), 10, "exact")]),
])
def test_unanimous_and_nearly(counts: dict[str, int], cells: list[object]) -> None:
    """A unanimous group and one with three dissenters look the same; small groups show nothing under plan A."""
    found = plan.shown(counts, rules.SCALE, "A", 5)
    assert [(cell.options, cell.percent, cell.bound) for cell in found] == cells


def test_bands_of_plan_b() -> None:
    """Between 15 and 49 ballots plan B shows bands of ten points, open at both ends."""
    def band(good: int, bad: int) -> tuple[int, int, str]:
        (cell,) = plan.shown({"excellent": good, "not": bad}, rules.SCALE, "B", 5)
        return cell.percent, cell.high, cell.bound

    assert band(30, 0) == band(26, 4) == (85, 100, "at_least")
    assert band(0, 30) == band(4, 26) == (0, 15, "at_most")
    assert band(15, 15) == (45, 55, "exact")
    assert band(25, 5) == (75, 85, "exact")


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=5))
def test_percents_add_up(numbers: list[int]) -> None:
    """Whole percentages add up to 100 and are off by less than one each."""
    found = plan.percents(numbers)
    assert sum(found) == 100
    assert all(abs(percent - number * 100 / sum(numbers)) < 1 for percent, number in zip(found, numbers, strict=True))


def test_what_one_vote_weighs() -> None:
    """With 30, 1,500 and 10 voters at 30/40/30 one leader weighs 112 villagers (`ballots.md`, "What to publish")."""
    sizes = {"party_members": 30, "villagers": 1500, "town_cadres": 10}
    weights = {"party_members": 30, "villagers": 40, "town_cadres": 30}
    assert rules.heavier(weights, sizes) == [("party_members", "38"), ("town_cadres", "112")]
    assert rules.heavier(weights, {"villagers": 100}) == []
    assert rules.heavier({"villagers": 50, "party_members": 10}, {"villagers": 60, "party_members": 40}) == [
        ("party_members", "0.3")]
