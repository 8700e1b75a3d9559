"""Promising, changing a promise, reporting on it, and what the town has to say: the write verbs."""

from datetime import date, datetime

from sqlmodel import Session, col, func, select

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as place_queries
from portal.places import service as places
from portal.places.models import Place
from portal.promises import content, pictures, queries, rules
from portal.promises.models import Promise, PromiseCheck, PromisePhoto, PromiseProgress, PromiseVersion
from portal.roles import Actor, Permission

NOT_YOURS = N_("This is not yours to do.")


def promise(session: Session, actor: Actor, now: datetime, village: Place, *, year: int, title: str, words: str,
            by_day: date, target: str = "", unit: str = "") -> Promise:
    """Make a promise for a year; villagers see it at once. The same promise sent twice is made once.

    Raises Refused for a year or day that is over, half a measure, or a list that has grown too long.
    """
    _need(actor, Permission.PROMISE_WRITE, village)
    rules.check_year(year, by_day, local_day(now))
    target, unit = rules.tidy_target(target, unit)
    made = queries.of_year(session, village, year, local_day(now))
    wording = PromiseVersion(promise_id="", number=1, title=title, words=words, target=target, unit=unit, by_day=by_day,
                             state="published", made_at=now, made_by=actor.person_id, content="")
    wording.content = content.of_version(wording)
    for other in made:
        if other.version.content == wording.content:
            return session.get_one(Promise, other.id)
        if other.title == title:
            raise Refused(N_("There is a promise with this title already. Change that one."), field="title")
    if len(made) >= rules.MOST_PROMISES:
        raise Refused(N_("There are %(most)s promises already. That is enough to keep."), most=rules.MOST_PROMISES)
    row = Promise(place_id=village.id, year=year, number=max((p.number for p in made), default=0) + 1, made_at=now)
    session.add(row)
    session.flush()
    wording.promise_id = row.id
    session.add(wording)
    places.record_act(session, now, village, "promise:published", promise=row.id, version=1, content=wording.content)
    return row


def change(session: Session, actor: Actor, now: datetime, row: Promise, *, title: str, words: str, by_day: date,
           reason: str, target: str = "", unit: str = "") -> PromiseVersion:
    """Propose another wording with its reason. It counts once the town approves; until then nothing is shown.

    Raises Refused when a change waits already, nothing changes, the promise is done or the reason is missing.
    """
    village = place_queries.get(session, row.place_id)
    _need(actor, Permission.PROMISE_WRITE, village)
    shown = _history(session, village, row.id, now)
    if shown.shown.standing == rules.Standing.DONE:
        raise Refused(N_("This promise is done; it can’t be changed any more."))
    if not reason:
        raise Refused(N_("Say why it must change. Villagers will read this."), field="reason")
    if by_day.year != row.year:
        raise Refused(N_("The day must lie in %(year)s."), field="by_day", year=row.year)
    target, unit = rules.tidy_target(target, unit)
    now_counts = shown.shown.version
    if (title, words, target, unit, by_day) == (now_counts.title, now_counts.words, now_counts.target, now_counts.unit,
                                                now_counts.by_day):
        raise Refused(N_("Nothing is different. Change the words, the measure or the day."))
    wording = PromiseVersion(promise_id=row.id, number=shown.versions[-1].number + 1, title=title, words=words,
                             target=target, unit=unit, by_day=by_day, reason=reason, state="proposed", made_at=now,
                             made_by=actor.person_id, content="")
    wording.content = content.of_version(wording)
    if shown.proposed is not None:
        raise Refused(N_("A change waits for the town already."))
    session.add(wording)
    session.flush()
    return wording


