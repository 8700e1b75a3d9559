"""Reads for pages, digests, posters and exports. Few queries, each for a whole page: none runs once a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.core.clock import local_day
from portal.disclosures.catalogue import catalogue
from portal.disclosures.deadlines import Slot, days_late, due_slots
from portal.disclosures.entries import Group, Item
from portal.disclosures.models import DueNotice, Record, RecordVersion
from portal.disclosures.periods import Period
from portal.disclosures.shown import fields_shown, has_persons, row_shown, table_shown
from portal.places.models import Place

LIKE_ESCAPE = "\\"
FRESH, KNOWN = 3, 90  # lines shown, and lines back to the period before


class Missing(NamedTuple):
    """Something due that is not public: the first four say what and how late, the rest what is known of it."""

    item: Item
    period: Period | None
    due: date
    days: int
    title: str = ""
    record_id: str | None = None


@dataclass(frozen=True)
class Line:
    """A public record as lists show it: everything but its rows. `corrected`: it stands in a later version."""

    record_id: str
    item: Item
    period: Period | None
    state: str
    number: int
    title: str
    summary: str
    amount_fen: int | None
    row_count: int
    totals: Mapping[str, int]
    values: Mapping[str, str]
    event_date: date | None
    published_at: datetime
    first_published_at: datetime
    due_on: date | None
    notice_end: date | None
    nothing: bool
    mend: bool

    @property
    def corrected(self) -> bool:
        """Tell whether an earlier version was public before."""
        return self.number > 1

    @property
    def over(self) -> bool:
        """Tell whether its notice is over (or there never was one)."""
        return self.state != "published"

    def in_notice(self, today: date) -> bool:
        """Tell whether objections to it still hold it up: its notice runs, or one is not settled."""
        return self.state == "published" and self.notice_end is not None and today <= self.notice_end


COLUMNS = (
    Record.id, Record.item_code, Record.period_key, Record.state, RecordVersion.number, RecordVersion.title,
    RecordVersion.summary, RecordVersion.amount_fen, RecordVersion.row_count, RecordVersion.totals,
    RecordVersion.values, RecordVersion.event_date, Record.published_at, Record.first_published_at, Record.due_on,
    Record.notice_end, RecordVersion.nothing, Record.mend,
)  # fmt: skip


def line_of(row: Sequence[Any]) -> Line:
    """Make a line of a row of `COLUMNS`."""
    record_id, code, period, state, number, title, summary, amount, count, totals, values, event, at, first, *rest = row
    due, notice, nothing, mend = rest
    item = catalogue().by_code(code)
    over = state != "published"
    return Line(record_id, item, Period.parse(period) if period else None, state, number, title, summary, amount,
                count, totals, row_shown(item, values, over=over), event, at, first, due, notice, nothing, mend)


def public_of(session: Session, village_id: str, code: str, period_key: str) -> str:
    """Return the id of the public record of an item for a period, "" where there is none. One query."""
    query = select(Record.id).where(Record.village_id == village_id, Record.item_code == code, Record.shown > 0)
    return session.exec(query.where(Record.period_key == period_key)).first() or ""


def lines(session: Session, village_id: str, *, item: Item | None = None, limit: int | None = None,
          words: str = "", archived: bool = True) -> list[Line]:
    """Return a village's public records, newest first; of one item, or those that hold `words`."""
    query = public_lines(village_id, words)
    if item is not None:
        query = query.where(Record.item_code == item.code)
    if not archived:
        query = query.where(Record.state != "archived")
    return [line_of(row) for row in session.exec(query.limit(limit) if limit else query).all()]


def public_lines(village_id: str, words: str = "", *more: Any) -> Any:
    """Return the query for a village's public records that hold `words`, newest first: `COLUMNS`, then `more`."""
    query = select(*COLUMNS, *more).join(  # type: ignore[call-overload]
        RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                            col(RecordVersion.number) == col(Record.shown)))
    query = query.where(Record.village_id == village_id, Record.shown > 0)
    for word in words.split():
        query = query.where(func.lower(RecordVersion.found).like(f"%{_escaped(word.lower())}%", escape=LIKE_ESCAPE))
    return query.order_by(col(Record.published_at).desc(), col(Record.id))


