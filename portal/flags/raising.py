"""Writing a flag, its notes and its log entries.

Nothing here touches a village's pages: the public sees no trace of a flag. Log entries go to the district's
log and name the town's code and the flag's id, never the village.
"""

import secrets
from datetime import date, datetime

from sqlmodel import Session, func, select

from portal.core.clock import local_day
from portal.flags import queries, stored
from portal.flags.models import COUNTED, Flag, FlagEvent
from portal.flags.rules import Rule
from portal.log import service as log
from portal.log.models import LogEntry
from portal.places import queries as places
from portal.places import settings
from portal.places.models import Place

FULL = 4  # inner steps


def provenance(session: Session, place: Place, on: date) -> dict[str, object]:
    """Return since when the rule that holds at a place on a day holds, and who decided which of its settings.

    rule_since: the last day on which a setting changed, else the day on which the district's portal opened; decided:
    setting -> [place id, day], only those that somebody changed.
    """
    made = settings.decided(session, place, "flags", on)
    district = places.district(session)
    opened = district.opened_on if district else place.opened_on
    since = max((day for _place, day in made.values()), default=opened)
    return {"rule_since": since.isoformat(),
            "decided": {key: [by, day.isoformat()] for key, (by, day) in sorted(made.items())}}


def rule_at(session: Session, place: Place, on: date) -> Rule:
    """Return the flag rule that holds at a place on a day."""
    return Rule.from_settings(settings.group(session, place, "flags", on))


def record(session: Session, now: datetime, flag: Flag, village: Place, kind: str, **facts: object) -> None:
    """Write a flag's act into the district's log, under the town's code: it must not tell the village.

    Every act is of one kind there; which it was and its facts are in the entry's own words (`log.append`), which only
    the offices can open: whoever downloads the log after a result must not see that it raised a flag.
    """
    town = places.get(session, village.parent_id or "")
    district = places.parent(session, town)
    unit = district.unit if district else town.unit
    log.append(session, unit, local_day(now), "inner:step", place=town.code, act=kind,
               content=stored.content_hash({"flag": flag.id, **facts}))


def fill(session: Session, now: datetime) -> None:
    """Fill up the day's inner steps in the district's log to a multiple of FULL, at least that many on every day.

    The clock opens a look by itself: after a result whose grade is held back, a missed target, a paper that is late;
    and people take steps. Whoever downloads the log must not see from the steps of a day that anything was done.
    """
    district = places.district(session)
    if district is None:
        return
    last: date | None = session.exec(select(func.max(LogEntry.day)).where(LogEntry.unit == district.unit)).one()
    day = max(local_day(now), last or date.min)  # the log never steps back (`log.append`)
    steps = select(func.count()).where(LogEntry.unit == district.unit, LogEntry.day == day)
    there = session.exec(steps.where(LogEntry.kind == "inner:step")).one()
    for _ in range(-there % FULL or FULL * (not there)):
        log.append(session, district.unit, day, "inner:step", place=district.code, act="none",
                   content=secrets.token_hex(32))


def add_event(session: Session, now: datetime, flag: Flag, kind: str, person_id: str = "", step: str = "") -> None:
    """Note what happened to a flag, and at which step; notes are only ever added."""
    session.add(FlagEvent(flag_id=flag.id, number=queries.next_number(session, flag.id), kind=kind, step=step,
                          person_id=person_id, at=now))
    session.flush()


def raise_flag(session: Session, now: datetime, village: Place, flag: Flag) -> Flag:
    """Store a new flag with its sheet and open private triage. The sheet says since when its rule holds."""
    ground = places.get(session, village.parent_id or village.id) if flag.cause in COUNTED else village
    flag.sheet = {**flag.sheet, **provenance(session, ground, flag.opened)}
    flag.sheet_hash = stored.content_hash(flag.sheet)
    session.add(flag)
    session.flush()
    add_event(session, now, flag, "raised")
    record(session, now, flag, village, "flag:raised", sheet=flag.sheet_hash)
    return flag
