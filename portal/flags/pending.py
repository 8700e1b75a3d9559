"""The proposal that waits for its second person: finding it, and letting it lapse when nobody can confirm it."""

from datetime import datetime

from sqlmodel import Session, col, select

from portal.flags import stored
from portal.flags.models import Clearing, Flag, Proposal
from portal.flags.raising import add_event, record
from portal.places import queries as places
from portal.places.models import Place


def waiting(session: Session, flag_id: str) -> Proposal | None:
    """Return the proposal over a flag that waits for its second person, or None."""
    return session.exec(select(Proposal).where(Proposal.flag_id == flag_id, Proposal.state == "waiting")).first()


def newest(session: Session, flag_id: str) -> Proposal | None:
    """Return the newest proposal over a flag, whatever became of it."""
    query = select(Proposal).where(Proposal.flag_id == flag_id)
    return session.exec(query.order_by(col(Proposal.proposed_at).desc(), col(Proposal.id)).limit(1)).first()


def asked(session: Session, path: str, proposal_id: str, person_id: str) -> tuple[Proposal, Flag, Place] | None:
    """Return a proposal at or below a path of which this person is the second, with its flag and village.

    None for anybody else's as for one that there isn't, and once a clearing took the flag's place.
    """
    query = (
        select(Proposal, Flag, Place)
        .join(Flag, col(Flag.id) == col(Proposal.flag_id))
        .join(Place, col(Place.id) == col(Flag.village_id))
        .outerjoin(Clearing, col(Clearing.flag_id) == col(Flag.id))
        .where(Proposal.id == proposal_id, Proposal.second_by == person_id, col(Place.path).startswith(path),
               col(Clearing.id).is_(None))
    )
    return session.exec(query).first()


def step(session: Session, now: datetime, flag: Flag, row: Proposal, kind: str, by: str = "") -> None:
    """Note a step of a proposal among the flag's notes and in the district's log."""
    add_event(session, now, flag, kind, by)
    content = stored.content_hash({
        "flag": flag.id, "proposal": row.id, "step": kind, "by": by, "second": row.second_by, "choice": row.choice,
        "reasons": row.reasons, "figures": row.figures, "why": row.why,
    })
    record(session, now, flag, places.get(session, flag.village_id), "flag:step", step=kind, content=content)


def settle(session: Session, now: datetime, row: Proposal, state: str, by: str = "") -> None:
    """Let a proposal wait no longer."""
    row.state, row.settled_by, row.settled_at = state, by, now
    session.add(row)
    session.flush()


def lapse(session: Session, now: datetime, flag: Flag, without: str | None = None) -> None:
    """End the proposal that waits over a flag, if there is one; `without`: only if this person has a part in it."""
    row = waiting(session, flag.id)
    if row is not None and without in {None, row.proposed_by, row.second_by}:
        settle(session, now, row, "lapsed")
        step(session, now, flag, row, "lapsed")
