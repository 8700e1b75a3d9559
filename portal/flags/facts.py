"""The facts path: what two offices found opens a look by itself, where people are few or their slips were taken.

A count of people can't tell much in a small village, and it falls where slips are taken away; what was found to be
true does not depend on either. One report is one fact, however much of it was confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.flags.rules import Rule, Week

SERIOUS = 2
"""A fact in a serious matter (severity 3 to 5) counts as so many on the facts path; any other as one."""
LIVELY = Fraction(3, 2)
"""So many times the prior rate a town may report before its villages need more facts than others of their size."""
TWO = 2
"""Whatever they weigh, it takes the facts of two reports."""


@dataclass(frozen=True)
class Found:
    """What was found in the weeks of the facts path: facts, how many of them serious, and the persons who reported.

    Persons are voice slips and open reports of which a fact was found.
    """

    facts: int
    serious: int
    persons: int

    @property
    def weight(self) -> int:
        """Facts, serious ones counted twice."""
        return self.facts + (SERIOUS - 1) * self.serious


@dataclass(frozen=True)
class Line:
    """What the facts path takes: `weight` of facts from so many `persons`, or two facts from `crowd` persons.

    crowd: 0 where two facts are never enough by being two.
    """

    weight: int
    persons: int
    crowd: int = 0

    def reached(self, found: Found) -> bool:
        """Tell whether what was found reaches this line."""
        if found.facts < TWO:
            return False
        if found.weight >= self.weight and found.persons >= self.persons:
            return True
        return 0 < self.crowd <= found.persons


def found(weeks: Sequence[Week], rule: Rule) -> Found:
    """Return what the last weeks of a village brought to the facts path."""
    seen = weeks[-rule.facts_window_weeks :]
    return Found(
        sum(week.particulars for week in seen), sum(week.serious_particulars for week in seen),
        sum(week.voice + week.confirmed for week in seen),
    )


def like(adults: int, usual: Fraction, rule: Rule) -> int:
    """Return as how large a village is judged where the town's usual rate is `usual`.

    Where the whole town reports more than 1.5 times the prior rate, facts turn up more often too: the village is
    judged like one that is larger by as much, in whole adults.
    """
    return int(adults * max(Fraction(1), usual / (LIVELY * Fraction(str(rule.prior_rate)))))


def line(adults: int, rule: Rule) -> Line:
    """Return what the facts path takes in a village that is judged like one of so many adults.

    The bands hold for small villages; from the last band on it is `facts_base` and one more for every
    `facts_per_adults` adults, from as many persons.
    """
    band = next((band for band in rule.facts if adults < band.below), None)
    if band is not None:
        return Line(band.confirmed, band.persons, band.crowd)
    least = rule.facts_base + adults // rule.facts_per_adults
    return Line(least, least)


def line_of(adults: int, usual: float, rule: Rule) -> Line:
    """Return what the facts path takes in a village of this size, where the town's usual rate is `usual`."""
    return line(like(adults, Fraction(usual), rule), rule)


def crosses(adults: int, weeks: Sequence[Week], usual: float, rule: Rule) -> bool:
    """Tell whether a village crosses by facts: they can be counted where people are few, and where slips are taken.

    One weekly check is enough: facts that two offices found do not come and go as counts do.
    """
    return line_of(adults, usual, rule).reached(found(weeks, rule))
