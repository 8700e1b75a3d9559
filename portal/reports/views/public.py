"""Saying something in three small steps, and following it with sixteen digits. No cookie, no script, no address."""

from typing import Any

from flask import abort, render_template, request

from portal.core import months
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import (
    clocks,
    figures,
    forms,
    moments,
    queries,
    receipts,
    recusals,
    rules,
    service,
    sketches,
)
from portal.reports.views.blueprint import bp
from portal.slips import peppers, voice
from portal.web import tokens
from portal.web.edge import edge, place_of, reading
from portal.web.even import STEP, even, received, sent
from portal.web.forms import Form
from portal.web.guards import open_to_all

KIND_STEP = 3 * STEP  # the pages of all kinds fit into as many, packed and unpacked
STALE = N_("The page lay open for a long time. Look it over once more and press the button again.")


def _village(code: str) -> Place:
    place = place_of(code)
    if place is None or place.kind != "village":
        abort(404)
    return place  # type: ignore[no-any-return]


@bp.route("/v/<code>/say", methods=["GET", "POST"])
@open_to_all
def say(code: str) -> Any:
    """Show the step that the form has come to; everything typed travels with it."""
    village = _village(code)
    if request.method == "GET":
        return _kind_page(village, Form({}), receipts.new_attempt())
    page = _step(village)
    text, status = page if isinstance(page, tuple) else (page, 200)
    return even(text, status, KIND_STEP)


def _step(village: Place) -> Any:
    """Return the page that comes after the one that was sent, with its status where that is another than 200."""
    fields, files = forms.read(request)
    form = Form(fields.to_dict())
    form.values["category"] = received(form.values.get("category", ""))
    go = form.values.get("go", "")
    if go == "kind" or form.values.get("category") not in rules.BY_KEY:
        return _back_to_kinds(village, form, chosen=go == "write")
    if go == "write":
        draft = forms.draft(form, files, _fits)
        form.errors.clear()  # nothing was asked yet: the page comes up clean
        return _write_page(village, form, draft)
    draft = forms.draft(form, files, _fits)
    if not rules.BY_KEY[draft.category].harmless:
        draft.named = named_in_text(village, draft.text)
    return _checked(village, form, draft, go)


def named_in_text(village: Place, text: str) -> recusals.Named:
    """Return which officials a text names who could read it."""
    return recusals.named(reading(), village, text, local_day(utc_now()))


def _checked(village: Place, form: Form, draft: forms.Draft, go: str) -> Any:
    """Lead from the words to the last look, and from there to the sixteen digits."""
    if not form.ok:
        return _write_page(village, form, draft), 422
    if draft.warnings and go == "check":
        return _write_page(village, form, draft, warn=True)
    if go == "send":
        if tokens.form_token_fits(form.values.get("token", ""), "say", draft.attempt):
            return _send(village, form, draft)
        form.refuse("", STALE)
    page = render_template("reports/check.html", sent=_sent, village=village, form=form, draft=draft, kept=_kept(draft),
                           category=rules.BY_KEY[draft.category], sources=rules.SOURCES,
                           **who_reads(draft, readers_for(village, draft.category)))
    return (page, 422) if form.errors else page


def _send(village: Place, form: Form, draft: forms.Draft) -> Any:
    """File the report and show its digits. The slip is spent first, in its own store; nothing joins the two."""
    now, secret = utc_now(), edge().config.secrets["receipt"]
    offices = readers_for(village, draft.category)
    draft.attempt, receipt = _own_attempt(village, draft)
    digits16 = receipts.for_attempt(secret, draft.attempt)
    slip = ""
    try:
        if draft.voice and offices:
            slip = spend_slip(village, draft)
        filing = service.Filing(village.id, draft.category, forms.words_of(draft), tuple(draft.photos),
                                "voice" if slip == "counted" else "open", draft.town_involved, draft.named)
        with edge().stores.vault.write() as vault:
            service.file_at(vault, now, filing, offices, receipt, sketch_key(village))
        edge().stores.vault.empty_log()
    except Refused as refused:
        form.take(refused)
        return _write_page(village, form, draft), 422
    periods = clocks.periods(reading(), village, now)
    return render_template("reports/receipt.html", village=village, receipt=digits16, slip=slip, draft=draft,
                           periods=periods, batch=moments.coming(periods.release, now), urgent=draft.urgent,
                           **who_reads(draft, offices))


