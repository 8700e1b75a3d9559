"""Villages as a pilot might find them, made up in plain Python; every rate in here is an assumption until then.

One village of A adults in a town of fifteen, 52 weeks of history and 52 weeks that are looked at. The rule that
judges them is the product's own (`portal.flags.rules`), asked every week.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from portal.flags import rules, usual
from portal.flags.rules import Rule, Thresholds, Week
from portal.flags.usual import Neighbour

HISTORY, LOOKED_AT = 52, 52
HALF_YEAR = 26
RATE = 2.0
"""Honest people who report, with a slip or openly, of 1,000 adults in 13 weeks."""
SPREAD = 0.5
SERIOUS, CONFIRMED = 0.25, 0.05
NEIGHBOURS = 14
GRID = [round(0.1 * 400 ** (at / 119), 6) for at in range(120)]
"""Usual rates for which lines are worked out; a rate is judged by the next one above."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong.

    slips, openly: shares of adults who speak up with a slip and openly; in so many weeks; serious, found: shares.
    """

    slips: float
    openly: float
    weeks: int
    serious: float
    found: float


SEVERE = Trouble(slips=0.020, openly=0.010, weeks=26, serious=0.70, found=0.35)
STOLEN = Trouble(slips=0.008, openly=0.010, weeks=26, serious=0.70, found=0.35)


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


def neighbours(random: Random, moods: Sequence[float]) -> list[tuple[int, list[int]]]:
    """Return the other villages: adults and people by week; one in ten has trouble that nobody found."""
    made = []
    for _village in range(NEIGHBOURS):
        adults = round(min(max(random.lognormvariate(math.log(1200), 0.6), 200), 5000))
        rate = random.gammavariate(1 / SPREAD**2, RATE * SPREAD**2)
        rate += random.uniform(2, 10) if random.random() < 0.10 else 0
        made.append((adults, [poisson(random, rate * adults / 1000 / 13 * mood) for mood in moods]))
    return made


def village(random: Random, adults: int, moods: Sequence[float], trouble: Trouble | None) -> list[Week]:
    """Return the weeks of a village: honest noise, and from the first week looked at on the trouble, if any."""
    mean = random.gammavariate(1 / SPREAD**2, SPREAD**2) * RATE * adults / 1000 / 13
    weeks = []
    for mood in moods:
        voice, openly = poisson(random, mean * mood), poisson(random, mean * mood)
        found = some(random, openly, CONFIRMED)
        weeks.append(Week(voice=voice, serious_voice=some(random, voice, SERIOUS), confirmed=found,
                          open_rest=openly - found, particulars=some(random, voice, CONFIRMED) + found))
    if trouble is not None:
        for share, with_slip in ((trouble.slips, True), (trouble.openly, False)):
            for _person in range(some(random, adults, share)):
                at = HISTORY + random.randrange(trouble.weeks)
                weeks[at] = _more(random, weeks[at], trouble, with_slip=with_slip)
    return weeks


def _more(random: Random, week: Week, trouble: Trouble, *, with_slip: bool) -> Week:
    found = int(random.random() < trouble.found)
    serious = int(random.random() < trouble.serious)
    return Week(
        voice=week.voice + with_slip, serious_voice=week.serious_voice + (serious if with_slip else 0),
        confirmed=week.confirmed + (found if not with_slip else 0),
        open_rest=week.open_rest + (1 - found if not with_slip else 0), particulars=week.particulars + found,
    )


@cache
def line(adults: int, place: int, rule: Rule) -> Thresholds:
    """Return the line of a village at one rate of the grid."""
    return rules.threshold(adults, GRID[place], rule)


def usual_rates(others: Sequence[tuple[int, list[int]]], rule: Rule, weeks_seen: int) -> list[float]:
    """Return the usual rate of each week looked at, from the weeks up to it."""
    rates = []
    for at in range(HISTORY, HISTORY + weeks_seen):
        seen = [Neighbour(adults, weeks[at - 51 : at + 1]) for adults, weeks in others]
        rates.append(usual.baseline(seen, rule))
    return rates


def first_review(adults: int, weeks: Sequence[Week], rates: Sequence[float], rule: Rule) -> int | None:
    """Return after how many weeks the product's rule lets a review open (F2), or None in the weeks looked at."""
    count, facts = [], []
    least, span = rules.review_minimum(adults, rule), max(rule.window_weeks_small, rule.facts_window_weeks)
    for back in range(len(rates)):
        seen = weeks[HISTORY + back + 1 - span : HISTORY + back + 1]
        found = line(adults, min(bisect.bisect_left(GRID, rates[back]), len(GRID) - 1), rule)
        count.append(rules.crosses(rules.quantities(seen, found), found))
        facts.append(rules.facts_path(adults, seen, rule))
        enough = rules.particulars(seen, found.window) >= least
        if (rules.persists(count, rule) and enough) or rules.persists(facts, rule):
            return back
    return None


def share(adults: int, trouble: Trouble | None, number: int, rule: Rule, seed: int = 7) -> float:
    """Return the share of villages with a review: honest ones in a year, others within 26 weeks of the start."""
    hits, looked_at = 0, LOOKED_AT if trouble is None else HALF_YEAR
    for at in range(number):
        random = Random(f"{seed}.{adults}.{at}.{trouble}")
        moods = shocks(random)
        rates = usual_rates(neighbours(random, moods), rule, looked_at)
        hits += first_review(adults, village(random, adults, moods, trouble), rates, rule) is not None
    return hits / number
