"""The town notes which teams visit people at home, with how many slips, and how many they gave."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.ballots import forms, visits
from portal.ballots.models import HomeVisit, Round
from portal.ballots.views import bp, desk
from portal.ballots.views.found import found
from portal.core.errors import Refused
from portal.roles import Permission
from portal.web.edge import reading, writing
from portal.web.forms import Form
from portal.web.guards import needs

Page = str | tuple[str, int] | Response


def _refused(code: str, round_: Round, form: Form) -> Page:
    form.values = {**forms.draft_values(round_), **form.values}
    return desk.page(code, round_.id, form, 422)


def _to(code: str, round_id: str) -> Response:
    return redirect(url_for("ballots.manage", code=code, round=round_id) + "#visits", code=303)


@bp.post("/desk/<code>/rounds/<round>/visits")
@needs(Permission.SLIP_ISSUE)
def visit(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Let a team of two bodies go to people at home, with a number of slips."""
    round_, _village = found(code, round)
    form = Form(request.form)
    team = visits.Team(
        form.choice("visit_electorate", [each for each, size in round_.sizes.items() if size]),
        form.text("visit_town", longest=40), form.text("visit_committee", longest=40),
        form.number("visit_taken", least=1, most=9999),
    )
    try:
        if form.ok:
            with writing() as session:
                visits.send(session, session.get_one(Round, round), team)
            return _to(code, round)
    except Refused as error:
        form.take(error)
    return _refused(code, round_, form)


@bp.post("/desk/<code>/rounds/<round>/visits/<visit_id>")
@needs(Permission.SLIP_ISSUE)
def visit_back(code: str, round: str, visit_id: str) -> Page:  # noqa: A002
    """Note how many slips a team gave to voters; it brings the others back sealed."""
    round_, _village = found(code, round)
    known = reading().get(HomeVisit, visit_id)
    if known is None or known.round_id != round:
        abort(404)
    form = Form(request.form)
    given = form.number(f"given_{known.number}", most=9999)
    try:
        if form.ok:
            with writing() as session:
                visits.come_back(session, session.get_one(HomeVisit, visit_id), given)
            return _to(code, round)
    except Refused as error:
        form.take(error)
    return _refused(code, round_, form)
