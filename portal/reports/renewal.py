"""A new desk key each year, the end of old ones, and what helps when an office has lost its key for good.

The old private half is sealed to the new key, so that whoever opens the new one still reads what is in hand; once
the last case sealed to it can't be reopened any more, it is destroyed, and with it every copy that it opened.
A key that nobody can open is declared lost by the district, which then seals its own copies anew for the town.
A report's commitment keeps binding the copies as they were filed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlmodel import Session, col, delete, select

from portal.core import digits
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.words import N_
from portal.log import service as log
from portal.places.models import Place
from portal.reports import keys, offline, queries, rules, sealing
from portal.reports.models import Message, OfficeKey, OfficeKeyCopy, Report, ReportBody, Unlocked
from portal.roles import Actor


@dataclass(frozen=True)
class Resealed:
    """How many messages and photos a town got anew, and how many the district's key does not open either."""

    sealed: int
    unreadable: int


def ring(session: Session, opened: keys.Open) -> dict[str, PrivateKey]:
    """Return every private half that an open key leads to, by key id: its own, and the retired ones' it guards."""
    found = {opened.key_id: opened.private}
    query = select(OfficeKey).where(OfficeKey.place_id == opened.place_id, OfficeKey.next_id == opened.key_id)
    for old in session.exec(query).all():
        if old.held is not None:
            found[old.id] = PrivateKey(SealedBox(opened.private).decrypt(old.held))
    return found


def rotate(session: Session, now: datetime, actor: Actor, office: Place, opened: keys.Open | None,
           new: keys.Fresh) -> str:
    """Replace an office's open key by a new one; return the passphrase of whoever does it, shown once.

    Colleagues get new copies, as for a first key. Raises Refused unless the key is open.
    """
    key = queries.active_key(session, office.id)
    if key is None or opened is None or opened.key_id != key.id:
        raise Refused(N_("Open the key first: the new one takes over what the old one opens."))
    halves = ring(session, opened)
    _retire(session, key, local_day(now))
    made, private = keys.new_key(session, now, office)
    for key_id, half in halves.items():
        old = session.get_one(OfficeKey, key_id)
        old.held, old.next_id = bytes(SealedBox(PublicKey(made.public)).encrypt(bytes(half))), made.id
        session.add(old)
    return keys.wrap_for(session, private, made.id, actor.person_id, new)


def _retire(session: Session, key: OfficeKey, today: date) -> None:
    """Take a key out of use: no copy of it opens anything any more."""
    key.retired_on = today
    session.add(key)
    session.exec(delete(OfficeKeyCopy).where(col(OfficeKeyCopy.key_id) == key.id))
    session.exec(delete(Unlocked).where(col(Unlocked.key_id) == key.id))
    session.flush()


def lose(session: Session, now: datetime, actor: Actor, office: Place) -> None:
    """Declare that nobody can open an office's key any more; its officers then make a first one anew.

    Raises Refused where the office has no key.
    """
    key = queries.active_key(session, office.id)
    if key is None:
        raise Refused(N_("This office has no key that could be lost."))
    give_up(session, now, actor, office, key)


def give_up(session: Session, now: datetime, actor: Actor, office: Place, key: OfficeKey) -> None:
    """Take a lost key out of use, and with it the retired keys that it guards; the log has it."""
    today, known_as = local_day(now), keys.logged(key)
    if key.offline:
        key.retired_on, known_as = key.retired_on or today, digits.tidy(offline.fingerprint(key.public))
    else:
        _retire(session, key, today)
    for old in (key, *session.exec(select(OfficeKey).where(OfficeKey.next_id == key.id)).all()):
        if old.destroyed_on is None:
            old.held, old.lost_on = None, today
            session.add(old)
    log.append(session, office.unit, today, "key:lost", office=office.code, fingerprint=known_as)
    keys.note(session, now, actor, office.id, kind="lost")


def destroy(stores: Stores, now: datetime) -> int:
    """Destroy each retired key whose cases are all closed for good; return how many."""
    today = local_day(now)
    with stores.portal.read() as session:
        held = set(session.exec(select(OfficeKey.id).where(col(OfficeKey.held).is_not(None))).all())
    if not held:
        return 0
    with stores.vault.read() as vault:
        over = held - in_use(vault, held, today)
    if over:
        with stores.portal.write() as session:
            for key_id in over:
                key = session.get_one(OfficeKey, key_id)
                key.held, key.destroyed_on = None, today
                session.add(key)
        stores.portal.empty_log()
    return len(over)


def in_use(vault: Session, key_ids: Collection[str], today: date) -> set[str]:
    """Return those keys that open a case which is open, or may still be reopened."""
    query = select(ReportBody.key_id, Report.state, Report.closed_week).distinct()
    query = query.join(Report, col(Report.id) == col(ReportBody.report_id)).where(col(ReportBody.key_id).in_(key_ids))
    return {key_id for key_id, state, closed_week in vault.exec(query).all()
            if state != "closed" or today <= rules.reopen_until(closed_week)}


def reseal(vault: Session, halves: Mapping[str, PrivateKey], town_key: OfficeKey, usable: Collection[str],
           village_ids: Collection[str]) -> Resealed:
    """Seal for a town, from the district's copies, all that the town may read and its `usable` keys don't open.

    What concerns the town's own people it gets no copy of, now as before.
    """
    same = (col(Message.report_id) == col(ReportBody.report_id)) & (col(Message.number) == col(ReportBody.number))
    query = select(ReportBody).join(Report, col(Report.id) == col(ReportBody.report_id)).join(Message, same)
    query = query.where(col(Report.village_id).in_(village_ids), col(Report.to_town).is_(True),
                        col(Message.to_town).is_(True))
    sealed = unreadable = 0
    for copy in vault.exec(query.where(ReportBody.reader == "district")).all():
        at = (copy.report_id, copy.number, copy.part, "town")
        theirs = vault.get(ReportBody, at)
        if theirs is not None and theirs.key_id in usable:
            continue
        try:
            content = sealing.unseal(halves[copy.key_id], copy.sealed)
        except (KeyError, sealing.Unreadable):
            unreadable += 1
            continue
        theirs = theirs or ReportBody(report_id=copy.report_id, number=copy.number, part=copy.part, reader="town",
                                      sealed=b"")
        theirs.key_id, theirs.sealed = town_key.id, sealing.seal(town_key.public, content)
        vault.add(theirs)
        sealed += 1
    return Resealed(sealed, unreadable)
