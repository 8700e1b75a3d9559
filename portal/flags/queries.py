"""Finding flags, for whoever may see them: never anybody from the village, never the person it is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts import queries as people
from portal.accounts.models import Person, Posting
from portal.core.db import once
from portal.flags import conflicts, rules
from portal.flags.models import (
    COUNTED,
    Clearing,
    Conflict,
    Flag,
    FlagEvent,
    PanelMember,
    Proposal,
    Review,
    WeeklyCheck,
)
from portal.places.models import Place
from portal.roles import GRANTS, Actor, Permission, Role

OPEN_STATES = ("triage", "review")
LEAST_TOLD = 5
LIVE_STATES = (*OPEN_STATES, "decided")
"""Nothing is settled for good yet: while a flag is live nobody may move the ground that it stands on."""


def subject(session: Session, village: Place, on: date) -> Person | None:
    """Return the secretary whom a review of a village is about."""
    return people.holder(session, village.id, Role.SECRETARY, on)


def _at(path: str) -> Any:
    query = select(Flag, Place).join(Place, col(Place.id) == col(Flag.village_id))
    return query.where(col(Place.path).startswith(path))


def listing(session: Session, path: str, actor: Actor, on: date) -> list[tuple[Flag, Place]]:
    """Return the flags at and below a path: what waits first by its day, then the rest, newest first."""
    rows = session.exec(_at(path).order_by(col(Flag.opened).desc(), col(Place.code))).all()
    seen = conflicts.free(session, actor, rows, on)
    waiting = sorted((row for row in seen if row[0].state in LIVE_STATES), key=lambda row: (row[0].due, row[1].code))
    return [*waiting, *(row for row in seen if row[0].state not in LIVE_STATES)]


def one(session: Session, path: str, flag_id: str) -> tuple[Flag, Place] | None:
    """Return a flag at or below a path with its village; None for another's as for one that there isn't."""
    found: tuple[Flag, Place] | None = session.exec(_at(path).where(Flag.id == flag_id)).first()
    return found


def waiting(session: Session, paths: Sequence[str]) -> list[tuple[Flag, Place, Place]]:
    """Return the flags that wait for a decision below any of these paths, by day and then by place code. One query.

    Each with its village and its town.
    """
    if not paths:
        return []
    town = aliased(Place)
    query = select(Flag, Place, town).join(Place, col(Place.id) == col(Flag.village_id))
    query = query.join(town, col(town.id) == col(Place.parent_id))
    query = query.where(col(Flag.state).in_(OPEN_STATES), or_(*(col(Place.path).startswith(path) for path in paths)))
    return list(session.exec(query.order_by(col(Flag.due), col(Place.code))).all())


@dataclass(frozen=True)
class Concern:
    """A flag that may concern somebody: its village and town, its review, its clearing, that person's seat.

    `proposal` waits for its second person; `returned`: the second person sent an earlier one back; `named`: the three
    who decide are named; `agree`: how many of them stand behind what is proposed.
    """

    flag: Flag
    village: Place
    town: Place
    review: Review | None
    clearing: Clearing | None
    seat: PanelMember | None
    proposal: Proposal | None
    returned: bool
    named: bool
    agree: int


def concerns(session: Session, actor: Actor, paths: Sequence[str], on: date) -> list[Concern]:
    """Return what flags may ask of a person: below these paths, on a panel, as the second, as the subject. One query.

    Only flags that are live, await a re-appraisal, or were cleared lately; never one from which the person
    stepped aside or for which the secretary named that person.
    """
    town, me, sent_back = aliased(Place), actor.person_id, aliased(Proposal)
    since = on - timedelta(weeks=rules.CLEARING_WEEKS)
    lately = and_(col(Clearing.made_on) >= since, col(Clearing.made_on) <= on)
    open_still = or_(col(Flag.state).in_(LIVE_STATES), lately,
                     and_(col(Review.reappraise_by).is_not(None), col(Review.reappraised_on).is_(None)),
                     and_(col(Review.passed).is_(False), col(Review.after_on).is_(None)))
    mine = [col(Place.path).startswith(path) for path in paths]
    if me:
        mine += [col(Review.subject_id) == me, col(PanelMember.person_id) == me, col(Proposal.second_by) == me,
                 col(Review.answered_second) == me]
    if not mine:
        return []
    aside = exists().where(col(Conflict.flag_id) == col(Flag.id), col(Conflict.person_id) == me)
    returned = exists().where(col(sent_back.flag_id) == col(Flag.id), col(sent_back.state) == "returned")
    panel_of = aliased(PanelMember)
    named = exists().where(col(panel_of.flag_id) == col(Flag.id))
    agree = select(func.count()).select_from(panel_of).where(col(panel_of.flag_id) == col(Flag.id),
                                                             col(panel_of.says) == "agree").scalar_subquery()
    wanted: Any = select  # its overloads end at four tables
    query = (
        wanted(Flag, Place, town, Review, Clearing, PanelMember, Proposal, returned, named, agree)
        .join(Place, col(Place.id) == col(Flag.village_id))
        .join(town, col(town.id) == col(Place.parent_id))
        .outerjoin(Review, col(Review.flag_id) == col(Flag.id))
        .outerjoin(Clearing, col(Clearing.flag_id) == col(Flag.id))
        .outerjoin(PanelMember, and_(PanelMember.flag_id == Flag.id, PanelMember.person_id == me))
        .outerjoin(Proposal, and_(Proposal.flag_id == Flag.id, Proposal.state == "waiting"))
        .where(open_still, or_(*mine), ~aside)
        .order_by(col(Flag.due), col(Place.code))
    )
    return [Concern(*row) for row in session.exec(query).all()]


def review(session: Session, flag_id: str) -> Review | None:
    """Return the review of a flag, if one was opened. Asked once in a reading session."""
    return once(session, ("review", flag_id), lambda: session.get(Review, flag_id))


def reviews(session: Session, flag_ids: Collection[str]) -> dict[str, Review]:
    """Return the reviews of some flags, by flag id. One query."""
    rows = session.exec(select(Review).where(col(Review.flag_id).in_(flag_ids))).all()
    return {row.flag_id: row for row in rows}


def panel(session: Session, flag_id: str) -> list[PanelMember]:
    """Return the three who decide, the lead first. Asked once in a reading session."""
    query = select(PanelMember).where(PanelMember.flag_id == flag_id)
    query = query.order_by(col(PanelMember.leads).desc(), col(PanelMember.person_id))
    return once(session, ("panel", flag_id), lambda: list(session.exec(query).all()))


def conflicts_of(session: Session, flag_id: str) -> list[Conflict]:
    """Return who stepped aside from a flag or was named by the secretary."""
    return conflicts.told(session, [flag_id])


def about(session: Session, village: Place, person_id: str) -> list[tuple[Flag, Review, Clearing | None]]:
    """Return the reviews of one secretary in a village of which the secretary was told, the newest first."""
    query = (
        select(Flag, Review, Clearing)
        .join(Review, col(Review.flag_id) == col(Flag.id))
        .outerjoin(Clearing, col(Clearing.flag_id) == col(Flag.id))
        .where(Flag.village_id == village.id, Review.subject_id == person_id, col(Review.notified_on).is_not(None))
        .order_by(col(Review.notified_on).desc())
    )
    return list(session.exec(query).all())


def clearing(session: Session, path: str, clearing_id: str) -> tuple[Clearing, Flag, Place] | None:
    """Return a clearing at or below a path with its flag and village."""
    query = (
        select(Clearing, Flag, Place)
        .join(Flag, col(Flag.id) == col(Clearing.flag_id))
        .join(Place, col(Place.id) == col(Clearing.village_id))
        .where(Clearing.id == clearing_id, col(Place.path).startswith(path))
    )
    return session.exec(query).first()


def clearing_of(session: Session, flag_id: str) -> Clearing | None:
    """Return the clearing that ended a flag, or None."""
    return session.exec(select(Clearing).where(Clearing.flag_id == flag_id)).first()


def cleared(session: Session, village: Place) -> list[Clearing]:
    """Return the clearings that a village's secretaries wished to be public, the newest first."""
    query = select(Clearing).where(Clearing.village_id == village.id, col(Clearing.published_on).is_not(None))
    return list(session.exec(query.order_by(col(Clearing.published_on).desc(), col(Clearing.id))).all())


