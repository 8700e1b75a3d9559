"""What is usual in a town: the rate m at which people report in the other villages, and what it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.flags.rules import QUARTER, Rule

WINDOWS = (52, QUARTER)
TRIM_PERCENT = 20


@dataclass(frozen=True)
class Neighbour:
    """Another village of the same town: adults, and people who reported in each week, this week last."""

    adults: int
    weeks: Sequence[int]


@dataclass(frozen=True)
class Usual:
    """One of the two sums behind m, over `weeks` weeks: of how many villages, their people, their adults × weeks.

    Where fewer weeks are known of a village, only those count.
    """

    weeks: int
    villages: int
    people: int
    adult_weeks: int

    def rate(self, rule: Rule) -> float:
        """Return people per 1,000 adults and 13 weeks, drawn towards prior_rate with the weight of prior_strength."""
        exposed = self.adult_weeks / (1000 * QUARTER)
        return (self.people + rule.prior_strength * rule.prior_rate) / (exposed + rule.prior_strength)


def trimmed(villages: int) -> int:
    """Return how many villages are dropped at each end: 20 % rounded half up, so 3 of 14, 1 of 3, none of 2."""
    return (2 * villages * TRIM_PERCENT + 100) // 200


def kept(others: Sequence[Neighbour], weeks: int) -> list[int]:
    """Return the places (in `others`) of the villages that the usual rate over `weeks` counts.

    The highest and lowest rates are dropped; villages of equal rate stand in order of adults.
    """
    drop = trimmed(len(others))
    counts = [sum(other.weeks[-weeks:]) for other in others]
    order = sorted(range(len(others)), key=lambda at: (Fraction(counts[at], others[at].adults), others[at].adults))
    return order[drop : len(others) - drop]


def sums(others: Sequence[Neighbour]) -> tuple[Usual, ...]:
    """Return the sums behind m, of the last 52 and the last 13 weeks, from the town's other villages only.

    Before 52 weeks have passed, the weeks that there are count. ValueError for a village without adults.
    """
    if any(other.adults <= 0 for other in others):
        message = "each village behind a usual rate needs adults"
        raise ValueError(message)
    made = []
    for weeks in WINDOWS:
        used = [others[place] for place in kept(others, weeks)]
        people = sum(sum(other.weeks[-weeks:]) for other in used)
        adult_weeks = sum(other.adults * min(weeks, len(other.weeks)) for other in used)
        made.append(Usual(weeks, len(used), people, adult_weeks))
    return tuple(made)


def rate(found: Sequence[Usual], rule: Rule) -> float:
    """Return m, people per 1,000 adults and 13 weeks: the higher of the two rates.

    max() absorbs waves that touch the whole town. Without other villages it is the prior rate.
    """
    return max(one.rate(rule) for one in found)


def baseline(others: Sequence[Neighbour], rule: Rule) -> float:
    """Return m straight from the other villages."""
    return rate(sums(others), rule)
