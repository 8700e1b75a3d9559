"""While a flag is open nobody moves the ground that it stands on: adults, categories, thresholds.

`portal.everything` loads this, so every caller of `places.service` meets it.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import queries
from portal.log import service as log
from portal.places import queries as places
from portal.places import service
from portal.places.models import Place

OPEN = N_("The town is looking at a village here. Until that is settled nobody changes what it rests on.")
GROUND = ("flags.", "reports.", service.ADULTS)


def nothing_moves(session: Session, now: datetime, place: Place, key: str) -> None:  # noqa: ARG001 - a guard's shape
    """Raise Refused when a change would touch a village over which a flag is open. Money and dates may change."""
    if key.startswith(GROUND) and queries.live_below(session, place.path):
        raise Refused(OPEN, field="key")


def change(stores: Stores, now: datetime, place: Place, key: str, work: Callable[[Session], None]) -> None:
    """Do `work`, which changes `key` at a place; a refusal stands in the log before it is raised again."""
    try:
        with stores.portal.write() as session:
            work(session)
    except Refused:
        with stores.portal.write() as session:
            note(session, now, place, key)
        raise


def note(session: Session, now: datetime, place: Place, key: str) -> None:
    """Log a refused change under the town's or district's code: it must not tell the village."""
    above = places.parent(session, place) if place.kind == "village" else place
    district = places.district(session)
    log.append(session, district.unit if district else place.unit, local_day(now), "change:refused",
               place=(above or place).code, key=key)


service.GUARDS.append(nothing_moves)
