"""The flag's sheet: everything that a person needs to recompute it by hand. Without it no flag is saved."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from portal.flags import facts, rules
from portal.flags import usual as usually
from portal.flags.rules import Quantities, Rule, Thresholds, Week
from portal.flags.usual import Neighbour, Usual


@dataclass(frozen=True)
class Check:
    """One weekly check of one village: the line, what was counted, and which of the two paths crossed.

    baseline: the usual rate m, from the sums in `usual`; particulars: C, the facts of the window.
    """

    day: date
    baseline: float
    usual: tuple[Usual, ...]
    thresholds: Thresholds
    found: Quantities
    particulars: int
    over_count: bool
    over_facts: bool


@dataclass(frozen=True)
class Verdict:
    """What the checks up to this one open: F1 (triage), F2 (review), and by which path."""

    triage: bool
    review: bool
    by_count: bool
    by_facts: bool


@dataclass(frozen=True)
class NeighbourLine:
    """A village behind the baseline: adults, people in 52 and in 13 weeks, and whether the trimming left it.

    known: how many weeks are known of it, 52 at most; where fewer have passed, only those count.
    """

    village: str
    adults: int
    known: int
    year: int
    quarter: int
    counts_in_year: bool
    counts_in_quarter: bool


@dataclass(frozen=True)
class Sheet:
    """The record behind a flag. Ids only: no name, no text of a report.

    weeks: the village's weeks, oldest first, as many as the longest window used; checks: those of the last
    `persist_weeks` weeks, newest last; open_received: open reports in the window before near-duplicates
    were collapsed; confirmed_by: ids of those who confirmed particulars; commitments: root over the commitments of
    the reports counted, hex; kinds: (kind, reports) in the window, those of fewer than five merged (`course.merged`):
    what the secretary would be told.
    """

    rule: Rule
    village: str
    opened: date
    adults: int
    neighbours: tuple[NeighbourLine, ...]
    weeks: tuple[Week, ...]
    checks: tuple[Check, ...]
    open_received: int
    confirmed_by: tuple[str, ...]
    commitments: str
    kinds: tuple[tuple[str, int], ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What the sheet's checks open."""
        return judge(self.checks, self.adults, self.rule)

    @property
    def near_duplicates(self) -> int:
        """How many open reports of the window were collapsed into another of nearly the same words."""
        seen = self.weeks[-self.checks[-1].thresholds.window :]
        return self.open_received - sum(week.open_rest + week.confirmed for week in seen)

    def facts(self) -> dict[str, Any]:
        """Return the sheet as plain values without floats, for the store and the log's content hash."""
        facts = {**asdict(self), "rule_version": self.rule.version, "verdict": asdict(self.verdict)}
        return {key: plain(value) for key, value in facts.items()}


def plain(value: object) -> object:
    """Return a value as the store and the log can hold it: fractions and floats become decimal text."""
    if isinstance(value, Fraction):
        return f"{float(value):.2f}"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def neighbour_lines(villages: Sequence[str], others: Sequence[Neighbour]) -> tuple[NeighbourLine, ...]:
    """Return the lines of the villages behind a baseline, with those marked that the trimming left in."""
    year, quarter = usually.WINDOWS
    in_year, in_quarter = set(usually.kept(others, year)), set(usually.kept(others, quarter))
    return tuple(
        NeighbourLine(
            village=village,
            adults=other.adults,
            known=min(len(other.weeks), year),
            year=sum(other.weeks[-year:]),
            quarter=sum(other.weeks[-quarter:]),
            counts_in_year=place in in_year,
            counts_in_quarter=place in in_quarter,
        )
        for place, (village, other) in enumerate(zip(villages, others, strict=True))
    )


def check(day: date, adults: int, usual: Sequence[Usual], weeks: Sequence[Week], rule: Rule) -> Check:
    """Make one weekly check; `weeks` are the village's, this one last, at least the longest window."""
    baseline = usually.rate(usual, rule)
    line = rules.threshold(adults, baseline, rule)
    found = rules.quantities(weeks, line)
    return Check(
        day=day,
        baseline=baseline,
        usual=tuple(usual),
        thresholds=line,
        found=found,
        particulars=rules.particulars(weeks, line.window),
        over_count=rules.crosses(found, line),
        over_facts=facts.crosses(adults, weeks, baseline, rule),
    )


def judge(checks: Sequence[Check], adults: int, rule: Rule) -> Verdict:
    """Return what the checks (newest last) open: F2 by count and enough facts, or by facts in the newest."""
    by_count = rules.persists([it.over_count for it in checks], rule)
    by_facts = bool(checks) and checks[-1].over_facts
    enough = bool(checks) and checks[-1].particulars >= rules.review_minimum(adults, rule)
    return Verdict(by_count or by_facts, (by_count and enough) or by_facts, by_count, by_facts)


def _one_person_less(weeks: Sequence[Week]) -> list[list[Week]]:
    """Return the weeks as they would be without one person, for each kind of person in each week.

    Nobody knows whose open report stands beside whose slip, so a person is one slip or one open report.
    Whoever spent a slip may have been a serious report's author, the harder case for S.
    """
    without = []
    for place, week in enumerate(weeks):
        fewer = []
        if week.voice:
            fewer.append(replace(week, voice=week.voice - 1, serious_voice=max(week.serious_voice - 1, 0)))
        if week.confirmed:
            fewer.append(replace(week, confirmed=week.confirmed - 1))
        if week.open_rest:
            fewer.append(replace(week, open_rest=week.open_rest - 1))
        without += [[*weeks[:place], changed, *weeks[place + 1 :]] for changed in fewer]
    return without


def without_any_one(sheet: Sheet) -> bool:
    """Tell whether the newest check stays over its line if any one person is taken away, whoever it is."""
    newest, rule = sheet.checks[-1], sheet.rule
    worlds = _one_person_less(sheet.weeks)
    line = newest.thresholds
    if worlds and all(rules.crosses(rules.quantities(weeks, line), line) for weeks in worlds):
        return True
    seen = facts.found(sheet.weeks, rule)
    fewer = facts.Found(seen.facts - 1, max(seen.serious - 1, 0), seen.persons - 1)
    return facts.line_of(sheet.adults, newest.baseline, rule).reached(fewer)
