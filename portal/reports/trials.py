"""The trial of a key that lives on a machine without a network: twice a year, with a test report (reports.md, keys).

The desk hands out a sealed file like any other, with twenty digits inside; whoever opens it there reads them aloud,
and the desk compares them. Nothing of it is stored: the digits follow from the key, the day and the portal's secret.
"""

import base64
import hashlib
import hmac
import json
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.core import digits
from portal.core.clock import iso_week, local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import keys, offline, queries, sealing
from portal.reports.models import OfficeKey
from portal.roles import Actor

CASE = "0" * 16
LENGTH = 20
GOOD_FOR = 7  # days from the file to the digits
NO_KEY = N_("There is no such key here to try.")
WRONG = N_("These are not the digits of a trial of the last week. Read them once more, or take a new file.")


def _expected(secret: bytes, key: OfficeKey, day: date) -> str:
    made = hmac.new(secret, f"trial|{key.id}|{day.isoformat()}".encode(), hashlib.sha256).digest()
    plain = str(int.from_bytes(made, "big") % 10 ** (LENGTH - 1)).zfill(LENGTH - 1)
    return plain + digits.damm(plain)


def file_for(session: Session, now: datetime, secret: bytes, office: Place, words: str) -> bytes:
    """Return a trial, sealed to an office's offline key, as JSON; `words` goes before its digits. Raises Refused."""
    key = queries.active_key(session, office.id, offline=True)
    if key is None:
        raise Refused(NO_KEY)
    today = local_day(now)
    text = words + "\n" + " ".join(digits.groups(_expected(secret, key, today)))
    sealed = sealing.seal(key.public, sealing.Words(text).as_bytes())
    part = {"part": 0, "key": offline.fingerprint(key.public), "sealed": base64.b64encode(sealed).decode()}
    message = {"number": 0, "kind": "trial", "week": iso_week(today), "parts": [part]}
    return json.dumps({"format": offline.FORMAT, "case": CASE, "messages": [message], "readers": []}, indent=1).encode()


def passed(session: Session, now: datetime, actor: Actor, secret: bytes, office: Place, typed: str) -> None:
    """Note that an office's offline key opened a trial of the last week. Raises Refused."""
    key, today = queries.active_key(session, office.id, offline=True), local_day(now)
    if key is None:
        raise Refused(NO_KEY)
    right = {_expected(secret, key, today - timedelta(days=back)) for back in range(GOOD_FOR)}
    if digits.tidy(typed) not in right:
        raise Refused(WRONG, field="trial")
    key.drilled_on = today
    session.add(key)
    keys.note(session, now, actor, office.id, kind="drill")