def _escaped(word: str) -> str:
    for sign in (LIKE_ESCAPE, "%", "_"):
        word = word.replace(sign, LIKE_ESCAPE + sign)
    return word


def published(session: Session, village: Place, limit: int = 3) -> list[Line]:
    """Return what the village made public last, newest first."""
    found = lines(session, village.id, limit=limit * 4, archived=False)
    return [line for line in found if not line.nothing][:limit]


class Found(NamedTuple):
    """A record that holds the words, and the first of its public lines that holds one of them."""

    line: Line
    where: str


class State(NamedTuple):
    """What is known of a record for the calendar, public or not. `mine` is the state of its latest version."""

    id: str
    village_id: str
    item_code: str
    slot: str
    period_key: str
    state: str
    shown: int
    latest: int
    due_on: date | None
    mend: bool
    mine: str
    title: str
    nothing: bool
    event_date: date | None
    drafted_by: str
    moved_at: datetime | None


def states(session: Session, village_ids: Iterable[str], *, open_only: bool = False) -> list[State]:
    """Return all records of villages with the state of their latest version; `open_only`: what is not settled."""
    query = select(  # type: ignore[call-overload]
        Record.id, Record.village_id, Record.item_code, Record.slot, Record.period_key, Record.state, Record.shown,
        Record.latest, Record.due_on, Record.mend, RecordVersion.state, RecordVersion.title, RecordVersion.nothing,
        RecordVersion.event_date, RecordVersion.drafted_by,
        func.coalesce(RecordVersion.checked_at, RecordVersion.submitted_at, RecordVersion.drafted_at),
    ).join(RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                               col(RecordVersion.number) == col(Record.latest)))
    query = query.where(col(Record.village_id).in_(list(village_ids)))
    if open_only:
        query = query.where(or_(RecordVersion.state != "published", Record.mend))
    return [State(*row) for row in session.exec(query.order_by(col(Record.created_at))).all()]


def missing_of(village: Place, known: Iterable[State], today: date) -> list[Missing]:
    """Return what is due and not public in a village, longest late first. A day counts as late once it is over."""
    mine = [one for one in known if one.village_id == village.id]
    filled = {(one.item_code, one.period_key) for one in mine if one.shown}
    drafts = {(one.item_code, one.period_key): one for one in mine if not one.shown}
    found = []
    for item in catalogue().items:
        for slot in due_slots(item, village.opened_on, today):
            if slot.late(today) and (item.code, slot.key) not in filled:
                draft = drafts.get((item.code, slot.key))
                found.append(Missing(item, slot.period, slot.due, slot.late(today), draft.title if draft else "",
                                     draft.id if draft else None))
    for one in mine:
        item = catalogue().by_code(one.item_code)
        if item.cycle == "event" and not one.shown and one.due_on and (days := days_late(one.due_on, today)):
            title = "" if has_persons(item) or item.group.key == "members" else one.title  # a draft tells no name
            found.append(Missing(item, None, one.due_on, days, title, one.id))
    return sorted(found, key=lambda one: (one.due, one.item.code))


def missing(session: Session, village: Place, now: datetime) -> list[Missing]:
    """Return what is due and not public in a village, longest late first: item, period, due day, days late."""
    return missing_of(village, states(session, [village.id]), local_day(now))


def overview(session: Session, village_ids: Sequence[str], now: datetime) -> dict[str, dict[str, Any]]:
    """Return of each village how many records are `missing` and the `last` day of publishing (None: none yet)."""
    today = local_day(now)
    places = session.exec(select(Place).where(col(Place.id).in_(village_ids))).all()
    query = select(Record.village_id, Record.item_code, Record.period_key, Record.shown, Record.due_on,
                   Record.published_at).where(col(Record.village_id).in_(village_ids))  # type: ignore[call-overload]
    filled: dict[str, set[tuple[str, str]]] = {one: set() for one in village_ids}
    last: dict[str, datetime] = {}
    begun = dict.fromkeys(village_ids, 0)
    for village_id, code, period, shown, due, at in session.exec(query).all():
        if shown:
            filled[village_id].add((code, period))
            last[village_id] = max(last.get(village_id, at), at)
        elif due and due < today and catalogue().by_code(code).cycle == "event":
            begun[village_id] += 1
    found: dict[str, dict[str, Any]] = {}
    for place in places:
        late = sum(1 for slot in slots(place, today)
                   if slot.late(today) and (slot.item.code, slot.key) not in filled[place.id])
        found[place.id] = {"missing": late + begun[place.id],
                           "last": local_day(last[place.id]) if place.id in last else None}
    return found


