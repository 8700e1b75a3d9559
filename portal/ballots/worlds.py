"""The worlds of an appraisal: every way in which groups may have answered, as far as the grade can tell them apart.

Pure counting for `auditor`. Answers that weigh alike in the grade (basic, abstain) are taken together, so ten voters
have 286 ways and thirty have 5,456, whether there are four answers or five.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb
from typing import NamedTuple

from portal.ballots import plan

GRADES = ("excellent", "competent", "not", "basic")  # in the order in which the rules ask for them
NONE, TWO = 1, 2  # what a world shows of an answer: nobody gave it; two or more did
BITS = 8  # two for each of four roles


class World(NamedTuple):
    """A way in which one group answers: how many said excellent, that or competent, and not.

    `ways` is how many ways this stands for, `seen` which conditions it meets (NONE and TWO, two bits a role).
    """

    best: int
    good: int
    bad: int
    ways: int
    seen: int


@dataclass(frozen=True)
class Group:
    """A group of voters: how many voted, its weight in the grade, and how much of it is shown by itself."""

    size: int
    weight: int
    level: plan.Level

    @property
    def known(self) -> bool:
        """Tell whether its answers stand on the page, so that there is nothing to be guessed."""
        return self.level in {"three", "four"}


@dataclass(frozen=True)
class Cuts:
    """The grade rules in percent, and the answers that may be given, best first."""

    excellent: int
    competent: int
    bad: int
    scale: tuple[str, ...]

    @property
    def rest(self) -> tuple[str, ...]:
        """Return the answers that count for no grade of their own."""
        return tuple(each for each in self.scale if each not in {"excellent", "competent", "not"})

    @property
    def given(self) -> tuple[bool, bool, bool, bool]:
        """Tell for each of the four roles whether it can be chosen at all."""
        return ("excellent" in self.scale, "competent" in self.scale, "not" in self.scale, bool(self.rest))

    @property
    def asked(self) -> int:
        """Return the conditions that a safe outcome meets, for one group."""
        return sum((NONE | TWO) << 2 * at for at, there in enumerate(self.given) if there)


def worlds(size: int, cuts: Cuts) -> list[World]:
    """Return every way in which a group of `size` may answer."""
    several, found = len(cuts.rest), []
    for best, fair, bad in product(range(size + 1), repeat=3):
        rest = size - best - fair - bad
        numbers = (best, fair, bad, rest)
        if rest < 0 or any(number and not there for number, there in zip(numbers, cuts.given, strict=True)):
            continue
        seen = sum(((0 if number else NONE) | (TWO if number > 1 else 0)) << 2 * at
                   for at, number in enumerate(numbers))
        if several > 1:
            seen |= NONE << 6  # whoever gave one of several such answers gave none of the others
        found.append(World(best, best + fair, bad, comb(rest + several - 1, rest) if several else 1, seen))
    return found


def parts(group: Group, cuts: Cuts, least: int, *, bands: bool) -> list[list[World]]:
    """Return the worlds of a group, those together that look the same on the page: one part unless bands are shown."""
    found: dict[object, list[World]] = {}
    for world in worlds(group.size, cuts):
        look: object = None
        if bands and group.level == "bands":
            counts = {"excellent": world.best, "competent": world.good - world.best, "not": group.size - world.good}
            look = tuple(plan.shown(counts, cuts.scale, "B", least))
        found.setdefault(look, []).append(world)
    return list(found.values())


class _Corner:
    """How many worlds lie in a corner of the space of answers, and which conditions they meet together.

    `axes` names coordinates of a world: "least" keeps those at or above a limit, "below" those under it.
    """

    def __init__(self, among: Iterable[World], side: int, axes: Sequence[tuple[int, str]]) -> None:
        self.side = side
        self.ways = [0] * side ** len(axes)
        self.seen = [0] * len(self.ways)
        for world in among:
            at = 0
            for index, kind in axes:
                at = at * side + world[index] + (kind == "below")
            self.ways[at] += world.ways
            self.seen[at] |= world.seen
        for place, (_, kind) in enumerate(reversed(axes)):
            self._gather(side**place, below=kind == "below")

    def _gather(self, stride: int, *, below: bool) -> None:
        order = range(len(self.ways)) if below else range(len(self.ways) - 1, -1, -1)
        edge, step = (0, -stride) if below else (self.side - 1, stride)
        for at in order:
            if at // stride % self.side != edge:
                self.ways[at] += self.ways[at + step]
                self.seen[at] |= self.seen[at + step]


class Tables:
    """The worlds of one group, ready to be asked how many of them lead to which grade."""

    def __init__(self, size: int, among: Sequence[World]) -> None:
        self.side = size + 2
        self.by_grade = (
            _Corner(among, self.side, [(0, "least")]),
            _Corner(among, self.side, [(0, "below"), (1, "least")]),
            _Corner(among, self.side, [(0, "below"), (1, "below"), (2, "least")]),
            _Corner(among, self.side, [(0, "below"), (1, "below"), (2, "below")]),
        )

    def grades(self, best: int, good: int, bad: int) -> tuple[tuple[int, int], ...]:
        """Return (ways, conditions met) for each of GRADES; the arguments are how many it takes for each cut."""
        flat = best * self.side + good
        deep = flat * self.side + bad
        one, two, three, four = self.by_grade
        return ((one.ways[best], one.seen[best]), (two.ways[flat], two.seen[flat]),
                (three.ways[deep], three.seen[deep]), (four.ways[deep], four.seen[deep]))
