"""Who takes the town's steps over a flag: its discipline officer, and the district once the town let a day pass.

Silence at the town must not be a way out (`flags.md`, F1: silence escalates to the district).
"""

from datetime import date

from sqlmodel import Session

from portal.flags import course, queries
from portal.flags.models import Flag
from portal.places.models import Place
from portal.roles import Actor, Permission


def permissions(session: Session, flag: Flag, on: date) -> tuple[Permission, ...]:
    """Return the permissions of which each opens the town's steps over a flag on a day."""
    row = None if flag.state in {"triage", "dismissed"} else queries.review(session, flag.id)
    over = course.town_is_late(flag, row, on)
    return (Permission.FLAG_DECIDE, Permission.REVIEW_SIGN) if over else (Permission.FLAG_DECIDE,)


def may(session: Session, actor: Actor, flag: Flag, village: Place, on: date) -> bool:
    """Tell whether this person's office may take the town's steps over a flag."""
    return any(actor.may(permission, village.path) for permission in permissions(session, flag, on))


def ids(session: Session, flag: Flag, village: Place, on: date) -> set[str]:
    """Return the ids of everybody who may take the town's steps, and against whom nothing stands."""
    found = (queries.able_ids(session, flag, village, permission, on) for permission in permissions(session, flag, on))
    return set().union(*found)
