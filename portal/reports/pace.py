"""One line for everybody once wrong receipts come too fast. It counts guesses, not people: no address is known.

Nobody stands in the line at our door: whoever has to wait is answered at once, and takes away a proof of the place. A
request that slept here would keep voters waiting. While there is no line only wrong receipts move it; a place in it is
taken before anybody knows whether the digits are right, so it tells nothing of anybody who reports.
"""

import hashlib
import hmac
from datetime import datetime

from sqlmodel import Session, col, delete

from portal.core.db import Stores
from portal.reports import queries, rules
from portal.reports.models import ReceiptPace, Report
from portal.reports.receipts import Receipt, derive

PLACE_HOLDS = 60.0  # seconds that a place is kept once its turn has come; so long the line can't be saved up


class Busy(Exception):
    """Too many wrong receipts: everybody is asked to send again in `wait` seconds.

    `place` proves then that these digits have stood in line; "" where the line was too long to take a place.
    """

    def __init__(self, wait: float, place: str = "") -> None:
        super().__init__()
        self.wait, self.place = wait, place


def line(vault: Session) -> float:
    """Return when the next guess may be looked at, in seconds since the epoch."""
    row = vault.get(ReceiptPace, 1)
    return row.next_at if row else 0.0


def take_turn(vault: Session, now: datetime) -> float | None:
    """Take a place in the line; return the seconds to wait, or None when the line is too long."""
    row = vault.get(ReceiptPace, 1) or ReceiptPace()
    wait = rules.wait_for(row.next_at, now.timestamp())
    if wait is not None:
        row.next_at = rules.after_miss(row.next_at, now.timestamp())
        vault.add(row)
    return wait


def missed(vault: Session, now: datetime) -> None:
    """Note a wrong receipt that was looked at while nobody stood in line."""
    row = vault.get(ReceiptPace, 1) or ReceiptPace()
    row.next_at = rules.after_miss(row.next_at, now.timestamp())
    vault.add(row)


def forget(vault: Session, now: datetime) -> None:
    """Forget a line that is over: it says to the second when somebody last typed digits."""
    vault.exec(delete(ReceiptPace).where(col(ReceiptPace.next_at) <= now.timestamp()))


def find(stores: Stores, now: datetime, secret: bytes, receipt: str, *, issued: bool,
         place: str = "") -> tuple[Report, Receipt] | None:
    """Return the report that sixteen digits find, with its key, or None. Raises Busy; never waits itself.

    `issued` digits come with our own proof that they are real (from a page that showed the case), so they
    never stand in line. `place` is what Busy gave for the same digits, whose turn has come by now.
    """
    queued = not issued and _stood(secret, receipt, place, now)
    if not issued and not queued:
        _stand_in_line(stores, now, secret, receipt)
    derived = derive(secret, receipt)
    with stores.vault.read() as vault:
        report = queries.by_lookup(vault, derived.lookup)
    if report is None and not queued and not issued:
        with stores.vault.write() as vault:
            missed(vault, now)
    return (report, derived) if report else None


def _stand_in_line(stores: Stores, now: datetime, secret: bytes, receipt: str) -> None:
    """Do nothing while there is no line, else take a place in it. Raises Busy."""
    with stores.vault.read() as vault:
        turn = line(vault)
    if turn <= now.timestamp():
        return
    wait = rules.wait_for(turn, now.timestamp())
    if wait is not None:  # a line that is too long costs no write
        with stores.vault.write() as vault:
            wait = take_turn(vault, now)
    if wait is None:
        raise Busy(rules.LONGEST_WAIT)
    raise Busy(wait, _place(secret, receipt, f"{now.timestamp() + wait:.3f}"))


def _place(secret: bytes, receipt: str, turn: str) -> str:
    """Return the proof that a receipt may be looked at from a moment on: for these digits and no others."""
    mark = hmac.new(secret, f"place|{turn}|{receipt}".encode(), hashlib.sha256)
    return f"{turn}.{mark.hexdigest()[:32]}"


def _stood(secret: bytes, receipt: str, place: str, now: datetime) -> bool:
    """Tell whether a place in the line is these digits' own and not too old. Raises Busy when it comes too early."""
    turn = place.rpartition(".")[0]
    if not place.isascii() or not hmac.compare_digest(place, _place(secret, receipt, turn)):
        return False
    wait = float(turn) - now.timestamp()
    if wait > 0:
        raise Busy(wait, place)
    return wait >= -PLACE_HOLDS
