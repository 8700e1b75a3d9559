"""What sheets for the wall need: where the town's log stands, and one published record."""

from datetime import date

from sqlmodel import Session, and_, col, select

from portal.disclosures import queries as disclosures
from portal.disclosures.models import Record, RecordVersion
from portal.log import queries as log
from portal.places import queries as places
from portal.places.models import Place
from portal.posters.sheets import Proof


def town_of(session: Session, village: Place) -> Place:
    """Return the town that seals a village's sheets. LookupError if the village stands alone."""
    town = places.parent(session, village)
    if town is None:
        raise LookupError(village.code)
    return town


def proof(session: Session, village: Place, today: date) -> Proof:
    """Return where the log of the village's town stands now, dated by its last entry (today where it has none)."""
    head = log.head(session, village.unit)
    return Proof(head.digits, head.size, head.day or today)


def record(session: Session, village: Place, record_id: str) -> disclosures.Line | None:
    """Return a record of this village that the public sees, None if there is none. One query."""
    query = select(*disclosures.COLUMNS).join(  # type: ignore[call-overload]
        RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                            col(RecordVersion.number) == col(Record.shown)))
    query = query.where(Record.village_id == village.id, Record.id == record_id, Record.shown > 0)
    row = session.exec(query).first()
    return disclosures.line_of(row) if row else None


def version(session: Session, line: disclosures.Line) -> RecordVersion:
    """Return the version that the public sees of a record, with its rows as they are kept. One query."""
    query = select(RecordVersion).where(RecordVersion.record_id == line.record_id, RecordVersion.number == line.number)
    return session.exec(query).one()
