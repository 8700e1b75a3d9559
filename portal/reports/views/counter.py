"""Taking a report down at the counter, for somebody without a phone: sealed at once, a card with digits in return."""

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import cards, forms, queries, receipts, recusals, rules, service
from portal.reports.views.blueprint import bp
from portal.reports.views.public import readers_for, sketch_key, spend_slip, who_reads
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading
from portal.web.filters import is_english
from portal.web.forms import Form
from portal.web.guards import actor, needs

USED = N_("This form was sealed already, and its card belongs to what was said then. Look these words over and seal "
          "them as another report, with a card of its own; whoever wants to add something does so with the card.")


@bp.route("/desk/<code>/counter", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def counter(code: str) -> Any:
    """Take a report down and seal it; then print its card, from a page that shows no digits."""
    place: Place = place_of(code)
    if place.kind == "village":
        abort(404)
    own = actor().villages
    villages = {village.code: village for village in places.villages(reading(), place.path) if village.id not in own}
    form = Form(request.form.to_dict())
    if request.method == "GET":
        return _page(place, villages, form, receipts.new_attempt())
    attempt = form.values.get("attempt", "")
    if not receipts.is_attempt(attempt):
        abort(400)
    if form.values.get("act") == "print":
        return _print(attempt)
    village = villages.get(form.choice("village", villages))
    draft = forms.draft(form, MultiDict(), lambda _token, _bound_to: False)
    warned = bool(draft.warnings) and form.values.get("sure") != "1"
    slip = ""
    if village and form.ok and not warned:
        try:
            slip = _seal(village, draft)
        except Refused as refused:
            form.take(refused)
            if refused.phrase == USED:
                attempt = receipts.new_attempt()
    if village is None or warned or not form.ok:
        return _page(place, villages, form, attempt, draft.warnings if form.ok else []), 422
    return render_template("reports/desk/counter-done.html", place=place, attempt=attempt, slip=slip, draft=draft,
                           idle=bool(form.values.get("voice", "").strip()) and not draft.adverse,
                           alone=who_reads(draft, readers_for(village, draft.category))["alone"])


def _seal(village: Place, draft: forms.Draft) -> str:
    """File the report as one from paper; return what became of a voice slip ("" without one). Raises Refused."""
    secrets, offices = edge().config.secrets, readers_for(village, draft.category)
    _card(cards.NOTHING)
    receipt = receipts.derive(secrets["receipt"], receipts.for_attempt(secrets["receipt"], draft.attempt))
    with edge().stores.vault.read() as vault:
        known = queries.by_lookup(vault, receipt.lookup)
    if known is not None and known.retry_tag != receipts.tag(receipt, forms.words_of(draft).as_bytes()):
        raise Refused(USED)
    if draft.adverse:
        draft.named = recusals.named(reading(), village, draft.text, local_day(utc_now()))
    slip = spend_slip(village, draft) if draft.voice and offices else ""
    filing = service.Filing(village.id, draft.category, forms.words_of(draft), (),
                            "voice" if slip == "counted" else "paper", draft.town_involved, draft.named)
    with edge().stores.vault.write() as vault:
        service.file_at(vault, utc_now(), filing, offices, receipt, sketch_key(village))
    edge().stores.vault.empty_log()
    return slip


def _print(attempt: str) -> Response:
    """Return the card of a report that was just taken down; 404 where there is none."""
    secret = edge().config.secrets["receipt"]
    digits = receipts.for_attempt(secret, attempt)
    with edge().stores.vault.read() as vault:
        found = queries.by_lookup(vault, receipts.derive(secret, digits).lookup)
    if found is None:
        abort(404)
    return Response(_card(digits), mimetype="application/pdf",
                    headers={"Content-Disposition": 'attachment; filename="card.pdf"'})


def _card(digits: str) -> bytes:
    return cards.pdf(edge().config.base_url, digits, {
        "title": _("Village affairs"),
        "heading": _("Your sixteen digits"),
        "keep": _("Keep this card to yourself. Without the digits nobody can find it again, and neither can we."),
        "do": _("On any phone: open this page and enter the digits. You see what became of it, and can answer."),
        "counter": _("No phone? Ask somebody you trust, or come back to the counter with this card."),
        "qr": "QR", "lang": "en" if is_english() else "zh",
    })


def _page(place: Place, villages: dict[str, Place], form: Form, attempt: str,
          warnings: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "reports/desk/counter.html", place=place, villages=list(villages.values()), form=form, attempt=attempt,
        warnings=warnings or [], categories=rules.CATEGORIES, sources=rules.SOURCES, longest=rules.LONGEST_TEXT,
    )
