"""How a review ends: the district signs, the secretary may appeal, nothing found is cleared. Verbs raise Refused."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, course, left, panel, papers, queries, stored
from portal.flags.models import Clearing, Flag, Review
from portal.flags.raising import add_event, record, rule_at
from portal.flags.review import needs_decider, needs_free, reviewed, step
from portal.places import queries as places
from portal.places.models import Place
from portal.places.service import record_act
from portal.roles import Actor, Permission

DISTRICT_ONLY = N_("Only the district’s discipline commission signs this.")
TWO_SIGN = N_("Whoever sits on the panel can’t sign its decision as well.")
CHECKED = N_("Whoever confirmed the facts signs no decision on them. Somebody else of the district signs.")
NOT_CARRIED = N_("Two of the three must stand behind it first.")
LEAD_OUT = N_("Whoever proposed this may decide nothing here any more. Give it back.")
NONE_LEFT = N_("After your signature too few of the district would be left to answer an appeal. Ask the district’s "
               "operator to enter one more official of the discipline commission; sign once the name stands there.")
APPEALABLE = ("educate", "rectify", "adjust")
"""What a secretary may appeal against: a clearing needs none, and what was handed on is no longer the portal's."""
WHY_BACK = N_("Write what the panel should look at again.")
NO_CLEARING = N_("There is no clearing of yours here.")
NO_REAPPRAISAL = N_("There is no re-appraisal due here.")
NOTHING_FOLLOWS = N_("There is no failed re-appraisal that waits here.")
FOLLOWS = N_("Write what follows, and why: the secretary reads it.")
SHARE = N_("Per cent go from 0 to 100.")
NOTHING_FOUND = "经核查，反映的情况不属实。"
"""The words of a clearing where the panel gave none of its own; they are the village's own document."""


def signer(session: Session, actor: Actor, now: datetime, flag: Flag, village: Place) -> None:
    """Raise Refused for whoever may not sign for the district."""
    needs_free(session, actor, now, flag, village)
    if not actor.may(Permission.REVIEW_SIGN, village.path):
        raise Refused(DISTRICT_ONLY)


def send_back(session: Session, actor: Actor, now: datetime, flag: Flag, why: str) -> None:
    """Give a proposal back to the panel, with what it should look at again. Raises Refused."""
    review, village = reviewed(session, flag)
    signer(session, actor, now, flag, village)
    if review.proposed_on is None:
        raise Refused(panel.NOTHING)
    if not why.strip():
        raise Refused(WHY_BACK, field="why")
    panel.withdraw(session, review, why.strip())
    step(session, now, flag, village, "returned", actor.person_id, why.strip())


def countersign(session: Session, actor: Actor, now: datetime, flag: Flag, seen: str) -> None:
    """Let the panel's decision stand: its outcome is the flag's from now on. Raises Refused.

    `seen` is the mark of the proposal that the signer read (`course.mark`).
    """
    review, village = reviewed(session, flag)
    signer(session, actor, now, flag, village)
    _signable(session, actor, now, flag, review, village, seen)
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


def _signable(session: Session, actor: Actor, now: datetime, flag: Flag, review: Review, village: Place,
              seen: str) -> None:
    """Raise Refused where a proposal may not be signed, or not by this person."""
    today, seats = local_day(now), queries.panel(session, flag.id)
    if review.proposed_on is None:
        raise Refused(panel.NOTHING)
    if seen != course.mark(review):
        raise Refused(panel.CHANGED)
    if actor.person_id in {seat.person_id for seat in seats}:
        raise Refused(TWO_SIGN)
    if actor.person_id in queries.checked_by(flag):
        raise Refused(CHECKED)
    if not course.carried(seats):
        raise Refused(NOT_CARRIED)
    if review.proposed_by not in {person.id for person, *_rest in queries.able(session, flag, village, today)}:
        raise Refused(LEAD_OUT)
    if review.outcome in APPEALABLE and not left.can_be_appealed(session, flag, village, today, actor.person_id):
        raise Refused(NONE_LEFT)


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


def clear(session: Session, now: datetime, flag: Flag, review: Review, village: Place) -> None:
    """Clear the secretary in writing. What the notice said is taken away; the digests carry the clearing."""
    made = Clearing(flag_id=flag.id, village_id=village.id, subject_id=review.subject_id, words=NOTHING_FOUND,
                    made_on=local_day(now))
    review.kinds, review.rectify_by = [], None
    papers.drop(session, flag.id)
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
    needs_decider(session, actor, now, flag, village)
    if review.reappraise_by is None or review.reappraised_on is not None or not is_over(review, local_day(now)):
        raise Refused(NO_REAPPRAISAL)
    if not 0 <= share <= 100:
        raise Refused(SHARE, field="share")
    review.share, review.reappraised_on = share, local_day(now)
    review.passed = share >= rule_at(session, village, local_day(now)).repass_share
    session.add(review)
    step(session, now, flag, village, "reappraised", actor.person_id, share)


def follow(session: Session, actor: Actor, now: datetime, flag: Flag, words: str) -> None:
    """Say at the district what follows from a re-appraisal that failed; the secretary reads it. Raises Refused."""
    review, village = reviewed(session, flag, "closed")
    signer(session, actor, now, flag, village)
    if review.passed is not False or review.after_on is not None:
        raise Refused(NOTHING_FOLLOWS)
    if not words.strip():
        raise Refused(FOLLOWS, field="after")
    review.after, review.after_by, review.after_on = words.strip(), actor.person_id, local_day(now)
    session.add(review)
    step(session, now, flag, village, "after", actor.person_id, review.after)


def is_over(review: Review, today: date) -> bool:
    """Tell whether the months for putting right are over, so that people may judge again."""
    return review.rectify_by is not None and review.rectify_by <= today


def may_see(session: Session, actor: Actor, flag: Flag, village: Place, on: date) -> bool:
    """Tell whether nothing stands against this person's seeing the flag."""
    return conflicts.why_not(session, actor, flag, village, on) is None
