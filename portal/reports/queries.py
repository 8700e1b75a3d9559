"""Reading reports: for the person with the digits, for the offices, for the flag rule and the log."""

import struct
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.core.clock import add_weeks
from portal.core.db import once
from portal.flags import near
from portal.flags.rules import Week
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
    TextSketch,
)
from portal.roles import Actor, Permission

SERIOUS = 3
ANSWER = aliased(Message)
SKETCH = struct.Struct(f">{near.HASHES}I")


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
        col(Message.to_town).is_(False), col(Message.released).is_(True), ~since.exists())


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


def weeks(vault: Session, village_ids: Collection[str], from_week: str, to_week: str) -> dict[str, list[Week]]:
    """Return what each ISO week brought in each village, `from_week` to `to_week`, oldest first (see flags.md).

    Adverse reports only. An open report with a found particular is `confirmed`; of the others, near-duplicates
    of one week count once. `particulars` counts the reports of which two offices found something, in the week in which
    the second first agreed: one report is one fact.
    """
    span = _span(from_week, to_week)
    adverse = [key for key, category in rules.BY_KEY.items() if category.adverse]
    reports = vault.exec(
        select(Report).where(col(Report.village_id).in_(village_ids), col(Report.category).in_(adverse))
        .where(Report.week >= from_week, Report.week <= to_week)
    ).all()
    found = vault.exec(
        select(Particular.report_id, Particular.second_week, Report.village_id, Report.severity)
        .join(Report, col(Report.id) == col(Particular.report_id))
        .where(col(Report.village_id).in_(village_ids), col(Report.category).in_(adverse))
    ).all()
    checkable = {report_id for report_id, *_ in found}
    first = {row[0]: row for row in sorted(found, key=lambda row: row[1], reverse=True) if row[1]}.values()
    facts = Counter((village_id, week) for _, week, village_id, _ in first)
    grave = Counter((village_id, week) for _, week, village_id, severity in first if severity >= SERIOUS)
    rest = [row for row in reports if row.channel != "voice" and row.id not in checkable]
    collapsed = _collapsed(vault, rest)
    voiced = [row for row in reports if row.channel == "voice"]
    voice = Counter((row.village_id, row.week) for row in voiced)
    serious = Counter((row.village_id, row.week) for row in voiced if row.severity >= SERIOUS)
    confirmed = Counter((row.village_id, row.week) for row in reports
                        if row.channel != "voice" and row.id in checkable)
    return {
        village_id: [
            Week(voice=voice[key], serious_voice=serious[key], confirmed=confirmed[key],
                 open_rest=collapsed.get(key, 0), particulars=facts[key], serious_particulars=grave[key])
            for key in ((village_id, week) for week in span)
        ]
        for village_id in village_ids
    }


def threats_found(vault: Session, village_ids: Collection[str], without: Collection[str]) -> list[tuple[str, str]]:
    """Return the threats that turned out to be so, wholly or in part: (village id, ISO week in which it closed).

    `without`: the cases that whoever asks must not learn of.
    """
    query = select(Report.village_id, Report.closed_week).where(
        col(Report.village_id).in_(village_ids), col(Report.id).not_in(without), Report.state == "closed",
        Report.severity >= rules.URGENT, col(Report.outcome).in_(("founded", "partly")))
    return list(vault.exec(query).all())


def heard(vault: Session, village_id: str, weeks: Collection[str]) -> int:
    """Return how many reports of any kind came in about a village in some ISO weeks."""
    query = select(func.count()).where(Report.village_id == village_id, col(Report.week).in_(weeks))
    return vault.exec(query).one()


def told(vault: Session, village_id: str, category: str, from_week: str, to_week: str) -> int:
    """Return how many reports of one kind came in about a village from one ISO week to another, both included."""
    query = select(func.count()).where(Report.village_id == village_id, Report.category == category)
    return vault.exec(query.where(Report.week >= from_week, Report.week <= to_week)).one()


def uncollapsed(vault: Session, reports: Sequence[Report]) -> list[Report]:
    """Return those of `reports` that near-duplicates are sought among: adverse, open, nothing found of them yet."""
    ids = [report.id for report in reports]
    found = set(vault.exec(select(Particular.report_id).where(col(Particular.report_id).in_(ids))).all()) if ids else ()
    return [report for report in reports
            if report.channel != "voice" and report.id not in found and rules.BY_KEY[report.category].adverse]


def clusters(vault: Session, reports: Sequence[Report]) -> dict[str, str]:
    """Return of each report the id of the report that it counts with: near-duplicates of one village and week."""
    ids = [report.id for report in reports if not report.cluster]
    rows = vault.exec(select(TextSketch).where(col(TextSketch.report_id).in_(ids))).all() if ids else []
    sketches = {row.report_id: SKETCH.unpack(row.sketch) for row in rows}
    found = {report.id: report.cluster or report.id for report in reports}
    groups: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        if report.id in sketches:
            groups.setdefault((report.village_id, report.week), []).append(report.id)
    for members in groups.values():
        for group in near.near_duplicate_sketches([sketches[member] for member in members]):
            found.update({members[place]: members[group[0]] for place in group})
    return found


def _collapsed(vault: Session, rest: Sequence[Report]) -> dict[tuple[str, str], int]:
    """Return how many different open reports each (village, week) has: one per cluster of near-duplicates."""
    of = clusters(vault, rest)
    kept: dict[tuple[str, str], set[str]] = {}
    for report in rest:
        kept.setdefault((report.village_id, report.week), set()).add(of[report.id])
    return {key: len(different) for key, different in kept.items()}


def commitments(vault: Session, village_ids: Collection[str], from_week: str, to_week: str) -> dict[str, list[bytes]]:
    """Return the commitments of all reports of some villages, by ISO week, sorted: they tell no order."""
    rows = vault.exec(
        select(Report.week, Report.commit_hash).where(col(Report.village_id).in_(village_ids))
        .where(Report.week >= from_week, Report.week <= to_week)
    ).all()
    found: dict[str, list[bytes]] = {}
    for week, commit in rows:
        found.setdefault(week, []).append(commit)
    return {week: sorted(commits) for week, commits in found.items()}


def oldest_week(vault: Session, village_ids: Collection[str]) -> str | None:
    """Return the first week in which one of these villages reported anything."""
    return vault.exec(select(func.min(Report.week)).where(col(Report.village_id).in_(village_ids))).first()


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


def _span(from_week: str, to_week: str) -> list[str]:
    span = [from_week]
    while span[-1] < to_week:
        span.append(add_weeks(span[-1], 1))
    return span
