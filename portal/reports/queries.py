"""Reading reports: for the person with the digits and for the offices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.core.db import once
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import rules
from portal.reports.models import (
    Message,
    OfficeKey,
    OfficeKeyCopy,
    Particular,
    Recusal,
    Report,
    ReportBody,
    Request,
)
from portal.roles import Actor, Permission

ANSWER = aliased(Message)


@dataclass(frozen=True)
class Reader:
    """Somebody to whom copies are sealed: "town", "district" or "reporter", the key's name and public half.

    `offline`: the private half never touches this machine.
    """

    reader: str
    key_id: str
    public: bytes
    offline: bool = False


@dataclass(frozen=True)
class Sealed:
    """A message with its sealed text for one reader (None: this reader has no copy) and its photos' numbers."""

    message: Message
    text: bytes | None
    key_id: str
    photos: tuple[int, ...]


def active_key(session: Session, place_id: str, *, offline: bool = False) -> OfficeKey | None:
    """Return the key to which an office's copies are sealed now, or None; `offline`: those of the gravest reports."""
    return next((key for key in _keys(session, place_id) if key.offline is offline and key.retired_on is None), None)


def offline_keys(session: Session, place_id: str) -> dict[str, OfficeKey]:
    """Return every key for the gravest reports that an office has or had, by id, the newest first."""
    return {key.id: key for key in _keys(session, place_id) if key.offline}


def _keys(session: Session, place_id: str) -> Sequence[OfficeKey]:
    """Return the keys of an office that a page may need, in one query: that in use, and all for the gravest reports."""
    query = select(OfficeKey).where(OfficeKey.place_id == place_id)
    query = query.where(or_(col(OfficeKey.retired_on).is_(None), col(OfficeKey.offline).is_(True)))
    order = (col(OfficeKey.retired_on).is_not(None), col(OfficeKey.retired_on).desc(), col(OfficeKey.id))
    return once(session, ("office keys", place_id), lambda: session.exec(query.order_by(*order)).all())


def has_copy(session: Session, key_id: str, person_id: str) -> bool:
    """Tell whether an officer has a copy of a key."""
    return session.get(OfficeKeyCopy, (key_id, person_id)) is not None


def usable_keys(session: Session, place_id: str) -> set[str]:
    """Return the keys of an office that still open something: those in use, and retired ones not destroyed or lost."""
    query = select(OfficeKey.id).where(OfficeKey.place_id == place_id, col(OfficeKey.lost_on).is_(None))
    works = or_(col(OfficeKey.retired_on).is_(None), col(OfficeKey.held).is_not(None), col(OfficeKey.offline))
    return set(session.exec(query.where(works)).all())


def lost_keys(session: Session) -> set[str]:
    """Return every office's keys that nobody can open any more."""
    return set(session.exec(select(OfficeKey.id).where(col(OfficeKey.lost_on).is_not(None))).all())


def as_it_stands(vault: Session, report: Report) -> Report:
    """Return a case read anew inside a write: what others changed since it was read for a page stays changed."""
    return vault.get_one(Report, report.id, with_for_update=True)


def sealed_for(vault: Session, report_id: str) -> dict[int, set[str]]:
    """Return of each message of a case the keys that offices' copies of its words are sealed to."""
    query = select(ReportBody.number, ReportBody.key_id).where(ReportBody.report_id == report_id)
    found: dict[int, set[str]] = {}
    for number, key_id in vault.exec(query.where(ReportBody.part == 0, ReportBody.reader != "reporter")).all():
        found.setdefault(number, set()).add(key_id)
    return found


def copy_holders(session: Session, key_id: str) -> set[str]:
    """Return the people who have a copy of a key."""
    return set(session.exec(select(OfficeKeyCopy.person_id).where(OfficeKeyCopy.key_id == key_id)).all())


def office_readers(session: Session, village: Place, *, offline: bool = False) -> list[Reader]:
    """Return the town's and the district's keys for a village's reports; an office without a key is left out.

    `offline`: for the gravest reports. Each office's offline key then stands for its desk key. Once the district has
    one, an office that has none is left out: its copy could be opened on this machine.
    """
    above = [part for part in village.path.split("/") if part and part != village.id]
    query = select(OfficeKey, Place).join(Place, col(Place.id) == col(OfficeKey.place_id))
    query = query.where(col(OfficeKey.place_id).in_(above), col(OfficeKey.retired_on).is_(None))
    found = [Reader(place.kind, key.id, key.public, key.offline) for key, place in session.exec(query).all()]
    return _for_the_gravest(found) if offline else [reader for reader in found if not reader.offline]


