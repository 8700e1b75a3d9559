"""The three who decide a review: who they are, what the lead proposes, what the others say. Verbs raise Refused."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import course, left, queries
from portal.flags.models import OUTCOMES, VOICES, Flag, PanelMember, Review
from portal.flags.review import NOT_TOLD, needs_decider, needs_free, reviewed, step
from portal.roles import Actor

THREE = N_("The panel has three different people.")
DISTRICT = N_("At least one of the three must hold an office of the district.")
FREE = N_("One of the three may not decide here. Choose again from the list.")
TOO_FEW = N_("These three leave too few of the district: one more signs, and two others answer an appeal. Choose "
             "fewer of the district and of its discipline commission; the form names three who fit.")
NO_THREE = N_("However they are chosen, too few of the district are left for an appeal. Ask the district’s operator to "
              "enter one more official of the discipline commission first.")
STANDS = N_("The panel stands already.")
NOT_HEARD = N_("The secretary is heard first: until %(day)s there is time for a statement.")
NOT_LEAD = N_("Only whoever leads the panel proposes the decision.")
NO_OFFICE = N_("A seat ends with the office. The town names another three.")
NO_SEAT = N_("Only the two beside the lead say whether they agree.")
PROPOSED = N_("A decision is proposed already.")
NOTHING = N_("The panel has proposed nothing yet.")
CHANGED = N_("What is proposed has changed since you opened this page. Read it again.")
SAID = N_("You have said so already.")
VOICE = N_("Choose whether you agree.")
WHY_AGAINST = N_("Write why you do not agree: the district reads it.")
OUTCOME = N_("Choose how the review ended.")
REASONS = N_("Write the reasons: the secretary reads them.")
MONTHS = N_("Putting right takes 1 to 12 months.")
MOST_MONTHS = 12


def name(session: Session, actor: Actor, now: datetime, flag: Flag, people: Sequence[str]) -> None:
    """Name the three who decide; the first leads. Raises Refused."""
    review, village = reviewed(session, flag)
    needs_decider(session, actor, now, flag, village)
    if review.notified_on is None:
        raise Refused(NOT_TOLD)
    if queries.panel(session, flag.id):
        raise Refused(STANDS)
    if not len(people) == len(set(people)) == course.PANEL or "" in people:
        raise Refused(THREE, field="lead")
    able = {person.id: place for person, _role, place in queries.able(session, flag, village, local_day(now))}
    if not set(people) <= set(able):
        raise Refused(FREE, field="lead")
    if not any(able[person].kind == "district" for person in people):
        raise Refused(DISTRICT, field="third")
    if not left.fits(session, flag, village, local_day(now), people):
        raise Refused(TOO_FEW if left.three(session, flag, village, local_day(now)) else NO_THREE, field="third")
    for place, person in enumerate(people):
        session.add(PanelMember(flag_id=flag.id, person_id=person, leads=place == 0,
                                from_district=able[person].kind == "district"))
    session.flush()
    step(session, now, flag, village, "panel", actor.person_id, list(people))


def propose(session: Session, actor: Actor, now: datetime, flag: Flag, outcome: str, reasons: str,
            months: int = 0) -> None:
    """Let the panel's lead propose the decision, with reasons; the others say whether they agree. Raises Refused."""
    review, village = reviewed(session, flag)
    needs_free(session, actor, now, flag, village)
    today = local_day(now)
    if not queries.in_office(session, village, actor.person_id, today):
        raise Refused(NO_OFFICE)
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
    review.returned_why = ""
    session.add(review)
    for member in queries.panel(session, flag.id):
        member.says, member.words = "agree" if member.leads else "", ""
        session.add(member)
    step(session, now, flag, village, "proposed", actor.person_id, [outcome, review.outcome_reasons, review.months])


def voice(session: Session, actor: Actor, now: datetime, flag: Flag, says: str, words: str, seen: str) -> None:
    """Let one of the two beside the lead agree with what is proposed, or not, with the reason. Raises Refused.

    `seen` is the mark of the proposal that this person read (`course.mark`). Two of the three carry it to the
    district; when both are against, it falls, and the lead proposes anew.
    """
    review, village = reviewed(session, flag)
    needs_free(session, actor, now, flag, village)
    if not queries.in_office(session, village, actor.person_id, local_day(now)):
        raise Refused(NO_OFFICE)
    seat = session.get(PanelMember, (flag.id, actor.person_id))
    if seat is None or seat.leads:
        raise Refused(NO_SEAT)
    if review.proposed_on is None:
        raise Refused(NOTHING)
    if seen != course.mark(review):
        raise Refused(CHANGED)
    if seat.says:
        raise Refused(SAID)
    if says not in VOICES:
        raise Refused(VOICE, field="says")
    if says == "against" and not words.strip():
        raise Refused(WHY_AGAINST, field="words")
    seat.says, seat.words = says, words.strip()
    session.add(seat)
    step(session, now, flag, village, "agreed" if says == "agree" else "against", actor.person_id, seat.words)
    seats = queries.panel(session, flag.id)
    if sum(one.says == "against" for one in seats) >= course.CARRIED:
        withdraw(session, review, "\n".join(one.words for one in seats if one.says == "against"))
        step(session, now, flag, village, "outvoted", "", review.returned_why)


def withdraw(session: Session, review: Review, why: str) -> None:
    """Put a proposal back before the panel, with what stands against it; the reasons stay for the lead to mend."""
    review.outcome, review.proposed_by, review.proposed_on, review.returned_why = "", "", None, why[:1000]
    session.add(review)
