"""Gathers a town's week from every feature. No word of a report and no village under a look is in it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portal.ballots import queries as ballots
from portal.ballots.tasks import tasks as ballot_tasks
from portal.core.clock import add_weeks, iso_week, local_day, week_start
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.digests import rules
from portal.digests.models import Digest
from portal.disclosures import queries as disclosures
from portal.disclosures.models import Record
from portal.disclosures.tasks import tasks as disclosure_tasks
from portal.flags.queries import waiting as waiting_flags
from portal.flags.tasks import tasks as flag_tasks
from portal.places import queries as places
from portal.places.models import Place
from portal.promises.tasks import tasks as promise_tasks
from portal.reports import clocks
from portal.reports import queries as reports
from portal.reports import rules as report_rules
from portal.reports.models import Report
from portal.reports.tasks import tasks as report_tasks
from portal.roles import Actor, Grant, Role

SOURCES: tuple[Callable[[Stores, Session, Actor, datetime], list[Task]], ...] = (
    disclosure_tasks, promise_tasks, report_tasks, ballot_tasks, flag_tasks,
)
ROLES = (Role.TOWN_OFFICE, Role.TOWN_DISCIPLINE)
NAMED = 3  # missing items that a line names; the calendar has them all
RUNNING = ("open", "closed", "counted")


def reader_of(town: Place) -> Actor:
    """Return the town as somebody who reads: all its offices' roles, and no person."""
    grants = tuple(Grant(role, town.id, town.path) for role in ROLES)
    return Actor("", town.name, town.name_en, "", grants)


def one(session: Session, place_id: str, week: str) -> Digest | None:
    """Return the digest of a week, if it was made."""
    return session.exec(select(Digest).where(Digest.place_id == place_id, Digest.week == week)).first()


def weeks(session: Session, place_id: str, limit: int = 12) -> list[str]:
    """Return the weeks of which a town has a digest, newest first."""
    query = select(Digest.week).where(Digest.place_id == place_id).order_by(col(Digest.week).desc())
    return list(session.exec(query.limit(limit)).all())


def towns(session: Session, district: Place) -> list[tuple[Place, str | None]]:
    """Return the district's towns by code, each with the newest week of which it has a digest. Two queries."""
    query = select(Digest.place_id, func.max(Digest.week)).group_by(col(Digest.place_id))
    newest = dict(session.exec(query).all())
    return [(town, newest.get(town.id)) for town in places.children(session, district)]


def gather(stores: Stores, session: Session, now: datetime, town: Place) -> dict[str, Any]:
    """Return a town's digest as plain values: the week that is over, and what there is to do from today on.

    Keys: week, made, first, last (ISO days), counts (new, late, disputed: bands; missing, notice, flags, rounds:
    numbers), sections (now, late, coming: lines as `rules.act` makes them), more (lines without room) and villages.
    """
    today = local_day(now)
    week = add_weeks(iso_week(today), -1)
    villages = places.villages(session, town.path)
    ids = [village.id for village in villages]
    known = disclosures.states(session, ids)
    missing = {village.id: disclosures.missing_of(village, known, today) for village in villages}
    heard = _reports(stores, session, town, ids, now)
    new = Counter(report.village_id for report in heard[0] if report.week == week)
    actor = reader_of(town)
    open_flags = {flag.id for flag, *_places in waiting_flags(session, [town.path]) if flag.opened <= today}
    found = [task for source in SOURCES for task in source(stores, session, actor, now)
             if (not task.waiting or task.endpoint in rules.PRIVATE)  # a look at a village is never lost sight of
             and task.values.get("flag_id", "") in {"", *open_flags}]
    lines = [rules.act(task, (town.name, town.name_en), today) for task in found
             if not (task.endpoint.startswith("disclosures.") and task.due and task.due < today)]
    lines += [_missing(village, missing[village.id], today) for village in villages if missing[village.id]]
    lines += _coming(villages, known, today)
    rounds = [listed for listed in ballots.below(session, town.path) if listed.round.state in RUNNING]
    kept, more = rules.sections(lines, today, rules.room(len(villages)))
    return {
        "week": week, "made": today.isoformat(), "first": week_start(week).isoformat(),
        "last": (week_start(week) + timedelta(days=6)).isoformat(),
        "counts": {
            "new": report_rules.band(new.total()), "late": report_rules.band(heard[1]),
            "disputed": report_rules.band(heard[2]),
            "missing": sum(len(gone) for gone in missing.values()), "notice": _in_notice(session, ids, today),
            "flags": len(open_flags), "rounds": len(rounds),
        },
        "sections": kept, "more": more,
        "villages": [_village(village, missing[village.id], known, new[village.id], today) for village in villages],
    }


