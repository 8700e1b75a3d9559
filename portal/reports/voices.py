"""Voice slips of a village: the town issues them, the log gets a number and a hash, the digits come out shuffled."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from random import SystemRandom

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import service as places
from portal.places.models import Place
from portal.reports import rules
from portal.slips import voice

FEWEST = 10
"""Slips printed at once: fewer would tie a slip's four quarters to each other, for whoever has the store twice."""
TOO_FEW = N_("Print at least %(least)s at once: what is printed together hides each single slip.")
TOO_MANY = N_("One slip for each adult and year: %(left)s more can be printed.")


def issue(stores: Stores, now: datetime, folder: Path, village: Place, year: int, number: int) -> list[str]:
    """Issue slips of a year; return their digits in no order, kept nowhere. `folder` is where the peppers lie.

    Raises Refused for fewer than FEWEST, or when there would be more slips than adults; counted under the store's
    lock, whoever else prints.
    """
    with stores.booth.write() as booth:
        printed = max(number_ for number_, _used in voice.drawn(booth, village.id, year).values())
        if number < FEWEST:
            raise Refused(TOO_FEW, field="number", least=FEWEST)
        if printed + number > village.adults:
            raise Refused(TOO_MANY, field="number", left=max(village.adults - printed, 0))
        codes = voice.issue(booth, folder, village.id, year, number)
        commitment = voice.commitment(booth, village.id, year)
    stores.booth.empty_log()
    with stores.portal.write() as session:
        places.record_act(session, now, village, "slips:issued", purpose="voice", electorate="adults", printed=number,
                          commitments=commitment)
    SystemRandom().shuffle(codes)
    return codes


def spoke(drawn: Mapping[str, tuple[int, int]], today: date) -> dict[str, str]:
    """Return the band of the slips used in each quarter that is over; of the one that runs, and later ones, nothing.

    A number that grows while somebody looks at it tells the town when the report came, which waits for its batch.
    """
    running = voice.quarter_of(today)
    return {quarter: rules.band(used) if quarter < running else "" for quarter, (_printed, used) in drawn.items()}
