"""After a threat: for twelve months the district looks through a sample of a village's benefits and land decisions.

Revenge seldom says its name; it shows in who gets a subsidy or a plot (`flags.md`, retaliation).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlmodel import Session

from portal.core.clock import add_weeks, local_day, week_start
from portal.core.db import Stores
from portal.disclosures import queries as disclosures
from portal.disclosures.queries import Line
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import queries as reports
from portal.reports import recusals

DAYS, LATELY, SAMPLE = 365, 62, 5
GROUPS = ("aid", "land")


@dataclass(frozen=True)
class Watched:
    """A village that is watched: until when, and this month's sample of its records, newest first."""

    village: Place
    until: date
    sample: list[Line]


def until(closed_week: str) -> date:
    """Return the last day of the watch after a threat whose case closed in an ISO week."""
    return week_start(add_weeks(closed_week, 1)) + timedelta(days=DAYS)


def drawn(lines: Sequence[Line], month: str, most: int = SAMPLE) -> list[Line]:
    """Return a month's sample: by lot, the same for everybody who looks, another one each month."""
    lot = sorted(lines, key=lambda line: sha256(f"{month}|{line.record_id}".encode()).digest())[:most]
    return sorted(lot, key=lambda line: line.published_at, reverse=True)


def watched(stores: Stores, session: Session, now: datetime, path: str, person_id: str,
            own: Collection[str] = ()) -> list[Watched]:
    """Return the villages at and below a path that are watched, by code.

    Not for a case from which `person_id`, who looks, is kept, nor about one of the `own` villages: the list would
    tell that there is one.
    """
    today, villages = local_day(now), {village.id: village for village in places.villages(session, path)}
    ends = dict[str, date]()
    with stores.vault.read() as vault:
        kept_from = recusals.out_of(vault, person_id, own)
        for village_id, week in reports.threats_found(vault, villages, kept_from):
            ends[village_id] = max(until(week), ends.get(village_id, date.min))
    found = []
    for village_id, village in villages.items():
        if ends.get(village_id, date.min) >= today:
            since = today - timedelta(days=LATELY)
            recent = [line for line in disclosures.lines(session, village_id, limit=200, archived=False)
                      if line.item.group.key in GROUPS and local_day(line.published_at) >= since]
            found.append(Watched(village, ends[village_id], drawn(recent, f"{today:%Y-%m}")))
    return found
