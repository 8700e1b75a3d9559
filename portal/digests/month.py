"""Gathers the district's month from its towns: numbers and bands, no word of a report, no village under a look."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.ballots import queries as ballots
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.months import before, span, weeks_of
from portal.core.tasks import Task
from portal.digests import rules
from portal.digests.queries import RUNNING, SOURCES
from portal.disclosures import queries as disclosures
from portal.flags.queries import waiting as waiting_flags
from portal.places import queries as places
from portal.places import settings
from portal.places.models import Place
from portal.reports import access, clocks, recusals
from portal.reports import queries as reports
from portal.reports import rules as report_rules
from portal.reports.models import Report
from portal.roles import Actor, Grant, Role

ROLES = (Role.DISTRICT_ORGANISATION, Role.DISTRICT_DISCIPLINE)


def gather(stores: Stores, session: Session, now: datetime, district: Place) -> dict[str, Any]:
    """Return the district's digest as plain values: the month that is over, and what there is to do from today on.

    Keys: month, made, first, last (ISO days), counts (new, late, disputed: bands; missing, flags, late_flags, rounds:
    numbers), sections and more as in a town's week, towns (a row each, by code) and changed (settings: place and key).
    """
    today = local_day(now)
    month = before(today)
    first, last = span(month)
    towns = places.children(session, district)
    villages = places.villages(session, district.path)
    known = disclosures.states(session, [village.id for village in villages])
    missing = {village.id: len(disclosures.missing_of(village, known, today)) for village in villages}
    with stores.vault.read() as vault:
        found = reports.inbox(vault, [village.id for village in villages], district.kind, waiting=True)
        kept_from = recusals.of_anybody(vault)
    flags = [(flag, town) for flag, _village, town in waiting_flags(session, [district.path]) if flag.opened <= today]
    listed = ballots.below(session, district.path)
    rounds = Counter(one.village.parent_id for one in listed if one.round.state in RUNNING)
    opened = access.counted(session, district.path, first, last, kept_from)
    rows = []
    for town in towns:
        mine = [village for village in villages if village.parent_id == town.id]
        rows.append({
            "code": town.code, "name": town.name, "name_en": town.name_en, "villages": len(mine),
            "missing": sum(missing[village.id] for village in mine),
            **_heard(session, town, mine, found, weeks_of(month), now),
            "flags": sum(place.id == town.id for _flag, place in flags),
            "late_flags": sum(place.id == town.id and flag.due < today for flag, place in flags),
            "rounds": rounds[town.id], "opened": opened.get(town.id, 0),
        })
    name = district.name, district.name_en
    lines = [rules.act(task, name, today) for task in _tasks(stores, session, district, now)]
    kept, more = rules.sections(lines, today, rules.room(len(towns)))
    return {
        "month": month, "made": today.isoformat(), "first": first.isoformat(), "last": last.isoformat(),
        "counts": {
            "new": report_rules.band(sum(report.week in weeks_of(month) for report in found)),
            "late": report_rules.band(sum(row.pop("late_number") for row in rows)),
            "disputed": report_rules.band(sum(report_rules.disputed(report, today) for report in found)),
            "missing": sum(missing.values()), "flags": len(flags),
            "late_flags": sum(flag.due < today for flag, _town in flags), "rounds": rounds.total(),
        },
        "sections": kept, "more": more, "towns": rows,
        "changed": [{"place": place.name, "place_en": place.name_en, "key": row.key}
                    for row, place in settings.changed(session, district.path, first, last)],
    }


def _heard(session: Session, town: Place, villages: Sequence[Place], found: Sequence[Report], weeks: set[str],
           now: datetime) -> dict[str, Any]:
    """Return what a town's row says of reports, in bands; `late_number` is for the district's sum alone."""
    ids, periods, today = {village.id for village in villages}, clocks.periods(session, town, now), local_day(now)
    mine = [report for report in found if report.village_id in ids]
    running = [report_rules.running(report, periods) for report in mine]
    late = sum(clock is not None and clock.late(today) for clock in running)
    return {"new": report_rules.band(sum(report.week in weeks for report in mine)),
            "late": report_rules.band(late), "late_number": late}


def _tasks(stores: Stores, session: Session, district: Place, now: datetime) -> list[Task]:
    reader = Actor("", district.name, district.name_en, "", tuple(
        Grant(role, district.id, district.path, district.code) for role in ROLES))
    return [task for source in SOURCES for task in source(stores, session, reader, now) if not task.waiting]
