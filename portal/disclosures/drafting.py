"""Writing a record down: drafts, their content, what hangs on them; until somebody else checks them."""

import hashlib
from datetime import datetime

from sqlmodel import Session, col, func, select

from portal.core import files, signs
from portal.core.errors import Refused
from portal.core.ids import new_id
from portal.core.words import N_
from portal.disclosures import content as contents
from portal.disclosures import erasing
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.deadlines import event_due, period_due, period_kind
from portal.disclosures.entries import Item
from portal.disclosures.models import PDF_BYTES, PICTURE_BYTES, Attachment, Record, RecordStep, RecordVersion
from portal.disclosures.periods import Period
from portal.disclosures.shown import words_found
from portal.places.models import Place
from portal.places.service import touch
from portal.roles import Actor, Permission

MOST_ATTACHMENTS = 12
OPEN_TO_CHANGE = {"draft", "returned"}
WRITING = ("drafted", "amended", "corrected", "attached", "detached", "submitted")
"""Acts by which somebody has a hand in a version, so that somebody else checks and approves it."""
NOT_YOURS = N_("This is not for you to do here.")
ONE_ROW = N_("This category takes one row a record. Send them one by one.")
LONGEST_NAME = 80


def must(actor: Actor, permission: Permission, village: Place) -> None:
    """Raise Refused unless the actor holds a permission at the village."""
    if not actor.may(permission, village.path):
        raise Refused(NOT_YOURS)


def item_of(record: Record) -> Item:
    """Return the item of the catalogue that a record is about."""
    return catalogue().by_code(record.item_code)


def period_of(record: Record) -> Period | None:
    """Return the period that a record is about, None where its item knows none."""
    return Period.parse(record.period_key) if record.period_key else None


def version_of(session: Session, record: Record, number: int | None = None) -> RecordVersion:
    """Return one version of a record, the latest unless a number is given. LookupError if there is none."""
    query = select(RecordVersion).where(RecordVersion.record_id == record.id)
    found = session.exec(query.where(RecordVersion.number == (number or record.latest))).first()
    if found is None:
        raise LookupError(record.id)
    return found


def note_step(session: Session, now: datetime, record: Record, act: str, person_id: str | None, number: int = 0,
              remark: str = "") -> None:
    """Write down who did what."""
    record.steps += 1
    session.add_all([record, RecordStep(record_id=record.id, place_in_order=record.steps, act=act, moment=now,
                                        number=number or record.latest, person_id=person_id, remark=remark)])


def draft(session: Session, actor: Actor, now: datetime, village: Place, item: Item, period: Period | None,
          content: Content) -> Record:
    """Write down a new record. Raises Refused when it is not whole, or the period has one already."""
    must(actor, Permission.RECORD_DRAFT, village)
    if item.periodic and (period is None or not period_kind(item, period)):
        raise Refused(N_("Choose the period that it is about."), field="period")
    if item.cycle == "standing":
        period = None
    if item.cycle == "event" and not content.nothing:
        period = None
    contents.check(item, period, content)
    record = Record(village_id=village.id, item_code=item.code, slot="", created_at=now,
                    period_key=period.key if period else "")
    record.slot = record.period_key or record.id
    _refuse_double(session, record)
    version = RecordVersion(record_id=record.id, number=1, drafted_by=actor.person_id, drafted_at=now)
    session.add(record)
    session.flush()
    _fill(record, version, item, period, content)
    session.add(version)
    note_step(session, now, record, "drafted", actor.person_id)
    session.flush()
    touch(session, village)  # what was begun and is late is a line that villagers see
    return record


def _refuse_double(session: Session, record: Record) -> None:
    same = select(Record.id).where(Record.village_id == record.village_id, Record.item_code == record.item_code,
                                   Record.slot == record.slot)
    if session.exec(same).first() is not None:
        raise Refused(N_("There is one for this period already. Change that one, or correct it."), field="period")


def _fill(record: Record, version: RecordVersion, item: Item, period: Period | None, content: Content) -> None:
    """Put content into a version, and what follows from it."""
    version.values, version.rows, version.members = content.values, content.rows, content.members
    version.title, version.summary = content.title.strip(), content.summary.strip()
    version.decision = {key: text for key, text in content.decision.items() if text}
    version.event_date, version.nothing = content.event_date, content.nothing
    version.totals = contents.totals(item, content)
    version.amount_fen = contents.amount(item, version.totals)
    version.row_count = len(content.rows)
    parts = (version.title, version.summary, item.zh, item.official_zh, item.en,
             words_found(item, content.values, content.rows))
    version.found = "\n".join(part for part in parts if part)
    if period is not None and item.periodic:
        record.due_on = period_due(item, period)
    elif content.event_date is not None:
        record.due_on = event_due(item, content.event_date)


def find(session: Session, village: Place, item: Item, period: Period) -> Record | None:
    """Return the record of a period, None if there is none yet."""
    query = select(Record).where(Record.village_id == village.id, Record.item_code == item.code,
                                 Record.slot == period.key)
    return session.exec(query).first()


def content_of(version: RecordVersion) -> Content:
    """Return what a version says."""
    return Content(dict(version.values), list(version.rows), list(version.members), version.title, version.summary,
                   dict(version.decision), version.event_date, version.nothing)


