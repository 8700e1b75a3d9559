"""Voice slips of a village: the town issues them, the log gets a number and a hash, the digits come out shuffled."""

from datetime import datetime
from pathlib import Path
from random import SystemRandom

from portal.core.db import Stores
from portal.places import service as places
from portal.places.models import Place
from portal.slips import voice


def issue(stores: Stores, now: datetime, folder: Path, village: Place, year: int, number: int) -> list[str]:
    """Issue slips of a year; return their digits in no order, kept nowhere. `folder` is where the peppers lie."""
    with stores.booth.write() as booth:
        codes = voice.issue(booth, folder, village.id, year, number)
        commitment = voice.commitment(booth, village.id, year)
    with stores.portal.write() as session:
        places.record_act(session, now, village, "slips:issued", purpose="voice", electorate="adults", printed=number,
                          commitments=commitment)
    SystemRandom().shuffle(codes)
    return codes