def newest_clearing(village: Place) -> SelectOfScalar[str]:
    """Return the query for the id of the newest clearing that a village's secretary wished to be public."""
    query = select(Clearing.id).where(Clearing.village_id == village.id, col(Clearing.published_on).is_not(None))
    return query.order_by(col(Clearing.published_on).desc(), col(Clearing.id)).limit(1)


def latest_facts(session: Session, village_id: str) -> tuple[int, bool]:
    """Return C of the village's newest weekly check, and whether facts are enough by themselves. (0, False): none."""
    query = select(WeeklyCheck).where(WeeklyCheck.village_id == village_id).order_by(col(WeeklyCheck.week).desc())
    found = session.exec(query.limit(1)).first()
    return (int(found.values["particulars"]), bool(found.values["over_facts"])) if found else (0, False)


def checks(session: Session, village_ids: Collection[str], since: str) -> dict[str, dict[str, WeeklyCheck]]:
    """Return the weekly checks of some villages from a week on: village id -> week -> check. One query."""
    query = select(WeeklyCheck).where(col(WeeklyCheck.village_id).in_(village_ids), col(WeeklyCheck.week) >= since)
    found: dict[str, dict[str, WeeklyCheck]] = {village: {} for village in village_ids}
    for row in session.exec(query).all():
        found[row.village_id][row.week] = row
    return found


