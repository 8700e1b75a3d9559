"""The town's and the district's pages of flags: the list, the sheet, and the form of the step that waits.

Whoever a conflict of interest bars gets 404 for a flag as for one that there isn't, by every address.
"""

from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.flags import (
    appeals,
    conflicts,
    course,
    deciding,
    ending,
    forms,
    left,
    panel,
    papers,
    pending,
    proposals,
    queries,
    review,
    service,
)
from portal.flags.models import COUNTED, OUTCOMES, Flag, Proposal
from portal.flags.raising import rule_at
from portal.flags.views import bp, steps
from portal.flags.views.sheets import sheet_of
from portal.flags.views.words import WORDS
from portal.places.models import Place
from portal.roles import Actor, Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs
from portal.web.portions import portion

Page = str | Response | tuple[str, int]


@bp.route("/desk/<code>/flags")
@needs(Permission.FLAG_READ)
def listing(code: str) -> str:
    """List the flags of a town or the district: what waits first; no ranks."""
    place = place_of(code)
    found = queries.listing(reading(), place.path, actor(), local_day(utc_now()))
    live = [row for row in found if row[0].state in queries.LIVE_STATES]
    reviews = queries.reviews(reading(), [flag.id for flag, _village in live])
    waiting = [(flag, village, course.running(flag, reviews.get(flag.id))) for flag, village in live]
    waiting.sort(key=lambda row: (row[2][0].due if row[2] else row[0].due, row[1].code))
    return render_template("flags/desk/listing.html", place=place, code=code, words=WORDS, reviews=reviews,
                           handed_up=course.HANDED_UP, waiting=portion("waiting", waiting),
                           settled=portion("settled", [row for row in found
                                                       if row[0].state not in queries.LIVE_STATES]))


def _found(code: str, flag_id: str) -> tuple[Flag, Place]:
    """Return a flag and its village; 404 for whoever may not touch it as for a flag that there isn't."""
    found = queries.one(reading(), place_of(code).path, flag_id)
    if found is None or conflicts.why_not(reading(), actor(), *found, local_day(utc_now())) is not None:
        abort(404)
    return found


@bp.route("/desk/<code>/flags/<flag_id>")
@needs(Permission.FLAG_READ)
def one(code: str, flag_id: str) -> Page:
    """Show a flag's sheet, from which anybody can recompute it, and the form of the next step.

    Once a secretary is cleared, only the clearing is shown: nothing of the accusation stays.
    """
    found = _found(code, flag_id)
    cleared = queries.clearing_of(reading(), flag_id) if found[0].state == "closed" else None
    if cleared is not None:
        return redirect(url_for("flags.clearing", code=code, clearing_id=cleared.id), code=303)
    return _page(code, *found, form=None)


@bp.route("/desk/<code>/clearings/<clearing_id>")
@needs(Permission.FLAG_READ)
def clearing(code: str, clearing_id: str) -> str:
    """Show everybody whom the review had reached that it found nothing."""
    found = queries.clearing(reading(), place_of(code).path, clearing_id)
    if found is None or conflicts.why_not(reading(), actor(), *found[1:], local_day(utc_now())) is not None:
        abort(404)
    return render_template("flags/desk/clearing.html", code=code, clearing=found[0], village=found[2])


@bp.route("/desk/<code>/flags/<flag_id>/decide", methods=["POST"])
@needs(Permission.FLAG_READ)
def decide(code: str, flag_id: str) -> Page:
    """Propose a review or none, with reasons, and ask a second person to confirm it.

    Whether this office takes the town's steps is asked by the service: the district's may, once the town is late.
    """
    form, made = forms.decision(request.form)

    def verb(session: Session, person: Actor, now: datetime, flag: Flag) -> None:
        proposals.propose(session, person, now, flag, made.choice, made.reasons, made.second)

    return _settle(code, flag_id, form, verb)


