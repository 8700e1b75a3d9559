"""What a flag asks of people: of the town, of the panel, of the secretary, and of the district when days are over."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.flags import appeals, conflicts, course, left, queries, silence
from portal.flags.queries import Concern
from portal.roles import Actor, Permission, Role

TRIAGE = N_("Decide whether to open a review")
CONFIRM = N_("Waiting for you to confirm")
CONFIRM_DETAILS = {
    "review": N_("Somebody proposes to open a review. Read the sheet, then confirm it or send it back"),
    "dismiss": N_("Somebody proposes that there is no review. Read the sheet, then confirm it or send it back"),
}
ASKED = N_("Waits for the second person to confirm")
RETURNED = N_("The second person sent it back: read why, then propose anew")
NOTICE = N_("Tell the secretary that a review is open")
NOTICE_DETAIL = N_("Two people decided to open it; after this day the portal tells the secretary itself")
PANEL = N_("Name the three who decide")
RUNNING = N_("A review is running")
SIGN = N_("Sign the panel’s decision, or give it back")
APPEALED = N_("Answer an appeal")
OTHERS_SIGN = N_("Others of the district sign the panel’s decision")
NOBODY_SIGNS = N_("Nobody is left to sign the panel’s decision")
OTHERS_ANSWER = N_("Others of the district answer an appeal")
NOBODY_ANSWERS = N_("Nobody is left to answer an appeal")
LACKS = {
    "signer": N_("Ask the operator to enter one more official of the district’s discipline commission"),
    "second": N_("Ask the operator to enter one more official of the district"),
}
REAPPRAISE = N_("Note how the re-appraisal went")
LATE = N_("Not settled in time at the town")
STATEMENT = N_("Answer the review of your work")
STATEMENT_DETAIL = N_("What you hand in until this day is read before anything is decided")
HEARD = N_("The review of your work")
HEARD_DETAIL = N_("Three people decide by this day; you read it here")
APPEALED_MINE = N_("The district answers your appeal")
APPEAL = N_("The review of your work is decided: read it")
VOICE = N_("Say whether you agree with what the panel’s lead proposes")
CONFIRM_ANSWER = N_("Confirm the answer to an appeal, or send it back")
ANSWER_BACK = N_("The second person sent the answer back: read why, then write it anew")
FOLLOW = N_("A re-appraisal failed: say what follows")
AFTER_VOTE = N_("Returned: propose anew how the review should end")
WISH = N_("You are cleared: say whether the village should read it")
LEAD = N_("Propose how the review should end")
SEAT = N_("You sit on a panel: read the review")
CLEARED = N_("A review found nothing")
DETAILS = {
    "count": N_("Over the line several weeks in a row. Read the sheet; two people decide, with reasons"),
    "facts": N_("Enough confirmed facts. Read the sheet; two people decide, with reasons"),
    "overdue": N_("A disclosure is still missing long after the notice. Two people decide, with reasons"),
    "target": N_("A promised target was missed without a reason. Two people decide, with reasons"),
    "grade": N_("The appraisal gave the lowest grade. Two people decide, with reasons"),
}
LATE_DETAIL = N_("The town’s days are over; the district may decide in its place")
THREE_DETAIL = N_("One leads, one is from the district, none is of the village")
CLEARED_DETAIL = N_("Nothing of what was said stays")
VISIT = N_("Visit a village that is very quiet")
VISIT_DETAIL = N_("No reports do not mean that all is well. A visit, no suspicion")
READ = N_("Read the sheet")


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what flags ask of this person; nothing of a flag that a conflict of interest bars.

    Three queries, and a few more where an appeal waits.
    """
    decides, reads = actor.paths(Permission.FLAG_DECIDE), actor.paths(Permission.FLAG_READ)
    today, lines = local_day(now), list[Task]()
    found = queries.concerns(session, actor, sorted({*decides, *reads}), today)
    barred = _barred(session, actor, found, today)
    for one in found:
        lines += _lines(session, one, actor, today, decides, reads, barred=one.flag.id in barred)
    for path in actor.paths(Permission.REVIEW_SIGN):
        lines += [Task(phrase=VISIT, detail=VISIT_DETAIL, act=N_("Open"), endpoint="flags.visits",
                       values={"code": code_of(actor, path)}, place=village.name, place_en=village.name_en)
                  for _row, village in silence.waiting(session, path)]
    return lines


