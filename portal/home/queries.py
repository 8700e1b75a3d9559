"""What the front pages need and no single feature knows."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, and_, col, select

from portal.accounts import queries as people
from portal.accounts.models import Person, Posting
from portal.ballots import queries as ballots
from portal.ballots.models import Round
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.jobs import last_done
from portal.core.tasks import Task
from portal.digests.queries import SOURCES
from portal.disclosures import queries as disclosures
from portal.flags import queries as flags
from portal.places.models import Place
from portal.promises import queries as promises
from portal.roles import Actor, Role


def heading(session: Session, place: Place, now: datetime) -> dict[str, Any]:
    """Return what stands at the top of a village's page: secretary, appraisal, notice, clearing.

    `round` is the one in which the village votes now, `coming` the next, `counting` one that is being counted,
    `result` the newest published one, `voided` the newest of all where it was declared void, `told_on` the day of the
    town's first notice of something still missing, `cleared` the newest clearing that the secretary wished to be
    public, `until` the moment at which the time alone makes this untrue; None where there is none. One query for all
    of them, `secretary` included.
    """
    told = disclosures.first_notice(place).scalar_subquery()
    cleared = flags.newest_clearing(place).scalar_subquery()
    query = (
        select(Person, Round, told, cleared)
        .select_from(Place)
        .outerjoin(Posting, and_(col(Posting.place_id) == col(Place.id), col(Posting.role) == Role.SECRETARY,
                                 *people.held(local_day(now))))
        .outerjoin(Person, col(Person.id) == col(Posting.person_id))
        .outerjoin(Round, and_(col(Round.village_id) == col(Place.id), ballots.told_of()))
        .where(Place.id == place.id)
        .order_by(col(Round.closes_at).desc())
    )
    rows: Sequence[tuple[Person | None, Round | None, date | None, str | None]] = session.exec(query).all()
    rounds = [found for _person, found, _told, _cleared in rows if found is not None]
    return {
        "secretary": rows[0][0],
        "until": ballots.next_door(rounds, now),
        "told_on": rows[0][2],
        "cleared": rows[0][3],
        "round": next((one for one in rounds if ballots.is_open(one, now)), None),
        "coming": next((one for one in rounds if one.state in ballots.VOTING and now < one.opens_at), None),
        "counting": next((one for one in rounds if ballots.standing(one, now) in ballots.BEING_COUNTED), None),
        "result": next((one for one in rounds if one.state == "published"), None),
        "voided": rounds[0] if rounds and rounds[0].state == "void" and rounds[0].void_reason else None,
    }


def promised(session: Session, place: Place, now: datetime) -> dict[str, Any]:
    """Return the promises that the front page shows (two) and how many there are. One query."""
    lines, count = promises.front(session, place, local_day(now))
    return {"lines": lines, "count": count}


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return everything that waits for this person, what is due first first; without a day last.

    Before them stands what costs somebody a right when it is let pass.
    """
    found = [task for source in SOURCES for task in source(stores, session, actor, now)]
    return sorted(found, key=lambda task: (not task.first, task.due or date.max, task.place))


def overview(session: Session, villages: Sequence[Place], now: datetime) -> list[dict[str, Any]]:
    """Return each village with how much is missing and when something was last published, by code."""
    state = disclosures.overview(session, [village.id for village in villages], now)
    return [{"village": village, **state[village.id]} for village in villages]


def health(stores: Stores, instance: Path) -> dict[str, Any]:
    """Return whether each store answers, when the clock last ran and when a backup was last made."""
    state: dict[str, Any] = {"alive": True}
    for store in stores:
        try:
            with store.read() as session:
                session.exec(text("select 1"))  # type: ignore[call-overload]
            state[store.name] = True
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it does not answer
            state["alive"] = state[store.name] = False
    if state["portal"]:
        with stores.portal.read() as session:
            ticked = last_done(session, "tick")
            state["last_tick"] = ticked.isoformat() if ticked else None
    mark = instance / "last-backup"
    state["last_backup"] = mark.read_text("utf-8").strip() if mark.exists() else None
    return state
