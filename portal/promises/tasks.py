"""What promises ask of the secretary and of the town, as lines of their desks."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.places import settings
from portal.places.models import Place
from portal.promises import queries, rules
from portal.roles import Actor, Permission

PROMISE = N_("Promise what you will do this year")
REPORT = N_("Report on “%(title)s”")
EXPLAIN = N_("Say why “%(title)s” isn’t done")
DECIDE = N_("A promise is to be changed: “%(title)s”")
CHECK = N_("Mid-year check of the promises")
SOON = timedelta(days=31)
DECIDED_IN = timedelta(days=7)


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001 - one signature
    """Return the lines for whoever writes promises and whoever reviews them: at most six queries."""
    today = local_day(now)
    found: list[Task] = []
    for village in _villages(session, actor.paths(Permission.PROMISE_WRITE)):
        found += _of_secretary(session, village, today)
    reviewed = _villages(session, actor.paths(Permission.PROMISE_REVIEW))
    return found + (_of_town(session, reviewed, today) if reviewed else [])


def _villages(session: Session, paths: tuple[str, ...]) -> list[Place]:
    if not paths:
        return []
    below = or_(*(col(Place.path).startswith(path) for path in paths))
    return list(session.exec(select(Place).where(Place.kind == "village", below).order_by(col(Place.code))).all())


def _line(village: Place, phrase: str, act: str, endpoint: str, due: date | None, detail: str = "",
          promise_id: str = "", **params: object) -> Task:
    values = {"code": village.code} | ({"promise_id": promise_id} if promise_id else {})
    return Task(phrase=phrase, act=act, endpoint=endpoint, place=village.name, place_en=village.name_en, due=due,
                detail=detail, params=params, values=values)


def _of_secretary(session: Session, village: Place, today: date) -> list[Task]:
    shown = queries.of_year(session, village, today.year, today)
    if not shown:
        due = queries.due(session, village, today)
        if today < due - SOON:
            return []
        detail = N_("Villagers see a line with the days that it is late.") if due < today else N_(
            "A handful of things that people can go and see.")
        return [_line(village, PROMISE, N_("Promise"), "promises.add", due, detail)]
    return [line for item in shown if (line := _of_promise(village, item, today))]


def _of_promise(village: Place, item: queries.Shown, today: date) -> Task | None:
    if item.standing == rules.Standing.OVERDUE:
        return _line(village, EXPLAIN, N_("Report"), "promises.report", item.by_day,
                     N_("Its day has passed. Report it done with a photo, or say why not."), item.id, title=item.title)
    made_on = local_day(item.made_at)
    if rules.is_stale(made_on, item.latest, today):
        last = item.latest.day if item.latest else made_on
        return _line(village, REPORT, N_("Report"), "promises.report", last + timedelta(days=rules.STALE_DAYS),
                     N_("Nothing new for %(days)s days."), item.id, title=item.title, days=(today - last).days)
    return None


def _of_town(session: Session, villages: list[Place], today: date) -> list[Task]:
    by_id = {village.id: village for village in villages}
    found = [
        _line(by_id[row.place_id], DECIDE, N_("Decide"), "promises.review", local_day(wording.made_at) + DECIDED_IN,
              N_("Reason: %(reason)s"), row.id, title=wording.title, reason=wording.reason)
        for row, wording in queries.proposals(session, list(by_id))
    ]
    if today < date(today.year, *rules.CHECKS_BEGIN):
        return found
    shown = queries.of_villages(session, list(by_id), today.year, today)
    checked = queries.checks(session, [item.id for item in shown])
    open_still = [item for item in shown if item.id not in checked and item.standing != rules.Standing.DONE]
    if not open_still:
        return found
    by = rules.day_in_year(settings.value(session, villages[0], "year.midyear_by", today), today.year)
    for place_id in dict.fromkeys(item.place_id for item in open_still):
        left = sum(item.place_id == place_id for item in open_still)
        found.append(_line(by_id[place_id], CHECK, N_("Check"), "promises.desk", by,
                           N_("%(left)s promises not yet looked at."), left=left))
    return found