def _for_the_gravest(found: Sequence[Reader]) -> list[Reader]:
    away = {reader.reader: reader for reader in found if reader.offline}
    if "district" in away:
        return list(away.values())
    return [*away.values(), *(reader for reader in found if reader.reader not in away)]


def office_of(session: Session, actor: Actor, place: Place) -> Place:
    """Return the office in whose name a person reads a place's reports: where the nearest such role is held."""
    above = [path for path in actor.paths(Permission.REPORT_READ) if place.path.startswith(path)]
    nearest = max(above, key=len)
    return places.get(session, nearest.rstrip("/").rsplit("/", 1)[-1])


def by_lookup(vault: Session, lookup: bytes) -> Report | None:
    """Return the report that a receipt finds."""
    return vault.exec(select(Report).where(Report.lookup == lookup)).first()


def _visible(office_kind: str, *, waiting: bool) -> list[object]:
    found: list[object] = [] if office_kind == "district" else [col(Report.to_town).is_(True)]
    return found if waiting else [*found, col(Report.released).is_(True)]


def inbox(vault: Session, village_ids: Collection[str], office_kind: str, *, waiting: bool = False,
          person_id: str = "") -> list[Report]:
    """Return the reports of some villages that an office may read: open ones first, then by week, newest first.

    Within a week they stand by their random ids, which tell nothing of which came first. `waiting` adds those
    that were not handed over yet: for counts of weeks that are over, never for a list. Cases that `person_id` must
    not open are left out.
    """
    query = select(Report).where(col(Report.village_id).in_(village_ids), *_visible(office_kind, waiting=waiting))  # type: ignore[arg-type]
    out = select(Recusal.report_id).where(Recusal.person_id == person_id, Recusal.why != "waits")
    query = query.where(col(Report.id).not_in(out))
    query = query.order_by(col(Report.state) == "closed", col(Report.week).desc(), col(Report.id))
    return list(vault.exec(query).all())


def one(vault: Session, report_id: str, village_ids: Collection[str], office_kind: str) -> Report | None:
    """Return a report if it is of one of these villages and this kind of office may read it."""
    report = vault.get(Report, report_id)
    if report is None or report.village_id not in village_ids or not report.released:
        return None
    if not rules.may_read(report.to_town, office_kind):
        return None
    return report


def _there(report_id: str, reader: str) -> list[ColumnElement[bool]]:
    """Return the condition for the messages of a case that are there for one reader (see `talk`)."""
    found = [col(Message.report_id) == report_id]
    if reader != "reporter":
        found.append(col(Message.released).is_(True))
    if reader == "town":
        found.append(col(Message.to_town).is_(True))
    return found


def numbers(vault: Session, report_id: str, reader: str) -> list[int]:
    """Return the numbers of a case's messages that are there for one reader, in their order.

    A reader is told places in this list and never the numbers themselves: one left out would tell of a message that is
    withheld or still waits.
    """
    query = select(Message.number).where(*_there(report_id, reader))
    return list(vault.exec(query.order_by(col(Message.number))).all())


def talk(vault: Session, report_id: str, reader: str) -> list[Sealed]:
    """Return a case's messages in their order, each with its sealed text for one reader.

    An office sees what was handed over; the reporter sees all. A message that concerns the town's own people is not
    there for the town: a line without words would tell it so.
    """
    query = select(Message).where(*_there(report_id, reader)).order_by(col(Message.number))
    found = vault.exec(query).all()
    text = case((col(ReportBody.part) == 0, col(ReportBody.sealed)), else_=None)  # photos are fetched one by one
    bodies = vault.exec(
        select(ReportBody.number, ReportBody.part, ReportBody.key_id, text)
        .where(ReportBody.report_id == report_id, ReportBody.reader == reader)
    ).all()
    texts = {number: (sealed, key_id) for number, part, key_id, sealed in bodies if part == 0}
    return [
        Sealed(message, *texts.get(message.number, (None, "")),
               tuple(sorted(part for number, part, _key, _text in bodies if part and number == message.number)))
        for message in found
    ]


