"""Who is left in the district for what comes after a panel: whoever signs, and the two who would answer an appeal.

An appeal is decided by others than the decision (`flags.md`, due process), so a panel or a signature after which
nobody could answer one is refused beforehand. People may still leave office later: then `lacks` says who is missing.
"""

from collections.abc import Collection
from datetime import date
from itertools import combinations

from sqlmodel import Session

from portal.accounts.models import Person
from portal.flags import course, queries
from portal.flags.models import Flag
from portal.places.models import Place
from portal.roles import Permission, Role

Official = tuple[Person, Role, Place]
SIGNERS = 2
"""So many must be free to sign when the panel is named: one signs its decision, another one answers an appeal."""
BESIDE = 1
"""So many more of the district, of any office: the second person of an appeal."""


Free = tuple[set[str], set[str]]


def _free(session: Session, flag: Flag, village: Place, on: date, without: Collection[str] = ()) -> Free:
    """Return the ids of those who may sign, and of everybody of the district, against whom nothing stands."""
    district = {person.id for person, *_rest in queries.of_district(session, flag, village, on)} - set(without)
    return queries.able_ids(session, flag, village, Permission.REVIEW_SIGN, on) & district, district


def _leaves(free: Free, out: Collection[str], signers: int) -> bool:
    may_sign, district = (found - set(out) for found in free)
    return len(may_sign) >= signers and len(district) >= signers + BESIDE


def fits(session: Session, flag: Flag, village: Place, on: date, seats: Collection[str]) -> bool:
    """Tell whether a panel of these people leaves somebody to sign, and two others of the district for an appeal."""
    return _leaves(_free(session, flag, village, on), seats, SIGNERS)


def three(session: Session, flag: Flag, village: Place, on: date, without: Collection[str] = ()) -> list[Official]:
    """Return a panel that leaves enough people, those of the town first; [] where there is none.

    `without`: people who shall have no part at all.
    """
    free = _free(session, flag, village, on, without)
    able = [row for row in queries.able(session, flag, village, on) if row[0].id not in without]
    able.sort(key=lambda row: (row[2].kind == "district", row[0].id in free[0]))  # who can sign is spared
    for rows in combinations(able, course.PANEL):
        if any(row[2].kind == "district" for row in rows) and _leaves(free, {row[0].id for row in rows}, SIGNERS):
            return list(rows)
    return []


def spares(session: Session, flag: Flag, village: Place, on: date, person_id: str) -> bool:
    """Tell whether a review can go on to the end of an appeal without this person."""
    seats = {seat.person_id for seat in queries.panel(session, flag.id)}
    if seats and person_id not in seats:
        return _leaves(_free(session, flag, village, on, {person_id}), seats, SIGNERS)
    return bool(three(session, flag, village, on, {person_id}))


def signers(session: Session, flag: Flag, village: Place, on: date) -> set[str]:
    """Return the ids of those who may sign what the panel proposes: they neither sit on it nor confirmed the facts."""
    return _apart(session, flag, village, on)[0]


def can_be_appealed(session: Session, flag: Flag, village: Place, on: date, signer: str) -> bool:
    """Tell whether two of the district are left for an appeal once this person signed what the panel proposes."""
    part = queries.took_part(session, flag)
    return _leaves(_free(session, flag, village, on), {signer, *part}, SIGNERS - 1)


def _apart(session: Session, flag: Flag, village: Place, on: date) -> Free:
    """Return whoever of the district had no part in the decision: those who may sign, and all."""
    return _free(session, flag, village, on, queries.took_part(session, flag))


def answerers(session: Session, flag: Flag, village: Place, on: date) -> set[str]:
    """Return the ids of those who may write the answer to an appeal: they sign for the district and had no part."""
    return _apart(session, flag, village, on)[0]


def lacks(session: Session, flag: Flag, village: Place, on: date) -> str:
    """Return who is missing for the answer to an appeal: "signer", "second" (any office), or "" where nobody is."""
    may_sign, district = _apart(session, flag, village, on)
    return "signer" if not may_sign else "" if len(district) > BESIDE else "second"
