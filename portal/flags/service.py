"""What opens a flag, and what the town does with it: dismiss it, or open a review; by two people, with reasons."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, queries, review, rules, stored
from portal.flags.models import COUNTED, Flag
from portal.flags.raising import add_event, raise_flag, record, rule_at
from portal.flags.rules import Week
from portal.flags.stored import MissedTarget
from portal.flags.weekly import Evidence, check_town
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor, Permission

NOT_YOURS = N_("Only the town's discipline officer decides this.")
SECOND = N_("Name a second person who holds a post at the town or the district, and none in this village.")
REASONS = N_("Write your reasons: the district reads them.")
SETTLED = N_("This was decided already. Open the page again to see by whom.")
TOO_FEW = N_("A review needs %(least)s confirmed particulars; there are %(found)s. Dismiss it with reasons, "
             "or have more particulars confirmed.")


def weekly(session: Session, now: datetime, town: Place, weeks: Mapping[str, Sequence[Week]], *,
           open_received: Mapping[str, Sequence[int]] | None = None, commitments: Mapping[str, str] | None = None,
           confirmed_by: Mapping[str, Sequence[str]] | None = None,
           most_from_one: Mapping[str, int] | None = None,
           kinds: Mapping[str, Sequence[Mapping[str, int]]] | None = None) -> list[Flag]:
    """Check every village of a town for the last full week, once; return the flags that this opened.

    All by village id. `weeks`: oldest first, the last full week last, 52 where known; `open_received`: open
    reports before near-duplicates were collapsed, in step with the weeks; `commitments`: hex root over the
    commitments of the reports counted; `confirmed_by`: who confirmed particulars; `most_from_one`: most
    particulars that rest on one person's report; `kinds`: adverse reports by category, in step with the weeks.
    """
    evidence = {
        village: Evidence(
            received=(open_received or {}).get(village, ()),
            commitments=(commitments or {}).get(village, ""),
            confirmed_by=tuple((confirmed_by or {}).get(village, ())),
            most_from_one=(most_from_one or {}).get(village, 1),
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


def _two_people(session: Session, actor: Actor, now: datetime, flag: Flag, reasons: str, second_person: str) -> Place:
    """Return the village, once two people who are not its own stand behind a decision. Raises Refused."""
    village = places.get(session, flag.village_id)
    today = local_day(now)
    why = conflicts.why_not(session, actor, flag, village, today)
    if why is not None:
        raise Refused(why)
    if not actor.may(Permission.FLAG_DECIDE, village.path):
        raise Refused(NOT_YOURS)
    if not reasons.strip():
        raise Refused(REASONS, field="reasons")
    if second_person not in {person.id for person, *_ in queries.seconds(session, flag, village, actor, today)}:
        raise Refused(SECOND, field="second")
    return village


def _reasons_hash(flag: Flag, reasons: str, actor: Actor, second_person: str) -> str:
    facts = {"flag": flag.id, "reasons": reasons, "by": actor.person_id, "second": second_person}
    return stored.content_hash(facts)


def dismiss(session: Session, actor: Actor, now: datetime, flag: Flag, reasons: str, second_person: str) -> None:
    """End triage without a review. Raises Refused."""
    village = _two_people(session, actor, now, flag, reasons, second_person)
    _decide(session, actor, now, flag, "dismissed", reasons.strip(), second_person)
    record(session, now, flag, village, "flag:decided", outcome="dismissed",
           reasons=_reasons_hash(flag, flag.reasons, actor, second_person))


def open_review(session: Session, actor: Actor, now: datetime, flag: Flag, reasons: str, second_person: str) -> None:
    """Open a review (F2). By count it takes enough confirmed particulars; facts and a missing disclosure are some.

    Raises Refused.
    """
    village = _two_people(session, actor, now, flag, reasons, second_person)
    least, found = review_needs(session, flag)
    if found < least:
        raise Refused(TOO_FEW, field="decision", least=least, found=found)
    _decide(session, actor, now, flag, "review", reasons.strip(), second_person)
    flag.level, flag.due = "F2", review.begin(session, now, flag, village).decide_by
    session.add(flag)
    record(session, now, flag, village, "flag:decided", outcome="review",
           reasons=_reasons_hash(flag, flag.reasons, actor, second_person))
    record(session, now, flag, village, "review:opened")


def review_needs(session: Session, flag: Flag) -> tuple[int, int]:
    """Return how many confirmed particulars a review needs and how many there are now: (0, n) where none is needed."""
    if flag.cause not in COUNTED:
        return 0, 0
    sheet = stored.read(flag.sheet)
    found = sheet.checks[-1].particulars
    if flag.state == "triage":  # what was confirmed since still counts
        found = max(queries.latest_particulars(session, flag.village_id), found)
    least = 0 if sheet.verdict.by_facts else rules.review_minimum(sheet.adults, sheet.rule)
    return least, found


def _decide(session: Session, actor: Actor, now: datetime, flag: Flag, state: str, reasons: str,
            second_person: str) -> None:
    if flag.state != "triage":
        raise Refused(SETTLED)
    flag.state, flag.reasons, flag.decided_on = state, reasons, local_day(now)
    flag.decided_by, flag.second_by = actor.person_id, second_person
    session.add(flag)
    add_event(session, now, flag, state, actor.person_id)


def note_refusal(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Note that somebody's decision was refused: attempts count as acts."""
    add_event(session, now, flag, "refused", actor.person_id)
