"""A review from its opening until it is heard: notice, statement, conflicts. Each verb raises Refused."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.accounts.models import Person
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, course, deciding, left, pending, queries, stored
from portal.flags.models import COUNTED, Conflict, Flag, PanelMember, Review
from portal.flags.raising import add_event, record, rule_at
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor, Permission, Role

NOT_YOURS = N_("Only the town’s discipline officer decides this.")
NOT_OPEN = N_("There is no review open here.")
NOT_ABOUT_YOU = N_("This review is not about you.")
TOLD = N_("The secretary was told already.")
STATED = N_("Your statement was handed in already. It stays as it is.")
ADDED_ENOUGH = N_("You have added to your statement %(most)s times; more is not possible.")
STATEMENT_OVER = N_("The days for a statement are over.")
EXTENDED = N_("The days were extended once already.")
STATEMENT = N_("Write your statement.")
NOBODY = N_("Choose somebody from the list.")
ENOUGH_NAMED = N_("You may name %(most)s people at most.")
NOBODY_LEFT = N_("Nobody else could do this person’s part. Say in your statement why you think so; the district "
                 "reads it, and may call in one more official.")
TOO_FEW_LEFT = N_("Without this person too few are left: three decide, one of them from the district, one more of the "
                  "district signs, and two others answer an appeal. Say why in your statement or, once its days are "
                  "over, in an appeal; the district reads it, and may call in one more official.")
WHY_NAMED = N_("Write why this person can’t be fair.")
NOT_TOLD = N_("The secretary must be told first.")


def begin(session: Session, now: datetime, flag: Flag, village: Place) -> Review:
    """Make the row of a review that was just opened, with its days."""
    today, rule = local_day(now), rule_at(session, village, local_day(now))
    subject = queries.subject(session, village, today)
    review = Review(flag_id=flag.id, subject_id=subject.id if subject else "",
                    notice_by=today + timedelta(days=rule.notice_days),
                    decide_by=today + timedelta(days=rule.decide_days))
    session.add(review)
    session.flush()
    return review


def step(session: Session, now: datetime, flag: Flag, village: Place, kind: str, by: str = "",
         content: object = None) -> None:
    """Note a step of a review among the flag's notes and in the district's log."""
    add_event(session, now, flag, kind, by)
    record(session, now, flag, village, "review:step", step=kind,
           content=stored.content_hash({"flag": flag.id, "step": kind, "by": by, "content": content}))


def reviewed(session: Session, flag: Flag, state: str = "review") -> tuple[Review, Place]:
    """Return the review of a flag that is in this state, and its village. Raises Refused."""
    review = queries.review(session, flag.id)
    if review is None or flag.state != state:
        raise Refused(NOT_OPEN)
    return review, places.get(session, flag.village_id)


def needs_free(session: Session, actor: Actor, now: datetime, flag: Flag, village: Place) -> None:
    """Raise Refused for whoever may not touch this flag."""
    why = conflicts.why_not(session, actor, flag, village, local_day(now))
    if why is not None:
        raise Refused(why)


def needs_decider(session: Session, actor: Actor, now: datetime, flag: Flag, village: Place) -> None:
    """Raise Refused for whoever may not take the town's steps over this flag (see `deciding`)."""
    needs_free(session, actor, now, flag, village)
    if not deciding.may(session, actor, flag, village, local_day(now)):
        raise Refused(NOT_YOURS)