def _lines(session: Session, one: Concern, actor: Actor, today: date, decides: tuple[str, ...],
           reads: tuple[str, ...], *, barred: bool) -> list[Task]:
    """Return what one flag asks of a person: as the subject, as a second person, on the panel, by office."""
    may_read = any(one.village.path.startswith(path) for path in reads)
    if one.review is not None and one.review.subject_id == actor.person_id != "":
        return _subject(one, today)
    if barred:
        return []
    if one.clearing is not None:
        return _cleared(one, may_read=may_read)
    if one.proposal is not None and one.proposal.second_by == actor.person_id:
        return _second(one, actor)
    if waits_for_second(one) and one.review is not None and one.review.answered_second == actor.person_id:
        return [Task(phrase=CONFIRM_ANSWER, act=N_("Confirm or send back"), endpoint="flags.second_answer",
                     values={"flag_id": one.flag.id}, place=one.village.name, place_en=one.village.name_en,
                     due=one.review.answer_by)]
    if one.seat is not None and (found := _seat(one)):
        return found
    if any(one.village.path.startswith(path) for path in decides):
        return _town(one, today)
    return _district(session, one, actor, today) if may_read else []


def waits_for_second(one: Concern) -> bool:
    """Tell whether the answer to an appeal was written and waits to be confirmed."""
    row = one.review
    return row is not None and one.flag.state == "decided" and bool(row.answered_by) and row.answered_on is None


def code_of(actor: Actor, path: str) -> str:
    """Return the code of the place at which a person holds a role with this path."""
    return next(grant.code for grant in actor.grants if grant.path == path)


def _barred(session: Session, actor: Actor, found: list[Concern], on: date) -> set[str]:
    """Return the flags that this person may not touch; who stepped aside is not among those found."""
    if not found:
        return set()
    people = conflicts.village_people(session, sorted({one.village.id for one in found}), on)
    same_post = {actor.person_id} if actor.has(Role.SECRETARY) else set()
    own = [grant.path for grant in actor.grants]
    return {
        one.flag.id for one in found
        if any(path.startswith(one.village.path) for path in own)
        or conflicts.judge(actor.person_id, actor.name, people[one.village.id], set(), same_post) is not None
    }


def _second(one: Concern, actor: Actor) -> list[Task]:
    """Return the line of whoever was asked to confirm; none where that person may not do so any more."""
    if one.proposal is None or not actor.may(Permission.FLAG_CONFIRM, one.village.path):
        return []
    return [Task(phrase=CONFIRM, detail=CONFIRM_DETAILS[one.proposal.choice], act=N_("Confirm or send back"),
                 endpoint="flags.proposal", values={"code": one.town.code, "proposal_id": one.proposal.id},
                 place=one.village.name, place_en=one.village.name_en, due=one.flag.due)]


def _town(one: Concern, today: date) -> list[Task]:
    flag, row = one.flag, one.review
    if flag.state == "triage" and one.proposal is not None:
        return [replace(_task(one, ASKED, flag.due), waiting=True)]
    if flag.state == "triage":
        return [_task(one, TRIAGE, flag.due, RETURNED if one.returned else DETAILS[flag.cause])]
    if row is None:
        return []
    if flag.state == "review":
        if row.notified_on is None:
            return [_task(one, NOTICE, row.notice_by, NOTICE_DETAIL)]
        if one.named:
            return [replace(_task(one, RUNNING, row.decide_by), waiting=True)]
        return [_task(one, PANEL, row.decide_by, THREE_DETAIL)]
    if flag.state == "closed" and row.rectify_by is not None and row.rectify_by <= today:
        return [_task(one, REAPPRAISE, row.reappraise_by)]
    return []


def _district(session: Session, one: Concern, actor: Actor, today: date) -> list[Task]:
    flag, row = one.flag, one.review
    if row is not None and flag.state == "review" and row.proposed_on is not None and one.agree >= course.CARRIED:
        return _sign(session, one, actor, today, row.decide_by)
    if row is not None and flag.state == "decided" and row.appealed_on is not None:
        return _appealed(session, one, actor, today)
    if row is not None and row.passed is False and row.after_on is None:
        return [_task(one, FOLLOW, None)]
    late = [clock for clock in course.running(flag, row) if clock.late(today) and clock.step in course.HANDED_UP]
    return [_task(one, LATE, late[0].due, LATE_DETAIL)] if late else []


