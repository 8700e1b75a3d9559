"""Makes a town's digest once a week, and mails it where a mail host is set; else it waits at the desk."""

import logging
import smtplib
from datetime import datetime
from email.message import EmailMessage

from sqlmodel import Session

from portal.accounts import queries as people
from portal.config import Mail
from portal.core.clock import add_weeks, iso_week, local_day
from portal.core.db import Stores
from portal.digests import queries, wording
from portal.digests.models import Digest
from portal.places.models import Place
from portal.roles import GRANTS, Permission, Role

log = logging.getLogger("portal")
SECONDS = 20


def weekly(stores: Stores, now: datetime, town: Place, mail: Mail, base_url: str = "") -> bool:
    """Make a town's digest of the week that is over, unless it was made; mail it. Tell whether it was made now.

    A digest that could not be mailed is kept and mailed by a later call.
    """
    week = add_weeks(iso_week(local_day(now)), -1)
    with stores.portal.read() as session:
        known = queries.one(session, town.id, week)
        fresh = None if known else _make(stores, session, now, town, base_url)
    with stores.portal.write() as session:
        digest = queries.one(session, town.id, week)
        made = digest is None
        if digest is None:
            assert fresh is not None  # noqa: S101 - digests are only ever added
            digest = fresh
            session.add(digest)
            session.flush()
        recipients = addresses(session, now, town) if mail.host and not digest.sent else []
    if recipients and _send(mail, recipients, digest.mail_text):
        with stores.portal.write() as session:
            session.get_one(Digest, digest.id).sent = True
    return made


def _make(stores: Stores, session: Session, now: datetime, town: Place, base_url: str) -> Digest:
    body = queries.gather(stores, session, now, town)
    whole = wording.said(body, {"name": town.name, "name_en": town.name_en}, wording.chinese())
    return Digest(place_id=town.id, week=body["week"], made_at=now, body=body,
                  mail_text=wording.mail(whole, f"{base_url}/desk"))


def addresses(session: Session, now: datetime, town: Place) -> list[str]:
    """Return the mail addresses of those who hold a role at the town that reads digests."""
    on = local_day(now)
    readers = [role for role in Role if GRANTS[role][0] == "town" and Permission.DIGEST_READ in GRANTS[role][1]]
    held = [person for role in readers for person in people.holders(session, town.id, role, on)]
    return sorted({person.mail for person in held if person.mail and person.active})


def _send(mail: Mail, recipients: list[str], text: str) -> bool:
    """Send one mail; tell whether the host took it. A failure is logged without any address."""
    message = EmailMessage()
    message["Subject"] = text.splitlines()[0]
    message["From"] = mail.sender
    message["To"] = ", ".join(recipients)
    message.set_content(text)
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=SECONDS) as host:
            host.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a digest could not be mailed: %s", type(error).__name__)
        return False
    return True

