"""The secretary's questions, one a page, and what the town decides and finds."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.promises import forms, queries, rules, service
from portal.promises.models import Promise, PromiseVersion
from portal.promises.views.routes import bp, history_of, village_of
from portal.roles import Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | tuple[str, int] | Response
CHANGED = N_("Another change is proposed since you opened this page. Read it again.")


@bp.route("/desk/<code>/promises")
@needs(Permission.RECORD_READ)
def desk(code: str) -> str:
    """Show a village's promises with what may be done about them; for a town its villages."""
    place: Place = place_of(code)
    session, today = reading(), local_day(utc_now())
    if place.kind != "village":
        return _overview(place)
    shown = queries.of_year(session, place, today.year, today)
    return render_template(
        "promises/desk/list.html", village=place, year=today.year, promises=shown, rules=rules,
        proposals={row.id: version for row, version in queries.proposals(session, [place.id])},
        checks=queries.checks(session, [item.id for item in shown]), due=queries.due(session, place, today),
        may_write=actor().may(Permission.PROMISE_WRITE, place.path),
        may_review=actor().may(Permission.PROMISE_REVIEW, place.path),
    )


def _overview(place: Place) -> str:
    session, today = reading(), local_day(utc_now())
    villages = places.villages(session, place.path)
    ids = [village.id for village in villages]
    shown = queries.of_villages(session, ids, today.year, today)
    checked = queries.checks(session, [item.id for item in shown])
    waiting = [row.place_id for row, _ in queries.proposals(session, ids)]
    lines = [(village, [item for item in shown if item.place_id == village.id]) for village in villages]
    return render_template("promises/desk/overview.html", place=place, lines=lines, checks=checked, waiting=waiting,
                           year=today.year)


def _back(village: Place, said: str) -> Response:
    return redirect(url_for("promises.desk", code=village.code) + "#" + said, code=303)


@bp.route("/desk/<code>/promises/add", methods=["GET", "POST"])
@needs(Permission.PROMISE_WRITE)
def add(code: str) -> Page:
    """Make a promise: what, how much, by when; sure."""
    village, form, now = village_of(code), Form(request.form), utc_now()
    journey = forms.Journey(forms.ADD, form, sent=request.method == "POST", start={})
    if journey.finished and (said := forms.wording(form)):
        try:
            with writing() as session:
                made = service.promise(session, actor(), now, village, year=local_day(now).year, title=said.title,
                                       words=said.words, by_day=said.by_day, target=said.target, unit=said.unit)
            return _back(village, f"p{made.id}")
        except Refused as refused:
            form.take(refused)
            journey.refuse()
    return _asked("promises/desk/wording.html", journey, village=village, before=None)


@bp.route("/desk/<code>/promises/<promise_id>/change", methods=["GET", "POST"])
@needs(Permission.PROMISE_WRITE)
def change(code: str, promise_id: str) -> Page:
    """Propose another wording; the town decides."""
    village, form = village_of(code), Form(request.form)
    before = history_of(village, promise_id).shown.version
    start = {"title": before.title, "words": before.words, "target": before.target, "unit": before.unit,
             "by_day": before.by_day.isoformat()}
    journey = forms.Journey(forms.CHANGE, form, sent=request.method == "POST", start=start)
    if journey.finished and (said := forms.wording(form)):
        try:
            with writing() as session:
                service.change(session, actor(), utc_now(), session.get_one(Promise, promise_id), title=said.title,
                               words=said.words, by_day=said.by_day, reason=said.reason, target=said.target,
                               unit=said.unit)
            return _back(village, f"p{promise_id}")
        except Refused as refused:
            form.take(refused)
            journey.refuse()
    return _asked("promises/desk/wording.html", journey, village=village, before=before)


@bp.route("/desk/<code>/promises/<promise_id>/report", methods=["GET", "POST"])
@needs(Permission.PROMISE_WRITE)
def report(code: str, promise_id: str) -> Page:
    """Report progress: how is it, how far, a photo."""
    village, form = village_of(code), Form(request.form)
    shown = history_of(village, promise_id).shown
    if form.values.get("state") == rules.State.DONE:
        form.values["percent"] = "100"
    journey = forms.Journey(_questions(form), form, sent=request.method == "POST",
                            start={"percent": str(shown.percent)})
    if journey.finished:
        try:
            with writing() as session:
                service.report_progress(
                    session, actor(), utc_now(), session.get_one(Promise, promise_id), photos=_photos(),
                    percent=form.number("percent", most=100), state=form.values["state"],
                    words=form.values.get("words", "").strip(), explanation=form.values.get("explanation", "").strip(),
                )
            return _back(village, f"p{promise_id}")
        except Refused as refused:
            form.take(refused)
            journey.refuse()
    return _asked("promises/desk/report.html", journey, village=village, shown=shown)


def _questions(form: Form) -> tuple[forms.Question, ...]:
    """Return what to ask: what is done is a hundred per cent, so nobody asks how far it is."""
    done = form.values.get("state") == rules.State.DONE
    return (forms.STATE, forms.EVIDENCE) if done else forms.REPORT


def _photos() -> tuple[bytes, ...]:
    sent = request.files.getlist("photos")[: rules.MOST_PHOTOS + 1]
    return tuple(content for photo in sent if (content := photo.read()))


def _asked(template: str, journey: forms.Journey, **facts: object) -> Page:
    page = render_template(template, journey=journey, form=journey.form, options=forms, rules=rules, **facts)
    return page if journey.form.ok else (page, 422)


@bp.route("/desk/<code>/promises/<promise_id>/review", methods=["GET", "POST"])
@needs(Permission.PROMISE_REVIEW)
def review(code: str, promise_id: str) -> Page:
    """Let a changed promise count, or say why not."""
    village, form = village_of(code), Form(request.form)
    history = history_of(village, promise_id)
    if history.proposed is None:
        abort(404)
    if request.method == "POST":
        answer = form.choice("answer", {"yes", "no"})
        words = form.text("words", longest=300, required=False)
        if form.values.get("version") != history.proposed.id:
            form.refuse("", CHANGED)
        if form.ok:
            try:
                with writing() as session:
                    wording = session.get_one(PromiseVersion, history.proposed.id)
                    service.decide_change(session, actor(), utc_now(), wording, approve=answer == "yes", words=words)
                return _back(village, f"p{promise_id}")
            except Refused as refused:
                form.take(refused)
    page = render_template("promises/desk/review.html", village=village, history=history, form=form)
    return page if form.ok else (page, 422)


@bp.route("/desk/<code>/promises/<promise_id>/check", methods=["GET", "POST"])
@needs(Permission.PROMISE_REVIEW)
def check(code: str, promise_id: str) -> Page:
    """Say what the town found in the middle of the year."""
    village, form = village_of(code), Form(request.form)
    history = history_of(village, promise_id)
    if request.method == "POST":
        outcome = form.choice("outcome", set(rules.Outcome))
        note = form.text("note", longest=300, required=False)
        if form.ok:
            try:
                with writing() as session:
                    service.check(session, actor(), utc_now(), session.get_one(Promise, promise_id), outcome=outcome,
                                  note=note)
                return _back(village, f"p{promise_id}")
            except Refused as refused:
                form.take(refused)
    page = render_template("promises/desk/check.html", village=village, history=history, form=form, options=forms)
    return page if form.ok else (page, 422)
