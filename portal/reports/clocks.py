"""What happens by itself: cases whose clock ran out rise to the district, and each town's week reaches the log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from portal.core.clock import add_weeks, iso_week, local_day
from portal.core.db import Stores
from portal.log import tree
from portal.places import queries as places
from portal.places import service as acts
from portal.places import settings
from portal.places.models import Place
from portal.reports import batches, figures, keys, losses, moments, pace, queries, renewal, retention, rules, service
from portal.reports.models import ReportWeek

LATE_WEEKS = 2  # counts are made public two weeks late, so that no single report can be timed by them


@dataclass(frozen=True)
class Ticked:
    """How many cases rose to the district, and how many weeks were written into the log."""

    escalated: int
    weeks: int


def periods(session: Session, place: Place, now: datetime) -> rules.Periods:
    """Return the periods that hold at a place today, with those that held before."""
    held = settings.ever(session, place, "reports", local_day(now))
    ends = [day for day, _values in held[1:]]
    earlier = tuple((end, _periods(values)) for end, (_day, values) in zip(ends, held, strict=False))
    return replace(_periods(held[-1][1]), earlier=earlier)


def _periods(values: Mapping[str, Any]) -> rules.Periods:
    names = rules.Periods.__dataclass_fields__.keys() - {"release", "followup_days", "earlier"}
    numbers: dict[str, Any] = {name: int(values[name]) for name in names}
    return rules.Periods(**numbers, release=moments.read(values["release"]),
                         followup_days=tuple(int(days) for days in values["followup_days"]))


def tick(stores: Stores, now: datetime) -> Ticked:
    """Let the clocks act. Safe to run as often as one likes: everything happens once."""
    with stores.portal.write() as session:
        keys.sweep(session, now)
        dropped = keys.drop_left_copies(session, now)
    if dropped:
        stores.portal.empty_log()  # until then they stand in the file
    with stores.vault.write() as vault:
        pace.forget(vault, now)
    with stores.portal.read() as session:
        lost = queries.lost_keys(session)
        district = places.district(session)
        towns = places.children(session, district) if district else []
        work = [(town, places.villages(session, town.path), periods(session, town, now)) for town in towns]
    escalated = weeks = 0
    for town, villages, its_periods in work:
        ids = [village.id for village in villages]
        batches.run(stores, now, town, ids, its_periods)
        with stores.vault.write() as vault:
            losses.mark(vault, now, ids, lost)
            losses.close(vault, now, ids, its_periods.lost_days)
            escalated += service.escalate(vault, ids, local_day(now), its_periods)
        weeks += _log_weeks(stores, now, town, ids)
        retention.run(stores, now, town, ids, its_periods.keep_closed_days)
    renewal.destroy(stores, now)
    return Ticked(escalated, weeks)


def _log_weeks(stores: Stores, now: datetime, town: Place, village_ids: list[str]) -> int:
    """Write an entry for each week that is over by two weeks and not in the log yet; return how many."""
    last = add_weeks(iso_week(local_day(now)), -LATE_WEEKS)
    with stores.portal.read() as session:
        done = session.exec(select(func.max(ReportWeek.week)).where(ReportWeek.place_id == town.id)).one()
    with stores.vault.read() as vault:
        first = add_weeks(done, 1) if done else (figures.oldest_week(vault, village_ids) or last)
        if first > last:
            return 0
        commits = figures.commitments(vault, village_ids, first, last)
    week, written = first, 0
    with stores.portal.write() as session:
        while week <= last:
            leaves = [tree.leaf_hash(commit) for commit in commits.get(week, [])]
            session.add(ReportWeek(place_id=town.id, week=week))
            acts.record_act(session, now, town, "reports:week", week=week, band=rules.band(len(leaves)),
                            commitments=tree.root(leaves).hex())
            week, written = add_weeks(week, 1), written + 1
    return written