def amend(session: Session, actor: Actor, now: datetime, village: Place, record: Record, content: Content) -> None:
    """Change what is still being written. Raises Refused once it was handed in, or when it is not whole."""
    must(actor, Permission.RECORD_DRAFT, village)
    version = open_version(session, record)
    item, period = item_of(record), period_of(record)
    contents.check(item, period, content)
    _fill(record, version, item, period, content)
    version.drafted_by, version.drafted_at = actor.person_id, now
    session.add_all([version, record])
    note_step(session, now, record, "amended", actor.person_id)
    touch(session, village)


def writers(session: Session, record: Record, version: RecordVersion) -> set[str]:
    """Return everybody who had a hand in a version: whoever wrote, changed, attached or handed in."""
    query = select(RecordStep.person_id).where(RecordStep.record_id == record.id, RecordStep.number == version.number,
                                               col(RecordStep.act).in_(WRITING))
    return {person for person in session.exec(query).all() if person} | {version.drafted_by}


def open_version(session: Session, record: Record) -> RecordVersion:
    """Return the version that is being written. Raises Refused when there is none."""
    version = version_of(session, record)
    if version.state not in OPEN_TO_CHANGE:
        raise Refused(N_("It has been handed in. Ask for it back first, or correct it once it is public."))
    return version


def submit(session: Session, actor: Actor, now: datetime, village: Place, record: Record) -> None:
    """Hand a draft to the supervision committee."""
    must(actor, Permission.RECORD_DRAFT, village)
    version, item = open_version(session, record), item_of(record)
    contents.check(item, period_of(record), content_of(version))
    if item.decision_required and not version.nothing and not (version.decision.get("body")
                                                                and version.decision.get("day")):
        raise Refused(N_("Say who decided it, and on which day."), field="decision_body")
    version.state, version.submitted_at = "submitted", now
    session.add(version)
    note_step(session, now, record, "submitted", actor.person_id)


def correct(session: Session, actor: Actor, now: datetime, village: Place, record: Record, reason: str,
            content: Content | None = None) -> RecordVersion:
    """Begin a corrected version with its reason; what is public stays until the new one is. Raises Refused."""
    must(actor, Permission.RECORD_DRAFT, village)
    reason = reason.strip()
    if record.state not in {"published", "effective"}:
        raise Refused(N_("Only what is public can be corrected."))
    if record.latest != record.shown:
        raise Refused(N_("A correction is being written already."))
    if not reason:
        raise Refused(N_("Say why it is corrected. Villagers will read it."), field="reason")
    contents.stop("reason", reason)
    item, period = item_of(record), period_of(record)
    before = version_of(session, record)
    if content is not None or not erasing.is_erased(before):  # what the law took away is written anew from nothing
        contents.check(item, period, content or content_of(before))
    content = content or content_of(before)
    record.latest += 1
    version = RecordVersion(record_id=record.id, number=record.latest, drafted_by=actor.person_id, drafted_at=now,
                            reason=reason)
    _fill(record, version, item, period, content)
    session.add_all([version, record])
    note_step(session, now, record, "corrected", actor.person_id, remark=reason)
    session.flush()
    return version


def attach(session: Session, actor: Actor, now: datetime, village: Place, record: Record, name: str,
           content: bytes) -> Attachment:
    """Hang a picture or a PDF on a draft. Pictures lose everything that the camera wrote. Raises Refused."""
    must(actor, Permission.RECORD_DRAFT, village)
    version = open_version(session, record)
    name = " ".join(signs.spoken(name.replace("\\", "/").rsplit("/", 1)[-1]).split())[:LONGEST_NAME] or "file"
    contents.stop("file", name)
    kind = files.kind_of(content)
    if kind is None:
        raise Refused(N_("Only pictures (JPEG, PNG, WebP) and PDF files can be attached."), field="file")
    if kind == "pdf":
        files.check_pdf(content)
    else:
        content, kind = files.clean_picture(content), "jpeg"
    limit = PDF_BYTES if kind == "pdf" else PICTURE_BYTES
    if len(content) > limit:
        raise Refused(N_("This file is larger than %(limit)s MB."), field="file", limit=limit // 1024 // 1024)
    there = select(func.count()).select_from(Attachment).where(Attachment.record_id == record.id,
                                                                col(Attachment.gone).is_(None))
    if session.exec(there).one() >= MOST_ATTACHMENTS:
        raise Refused(N_("At most %(most)s files can be attached."), field="file", most=MOST_ATTACHMENTS)
    made = Attachment(id=new_id(), record_id=record.id, number=version.number, name=name, kind=kind,
                      size=len(content), digest=hashlib.sha256(content).hexdigest(), content=content)
    session.add(made)
    note_step(session, now, record, "attached", actor.person_id, remark=name)
    session.flush()
    return made


def detach(session: Session, actor: Actor, now: datetime, village: Place, record: Record, attachment_id: str) -> None:
    """Take a file off the version that is being written. Versions that were public keep it; else nothing is left of it.

    All versions before the one that is being written were public.
    """
    must(actor, Permission.RECORD_DRAFT, village)
    version = open_version(session, record)
    found = session.get(Attachment, attachment_id)
    if found is None or found.record_id != record.id or found.gone is not None:
        raise Refused(N_("This file is not there any more."))
    if found.number == version.number:
        session.delete(found)
    else:
        found.gone = version.number
        session.add(found)
    note_step(session, now, record, "detached", actor.person_id, remark=found.name)
