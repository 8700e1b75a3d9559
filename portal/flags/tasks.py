"""What a flag asks of the town, and of the district once the town let its days pass."""

from datetime import datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.flags import queries
from portal.flags.models import Flag
from portal.places.models import Place
from portal.roles import Actor, Permission

TRIAGE = N_("Decide whether to open a review")
REVIEW = N_("Close the review with its outcome")
LATE = N_("Not settled in time at the town")
DETAILS = {
    "count": N_("Over the line several weeks in a row. Read the sheet; two people decide, with reasons"),
    "facts": N_("Confirmed facts in a small village. Read the sheet; two people decide, with reasons"),
    "overdue": N_("A disclosure is still missing long after the notice. Two people decide, with reasons"),
}
REVIEW_DETAIL = N_("Two people close it, with reasons")
LATE_DETAIL = N_("The town's days are over; ask the town, or send somebody")


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return the flags that wait for this person: to decide, or, at the district, that the town left. One query."""
    decides, reads = actor.paths(Permission.FLAG_DECIDE), actor.paths(Permission.FLAG_READ)
    rows = queries.waiting(session, sorted({*decides, *reads}))
    own = [grant.path for grant in actor.grants]
    lines = []
    for flag, village, town in rows:
        if any(path.startswith(village.path) for path in own):
            continue
        if any(village.path.startswith(path) for path in decides):
            lines.append(_task(flag, village, town, TRIAGE if flag.state == "triage" else REVIEW,
                               DETAILS[flag.cause] if flag.state == "triage" else REVIEW_DETAIL))
        elif flag.due < local_day(now):
            lines.append(_task(flag, village, town, LATE, LATE_DETAIL))
    return lines


def _task(flag: Flag, village: Place, town: Place, phrase: str, detail: str) -> Task:
    return Task(phrase=phrase, detail=detail, act=N_("Read the sheet"), endpoint="flags.one",
                values={"code": town.code, "flag_id": flag.id},
                place=village.name, place_en=village.name_en, due=flag.due)
