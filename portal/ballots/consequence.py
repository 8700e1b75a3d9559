"""What follows from a result: the town says so once, in public, with its reason (domain.md 3.2, the last state).

It is chosen among what fits the words in which the grade was told. Where those are rough so that they tell on nobody,
a commendation or a harder measure would say after all what the grade was. A measure against a person is none of these:
it comes out of a review, in which the secretary is heard (flags.md).
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.ballots.models import Round
from portal.ballots.rules import VOID
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.service import record_act

GOOD, POOR = ("carry_on", "talk"), ("talk", "rectify")
FITS: dict[str, tuple[str, ...]] = {
    "excellent": ("commend", "carry_on"), "competent": GOOD, "met": GOOD, "": GOOD,
    "basic": POOR, "not": POOR, "unmet": POOR,
}
"""Told grade ("" where it is held back) -> what may follow."""
LONGEST = 300


def fitting(told: str, *, talk: bool) -> tuple[str, ...]:
    """Return what may follow from a grade as it was told; none from a void round.

    `talk`: the page says that so many villagers said “not competent” that a talk follows whatever the grade. Where it
    may not say so, the town reads it at its desk, and what it chooses must not be the only choice.
    """
    found = FITS.get(told, ())
    return tuple(dict.fromkeys(("talk", *(each for each in found if each in POOR)))) if talk and found else found


def due(round_: Round) -> date | None:
    """Return the day by which the town says what follows from a result; None while there is none, or a void one."""
    if round_.published_on is None or round_.told == VOID:
        return None
    return round_.published_on + timedelta(days=round_.rules["consequence_days"])


def record(session: Session, now: datetime, round_: Round, kind: str, reason: str) -> None:
    """Say what follows from a published result, once. Raises Refused."""
    if due(round_) is None:
        raise Refused(N_("Something follows only from a published result that counts."))
    if round_.consequence:
        raise Refused(N_("What follows was said already; it stays as it is."))
    if kind not in fitting(round_.told, talk=round_.talk_told):
        raise Refused(N_("Choose one that fits the result as it was published."), field="consequence")
    if not reason.strip():
        raise Refused(N_("Write the reason: everybody reads it."), field="reason")
    round_.consequence, round_.consequence_reason = kind, reason.strip()
    round_.consequence_on = local_day(now)
    session.add(round_)
    record_act(session, now, places.get(session, round_.village_id), "round:followed", round=round_.id,
               consequence=kind)
