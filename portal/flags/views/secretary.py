"""The secretary's page of a review about the secretary: the notice, the statement, the decision, the appeal.

It shows kinds of complaint of five reports and more, and never a text, a day or a photo of a report. Before the
notice, and to anybody but the subject, it looks as if there were no review.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response as Answer
from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.flags import appeals, course, ending, forms, papers, queries, review
from portal.flags.models import Clearing, Flag
from portal.flags.raising import rule_at
from portal.flags.views import bp, steps
from portal.flags.views.words import WORDS
from portal.places.models import Place
from portal.roles import Actor, Permission
from portal.web.edge import place_of, reading
from portal.web.forms import Form
from portal.web.guards import actor, signed_in

Page = str | Response | tuple[str, int]
LARGEST_PAPER = 12 * 1024 * 1024  # as it comes from a phone; it is made smaller


@bp.route("/desk/<code>/review")
@signed_in
def review_of(code: str) -> str:
    """Show a secretary the reviews of the secretary's own work, and what may be answered.

    Also after the post has ended: whoever was reviewed is heard, may appeal and is cleared all the same.
    """
    village = place_of(code)
    if village is None or village.kind != "village":
        abort(404)
    mine = actor().may(Permission.REVIEW_ANSWER, village.path)
    if not mine and not queries.about(reading(), village, actor().person_id):
        abort(404)
    return _page(village, None)


@bp.route("/desk/<code>/review/<flag_id>/statement", methods=["POST"])
@signed_in
def state(code: str, flag_id: str) -> Page:
    """Hand in the statement with its documents, or add to it: all of what was sent, or nothing and the text stays."""
    form = Form(request.form)
    sent = [(one.filename or "", one.read(LARGEST_PAPER + 1)) for one in request.files.getlist("paper") if one.filename]
    words = form.text("statement", required=not sent, longest=forms.LONGEST)

    def verb(session: Session, person: Actor, now: datetime, flag: Flag) -> None:
        if words or not sent:
            review.state(session, person, now, flag, words)
        for name, content in sent:
            papers.hand_in(session, person, now, flag, name, content)

    return _settle(code, flag_id, form, verb, noted=False)


@bp.route("/desk/review-papers/<paper_id>")
@signed_in
def paper(paper_id: str) -> Answer:
    """Give a document to whoever may read it: the subject, the panel, an appeal's second, the offices of reviews."""
    found = papers.readable(reading(), actor(), utc_now(), paper_id)
    if found is None:
        abort(404)
    kind = "application/pdf" if found.kind == "pdf" else "image/jpeg"
    disposition = f"inline; filename*=UTF-8''{quote(found.name)}"
    return Answer(found.content, mimetype=kind, headers={"Content-Disposition": disposition})


@bp.route("/desk/<code>/review/<flag_id>/more-days", methods=["POST"])
@signed_in
def extend(code: str, flag_id: str) -> Page:
    """Take the days for the statement once more; what was typed so far stays in its field."""
    form = Form(request.form)
    return _settle(code, flag_id, form, review.extend, stays=bool(form.values.get("statement", "").strip()))


@bp.route("/desk/<code>/review/<flag_id>/unfair", methods=["POST"])
@signed_in
def name_conflict(code: str, flag_id: str) -> Page:
    """Name somebody who can't be fair."""
    form = Form(request.form)
    person, why = form.named("person"), form.text("why", longest=300)
    return _settle(code, flag_id, form, lambda s, a, n, f: review.name_conflict(s, a, n, f, person, why))


@bp.route("/desk/<code>/review/<flag_id>/appeal", methods=["POST"])
@signed_in
def appeal(code: str, flag_id: str) -> Page:
    """Appeal to the district."""
    form = Form(request.form)
    words = form.text("appeal", longest=forms.LONGEST)
    return _settle(code, flag_id, form, lambda s, a, n, f: appeals.appeal(s, a, n, f, words))


@bp.route("/desk/<code>/review/<flag_id>/clearing", methods=["POST"])
@signed_in
def wish(code: str, flag_id: str) -> Page:
    """Say whether the village should read the clearing."""
    form = Form(request.form)
    publish = form.choice("publish", ("yes", "no"))
    found = queries.clearing_of(reading(), flag_id)
    clearing_id = found.id if found else ""

    def verb(session: Session, person: Actor, now: datetime, _flag: Flag) -> None:
        cleared = session.get(Clearing, clearing_id)
        if cleared is None:
            raise Refused(ending.NO_CLEARING)
        ending.wish(session, person, now, cleared, publish=publish == "yes")

    return _settle(code, flag_id, form, verb)


def _settle(code: str, flag_id: str, form: Form, verb: steps.Verb, *, stays: bool = False,
            noted: bool = True) -> Page:
    """Do a step and go back to the page, or (`stays`) show it at once with what was typed in another field."""
    village = place_of(code)
    if village is None:
        abort(404)
    if flag_id not in {flag.id for flag, *_rest in queries.about(reading(), village, actor().person_id)}:
        abort(404)
    if steps.taken(form, flag_id, steps.on(flag_id, verb), noted=noted):
        return _page(village, form) if stays else redirect(url_for("flags.review_of", code=code), code=303)
    return _page(village, form), 422


def _page(village: Place, form: Form | None) -> str:
    session, today = reading(), local_day(utc_now())
    found = queries.about(session, village, actor().person_id)
    newest = found[0] if found else None
    named = [row for row in queries.conflicts_of(session, newest[0].id) if row.kind == "named"] if newest else []
    seats = queries.panel(session, newest[0].id) if newest else []
    ids = {row.person_id for row in named} | {seat.person_id for seat in seats}
    return render_template(
        "flags/desk/review.html", village=village, form=form, words=WORDS, today_=today, newest=newest,
        earlier=found[1:], named=named, seats=seats,
        papers=papers.listed(session, newest[0].id) if newest else [], names=people.names(session, ids),
        most_named=course.MOST_NAMED, rule=rule_at(session, village, today),
        titles=queries.offices(session, village, today), **_strikes(village, newest[0] if newest else None),
    )


def _strikes(village: Place, flag: Flag | None) -> dict[str, Any]:
    """Return whom the secretary may name as unfair, whether any of them can be spared, and if a panel fell already."""
    if flag is None or flag.state != "review":
        return {"people": [], "spared": False, "anew": False}
    session, today = reading(), local_day(utc_now())
    people = review.nameable(session, flag, village, today)
    spared = any(review.needed(session, flag, village, today, row[0].id) is None for row in people)
    return {"people": people, "spared": spared,
            "anew": any(row.kind == "panel" for row in queries.events(session, flag.id))}
