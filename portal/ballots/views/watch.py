"""How the district watches a box: who told that slips are collected, and the ring after the vote."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.ballots import ringing, words
from portal.ballots.models import RingAnswers, Round
from portal.ballots.ringing import Counts
from portal.ballots.rules import SMALLEST
from portal.ballots.views import bp
from portal.ballots.views.found import found
from portal.core.clock import add_weeks, iso_week, local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import figures
from portal.reports.rules import SLIPS
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | tuple[str, int] | Response
NOBODY = N_("Nobody has told that slips are collected.")
SOME, MANY = N_("Somebody told that slips are collected."), N_("Five people or more told that slips are collected.")
NUMBERS = tuple(Counts.__dataclass_fields__)


def facts(round_: Round, village: Place, answers: RingAnswers | None) -> dict[str, Any]:
    """Return what a round's page shows of the watching. Only the district learns whether somebody told of collecting.

    In words, not in numbers: a number that grows by one in front of whoever may read no report would time it.
    """
    may_watch = actor().may(Permission.ROUND_WATCH, village.path)
    told = None
    if may_watch:
        first = add_weeks(iso_week(local_day(round_.opens_at)), -1)  # slips may be collected before the first vote
        with edge().stores.vault.read() as vault:
            number = figures.told(vault, village.id, SLIPS.key, first, iso_week(local_day(round_.closes_at)))
        told = NOBODY if not number else SOME if number < SMALLEST else MANY
    return {"may_watch": may_watch, "told_collecting": told,
            **(ring_facts(round_, answers) if round_.closing else {"ring": None})}


def ring_facts(round_: Round, answers: RingAnswers | None) -> dict[str, Any]:
    """Return what everybody may see of a round's ring."""
    shown = ringing.shown(answers, round_.rules["cell_min"]) if answers else None
    return {"ring": answers, "ring_shown": shown, "ring_called": ringing.called(round_),
            "ring_share": round_.rules["ring_share"], "ring_least": round_.rules["cell_min"]}


def _page(code: str, round_id: str, form: Form, status: int = 200) -> Page:
    round_, village = found(code, round_id)
    return render_template(
        "ballots/desk/ring.html", place=place_of(code), village=village, round=round_, form=form, words=words,
        drawn=ringing.draw(round_), answers=reading().get(RingAnswers, round_id), called=ringing.called(round_)
        if round_.rules else 0,
    ), status


@bp.route("/desk/<code>/rounds/<round>/ring", methods=["GET", "POST"])
@needs(Permission.ROUND_WATCH)
def ring(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Show whom to ring, by place on the roll; take in how many said what, and nothing of who."""
    found(code, round)
    if request.method == "GET":
        return _page(code, round, Form({}))
    form = Form(request.form)
    counts = Counts(**{each: form.number(each) for each in NUMBERS})
    if not form.ok:
        return _page(code, round, form, 422)
    try:
        with writing() as session:
            ringing.record(session, utc_now(), session.get_one(Round, round), counts)
    except Refused as error:
        form.take(error)
        return _page(code, round, form, 422)
    return redirect(url_for("ballots.manage", code=code, round=round), code=303)
