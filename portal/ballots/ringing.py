"""The district's ring on the store `portal`: whom to ring after the close, and the counts of what they answered."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from portal.ballots import ring, rules
from portal.ballots.models import RingAnswers, Round
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.service import record_act

CLOSED = ("closed", "counted", "published")


@dataclass(frozen=True)
class Counts:
    """How many answered, and how many said yes and no to each question; the rest of them would not say."""

    answered: int
    own_yes: int
    own_no: int
    self_yes: int
    self_no: int


def draw(round_: Round) -> dict[str, list[int]]:
    """Return the places on the rolls that are rung, by electorate; empty before the close."""
    if round_.state not in CLOSED or not round_.closing:
        return {}
    the_seed = ring.seed(bytes.fromhex(round_.ring_secret), bytes.fromhex(round_.closing))
    return ring.all_drawn(the_seed, round_.sizes, round_.rules["ring_share"])


def called(round_: Round) -> int:
    """Return how many are rung in a round."""
    return sum(ring.number(size, round_.rules["ring_share"]) for size in round_.sizes.values())


def record(session: Session, now: datetime, round_: Round, counts: Counts) -> RingAnswers:
    """Keep the counts of a ring, once. Raises Refused before the close, a second time, and for what can't be."""
    if round_.state not in CLOSED:
        raise Refused(N_("People are rung after the vote has closed."))
    if session.get(RingAnswers, round_.id) is not None:
        raise Refused(N_("The answers of this ring are entered already. They can’t be changed."))
    whole = called(round_)
    if counts.answered > whole:
        raise Refused(N_("Only %(called)s people were drawn."), field="answered", called=whole)
    for question, said in (("own", counts.own_yes + counts.own_no), ("self", counts.self_yes + counts.self_no)):
        if said > counts.answered:
            raise Refused(N_("More yes and no than people who answered."), field=f"{question}_yes")
    row = RingAnswers(round_id=round_.id, called=whole, **asdict(counts))
    session.add(row)
    record_act(session, now, places.get(session, round_.village_id), "round:rung", round=round_.id,
               answers=rules.hash_of({"round": round_.id, "called": whole, **asdict(counts)}))
    return row


def shown(row: RingAnswers, least: int) -> tuple[ring.Shown, ring.Shown, ring.Shown]:
    """Return what everybody may see of a ring: who answered, who got the slip, who filled it in."""
    return ring.shown(row.called, row.answered, row.own_yes, row.self_yes, least)
