"""Who opened what, for the district to look through; and the end of an open key when somebody signs out."""

from flask import Response, g, render_template, request

from portal.reports import access, keys, recusals, rules
from portal.reports.views.blueprint import bp
from portal.reports.views.desk import scope
from portal.reports.views.keys import clear_cookie
from portal.roles import Permission
from portal.web.edge import close_reader, edge, reading
from portal.web.guards import actor, needs
from portal.web.portions import Portion, asked, portion


@bp.route("/desk/<code>/reports/openings")
@needs(Permission.REPORT_READ)
def openings(code: str) -> str:
    """List who unlocked which key and opened how many cases, day by day, and how many old cases were erased.

    Not those from which the person who looks is kept: an officer whom a report names learns of it nowhere.
    """
    place, office, _villages = scope(code)
    own = actor().villages
    with edge().stores.vault.read() as vault:
        kept_from = recusals.out_of(vault, actor().person_id, own)
    rows, count = access.openings(reading(), place.path, kept_from, asked("rows"))
    return render_template("reports/desk/openings.html", place=place, office=office,
                           rows=Portion("rows", rows, count),
                           erasures=portion("erased", access.erasures(reading(), place.path)), deeds=rules.DEEDS,
                           whys=rules.WHYS)


@bp.after_app_request
def end_with_the_session(response: Response) -> Response:
    """Close the key, row and cookie, when somebody signs out."""
    person = g.get("actor")
    if request.endpoint == "accounts.sign_out" and person is not None and response.status_code < 400:
        close_reader()
        with edge().stores.portal.write() as session:
            keys.lock(session, person.session_id)
        clear_cookie(response)
    return response
