"""The weekly check of a town's villages: each village's numbers against its own line, once a week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from portal.core.clock import add_weeks, iso_week, local_day, week_start
from portal.flags import facts, pending, queries, raising, rules, stored
from portal.flags.course import merged
from portal.flags.models import CALM, Flag, WeekCount, WeeklyCheck
from portal.flags.rules import Rule, Week
from portal.flags.sheet import Check, Sheet, check, judge, neighbour_lines
from portal.flags.usual import Neighbour, sums
from portal.places import queries as places
from portal.places.models import Place

YEAR = 52
EXTRA = 12
"""A sheet carries so many weeks more than the longest window, so that its chart shows a quarter of sums."""


@dataclass(frozen=True)
class Evidence:
    """What stands behind one village's counts.

    received: open reports of each week before near-duplicates were collapsed, oldest first, in step with the
    weeks; confirmed_by: ids of those who confirmed particulars; commitments: root over the commitments of the reports
    counted, hex; kinds: adverse reports by category, in step with the weeks.
    """

    received: Sequence[int] = ()
    confirmed_by: Sequence[str] = ()
    commitments: str = ""
    kinds: Sequence[Mapping[str, int]] = ()


NOTHING = Evidence()


@dataclass
class _Town:
    """One run of the check: what holds for all villages of the town."""

    session: Session
    now: datetime
    week: str
    rule: Rule
    villages: list[Place]
    weeks: Mapping[str, Sequence[Week]]
    evidence: Mapping[str, Evidence]
    before: dict[str, dict[str, WeeklyCheck]] = field(default_factory=dict)
    flags: dict[str, list[Flag]] = field(default_factory=dict)

    def of(self, village: Place) -> list[Week]:
        return list(self.weeks.get(village.id, ()))

    def neighbours(self, village: Place) -> tuple[list[str], list[Neighbour]]:
        others = [other for other in self.villages if other.id != village.id]
        counts = [[week.voice + week.confirmed for week in self.of(other)[-YEAR:]] for other in others]
        return [other.id for other in others], [
            Neighbour(other.adults, seen) for other, seen in zip(others, counts, strict=True)
        ]


def check_town(session: Session, now: datetime, town: Place, weeks: Mapping[str, Sequence[Week]],
               evidence: Mapping[str, Evidence]) -> list[Flag]:
    """Check every village of a town for the last full week; return the flags that this opened.

    `weeks` are each village's, oldest first, 52 where known, the last full week last. A village that was
    checked for this week already is left alone, so a repeated tick does nothing.
    """
    today = local_day(now)
    week = add_weeks(iso_week(today), -1)
    villages = [village for village in places.villages(session, town.path) if village.adults > 0]
    run = _Town(session, now, week, raising.rule_at(session, town, today), villages, weeks, evidence)
    ids = [village.id for village in villages]
    run.before = queries.checks(session, ids, add_weeks(week, 1 - rules.CALM_WEEKS))
    run.flags = queries.of_villages(session, ids)
    todo = [village for village in villages if week not in run.before[village.id]]
    record_weeks(session, week, {village.id: run.of(village) for village in todo}, run.evidence)
    opened = [_check(run, village) for village in todo]
    session.flush()
    return [flag for flag in opened if flag is not None]


def _check(run: _Town, village: Place) -> Flag | None:
    """Make one village's check, store it, and act on what it opens or ends."""
    _, others = run.neighbours(village)
    weeks = run.of(village)
    made = check(local_day(run.now), village.adults, sums(others), weeks, run.rule)
    exposed = rules.exposure(village.adults, made.thresholds.window)
    calm = rules.exceedance(made.found.D, exposed, made.baseline, 1)
    run.session.add(WeeklyCheck(village_id=village.id, week=run.week, rule_version=run.rule.version,
                                values=stored.check_values(made, calm), made_at=run.now))
    earlier = _earlier(run, village)
    _let_go(run, village, [float(row.values["calm"]) for row in earlier] + [calm])
    checks = [*(stored.read_check(row.values) for row in earlier[1 - run.rule.persist_weeks :]), made]
    if run.rule.persist_weeks == 1:
        checks = [made]
    verdict = judge(checks, village.adults, run.rule)
    by_count, by_facts = _fresh(run, village, weeks, made)
    cause = "count" if verdict.by_count and by_count else "facts" if verdict.by_facts and by_facts else ""
    if not cause or any(flag.state in queries.OPEN_STATES for flag in run.flags[village.id]):
        return None
    return _raise(run, village, cause, checks)


