"""How a review ends: the district signs, the secretary may appeal, nothing found is cleared. Verbs raise Refused."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, course, queries, stored
from portal.flags.models import Clearing, Flag, Review
from portal.flags.raising import add_event, record, rule_at
from portal.flags.review import needs_free, reviewed, step
from portal.places import queries as places
from portal.places.models import Place
from portal.places.service import record_act
from portal.roles import Actor, Permission

DISTRICT_ONLY = N_("Only the district’s discipline commission signs this.")
NOTHING_PROPOSED = N_("The panel has proposed nothing yet.")
TWO_SIGN = N_("Whoever proposed a decision can’t sign it as well.")
WHY_BACK = N_("Write what the panel should look at again.")
NOT_ABOUT_YOU = N_("This review is not about you.")
APPEAL = N_("Write what is wrong with the decision.")
APPEAL_OVER = N_("The days for an appeal are over.")
APPEALED = N_("You appealed already. The district answers.")
NO_APPEAL = N_("There is no appeal to answer.")
OTHERS_ONLY = N_("An appeal is decided by other people than those of the panel.")
ANSWER = N_("Write the reasons: the secretary reads them.")
MILDER = N_("An appeal keeps the decision or makes it milder.")
SECOND = N_("Name a second person of the district who was not on the panel.")
NO_CLEARING = N_("There is no clearing of yours here.")
NO_REAPPRAISAL = N_("There is no re-appraisal due here.")
SHARE = N_("Per cent go from 0 to 100.")
KEPT = "kept"
NOTHING_FOUND = "经核查，反映的情况不属实。"
"""The words of a clearing where the panel gave none of its own; they are the village's own document."""


def _signer(session: Session, actor: Actor, now: datetime, flag: Flag, village: Place) -> None:
    needs_free(session, actor, now, flag, village)
    if not actor.may(Permission.REVIEW_SIGN, village.path):
        raise Refused(DISTRICT_ONLY)


def send_back(session: Session, actor: Actor, now: datetime, flag: Flag, why: str) -> None:
    """Give a proposal back to the panel, with what it should look at again. Raises Refused."""
    review, village = reviewed(session, flag)
    _signer(session, actor, now, flag, village)
    if review.proposed_on is None:
        raise Refused(NOTHING_PROPOSED)
    if not why.strip():
        raise Refused(WHY_BACK, field="why")
    review.outcome, review.proposed_by, review.proposed_on = "", "", None
    session.add(review)
    step(session, now, flag, village, "returned", actor.person_id, why.strip())


def countersign(session: Session, actor: Actor, now: datetime, flag: Flag) -> None:
    """Let the panel's decision stand: its outcome is the flag's from now on. Raises Refused."""
    review, village = reviewed(session, flag)
    _signer(session, actor, now, flag, village)
    if review.proposed_on is None:
        raise Refused(NOTHING_PROPOSED)
    if actor.person_id == review.proposed_by:
        raise Refused(TWO_SIGN)
    today = local_day(now)
    flag.outcome, flag.outcome_reasons = review.outcome, review.outcome_reasons
    flag.closed_by, flag.closed_second_by, flag.closed_on = review.proposed_by, actor.person_id, today
    flag.state = "decided"
    if review.outcome == "rectify":
        review.rectify_by = course.months_later(today, review.months)
    rule = rule_at(session, village, today)
    review.appeal_by = today + timedelta(days=rule.appeal_days)
    flag.due = review.appeal_by
    session.add(flag)
    session.add(review)
    add_event(session, now, flag, "decided", actor.person_id)
    reasons = stored.content_hash({"flag": flag.id, "reasons": flag.outcome_reasons, "by": flag.closed_by,
                                   "second": actor.person_id})
    record(session, now, flag, village, "review:closed", outcome=flag.outcome, reasons=reasons)
    if flag.outcome == "unfounded":
        clear(session, now, flag, review, village)
    elif flag.outcome == "transferred":  # the portal stops asking: the commission has it
        close(session, now, flag, review)


def close(session: Session, now: datetime, flag: Flag, review: Review) -> None:
    """Let a decision be final. Where something must be put right, a re-appraisal falls due with its day."""
    flag.state = "closed"
    if flag.outcome == "rectify" and review.rectify_by is not None:
        rule = rule_at(session, places.get(session, flag.village_id), local_day(now))
        review.reappraise_by = review.rectify_by + timedelta(days=rule.decide_days)
        flag.due = review.reappraise_by
    session.add(flag)
    session.add(review)
    add_event(session, now, flag, "final")


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


