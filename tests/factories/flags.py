"""Weeks of counts that stay under, or go over, a village's line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.flags import service
from portal.flags.models import Flag
from portal.flags.rules import Week
from tests.factories.places import District

CALM = (Week(),) * 52
LOUD = (*(Week(),) * 46, *(Week(voice=4, serious_voice=2, confirmed=1, open_rest=1, particulars=1),) * 6)
"""Six weeks of four slips and one confirmed open report each: over the line of any village up to 5,000 adults."""


def check_weeks(session: Session, district: District, now: datetime, town: str,
                weeks: Mapping[str, Sequence[Week]], times: int = 3) -> list[Flag]:
    """Run the weekly check as the clock would: `times` Mondays in a row up to `now`; weeks by short code."""
    opened: list[Flag] = []
    for back in range(times - 1, -1, -1):
        seen = {district[short].id: list(found)[: len(found) - back] for short, found in weeks.items()}
        opened += service.weekly(session, now - timedelta(weeks=back), district[town], seen,
                                 commitments=dict.fromkeys(seen, "ab" * 32),
                                 confirmed_by=dict.fromkeys(seen, ("p1", "p2")))
    return opened


def loud_flag(session: Session, district: District, now: datetime, village: str = "nanwan",
              town: str = "baisha") -> Flag:
    """Return a flag that the rule itself raised over one loud village among calm ones."""
    shorts = [short for short, place in district.places.items() if place.parent_id == district[town].id]
    weeks = {short: LOUD if short == village else CALM for short in shorts}
    return next(flag for flag in check_weeks(session, district, now, town, weeks)
                if flag.village_id == district[village].id)
