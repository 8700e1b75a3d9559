"""The town's form for what follows from a result."""

from flask import redirect, request, url_for

from portal.ballots import consequence
from portal.ballots.models import Round
from portal.ballots.views import bp
from portal.ballots.views.desk import Page, page
from portal.ballots.views.found import found
from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.roles import Permission
from portal.web.edge import writing
from portal.web.forms import Form
from portal.web.guards import needs


@bp.post("/desk/<code>/rounds/<round>/consequence")
@needs(Permission.ROUND_MANAGE)
def follow(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Take in what follows from a published result, with the reason that everybody reads."""
    round_, _village = found(code, round)
    form = Form(request.form)
    kind = form.choice("consequence", consequence.fitting(round_.told, talk=round_.talk_told))
    reason = form.text("reason", longest=consequence.LONGEST)
    try:
        if form.ok:
            with writing() as session:
                consequence.record(session, utc_now(), session.get_one(Round, round), kind, reason)
            return redirect(url_for("ballots.manage", code=code, round=round), code=303)
    except Refused as error:
        form.take(error)
    return page(code, round, form, 422)
