"""Makes a town's digest once a week and the district's once a month, and mails them where a mail host is set."""

import logging
import re
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any

from sqlmodel import Session

from portal.accounts import queries as people
from portal.config import Mail
from portal.core.clock import add_weeks, iso_week, local_day
from portal.core.db import Stores
from portal.core.months import before
from portal.digests import month, queries, wording
from portal.digests.models import Digest
from portal.places.models import Place
from portal.roles import GRANTS, Permission, Role

log = logging.getLogger("portal")
SECONDS = 20
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*", re.ASCII)

Gather = Callable[[Stores, Session, datetime, Place], dict[str, Any]]


def weekly(stores: Stores, now: datetime, town: Place, mail: Mail, base_url: str = "") -> bool:
    """Make a town's digest of the week that is over, unless it was made; mail it. Tell whether it was made now.

    A digest that could not be mailed is kept and mailed by a later call.
    """
    return _once(stores, now, town, add_weeks(iso_week(local_day(now)), -1), queries.gather, mail, base_url)


def monthly(stores: Stores, now: datetime, district: Place, mail: Mail, base_url: str = "") -> bool:
    """Make the district's digest of the month that is over, as `weekly` does for a town."""
    return _once(stores, now, district, before(local_day(now)), month.gather, mail, base_url)


def _once(stores: Stores, now: datetime, place: Place, period: str, gather: Gather, mail: Mail, base_url: str) -> bool:
    with stores.portal.read() as session:
        known = queries.one(session, place.id, period)
        fresh = None if known else _make(gather(stores, session, now, place), now, place, period, base_url)
    with stores.portal.write() as session:
        digest = queries.one(session, place.id, period)
        made = digest is None
        if digest is None:
            assert fresh is not None  # noqa: S101 - digests are only ever added
            digest = fresh
            session.add(digest)
            session.flush()
        recipients = addresses(session, now, place) if mail.host and not digest.sent else []
    if recipients and _send(mail, recipients, digest.mail_text):
        with stores.portal.write() as session:
            session.get_one(Digest, digest.id).sent = True
    return made


def _make(body: dict[str, Any], now: datetime, place: Place, period: str, base_url: str) -> Digest:
    whole = wording.said(body, {"name": place.name, "name_en": place.name_en}, wording.chinese())
    return Digest(place_id=place.id, week=period, made_at=now, body=body,
                  mail_text=wording.mail(whole, f"{base_url}/desk"))


def addresses(session: Session, now: datetime, place: Place) -> list[str]:
    """Return the mail addresses of those who hold a role at a town or the district that reads digests.

    What is no address is left out: it would keep the others from theirs.
    """
    on = local_day(now)
    readers = [role for role in Role if GRANTS[role][0] == place.kind and Permission.DIGEST_READ in GRANTS[role][1]]
    held = [person for role in readers for person in people.holders(session, place.id, role, on)]
    return sorted({person.mail for person in held if ADDRESS.fullmatch(person.mail or "") and person.active})


def _send(mail: Mail, recipients: list[str], text: str) -> bool:
    """Send one mail; tell whether the host took it. A failure is logged without any address."""
    message = EmailMessage()
    try:
        message["Subject"] = text.splitlines()[0]
        message["From"] = mail.sender
        message["To"] = ", ".join(recipients)
        message.set_content(text)
    except (ValueError, LookupError, AttributeError, MessageError) as error:  # a header of two lines, or else broken
        log.warning("a digest can't be written as a mail, look at [mail] in portal.toml: %s", type(error).__name__)
        return False
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=SECONDS) as host:
            host.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        log.warning("a digest could not be mailed: %s", type(error).__name__)
        return False
    return True

