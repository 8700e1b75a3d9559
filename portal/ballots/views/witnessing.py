"""Where the supervision committee and the district say that a count is the one they signed."""

from flask import redirect, render_template, request, url_for

from portal.ballots import forms, queries, witnesses, words
from portal.ballots.models import Round
from portal.ballots.views import bp
from portal.ballots.views.desk import Page
from portal.ballots.views.found import found
from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.roles import Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs


def _page(code: str, round_id: str, form: Form, status: int = 200) -> Page:
    round_, village = found(code, round_id)
    session, body = reading(), witnesses.body_of(actor(), village.path)
    counted = round_.state in {"counted", "published"}
    return render_template(
        "ballots/desk/witness.html", place=place_of(code), village=village, round=round_, form=form, words=words,
        sheets=queries.sheets(session, round_id) if counted else [], bodies=witnesses.BODIES, body=body,
        mine=witnesses.said(session, round_id).get(body), may_read=actor().may(Permission.ROUND_READ, village.path),
    ), status


@bp.route("/desk/<code>/rounds/<round>/witness", methods=["GET", "POST"])
@needs(Permission.COUNT_WITNESS)
def witness(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Take in the word of one body about a count: the digits of its own paper, or why it is another count."""
    found(code, round)
    if request.method == "GET":
        return _page(code, round, Form({}))
    form = Form(request.form)
    against = form.choice("go", {"agree", "against"}) == "against"
    digits = "" if against else forms.sheet_digits(form)
    reason = form.text("reason", longest=witnesses.LONGEST) if against else ""
    try:
        if form.ok:
            with writing() as session:
                witnesses.speak(session, actor(), utc_now(), session.get_one(Round, round), digits, reason)
            return redirect(url_for("ballots.witness", code=code, round=round), code=303)
    except Refused as error:
        form.take(error)
    return _page(code, round, form, 422)
