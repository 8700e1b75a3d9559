"""Who may not touch a flag: the subject, kin, rivals, whoever holds the same post, anybody of the village.

One answer for every step, in every role and by every address: views show 404, services refuse.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from portal.accounts.models import Person, Posting
from portal.core.db import once
from portal.core.masks import COMPOUND
from portal.core.words import N_
from portal.flags.models import Conflict, Flag, Review
from portal.places.models import Place
from portal.roles import Actor, Role

SUBJECT = N_("Whoever holds a post in this village, or bears its secretary’s name, decides nothing here.")
SAME_POST = N_("Whoever is a party branch secretary decides nothing about another one.")
KIN = N_("Whoever said that there is a tie, or was named by the secretary, decides nothing here.")
FAMILY = N_("Whoever held a post in this village and bears the secretary’s family name decides nothing here.")


def plain(name: str) -> str:
    """Return a name as it is compared: without blanks and in the usual form of its signs (NFKC)."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def family_name(name: str) -> str:
    """Return the family name of a Chinese name: 王小明 -> 王, 欧阳建国 -> 欧阳."""
    whole = plain(name)
    return whole[:2] if whole[:2] in COMPOUND and len(whole) > len("欧阳") else whole[:1]


@dataclass
class Village:
    """What a village's own people are: who holds or held a post, and the names of its secretaries."""

    held: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)
    secretaries: dict[str, str] = field(default_factory=dict)  # id -> name: the holder and the subjects of reviews


def village_people(session: Session, village_ids: Sequence[str], on: date) -> dict[str, Village]:
    """Return the people of some villages, by village id. Two queries, once in a reading session."""
    key = ("village_people", frozenset(village_ids), on)
    return once(session, key, lambda: _village_people(session, village_ids, on))


def _village_people(session: Session, village_ids: Sequence[str], on: date) -> dict[str, Village]:
    found = {village: Village() for village in village_ids}
    query = select(Posting, Person).join(Person, col(Person.id) == col(Posting.person_id))
    for posting, person in session.exec(query.where(col(Posting.place_id).in_(village_ids))).all():
        mine = found[posting.place_id]
        mine.held.add(person.id)
        if posting.since <= on and (posting.until is None or posting.until >= on):
            mine.holds.add(person.id)
            if posting.role == Role.SECRETARY:
                mine.secretaries[person.id] = person.name
    subjects = (
        select(Flag.village_id, Person)
        .join(Review, col(Review.flag_id) == col(Flag.id))
        .join(Person, col(Person.id) == col(Review.subject_id))
        .where(col(Flag.village_id).in_(village_ids), col(Flag.state).in_(("review", "decided")))
    )
    for village, person in session.exec(subjects).all():
        found[village].secretaries[person.id] = person.name
    return found


def told(session: Session, flag_ids: Sequence[str]) -> list[Conflict]:
    """Return who stepped aside from some flags or was named by the secretary. Asked once in a reading session."""
    query = select(Conflict).where(col(Conflict.flag_id).in_(flag_ids))
    query = query.order_by(col(Conflict.noted_on), col(Conflict.person_id))
    return once(session, ("told", frozenset(flag_ids)), lambda: list(session.exec(query).all()))


def noted(session: Session, flag_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the ids of those who stepped aside or were named, by flag id."""
    found: dict[str, set[str]] = {flag: set() for flag in flag_ids}
    for row in told(session, flag_ids):
        found[row.flag_id].add(row.person_id)
    return found


def judge(person_id: str, name: str, people: Village, out: set[str], same_post: set[str]) -> str | None:
    """Return the phrase that says why a person may not touch a flag, or None."""
    same_name = plain(name) in {plain(one) for one in people.secretaries.values()}
    if person_id in people.holds or person_id in people.secretaries or same_name:
        return SUBJECT
    if person_id in same_post:
        return SAME_POST
    if person_id in out:
        return KIN
    families = {family_name(one) for one in people.secretaries.values()}
    if person_id in people.held and family_name(name) in families:
        return FAMILY
    return None


def why_not(session: Session, actor: Actor, flag: Flag, village: Place, on: date) -> str | None:
    """Return why this person may neither see nor decide this flag, or None where nothing stands against it."""
    if any(grant.path.startswith(village.path) for grant in actor.grants):
        return SUBJECT
    people = village_people(session, [village.id], on)[village.id]
    out = noted(session, [flag.id])[flag.id]
    same = {actor.person_id} if actor.has(Role.SECRETARY) else set()
    return judge(actor.person_id, actor.name, people, out, same)


def free(session: Session, actor: Actor, rows: Sequence[tuple[Flag, Place]], on: date) -> list[tuple[Flag, Place]]:
    """Return those of some flags that this person may see. Three queries, however many there are."""
    people = village_people(session, list({place.id for _flag, place in rows}), on)
    out = noted(session, [flag.id for flag, _place in rows])
    same = {actor.person_id} if actor.has(Role.SECRETARY) else set()
    own = [grant.path for grant in actor.grants]
    return [
        (flag, place) for flag, place in rows
        if not any(mine.startswith(place.path) for mine in own)
        and judge(actor.person_id, actor.name, people[place.id], out[flag.id], same) is None
    ]
