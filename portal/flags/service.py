"""What opens a flag: counts and facts, each with its sheet. How the town ends a triage stands in `proposals`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from portal.core.clock import local_day
from portal.flags import queries, rules, stored
from portal.flags.models import COUNTED, Flag
from portal.flags.raising import add_event, raise_flag, rule_at
from portal.flags.rules import Week
from portal.flags.stored import MissedTarget
from portal.flags.weekly import Evidence, check_town
from portal.places.models import Place
from portal.roles import Actor


def weekly(session: Session, now: datetime, town: Place, weeks: Mapping[str, Sequence[Week]], *,
           open_received: Mapping[str, Sequence[int]] | None = None, commitments: Mapping[str, str] | None = None,
           confirmed_by: Mapping[str, Sequence[str]] | None = None,
           kinds: Mapping[str, Sequence[Mapping[str, int]]] | None = None) -> list[Flag]:
    """Check every village of a town for the last full week, once; return the flags that this opened.

    All by village id. `weeks`: oldest first, the last full week last, 52 where known; `open_received`: open
    reports before near-duplicates were collapsed, in step with the weeks; `commitments`: hex root over the
    commitments of the reports counted; `confirmed_by`: who confirmed particulars; `kinds`:
    adverse reports by category, in step with the weeks.
    """
    evidence = {
        village: Evidence(
            received=(open_received or {}).get(village, ()),
            commitments=(commitments or {}).get(village, ""),
            confirmed_by=tuple((confirmed_by or {}).get(village, ())),
            kinds=(kinds or {}).get(village, ()),
        )
        for village in weeks
    }
    return check_town(session, now, town, weeks, evidence)


def overdue(session: Session, now: datetime, village: Place, item_code: str, noticed_on: date, due_on: date,
            period: str = "") -> Flag | None:
    """Open triage for a disclosure still missing `overdue_days` after the town's notice; once per item and period.

    Returns the new flag, or None when it is too early or was raised before.
    """
    today = local_day(now)
    rule = rule_at(session, village, today)
    if not rules.overdue(noticed_on, today, rule):
        return None
    period = period or due_on.isoformat()
    sheet = stored.overdue(rule, village.id, item_code, period, due_on, noticed_on, today)
    return _by_fact(session, now, village, rule, f"overdue:{village.id}:{item_code}:{period}", sheet)


def missed_target(session: Session, now: datetime, village: Place, missed: MissedTarget) -> Flag | None:
    """Open triage for a promised target missed at mid-year or year-end without an accepted reason; once for each.

    Returns the new flag, or None when it was raised before. It never opens a review by itself.
    """
    rule = rule_at(session, village, local_day(now))
    sheet = stored.target(rule, village.id, missed, local_day(now))
    return _by_fact(session, now, village, rule, f"target:{missed.promise}:{missed.stage}", sheet)


def lowest_grade(session: Session, now: datetime, village: Place, round_id: str, year: int,
                 result: str) -> Flag | None:
    """Open triage when an appraisal was published with the lowest grade; once a round. `result`: its hash.

    Returns the new flag, or None when it was raised before. It never opens a review by itself.
    """
    rule = rule_at(session, village, local_day(now))
    sheet = stored.grade(rule, village.id, round_id, year, result, local_day(now))
    return _by_fact(session, now, village, rule, f"grade:{round_id}", sheet)


def _by_fact(session: Session, now: datetime, village: Place, rule: rules.Rule, key: str,
             sheet: dict[str, Any]) -> Flag | None:
    """Raise the flag of one fact, once: `key` names it, `sheet` is all that it rests on."""
    if session.exec(select(Flag.id).where(Flag.key == key)).first() is not None:
        return None
    today = local_day(now)
    return raise_flag(session, now, village, Flag(
        village_id=village.id, key=key, cause=sheet["kind"], opened=today,
        due=today + timedelta(days=rule.triage_days), sheet=sheet, sheet_hash="",
    ))


def review_needs(session: Session, flag: Flag) -> tuple[int, int]:
    """Return how many confirmed facts a review needs and how many there are now: (0, n) where none is needed."""
    if flag.cause not in COUNTED:
        return 0, 0
    sheet = stored.read(flag.sheet)
    found, enough = sheet.checks[-1].particulars, sheet.verdict.by_facts
    if flag.state == "triage":  # what was confirmed since still counts
        now_found, now_enough = queries.latest_facts(session, flag.village_id)
        found, enough = max(now_found, found), now_enough or enough
    least = 0 if enough else rules.review_minimum(sheet.adults, sheet.rule)
    return least, found


def note_refusal(session: Session, actor: Actor, now: datetime, flag: Flag, step: str) -> None:
    """Note that a step of somebody's was refused, and which one: attempts count as acts."""
    add_event(session, now, flag, "refused", actor.person_id, step)