def withheld(vault: Session, village_ids: Collection[str], office_id: str) -> set[str]:
    """Return the open cases with a message that the town got no copy of, and that an office has not answered since."""
    return set(vault.exec(_withheld(village_ids, office_id)).all())


def set_aside(vault: Session, village_ids: Collection[str], office_id: str) -> tuple[set[str], set[str]]:
    """Return the cases from which an officer stepped back or that name one, and what `withheld` tells. One query."""
    stepped = select(col(Recusal.report_id), literal(1)).where(Recusal.why != "waits")
    rows = vault.execute(stepped.union(_withheld(village_ids, office_id).add_columns(literal(0)))).all()
    return {report for report, back in rows if back}, {report for report, back in rows if not back}


def _withheld(village_ids: Collection[str], office_id: str) -> SelectOfScalar[str]:
    since = select(ANSWER.number).where(ANSWER.report_id == Message.report_id, ANSWER.number > Message.number,
                                        ANSWER.place_id == office_id)
    return select(Message.report_id).join(Report, col(Report.id) == col(Message.report_id)).where(
        col(Report.village_id).in_(village_ids), col(Report.to_town).is_(True), Report.state != "closed",
        Message.direction == "in", col(Message.to_town).is_(False), col(Message.released).is_(True), ~since.exists())


def photo(vault: Session, report_id: str, place: int, part: int, reader: str) -> ReportBody | None:
    """Return one sealed photo for one reader; `place` counts the messages that are there for the reader, from 0."""
    shown = numbers(vault, report_id, reader)
    if not part or place >= len(shown):
        return None
    return vault.get(ReportBody, (report_id, shown[place], part, reader))


def particulars(vault: Session, report_id: str) -> list[Particular]:
    """Return what was found of a report, in the order of the menu of kinds."""
    found = vault.exec(select(Particular).where(Particular.report_id == report_id)).all()
    kinds = list(rules.PARTICULARS)
    return sorted(found, key=lambda row: kinds.index(row.kind))


def requests_to(session: Session, village_id: str) -> list[Request]:
    """Return what offices asked a village to see to, open ones first."""
    query = select(Request).where(Request.place_id == village_id)
    return list(session.exec(query.order_by(col(Request.answered_on).is_not(None), col(Request.due).desc())).all())


def request_for(session: Session, report_id: str) -> Request | None:
    """Return what the village was asked because of a report, or None."""
    return session.exec(select(Request).where(Request.report_id == report_id)).first()


def threats_found(vault: Session, village_ids: Collection[str], without: Collection[str]) -> list[tuple[str, str]]:
    """Return the threats that turned out to be so, wholly or in part: (village id, ISO week in which it closed).

    `without`: the cases that whoever asks must not learn of.
    """
    query = select(Report.village_id, Report.closed_week).where(
        col(Report.village_id).in_(village_ids), col(Report.id).not_in(without), Report.state == "closed",
        Report.severity >= rules.URGENT, col(Report.outcome).in_(("founded", "partly")))
    return list(vault.exec(query).all())


def published_answers(session: Session, village_id: str, limit: int = 100) -> list[Request]:
    """Return a village's published questions with their answers, the newest first."""
    query = select(Request).where(Request.place_id == village_id, col(Request.published_on).is_not(None))
    return list(session.exec(query.order_by(col(Request.published_on).desc(), col(Request.id)).limit(limit)).all())


def requests_by(session: Session, office_id: str) -> list[Request]:
    """Return what an office asked of villages, oldest first."""
    query = select(Request).where(Request.office_id == office_id).order_by(col(Request.asked_on))
    return list(session.exec(query).all())


def open_requests(session: Session, paths: Sequence[str]) -> list[tuple[Request, Place]]:
    """Return the unanswered requests to the villages at and below some places."""
    villages = [col(Place.path).startswith(path) for path in paths]
    if not villages:
        return []
    query = select(Request, Place).join(Place, col(Place.id) == col(Request.place_id))
    return list(session.exec(query.where(or_(*villages), col(Request.answered_on).is_(None))).all())
