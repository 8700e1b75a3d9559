"""Whether a publication plan could tell on somebody. Found before the vote, from the sizes of the groups alone.

Source: `ballots.md`, "What to publish". A public outcome is safe when for every answer of every group that is not
shown for itself there is a world with the same outcome in which nobody gave that answer, and one in which two or more
did. Worlds with any other outcome leak.

The worlds of small groups are taken one by one. Of a group whose answers are shown the public is taken to know every
single answer, which is more than the page says; what it may have answered is a grid, as fine as there is time for.

How roughly the grade is said is settled with the plan, by the sizes, and afterwards only made rougher by what stands
on the page anyway: by which answers share a line. So nobody learns anything from how it is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import product
from math import ceil, comb, lcm, prod
from operator import or_
from typing import Any, Literal

from portal.ballots import plan
from portal.ballots.worlds import BITS, GRADES, Cuts, Group, Tables, World, parts

BUDGET = 60_000  # worlds of the smaller groups that are laid against the largest group's tables: about half a second
POINT = 8  # what looking at one point of the grid costs by itself, in worlds
COARSEST, FINEST = 5, 20  # steps of the grid of a group that is shown
MOST = 2_000  # worlds of the smaller hidden groups; of more, every second or third is taken: that finds only more leaks
MILLION = 1_000_000
LIMIT = MILLION // 100  # a plan that leaks in more worlds of a million is refused

Point = tuple[int, int, int]
Other = tuple[int, int, int, int, int]
Told = Literal["excellent", "competent", "basic", "not", "met", "unmet", ""]
Outcomes = list[tuple[int, int]]

FORMS: tuple[dict[str, Told], ...] = (
    {"excellent": "excellent", "competent": "competent", "basic": "basic", "not": "not"},
    {"excellent": "excellent", "competent": "competent", "basic": "unmet", "not": "unmet"},
    {"excellent": "met", "competent": "met", "basic": "basic", "not": "not"},
    {"excellent": "met", "competent": "met", "basic": "unmet", "not": "unmet"},
)
"""How a grade may be said, the finest first."""
COARSER = ((0, 1, 2, 3), (1, 3), (2, 3), (3,))
"""Which forms say no more than each of them does, itself included, the finest first."""


class Auditor:
    """The groups of one round in whole numbers (shares times `scale`): no comparison is decided by rounding."""

    def __init__(self, groups: Sequence[Group], cuts: Cuts, least: int, *, bands: bool, grade: bool) -> None:
        self.known = [group for group in groups if group.known]
        self.hidden = sorted((group for group in groups if not group.known), key=lambda group: group.size)
        self.parts = [parts(group, cuts, least, bands=bands) for group in self.hidden]
        self.grade = grade
        self.asked = sum(cuts.asked << BITS * at for at in range(len(self.hidden)))
        worlds = min(prod(sum(map(len, each)) for each in self.parts[:-1]), MOST)
        self.steps = COARSEST
        while self.steps < FINEST and comb(self.steps + 4, 3) ** len(self.known) * (worlds + POINT) <= BUDGET:
            self.steps += 1
        self.scale = lcm(100, self.steps, *(group.size for group in groups))
        total = sum(group.weight for group in groups) * self.scale // 100
        self.needs: Point = (cuts.excellent * total, cuts.competent * total, cuts.bad * total)

    def leaks(self) -> list[Fraction]:
        """Return for each of FORMS the share of all worlds whose public outcome tells on somebody."""
        whole, leaking = 0, [0] * len(FORMS)
        for chosen in product(*self.parts) if self.hidden else ():
            for outcomes in self._outcomes(chosen):
                whole += sum(ways for ways, _ in outcomes)
                for at, form in enumerate(FORMS):
                    leaking[at] += self._leaking(outcomes, form)
        return [Fraction(each, whole) if whole else Fraction(0) for each in leaking]

    def told(self, grade: str, worlds: Iterable[Sequence[Mapping[str, int]]], forms: Sequence[int]) -> Told:
        """Return how a grade is said: in the finest of `forms` that leaks in the fewest worlds.

        `worlds` are all ways in which the shown groups (in their order) may have answered, by what the page shows;
        nobody outside knows more, so nothing else may decide.
        """
        points = sorted({_sum(self._contribution(group, counts) for group, counts in zip(self.known, each, strict=True))
                         for each in worlds})
        if not self.hidden or not points:
            return FORMS[forms[0] if not self.hidden else forms[-1]][grade]
        possible = self._graded([each for (each,) in self.parts], points)
        together = [(sum(ways for ways, _ in each), reduce(or_, (seen for _, seen in each))) for each in zip(*possible,
                                                                                                         strict=True)]
        return min((FORMS[at] for at in forms), key=lambda form: self._leaking(together, form))[grade]

    def _leaking(self, outcomes: Outcomes, form: Mapping[str, str]) -> int:
        """Return in how many worlds the public outcome tells on somebody, when grades are said in this form."""
        together: dict[str, tuple[int, int]] = {}
        for grade, (ways, seen) in zip(GRADES, outcomes, strict=False):  # a single outcome where no grade is shown
            before = together.get(form[grade], (0, 0))
            together[form[grade]] = (before[0] + ways, before[1] | seen)
        return sum(ways for ways, seen in together.values() if seen & self.asked != self.asked)

    def _contribution(self, group: Group, counts: Mapping[str, int]) -> Point:
        unit, best = self._unit(group), counts.get("excellent", 0)
        return unit * best, unit * (best + counts.get("competent", 0)), unit * counts.get("not", 0)

    def _unit(self, group: Group) -> int:
        """Return how much one voter of a group adds to an answer."""
        return group.weight * self.scale // group.size

    def _outcomes(self, chosen: Sequence[Sequence[World]]) -> list[Outcomes]:
        """Return the public outcomes of worlds that look alike but for the grade: (ways, conditions met) each."""
        if self.grade:
            return self._graded(chosen, self._grid())
        ways, seen = 1, 0
        for at, among in enumerate(chosen):
            ways *= sum(world.ways for world in among)
            for world in among:
                seen |= world.seen << BITS * at
        return [[(ways, seen)]]

    def _grid(self) -> list[Point]:
        """Return what the groups that are shown may add together."""
        shares = [(best, best + fair, bad) for best, fair, bad in product(range(self.steps + 1), repeat=3)
                  if best + fair + bad <= self.steps]
        step = self.scale // self.steps
        found: list[Point] = [(0, 0, 0)]
        for group in self.known:
            added = [(group.weight * step * best, group.weight * step * good, group.weight * step * bad)
                     for best, good, bad in shares]
            found = [_sum((one, two)) for one in found for two in added]
        return found

    def _others(self, chosen: Sequence[Sequence[World]]) -> list[Other]:
        """Return the worlds of all hidden groups but the largest: what they add, their ways and conditions."""
        found: list[Other] = [(0, 0, 0, 1, 0)]
        most = MOST ** (1 / max(len(chosen) - 1, 1))
        for at, among in enumerate(chosen[:-1]):
            unit, sparse = self._unit(self.hidden[at]), among[:: ceil(len(among) / most)]
            found = [
                (best + unit * world.best, good + unit * world.good, bad + unit * world.bad, ways * world.ways,
                 seen | world.seen << BITS * at)
                for best, good, bad, ways, seen in found for world in sparse
            ]
        return found

    def _graded(self, chosen: Sequence[Sequence[World]], points: Sequence[Point]) -> list[Outcomes]:
        """Return, for each point that the shown groups may add, the outcomes in the order of GRADES."""
        largest, shift = self.hidden[-1], BITS * (len(self.hidden) - 1)
        tables, others, unit, out = Tables(largest.size, chosen[-1]), self._others(chosen), self._unit(largest), []

        def takes(needed: int) -> int:
            if needed <= 0:
                return 0
            return min(-(-needed // unit), largest.size + 1) if unit else largest.size + 1

        for point in points:
            left = [need - known for need, known in zip(self.needs, point, strict=True)]
            ways, seen = [0] * len(GRADES), [0] * len(GRADES)
            for best, good, bad, times, met in others:
                found = tables.grades(takes(left[0] - best), takes(left[1] - good), takes(left[2] - bad))
                for at, (number, conditions) in enumerate(found):
                    if number:
                        ways[at] += number * times
                        seen[at] |= conditions << shift | met
            out.append(list(zip(ways, seen, strict=True)))
        return out


def _sum(points: Iterable[Point]) -> Point:
    best = good = bad = 0
    for point in points:
        best, good, bad = best + point[0], good + point[1], bad + point[2]
    return best, good, bad


@lru_cache(maxsize=1024)
def _leaks(groups: tuple[Group, ...], cuts: Cuts, least: int, chosen: str) -> list[Fraction]:
    return Auditor(groups, cuts, least, bands=not plan.shows_grade(chosen), grade=plan.shows_grade(chosen)).leaks()


def _cuts(rules: Mapping[str, Any]) -> Cuts:
    return Cuts(rules["grade_excellent"], rules["grade_competent"], rules["grade_not"], tuple(rules["scale"]))


def _groups(rules: Mapping[str, Any], cast: Mapping[str, int]) -> tuple[Group, ...]:
    return tuple(Group(number, rules["weights"][of], plan.level(number)) for of, number in cast.items() if number)


def turnouts(sizes: Mapping[str, int], attendance: str) -> list[dict[str, int]]:
    """Return the turnouts that are looked at: each group whole, as few as count, and where what is shown changes."""
    each = []
    for size in sizes.values():
        fewest = ceil(Fraction(attendance) * size)
        between = {at for edge in plan.EDGES for at in (edge - 1, edge) if fewest < at < size}
        each.append(sorted({fewest, size} | between))
    return [dict(zip(sizes, cast, strict=True)) for cast in product(*each)]


def leaks(rules: Mapping[str, Any]) -> list[Fraction]:
    """Return for each of FORMS the share of worlds in which a round's plan would tell on somebody, before the vote.

    `rules` is what will be frozen (rules.frozen). The worst of all turnouts counts; with fewer than attendance asks
    there is no grade.
    """
    cuts, least = _cuts(rules), rules["cell_min"]
    found = [_leaks(_groups(rules, cast), cuts, least, rules["plan"])
             for cast in turnouts(rules["sizes"], rules["attendance"])]
    return [max(each) for each in zip(*found, strict=True)]


def settle(rules: Mapping[str, Any]) -> tuple[int, int]:
    """Return the form in which the grade will be said, and in how many worlds of a million that leaks, rounded up.

    The finest form that may be used; the one that leaks least where none may.
    """
    found = [ceil(each * MILLION) for each in leaks(rules)]
    form = next((at for at, leaking in enumerate(found) if allowed(leaking)), found.index(min(found)))
    return form, found[form]


def allowed(leaking: int) -> bool:
    """Tell whether a plan that leaks in so many worlds of a million may be used."""
    return leaking <= LIMIT


def percent(leaking: int) -> str:
    """Return so many of a million as a percentage to read: 0.003, 1.5, 0. Never one that looks allowed and is not."""
    share = leaking * 100 / MILLION
    short = f"{share:.2g}"
    looks_allowed = float(short) * MILLION <= LIMIT * 100
    return short if looks_allowed == allowed(leaking) else f"{share:.4f}".rstrip("0").rstrip(".")


def told(grade: str, answers: Mapping[str, Mapping[str, int]], rules: Mapping[str, Any]) -> Told:
    """Return how the grade of a counted round is said in public: plainly, more coarsely, or "" where the plan has none.

    `answers` decide by nothing but the lines that they make on the page. Raises KeyError for a grade that is none,
    such as a void one.
    """
    if not plan.shows_grade(rules["plan"]):
        return ""
    cast = {of: sum(counts.values()) for of, counts in answers.items()}
    auditor = Auditor(_groups(rules, cast), _cuts(rules), rules["cell_min"], bands=False, grade=True)
    scale, least = rules["scale"], rules["cell_min"]
    each = [counts for of, counts in answers.items() if plan.level(cast[of]) in {"three", "four"}]
    alone = [plan.alone(counts, scale, least) for counts in each]
    forms = [at for at in COARSER[rules["form"]]
             if (all("not" in those for those in alone) or FORMS[at]["basic"] == FORMS[at]["not"])
             and (all("excellent" in those for those in alone) or FORMS[at]["excellent"] == FORMS[at]["competent"])]
    return auditor.told(grade, product(*(plan.behind(counts, scale, least) for counts in each)), forms)
