"""An office's desk key: made once, wrapped for each officer under a passphrase, open for a quarter of an hour.

The private half is never on disk in a form that the disk alone opens. While an officer works, it lies in
`unlock` sealed under a random key that only that officer's cookie holds, so it works with several processes
and ends with the cookie, the row, or the time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import Semaphore

from argon2.low_level import Type, hash_secret_raw
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from sqlmodel import Session, col, delete, select

from portal.accounts import queries as people
from portal.config import ROOT
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.turns import away
from portal.core.words import N_
from portal.log import service as log
from portal.places.models import Place
from portal.reports import queries, rules
from portal.reports.models import KeyLoss, OfficeKey, OfficeKeyCopy, Opening, Unlocked
from portal.roles import GRANTS, Actor, Permission

WORDS = 6
SALT_BYTES = 16
MEMORY_KIB = 64 * 1024
PASSES = 3
_AT_ONCE = Semaphore(2)
TRY_OPEN = N_("Open the key first: only an open key can be tried.")
BROKEN = N_("The key did not open the trial. Make a new key today, and tell the district.")
OPEN_FIRST = N_("Open the key first: a copy is made from the open key.")
NO_REASON = N_("Say what you open it for: the district reads it.")
WRONG = N_("These words do not open the key. Check each word and try again.")


@dataclass(frozen=True)
class Open:
    """An office's key that one person has open: whose it is, its private half, until when."""

    place_id: str
    key_id: str
    private: PrivateKey
    until: datetime
    why: str = ""


@dataclass(frozen=True)
class Fresh:
    """A new passphrase, and the box that it opens. To be made outside a transaction: it is slow on purpose."""

    passphrase: str
    salt: bytes
    box: SecretBox


@dataclass(frozen=True)
class Tried:
    """An officer's copy that a passphrase opened: whose key, which copy (by its salt), the private half."""

    key_id: str
    salt: bytes
    private: PrivateKey


@cache
def word_list() -> tuple[tuple[str, str], ...]:
    """Return the 2,048 words of passphrases (11 bits each): as typed, and as the word that it stands for."""
    lines = (ROOT / "seed" / "words.txt").read_text("utf-8").splitlines()
    return tuple((typed, word) for typed, _, word in (line.partition(" ") for line in lines))


def new_passphrase() -> str:
    """Return six random words with blanks between them (66 bits)."""
    return " ".join(secrets.choice(word_list())[0] for _ in range(WORDS))


def meaning(passphrase: str) -> list[tuple[str, str]]:
    """Return the words of a passphrase, each with the word that it stands for, to be copied by hand."""
    known = dict(word_list())
    return [(typed, known.get(typed, "")) for typed in passphrase.split()]


def _box(passphrase: str, salt: bytes) -> SecretBox:
    tidy = " ".join(passphrase.lower().split())
    with away(), _AT_ONCE:
        return SecretBox(hash_secret_raw(tidy.encode(), salt, time_cost=PASSES, memory_cost=MEMORY_KIB,
                                         parallelism=1, hash_len=SecretBox.KEY_SIZE, type=Type.ID))


def fresh() -> Fresh:
    """Return a new passphrase with its box. Slow on purpose: ask it outside a transaction."""
    passphrase, salt = new_passphrase(), secrets.token_bytes(SALT_BYTES)
    return Fresh(passphrase, salt, _box(passphrase, salt))


def make_key(session: Session, now: datetime, place: Place, person_id: str, new: Fresh) -> str:
    """Make an office's first desk key; return the passphrase of whoever makes it, shown once and kept nowhere.

    Raises Refused where the office has a key: its officers hand out copies instead.
    """
    if queries.active_key(session, place.id) is not None:
        raise Refused(N_("This office has its key already. A colleague who can open it makes your copy."))
    key, private = new_key(session, now, place)
    return wrap_for(session, private, key.id, person_id, new)


def new_key(session: Session, now: datetime, place: Place) -> tuple[OfficeKey, PrivateKey]:
    """Make a key for an office and tell the log its fingerprint; return it with its private half, kept nowhere."""
    private = PrivateKey.generate()
    key = OfficeKey(place_id=place.id, public=bytes(private.public_key), created_on=local_day(now))
    session.add(key)
    session.flush()
    log.append(session, place.unit, local_day(now), "key:changed", office=place.code, fingerprint=logged(key))
    return key, private


def logged(key: OfficeKey) -> str:
    """Return the fingerprint by which the log knows a key of the desk."""
    return hashlib.sha256(key.public).hexdigest()[:32]


def wrap_for(session: Session, private: PrivateKey, key_id: str, person_id: str, new: Fresh) -> str:
    """Make, or make anew, an officer's copy of a key; return that officer's passphrase, shown once."""
    copy = session.get(OfficeKeyCopy, (key_id, person_id)) or OfficeKeyCopy(
        key_id=key_id, person_id=person_id, salt=b"", wrapped=b""
    )
    copy.salt, copy.wrapped = new.salt, bytes(new.box.encrypt(bytes(private)))
    session.add(copy)
    return new.passphrase


def unwrap(copy: OfficeKeyCopy, passphrase: str) -> PrivateKey:
    """Return the private half from an officer's copy. Raises Refused for a wrong passphrase."""
    return unwrap_with(copy.wrapped, passphrase, copy.salt)


def wrap(private: PrivateKey, passphrase: str, salt: bytes) -> bytes:
    """Return a private half, locked with a passphrase."""
    return bytes(_box(passphrase, salt).encrypt(bytes(private)))


