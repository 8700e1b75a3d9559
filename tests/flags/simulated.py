"""Villages as a pilot might find them, made up in plain Python; every rate in here is an assumption until then.

One village of A adults in a town of fifteen, 52 weeks of history and 52 weeks that are looked at. The rule that
judges them is the product's own, by the very functions that make and judge a weekly check (`portal.flags.sheet`).
Each village has its own seed, so that the same villages can be judged by two rules.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.flags import facts, rules, usual
from portal.flags.rules import Rule, Week
from portal.flags.sheet import Check, check, judge
from portal.flags.usual import Neighbour

HISTORY, LOOKED_AT = 52, 52
HALF_YEAR = 26
RATE = 2.0
"""Honest people who report, with a slip or openly, of 1,000 adults in 13 weeks."""
SPREAD = 0.5
SERIOUS, CONFIRMED = 0.25, 0.05
NEIGHBOURS = 14
FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True)
class Trouble:
    """What goes wrong, or is made up.

    slips, openly: who speaks up with a slip and openly, a share of adults below 1, else so many heads; in so many
    weeks; serious, found: shares of them; pasted: the open ones send the same text.
    """

    slips: float
    openly: float
    weeks: int
    serious: float
    found: float
    pasted: bool = False


SEVERE = Trouble(slips=0.020, openly=0.010, weeks=26, serious=0.70, found=0.35)
STOLEN = Trouble(slips=0.008, openly=0.010, weeks=26, serious=0.70, found=0.35)
MILD = Trouble(slips=0.006, openly=0.004, weeks=26, serious=0.60, found=0.25)
DISPUTE = Trouble(slips=0.007, openly=0.003, weeks=4, serious=0.10, found=0.05)
LIARS_PASTE = Trouble(slips=0, openly=10, weeks=2, serious=0.90, found=0.03, pasted=True)
LIARS_OPEN = Trouble(slips=0, openly=10, weeks=8, serious=0.90, found=0.03)
LIARS_TEN = Trouble(slips=10, openly=0, weeks=6, serious=0.90, found=0.03)
LIARS_THIRTY = Trouble(slips=30, openly=0, weeks=6, serious=0.90, found=0.03)


@dataclass(frozen=True)
class World:
    """What honest people do: how many report, and of how many something is confirmed."""

    rate: float = RATE
    confirmed: float = CONFIRMED


USUAL = World()


def poisson(random: Random, mean: float) -> int:
    """Return how many come where `mean` come on average (Knuth 1997, 3.4.1)."""
    bar, product, number = math.exp(-mean), random.random(), 0
    while product > bar:
        product *= random.random()
        number += 1
    return number


def some(random: Random, number: int, share: float) -> int:
    """Return how many of `number` fall into a share."""
    return sum(random.random() < share for _each in range(number))


def shocks(random: Random) -> list[float]:
    """Return the town's mood by week: a little noise a quarter, and in one of twenty a grievance of 2.5 times."""
    moods = [math.exp(random.gauss(0, 0.25)) * (2.5 if random.random() < 0.05 else 1) for _quarter in range(8)]
    return [mood for mood in moods for _week in range(13)]


def neighbours(random: Random, moods: Sequence[float], world: World) -> list[tuple[int, list[int]]]:
    """Return the other villages: adults and people by week; one in ten has trouble that nobody found."""
    made = []
    for _village in range(NEIGHBOURS):
        adults = round(min(max(random.lognormvariate(math.log(1200), 0.6), 200), 5000))
        rate = random.gammavariate(1 / SPREAD**2, world.rate * SPREAD**2)
        rate += random.uniform(2, 10) if random.random() < 0.10 else 0
        made.append((adults, [poisson(random, rate * adults / 1000 / 13 * mood) for mood in moods]))
    return made


def village(random: Random, adults: int, moods: Sequence[float], trouble: Trouble | None,
            world: World = USUAL) -> list[Week]:
    """Return the weeks of a village: honest noise, and from the first week looked at on the trouble, if any."""
    mean = random.gammavariate(1 / SPREAD**2, SPREAD**2) * world.rate * adults / 1000 / 13
    weeks = []
    for mood in moods:
        voice, openly = poisson(random, mean * mood), poisson(random, mean * mood)
        found = some(random, openly, world.confirmed)
        confirmed = some(random, voice, world.confirmed) + found
        weeks.append(Week(voice=voice, serious_voice=some(random, voice, SERIOUS), confirmed=found,
                          open_rest=openly - found, particulars=confirmed,
                          serious_particulars=some(random, confirmed, SERIOUS)))
    if trouble is not None:
        for amount, with_slip in ((trouble.slips, True), (trouble.openly, False)):
            for _person in range(some(random, adults, amount) if amount < 1 else int(amount)):
                at = HISTORY + random.randrange(trouble.weeks)
                weeks[at] = _more(random, weeks[at], trouble, with_slip=with_slip)
    return weeks


