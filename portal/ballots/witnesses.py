"""The two other bodies stand behind a count, each at its own desk (ballots.md, the flow, step 7: three bodies sign).

At the table each body got the count sheet on paper and signed it. Under its figures stand twenty digits, which follow
from the file that the laptop wrote. A body types the digits of its own paper: they fit only what was counted there, so
no town can hand in another count. No figure of any vote is shown or asked here.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session, col, delete, select

from portal.ballots.counting import mark
from portal.ballots.models import CountWitness, Round
from portal.core.clock import local_day
from portal.core.digits import tidy
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.service import record_act
from portal.roles import GRANTS, Actor, Permission

BODIES = {"supervision": N_("Village supervision committee"), "district": N_("District")}
_OF_KIND = {"village": "supervision", "district": "district"}
LONGEST = 300
OTHER = N_("Your paper has other digits than the count that the town took in. Compare them group by group. If they "
           "stand so on the paper that you signed, say below that it is not the same count.")


def body_of(actor: Actor, path: str) -> str:
    """Return the body for which somebody may stand behind a count of the village with this path, or ""."""
    held = {_OF_KIND.get(GRANTS[grant.role][0], "") for grant in actor.grants
            if Permission.COUNT_WITNESS in GRANTS[grant.role][1] and path.startswith(grant.path)}
    return next(iter(held)) if len(held) == 1 else ""


def said(session: Session, round_id: str) -> dict[str, CountWitness]:
    """Return what the bodies said of a round's newest count, by body. One query."""
    rows = session.exec(select(CountWitness).where(CountWitness.round_id == round_id)).all()
    return {row.body: row for row in rows}


def forget(session: Session, round_: Round) -> None:
    """Forget what was said of an earlier count: a new one is another sheet."""
    session.exec(delete(CountWitness).where(col(CountWitness.round_id) == round_.id))


def speak(session: Session, actor: Actor, now: datetime, round_: Round, digits: str, reason: str = "") -> None:
    """Say for one's body that a count is the one that was signed (`digits` from the paper), or with a reason that not.

    The second tap of the same word changes nothing. Raises Refused.
    """
    village = places.get(session, round_.village_id)
    body = body_of(actor, village.path)
    if not body or actor.may(Permission.ROUND_MANAGE, village.path) or actor.person_id == round_.subject_id:
        raise Refused(N_("Only the supervision committee and the district stand behind a count, and nobody for two "
                         "bodies."))
    if round_.state != "counted":
        raise Refused(N_("There is no count here that waits for your word."))
    fits = not reason
    if fits and tidy(digits) != tidy(mark(round_.sheet_commit)):
        raise Refused(OTHER, field="digits")
    before = session.get(CountWitness, (round_.id, body))
    if before is not None and before.fits == fits:
        return
    if before is not None:
        session.delete(before)
        session.flush()
    session.add(CountWitness(round_id=round_.id, body=body, person_id=actor.person_id, fits=fits, reason=reason,
                             said_on=local_day(now)))
    record_act(session, now, village, "round:witnessed", round=round_.id, body=body, fits=fits)


def missing(found: Mapping[str, CountWitness]) -> list[str]:
    """Return the bodies that have not said that a count is the one they signed."""
    return [body for body in BODIES if body not in found or not found[body].fits]


def require(session: Session, now: datetime, round_: Round) -> None:
    """Raise Refused while a count may not be published for want of a body's word.

    After the day by which the result is due, silence or the word of the committee alone holds nothing up: it is
    published beside the result. What the district did not sign is never published.
    """
    found = said(session, round_.id)
    open_ = missing(found)
    over = local_day(now) > date.fromisoformat(round_.rules["result_by"])
    against = found.get("district")
    if open_ and (not over or (against is not None and not against.fits)):
        raise Refused(N_("Three bodies signed the count. Two of them say at their own desks that it is this one: the "
                         "supervision committee and the district."))
