"""From checked to public and beyond: check, send back, approve and publish, archive, object, decide, and the clock.

Whoever wrote something down never checks it (four eyes), and what is published carries the moment at which it
happened: there is no way to give another one.
"""

import secrets
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select, update

from portal.core.clock import add_working_days, local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.disclosures import content as contents
from portal.disclosures.drafting import (
    ONE_ROW,
    amend,
    attach,
    content_of,
    correct,
    detach,
    draft,
    find,
    item_of,
    must,
    note_step,
    submit,
    version_of,
    writers,
)
from portal.disclosures.entries import Item
from portal.disclosures.models import Attachment, DueNotice, Objection, Record, RecordVersion
from portal.disclosures.ticking import tick
from portal.places.models import Place
from portal.places.service import record_act
from portal.places.settings import group as settings
from portal.roles import Actor, Permission

__all__ = [
    "ONE_ROW", "amend", "approve", "archive", "attach", "check", "content_of", "correct", "decide_objection", "detach",
    "draft", "find", "item_of", "object_to", "send_back", "submit", "tick", "version_of",
]  # fmt: skip

MOST_A_DAY = 20  # objections to one record: a flood fills a day, never the way to the committee
FULL_DAY = N_("%(most)s objections to this record came in today, and no more are taken in a day. Yours is not handed "
              "in yet: keep your words and hand it in tomorrow, or tell the supervision committee yourself.")
LONGEST_OBJECTION = 1000
LONGEST_REMARK = 300


def _remark(text: str, field: str, *, required: bool, longest: int = LONGEST_REMARK) -> str:
    text = text.strip()
    if required and not text:
        raise Refused(N_("Please say why."), field=field)
    if len(text) > longest:
        raise Refused(N_("This is too long: at most %(longest)s characters."), field=field, longest=longest)
    contents.stop(field, text)
    return text


def check(session: Session, actor: Actor, now: datetime, village: Place, record: Record, remark: str = "") -> None:
    """Say that a record was checked against the vouchers and is right. Raises Refused for one's own."""
    must(actor, Permission.RECORD_CHECK, village)
    version = version_of(session, record)
    if version.state != "submitted":
        raise Refused(N_("There is nothing to check here now."))
    if actor.person_id in writers(session, record, version):
        raise Refused(N_("You wrote this down yourself. Somebody else has to check it."))
    remark = _remark(remark, "remark", required=False)
    version.state, version.checked_by, version.checked_at = "checked", actor.person_id, now
    session.add(version)
    note_step(session, now, record, "checked", actor.person_id, remark=remark)


def send_back(session: Session, actor: Actor, now: datetime, village: Place, record: Record, reason: str) -> None:
    """Return a record to whoever wrote it, with a reason: the checker before, the approver after the check."""
    version = version_of(session, record)
    needed = {"submitted": Permission.RECORD_CHECK, "checked": Permission.RECORD_APPROVE}.get(version.state)
    if needed is None:
        raise Refused(N_("There is nothing to send back here now."))
    must(actor, needed, village)
    reason = _remark(reason, "remark", required=True)
    version.state, version.checked_by, version.checked_at = "returned", None, None
    session.add(version)
    note_step(session, now, record, "returned", actor.person_id, remark=reason)


def approve(session: Session, actor: Actor, now: datetime, village: Place, record: Record) -> None:
    """Approve what was checked, and make it public at this very moment. Raises Refused."""
    must(actor, Permission.RECORD_APPROVE, village)
    version, item = version_of(session, record), item_of(record)
    if version.state != "checked":
        raise Refused(N_("There is nothing to approve here now: it must be checked first."))
    if actor.person_id in {version.checked_by, *writers(session, record, version)}:
        raise Refused(N_("You wrote or checked this yourself. Somebody else has to approve it."))
    _publish(session, actor, now, village, record, version, item)
    note_step(session, now, record, "approved", actor.person_id)
    if version.nothing:
        record_act(session, now, village, "record:none", category=item.code, period=record.period_key)
    else:
        act = "record:published" if version.number == 1 else "record:corrected"
        record_act(session, now, village, act, record=record.id, version=version.number, category=item.code,
                   content=version.content_hash)
    if item.cycle == "standing":
        _archive_older(session, actor, now, village, record)