def of_villages(session: Session, village_ids: Collection[str]) -> dict[str, list[Flag]]:
    """Return the flags that counts and facts raised in some villages, oldest first. One query."""
    query = select(Flag).where(col(Flag.village_id).in_(village_ids), col(Flag.cause).in_(COUNTED))
    found: dict[str, list[Flag]] = {village: [] for village in village_ids}
    for flag in session.exec(query.order_by(col(Flag.opened))).all():
        found[flag.village_id].append(flag)
    return found


def events(session: Session, flag_id: str) -> list[FlagEvent]:
    """Return what happened to a flag, in order."""
    query = select(FlagEvent).where(FlagEvent.flag_id == flag_id).order_by(col(FlagEvent.number))
    return list(session.exec(query).all())


def open_reviews(session: Session, path: str, on: date) -> tuple[int, int] | None:
    """Return how many reviews are open at and below a place, and for how many days the oldest is. None below five.

    Triage is private; and so few reviews would point at a village (`ballots.md`, smallest cell).
    """
    query = select(func.count(), func.min(Flag.decided_on)).select_from(Review)
    query = query.join(Flag, col(Flag.id) == col(Review.flag_id)).join(Place, col(Place.id) == col(Flag.village_id))
    number, since = session.exec(query.where(col(Place.path).startswith(path), Flag.state == "review")).one()
    return (number, (on - since).days) if number >= LEAST_TOLD and since else None


def next_number(session: Session, flag_id: str) -> int:
    """Return the number of a flag's next event."""
    return session.exec(select(func.count()).select_from(FlagEvent).where(FlagEvent.flag_id == flag_id)).one()


def above(session: Session, village: Place, on: date,
          permission: Permission | None = None) -> list[tuple[Person, Role, Place]]:
    """Return who holds a role at a village's town or district; each person once, with the first role.

    `permission`: only by roles that grant it. The operator runs the machine and decides nothing.
    """
    found: dict[str, tuple[Person, Role, Place]] = {}
    for person, role, place, _also in _above(session, village, on):
        if permission is None or permission in GRANTS[role][1]:
            found.setdefault(person.id, (person, role, place))
    return list(found.values())


def offices(session: Session, village: Place, on: date) -> dict[str, tuple[Role, Place]]:
    """Return the office that each person above a village holds, by the person's id."""
    return {person.id: (role, place) for person, role, place in above(session, village, on)}


def in_office(session: Session, village: Place, person_id: str, on: date) -> bool:
    """Tell whether a person holds an office above a village: a seat on a panel ends with it."""
    return any(person.id == person_id for person, *_rest in _above(session, village, on))