def unwrap_with(wrapped: bytes, passphrase: str, salt: bytes) -> PrivateKey:
    """Return what `wrap` locked. Raises Refused for a wrong passphrase."""
    try:
        return PrivateKey(_box(passphrase, salt).decrypt(wrapped))
    except CryptoError:
        raise Refused(WRONG, field="passphrase") from None


def tried(session: Session, actor: Actor, office: Place, passphrase: str) -> Tried:
    """Return what a passphrase opens of an office's key. Slow on purpose: ask it outside a transaction.

    Raises Refused when the person has no copy or the passphrase is wrong.
    """
    copy = _copy(session, actor, office)
    if copy is None:
        raise Refused(N_("You have no copy of this office’s key yet. A colleague who can open it makes one for you."))
    return Tried(copy.key_id, copy.salt, unwrap(copy, passphrase))


def _copy(session: Session, actor: Actor, office: Place) -> OfficeKeyCopy | None:
    key = queries.active_key(session, office.id)
    return session.get(OfficeKeyCopy, (key.id, actor.person_id)) if key else None


def unlock(session: Session, now: datetime, actor: Actor, office: Place, right: Tried, minutes: int,
           why: str) -> str:
    """Open an office's key for a person's session; return what the cookie holds. Noted for the district, with `why`.

    Raises Refused when the key or the copy is another one since the passphrase was tried, or without a reason.
    """
    if why not in rules.WHYS:
        raise Refused(NO_REASON, field="why")
    copy = _copy(session, actor, office)
    if copy is None or (copy.key_id, copy.salt) != (right.key_id, right.salt):
        raise Refused(WRONG, field="passphrase")
    held = secrets.token_bytes(SecretBox.KEY_SIZE)
    sweep(session, now)
    lock(session, actor.session_id)
    session.exec(delete(KeyLoss).where(col(KeyLoss.key_id) == copy.key_id))  # whoever opens it has not lost it
    session.add(Unlocked(session_id=actor.session_id, key_id=copy.key_id, person_id=actor.person_id,
                         blob=bytes(SecretBox(held).encrypt(bytes(right.private))), why=why,
                         until=now + timedelta(minutes=minutes)))
    note(session, now, actor, office.id, why=why)
    return held.hex()


def opened(session: Session, now: datetime, actor: Actor, held: str) -> Open | None:
    """Return the key that a person has open, or None: never opened, time over, signed out, another's cookie."""
    query = select(Unlocked, OfficeKey).join(OfficeKey, col(OfficeKey.id) == col(Unlocked.key_id))
    found = session.exec(query.where(Unlocked.session_id == actor.session_id)).first()
    if found is None or not held:
        return None
    row, key = found
    if row.until <= now or row.person_id != actor.person_id or key.retired_on is not None:
        return None
    try:
        private = PrivateKey(SecretBox(bytes.fromhex(held)).decrypt(row.blob))
    except (CryptoError, ValueError):
        return None
    return Open(key.place_id, key.id, private, row.until, row.why)


def drill(session: Session, now: datetime, actor: Actor, office: Place, opened: Open | None) -> None:
    """Seal a trial to the office's key and open it again: so that nobody finds out too late. Raises Refused.

    It proves that this officer's words still open what is sealed to the office today.
    """
    key = queries.active_key(session, office.id)
    if opened is None or key is None or opened.key_id != key.id:
        raise Refused(TRY_OPEN)
    trial = secrets.token_bytes(32)
    sealed = SealedBox(PublicKey(key.public)).encrypt(trial)
    try:
        held = SealedBox(opened.private).decrypt(sealed)
    except CryptoError as error:
        raise Refused(BROKEN) from error
    if held != trial:
        raise Refused(BROKEN)
    key.drilled_on = local_day(now)
    session.add(key)
    note(session, now, actor, office.id, kind="drill", why=opened.why)


def lock(session: Session, session_id: str) -> None:
    """Close whatever key a session has open."""
    session.exec(delete(Unlocked).where(col(Unlocked.session_id) == session_id))
    session.flush()


def sweep(session: Session, now: datetime) -> None:
    """Take away every row whose time is over."""
    session.exec(delete(Unlocked).where(col(Unlocked.until) <= now))


def drop_left_copies(session: Session, now: datetime) -> int:
    """Take away the copies of officers who hold no such role at the office any more, where a colleague has one.

    Returns how many.

    The last copy stays: without it nobody could make the successor's. Whoever left may still know the old words.
    """
    readers = [role for role, (_, granted) in GRANTS.items() if Permission.REPORT_READ in granted]
    query = select(OfficeKeyCopy, OfficeKey.place_id).join(OfficeKey, col(OfficeKey.id) == col(OfficeKeyCopy.key_id))
    copies: dict[str, list[OfficeKeyCopy]] = {}
    for copy, place_id in session.exec(query).all():
        copies.setdefault(place_id, []).append(copy)
    dropped = 0
    for place_id, found in copies.items():
        here = {person.id for role in readers for person in people.holders(session, place_id, role, local_day(now))}
        kept = {copy.key_id for copy in found if copy.person_id in here}
        for copy in found:
            if copy.person_id not in here and copy.key_id in kept:
                session.delete(copy)
                dropped += 1
    return dropped


def note(session: Session, now: datetime, actor: Actor, place_id: str, report_id: str | None = None,
         kind: str = "opened", why: str = "") -> None:
    """Note that a person unlocked an office's key, opened a case, or another of rules.DEEDS. The district lists it.

    `why`: one of rules.WHYS, or "" for what takes no key.
    """
    session.add(Opening(person_id=actor.person_id, place_id=place_id, report_id=report_id, day=local_day(now),
                        kind=kind, why=why))