@bp.route("/desk/<code>/flags/<flag_id>/withdraw", methods=["POST"])
@needs(Permission.FLAG_READ)
def withdraw(code: str, flag_id: str) -> Page:
    """Take one's own proposal back; the form names it, so that an old page takes back no newer one."""
    form = Form(request.form)
    named = form.named("proposal")

    def verb(session: Session, person: Actor, now: datetime, flag: Flag) -> None:
        row = session.get(Proposal, named, with_for_update=True)
        if row is None or row.flag_id != flag.id:
            raise Refused(proposals.OVER)
        proposals.withdraw(session, person, now, row)

    return _settle(code, flag_id, form, verb)


@bp.route("/desk/<code>/flags/<flag_id>/notify", methods=["POST"])
@needs(Permission.FLAG_READ)
def notify(code: str, flag_id: str) -> Page:
    """Tell the secretary that a review is open."""
    return _settle(code, flag_id, Form(request.form), review.notify)


@bp.route("/desk/<code>/flags/<flag_id>/panel", methods=["POST"])
@needs(Permission.FLAG_READ)
def name_panel(code: str, flag_id: str) -> Page:
    """Name the three who decide."""
    form, three = forms.panel(request.form)
    return _settle(code, flag_id, form, lambda s, a, n, f: panel.name(s, a, n, f, three))


@bp.route("/desk/<code>/flags/<flag_id>/aside", methods=["POST"])
@needs(Permission.FLAG_READ)
def aside(code: str, flag_id: str) -> Page:
    """Step aside from a flag; afterwards there is none for this person."""
    _found(code, flag_id)
    with writing() as session:
        review.declare(session, actor(), utc_now(), session.get_one(Flag, flag_id))
    return redirect(url_for("flags.listing", code=code), code=303)


@bp.route("/desk/<code>/flags/<flag_id>/sign", methods=["POST"])
@needs(Permission.REVIEW_SIGN)
def sign(code: str, flag_id: str) -> Page:
    """Sign what the panel proposed, or give it back."""
    form, made = forms.signature(request.form)

    def verb(session: Session, person: Actor, now: datetime, flag: Flag) -> None:
        if made.choice == "sign":
            ending.countersign(session, person, now, flag, made.seen)
        else:
            ending.send_back(session, person, now, flag, made.why)

    return _settle(code, flag_id, form, verb)


@bp.route("/desk/<code>/flags/<flag_id>/answer", methods=["POST"])
@needs(Permission.REVIEW_SIGN)
def answer(code: str, flag_id: str) -> Page:
    """Answer an appeal, and ask a second person of the district to confirm it."""
    form, made = forms.appeal_answer(request.form)
    return _settle(code, flag_id, form,
                   lambda s, a, n, f: appeals.answer(s, a, n, f, made.choice, made.reasons, made.second))


@bp.route("/desk/<code>/flags/<flag_id>/reappraise", methods=["POST"])
@needs(Permission.FLAG_READ)
def reappraise(code: str, flag_id: str) -> Page:
    """Note how the re-appraisal went."""
    form = Form(request.form)
    share = form.number("share", most=100)
    return _settle(code, flag_id, form, lambda s, a, n, f: ending.reappraise(s, a, n, f, share))


@bp.route("/desk/<code>/flags/<flag_id>/after", methods=["POST"])
@needs(Permission.REVIEW_SIGN)
def follow(code: str, flag_id: str) -> Page:
    """Say what follows from a re-appraisal that failed."""
    form = Form(request.form)
    words = form.text("after", longest=forms.LONGEST)
    return _settle(code, flag_id, form, lambda s, a, n, f: ending.follow(s, a, n, f, words))


def _settle(code: str, flag_id: str, form: Form, verb: steps.Verb) -> Page:
    """Do a step and go back to the flag; a refusal stands beside its field and is noted among the flag's notes."""
    _found(code, flag_id)
    if steps.taken(form, flag_id, steps.on(flag_id, verb)):
        return redirect(url_for("flags.one", code=code, flag_id=flag_id), code=303)
    return _page(code, *_found(code, flag_id), form=form), 422


