"""While a flag is open nobody moves the ground that it stands on: adults, categories, thresholds.

`portal.everything` loads this, so every caller of `places.service` meets it.
"""

from datetime import datetime

from sqlmodel import Session

from portal.core.words import N_
from portal.flags import queries
from portal.places import queries as places
from portal.places import service
from portal.places.models import Place

OPEN = N_("The town is looking at a village here. Until that is settled nobody changes what it rests on.")
GROUND = ("flags.", "reports.", service.ADULTS)


def nothing_moves(session: Session, now: datetime, place: Place, key: str) -> None:  # noqa: ARG001 - a guard's shape
    """Raise Forbidden when a change would touch a village over which a flag is open. Money and dates may change.

    Adults are asked of the whole town: its villages are each other's measure (`flags.md`, baseline), and a refusal
    for one village alone would tell which one is looked at.
    """
    above = places.parent(session, place) if key == service.ADULTS else place
    if key.startswith(GROUND) and queries.live_below(session, (above or place).path):
        raise service.Forbidden(OPEN)


service.GUARDS.append(nothing_moves)