def answer_appeal(session: Session, actor: Actor, now: datetime, flag: Flag, choice: str, reasons: str,
                  second: str) -> None:
    """Decide an appeal at the district, by two who had no part in the decision. Raises Refused.

    `choice`: kept, or an outcome milder than the one that stands.
    """
    review, village = reviewed(session, flag, "decided")
    _signer(session, actor, now, flag, village)
    if review.appealed_on is None or review.answered_on is not None:
        raise Refused(NO_APPEAL)
    if actor.person_id in queries.took_part(session, flag):
        raise Refused(OTHERS_ONLY)
    if choice != KEPT and choice not in course.milder(flag.outcome):
        raise Refused(MILDER, field="choice")
    if not reasons.strip():
        raise Refused(ANSWER, field="reasons")
    others = {person.id for person, *_rest in queries.appeal_seconds(session, flag, village, actor, local_day(now))}
    if second not in others:
        raise Refused(SECOND, field="second")
    review.appeal_answer, review.answered_on = reasons.strip(), local_day(now)
    review.answered_by, review.answered_second = actor.person_id, second
    review.milder = "" if choice == KEPT else choice
    session.add(review)
    step(session, now, flag, village, "answered", actor.person_id, [choice, review.appeal_answer, second])
    if review.milder:
        _change(session, now, flag, review, village)
    else:
        close(session, now, flag, review)


def _change(session: Session, now: datetime, flag: Flag, review: Review, village: Place) -> None:
    """Put the outcome of an appeal in the place of the panel's."""
    flag.outcome, flag.outcome_reasons = review.milder, review.appeal_answer
    flag.closed_by, flag.closed_second_by = review.answered_by, review.answered_second
    if flag.outcome == "rectify":
        review.months = rule_at(session, village, local_day(now)).rectify_months
        review.rectify_by = course.months_later(local_day(now), review.months)
    session.add(flag)
    if flag.outcome == "unfounded":
        clear(session, now, flag, review, village)
    else:
        close(session, now, flag, review)


def clear(session: Session, now: datetime, flag: Flag, review: Review, village: Place) -> None:
    """Clear the secretary in writing. What the notice said is taken away; the digests carry the clearing."""
    made = Clearing(flag_id=flag.id, village_id=village.id, subject_id=review.subject_id, words=NOTHING_FOUND,
                    made_on=local_day(now))
    review.kinds, review.rectify_by = [], None
    flag.state = "closed"
    session.add(made)
    session.add(review)
    session.add(flag)
    add_event(session, now, flag, "cleared")
    record(session, now, flag, village, "review:cleared", content=stored.content_hash({"words": made.words}))


def wish(session: Session, actor: Actor, now: datetime, clearing: Clearing, *, publish: bool) -> None:
    """Let the secretary say whether the village should read it. Published once, it stays. Raises Refused."""
    if clearing.subject_id != actor.person_id or not actor.person_id:
        raise Refused(NO_CLEARING)
    if clearing.published_on is not None:
        return
    clearing.wish = publish
    session.add(clearing)
    if publish:
        clearing.published_on = local_day(now)
        village = places.get(session, clearing.village_id)
        add_event(session, now, session.get_one(Flag, clearing.flag_id), "published", actor.person_id)
        record_act(session, now, village, "clearing:published", clearing=clearing.id,
                   content=stored.content_hash({"words": clearing.words, "day": clearing.made_on.isoformat()}))


def reappraise(session: Session, actor: Actor, now: datetime, flag: Flag, share: int) -> None:
    """Note how many per cent found the secretary competent after putting things right. Raises Refused."""
    review, village = reviewed(session, flag, "closed")
    needs_free(session, actor, now, flag, village)
    if not actor.may(Permission.FLAG_DECIDE, village.path):
        raise Refused(NO_REAPPRAISAL)
    if review.reappraise_by is None or review.reappraised_on is not None or not is_over(review, local_day(now)):
        raise Refused(NO_REAPPRAISAL)
    if not 0 <= share <= 100:
        raise Refused(SHARE, field="share")
    review.share, review.reappraised_on = share, local_day(now)
    session.add(review)
    step(session, now, flag, village, "reappraised", actor.person_id, share)


def is_over(review: Review, today: date) -> bool:
    """Tell whether the months for putting right are over, so that people may judge again."""
    return review.rectify_by is not None and review.rectify_by <= today


def may_see(session: Session, actor: Actor, flag: Flag, village: Place, on: date) -> bool:
    """Tell whether nothing stands against this person's seeing the flag."""
    return conflicts.why_not(session, actor, flag, village, on) is None
