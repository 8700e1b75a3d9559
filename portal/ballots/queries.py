"""Runs for the pages of rounds: what is open, what came out, what waits at the town."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from portal.accounts.models import Person
from portal.ballots.models import CountSheet, CountWitness, RingAnswers, Round, Tally
from portal.core.clock import local_day
from portal.places.models import Place

VOTING = ("frozen", "open")
RUNNING = ("draft", "frozen", "open", "closed", "counted")
BEING_COUNTED = frozenset({"over", "closed", "counted"})  # where a round stands (`standing`)


@dataclass(frozen=True)
class Listed:
    """A round with its village, for a list."""

    round: Round
    village: Place


def get(session: Session, round_id: str) -> Round | None:
    """Return a round, or None."""
    return session.get(Round, round_id)


def subject(session: Session, round_: Round) -> Person:
    """Return who is judged in a round."""
    person = session.get(Person, round_.subject_id)
    if person is None:
        raise LookupError(round_.subject_id)
    return person


def around(session: Session, round_: Round) -> tuple[Person, RingAnswers | None, dict[str, CountWitness]]:
    """Return who was judged in a round, what the district heard when it rang, what bodies said of the count.

    None: it has not rung yet. By body. One query.
    """
    query = select(Person, RingAnswers, CountWitness).select_from(Person)
    query = query.outerjoin(RingAnswers, col(RingAnswers.round_id) == round_.id)
    query = query.outerjoin(CountWitness, col(CountWitness.round_id) == round_.id)
    rows = session.exec(query.where(Person.id == round_.subject_id)).all()
    if not rows:
        raise LookupError(round_.subject_id)
    said: list[CountWitness | None] = [row[2] for row in rows]
    return rows[0][0], rows[0][1], {each.body: each for each in said if each is not None}


def running(session: Session, village_id: str) -> Round | None:
    """Return a village's round that is neither published nor void, or None."""
    return session.exec(select(Round).where(Round.village_id == village_id, col(Round.state).in_(RUNNING))).first()


def grades_of(session: Session, village_id: str, year: int) -> list[str]:
    """Return the grades, `void` among them, of a village's published rounds of a year."""
    query = select(Round.grade).where(Round.village_id == village_id, Round.year == year, Round.state == "published")
    return list(session.exec(query).all())


def newest_published(session: Session, village_id: str) -> Round | None:
    """Return a village's newest published round."""
    query = select(Round).where(Round.village_id == village_id, Round.state == "published")
    return session.exec(query.order_by(col(Round.closes_at).desc())).first()


def told_of() -> ColumnElement[bool]:
    """Return the condition for rounds that villagers may know of: to vote in, being counted, with a result, void."""
    return col(Round.state).in_((*VOTING, "closed", "counted", "published", "void"))


def is_open(round_: Round, now: datetime) -> bool:
    """Tell whether people vote in a round at this moment. The moments decide, not the tick."""
    return round_.state in VOTING and round_.opens_at <= now < round_.closes_at


def next_door(rounds: Iterable[Round], now: datetime) -> datetime | None:
    """Return when the next of these rounds opens or closes; None when none does any more."""
    doors = [door for one in rounds if one.state in VOTING for door in (one.opens_at, one.closes_at)]
    return min((door for door in doors if door > now), default=None)


def standing(round_: Round, now: datetime) -> str:
    """Return where a round stands for people: its state, but the moments decide over frozen, open and `over`."""
    if round_.state in VOTING:
        return "over" if now >= round_.closes_at else "open" if now >= round_.opens_at else "frozen"
    return round_.state


def below(session: Session, path: str) -> list[Listed]:
    """Return every round at and below a place, newest first."""
    query = select(Round, Place).join(Place, col(Place.id) == col(Round.village_id))
    query = query.where(col(Place.path).startswith(path)).order_by(col(Round.opens_at).desc(), col(Place.code))
    return [Listed(round_, village) for round_, village in session.exec(query).all()]


def voting(session: Session, now: datetime) -> list[Place]:
    """Return the villages in which people vote at this moment, by code. One query."""
    query = select(Place).join(Round, col(Round.village_id) == col(Place.id)).where(col(Round.state).in_(VOTING))
    query = query.where(col(Round.opens_at) <= now, col(Round.closes_at) > now)
    return list(session.exec(query.order_by(col(Place.code))).unique().all())


def in_states(session: Session, *states: str) -> list[Round]:
    """Return all rounds in some states."""
    return list(session.exec(select(Round).where(col(Round.state).in_(states)).order_by(col(Round.closes_at))).all())


def urn_until(round_: Round) -> date | None:
    """Return the day on which a round's urn is erased: so many days after its result; None while it has none.

    A void round never has a result: its days run from when it would have closed. One that was void before its rules
    were frozen has no urn.
    """
    ended = local_day(round_.closes_at) if round_.state == "void" else round_.published_on
    return ended + timedelta(days=round_.rules["urn_days"]) if ended and round_.rules else None


def urns_due(session: Session, today: date) -> list[Round]:
    """Return the rounds whose urns have had their days and are not erased yet."""
    ended = [one for one in in_states(session, "published", "void") if one.urn_erased_on is None]
    return [one for one in ended if (until := urn_until(one)) is not None and until <= today]


def sheets(session: Session, round_id: str) -> list[CountSheet]:
    """Return the count sheets of a round, villagers first."""
    rows = session.exec(select(CountSheet).where(CountSheet.round_id == round_id)).all()
    return sorted(rows, key=lambda row: (row.electorate != "villagers", row.electorate))


def agrees(row: CountSheet) -> bool:
    """Tell whether the papers of an electorate hold.

    printed = issued + spoiled + returned; issued >= spent = counted <= eligible; no more remote slips than may be; and
    the control cards fit.
    """
    return (row.printed == row.issued + row.spoiled + row.returned and row.issued >= row.spent == row.counted
            and row.counted <= row.eligible and row.remote <= row.remote_most and twins_fit(row))


def twins_fit(row: CountSheet) -> bool:
    """Tell whether the control cards fit the ballots: as many as voted in the hall, give or take the spoiled papers."""
    if row.twins is None:
        return True
    fewest, most = row.counted - row.remote - row.spoiled, row.counted + row.spoiled
    return fewest <= row.twins <= most and row.twin_over <= row.spoiled


def lines(session: Session, round_id: str) -> dict[str, list[Tally]]:
    """Return the shown lines of a result by electorate."""
    query = select(Tally).where(Tally.round_id == round_id).order_by(col(Tally.electorate), col(Tally.position))
    found: dict[str, list[Tally]] = {}
    for line in session.exec(query).all():
        found.setdefault(line.electorate, []).append(line)
    return found