def decide_change(session: Session, actor: Actor, now: datetime, wording: PromiseVersion, *, approve: bool,
                  words: str = "") -> None:
    """Let a proposed change count, or refuse it with a reason. Both versions stay visible after an approval."""
    row = session.get_one(Promise, wording.promise_id)
    village = place_queries.get(session, row.place_id)
    _need(actor, Permission.PROMISE_REVIEW, village)
    if wording.state != "proposed":
        raise Refused(N_("This change was decided already."))
    if wording.made_by == actor.person_id:
        raise Refused(N_("Who proposed a change can’t approve it."))
    if not approve and not words:
        raise Refused(N_("Say why not, so that the secretary knows what to do."), field="words")
    wording.state = "published" if approve else "refused"
    wording.decided_at, wording.decided_by, wording.decision = now, actor.person_id, words
    session.add(wording)
    if approve:
        places.record_act(session, now, village, "promise:changed", promise=row.id, version=wording.number,
                          content=wording.content)


def report_progress(session: Session, actor: Actor, now: datetime, row: Promise, *, percent: int, state: str,
                    words: str = "", explanation: str = "", photos: tuple[bytes, ...] = ()) -> PromiseProgress:
    """Report how far a promise is, with photos. The same report sent twice is kept once.

    Raises Refused as `rules.check_report` says, and for a file that isn't a picture.
    """
    village = place_queries.get(session, row.place_id)
    _need(actor, Permission.PROMISE_WRITE, village)
    today = local_day(now)
    shown = _history(session, village, row.id, now).shown
    rules.check_report(percent=percent, state=state, explanation=explanation, photos=len(photos), last=shown.percent,
                       by_day=shown.by_day, today=today)
    prepared = [pictures.prepare(photo) for photo in photos]
    digests = [content.of_bytes(picture.body) for picture in prepared]
    before = shown.report
    report = PromiseProgress(promise_id=row.id, number=before.number + 1 if before else 1, percent=percent, state=state,
                             words=words, explanation=explanation, day=today, made_at=now, made_by=actor.person_id,
                             content="")
    report.content = content.of_progress(report, digests)
    if before is not None and before.content == report.content:
        return before
    session.add(report)
    session.flush()
    for number, (picture, digest) in enumerate(zip(prepared, digests, strict=True), 1):
        session.add(PromisePhoto(
            progress_id=report.id, promise_id=row.id, number=number, width=picture.width, height=picture.height,
            bytes_count=len(picture.body), digest=digest, body=picture.body, small=picture.small,
        ))
    places.record_act(session, now, village, "promise:progress", promise=row.id, progress=report.id,
                      content=report.content)
    return report


def check(session: Session, actor: Actor, now: datetime, row: Promise, *, outcome: str, note: str = "") -> PromiseCheck:
    """Say what the town found in the middle of the year; shown beside the promise. Raises Refused."""
    village = place_queries.get(session, row.place_id)
    _need(actor, Permission.PROMISE_REVIEW, village)
    if outcome not in set(rules.Outcome):
        raise Refused(N_("Please choose one."), field="outcome")
    if outcome != rules.Outcome.ON_TRACK and not note:
        raise Refused(N_("Say what is late and what the town expects. Villagers read this."), field="note")
    same = select(PromiseCheck).where(
        PromiseCheck.promise_id == row.id, PromiseCheck.outcome == outcome, PromiseCheck.note == note,
        PromiseCheck.day == local_day(now), PromiseCheck.made_by == actor.person_id)
    if (before := session.exec(same).first()) is not None:  # the form was sent twice
        return before
    number = session.exec(select(func.max(col(PromiseCheck.number))).where(PromiseCheck.promise_id == row.id)).one()
    found = PromiseCheck(promise_id=row.id, number=(number or 0) + 1, outcome=outcome, note=note, day=local_day(now),
                         made_at=now, made_by=actor.person_id, content="")
    found.content = content.of_check(found)
    session.add(found)
    session.flush()
    places.record_act(session, now, village, "promise:checked", promise=row.id, check=found.id, outcome=outcome,
                      content=found.content)
    return found


def _history(session: Session, village: Place, promise_id: str, now: datetime) -> queries.History:
    found = queries.history(session, village, promise_id, local_day(now))
    if found is None:
        raise LookupError(promise_id)
    return found


def _need(actor: Actor, permission: Permission, village: Place) -> None:
    if not actor.may(permission, village.path):
        raise Refused(NOT_YOURS)
