"""What the clock does to records: notices end, the town is told of what is missing, yesterday's uploads go."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, exists, select

from portal.core.clock import local_day
from portal.disclosures.drafting import note_step
from portal.disclosures.models import DueNotice, Objection, Record, Upload
from portal.disclosures.queries import Missing, missing_of, states
from portal.flags import service as flags
from portal.places.models import Place
from portal.places.queries import villages
from portal.places.service import record_act
from portal.places.settings import group as settings

KEPT = timedelta(days=1)


def tick(session: Session, now: datetime) -> None:
    """Do what has fallen due by `now`; doing it again changes nothing."""
    session.exec(delete(Upload).where(col(Upload.made_at) < now - KEPT))
    end_notices(session, now)
    for village in villages(session):
        tell_town(session, now, village)


def end_notices(session: Session, now: datetime) -> int:
    """Let records take effect whose notice is over and that no objection and no correction holds up."""
    waiting = exists().where(col(Objection.record_id) == col(Record.id), col(Objection.state) == "open")
    query = select(Record, Place).join(Place, col(Place.id) == col(Record.village_id))
    query = query.where(Record.state == "published", col(Record.notice_end) < local_day(now), ~waiting,
                        col(Record.mend).is_(False), Record.latest == Record.shown)
    ended = session.exec(query).all()
    for record, village in ended:
        record.state = "effective"
        session.add(record)
        note_step(session, now, record, "effective", None, record.shown)
        record_act(session, now, village, "record:effective", record=record.id, version=record.shown)
    return len(ended)


def tell_town(session: Session, now: datetime, village: Place) -> None:
    """Note for the town what is missing longer than the settings allow, and open triage for what stays missing."""
    today = local_day(now)
    gone = missing_of(village, states(session, [village.id]), today)
    if not gone:
        _close(session, village, set(), today)
        return
    stages = [int(days) for days in settings(session, village, "disclosures", today)["remind_town_after"]]
    known = {(notice.item_code, notice.slot, notice.stage): notice for notice in _notices(session, village)}
    _close(session, village, {(one.item.code, slot_of(one)) for one in gone}, today)
    for one in gone:
        for stage, days in enumerate(stages, 1):
            if one.days >= days and (one.item.code, slot_of(one), stage) not in known:
                notice = DueNotice(village_id=village.id, item_code=one.item.code, slot=slot_of(one), stage=stage,
                                   due_on=one.due, noticed_on=today)
                session.add(notice)
                known[one.item.code, slot_of(one), stage] = notice
        first = known.get((one.item.code, slot_of(one), 1))
        if first is not None and first.flagged_on is None:
            _flag(session, now, village, one, first)
    session.flush()


def slot_of(one: Missing) -> str:
    """Return what a missing thing is filed under: its period, or the record that was begun for it."""
    return one.period.key if one.period else one.record_id or ""


def _notices(session: Session, village: Place) -> list[DueNotice]:
    query = select(DueNotice).where(DueNotice.village_id == village.id, col(DueNotice.closed_on).is_(None))
    return list(session.exec(query).all())


def _close(session: Session, village: Place, still: set[tuple[str, str]], today: date) -> None:
    for notice in _notices(session, village):
        if (notice.item_code, notice.slot) not in still:
            notice.closed_on = today
            session.add(notice)


def _flag(session: Session, now: datetime, village: Place, one: Missing, notice: DueNotice) -> None:
    raised = flags.overdue(session, now, village, one.item.code, notice.noticed_on, one.due, slot_of(one))
    if raised is not None:
        notice.flagged_on = local_day(now)
        session.add(notice)
