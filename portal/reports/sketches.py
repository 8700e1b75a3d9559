"""The keys of the sketches by which pasted copies are told apart (reports.md, storage: the key rotates).

Copies are sought among reports of one village and ISO week, so a key serves one of each. When the week is over the
key is destroyed: nobody can try any more whether a sketch fits words that they guess.
"""

import hashlib
import hmac
from datetime import date
from pathlib import Path

from portal.core.clock import iso_week
from portal.slips import peppers

PREFIX = "sketch-"


def key(folder: Path, day: date, village_id: str) -> bytes:
    """Return the key for reports about a village in the week of a day; `folder` is where the peppers lie."""
    weekly = peppers.make(folder, PREFIX + iso_week(day))
    return hmac.new(weekly, village_id.encode(), hashlib.sha256).digest()


def forget(folder: Path, day: date) -> None:
    """Destroy the keys of all weeks but that of a day."""
    for path in folder.glob(PREFIX + "*"):
        if path.name != PREFIX + iso_week(day):
            peppers.destroy(folder, path.name)
