"""The keys of the sketches by which pasted copies are told apart (reports.md, storage: the key rotates).

Copies are sought among reports of one village and ISO week, so a key serves one of each. When the week is over the
key is destroyed: nobody can try any more whether a sketch fits words that they guess.
"""

import hashlib
import hmac
from datetime import date, timedelta
from pathlib import Path

from portal.core.clock import iso_week
from portal.slips import peppers

PREFIX = "sketch-"


def key(folder: Path, day: date, village_id: str) -> bytes:
    """Return the key for reports about a village in the week of a day; `folder` is where the peppers lie."""
    weekly = peppers.make(folder, PREFIX + iso_week(day))
    return hmac.new(weekly, village_id.encode(), hashlib.sha256).digest()


def turn(folder: Path, day: date) -> None:
    """Make the key of a day's week, and on a week's last day that of the next one; destroy all others.

    Made with the first report, its file would be as old as that report, to the second.
    """
    kept = {PREFIX + iso_week(day), PREFIX + iso_week(day + timedelta(days=1))}
    for name in kept:
        peppers.make(folder, name)
    for path in folder.glob(PREFIX + "*"):
        if path.name not in kept:
            peppers.destroy(folder, path.name)