def _page(code: str, flag: Flag, village: Place, form: Form | None) -> str:
    session, today, me = reading(), local_day(utc_now()), actor()
    may_decide = deciding.may(session, me, flag, village, today)
    may_sign = me.may(Permission.REVIEW_SIGN, village.path)
    begun = flag.state not in {"triage", "dismissed"}
    row, seats = (queries.review(session, flag.id), queries.panel(session, flag.id)) if begun else (None, [])
    before = pending.newest(session, flag.id) if flag.state == "triage" else None
    asked = before if before is not None and before.state == "waiting" else None
    named, history = queries.conflicts_of(session, flag.id), queries.events(session, flag.id)
    ids = {note.person_id for note in history} | {seat.person_id for seat in seats} | {one.person_id for one in named}
    ids |= set(flag.sheet.get("confirmed_by", ()))
    ids |= {flag.decided_by, flag.second_by, flag.closed_by, flag.closed_second_by}
    ids |= {before.proposed_by, before.second_by} if before else set()
    ids |= {row.answered_by, row.answered_second, row.proposed_by, row.after_by} if row else set()
    return render_template(
        "flags/desk/one.html", code=code, flag=flag, village=village, form=form, words=WORDS,
        names=people.names(session, ids - {""}), history=history, may_decide=may_decide, may_sign=may_sign,
        review=row, seats=seats, titles=queries.offices(session, village, today) if begun else {},
        handed_up=course.HANDED_UP,
        anew=any(note.kind == "panel" for note in history), conflicts=named, outcomes=OUTCOMES,
        rule=rule_at(session, village, today),
        clocks=course.running(flag, row), mine={grant.role for grant in me.grants}, me=me.person_id,
        people=_choices(flag, village, may_decide=may_decide, may_sign=may_sign),
        took_part=queries.took_part(session, flag) if begun else set(),
        milder=course.milder(flag.outcome) if _appealed(flag) else (), carried=course.carried(seats),
        papers=papers.listed(session, flag.id) if row is not None and row.notified_on else [],
        mark=course.mark(row) if row else "", taken_over=not me.may(Permission.FLAG_DECIDE, village.path),
        answer_waits=row is not None and begun and appeals.waits(session, flag, row, village, today),
        may_reappraise=row is not None and ending.is_over(row, today), needs=service.review_needs(session, flag),
        proposal=asked, sent_back=before if before is not None and before.state == "returned" else None,
        **_left(flag, village, may_decide=may_decide, may_sign=may_sign),
        stands=asked is not None and proposals.stands(session, flag, village, asked, today),
        **(sheet_of(flag) if flag.cause in COUNTED else {"sheet": None}),
    )


def _left(flag: Flag, village: Place, *, may_decide: bool, may_sign: bool) -> dict[str, Any]:
    """Return whether enough people are left: three who fit (None: not asked), and who an appeal lacks."""
    session, today = reading(), local_day(utc_now())
    naming = may_decide and flag.state == "review" and not queries.panel(session, flag.id)
    signing = may_sign and flag.state == "review"
    return {
        "fit": left.three(session, flag, village, today) if naming else None,
        "lacks": left.lacks(session, flag, village, today) if may_sign and flag.state == "decided" else "",
        "checked": queries.checked_by(flag),
        "free_to_sign": left.signers(session, flag, village, today) if signing else set(),
        "unappealable": signing and not left.can_be_appealed(session, flag, village, today, actor().person_id),
    }


def _appealed(flag: Flag) -> bool:
    return flag.state == "decided" and flag.outcome in OUTCOMES


def _choices(flag: Flag, village: Place, *, may_decide: bool, may_sign: bool) -> list[Any]:
    """Return from whom the form of the waiting step lets people choose."""
    session, today = reading(), local_day(utc_now())
    if may_decide and flag.state == "triage":
        return list(queries.seconds(session, flag, village, actor(), today))
    if may_decide and flag.state == "review":
        return list(queries.able(session, flag, village, today))
    if may_sign and flag.state == "decided":
        return list(queries.appeal_seconds(session, flag, village, actor(), today))
    return []