def _own_attempt(village: Place, draft: forms.Draft) -> tuple[str, receipts.Receipt]:
    """Return the attempt under which a draft is filed: one of its own where the form was sent for something else.

    Who goes back and says another kind, or stands on another village's page, does not add to what was said before:
    other people read it, at another time, by other clocks. With it comes its receipt.
    """
    secret, attempt = edge().config.secrets["receipt"], draft.attempt
    receipt = receipts.derive(secret, receipts.for_attempt(secret, attempt))  # slow: once for all but that case
    with edge().stores.vault.read() as vault:
        known = queries.by_lookup(vault, receipt.lookup)
    if known is not None and (known.village_id, known.category) != (village.id, draft.category):
        attempt = receipts.another_attempt(secret, attempt, f"{village.id}|{draft.category}")
        receipt = receipts.derive(secret, receipts.for_attempt(secret, attempt))
    return attempt, receipt


def sketch_key(village: Place) -> bytes:
    """Return this week's key for the sketches of reports about a village."""
    return sketches.key(peppers.folder_of(edge().config.instance), local_day(utc_now()), village.id)


def readers_for(village: Place, category: str) -> list[queries.Reader]:
    """Return to whom a report of a kind is sealed; the gravest to keys that never touch this machine."""
    session = reading()
    grave = clocks.periods(session, village, utc_now()).offline(category)
    return queries.office_readers(session, village, offline=grave)


def who_reads(draft: forms.Draft, offices: list[queries.Reader]) -> dict[str, bool]:
    """Return who gets copies, for pages: `alone` the district alone, `away` read on a machine without a network."""
    away = any(reader.offline for reader in offices)
    left_out = away and not any(reader.reader == "town" for reader in offices)
    return {"alone": draft.town_involved or draft.named.town or left_out, "away": away}


def spend_slip(village: Place, draft: forms.Draft) -> str:
    """Spend a draft's voice slip, in its own store; return "counted", or why it does not count."""
    quarter, secret = voice.quarter_of(local_day(utc_now())), edge().config.secrets["receipt"]
    folder = peppers.folder_of(edge().config.instance)
    with edge().stores.booth.write() as booth:
        attempt = receipts.slip_attempt(secret, draft.attempt)
        outcome = voice.spend(booth, folder, village.id, draft.voice, quarter, attempt)
    edge().stores.booth.empty_log()  # two logs read side by side would tell which slip came with which report
    return outcome


def _kept(draft: forms.Draft) -> list[tuple[str, str]]:
    return forms.carried(draft, lambda bound_to: tokens.form_token("photo", bound_to))


def _fits(token: str, bound_to: str) -> bool:
    return tokens.form_token_fits(token, "photo", bound_to)


def _kind_page(village: Place, form: Form, attempt: str) -> str:
    ready, month = bool(queries.office_readers(reading(), village)), months.public(local_day(utc_now()))
    with edge().stores.vault.read() as vault:
        heard = figures.heard(vault, village.id, months.weeks_of(month))
    return render_template("reports/kind.html", village=village, form=form, attempt=attempt, ready=ready,
                           categories=rules.CATEGORIES, sent=_sent, heard_in=month,
                           heard=rules.band(heard, figures.shift(edge().config.secrets["receipt"], village.id, month)))


def _sent(kind: str) -> str:
    return sent(kind, rules.BY_KEY)


def _back_to_kinds(village: Place, form: Form, *, chosen: bool) -> Any:
    """Show the first step again, with what was typed in the second."""
    attempt = form.values.get("attempt", "")
    attempt = attempt if receipts.is_attempt(attempt) else receipts.new_attempt()
    if chosen:
        form.choice("category", rules.BY_KEY)
    form.values["category"] = _sent(form.values["category"])
    page = _kind_page(village, form, attempt)
    return (page, 422) if form.errors else page


def _write_page(village: Place, form: Form, draft: forms.Draft, *, warn: bool = False) -> str:
    return render_template("reports/write.html", sent=_sent, village=village, form=form, draft=draft,
                           kept=_kept(draft), warn=warn, sources=rules.SOURCES, most=rules.MOST_PHOTOS,
                           longest=rules.LONGEST_TEXT,
                           followup_days=clocks.periods(reading(), village, utc_now()).followup_days)
