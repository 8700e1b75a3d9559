"""What the clock does: `portal tick` runs it, as often as anybody likes; each piece acts once a period."""

from collections.abc import Callable
from datetime import datetime

from portal.ballots import service as ballots
from portal.config import Config
from portal.core.clock import iso_week, local_day
from portal.core.db import Stores
from portal.core.jobs import run_once
from portal.digests import service as digests
from portal.disclosures import service as disclosures
from portal.flags import weekly as flag_weeks
from portal.places import queries as places
from portal.reports import service as reports

Say = Callable[[str], None]


def tick(stores: Stores, config: Config, now: datetime, say: Say = lambda _line: None) -> list[str]:
    """Do whatever has fallen due by `now`; return the names of the pieces that acted."""
    day = local_day(now)
    week, today = iso_week(day), day.isoformat()
    pieces: list[tuple[str, str, Callable[[], None]]] = [
        ("disclosures", today, lambda: _write(stores, lambda session: disclosures.tick(session, now))),
        ("reports", today, lambda: reports.tick(stores, now)),
        ("flags", week, lambda: check_flags(stores, now)),
        ("digests", week, lambda: digest_all(stores, config, now)),
    ]
    acted = []
    ballots.tick(stores, config.instance, now)
    for name, period, work in pieces:
        if run_once(stores, now, name, period, work):
            acted.append(name)
            say(name)
    run_once(stores, now, "tick", now.strftime("%Y-%m-%dT%H:%M"), lambda: None)
    return acted
