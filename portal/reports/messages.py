"""Messages of a case: sealed for everybody who may read them, numbered, and handed over with the batch."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from portal.core.clock import iso_week, local_day
from portal.reports import rules, sealing
from portal.reports.models import Message, Report, ReportBody
from portal.reports.queries import Reader
from portal.reports.sealing import Words

REOPENING = frozenset({"reopened", "review", "again"})  # kinds of message that open a closed case again
WITHDRAWING = frozenset({"addition", "told", *REOPENING})  # kinds that take a case from the town they concern


def week_of(now: datetime) -> str:
    """Return the ISO week of a moment: all that the vault ever learns of time."""
    return iso_week(local_day(now))


def from_reporter(report: Report, number: int, kind: str, now: datetime, mark: bytes, *, to_town: bool) -> Message:
    """Return a message of the reporter. It waits for the batch, unless its kind waits for none."""
    return Message(report_id=report.id, number=number, direction="in", kind=kind, week=week_of(now), tag=mark,
                   released=rules.at_once(report.category), to_town=to_town)


def arrives(vault: Session, report: Report, message: Message) -> None:
    """Let a message of the reporter change how a case stands, now that the offices see it."""
    if message.kind == "review" or (message.kind in WITHDRAWING and not message.to_town):
        withdraw(vault, report)
    if message.kind in REOPENING and report.state == "closed":
        report.state, report.outcome, report.closed_week = "accepted", "", ""
        report.extended_week, report.escalated, report.reopened_week = "", "", message.week
    if message.kind == "told" and report.outcome == rules.UNREAD:
        report.state, report.outcome, report.closed_week = ("accepted" if report.accepted_week else "looked"), "", ""
    if message.kind == "told" and report.state != "closed":
        report.lost_week, report.extended_week, report.escalated, report.reopened_week = "", "", "", message.week
        report.awaiting = "office"
        if report.state == "looked":  # those who looked then may be others now
            report.state, report.looked_week = "received", ""
    if message.kind == "reopened":
        report.reopened = True
    if message.kind == "review":
        report.reviewed = True
    seen = message.to_town or not report.to_town  # by every office that reads the case; else only `queries.withheld`
    if message.kind in {"addition", "reply", *REOPENING} and report.state != "closed" and seen:
        report.awaiting = "office"


def withdraw(vault: Session, report: Report) -> None:
    """Take a case from the town, with the town's copies; nothing gives it any later.

    Its people are involved, or the reporter asked the district to decide in its place.
    """
    if report.to_town:
        report.to_town = False
        vault.exec(delete(ReportBody).where(col(ReportBody.report_id) == report.id, col(ReportBody.reader) == "town"))


def commitment(bodies: Sequence[ReportBody]) -> bytes:
    """Return the hash that binds a report's sealed copies: SHA-256 over their hashes, sorted."""
    return hashlib.sha256(b"".join(sorted(hashlib.sha256(body.sealed).digest() for body in bodies))).digest()


def seal(report: Report, number: int, words: Words, photos: Sequence[bytes],
          offices: Sequence[Reader]) -> list[ReportBody]:
    """Return the sealed copies of a message: the text for each office and the reporter, photos for the offices."""
    readers = [*offices, Reader("reporter", "", report.reporter_pub)]
    parts = [(0, words.as_bytes(), readers)] + [(at, photo, list(offices)) for at, photo in enumerate(photos, 1)]
    return [
        ReportBody(report_id=report.id, number=number, part=part, reader=reader.reader, key_id=reader.key_id,
                   sealed=sealing.seal(reader.public, content))
        for part, content, its_readers in parts
        for reader in its_readers
    ]


def keep(vault: Session, report: Report, message: Message, bodies: Sequence[ReportBody]) -> None:
    """Store a message with its sealed copies. What waits for no batch changes at once how the case stands."""
    vault.add(message)
    vault.flush()
    vault.add_all(bodies)
    vault.flush()
    if message.direction == "in" and message.released:
        arrives(vault, report, message)
    vault.add(report)


def next_number(vault: Session, report: Report) -> int:
    """Return the number of a case's next message."""
    query = select(Message.number).where(Message.report_id == report.id).order_by(col(Message.number).desc())
    last = vault.exec(query.limit(1)).first()
    return 0 if last is None else last + 1


def apart(vault: Session, report: Report) -> bool:
    """Tell whether the reporter told the district something about the town's own people, of which the town has none.

    What the district writes back about it then is not for the town either.
    """
    query = select(Message.number).where(Message.report_id == report.id, Message.direction == "in",
                                         col(Message.to_town).is_(False), col(Message.released).is_(True))
    return report.to_town and vault.exec(query.limit(1)).first() is not None


def asked_apart(vault: Session, report: Report) -> bool:
    """Tell whether an office wrote past the town last, or since the reporter's last word: so goes what comes now."""
    query = select(Message.direction, Message.to_town).where(Message.report_id == report.id)
    talk = vault.exec(query.order_by(col(Message.number))).all()
    last = max((place for place, (direction, _town) in enumerate(talk) if direction == "in"), default=0)
    said = [to_town for direction, to_town in talk if direction == "out"]
    since = [to_town for direction, to_town in talk[last:] if direction == "out"]
    return False in (*said[-1:], *since)


def has_tag(vault: Session, report: Report, mark: bytes) -> bool:
    """Tell whether the very same was sent before."""
    query = select(Message.number).where(Message.report_id == report.id, Message.tag == mark)
    return vault.exec(query).first() is not None
