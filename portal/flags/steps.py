"""How to recompute a sheet by hand: each step as a sentence with its numbers put in, in six parts.

Every figure in a sentence is an input that the page shows in a table or a setting, or was printed before it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from portal.core.words import N_
from portal.flags import facts, rules, usual
from portal.flags.byhand import ByHand, Line, Rate, by_hand, exact, plainly, rounded
from portal.flags.rules import Rule
from portal.flags.sheet import Check, Sheet


@dataclass(frozen=True)
class Step:
    """A sentence of the catalogue and what fills it."""

    phrase: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """An earlier weekly check: its steps, and whether the sheet's weeks still give what it counted on its day."""

    check: Check
    steps: list[Step]
    unchanged: bool


@dataclass(frozen=True)
class Steps:
    """All steps of a sheet, part by part; `worked` is the newest check's arithmetic, for the tables."""

    worked: ByHand
    usual: list[Step]
    all: list[Step]
    serious: list[Step]
    found: list[Step]
    earlier: list[Earlier]
    verdict: list[Step]


def number(value: Fraction | float) -> str:
    """Return a number as people write it: 12, 12.25, 0.9012; four figures behind the point at most."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def steps(sheet: Sheet) -> Steps:
    """Return the steps from the counts to the verdict, for the newest weekly check and those before it."""
    made = by_hand(sheet.checks[-1], sheet.adults, sheet.rule)
    return Steps(made, _usual(sheet, made), _all(sheet, made), _serious(sheet, made), _found(sheet),
                 [_earlier(sheet, back) for back in range(len(sheet.checks) - 1, 0, -1)], _verdict(sheet, made))


def _added(values: Iterable[object], total: object) -> str:
    """Return a sum written out with its total; of one number, or none, only the total."""
    parts = [str(value) for value in values]
    return f"{' + '.join(parts)} = {total}" if len(parts) > 1 or parts[:1] not in ([], [str(total)]) else str(total)


def _usual(sheet: Sheet, made: ByHand) -> list[Step]:
    villages = len(sheet.neighbours)
    share = exact(villages * usual.TRIM_PERCENT / 100)
    said = [Step(
        N_("Left out at each end, by people for 1,000 adults: %(percent)s %% of %(villages)s villages = %(share)s, "
           "rounded %(drop)s. Of two with the same rate the one with fewer adults lies lower."),
        {"percent": usual.TRIM_PERCENT, "villages": villages, "share": plainly(share),
         "drop": usual.trimmed(villages)},
    )]
    year, quarter = made.rates
    lines = sheet.neighbours
    said.append(_rate(year, sheet.rule, [line.year for line in lines if line.counts_in_year],
                      [(line.adults, min(year.sums.weeks, line.known)) for line in lines if line.counts_in_year]))
    said.append(_rate(quarter, sheet.rule, [line.quarter for line in lines if line.counts_in_quarter],
                      [(line.adults, min(quarter.sums.weeks, line.known)) for line in lines
                       if line.counts_in_quarter]))
    said.append(Step(N_("The higher of the two is the usual rate: m = %(rate)s people of 1,000 adults in 13 weeks."),
                     {"rate": plainly(made.usual)}))
    return said


def _rate(one: Rate, rule: Rule, people: list[int], adults: list[tuple[int, int]]) -> Step:
    return Step(
        N_("%(weeks)s weeks: people %(added)s. Adults × weeks known: %(products)s; "
           "%(adult_weeks)s ÷ 1,000 ÷ 13 = %(exposed)s. Rate: (%(people)s + %(strength)s × %(prior)s) ÷ (%(exposed)s "
           "+ %(strength)s) = %(rate)s."),
        {"weeks": one.sums.weeks, "added": _added(people, one.sums.people), "people": one.sums.people,
         "products": _added((f"{each:,} × {weeks}" for each, weeks in adults), f"{one.sums.adult_weeks:,}"),
         "adult_weeks": f"{one.sums.adult_weeks:,}", **_weights(one, rule)},
    )


def _weights(one: Rate, rule: Rule) -> dict[str, object]:
    return {"strength": plainly(exact(rule.prior_strength)), "prior": plainly(exact(rule.prior_rate)),
            "exposed": plainly(one.exposed), "rate": plainly(one.rate)}


def _all(sheet: Sheet, made: ByHand) -> list[Step]:
    window = sheet.checks[-1].thresholds.window
    return [
        Step(N_("Adults and time: e = %(adults)s ÷ 1,000 × %(window)s ÷ 13 = %(exposed)s."),
             {"adults": f"{sheet.adults:,}", "window": window, "exposed": plainly(made.exposed)}),
        Step(N_("Number to compare with: x = %(factor)s × (%(exposed)s × %(usual)s + 1) = %(mean)s. That is "
                "%(factor)s times what would be usual here, with one person added for caution."),
             {"factor": number(sheet.rule.rate_factor), "exposed": plainly(made.exposed),
              "usual": plainly(made.usual), "mean": plainly(made.all.mean)}),
        *_terms(made.all, made.places, sheet.rule),
        _first(made.all, sheet.rule, N_("The line for all reports is the first number from %(floor)s on that reaches "
                                        "%(credibility)s: %(less)s people give %(below)s, %(line)s give %(above)s, "
                                        "so T = %(line)s.")),
    ]


def _serious(sheet: Sheet, made: ByHand) -> list[Step]:
    return [
        Step(N_("Number to compare with: xs = %(factor)s × (%(exposed)s × %(usual)s × %(share)s + 1) = %(mean)s. Of "
                "the usual reports a share of %(share)s is serious."),
             {"factor": number(sheet.rule.rate_factor), "exposed": plainly(made.exposed),
              "usual": plainly(made.usual), "share": plainly(exact(sheet.rule.serious_share)),
              "mean": plainly(made.serious.mean)}),
        *_terms(made.serious, made.places, sheet.rule),
        _first(made.serious, sheet.rule, N_("The line for serious reports is the first number from %(floor)s on that "
                                            "reaches %(credibility)s: %(less)s people give %(below)s, %(line)s give "
                                            "%(above)s, so Ts = %(line)s.")),
    ]


def _terms(line: Line, places: int, rule: Rule) -> list[Step]:
    mean, peak = plainly(line.mean), line.peak
    said = [Step(
        N_("Write 1 beside %(peak)s, the whole part of %(mean)s. Going down the table, take the term before, times "
           "%(mean)s, divided by the new number of people: beside %(next)s stands 1 × %(mean)s ÷ %(next)s = %(term)s."),
        {"peak": peak, "mean": mean, "next": peak + 1, "term": rounded(line.mean / (peak + 1), places)},
    )]
    if peak:
        said.append(Step(
            N_("Going up, take the term below, times its number of people, divided by %(mean)s: beside %(next)s stands "
               "1 × %(peak)s ÷ %(mean)s = %(term)s."),
            {"peak": peak, "mean": mean, "next": peak - 1, "term": rounded(peak / line.mean, places)},
        ))
    said.append(Step(
        N_("Terms under %(least)s are left out. All terms together: %(total)s. Add them up from the top and divide by "
           "%(total)s: so sure it is, from so many people, that the village lies above %(factor)s times the usual."),
        {"least": f"{Decimal(1).scaleb(-places):f}", "total": line.total, "factor": number(rule.rate_factor)},
    ))
    return said


def _first(line: Line, rule: Rule, words: str) -> Step:
    return Step(words, {
        "floor": line.floor, "credibility": plainly(exact(rule.credibility)), "less": line.line - 1,
        "line": line.line, "below": line.chance(line.line - 1), "above": line.chance(line.line),
    })


def _found(sheet: Sheet) -> list[Step]:
    newest = sheet.checks[-1]
    found, line = newest.found, newest.thresholds
    seen = sheet.weeks[-line.window :]
    cap, serious_cap = math.ceil(line.all / 2), math.ceil(line.serious / 2)
    rest = sum(week.open_rest for week in seen)
    kept = rest + found.confirmed
    return [
        Step(N_("%(received)s open reports came in the window; %(near)s said nearly the same as another one of that "
                "week and are not counted again: %(kept)s are left."),
             {"received": sheet.near_duplicates + kept, "near": sheet.near_duplicates, "kept": kept}),
        Step(N_("People with a voice slip: V = %(added)s. One week counts half the line at most: "
                "%(line)s ÷ 2, rounded up, = %(cap)s."),
             {"added": _added((min(week.voice, cap) for week in seen if week.voice), found.voice_capped),
              "line": line.all, "cap": cap}),
        Step(N_("Open reports whose facts were found: K = %(added)s."),
             {"added": _added((week.confirmed for week in seen if week.confirmed), found.confirmed)}),
        Step(N_("Other open reports: O = %(added)s. Four count as one person, and together two people at "
                "most: %(rest)s ÷ 4 = %(quarter)s, counted %(open)s."),
             {"added": _added((week.open_rest for week in seen if week.open_rest), rest), "rest": rest,
              "quarter": number(rest * rules.OPEN_WEIGHT), "open": number(found.open_part)}),
        Step(N_("People counted: D = %(voice)s + %(confirmed)s + %(open)s = %(total)s."),
             {"voice": found.voice_capped, "confirmed": found.confirmed, "open": number(found.open_part),
              "total": number(found.D)}),
        Step(N_("People counted for serious matters, voice slips only: S = %(added)s. One week counts "
                "half the line at most: %(line)s ÷ 2, rounded up, = %(cap)s."),
             {"added": _added((min(week.serious_voice, serious_cap) for week in seen if week.serious_voice), found.S),
              "line": line.serious, "cap": serious_cap}),
    ]


def _earlier(sheet: Sheet, back: int) -> Earlier:
    """Return the check `back` weeks before the newest; where another rule held then, its lines stand as they were."""
    check = sheet.checks[-1 - back]
    made = by_hand(check, sheet.adults, sheet.rule)
    found, credibility = check.found, exact(sheet.rule.credibility)
    if made.all.fits(credibility) and made.serious.fits(credibility):
        said = [*(_short_rate(one, sheet.rule) for one in made.rates), *_short_lines(made, sheet.rule)]
    else:
        said = [Step(N_("Another rule or another number of adults held on that day: T = %(all)s, Ts = %(serious)s."),
                     {"all": check.thresholds.all, "serious": check.thresholds.serious})]
    said.append(_counted(check))
    weeks = sheet.weeks[:-back]
    same = rules.quantities(weeks, check.thresholds) == found
    return Earlier(check, said, same and rules.particulars(weeks, check.thresholds.window) == check.particulars)


def _short_rate(one: Rate, rule: Rule) -> Step:
    return Step(
        N_("%(weeks)s weeks: %(people)s people; adults × weeks known %(adult_weeks)s ÷ 1,000 ÷ 13 = %(exposed)s. Rate: "
           "(%(people)s + %(strength)s × %(prior)s) ÷ (%(exposed)s + %(strength)s) = %(rate)s."),
        {"weeks": one.sums.weeks, "people": one.sums.people, "adult_weeks": f"{one.sums.adult_weeks:,}",
         **_weights(one, rule)},
    )


def _short_lines(made: ByHand, rule: Rule) -> list[Step]:
    factor, share = number(rule.rate_factor), plainly(exact(rule.serious_share))
    shared = {"factor": factor, "exposed": plainly(made.exposed), "usual": plainly(made.usual), "share": share}
    return [
        Step(N_("x = %(factor)s × (%(exposed)s × %(usual)s + 1) = %(mean)s: %(less)s people give %(below)s, %(line)s "
                "give %(above)s, so T = %(line)s."), {**shared, **_short(made.all)}),
        Step(N_("xs = %(factor)s × (%(exposed)s × %(usual)s × %(share)s + 1) = %(mean)s: %(less)s people give "
                "%(below)s, %(line)s give %(above)s, so Ts = %(line)s."), {**shared, **_short(made.serious)}),
    ]


def _short(line: Line) -> dict[str, object]:
    return {"mean": plainly(line.mean), "less": line.line - 1, "below": line.chance(line.line - 1),
            "line": line.line, "above": line.chance(line.line)}


def _counted(check: Check) -> Step:
    found = check.found
    return Step(N_("D = %(voice)s + %(confirmed)s + %(open)s = %(total)s; S = %(serious)s; C = %(facts)s."),
                {"voice": found.voice_capped, "confirmed": found.confirmed, "open": number(found.open_part),
                 "total": number(found.D), "serious": found.S, "facts": check.particulars})


def _verdict(sheet: Sheet, made: ByHand) -> list[Step]:
    rule, newest = sheet.rule, sheet.checks[-1]
    over = [check.over_count for check in sheet.checks]
    least = rules.review_minimum(sheet.adults, rule)
    return [
        Step(N_("By count: over the line (D ≥ T or S ≥ Ts) in %(over)s of the last %(checks)s weekly checks. The "
                "town takes a look after %(persist)s in a row."),
             {"over": sum(over), "checks": len(over), "persist": rule.persist_weeks}),
        *_by_facts(sheet, made),
        Step(N_("For a review by count: %(base)s + %(more)s = %(least)s facts; %(more)s is the whole part of "
                "%(adults)s ÷ %(per)s. C = %(found)s."),
             {"base": rule.confirmed_base, "more": least - rule.confirmed_base, "adults": f"{sheet.adults:,}",
              "per": f"{rule.confirmed_per_adults:,}", "least": least, "found": newest.particulars}),
    ]


def _by_facts(sheet: Sheet, made: ByHand) -> list[Step]:
    rule, found, line = sheet.rule, facts.found(sheet.weeks, sheet.rule), facts.line(made.like, sheet.rule)
    said = [
        Step(N_("By facts: %(weeks)s weeks brought facts of %(found)s reports, %(serious)s of them serious. Serious "
                "ones count twice: %(found)s + %(serious)s = %(weight)s. They stand beside %(persons)s people (V "
                "without a weekly limit, and K)."),
             {"weeks": rule.facts_window_weeks, "found": found.facts, "serious": found.serious, "weight": found.weight,
              "persons": found.persons}),
        _like(sheet, made),
        *_taken(made.like, rule),
    ]
    if line.crowd:
        said.append(Step(N_("Two facts from %(people)s people are enough here too, serious or not."),
                         {"people": line.crowd}))
    verdict = N_("So the facts are enough.") if line.reached(found) else N_("So the facts are not enough.")
    return [*said, Step(verdict)]


def _like(sheet: Sheet, made: ByHand) -> Step:
    most = plainly(exact(float(facts.LIVELY * Fraction(str(sheet.rule.prior_rate)))))
    if made.like == sheet.adults:
        return Step(N_("m = %(usual)s is not above %(most)s (1.5 times the usual rate to begin with): the village is "
                       "judged by its own %(adults)s adults."),
                    {"usual": plainly(made.usual), "most": most, "adults": f"{sheet.adults:,}"})
    return Step(N_("The whole town reports much: m = %(usual)s is above %(most)s (1.5 times the usual rate to begin "
                   "with). The village is judged like a larger one of %(like)s adults, the whole part of %(adults)s × "
                   "%(usual)s ÷ %(most)s."),
                {"usual": plainly(made.usual), "most": most, "like": f"{made.like:,}", "adults": f"{sheet.adults:,}"})


def _taken(like: int, rule: Rule) -> list[Step]:
    line = facts.line(like, rule)
    band = next((band for band in rule.facts if like < band.below), None)
    if band is not None:
        return [Step(N_("With fewer than %(below)s adults it takes %(least)s, from %(people)s people."),
                     {"below": band.below, "least": line.weight, "people": line.persons})]
    return [Step(N_("It takes %(base)s + %(more)s = %(least)s, from as many people; %(more)s is the whole part of "
                    "%(like)s ÷ %(per)s."),
                 {"base": rule.facts_base, "more": line.weight - rule.facts_base, "least": line.weight,
                  "like": f"{like:,}", "per": rule.facts_per_adults})]
