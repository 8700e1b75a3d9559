"""What waits for somebody at the desk: what is due, returned, to check, to approve, to answer, overdue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.disclosures import wording
from portal.disclosures.catalogue import catalogue
from portal.disclosures.entries import Item
from portal.disclosures.models import DueNotice, Objection, Record, RecordVersion
from portal.disclosures.periods import Period
from portal.disclosures.queries import State, missing_of, slots, states
from portal.places.models import Place
from portal.roles import GRANTS, Actor, Permission

AHEAD = timedelta(days=10)
MOST = 12
LOOK = N_("Look")
WRITE = N_("Write it down")
NAME = N_("%(item)s")
LATE = N_("It should have been public. Write it down; the supervision committee checks it first.")
GO_ON = N_("It is begun. Hand it in when it is whole.")
SENT_BACK = N_("It was sent back. Change it and hand it in again.")
MEND = N_("An objection was right: correct it.")
TO_CHECK = N_("To check before it becomes public.")
TO_APPROVE = N_("Checked. Approve it and it is public.")
AT_CHECKER = N_("The supervision committee is to check it.")
AT_SECRETARY = N_("The secretary is to approve it.")
OBJECTION = N_("Somebody objected. Look into it and answer.")
MISSING = N_("Due and not public: %(number)s")
TOLD = N_("The town was told of the first on %(day)s.")


def tasks(_stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what this person has to do now; at most four queries, whatever the roles."""
    found: list[Task] = []
    if paths := actor.paths(Permission.RECORD_DRAFT):
        found += _of_clerk(session, paths, now)
    judges = (Permission.RECORD_CHECK, Permission.RECORD_APPROVE)
    judging = {permission: actor.paths(permission) for permission in judges}
    if any(judging.values()):
        found += _to_judge(session, actor, judging)
    if paths := actor.paths(Permission.OBJECTION_DECIDE):
        found += _to_answer(session, paths)
    towns = tuple(grant.path for grant in actor.grants if GRANTS[grant.role][0] == "town")
    if towns:
        found += _overdue(session, towns)
    return found


def _under(paths: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(col(Place.path).startswith(path) for path in paths))


def _named(item: Item, period: str, title: str = "") -> tuple[str, dict[str, object]]:
    """Return the phrase that names a record, and its parameters, which know the page's language."""
    return NAME, {"item": wording.Named(item, Period.parse(period) if period else None, title)}


def _task(place: Place, record_id: str, phrase: tuple[str, dict[str, object]], detail: str, act: str = LOOK,
          **more: object) -> Task:
    words, params = phrase
    return Task(phrase=words, act=act, endpoint="disclosures.desk_record", place=place.name, place_en=place.name_en,
                detail=detail, params=params, values={"code": place.code, "record_id": record_id}, **more)  # type: ignore[arg-type]


def _of_clerk(session: Session, paths: tuple[str, ...], now: datetime) -> list[Task]:
    villages = list(session.exec(select(Place).where(Place.kind == "village", _under(paths))).all())
    known = states(session, [village.id for village in villages])
    found = []
    for village in villages:
        mine = [one for one in known if one.village_id == village.id]
        found += _due(village, mine, now)
        for one in mine:
            if line := _moving(village, one):
                found.append(line)
    return found


def _due(village: Place, mine: list[State], now: datetime) -> list[Task]:
    """Return what is late and what falls due soon; what was begun has a line of its own."""
    today = local_day(now)
    filled = {(one.item_code, one.period_key) for one in mine}
    late = [(one.item, one.period, one.due) for one in missing_of(village, mine, today) if one.record_id is None]
    soon = [(slot.item, slot.period, slot.due) for slot in slots(village, today + AHEAD)
            if not slot.late(today) and (slot.item.code, slot.key) not in filled]
    found = []
    for item, period, due in [*late, *soon][:MOST]:
        phrase, params = _named(item, period.key if period else "")
        values = {"code": village.code, "category": item.slug, **({"period": period.key} if period else {})}
        found.append(Task(phrase=phrase, act=WRITE, endpoint="disclosures.new", place=village.name,
                          place_en=village.name_en, due=due, detail=LATE if due < today else "", params=params,
                          values=values))
    return found


def _moving(village: Place, one: State) -> Task | None:
    item = catalogue().by_code(one.item_code)
    phrase = _named(item, one.period_key, one.title)
    due = one.due_on if not one.shown else None
    match one.mine:
        case "draft":
            return _task(village, one.id, phrase, GO_ON, due=due)
        case "returned":
            return _task(village, one.id, phrase, SENT_BACK, due=due)
        case "submitted":
            return _task(village, one.id, phrase, AT_CHECKER, waiting=True)
        case "checked":
            return _task(village, one.id, phrase, AT_SECRETARY, waiting=True)
    return _task(village, one.id, phrase, MEND) if one.mend else None


def _to_judge(session: Session, actor: Actor, judging: dict[Permission, tuple[str, ...]]) -> list[Task]:
    wanted = []
    for permission, state in ((Permission.RECORD_CHECK, "submitted"), (Permission.RECORD_APPROVE, "checked")):
        if judging[permission]:
            wanted.append(and_(RecordVersion.state == state, _under(judging[permission])))
    query = select(Record, RecordVersion.title, RecordVersion.state, RecordVersion.drafted_by, Place).join(  # type: ignore[call-overload]
        RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                            col(RecordVersion.number) == col(Record.latest)),
    ).join(Place, col(Place.id) == col(Record.village_id)).where(or_(*wanted))
    found = []
    for record, title, state, drafted_by, place in session.exec(query.order_by(col(RecordVersion.drafted_at))).all():
        if drafted_by == actor.person_id:
            continue
        phrase = _named(catalogue().by_code(record.item_code), record.period_key, title)
        detail = TO_CHECK if state == "submitted" else TO_APPROVE
        found.append(_task(place, record.id, phrase, detail, due=None if record.shown else record.due_on))
    return found


def _to_answer(session: Session, paths: tuple[str, ...]) -> list[Task]:
    query = select(Record, RecordVersion.title, Place, func.min(Objection.answer_by)).join(
        Objection, col(Objection.record_id) == col(Record.id),
    ).join(RecordVersion, and_(col(RecordVersion.record_id) == col(Record.id),
                               col(RecordVersion.number) == col(Record.shown)),
           ).join(Place, col(Place.id) == col(Record.village_id))
    query = query.where(Objection.state == "open", _under(paths)).group_by(
        col(Record.id), col(RecordVersion.id), col(Place.id))
    found = []
    for record, title, place, due in session.exec(query).all():
        phrase = _named(catalogue().by_code(record.item_code), record.period_key, title)
        found.append(_task(place, record.id, phrase, OBJECTION, due=due))
    return found


def _overdue(session: Session, towns: tuple[str, ...]) -> list[Task]:
    """Return one line a village of which the town was told something that is still missing."""
    slot = func.count(func.distinct(col(DueNotice.item_code).concat(col(DueNotice.slot))))
    query = select(Place, slot, func.min(DueNotice.noticed_on), func.min(DueNotice.due_on)).join(
        DueNotice, col(DueNotice.village_id) == col(Place.id))
    query = query.where(col(DueNotice.closed_on).is_(None), _under(towns)).group_by(col(Place.id))
    return [
        Task(phrase=MISSING, act=LOOK, endpoint="disclosures.calendar", place=place.name, place_en=place.name_en,
             due=due, detail=TOLD, params={"number": number, "day": wording.Day(noticed)}, values={"code": place.code})
        for place, number, noticed, due in session.exec(query.order_by(col(Place.code))).all()
    ]
