"""Reads for one record: its versions, who did what, objections and attachments; and one category over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, Integer, cast, null
from sqlmodel import Session, and_, col, literal, select, union_all

from portal.accounts.models import Person
from portal.disclosures.drafting import OPEN_TO_CHANGE
from portal.disclosures.entries import Item
from portal.disclosures.models import Attachment, Objection, Record, RecordStep, RecordVersion
from portal.disclosures.periods import Period
from portal.disclosures.queries import Line, lines
from portal.disclosures.shown import papers_shown
from portal.places.models import Place


class Did(NamedTuple):
    """One act on a record, with the name of who did it (None: somebody without an account, or the clock)."""

    act: str
    number: int
    moment: datetime
    remark: str
    name: str | None
    name_en: str | None


class Answer(NamedTuple):
    """An objection as the public sees it: never its words, only its state and the answer."""

    id: str
    number: int
    day: date
    answer_by: date
    state: str
    decision: str
    decided_on: date | None


class Paper(NamedTuple):
    """An attachment without its bytes."""

    id: str
    number: int
    gone: int | None
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class Whole:
    """A record with everything that hangs on it. Versions oldest first."""

    record: Record
    versions: list[RecordVersion]
    steps: list[Did]
    answers: list[Answer]
    papers: list[Paper]

    def version(self, number: int) -> RecordVersion | None:
        """Return one version, None if there is none of this number."""
        return next((one for one in self.versions if one.number == number), None)

    def papers_of(self, number: int) -> list[Paper]:
        """Return what hung on a version."""
        return [one for one in self.papers if one.number <= number and (one.gone is None or one.gone > number)]


def record_of(session: Session, village: Place, record_id: str) -> Record | None:
    """Return a record of this village, None if there is none."""
    found = session.get(Record, record_id)
    return found if found is not None and found.village_id == village.id else None


def whole(session: Session, village: Place, record_id: str) -> Whole | None:
    """Return a record of this village with all that hangs on it, None if there is none. Three queries."""
    query = select(Record, RecordVersion).join(RecordVersion, col(RecordVersion.record_id) == col(Record.id))
    query = query.where(Record.id == record_id, Record.village_id == village.id)
    found = session.exec(query.order_by(col(RecordVersion.number))).all()
    if not found:
        return None
    return Whole(found[0][0], [version for _, version in found], steps(session, record_id),
                 *_hanging(session, record_id))


def steps(session: Session, record_id: str) -> list[Did]:
    """Return who did what with a record, oldest first. One query."""
    query = select(  # type: ignore[call-overload]
        RecordStep.act, RecordStep.number, RecordStep.moment, RecordStep.remark, Person.name, Person.name_en
    ).join(Person, col(Person.id) == col(RecordStep.person_id), isouter=True)
    query = query.where(RecordStep.record_id == record_id).order_by(col(RecordStep.place_in_order))
    return [Did(*row) for row in session.exec(query).all()]


def _hanging(session: Session, record_id: str) -> tuple[list[Answer], list[Paper]]:
    """Return objections and attachments in one query: a page has few to spend."""
    no_day = cast(null(), Date)
    answers = select(  # type: ignore[call-overload]
        literal("answer").label("what"), Objection.id, Objection.number, Objection.day, Objection.answer_by,
        Objection.decided_on, Objection.state, Objection.decision, cast(null(), Integer).label("gone"),
        literal(0).label("size"),
    ).where(Objection.record_id == record_id)
    papers = select(  # type: ignore[call-overload]
        literal("paper"), Attachment.id, Attachment.number, no_day, no_day, no_day, Attachment.kind,
        Attachment.name, Attachment.gone, Attachment.size,
    ).where(Attachment.record_id == record_id)
    rows = session.execute(union_all(answers, papers)).all()
    return (
        sorted((Answer(row[1], row[2], row[3], row[4], row[6], row[7], row[5]) for row in rows if row[0] == "answer"),
               key=lambda one: (one.day, one.id)),
        sorted((Paper(row[1], row[2], row[8], row[7], row[6], row[9]) for row in rows if row[0] == "paper"),
               key=lambda one: (one.number, one.name)),
    )


def neighbour(session: Session, village: Place, item: Item, period: Period) -> RecordVersion | None:
    """Return what was public for the period before, None if nothing was. One query."""
    query = select(RecordVersion).join(Record, and_(col(Record.id) == col(RecordVersion.record_id),
                                                    col(Record.shown) == col(RecordVersion.number)))
    query = query.where(Record.village_id == village.id, Record.item_code == item.code,
                        Record.period_key == period.previous().key)
    return session.exec(query).first()


def last_public(session: Session, village: Place, item: Item, before: str = "") -> RecordVersion | None:
    """Return the latest public version of an item, to begin a new one from; `before`: of an earlier period only."""
    query = select(RecordVersion).join(Record, and_(col(Record.id) == col(RecordVersion.record_id),
                                                    col(Record.shown) == col(RecordVersion.number)))
    query = query.where(Record.village_id == village.id, Record.item_code == item.code,
                        col(RecordVersion.nothing).is_(False))
    if before:
        query = query.where(Record.period_key < before)
    return session.exec(query.order_by(col(Record.period_key).desc(), col(Record.published_at).desc()).limit(1)).first()


def category(session: Session, village: Place, item: Item) -> tuple[list[Line], list[dict[str, str]]]:
    """Return an item's public records, latest period first, and the rows of the first that has any. Two queries."""
    found = sorted(lines(session, village.id, item=item), key=_newest, reverse=True)
    first = next((line for line in found if line.state != "archived" and not line.nothing), None)
    rows: list[dict[str, str]] = []
    if first is not None and first.row_count:
        query = select(RecordVersion.rows).where(RecordVersion.record_id == first.record_id,
                                                 RecordVersion.number == first.number)
        rows = list(session.exec(query).one())
    return found, rows