def _more(random: Random, week: Week, trouble: Trouble, *, with_slip: bool) -> Week:
    found = int(random.random() < trouble.found)
    serious = int(random.random() < trouble.serious)
    rest = 0 if with_slip or found or (trouble.pasted and week.open_rest) else 1
    return Week(
        voice=week.voice + with_slip, serious_voice=week.serious_voice + (serious if with_slip else 0),
        confirmed=week.confirmed + (found if not with_slip else 0), open_rest=week.open_rest + rest,
        particulars=week.particulars + found, serious_particulars=week.serious_particulars + found * serious,
    )


class Looked:
    """One made-up village as the weekly check sees it; a check is made only when it can matter."""

    def __init__(self, adults: int, trouble: Trouble | None, rule: Rule, seed: str, world: World = USUAL) -> None:
        """Make the village of this seed. Its neighbours are the same whatever trouble it has."""
        town = Random(f"town {seed}")
        self.adults, self.rule = adults, rule
        self.moods = shocks(town)
        self.weeks = village(Random(f"village {seed} {trouble}"), adults, self.moods, trouble, world)
        self._town, self._world = town, world
        self._others: list[tuple[int, list[int]]] = []
        self._checks: dict[int, Check] = {}

    def check(self, at: int) -> Check:
        """Return the check of one week."""
        if at not in self._checks:
            self._others = self._others or neighbours(self._town, self.moods, self._world)
            seen = [Neighbour(adults, weeks[at - 51 : at + 1]) for adults, weeks in self._others]
            day = FIRST_DAY + timedelta(weeks=at)
            self._checks[at] = check(day, self.adults, usual.sums(seen), self.weeks[at - 25 : at + 1], self.rule)
        return self._checks[at]

    def possible(self, at: int, *, review: bool) -> bool:
        """Tell whether this week can open anything at all, whatever the neighbours do: a short cut, no rule."""
        span = rules.window(self.adults, self.rule)
        seen, least = self.weeks[at - span + 1 : at + 1], rules.review_minimum(self.adults, self.rule)
        if self.by_facts(at) or (review and rules.particulars(seen, span) >= least):
            return True
        people = sum(week.voice + week.confirmed for week in seen) + rules.OPEN_CAP
        floor = min(self.rule.floor, self.rule.floor_small)
        serious = sum(week.serious_voice for week in seen)
        return not review and (people >= floor or serious >= self.rule.floor_serious)

    def by_facts(self, at: int) -> bool:
        """Tell whether the facts path is crossed where the town is calm."""
        return facts.crosses(self.adults, self.weeks[at - 25 : at + 1], self.rule.prior_rate, self.rule)

    def first(self, weeks: int, *, review: bool = True) -> int | None:
        """Return after how many weeks the rule first lets a review (else: a triage) open, or None within `weeks`."""
        for back in range(weeks):
            at = HISTORY + back
            if self.possible(at, review=review):
                checks = [self.check(one) for one in range(max(HISTORY, at - 2), at + 1)]
                verdict = judge(checks, self.adults, self.rule)
                if verdict.review or (verdict.triage and not review):
                    return back
        return None


def share(adults: int, trouble: Trouble | None, number: int, rule: Rule, *, seed: int = 7, review: bool = True,
          world: World = USUAL) -> float:
    """Return the share of villages with a review: honest ones in a year, others within 26 weeks of the start."""
    weeks = LOOKED_AT if trouble is None else HALF_YEAR
    made = (Looked(adults, trouble, rule, f"{seed}.{adults}.{at}", world) for at in range(number))
    return sum(one.first(weeks, review=review) is not None for one in made) / number


def between(found: float, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `number` villages (Wilson 1927)."""
    z = 1.96
    middle = (found + z * z / 2 / number) / (1 + z * z / number)
    half = z * math.sqrt(found * (1 - found) / number + z * z / 4 / number**2) / (1 + z * z / number)
    return max(middle - half, 0.0), min(middle + half, 1.0)
