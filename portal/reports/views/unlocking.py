"""Opening an office's key from any page that asks for it: wrong words leave the officer on the page she was on."""

from flask import abort, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.places.models import Place
from portal.reports import clocks, keys, rules
from portal.reports.views.blueprint import bp
from portal.reports.views.desk import case_page, inbox_page, released_report, scope
from portal.reports.views.keys import back_from_key, key_page, lost_page, office_at, set_cookie
from portal.reports.views.sealed import offline_page
from portal.roles import Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

WRITTEN = ("text", "result", "reason", "summary")


@bp.route("/desk/<code>/reports/unlock", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def unlock(code: str) -> Response | tuple[str, int]:
    """Open the office's key for a quarter of an hour. A browser that loads the address anew is led to the inbox."""
    if request.method == "GET":
        return redirect(url_for("reports.inbox", code=code), code=303)
    office, form = office_at(code), Form(request.form.to_dict())
    passphrase = form.text("passphrase", guarded=False)
    why = form.choice("why", rules.WHYS)
    minutes = clocks.periods(reading(), office, utc_now()).unlock_minutes
    if form.ok:
        try:
            right = keys.tried(reading(), actor(), office, passphrase)  # before the transaction: it takes its time
            with writing() as session:
                held = keys.unlock(session, utc_now(), actor(), office, right, minutes, why)
        except Refused as refused:
            form.take(refused)
        else:
            response = make_response(_opened(code, office, form, held))
            set_cookie(response, held, minutes)
            return response
    form.values.pop("passphrase", None)
    return _page_again(code, office, form), 422


def _opened(code: str, office: Place, form: Form, held: str) -> str | Response:
    """Return the way back; or, where something was typed before the key locked itself, the case with it."""
    form.values.pop("passphrase", None)
    if not form.values.get("case") or not any(form.values.get(name) for name in WRITTEN):
        return redirect(back_from_key(code), code=303)
    g.held_key = keys.opened(reading(), utc_now(), actor(), held)  # the cookie comes only with this answer
    return _page_again(code, office, form)


def _page_again(code: str, office: Place, form: Form) -> str:
    """Return the page that the words were typed on, with what is wrong beside them."""
    case, page = form.values.get("case", ""), form.values.get("page", "")
    if case:
        _place, _office, villages = scope(code)
        report = released_report(case, villages, office)
        return case_page(code, report, office, villages[report.village_id], form)
    if page == "key":
        return key_page(code, office, form)
    if page == "offline":
        return offline_page(code, office, form)
    if page == "lost":
        town = place_of(form.values.get("town", ""))
        if town is None or town.kind != "town" or not town.path.startswith(office.path):
            abort(404)
        return lost_page(town, office, form)
    return inbox_page(code, form)
