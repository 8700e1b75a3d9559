"""What a round asks of the town (freeze, count, publish), of the district (ring), and of those who signed a count."""

from datetime import date, datetime

from sqlmodel import Session, and_, col, or_, select

from portal.ballots import consequence, ringing
from portal.ballots.models import CountWitness, RingAnswers, Round
from portal.ballots.rules import VOID
from portal.ballots.witnesses import body_of
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.places.models import Place
from portal.roles import Actor, Permission

DRAFT, CLOSED, COUNTED, PUBLISHED = "draft", "closed", "counted", "published"


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what waits for this person in rounds, and which votes are running. One query for each permission."""
    return _managed(session, actor, now) + _of_the_other_bodies(session, actor)


def _managed(session: Session, actor: Actor, now: datetime) -> list[Task]:
    paths = actor.paths(Permission.ROUND_MANAGE)
    if not paths:
        return []
    query = select(Round, Place).join(Place, col(Place.id) == col(Round.village_id))
    query = query.where(or_(*(col(Place.path).startswith(path) for path in paths)))
    unsaid = and_(col(Round.state) == PUBLISHED, col(Round.consequence) == "", col(Round.told) != VOID)
    query = query.where(or_(col(Round.state).in_(("draft", "frozen", "open", "closed", "counted")), unsaid))
    return [_task(round_, village, now) for round_, village in session.exec(query.order_by(col(Round.closes_at))).all()]


def _of_the_other_bodies(session: Session, actor: Actor) -> list[Task]:
    """Return the votes that the district has still to ring about, and the counts that wait for this person's body.

    One query, for those who may do either.
    """
    paths = actor.paths(Permission.ROUND_WATCH) + actor.paths(Permission.COUNT_WITNESS)
    if not paths:
        return []
    query = select(Round, Place, RingAnswers.round_id, CountWitness.body)
    query = query.join(Place, col(Place.id) == col(Round.village_id))
    query = query.outerjoin(RingAnswers, col(RingAnswers.round_id) == col(Round.id))
    query = query.outerjoin(CountWitness, and_(col(CountWitness.round_id) == col(Round.id), col(CountWitness.fits)))
    query = query.where(or_(*(col(Place.path).startswith(path) for path in paths)))
    query = query.where(or_(and_(col(RingAnswers.round_id).is_(None), col(Round.state).in_(ringing.CLOSED)),
                            col(Round.state) == COUNTED))
    rows = session.exec(query.order_by(col(Round.closes_at))).all()
    rounds = {round_.id: (round_, village, rung) for round_, village, rung, _body in rows}
    spoken = {(round_.id, body) for round_, _village, _rung, body in rows}
    found = []
    for round_, village, rung in rounds.values():
        if not rung and actor.may(Permission.ROUND_WATCH, village.path):
            found.append(_to_ring(round_, village))
        body = body_of(actor, village.path)
        if round_.state == COUNTED and body and (round_.id, body) not in spoken:
            found.append(_to_witness(round_, village))
    return found


def _to_ring(round_: Round, village: Place) -> Task:
    return Task(
        phrase=N_("Appraisal %(year)s has closed. To ring, drawn by lot: %(called)s"), act=N_("Whom to ring"),
        endpoint="ballots.ring", place=village.name, place_en=village.name_en,
        due=date.fromisoformat(round_.rules["result_by"]),
        params={"year": round_.year, "called": ringing.called(round_)},
        values={"code": village.code, "round": round_.id},
    )


def _to_witness(round_: Round, village: Place) -> Task:
    return Task(
        phrase=N_("Appraisal %(year)s is counted: say whether it is the count that you signed"), act=N_("Compare"),
        endpoint="ballots.witness", place=village.name, place_en=village.name_en,
        due=date.fromisoformat(round_.rules["result_by"]), params={"year": round_.year},
        values={"code": village.code, "round": round_.id},
    )


def _task(round_: Round, village: Place, now: datetime) -> Task:
    phrase, act, due = _asked(round_, now)
    return Task(
        phrase=phrase, act=act, endpoint="ballots.manage", place=village.name, place_en=village.name_en, due=due,
        params={"year": round_.year}, values={"code": village.code, "round": round_.id},
        waiting=round_.state in {"frozen", "open"} and now < round_.closes_at,
    )


def _asked(round_: Round, now: datetime) -> tuple[str, str, date | None]:
    """Return the sentence, the word on the link and the day of a round's next step."""
    closes = local_day(round_.closes_at)
    if round_.state == DRAFT:
        opens = local_day(round_.opens_at)
        return N_("Appraisal %(year)s is prepared: freeze the rules, print the slips"), N_("Freeze"), opens
    if round_.state == CLOSED or (round_.state not in {COUNTED, PUBLISHED} and now >= round_.closes_at):
        return N_("Appraisal %(year)s has closed: count it"), N_("Count"), closes
    if round_.state == COUNTED:
        result_by = date.fromisoformat(round_.rules["result_by"])
        return N_("Appraisal %(year)s is counted: publish it"), N_("Publish the result"), result_by
    if round_.state == PUBLISHED:
        return N_("Appraisal %(year)s: say what follows from the result"), N_("What follows"), consequence.due(round_)
    if now < round_.opens_at:
        return N_("Appraisal %(year)s: the rules are settled, the vote opens"), N_("Look"), local_day(round_.opens_at)
    return N_("Appraisal %(year)s: people are voting"), N_("Look"), closes
