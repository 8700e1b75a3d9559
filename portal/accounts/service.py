"""Signing in and out, adding people, giving and ending roles."""

import secrets
from datetime import datetime, timedelta

import pyotp
from sqlmodel import Session, col, select, update

from portal.accounts import queries
from portal.accounts.models import DeskSession, Person, Posting
from portal.accounts.passwords import SHORTEST, fits, hash_password
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.log import service as log
from portal.places import service as places
from portal.places.models import Place
from portal.roles import GRANTS, Role, needs_second_factor

TOKEN_BYTES = 32
LIFE = timedelta(hours=12)
MOST_FAILURES = 8
LOCKED_FOR = timedelta(minutes=10)
STEP = 30
NOT_YOURS = N_("That is not your password now.")
WRONG = N_("The name, the password or the code is wrong. Check them and try again. After %(most)s wrong tries in a row "
           "nothing opens for %(minutes)s minutes, not even the right password: wait, then try once more.")


def hashed(password: str, field: str = "password") -> str:
    """Return what will be kept of a password. Slow on purpose: ask it outside a transaction.

    Raises Refused when it is too short.
    """
    if len(password) < SHORTEST:
        raise Refused(N_("A password has at least %(shortest)s characters."), field=field, shortest=SHORTEST)
    return hash_password(password)


def add_person(session: Session, *, user: str, name: str, name_en: str = "", kept: str, mail: str = "",
               totp: str = "") -> Person:
    """Add somebody who signs in; `kept` is what `hashed` returned. Raises Refused when the sign-in name is taken."""
    if queries.by_user(session, user) is not None:
        raise Refused(N_("The sign-in name %(user)s is taken."), field="user", user=user)
    person = Person(user=user.strip().lower(), name=name, name_en=name_en, mail=mail, password_hash=kept, totp=totp)
    session.add(person)
    session.flush()
    return person


def give_role(session: Session, now: datetime, person: Person, role: Role, place: Place,
              since: datetime | None = None) -> Posting:
    """Give a person a role at a place. Raises Refused where the role is not held at such a place."""
    if GRANTS[role][0] != place.kind:
        raise Refused(N_("This role is not held at such a place."), field="role")
    posting = Posting(person_id=person.id, place_id=place.id, role=str(role), since=local_day(since or now))
    session.add(posting)
    session.flush()
    log.append(session, place.unit, local_day(now), "role:granted", person=person.id, role=str(role), place=place.code)
    places.touch(session, place)
    return posting


def end_role(session: Session, now: datetime, posting: Posting, place: Place) -> None:
    """End a role today; the person's sessions end with it. One that ended before stays so.

    Raises Refused for the last operator.
    """
    if posting.until is not None and posting.until < local_day(now):
        return  # an old page, or a second press: when it ended stays as it was
    if posting.role == Role.OPERATOR and len(queries.holders(session, place.id, Role.OPERATOR, local_day(now))) < 2:
        raise Refused(N_("This is the only operator. Enter another one first: without any nobody could enter people."))
    posting.until = local_day(now) - timedelta(days=1)
    session.add(posting)
    log.append(session, place.unit, local_day(now), "role:ended", person=posting.person_id, role=posting.role,
               place=place.code)
    places.touch(session, place)
    end_sessions(session, now, posting.person_id)


def needs_code(session: Session, person: Person, now: datetime) -> bool:
    """Tell whether this person signs in with a one-time code: whoever holds a role above a village."""
    return any(needs_second_factor(grant.role) for grant in queries.grants(session, person.id, local_day(now)))


def knows_password(session: Session, user: str, password: str) -> bool:
    """Tell whether this is the password of somebody who may sign in. Slow on purpose: ask it outside a transaction."""
    person = queries.by_user(session, user)
    return fits(person.password_hash if person and person.active else "", password)


def sign_in(session: Session, now: datetime, user: str, *, right: bool, code: str, device: str = "") -> str | None:
    """Return a new session's token, or None when anything was wrong (which of them is not told apart).

    `right` is what `knows_password` said.
    """
    person = proven(session, now, user, right=right, code=code)
    return begin_session(session, now, person, device) if person else None


def proven(session: Session, now: datetime, user: str, *, right: bool, code: str) -> Person | None:
    """Return who proved to be this person, with password and, above the village, code; None when anything was wrong.

    Failures are counted, and too many lock the name for a while. `right` is what `knows_password` said.
    """
    person = queries.by_user(session, user)
    if person is None:
        return None
    if person.locked_until is not None and person.locked_until > now:
        return None
    good = right
    if good and needs_code(session, person, now):
        good = _take_code(person, code, now)
    session.add(person)
    if not good:
        person.failures += 1
        if person.failures >= MOST_FAILURES:
            person.failures, person.locked_until = 0, now + LOCKED_FOR
        return None
    person.failures, person.locked_until = 0, None
    return person


def _take_code(person: Person, code: str, now: datetime) -> bool:
    """Tell whether the one-time code fits this half-minute or its neighbours, and was not used before."""
    if not person.totp:
        return False
    totp, step = pyotp.TOTP(person.totp), int(now.timestamp()) // STEP
    digits = "".join(code.split())
    if not digits.isascii():
        return False
    for near in (step, step - 1, step + 1):
        if near > person.totp_used and secrets.compare_digest(totp.at(near * STEP), digits):
            person.totp_used = near
            return True
    return False


def begin_session(session: Session, now: datetime, person: Person, device: str = "") -> str:
    """Begin a session; return its token, which nobody keeps but the browser."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(DeskSession(token_hash=queries.token_hash(token), person_id=person.id, began_at=now,
                            seen_on=local_day(now), ends_at=now + LIFE, device=device))
    return token


def end_session(session: Session, now: datetime, person_id: str, session_id: str) -> None:
    """End one of a person's own sessions."""
    row = session.exec(select(DeskSession).where(DeskSession.id == session_id,
                                                 DeskSession.person_id == person_id)).first()
    if row is not None:
        row.ends_at = now
        session.add(row)


def end_sessions(session: Session, now: datetime, person_id: str, but: str = "") -> None:
    """End every session of a person, but one where `but` names it."""
    session.exec(
        update(DeskSession)
        .where(col(DeskSession.person_id) == person_id, col(DeskSession.ends_at) > now, col(DeskSession.id) != but)
        .values(ends_at=now)
    )


def renewed(person: Person, old: str, new: str) -> str:
    """Return what will be kept of a person's own new password. Slow on purpose: ask it outside a transaction.

    Raises Refused when the old one is wrong or the new one too short.
    """
    if not fits(person.password_hash, old):
        raise Refused(NOT_YOURS, field="old")
    return hashed(new, field="new")


def change_password(session: Session, now: datetime, person: Person, before: str, kept: str, keep_session: str) -> None:
    """Change one's own password to what `renewed` returned; every other session ends.

    `before` is what was kept when the old one was tried. Raises Refused when it was changed since.
    """
    if person.password_hash != before:
        raise Refused(NOT_YOURS, field="old")
    set_password(session, now, person, kept, keep_session)


def set_password(session: Session, now: datetime, person: Person, kept: str, keep_session: str = "") -> None:
    """Give a person a password, as `hashed` returned it; every session but `keep_session` ends."""
    person.password_hash, person.failures, person.locked_until = kept, 0, None
    session.add(person)
    end_sessions(session, now, person.id, keep_session)
