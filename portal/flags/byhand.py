"""The arithmetic of a weekly check as a person does it: each figure comes from those printed before it.

The chance behind a line is P(Gamma(1 + D) > x), which for a whole D is the Poisson sum P(N <= D) of mean x (DLMF
8.4.10). Its terms need no e: they stand relative to the largest of them, and the sum up to D is divided by the sum of
all. So a pocket calculator with four keys is enough, and no term is too large or too small for it.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from portal.flags import facts
from portal.flags.rules import QUARTER, Rule
from portal.flags.sheet import Check
from portal.flags.usual import Usual

PLACES = (5, 7, 9, 11)
"""Figures behind the point of a term; more only where the rounded ones would draw another line than the rule did."""


@dataclass(frozen=True)
class Rate:
    """One of the two rates behind m: its sums, thousands of adults times quarters, people per one of those."""

    sums: Usual
    exposed: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Row:
    """So many people: the term beside them, the terms up to it added, and that sum divided by the sum of all."""

    people: int
    term: Decimal
    upto: Decimal
    chance: Decimal


@dataclass(frozen=True)
class Line:
    """How a line comes about: the number to compare with, the people beside whom 1 stands, the rows, their sum."""

    mean: Decimal
    peak: int
    rows: tuple[Row, ...]
    total: Decimal
    floor: int
    line: int

    def chance(self, people: int) -> Decimal:
        """Return how sure so many people make it; what lies beyond the rows is 0 or 1 to so many figures."""
        if people < self.rows[0].people:
            return Decimal(0)
        return self.rows[min(people - self.rows[0].people, len(self.rows) - 1)].chance

    def fits(self, credibility: Decimal) -> bool:
        """Tell whether the printed figures draw this very line."""
        below = self.line == self.floor or self.chance(self.line - 1) < credibility
        return below and self.chance(self.line) >= credibility


@dataclass(frozen=True)
class ByHand:
    """A check worked out: the two rates, the higher one m, e, and both lines; `places` figures a term.

    like: as how large a village it is judged on the facts path.
    """

    rates: tuple[Rate, ...]
    usual: Decimal
    exposed: Decimal
    all: Line
    serious: Line
    like: int
    places: int


def by_hand(made: Check, adults: int, rule: Rule) -> ByHand:
    """Work a check out, with as many figures as its lines need."""
    by_facts = facts.line_of(adults, made.baseline, rule)
    for places in PLACES:
        found = _worked(made, adults, rule, places)
        fits = all(line.fits(exact(rule.credibility)) for line in (found.all, found.serious))
        if fits and facts.line(found.like, rule) == by_facts:
            break
    return found


def exact(value: float) -> Decimal:
    """Return a setting as it was written: 0.9, not its nearest binary fraction."""
    return Decimal(repr(value))


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up, as people do."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plainly(value: Decimal) -> str:
    """Return a figure without the noughts at its end: 1.5787, 10.804, 6."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _worked(made: Check, adults: int, rule: Rule, places: int) -> ByHand:
    strength, prior = exact(rule.prior_strength), exact(rule.prior_rate)
    rates = []
    for one in made.usual:
        exposed = rounded(Decimal(one.adult_weeks) / 1000 / QUARTER, places - 1)
        rates.append(Rate(one, exposed, rounded((one.people + strength * prior) / (exposed + strength), places - 1)))
    usual = max(one.rate for one in rates)
    exposed = rounded(Decimal(adults) / 1000 * made.thresholds.window / QUARTER, places - 1)
    floor = rule.floor_small if adults < rule.small_adults else rule.floor
    factor, share = exact(rule.rate_factor), exact(rule.serious_share)
    means = [rounded(factor * (exposed * usual * part + 1), places - 1) for part in (Decimal(1), share)]
    return ByHand(
        tuple(rates), usual, exposed, _line(means[0], floor, made.thresholds.all, places),
        _line(means[1], rule.floor_serious, made.thresholds.serious, places),
        facts.like(adults, Fraction(usual), rule), places,
    )


def _line(mean: Decimal, floor: int, line: int, places: int) -> Line:
    peak = int(mean)
    least = Decimal(1).scaleb(-places)
    up, down = [Decimal(1)], []
    while up[-1] >= least:
        up.append(up[-1] * mean / (peak + len(up)))
    term = Decimal(1)
    for people in range(peak, 0, -1):
        term = term * people / mean
        if term < least:
            break
        down.append(term)
    terms = [rounded(term, places) for term in (*reversed(down), *up[:-1])]
    total, upto, rows = sum(terms, Decimal(0)), Decimal(0), []
    for people, term in enumerate(terms, peak - len(down)):
        upto += term
        rows.append(Row(people, term, upto, rounded(upto / total, places - 1)))
    return Line(mean, peak, tuple(rows), total, floor, line)
