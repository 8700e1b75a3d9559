"""The district's page of villages that are too quiet: go and see, and note how it was."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.flags import silence
from portal.flags.models import SilentVillage
from portal.flags.views import bp
from portal.roles import Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | Response | tuple[str, int]


@bp.route("/desk/<code>/visits")
@needs(Permission.REVIEW_SIGN)
def visits(code: str) -> str:
    """List the villages to which somebody should go, by code."""
    return _page(code, None)


@bp.route("/desk/<code>/visits/<visit_id>", methods=["POST"])
@needs(Permission.REVIEW_SIGN)
def visit(code: str, visit_id: str) -> Page:
    """Note a visit."""
    if visit_id not in {row.id for row, _place in silence.waiting(reading(), place_of(code).path)}:
        abort(404)
    form = Form(request.form)
    found = form.text("found", longest=1000)
    if form.ok:
        try:
            with writing() as session:
                silence.visited(session, actor(), utc_now(), session.get_one(SilentVillage, visit_id), found)
            return redirect(url_for("flags.visits", code=code), code=303)
        except Refused as refused:
            form.take(refused)
    return _page(code, form, visit_id), 422


def _page(code: str, form: Form | None, tried: str = "") -> str:
    place = place_of(code)
    return render_template("flags/desk/visits.html", code=code, place=place, form=form, tried=tried,
                           rows=silence.waiting(reading(), place.path),
                           noted=silence.noted(reading(), place.path))