def _publish(session: Session, actor: Actor, now: datetime, village: Place, record: Record, version: RecordVersion,
             item: Item) -> None:
    today = local_day(now)
    values = settings(session, village, "disclosures", today)
    end = None if version.nothing else notice_end(item, values, today)
    files = session.exec(select(Attachment.digest).where(Attachment.record_id == record.id,
                                                         col(Attachment.gone).is_(None))).all()
    version.salt = secrets.token_hex(16)
    version.content_hash = contents.digest(item, record.period_key, content_of(version), files, version.salt)
    version.state, version.published_at = "published", now
    version.approved_by = version.published_by = actor.person_id
    version.notice_start, version.notice_end = (today, end) if end else (None, None)
    version.answer_days = int(values["objection_days"])
    record.state, record.shown = ("published" if end else "effective"), version.number
    record.notice_end, record.published_at, record.mend = end, now, False
    record.first_published_at = record.first_published_at or now
    session.add_all([version, record])
    session.flush()
    closing = update(DueNotice).where(col(DueNotice.village_id) == village.id,
                                      col(DueNotice.item_code) == record.item_code,
                                      col(DueNotice.slot).in_([record.slot, record.period_key]))
    session.exec(closing.where(col(DueNotice.closed_on).is_(None)).values(closed_on=today))


def notice_end(item: Item, values: dict[str, object], start: date) -> date | None:
    """Return the last day of a record's notice that begins on `start`; None for an item without one.

    New members' notices count working days, an item may name its own days, the rest follow the settings.
    """
    if item.display != "D4" and item.notice_days is None:
        return None
    if item.group.key == "members" and item.stages:
        return add_working_days(start, int(str(values["member_notice_days"])))
    days = item.notice_days if item.notice_days is not None else int(str(values["notice_days"]))
    return start + timedelta(days=days)


def _archive_older(session: Session, actor: Actor, now: datetime, village: Place, record: Record) -> None:
    """Put what stood before into the archive: of what always stands there is one."""
    older = select(Record).where(Record.village_id == village.id, Record.item_code == record.item_code,
                                 Record.id != record.id, Record.state == "effective")
    for one in session.exec(older).all():
        _archive(session, actor, now, village, one)


def archive(session: Session, actor: Actor, now: datetime, village: Place, record: Record) -> None:
    """Put a record that took effect into the archive; it stays to be seen. Raises Refused."""
    must(actor, Permission.RECORD_APPROVE, village)
    if record.state != "effective" or record.latest != record.shown:
        raise Refused(N_("Only what has taken effect, and is not being corrected, goes into the archive."))
    if open_objections(session, record):
        raise Refused(N_("An objection waits for its answer."))
    _archive(session, actor, now, village, record)


def _archive(session: Session, actor: Actor, now: datetime, village: Place, record: Record) -> None:
    record.state = "archived"
    session.add(record)
    note_step(session, now, record, "archived", actor.person_id, record.shown)
    record_act(session, now, village, "record:archived", record=record.id)


def open_objections(session: Session, record: Record) -> int:
    """Return how many objections to a record wait for their answer."""
    query = select(func.count()).select_from(Objection).where(Objection.record_id == record.id,
                                                              Objection.state == "open")
    return session.exec(query).one()


def _objections_of(session: Session, record: Record, day: date) -> int:
    query = select(func.count()).select_from(Objection).where(Objection.record_id == record.id, Objection.day == day)
    return session.exec(query).one()


def object_to(session: Session, now: datetime, village: Place, record: Record, text: str, key: str) -> Objection:
    """Take an objection from anybody; the same `key` a second time gives the first one back. Raises Refused."""
    before = session.exec(select(Objection).where(Objection.key == key)).first()
    if before is not None:
        return before
    if record.state not in {"published", "effective"}:
        raise Refused(N_("This record is not open to objections now."))
    text = _remark(text, "text", required=True, longest=LONGEST_OBJECTION)
    today, version = local_day(now), version_of(session, record, record.shown)
    if _objections_of(session, record, today) >= MOST_A_DAY:
        raise Refused(FULL_DAY, field="text", most=MOST_A_DAY)
    made = Objection(record_id=record.id, number=record.shown, key=key, text=text, day=today,
                     answer_by=add_working_days(today, version.answer_days))
    session.add(made)
    note_step(session, now, record, "objected", None, record.shown)
    session.flush()
    record_act(session, now, village, "objection:received", record=record.id, objection=made.id)
    return made


def decide_objection(session: Session, actor: Actor, now: datetime, village: Place, objection: Objection,
                     outcome: str, reason: str) -> None:
    """Answer an objection: `upheld` (the record must be corrected) or `rejected`, with a reason that is public."""
    must(actor, Permission.OBJECTION_DECIDE, village)
    if objection.state != "open":
        raise Refused(N_("This objection has its answer already."))
    if outcome not in {"upheld", "rejected"}:
        raise Refused(N_("Please choose one."), field="outcome")
    record = session.get_one(Record, objection.record_id)
    objection.state, objection.decision = outcome, _remark(reason, "reason", required=True, longest=500)
    objection.decided_by, objection.decided_on = actor.person_id, local_day(now)
    if outcome == "upheld" and objection.number == record.shown:
        record.mend = True
    session.add_all([objection, record])
    note_step(session, now, record, outcome, actor.person_id, objection.number)
    record_act(session, now, village, "objection:decided", record=record.id, objection=objection.id, outcome=outcome)
