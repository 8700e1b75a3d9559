"""An appeal: the secretary says what is wrong, two of the district who had no part in it decide. Verbs raise Refused.

One of the two answers, the other confirms it from their own session or sends it back; nothing changes before.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import course, ending, panel, queries
from portal.flags.models import Flag, Review
from portal.flags.raising import rule_at
from portal.flags.review import NOT_ABOUT_YOU, needs_free, reviewed, step
from portal.places.models import Place
from portal.roles import Actor, Permission

APPEAL = N_("Write what is wrong with the decision.")
APPEAL_OVER = N_("The days for an appeal are over.")
APPEALED = N_("You appealed already. The district answers.")
NO_APPEAL = N_("There is no appeal to answer.")
OTHERS_ONLY = N_("An appeal is decided by other people than those who decided or who confirmed the facts.")
ANSWER = N_("Write the reasons: the secretary reads them.")
MILDER = N_("An appeal keeps the decision or makes it milder.")
SECOND = N_("Name a second person of the district who was not on the panel.")
WAITS = N_("An answer waits for its second person already.")
NOT_ASKED = N_("Only the second person who was asked answers this.")
WHY_BACK = N_("Write why you send it back.")
FIRST_OUT = N_("Whoever wrote this answer may decide nothing here any more. Send it back.")
KEPT = "kept"


def appeal(session: Session, actor: Actor, now: datetime, flag: Flag, words: str) -> None:
    """Take in the secretary's appeal: once, in time. The measure waits until it is answered. Raises Refused."""
    review, village = reviewed(session, flag, "decided")
    if review.subject_id != actor.person_id or not actor.person_id:
        raise Refused(NOT_ABOUT_YOU)
    today = local_day(now)
    if review.appealed_on is not None:
        raise Refused(APPEALED, field="appeal")
    if review.appeal_by is None or review.appeal_by < today:
        raise Refused(APPEAL_OVER, field="appeal")
    if not words.strip():
        raise Refused(APPEAL, field="appeal")
    rule = rule_at(session, village, today)
    review.appeal, review.appealed_on = words.strip(), today
    review.answer_by = today + timedelta(days=rule.decide_days)
    flag.due = review.answer_by
    session.add(review)
    session.add(flag)
    step(session, now, flag, village, "appealed", actor.person_id, review.appeal)


def answer(session: Session, actor: Actor, now: datetime, flag: Flag, choice: str, reasons: str,
           second: str) -> None:
    """Answer an appeal at the district and ask a second person to confirm it; nobody of the panel. Raises Refused.

    `choice`: kept, or an outcome milder than the one that stands.
    """
    review, village = reviewed(session, flag, "decided")
    ending.signer(session, actor, now, flag, village)
    today = local_day(now)
    if review.appealed_on is None or review.answered_on is not None:
        raise Refused(NO_APPEAL)
    if actor.person_id in queries.took_part(session, flag) | queries.checked_by(flag):
        raise Refused(OTHERS_ONLY)
    if waits(session, flag, review, village, today):
        raise Refused(WAITS)
    if choice != KEPT and choice not in course.milder(flag.outcome):
        raise Refused(MILDER, field="choice")
    if not reasons.strip():
        raise Refused(ANSWER, field="reasons")
    if second not in {person.id for person, *_rest in queries.appeal_seconds(session, flag, village, actor, today)}:
        raise Refused(SECOND, field="second")
    review.appeal_answer, review.milder = reasons.strip(), "" if choice == KEPT else choice
    review.answered_by, review.answered_second, review.answer_why = actor.person_id, second, ""
    session.add(review)
    step(session, now, flag, village, "answering", actor.person_id, [choice, review.appeal_answer, second])


def waits(session: Session, flag: Flag, review: Review, village: Place, on: date) -> bool:
    """Tell whether an answer waits for its second person, and both may still decide here."""
    if not review.answered_by or review.answered_on is not None:
        return False
    free = {person.id for person, *_rest in queries.district_free(session, flag, village, on)}
    signs = queries.able_ids(session, flag, village, Permission.REVIEW_SIGN, on)
    return review.answered_by in signs and review.answered_second in free


def confirm(session: Session, actor: Actor, now: datetime, flag: Flag, seen: str) -> None:
    """Let the second person stand behind the answer: it holds from now on. Raises Refused.

    `seen` is the mark of the answer that was read (`course.answer_mark`).
    """
    review, village = _asked(session, actor, now, flag)
    if seen != course.answer_mark(review):
        raise Refused(panel.CHANGED)
    if not waits(session, flag, review, village, local_day(now)):
        raise Refused(FIRST_OUT)
    review.answered_on = local_day(now)
    session.add(review)
    step(session, now, flag, village, "answered", actor.person_id,
         [review.milder or KEPT, review.appeal_answer, review.answered_by])
    if review.milder:
        _change(session, now, flag, review, village)
    else:
        ending.close(session, now, flag, review)


def send_back(session: Session, actor: Actor, now: datetime, flag: Flag, why: str) -> None:
    """Give the answer back to whoever wrote it, with what stands against it. Raises Refused."""
    review, village = _asked(session, actor, now, flag)
    if not why.strip():
        raise Refused(WHY_BACK, field="why")
    review.answer_why, review.milder, review.answered_by, review.answered_second = why.strip(), "", "", ""
    session.add(review)
    step(session, now, flag, village, "answer_back", actor.person_id, review.answer_why)


def _asked(session: Session, actor: Actor, now: datetime, flag: Flag) -> tuple[Review, Place]:
    review, village = reviewed(session, flag, "decided")
    needs_free(session, actor, now, flag, village)
    if review.answered_on is not None or not review.answered_by:
        raise Refused(NO_APPEAL)
    if actor.person_id != review.answered_second or actor.person_id == review.answered_by:
        raise Refused(NOT_ASKED)
    return review, village


def _change(session: Session, now: datetime, flag: Flag, review: Review, village: Place) -> None:
    """Put the outcome of an appeal in the place of the panel's."""
    flag.outcome, flag.outcome_reasons = review.milder, review.appeal_answer
    flag.closed_by, flag.closed_second_by = review.answered_by, review.answered_second
    if flag.outcome == "rectify":
        review.months = rule_at(session, village, local_day(now)).rectify_months
        review.rectify_by = course.months_later(local_day(now), review.months)
    session.add(flag)
    if flag.outcome == "unfounded":
        ending.clear(session, now, flag, review, village)
    else:
        ending.close(session, now, flag, review)