def _newest(line: Line) -> tuple[date, datetime]:
    return (line.period.start if line.period else line.event_date or date.min), line.published_at


def paper_of(session: Session, village: Place, item: Item, record_id: str, paper_id: str,
             *, public: bool = True) -> Attachment | None:
    """Return an attachment of a record of this village; `public`: only if it hung on a version that was public.

    Publicly it goes when the names of persons go: a photo of the list would keep them for good.
    None for one that was taken off a draft again: whoever took it off wanted it gone, for the desk as well.
    """
    query = select(Attachment, Record).join(Record, col(Record.id) == col(Attachment.record_id))
    query = query.where(Attachment.id == paper_id, Record.id == record_id, Record.village_id == village.id,
                        Record.item_code == item.code)
    found = session.exec(query).first()
    if found is None:
        return None
    paper, record = found
    never = paper.gone is not None and paper.gone <= paper.number  # taken off before anything was public
    if never or (public and not 0 < paper.number <= record.shown):
        return None
    if public and not papers_shown(item, over=record.state != "published"):
        return None
    return paper


def objections(session: Session, record_id: str) -> Sequence[Objection]:
    """Return a record's objections with their words, for the committee that looks into them."""
    query = select(Objection).where(Objection.record_id == record_id)
    return session.exec(query.order_by(col(Objection.day), col(Objection.id))).all()



def begun(session: Session, village: Place, item: Item) -> dict[str, str]:
    """Return the records of an item that are still being written and were never public: id by period. One query."""
    query = select(Record.period_key, Record.id).join(RecordVersion, and_(
        col(RecordVersion.record_id) == col(Record.id), col(RecordVersion.number) == col(Record.latest)))
    query = query.where(Record.village_id == village.id, Record.item_code == item.code, Record.shown == 0,
                        col(RecordVersion.state).in_(OPEN_TO_CHANGE))
    return dict(session.exec(query).all())


def periods_filled(session: Session, village: Place, item: Item) -> set[str]:
    """Return the periods of an item that have a record already, public or being written."""
    query = select(Record.period_key).where(Record.village_id == village.id, Record.item_code == item.code)
    return set(session.exec(query).all())
