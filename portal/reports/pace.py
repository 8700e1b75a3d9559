"""One line for everybody once wrong receipts come too fast. It counts guesses, not people: no address is known.

Only wrong receipts move the line, so the moment that the vault keeps tells nothing of anybody who reports.
"""

import time
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from portal.core.db import Stores
from portal.reports import queries, rules
from portal.reports.models import ReceiptPace, Report
from portal.reports.receipts import Receipt, derive


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


def give_back(vault: Session) -> None:
    """Give back the turn of a right receipt."""
    row = vault.get(ReceiptPace, 1)
    if row is not None:
        row.next_at -= 1 / rules.GUESSES_A_SECOND
        vault.add(row)


class Busy(Exception):
    """Too many wrong receipts: everybody is asked to come back in a few seconds."""


def find(stores: Stores, now: datetime, secret: bytes, receipt: str, *, issued: bool,
         sleep: Callable[[float], None] = time.sleep) -> tuple[Report, Receipt] | None:
    """Return the report that sixteen digits find, with its key, or None. Raises Busy.

    `issued` digits come with our own proof that they are real (from a page that showed the case), so they
    never stand in line.
    """
    queued = False
    if not issued and (wait := _wait(stores, now)) is not None:
        queued = True
        sleep(wait)
    derived = derive(secret, receipt)
    with stores.vault.read() as vault:
        report = queries.by_lookup(vault, derived.lookup)
    if report is None and not queued and not issued:
        with stores.vault.write() as vault:
            missed(vault, now)
    if report is not None and queued:
        with stores.vault.write() as vault:
            give_back(vault)
    return (report, derived) if report else None


def _wait(stores: Stores, now: datetime) -> float | None:
    """Return how long to wait when there is a line, None when there is none. Raises Busy."""
    with stores.vault.read() as vault:
        turn = line(vault)
    if turn <= now.timestamp():
        return None
    if rules.wait_for(turn, now.timestamp()) is None:
        raise Busy
    with stores.vault.write() as vault:
        wait = take_turn(vault, now)
    if wait is None:
        raise Busy
    return wait
