"""How a triage ends: one person proposes, a second one confirms or sends back, each from their own session.

Nothing is decided while a proposal waits: the days of the triage run on, and the district has it when they are
over (`waits`). Verbs raise Refused.
"""

from datetime import date, datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, deciding, pending, queries, review, service, stored
from portal.flags.models import Flag, Proposal
from portal.flags.raising import add_event, record
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor, Permission

NOT_YOURS = N_("Only the town’s discipline officer decides this.")
SECOND = N_("Choose the second person from the list: somebody who may confirm it and has no tie to this village.")
REASONS = N_("Write your reasons: the district reads them.")
SETTLED = N_("This was decided already. Open the page again to see by whom.")
TOO_FEW = N_("A review needs %(least)s confirmed particulars; there are %(found)s. Dismiss it with reasons, "
             "or have more particulars confirmed.")
WAITS = N_("A proposal waits for its second person already. Whoever made it may take it back.")
SAME = N_("Whoever proposed it can’t confirm it as well.")
NOT_ASKED = N_("Only the second person who was asked answers this.")
OVER = N_("This proposal waits no longer. Open the page again to see what became of it.")
CHANGED = N_("The figures have changed since this was proposed. Send it back, so that it is decided on the new ones.")
FIRST_OUT = N_("Whoever proposed this may decide nothing here any more. Send it back.")
WHY_BACK = N_("Write why you send it back.")
NOT_YOUR_OWN = N_("Only whoever made a proposal takes it back.")


def figures(session: Session, flag: Flag) -> str:
    """Return the digest over what both people look at: the sheet as it is stored now, and the facts confirmed since."""
    least, found = service.review_needs(session, flag)
    return stored.content_hash({"sheet": stored.content_hash(flag.sheet), "least": least, "found": found})


def propose(session: Session, actor: Actor, now: datetime, flag: Flag, choice: str, reasons: str,
            second_person: str) -> Proposal:
    """Propose a review or its dismissal, and ask a second person to confirm it. Raises Refused.

    `choice`: review or dismiss. By count a review takes enough confirmed particulars; facts and a missing
    disclosure are some.
    """
    village, today = places.get(session, flag.village_id), local_day(now)
    _free(session, actor, flag, village, today)
    if not deciding.may(session, actor, flag, village, today):
        raise Refused(NOT_YOURS)
    if flag.state != "triage":
        raise Refused(SETTLED)
    if not reasons.strip():
        raise Refused(REASONS, field="reasons")
    if second_person not in {person.id for person, *_ in queries.seconds(session, flag, village, actor, today)}:
        raise Refused(SECOND, field="second")
    least, found = service.review_needs(session, flag)
    if choice == "review" and found < least:
        raise Refused(TOO_FEW, field="decision", least=least, found=found)
    before = pending.waiting(session, flag.id)
    if before is not None and stands(session, flag, village, before, today):
        raise Refused(WAITS)
    pending.lapse(session, now, flag)
    row = Proposal(flag_id=flag.id, choice=choice, reasons=reasons.strip(), figures=figures(session, flag),
                   proposed_by=actor.person_id, second_by=second_person, proposed_at=now)
    session.add(row)
    session.flush()
    pending.step(session, now, flag, row, "suggested", actor.person_id)
    return row


def stands(session: Session, flag: Flag, village: Place, row: Proposal, on: date) -> bool:
    """Tell whether both people of a proposal still hold their office, and nothing stands against either."""
    return (row.proposed_by in deciding.ids(session, flag, village, on)
            and row.second_by in queries.able_ids(session, flag, village, Permission.FLAG_CONFIRM, on))


def confirm(session: Session, actor: Actor, now: datetime, row: Proposal) -> None:
    """Let the second person stand behind a proposal: it is the decision from now on. Raises Refused."""
    flag, village = _asked(session, actor, now, row)
    if row.proposed_by not in deciding.ids(session, flag, village, local_day(now)):
        raise Refused(FIRST_OUT)
    if row.figures != figures(session, flag):
        raise Refused(CHANGED)
    pending.settle(session, now, row, "confirmed", actor.person_id)
    flag.state = "review" if row.choice == "review" else "dismissed"
    flag.reasons, flag.decided_on = row.reasons, local_day(now)
    flag.decided_by, flag.second_by = row.proposed_by, actor.person_id
    session.add(flag)
    add_event(session, now, flag, flag.state, actor.person_id)
    reasons = stored.content_hash({"flag": flag.id, "reasons": row.reasons, "by": row.proposed_by,
                                   "second": actor.person_id})
    if row.choice == "review":
        flag.level, flag.due = "F2", review.begin(session, now, flag, village).decide_by
        session.add(flag)
    record(session, now, flag, village, "flag:decided", outcome=flag.state, reasons=reasons)
    if row.choice == "review":
        record(session, now, flag, village, "review:opened")


def send_back(session: Session, actor: Actor, now: datetime, row: Proposal, why: str) -> None:
    """Give a proposal back with what stands against it; the flag waits for another one. Raises Refused."""
    flag, _village = _asked(session, actor, now, row)
    if not why.strip():
        raise Refused(WHY_BACK, field="why")
    row.why = why.strip()
    pending.settle(session, now, row, "returned", actor.person_id)
    pending.step(session, now, flag, row, "sent_back", actor.person_id)


def withdraw(session: Session, actor: Actor, now: datetime, row: Proposal) -> None:
    """Take one's own proposal back while it waits. Raises Refused."""
    flag = session.get_one(Flag, row.flag_id)
    _free(session, actor, flag, places.get(session, flag.village_id), local_day(now))
    if actor.person_id != row.proposed_by:
        raise Refused(NOT_YOUR_OWN)
    if row.state != "waiting":
        raise Refused(OVER)
    pending.settle(session, now, row, "withdrawn", actor.person_id)
    pending.step(session, now, flag, row, "withdrawn", actor.person_id)


def _free(session: Session, actor: Actor, flag: Flag, village: Place, on: date) -> None:
    why = conflicts.why_not(session, actor, flag, village, on)
    if why is not None:
        raise Refused(why)


def _asked(session: Session, actor: Actor, now: datetime, row: Proposal) -> tuple[Flag, Place]:
    """Return the flag and the village of a proposal that waits for this very person. Raises Refused."""
    flag = session.get_one(Flag, row.flag_id)
    village = places.get(session, flag.village_id)
    _free(session, actor, flag, village, local_day(now))
    if actor.person_id == row.proposed_by:
        raise Refused(SAME)
    if actor.person_id != row.second_by or not actor.may(Permission.FLAG_CONFIRM, village.path):
        raise Refused(NOT_ASKED)
    if row.state != "waiting":
        raise Refused(OVER)
    if flag.state != "triage":
        raise Refused(SETTLED)
    return flag, village