def _reports(stores: Stores, session: Session, town: Place, ids: Sequence[str],
             now: datetime) -> tuple[list[Report], int, int]:
    """Return the reports that the town may read, how many are past their day, how many results are disputed."""
    with stores.vault.read() as vault:
        found = reports.inbox(vault, ids, town.kind, waiting=True)  # a week that is over is counted whole
    periods, today = clocks.periods(session, town, now), local_day(now)
    running = [report_rules.running(report, periods) for report in found]
    late = sum(clock is not None and clock.late(today) for clock in running)
    return found, late, sum(report_rules.disputed(report, today) for report in found)


def _in_notice(session: Session, ids: Sequence[str], today: date) -> int:
    query = select(func.count()).select_from(Record).where(col(Record.village_id).in_(ids), Record.state == "published")
    return session.exec(query.where(col(Record.notice_end) >= today)).one()


def _names(gone: Sequence[disclosures.Missing]) -> dict[str, str]:
    """Return the names of missing items in both languages: at most three, the longest late first."""
    items = list(dict.fromkeys(one.item for one in gone))
    chinese, english = "、".join(item.zh for item in items[:NAMED]), ", ".join(item.en for item in items[:NAMED])
    if len(items) > NAMED:
        return {"zh": f"{chinese}等 {len(items)} 项", "en": f"{english} and {len(items) - NAMED} more"}
    return {"zh": chinese, "en": english}


def _missing(village: Place, gone: Sequence[disclosures.Missing], today: date) -> dict[str, Any]:
    return rules.act(Task(
        phrase=N_("Not public: %(items)s"), act=N_("Calendar"), endpoint="disclosures.calendar", place=village.name,
        place_en=village.name_en, due=min(one.due for one in gone), values={"code": village.code},
        params={"items": _names(gone)},
    ), ("", ""), today)


def _coming(villages: Sequence[Place], known: Sequence[disclosures.State], today: date) -> list[dict[str, Any]]:
    """Return what falls due in each village within 14 days, a line for each village and day."""
    until = today + timedelta(days=rules.COMING_DAYS)
    filled = {(state.village_id, state.item_code, state.period_key) for state in known if state.shown}
    lines = []
    for village in villages:
        by_day: dict[date, list[disclosures.Missing]] = {}
        for slot in disclosures.slots(village, until):
            if slot.due >= today and (village.id, slot.item.code, slot.key) not in filled:
                by_day.setdefault(slot.due, []).append(disclosures.Missing(slot.item, slot.period, slot.due, 0))
        for due, slots in sorted(by_day.items()):
            lines.append(rules.act(Task(
                phrase=N_("Falls due: %(items)s"), act=N_("Calendar"), endpoint="disclosures.calendar",
                place=village.name, place_en=village.name_en, due=due, values={"code": village.code},
                params={"items": _names(slots)},
            ), ("", ""), today))
    return lines


def _village(village: Place, gone: Sequence[disclosures.Missing], known: Sequence[disclosures.State], new: int,
             today: date) -> dict[str, Any]:
    """Return a village's row: what fell due this year and how much of it is public, what is missing, new reports."""
    due = sum(1 for slot in disclosures.slots(village, today) if slot.due.year == today.year and slot.due < today)
    begun = sum(1 for one in gone if one.item.cycle == "event")
    late = sum(1 for one in gone if one.due.year == today.year)
    mine = [state for state in known if state.village_id == village.id]
    return {
        "code": village.code, "name": village.name, "name_en": village.name_en, "due": due + begun,
        "done": max(due + begun - late, 0), "missing": _names(gone) if gone else None,
        "count": len(gone), "days": max((one.days for one in gone), default=0), "new": report_rules.band(new),
        "waiting": sum(1 for state in mine if state.mine in {"submitted", "checked"}),
    }
