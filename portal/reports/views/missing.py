"""A key that nobody can open any more: one person of the office says it, a second confirms it."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from portal.accounts import queries as people
from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import keys, losses, offline, queries
from portal.reports.models import OfficeKey
from portal.reports.views.blueprint import bp
from portal.reports.views.keys import mark_unreadable
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs


@bp.route("/desk/<code>/office-key/missing", methods=["GET", "POST"])
@needs(Permission.PLACE_OVERSEE)
def missing_key(code: str) -> Any:
    """Say that a key is lost, take that back, or confirm it as a second person; each is noted for the district."""
    office: Place = place_of(code)
    if office.kind == "village":
        abort(404)
    form = Form(request.form.to_dict())
    if request.method == "POST":
        try:
            _act(form, office)
        except Refused as refused:
            form.take(refused)
        else:
            return redirect(url_for("reports.missing_key", code=code), code=303)
    return _page(office, form), 422 if form.errors else 200


def _act(form: Form, office: Place) -> None:
    act, key_id, now = form.values.get("act", ""), form.values.get("key", ""), utc_now()
    verbs = {"say": losses.say, "back": losses.take_back, "confirm": losses.confirm}
    if act not in verbs or (act == "say" and not _reads(office)):
        abort(400)
    with writing() as session:
        verbs[act](session, now, actor(), office, key_id)
    if act == "confirm":
        mark_unreadable(office)


def _reads(office: Place) -> bool:
    return actor().may(Permission.REPORT_READ, office.path)


def _unreadable(office: Place) -> int:
    """Return how many cases nobody can read, to those who may read cases: to others even such a number tells."""
    if not _reads(office):
        return 0
    villages = {village.id for village in places.villages(reading(), office.path)}
    villages -= actor().villages
    with edge().stores.vault.read() as vault:
        known = queries.inbox(vault, villages, office.kind, person_id=actor().person_id)
        return sum(bool(report.lost_week) and report.state != "closed" for report in known)


def _name(key: OfficeKey) -> str:
    return offline.fingerprint(key.public) if key.offline else keys.logged(key)


def _page(office: Place, form: Form) -> str:
    session = reading()
    known = losses.may_be_lost(session, office)
    said = {row.key_id: row for row, _ in losses.said(session, [office.id])}
    return render_template(
        "reports/desk/missing.html", office=office, form=form, me=actor().person_id, reads=_reads(office),
        rows=[(key, _name(key), said.get(key.id)) for key in known], unreadable=_unreadable(office),
        people=people.names(session, {row.said_by for row in said.values()}),
        keyless=office.kind == "district" and queries.active_key(session, office.id) is None,
    )