def _sign(session: Session, one: Concern, actor: Actor, today: date, due: date) -> list[Task]:
    """Return the line of a proposal that was carried: for whoever may sign; where nobody may, with what to do."""
    free = left.signers(session, one.flag, one.village, today)
    if not free:
        return [_task(one, NOBODY_SIGNS, due, LACKS["signer"])]
    if actor.person_id in free:
        return [_task(one, SIGN, due)]
    return [] if one.seat else [replace(_task(one, OTHERS_SIGN, due), waiting=True)]


def _appealed(session: Session, one: Concern, actor: Actor, today: date) -> list[Task]:
    """Return the line of an appeal: for whoever may answer it; where nobody may, for all, with what to do."""
    flag, row, village = one.flag, one.review, one.village
    if row is None:
        return []
    if appeals.waits(session, flag, row, village, today):
        return [replace(_task(one, ASKED, row.answer_by), waiting=True)]
    if lack := left.lacks(session, flag, village, today):
        return [_task(one, NOBODY_ANSWERS, row.answer_by, LACKS[lack])]
    if actor.person_id not in left.answerers(session, flag, village, today):
        return [replace(_task(one, OTHERS_ANSWER, row.answer_by), waiting=True)]
    return [_task(one, APPEALED, row.answer_by, ANSWER_BACK if row.answer_why else "")]


def _seat(one: Concern) -> list[Task]:
    if one.flag.state != "review" or one.seat is None or one.review is None:
        return []
    if one.review.proposed_on is not None and (one.seat.leads or one.seat.says):
        return []
    phrase = LEAD if one.seat.leads else VOICE if one.review.proposed_on else SEAT
    detail = AFTER_VOTE if one.seat.leads and one.review.returned_why else ""
    return [Task(phrase=phrase, detail=detail, act=N_("Open"), endpoint="flags.seat",
                 values={"flag_id": one.flag.id}, place=one.village.name, place_en=one.village.name_en,
                 due=one.review.decide_by)]


def _subject(one: Concern, today: date) -> list[Task]:
    """Return what a review asks of whom it is about, before all other lines; then what that person waits for."""
    flag, row = one.flag, one.review
    if row is None or row.notified_on is None:
        return []
    line = Task(phrase="", act=N_("Open"), endpoint="flags.review_of", values={"code": one.village.code},
                place=one.village.name, place_en=one.village.name_en, first=True)
    if flag.state == "review":
        if row.stated_on is None and row.statement_by and row.statement_by >= today:
            return [replace(line, phrase=STATEMENT, detail=STATEMENT_DETAIL, due=row.statement_by)]
        return [replace(line, phrase=HEARD, detail=HEARD_DETAIL, due=row.decide_by, waiting=True)]
    if flag.state == "decided" and row.appealed_on is None:
        return [replace(line, phrase=APPEAL, due=row.appeal_by)]
    if flag.state == "decided" and row.answered_on is None:
        return [replace(line, phrase=APPEALED_MINE, due=row.answer_by, waiting=True)]
    if one.clearing is not None and one.clearing.wish is None:
        return [replace(line, phrase=WISH)]
    return []


def _cleared(one: Concern, *, may_read: bool) -> list[Task]:
    """Return the line that brings a clearing to whoever the review had reached."""
    if one.clearing is None or not (may_read or one.seat is not None):
        return []
    where = {"code": one.town.code, "clearing_id": one.clearing.id} if may_read else {"flag_id": one.flag.id}
    return [Task(phrase=CLEARED, detail=CLEARED_DETAIL, act=N_("Read it"), place=one.village.name,
                 endpoint="flags.clearing" if may_read else "flags.seat", values=where, place_en=one.village.name_en)]


def _task(one: Concern, phrase: str, due: date | None, detail: str = "") -> Task:
    return Task(phrase=phrase, detail=detail, act=READ, endpoint="flags.one",
                values={"code": one.town.code, "flag_id": one.flag.id},
                place=one.village.name, place_en=one.village.name_en, due=due)
