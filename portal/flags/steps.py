"""How to recompute a sheet by hand: each step as a sentence with its numbers put in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from portal.core.words import N_
from portal.flags import rules, stored
from portal.flags.rules import Thresholds, Week
from portal.flags.sheet import Sheet

POINTS = 13


@dataclass(frozen=True)
class Step:
    """A sentence of the catalogue and what fills it."""

    phrase: str
    params: dict[str, object] = field(default_factory=dict)


def number(value: Fraction | float) -> str:
    """Return a number as people write it: 12, 12.25, 0.9012; four figures behind the point at most."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def steps(sheet: Sheet) -> list[Step]:
    """Return the steps from the counts to the verdict, for the newest weekly check of a sheet."""
    return [*_usual(sheet), *_line(sheet), *_found(sheet), *_verdict(sheet)]


def _usual(sheet: Sheet) -> list[Step]:
    rule = sheet.rule
    found = stored.usual_rates(sheet)
    made = [
        Step(
            N_("Over %(weeks)s weeks, the %(villages)s villages kept: (%(people)s people + %(strength)s × %(prior)s) ÷ "
               "(%(exposed)s + %(strength)s) = %(rate)s. Here %(exposed)s is thousands of adults × weeks ÷ 13."),
            {"weeks": weeks, "villages": villages, "people": people, "strength": number(rule.prior_strength),
             "prior": number(rule.prior_rate), "exposed": number(exposed), "rate": number(rate)},
        )
        for weeks, villages, people, exposed, rate in found
    ]
    usual = max(rate for *_rest, rate in found)
    made.append(Step(N_("The usual rate m is the higher of the two: %(rate)s people for 1,000 adults in 13 weeks."),
                     {"rate": number(usual)}))
    return made


def _line(sheet: Sheet) -> list[Step]:
    rule, newest = sheet.rule, sheet.checks[-1]
    exposed = rules.exposure(sheet.adults, newest.thresholds.window)
    made = [Step(
        N_("This village: e = %(adults)s ÷ 1,000 × %(window)s ÷ 13 = %(exposed)s. With D people, the chance that its "
           "rate is above %(factor)s × m is P(Gamma(1 + D) > (1 ÷ m + e) × %(factor)s × m)."),
        {"adults": sheet.adults, "window": newest.thresholds.window, "exposed": number(exposed),
         "factor": number(rule.rate_factor)},
    )]
    floor = rule.floor_small if sheet.adults < rule.small_adults else rule.floor
    for words, usual, line, least in (
        (N_("All reports, m = %(rate)s: %(less)s people give %(below)s, %(line)s give %(above)s. The line is the first "
            "number from %(floor)s on that reaches %(credibility)s: T = %(line)s."),
         newest.baseline, newest.thresholds.all, floor),
        (N_("Serious reports, m = %(rate)s: %(less)s people give %(below)s, %(line)s give %(above)s. The line is the "
            "first number from %(floor)s on that reaches %(credibility)s: Ts = %(line)s."),
         newest.baseline * rule.serious_share, newest.thresholds.serious, rule.floor_serious),
    ):
        made.append(Step(words, {
            "rate": number(usual), "less": line - 1, "line": line, "floor": least,
            "below": number(rules.exceedance(line - 1, exposed, usual, rule.rate_factor)),
            "above": number(rules.exceedance(line, exposed, usual, rule.rate_factor)),
            "credibility": number(rule.credibility),
        }))
    return made


def _found(sheet: Sheet) -> list[Step]:
    newest = sheet.checks[-1]
    found, line = newest.found, newest.thresholds
    seen = sheet.weeks[-line.window :]
    return [
        Step(N_("Voice slips, at most %(cap)s a week: %(voice)s people. Open reports confirmed: %(confirmed)s. Other "
                "open reports, %(rest)s of them at a quarter each and 2 people at most: %(open)s. "
                "D = %(voice)s + %(confirmed)s + %(open)s = %(total)s."),
             {"cap": math.ceil(line.all / 2), "voice": found.voice_capped, "confirmed": found.confirmed,
              "rest": sum(week.open_rest for week in seen), "open": number(found.open_part),
              "total": number(found.D)}),
        Step(N_("Serious voice slips, at most %(cap)s a week: S = %(serious)s."),
             {"cap": math.ceil(line.serious / 2), "serious": found.S}),
    ]


def _verdict(sheet: Sheet) -> list[Step]:
    rule, newest = sheet.rule, sheet.checks[-1]
    over = [check.over_count for check in sheet.checks]
    made = [Step(N_("Over the line (D ≥ T or S ≥ Ts) in %(over)s of the last %(checks)s weekly checks; %(persist)s "
                    "in a row open triage."),
                 {"over": sum(over), "checks": len(over), "persist": rule.persist_weeks})]
    band = rules.facts_band(sheet.adults, rule)
    if band is not None:
        made.append(Step(
            N_("By facts, below %(below)s adults: %(least)s confirmed particulars from %(people)s persons in "
               "%(weeks)s weeks. There are %(found)s from %(persons)s persons."),
            {"below": band.below, "least": band.confirmed, "people": band.persons, "weeks": rule.facts_window_weeks,
             "found": rules.particulars(sheet.weeks, rule.facts_window_weeks),
             "persons": rules.persons(sheet.weeks, rule.facts_window_weeks)},
        ))
    made.append(Step(
        N_("A review needs %(base)s + whole part of %(adults)s ÷ %(per)s = %(least)s confirmed particulars in the "
           "window; C = %(found)s."),
        {"base": rule.confirmed_base, "adults": sheet.adults, "per": rule.confirmed_per_adults,
         "least": rules.review_minimum(sheet.adults, rule), "found": newest.particulars},
    ))
    return made


@dataclass(frozen=True)
class Chart:
    """The sum D of the last weeks as points of an SVG of 580 × 172, and where the line T lies."""

    points: str
    line_y: int
    last: str
    last_y: int


LEFT, RIGHT, TOP, BOTTOM = 30, 546, 24, 150


def chart(weeks: Sequence[Week], line: Thresholds) -> Chart:
    """Return the chart of D over the last 13 weekly sums; the line is the newest T."""
    ends = range(max(len(weeks) - POINTS, 0), len(weeks))
    sums = [rules.quantities(weeks[: end + 1], line).D for end in ends]
    most = max([*sums, Fraction(line.all), Fraction(1)])
    ys = [round(BOTTOM - float(value / most) * (BOTTOM - TOP)) for value in sums]
    wide = (RIGHT - LEFT) / max(len(sums) - 1, 1)
    points = " ".join(f"{round(LEFT + place * wide)},{y}" for place, y in enumerate(ys))
    line_y = round(BOTTOM - float(Fraction(line.all) / most) * (BOTTOM - TOP))
    return Chart(points, line_y, number(sums[-1]) if sums else "0", ys[-1] if ys else BOTTOM)