def notify(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Tell the secretary that a review is open, and which kinds of complaint there are. Raises Refused."""
    review, village = reviewed(session, flag)
    needs_decider(session, actor, now, flag, village)
    if review.notified_on is not None:
        raise Refused(TOLD)
    give_notice(session, now, flag, review, village, actor.person_id)


def give_notice(session: Session, now: datetime, flag: Flag, review: Review, village: Place, by: str = "") -> None:
    """Put the notice on the secretary's desk; `by` is "" where the clock did it."""
    today, rule = local_day(now), rule_at(session, village, local_day(now))
    review.notified_on, review.notified_by = today, by
    review.kinds = list(flag.sheet.get("kinds", [])) if flag.cause in COUNTED else []
    review.statement_by = today + timedelta(days=rule.statement_days)
    session.add(review)
    step(session, now, flag, village, "notified", by, review.kinds)


def subject(session: Session, actor: Actor, flag: Flag, state: str = "review") -> tuple[Review, Place]:
    """Return the review that is about this very person, and its village. Raises Refused."""
    review, village = reviewed(session, flag, state)
    if review.subject_id != actor.person_id or not actor.person_id:
        raise Refused(NOT_ABOUT_YOU)
    if review.notified_on is None:
        raise Refused(NOT_OPEN)
    return review, village


def extend(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Give the secretary the days for the statement once more; the panel's days grow with them. Raises Refused."""
    review, village = subject(session, actor, flag)
    today, rule = local_day(now), rule_at(session, village, local_day(now))
    if review.extended_on is not None:
        raise Refused(EXTENDED)
    if review.stated_on is not None:
        raise Refused(STATED)
    if review.statement_by is None or review.statement_by < today:
        raise Refused(STATEMENT_OVER)
    review.extended_on = today
    review.statement_by += timedelta(days=rule.statement_days)
    review.decide_by += timedelta(days=rule.statement_days)
    flag.due = review.decide_by
    session.add(review)
    session.add(flag)
    step(session, now, flag, village, "extended", actor.person_id)


def state(session: Session, actor: Actor, now: datetime, flag: Flag, words: str) -> None:
    """Take in the secretary's statement, in time; what comes later is added below it, dated. Raises Refused."""
    review, village = subject(session, actor, flag)
    if review.statement_by is None or review.statement_by < local_day(now):
        raise Refused(STATEMENT_OVER, field="statement")
    if not words.strip():
        raise Refused(STATEMENT, field="statement")
    if review.stated_on is None:
        review.statement, review.stated_on = words.strip(), local_day(now)
    elif len(review.additions) >= course.MOST_ADDED:
        raise Refused(ADDED_ENOUGH, field="statement", most=course.MOST_ADDED)
    else:
        review.additions = [*review.additions, [local_day(now).isoformat(), words.strip()]]
    session.add(review)
    step(session, now, flag, village, "stated", actor.person_id, words.strip())


def nameable(session: Session, flag: Flag, village: Place, on: date) -> list[tuple[Person, Role, Place]]:
    """Return whom the secretary may still choose from: whoever holds an office above and is not out of it already."""
    out = {row.person_id for row in queries.conflicts_of(session, flag.id)}
    return [row for row in queries.above(session, village, on) if row[0].id not in out]


def needed(session: Session, flag: Flag, village: Place, on: date, person_id: str) -> str | None:
    """Return the phrase that says why a review can't do without this person, or None where it can."""
    for permission in (Permission.FLAG_DECIDE, Permission.REVIEW_SIGN):
        if queries.able_ids(session, flag, village, permission, on) == {person_id}:
            return NOBODY_LEFT
    return None if left.spares(session, flag, village, on, person_id) else TOO_FEW_LEFT


def name_conflict(session: Session, actor: Actor, now: datetime, flag: Flag, person_id: str, words: str) -> None:
    """Let the secretary name somebody above who can't be fair; that person is out. Raises Refused."""
    review, village = subject(session, actor, flag)
    today = local_day(now)
    if person_id not in {one.id for one, *_rest in queries.above(session, village, today)}:
        raise Refused(NOBODY, field="person")
    if not words.strip():
        raise Refused(WHY_NAMED, field="why")
    named = queries.conflicts_of(session, flag.id)
    if person_id in {row.person_id for row in named}:
        return
    if sum(row.kind == "named" for row in named) >= course.MOST_NAMED:
        raise Refused(ENOUGH_NAMED, field="person", most=course.MOST_NAMED)
    why = needed(session, flag, village, today, person_id)
    if why is not None:
        raise Refused(why, field="person")
    _note_conflict(session, now, flag, person_id, "named", words.strip())
    step(session, now, flag, village, "named", review.subject_id, person_id)


def declare(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Let somebody step aside: kin, a rival, a debt; no reason is asked. Repeating it changes nothing."""
    village = places.get(session, flag.village_id)
    if actor.person_id in {row.person_id for row in queries.conflicts_of(session, flag.id)}:
        return
    _note_conflict(session, now, flag, actor.person_id, "own", "")
    step(session, now, flag, village, "declared", actor.person_id)
    pending.lapse(session, now, flag, without=actor.person_id)


def empty_seats(session: Session, now: datetime, flag: Flag, village: Place) -> None:
    """Let whoever sits on a panel and holds no office above any more step aside, so that the town names others."""
    for seat in queries.panel(session, flag.id):
        if not queries.in_office(session, village, seat.person_id, local_day(now)):
            _note_conflict(session, now, flag, seat.person_id, "own", "")
            step(session, now, flag, village, "declared", seat.person_id)


def _note_conflict(session: Session, now: datetime, flag: Flag, person_id: str, kind: str, words: str) -> None:
    session.add(Conflict(flag_id=flag.id, person_id=person_id, kind=kind, words=words, noted_on=local_day(now)))
    if flag.state == "review" and session.get(PanelMember, (flag.id, person_id)) is not None:
        for member in queries.panel(session, flag.id):  # no longer whole: the town names another three
            session.delete(member)
        review = queries.review(session, flag.id)
        if review is not None and review.proposed_on is not None:
            review.outcome, review.outcome_reasons, review.proposed_by, review.proposed_on = "", "", "", None
            session.add(review)
    session.flush()