def _earlier(run: _Town, village: Place) -> list[WeeklyCheck]:
    """Return the checks of the weeks right before this one, oldest first, up to the first gap."""
    found: list[WeeklyCheck] = []
    week = add_weeks(run.week, -1)
    while week in run.before[village.id]:
        found.insert(0, run.before[village.id][week])
        week = add_weeks(week, -1)
    return found


def _fresh(run: _Town, village: Place, weeks: Sequence[Week], made: Check) -> tuple[bool, bool]:
    """Tell whether count and facts may open triage again after an earlier decision: what was used is spent.

    By count it takes T voice slips of the weeks since; by facts, new facts alone must suffice.
    """
    days = [day for flag in run.flags[village.id] for day in (flag.closed_on or flag.decided_on,)
            if day and flag.outcome != CALM]
    if not days:
        return True, True
    since = max((week_start(run.week) - week_start(iso_week(max(days)))).days // 7, 0)
    new = weeks[len(weeks) - since :] if since else []
    return (rules.may_rise_again(sum(week.voice for week in new), made.thresholds),
            facts.crosses(village.adults, new, made.baseline, run.rule))


def _let_go(run: _Town, village: Place, chances: Sequence[float]) -> None:
    """End a triage that nobody decided once 26 weekly checks in a row were calm."""
    if not rules.leaves(chances):
        return
    for flag in run.flags[village.id]:
        if flag.state == "triage":
            flag.state, flag.outcome, flag.closed_on = "closed", CALM, local_day(run.now)
            run.session.add(flag)
            pending.lapse(run.session, run.now, flag)
            raising.add_event(run.session, run.now, flag, CALM)
            raising.record(run.session, run.now, flag, village, "flag:decided", outcome=CALM,
                           reasons=stored.content_hash({"flag": flag.id, "weeks": rules.CALM_WEEKS}))


def _raise(run: _Town, village: Place, cause: str, checks: Sequence[Check]) -> Flag:
    names, others = run.neighbours(village)
    rule, proof, weeks = run.rule, run.evidence.get(village.id, NOTHING), run.of(village)
    longest = max(rule.window_weeks, rule.window_weeks_small, rule.facts_window_weeks) + EXTRA
    kept = tuple(weeks[-longest:])
    window = checks[-1].thresholds.window
    counted = sum(week.open_rest + week.confirmed for week in kept[-window:])
    received = sum(proof.received[-window:]) if proof.received else counted
    today = local_day(run.now)
    sheet = Sheet(
        rule=rule, village=village.id, opened=today, adults=village.adults,
        neighbours=neighbour_lines(names, others), weeks=kept, checks=tuple(checks),
        open_received=max(received, counted),
        confirmed_by=tuple(proof.confirmed_by), commitments=proof.commitments,
        kinds=tuple((str(kind), int(number)) for kind, number in merged(_summed(proof.kinds[-window:]))),
    )
    return raising.raise_flag(run.session, run.now, village, Flag(
        village_id=village.id, key=f"{cause}:{village.id}:{run.week}", cause=cause, opened=today,
        due=_due(today, rule), sheet=stored.counted(sheet, cause, run.week), sheet_hash="",
    ))


def _summed(weeks: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for week in weeks:
        total.update(week)
    return dict(total)


def _due(today: date, rule: Rule) -> date:
    return today + timedelta(days=rule.triage_days)


def record_weeks(session: Session, week: str, weeks: Mapping[str, Sequence[Week]],
                 evidence: Mapping[str, Evidence]) -> None:
    """Keep what was counted, by village and week; the last of `weeks` is `week`. A later count replaces a former."""
    query = select(WeekCount).where(col(WeekCount.village_id).in_(list(weeks)),
                                    col(WeekCount.week) >= add_weeks(week, 1 - YEAR))
    kept = {(row.village_id, row.week): row for row in session.exec(query).all()}
    for village, seen in weeks.items():
        received = list(evidence.get(village, NOTHING).received)[-YEAR:]
        recent = list(seen)[-YEAR:]
        for back, counted in enumerate(reversed(recent)):
            name = add_weeks(week, -back)
            row = kept.get((village, name)) or WeekCount(village_id=village, week=name)
            row.voice, row.serious_voice = counted.voice, counted.serious_voice
            row.confirmed, row.open_rest = counted.confirmed, counted.open_rest
            row.particulars, row.serious_particulars = counted.particulars, counted.serious_particulars
            least = counted.confirmed + counted.open_rest
            row.open_received = max(received[-1 - back], least) if back < len(received) else least
            session.add(row)