def _above(session: Session, village: Place, on: date) -> list[tuple[Person, Role, Place, bool]]:
    """Return who holds an office above a village, and whether that person is a secretary anywhere too. One query."""
    offices, also = [part for part in village.path.split("/") if part][:-1], aliased(Posting)
    secretary = select(also.id).where(
        also.person_id == Person.id, also.role == Role.SECRETARY, also.since <= on,
        or_(col(also.until).is_(None), col(also.until) >= on)).exists()
    query = (
        select(Person, Posting, Place, secretary)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Place, col(Place.id) == col(Posting.place_id))
        .where(col(Place.id).in_(offices), col(Posting.since) <= on, col(Person.active))
        .where(col(Posting.role) != Role.OPERATOR, or_(col(Posting.until).is_(None), col(Posting.until) >= on))
        .order_by(col(Place.path), col(Person.user), col(Posting.since))
    )
    return once(session, ("above", village.id, on), lambda: [
        (person, Role(posting.role), place, also) for person, posting, place, also in session.exec(query).all()])


def _free(session: Session, flag: Flag, village: Place, on: date,
          permission: Permission | None = None) -> list[tuple[Person, Role, Place]]:
    """Return those above a village against whom nothing stands; `permission`: only those who hold it."""
    own = conflicts.village_people(session, [village.id], on)[village.id]
    told = conflicts.noted(session, [flag.id])[flag.id]
    same = {person.id for person, _role, _place, also in _above(session, village, on) if also}
    return [row for row in above(session, village, on, permission)
            if conflicts.judge(row[0].id, row[0].name, own, told, same) is None]


def seconds(session: Session, flag: Flag, village: Place, actor: Actor, on: date) -> list[tuple[Person, Role, Place]]:
    """Return who may be the second person beside this one: whoever may confirm a proposal of the town."""
    found = _free(session, flag, village, on, Permission.FLAG_CONFIRM)
    return [row for row in found if row[0].id != actor.person_id]


def able_ids(session: Session, flag: Flag, village: Place, permission: Permission, on: date) -> set[str]:
    """Return the ids of those who hold a permission above a village and against whom nothing stands."""
    return {person.id for person, *_rest in _free(session, flag, village, on, permission)}


def checked_by(flag: Flag) -> set[str]:
    """Return who confirmed the facts of a flag: whoever did signs no decision on them, and answers no appeal."""
    return set(flag.sheet.get("confirmed_by", ()))


def raised_by(flag: Flag) -> set[str]:
    """Return who had a part in raising a flag: who confirmed its facts, and who opened the review."""
    return {*checked_by(flag), flag.decided_by, flag.second_by} - {""}


def able(session: Session, flag: Flag, village: Place, on: date) -> list[tuple[Person, Role, Place]]:
    """Return who may sit on a panel: free, never of the village, and with no part in raising the flag."""
    own = conflicts.village_people(session, [village.id], on)[village.id]
    out = own.held | raised_by(flag)
    return [row for row in _free(session, flag, village, on) if row[0].id not in out]


def took_part(session: Session, flag: Flag) -> set[str]:
    """Return who had a part in a decision: the panel, and the two who stand behind it."""
    return {member.person_id for member in panel(session, flag.id)} | {flag.closed_by, flag.closed_second_by} - {""}


def appeal_seconds(session: Session, flag: Flag, village: Place, actor: Actor,
                   on: date) -> list[tuple[Person, Role, Place]]:
    """Return who of the district may stand beside this person in an appeal: nobody who had a part in the decision."""
    return [row for row in district_free(session, flag, village, on) if row[0].id != actor.person_id]


def district_free(session: Session, flag: Flag, village: Place, on: date) -> list[tuple[Person, Role, Place]]:
    """Return who of the district had no part in a decision, and against whom nothing stands."""
    part = took_part(session, flag)
    return [row for row in of_district(session, flag, village, on) if row[0].id not in part]


def of_district(session: Session, flag: Flag, village: Place, on: date) -> list[tuple[Person, Role, Place]]:
    """Return who of the district may decide over a flag: no tie, and they confirmed none of its facts."""
    out = checked_by(flag)
    return [row for row in _free(session, flag, village, on) if row[2].kind == "district" and row[0].id not in out]


def live_below(session: Session, path: str) -> list[tuple[Flag, Place]]:
    """Return the flags at and below a path that are not settled for good, with their villages."""
    return list(session.exec(_at(path).where(col(Flag.state).in_(LIVE_STATES))).all())
