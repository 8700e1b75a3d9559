"""A review from its opening to the proposal: notice, statement, conflicts, panel. Each verb raises Refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, course, pending, queries, stored
from portal.flags.models import COUNTED, OUTCOMES, Conflict, Flag, PanelMember, Review
from portal.flags.raising import add_event, record, rule_at
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor, Permission

NOT_YOURS = N_("Only the town’s discipline officer decides this.")
NOT_OPEN = N_("There is no review open here.")
NOT_ABOUT_YOU = N_("This review is not about you.")
TOLD = N_("The secretary was told already.")
STATED = N_("Your statement was handed in already. It stays as it is.")
STATEMENT_OVER = N_("The days for a statement are over.")
EXTENDED = N_("The days were extended once already.")
STATEMENT = N_("Write your statement.")
NOBODY = N_("Choose somebody from the list.")
ENOUGH_NAMED = N_("You may name %(most)s people at most.")
WHY_NAMED = N_("Write why this person can’t be fair.")
PANEL_THREE = N_("The panel has three different people.")
PANEL_DISTRICT = N_("At least one of the three must hold an office of the district.")
PANEL_FREE = N_("One of the three may not decide here. Choose again from the list.")
PANEL_STANDS = N_("The panel stands already.")
NOT_HEARD = N_("The secretary is heard first: until %(day)s there is time for a statement.")
NOT_TOLD = N_("The secretary must be told first.")
NOT_LEAD = N_("Only whoever leads the panel proposes the decision.")
PROPOSED = N_("A decision waits for the district already.")
OUTCOME = N_("Choose how the review ended.")
REASONS = N_("Write the reasons: the secretary reads them.")
MONTHS = N_("Putting right takes 1 to 12 months.")
MOST_MONTHS = 12


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


def _officer(session: Session, actor: Actor, now: datetime, flag: Flag, village: Place) -> None:
    needs_free(session, actor, now, flag, village)
    if not actor.may(Permission.FLAG_DECIDE, village.path):
        raise Refused(NOT_YOURS)


def notify(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Tell the secretary that a review is open, and which kinds of complaint there are. Raises Refused."""
    review, village = reviewed(session, flag)
    _officer(session, actor, now, flag, village)
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


def _subject(session: Session, actor: Actor, flag: Flag, state: str = "review") -> tuple[Review, Place]:
    review, village = reviewed(session, flag, state)
    if review.subject_id != actor.person_id or not actor.person_id:
        raise Refused(NOT_ABOUT_YOU)
    if review.notified_on is None:
        raise Refused(NOT_OPEN)
    return review, village


def extend(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Give the secretary the days for the statement once more; the panel's days grow with them. Raises Refused."""
    review, village = _subject(session, actor, flag)
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
    """Take in the secretary's statement, once and in time. Raises Refused."""
    review, village = _subject(session, actor, flag)
    if review.stated_on is not None:
        raise Refused(STATED, field="statement")
    if review.statement_by is None or review.statement_by < local_day(now):
        raise Refused(STATEMENT_OVER, field="statement")
    if not words.strip():
        raise Refused(STATEMENT, field="statement")
    review.statement, review.stated_on = words.strip(), local_day(now)
    session.add(review)
    step(session, now, flag, village, "stated", actor.person_id, review.statement)


def name_conflict(session: Session, actor: Actor, now: datetime, flag: Flag, person_id: str, words: str) -> None:
    """Let the secretary name somebody above who can't be fair; that person is out. Raises Refused."""
    review, village = _subject(session, actor, flag)
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


def _note_conflict(session: Session, now: datetime, flag: Flag, person_id: str, kind: str, words: str) -> None:
    session.add(Conflict(flag_id=flag.id, person_id=person_id, kind=kind, words=words, noted_on=local_day(now)))
    seat = session.get(PanelMember, (flag.id, person_id))
    if seat is not None:  # the panel is no longer whole: the town names another three
        for member in queries.panel(session, flag.id):
            session.delete(member)
        review = queries.review(session, flag.id)
        if review is not None and flag.state == "review" and review.proposed_on is not None:
            review.outcome, review.outcome_reasons, review.proposed_by, review.proposed_on = "", "", "", None
            session.add(review)
    session.flush()


def name_panel(session: Session, actor: Actor, now: datetime, flag: Flag, people: Sequence[str]) -> None:
    """Name the three who decide; the first leads. Raises Refused."""
    review, village = reviewed(session, flag)
    _officer(session, actor, now, flag, village)
    if review.notified_on is None:
        raise Refused(NOT_TOLD)
    if queries.panel(session, flag.id):
        raise Refused(PANEL_STANDS)
    if not len(people) == len(set(people)) == course.PANEL or "" in people:
        raise Refused(PANEL_THREE, field="lead")
    able = {person.id: place for person, _role, place in queries.able(session, flag, village, local_day(now))}
    if not set(people) <= set(able):
        raise Refused(PANEL_FREE, field="lead")
    if not any(able[person].kind == "district" for person in people):
        raise Refused(PANEL_DISTRICT, field="third")
    for place, person in enumerate(people):
        session.add(PanelMember(flag_id=flag.id, person_id=person, leads=place == 0,
                                from_district=able[person].kind == "district"))
    session.flush()
    step(session, now, flag, village, "panel", actor.person_id, list(people))


def propose(session: Session, actor: Actor, now: datetime, flag: Flag, outcome: str, reasons: str,
            months: int = 0) -> None:
    """Let the panel's lead propose the decision, with reasons; the district signs it. Raises Refused."""
    review, village = reviewed(session, flag)
    needs_free(session, actor, now, flag, village)
    today = local_day(now)
    seat = session.get(PanelMember, (flag.id, actor.person_id))
    if seat is None or not seat.leads:
        raise Refused(NOT_LEAD)
    if review.proposed_on is not None:
        raise Refused(PROPOSED)
    if not course.heard(review, today):
        raise Refused(NOT_HEARD, day=review.statement_by or review.notice_by)
    if outcome not in OUTCOMES:
        raise Refused(OUTCOME, field="outcome")
    if not reasons.strip():
        raise Refused(REASONS, field="reasons")
    if outcome == "rectify" and not 1 <= months <= MOST_MONTHS:
        raise Refused(MONTHS, field="months")
    review.outcome, review.outcome_reasons = outcome, reasons.strip()
    review.months = months if outcome == "rectify" else 0
    review.proposed_by, review.proposed_on = actor.person_id, today
    session.add(review)
    step(session, now, flag, village, "proposed", actor.person_id, [outcome, review.outcome_reasons, review.months])
