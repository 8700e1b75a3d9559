"""Takes the words of a published version off for good, where the law wants it: a child's name, a court's order.

The row stays, with its number, its days and its salted hash, so that the record's history and the log still fit.
Without the salt nobody can try out what the hash stood for.
"""

from sqlmodel import Session, col, delete, or_, select, update

from portal.disclosures.models import Attachment, Objection, Record, RecordStep, RecordVersion
from portal.places import queries as places
from portal.places import service as villages

ERASED = "—"


def is_erased(version: RecordVersion) -> bool:
    """Tell whether a version was public and says nothing any more."""
    return version.state == "published" and not version.salt


def take_off(session: Session, record_id: str, number: int) -> list[int]:
    """Empty a version and delete the papers that hung on it; return which other versions of the record still speak.

    Remarks, reasons and objections about it go too: they may repeat its words. Raises LookupError for an unknown one.
    """
    record = session.get(Record, record_id)
    versions = session.exec(select(RecordVersion).where(RecordVersion.record_id == record_id)).all()
    version = next((one for one in versions if one.number == number and one.published_at), None)
    if record is None or version is None:
        message = f"record {record_id} has no public version {number}"
        raise LookupError(message)
    version.title = version.summary = version.found = version.salt = ""
    version.values, version.rows, version.members, version.totals, version.decision = {}, [], [], {}, {}
    version.row_count, version.amount_fen, version.event_date = 0, None, None
    version.reason = version.reason and ERASED
    session.add(version)
    session.exec(delete(Attachment).where(
        col(Attachment.record_id) == record_id, col(Attachment.number) <= number,
        or_(col(Attachment.gone).is_(None), col(Attachment.gone) > number)))
    session.exec(update(RecordStep).where(col(RecordStep.record_id) == record_id, col(RecordStep.number) == number,
                                          col(RecordStep.remark) != "").values(remark=ERASED))
    session.exec(update(Objection).where(col(Objection.record_id) == record_id, col(Objection.number) == number)
                 .values(text=ERASED))
    session.exec(update(Objection).where(col(Objection.record_id) == record_id, col(Objection.number) == number,
                                         col(Objection.state) != "open").values(decision=ERASED))
    villages.touch(session, places.get(session, record.village_id))
    session.flush()
    return sorted(one.number for one in versions if one.published_at and one.number != number and one.salt)
