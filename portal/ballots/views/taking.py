"""Taking in a count: the laptop's sheet with the numbers of the papers, without asking for anything twice."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from portal.ballots import carrying, forms, results
from portal.ballots.models import Round
from portal.ballots.views import bp
from portal.ballots.views.desk import page
from portal.ballots.views.found import found
from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.roles import Permission
from portal.web.edge import edge, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | tuple[str, int] | Response


@bp.post("/desk/<code>/rounds/<round>/count")
@needs(Permission.ROUND_MANAGE)
def upload_count(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Take in the count sheet that the counting laptop wrote, with the numbers of the papers."""
    round_, _village = found(code, round)
    form = Form(request.form.to_dict())
    sheet = _sheet(form, round)
    papers = forms.papers(form, [each for each, size in round_.sizes.items() if size], round_.rules.get("scale", []))
    signers = form.text("signers", longest=100)
    explanation = form.text("explanation", required=False, longest=300)
    try:
        if form.ok:
            with writing() as session:
                results.record_count(session, utc_now(), session.get_one(Round, round), sheet, papers, signers,
                                     explanation)
            return redirect(url_for("ballots.manage", code=code, round=round), code=303)
    except Refused as error:
        form.take(error)
    if "sheet" in form.errors:  # then it is this file that is wrong
        form.values.pop("carried", None)
    return page(code, round, form, 422)


def _sheet(form: Form, round_id: str) -> dict[str, Any]:
    """Return the count sheet as chosen, or as the page carried it; from now on the form carries it sealed."""
    file, mine = request.files.get("sheet"), (edge().config.secrets["session"], actor().session_id, round_id)
    content = file.read(results.LARGEST_SHEET + 1) if file else b""
    content = content or carrying.opened(*mine, form.values.pop("carried", ""))
    try:
        sheet = results.read_sheet(content)
    except Refused as error:
        form.take(error)
        return {}
    form.values["carried"] = carrying.sealed(*mine, content)
    return sheet
