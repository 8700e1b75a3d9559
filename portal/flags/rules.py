"""The flag rule: how many different people, in a village of this size, open a private look or a review.

A count never accuses. It opens triage (F1); a review (F2) needs confirmed facts and people. Every
number comes from `Rule`, whose fingerprint is printed on each flag's sheet; a change is a new rule, never
retroactive. A baseline is people per 1,000 adults and 13 weeks; weeks run oldest first.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from portal.flags.gamma import survival

QUARTER = 13
PRIOR_SHAPE = 1.0
OPEN_WEIGHT = Fraction(1, 4)
OPEN_CAP = Fraction(2)
SILENCE_WEEKS = 26
SILENCE_SLIPS = Fraction(30, 100)
CALM_WEEKS = 26
FACTS_PERSONS = 3
"""Never do facts of fewer persons open a look by themselves."""
CLEARING_WEEKS = 4
"""So many weeks a clearing stands on the desks and in the digests that the review had reached."""
CALM_CHANCE = 0.5
CODE_VERSION = 2
"""Rises with every change of these constants, of the formulas below, `usual` or `facts`; part of `Rule.version`."""


@dataclass(frozen=True)
class FactsBand:
    """Below so many adults: facts of so much weight (serious ones counted twice), from at least so many persons.

    crowd: from so many persons on, two facts are enough whatever they weigh; 0 where they never are.
    """

    below: int
    confirmed: int
    persons: int
    crowd: int = 0


@dataclass(frozen=True)
class Rule:
    """Every setting of the group [flags], by the same names."""

    window_weeks: int
    window_weeks_small: int
    small_adults: int
    prior_rate: float
    prior_strength: float
    rate_factor: float
    credibility: float
    serious_share: float
    floor: int
    floor_small: int
    floor_serious: int
    persist_weeks: int
    confirmed_base: int
    confirmed_per_adults: int
    facts_window_weeks: int
    facts: tuple[FactsBand, ...]
    facts_base: int
    facts_per_adults: int
    overdue_days: int
    silence_expected: float
    triage_days: int
    notice_days: int
    statement_days: int
    decide_days: int
    appeal_days: int
    rectify_months: int
    repass_share: int

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "Rule":
        """Build the rule from the group's values (key -> value); keys that the rule doesn't know are left out.

        KeyError when a setting is missing, ValueError when one makes no sense.
        """
        values = {field.name: settings[field.name] for field in fields(cls)}
        bands = sorted((FactsBand(**band) for band in values["facts"]), key=lambda band: band.below)
        rule = cls(**{**values, "facts": tuple(bands)})
        if not 0 < rule.credibility < 1 or not 0 < rule.serious_share <= 1:
            message = "credibility must lie between 0 and 1, and so must serious_share"
            raise ValueError(message)
        days = [values[name] for name in values if name.endswith(("_days", "_weeks", "_months", "_adults"))]
        if min(*days, rule.prior_rate, rule.prior_strength, rule.rate_factor) <= 0:
            message = "periods, sizes and rates of the flag rule must be above 0"
            raise ValueError(message)
        if min(rule.floor, rule.floor_small, rule.floor_serious) <= OPEN_CAP:
            message = "a floor of two or less would let open reports alone raise a flag"
            raise ValueError(message)
        persons = (*(band.persons for band in rule.facts), *(band.crowd for band in rule.facts if band.crowd))
        if min(rule.facts_base, *persons) < FACTS_PERSONS:
            message = "facts of one or two persons are too few to open a review by themselves"
            raise ValueError(message)
        return rule

    @property
    def version(self) -> str:
        """The rule's fingerprint on sheets: 8 hex digits over all settings and `CODE_VERSION`."""
        text = json.dumps({"code": CODE_VERSION, **asdict(self)}, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Thresholds:
    """How many different people it takes: all adverse reports, serious ones; and over how many weeks."""

    all: int
    serious: int
    window: int


@dataclass(frozen=True)
class Week:
    """What one week brought in one village.

    voice: persons who spent a voice slip on an adverse report; serious_voice: those of severity 3 to 5;
    confirmed: open reports whose particulars a clerk confirmed; open_rest: the other open reports after
    near-duplicates were collapsed; particulars: reports, from either channel, of which two offices confirmed the
    first particular that week: one person's report is one, however much was found of it; serious_particulars: those
    of severity 3 to 5.
    """

    voice: int = 0
    serious_voice: int = 0
    confirmed: int = 0
    open_rest: int = 0
    particulars: int = 0
    serious_particulars: int = 0


@dataclass(frozen=True)
class Quantities:
    """D and S of flags.md, and D's parts: D = voice_capped + confirmed + open_part."""

    D: Fraction
    S: int
    voice_capped: int
    confirmed: int
    open_part: Fraction


def window(adults: int, rule: Rule) -> int:
    """Return how many weeks a village of this size is looked at."""
    return rule.window_weeks_small if adults < rule.small_adults else rule.window_weeks


def exposure(adults: int, weeks: int) -> float:
    """Return thousands of adults times quarters."""
    return adults / 1000 * weeks / QUARTER


def exceedance(people: Fraction | float, exposed: float, baseline: float, factor: float) -> float:
    """Return P(rate > factor * baseline | people), after the prior Gamma(1, 1/baseline) of mean baseline."""
    spread = PRIOR_SHAPE / baseline + exposed
    return survival(PRIOR_SHAPE + float(people), spread * factor * baseline)


def _smallest(exposed: float, baseline: float, floor: int, rule: Rule) -> int:
    people = floor
    while exceedance(people, exposed, baseline, rule.rate_factor) < rule.credibility:
        people += 1
    return people


def threshold(adults: int, baseline: float, rule: Rule) -> Thresholds:
    """Return the smallest counts that put the rate over rate_factor x baseline with `credibility`.

    For serious reports serious_share of the baseline. ValueError unless adults and baseline are above 0.
    """
    if adults <= 0 or baseline <= 0:
        message = "a threshold needs adults and a baseline above 0"
        raise ValueError(message)
    weeks = window(adults, rule)
    exposed = exposure(adults, weeks)
    floor = rule.floor_small if adults < rule.small_adults else rule.floor
    return Thresholds(
        all=_smallest(exposed, baseline, floor, rule),
        serious=_smallest(exposed, baseline * rule.serious_share, rule.floor_serious, rule),
        window=weeks,
    )


def quantities(weeks: Sequence[Week], thresholds: Thresholds) -> Quantities:
    """Return D and S over the last `thresholds.window` of the weeks given.

    One week may supply at most half a threshold, ceil(T / 2); open reports that nobody confirmed count a
    quarter each and two persons at most, all together.
    """
    seen = weeks[-thresholds.window :]
    cap, serious_cap = math.ceil(thresholds.all / 2), math.ceil(thresholds.serious / 2)
    voice = sum(min(week.voice, cap) for week in seen)
    confirmed = sum(week.confirmed for week in seen)
    open_part = min(OPEN_CAP, OPEN_WEIGHT * sum(week.open_rest for week in seen))
    serious = sum(min(week.serious_voice, serious_cap) for week in seen)
    return Quantities(voice + confirmed + open_part, serious, voice, confirmed, open_part)


def crosses(found: Quantities, thresholds: Thresholds) -> bool:
    """Tell whether one weekly check stands at or over a line."""
    return found.D >= thresholds.all or found.S >= thresholds.serious  # noqa: SIM300 - D and S are no constants


def persists(history: Sequence[bool], rule: Rule) -> bool:
    """Tell whether the last `persist_weeks` weekly checks, newest last, were all over the line."""
    return len(history) >= rule.persist_weeks and all(history[-rule.persist_weeks :])


def particulars(weeks: Sequence[Week], span: int) -> int:
    """Return C, the confirmed particulars of the last `span` weeks, one a report."""
    return sum(week.particulars for week in weeks[-span:])


def review_minimum(adults: int, rule: Rule) -> int:
    """Return how many confirmed facts a review (F2) needs beside F1."""
    return rule.confirmed_base + adults // rule.confirmed_per_adults


def overdue(noticed_on: date, today: date, rule: Rule) -> bool:
    """Tell whether a disclosure is missing `overdue_days` after the notice: that opens F1 by itself."""
    return (today - noticed_on).days >= rule.overdue_days


def silent(adults: int, baseline: float, reports: int, slips: tuple[int, int], rule: Rule) -> bool:
    """Tell whether silence asks for a visit; it never raises a flag.

    No report at all in 26 weeks where `silence_expected` were likely, or fewer than 30 % of the voice slips
    drawn; `slips` = (drawn, printed).
    """
    drawn, printed = slips
    expected = baseline * exposure(adults, SILENCE_WEEKS)
    return (reports == 0 and expected >= rule.silence_expected) or Fraction(drawn) < SILENCE_SLIPS * printed


def leaves(chances: Sequence[float]) -> bool:
    """Tell whether F1 ends: P(rate > baseline | D) below a half in each of the last 26 weekly checks.

    `chances` are `exceedance(D, exposure, baseline, 1)`, newest last.
    """
    return len(chances) >= CALM_WEEKS and all(chance < CALM_CHANCE for chance in chances[-CALM_WEEKS:])


def may_rise_again(voice_since: int, thresholds: Thresholds) -> bool:
    """Tell whether a count may open F1 again: it takes T voice slips spent since an "unfounded"."""
    return voice_since >= thresholds.all