def slots(village: Place, until: date) -> list[Slot]:
    """Return everything that falls due in a village up to a day, in the catalogue's order."""
    return [slot for item in catalogue().items for slot in due_slots(item, village.opened_on, until)]


@dataclass(frozen=True)
class ItemState:
    """An item on the village's page of openness: what was published last, and what is missing of it."""

    item: Item
    last: Line | None
    late: Missing | None


@dataclass(frozen=True)
class Overview:
    """The village's page of openness. `due` and `done` count what fell due this year."""

    groups: list[tuple[Group, list[ItemState]]]
    missing: list[Missing]
    due: int
    done: int


def openness(session: Session, village: Place, now: datetime) -> Overview:
    """Return what is there, what is due and what is missing, by group. Two queries."""
    today = local_day(now)
    gone = missing_of(village, states(session, [village.id]), today)
    newest: dict[str, Line] = {}
    for line in lines(session, village.id, archived=False):
        newest.setdefault(line.item.code, line)
    late: dict[str, Missing] = {}
    for one in gone:
        late.setdefault(one.item.code, one)
    groups = [
        (group, [ItemState(one, newest.get(one.code), late.get(one.code)) for one in catalogue().in_group(group.key)])
        for group in catalogue().groups
    ]
    due = [slot for slot in slots(village, today) if slot.due.year == today.year]
    begun = sum(1 for one in gone if one.item.cycle == "event")
    absent = sum(1 for one in gone if one.due.year == today.year)
    return Overview(groups, gone, len(due) + begun, max(0, len(due) + begun - absent))


def first_notice(village: Place) -> SelectOfScalar[Any]:
    """Return the query for the day on which the town was first told of something that is still missing."""
    query = select(func.min(DueNotice.noticed_on)).where(DueNotice.village_id == village.id)
    return query.where(col(DueNotice.closed_on).is_(None))


def for_home(session: Session, village: Place, now: datetime) -> dict[str, Any]:
    """Return what the front page shows: `fresh` lines and those `known` to compare with, `missing`, `groups`."""
    known = lines(session, village.id, limit=KNOWN, archived=False)
    return {
        "fresh": [line for line in known if not line.nothing][:FRESH],
        "known": known,
        "missing": missing(session, village, now),
        "groups": catalogue().groups,
    }


def public_facts(session: Session, village: Place, item: Item) -> list[dict[str, Any]]:
    """Return an item's public records as open data, oldest first: only what a page would show. One query."""
    query = select(Record, RecordVersion).join(RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                                                                   col(RecordVersion.number) == col(Record.shown)))
    query = query.where(Record.village_id == village.id, Record.item_code == item.code, Record.shown > 0)
    found = []
    for record, version in session.exec(query.order_by(col(Record.first_published_at))).all():
        over = record.state != "published"
        found.append({
            "id": record.id, "village": village.code, "item": item.code, "category": item.slug,
            "period": record.period_key or None, "state": record.state, "version": version.number,
            "title": version.title, "summary": version.summary, "nothing": version.nothing,
            "event_date": version.event_date.isoformat() if version.event_date else None,
            "due_on": record.due_on.isoformat() if record.due_on else None,
            "published_on": local_day(version.published_at or record.created_at).isoformat(),
            "notice_end": record.notice_end.isoformat() if record.notice_end else None,
            "amount_fen": version.amount_fen, "totals": version.totals, "entries": version.row_count,
            "fields": [field.key for field in fields_shown(item, over=over)],
            "values": row_shown(item, version.values, over=over),
            "rows": table_shown(item, version.rows, over=over), "decision": version.decision,
            "content": version.content_hash, "correction": version.reason or None,
        })
    return found
