"""The gravest reports at the desk: the key that never comes here, and the sealed files that are opened elsewhere."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.places.models import Place
from portal.reports import answers, offline, queries, renewal, rules, trials
from portal.reports.views.blueprint import bp
from portal.reports.views.desk import note_opening, released_report, scope
from portal.reports.views.keys import held_key, office_at
from portal.roles import Permission
from portal.web.edge import edge, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs


@bp.route("/desk/<code>/reports/<report_id>/sealed", methods=["POST"])
@needs(Permission.REPORT_READ)
def sealed(code: str, report_id: str) -> Response:
    """Hand over an office's own sealed copies of a case; the office in charge has thereby looked at it."""
    _place, office, villages = scope(code)
    report = released_report(report_id, villages, office)
    known = queries.offline_keys(reading(), office.id)
    try:
        with edge().stores.vault.read() as vault:
            content = offline.sealed_file(vault, report, office.kind, known,
                                          answers.readers_of(reading(), villages[report.village_id], report))
            key_id = offline.sealed_to(vault, report, office.kind, known)
    except LookupError:
        abort(404)
    note_opening(report, office, "fetched", read=bool(key_id) and known[key_id].lost_on is None)
    return Response(content, mimetype="application/octet-stream",
                    headers={"Content-Disposition": f'attachment; filename="{rules.sealed_name(report.id)}"'})


@bp.route("/desk/<code>/office-key/offline", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def offline_key(code: str) -> Any:
    """Take the public half of the key of the gravest reports; list the office's such keys, and which are needed."""
    office, form = office_at(code), Form(request.form.to_dict())
    if request.method == "POST":
        text, read_aloud = form.text("public", guarded=False), form.text("digits", guarded=False)
        try:
            if form.ok:
                with writing() as session:
                    offline.put_key(session, utc_now(), office, offline.read_public(text), read_aloud, held_key(office))
                return redirect(url_for("reports.offline_key", code=code), code=303)
        except Refused as refused:
            form.take(refused)
    return offline_page(code, office, form), 422 if form.errors else 200


@bp.route("/desk/<code>/office-key/offline/trial", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def offline_trial(code: str) -> Any:
    """Hand over a sealed test report; take in the digits that were read in it on the other machine."""
    office, form = office_at(code), Form(request.form.to_dict())
    secret = edge().config.secrets["receipt"]
    try:
        if request.method == "GET":
            words = str(_("A trial, no report. Read these twenty digits aloud:"))
            content = trials.file_for(reading(), utc_now(), secret, office, words)
            return Response(content, mimetype="application/octet-stream",
                            headers={"Content-Disposition": 'attachment; filename="trial.sealed"'})
        with writing() as session:
            trials.passed(session, utc_now(), actor(), secret, office, form.values.get("trial", ""))
    except Refused as refused:
        form.take(refused)
        return offline_page(code, office, form), 422
    return redirect(url_for("reports.offline_key", code=code), code=303)


def offline_page(code: str, office: Place, form: Form) -> str:
    """Return the page of the key of the gravest reports, with what was typed on it."""
    session, today = reading(), local_day(utc_now())
    known, desk_key = queries.offline_keys(session, office.id), queries.active_key(session, office.id)
    with edge().stores.vault.read() as vault:
        needed = renewal.in_use(vault, known, today)
    return render_template(
        "reports/desk/offline.html", code=code, office=office, form=form, opened=held_key(office), key=desk_key,
        has_copy=bool(desk_key and queries.has_copy(session, desk_key.id, actor().person_id)),
        rows=[(key, offline.fingerprint(key.public), key.id in needed) for key in known.values()],
        active=(active := next((key for key in known.values() if key.retired_on is None), None)),
        drill_due=bool(active and rules.drill_is_due(active.drilled_on or active.created_on, today)),
        old=any(key.retired_on is None and rules.key_is_old(key.created_on, today) for key in known.values()),
    )
