"""Sheets as they are stored: plain values that anyone can read, and back again to recompute them.

A sheet of a count or of facts is `sheet.Sheet.facts()` with the last ISO week counted; the sheet of an
overdue disclosure holds the notice, the days and the rule.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from portal.flags.rules import Quantities, Rule, Thresholds, Week
from portal.flags.sheet import Check, NeighbourLine, Sheet, Verdict, check, judge, plain
from portal.flags.usual import WINDOWS, Usual
from portal.log.chain import canonical


def counted(sheet: Sheet, cause: str, week: str) -> dict[str, Any]:
    """Return the stored form of a sheet; `cause` is count or facts, `week` the last one counted (`2026-W47`)."""
    return {"kind": cause, "week": week, **sheet.facts()}


def overdue(rule: Rule, village: str, item: str, period: str, due_on: date, noticed_on: date,
            opened: date) -> dict[str, Any]:
    """Return the sheet of a disclosure still missing `overdue_days` after the town's notice."""
    return {
        "kind": "overdue",
        "rule_version": rule.version,
        "rule": {"overdue_days": rule.overdue_days, "triage_days": rule.triage_days},
        "village": village,
        "item": item,
        "period": period,
        "due_on": due_on.isoformat(),
        "noticed_on": noticed_on.isoformat(),
        "opened": opened.isoformat(),
        "days_since_notice": (opened - noticed_on).days,
    }


@dataclass(frozen=True)
class MissedTarget:
    """A promise that was not kept by the mid-year or year-end day: ids, days and a figure, no words.

    stage: midyear or yearend; day: that day; by_day: what was promised; percent: as last reported (0: nothing was).
    """

    promise: str
    year: int
    stage: str
    day: date
    by_day: date
    percent: int


def target(rule: Rule, village: str, missed: MissedTarget, opened: date) -> dict[str, Any]:
    """Return the sheet of a promised target that was missed without an accepted reason."""
    facts = plain({**asdict(missed), "days_late": (opened - missed.by_day).days})
    assert isinstance(facts, dict)  # noqa: S101 - plain() of a dict is a dict
    return {"kind": "target", **_frame(rule, village, opened), **facts}


def grade(rule: Rule, village: str, round_id: str, year: int, result: str, opened: date) -> dict[str, Any]:
    """Return the sheet of an appraisal that gave the lowest grade; `result` is the hash that was published."""
    return {"kind": "grade", **_frame(rule, village, opened), "round": round_id, "year": year, "result": result}


def _frame(rule: Rule, village: str, opened: date) -> dict[str, Any]:
    return {"rule_version": rule.version, "rule": {"triage_days": rule.triage_days}, "village": village,
            "opened": opened.isoformat()}


def content_hash(facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a sheet (or of reasons) in its one canonical spelling, 64 hex digits."""
    return sha256(canonical(facts)).hexdigest()


def check_values(made: Check, calm: float) -> dict[str, Any]:
    """Return a weekly check as plain values; `calm` is P(rate > usual), the number that ends a triage."""
    values = plain({**asdict(made), "calm": calm})
    assert isinstance(values, dict)  # noqa: S101 - plain() of a dict is a dict
    return values


def read_check(values: Mapping[str, Any]) -> Check:
    """Return a weekly check from its plain values."""
    found = values["found"]
    return Check(
        day=date.fromisoformat(values["day"]),
        baseline=float(values["baseline"]),
        usual=tuple(Usual(**one) for one in values["usual"]),
        thresholds=Thresholds(**values["thresholds"]),
        found=Quantities(Fraction(found["D"]), found["S"], found["voice_capped"], found["confirmed"],
                         Fraction(found["open_part"])),
        particulars=values["particulars"],
        over_count=values["over_count"],
        over_facts=values["over_facts"],
    )


def read(facts: Mapping[str, Any]) -> Sheet:
    """Return the sheet of a count or of facts from its stored form. KeyError when it is another kind of sheet."""
    values = {key: float(value) if isinstance(value, str) else value for key, value in facts["rule"].items()}
    return Sheet(
        rule=Rule.from_settings(values),
        village=facts["village"],
        opened=date.fromisoformat(facts["opened"]),
        adults=facts["adults"],
        neighbours=tuple(NeighbourLine(**line) for line in facts["neighbours"]),
        weeks=tuple(Week(**week) for week in facts["weeks"]),
        checks=tuple(read_check(values) for values in facts["checks"]),
        open_received=facts["open_received"],
        confirmed_by=tuple(facts["confirmed_by"]),
        commitments=facts["commitments"],
        kinds=tuple((kind, number) for kind, number in facts.get("kinds", ())),
    )


def sums(sheet: Sheet) -> tuple[Usual, ...]:
    """Return the sums behind the usual rate, from the sheet's own lines: of the year and of the quarter."""
    year, quarter = WINDOWS
    lines = sheet.neighbours
    in_year = [line for line in lines if line.counts_in_year]
    in_quarter = [line for line in lines if line.counts_in_quarter]
    return (
        Usual(year, len(in_year), sum(line.year for line in in_year),
              sum(line.adults * min(year, line.known) for line in in_year)),
        Usual(quarter, len(in_quarter), sum(line.quarter for line in in_quarter),
              sum(line.adults * min(quarter, line.known) for line in in_quarter)),
    )


def recompute(facts: Mapping[str, Any]) -> Verdict:
    """Return the verdict of a stored sheet, computed anew from its counts and settings alone.

    The newest check is made again from the weeks and the neighbours; the earlier ones are judged by the
    numbers that they recorded.
    """
    sheet = read(facts)
    newest = check(sheet.checks[-1].day, sheet.adults, sums(sheet), sheet.weeks, sheet.rule)
    return judge((*sheet.checks[:-1], newest), sheet.adults, sheet.rule)
