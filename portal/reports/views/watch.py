"""Telling the district that slips are being collected while a vote runs: one question, two taps, no words needed."""

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.reports import queries, receipts, rules, service
from portal.reports.sealing import Words
from portal.reports.views.blueprint import bp
from portal.reports.views.public import readers_for, sketch_key
from portal.web import tokens
from portal.web.edge import edge, place_of
from portal.web.even import even, received, sent
from portal.web.forms import Form
from portal.web.guards import open_to_all

WHO = {
    "village": N_("Somebody of the village: committee, branch or group leader"),
    "town": N_("Somebody of the town"),
    "near": N_("A relative, a neighbour or an employer"),
    "other": N_("Somebody else, or I would rather not say"),
}
PURPOSE = "slips"
STALE = N_("The page lay open for a long time. Look it over once more and press the button again.")


@bp.route("/v/<code>/slips", methods=["GET", "POST"])
@open_to_all
def watch(code: str) -> Any:
    """Take in that slips are collected or that people are told how to vote; the district alone reads it, at once.

    What is kept is a report like any other: sealed, with its week, found again by sixteen digits only.
    """
    village = place_of(code)
    if village is None or village.kind != "village":
        abort(404)
    offices = readers_for(village, rules.SLIPS.key)
    ready = any(office.reader == "district" for office in offices)
    form = Form(request.form)
    attempt = form.values.get("attempt", "")
    attempt = attempt if receipts.is_attempt(attempt) else receipts.new_attempt()
    if request.method == "POST":
        form.values["who"] = received(form.values.get("who", ""))
        who = form.choice("who", WHO)
        if form.ok and not tokens.form_token_fits(form.values.get("token", ""), PURPOSE, attempt):
            form.refuse("", STALE)
        if form.ok:
            try:
                return even(_send(village, who, attempt, offices))
            except Refused as refused:
                form.take(refused)
    form.values["who"] = sent(form.values.get("who", ""), WHO)
    page = render_template("reports/watch.html", village=village, form=form, attempt=attempt, ready=ready,
                           options=[(sent(key, WHO), _(words)) for key, words in WHO.items()])
    return even(page, 422 if form.errors else 200) if request.method == "POST" else page


def _send(village: Any, who: str, attempt: str, offices: list[queries.Reader]) -> str:
    """File it and show its digits. The same form sent again changes nothing. Raises Refused."""
    secrets = edge().config.secrets
    words = Words(_("Voting slips are being collected, or people are told how to vote. By: %(who)s.", who=_(WHO[who])))
    digits16 = receipts.for_attempt(secrets["receipt"], attempt)
    receipt = receipts.derive(secrets["receipt"], digits16)
    filing = service.Filing(village.id, rules.SLIPS.key, words)
    with edge().stores.vault.write() as vault:
        service.file_at(vault, utc_now(), filing, offices, receipt, sketch_key(village))
    edge().stores.vault.empty_log()
    return render_template("reports/watched.html", village=village, receipt=digits16)
