"""Saying something in three small steps, and following it with sixteen digits. No cookie, no script, no address."""

from collections.abc import Callable
from math import ceil
from typing import Any

from flask import abort, render_template, request
from sqlmodel import Session

from portal.core import digits, months
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import (
    afterwards,
    clocks,
    forms,
    moments,
    pace,
    queries,
    receipts,
    recusals,
    rules,
    sealing,
    service,
    sketches,
)
from portal.reports.models import Report
from portal.reports.receipts import Receipt
from portal.reports.views.blueprint import bp
from portal.slips import peppers, voice
from portal.web import tokens
from portal.web.edge import edge, place_of, reading
from portal.web.even import even, received, sent
from portal.web.forms import Form
from portal.web.guards import open_to_all

UNKNOWN = N_("We find nothing under these digits. Check each group of four.")
STALE = N_("The page lay open for a long time. Look it over once more and press the button again.")
LONGEST_REPLY = 2000
ONE_SIZE = 8192  # bytes on the line: a case of some messages fits
CARRIED = ("go", "attempt", "token", "issued", "sure", "text", "reason", "again", "since", "happened", "rating")
LONGEST_TOLD = 3 * rules.LONGEST_TEXT  # a report and what was added to it


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
    return even(*page) if isinstance(page, tuple) else even(page)


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
        draft.named = _named(village, draft.text)
    return _checked(village, form, draft, go)


def _named(village: Place, text: str) -> recusals.Named:
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
    digits16 = receipts.for_attempt(secret, draft.attempt)
    slip = ""
    try:
        if draft.voice and offices:
            slip = spend_slip(village, draft)
        filing = service.Filing(village.id, draft.category, forms.words_of(draft), tuple(draft.photos),
                                "voice" if slip == "counted" else "open", draft.town_involved, draft.named)
        receipt = receipts.derive(secret, digits16)
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
        heard = queries.heard(vault, village.id, months.weeks_of(month))
    return render_template("reports/kind.html", village=village, form=form, attempt=attempt, ready=ready,
                           categories=rules.CATEGORIES, sent=_sent, heard=rules.band(heard), heard_in=month)


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


@bp.route("/c", methods=["GET", "POST"])
@open_to_all
def follow() -> Any:
    """Show a case to whoever has its sixteen digits; the digits travel in the form, never in the address.

    Right digits, wrong ones and a long case look the same to whoever watches the line.
    """
    if request.method == "GET":
        return render_template("reports/enter.html", form=Form({}))
    form = Form(request.form.to_dict())
    try:
        page = _followed(form)
    except pace.Busy as busy:
        response = even(render_template("reports/busy.html", form=form, kept=CARRIED, place=busy.place), 503, ONE_SIZE)
        response.headers["Retry-After"] = str(ceil(busy.wait))
        return response
    text, status = page if isinstance(page, tuple) else (page, 200)
    return even(text, status, ONE_SIZE)


def _followed(form: Form) -> Any:
    """Return the page that comes after digits were sent, with its status where that is another than 200.

    Raises pace.Busy.
    """
    typed = digits.tidy(form.values.get("receipt", ""))
    found = None
    if digits.holds(typed, receipts.LENGTH):
        found = pace.find(edge().stores, utc_now(), edge().config.secrets["receipt"], typed,
                          issued=tokens.form_token_fits(form.values.get("issued", ""), "receipt", typed),
                          place=form.values.get("place", ""))
    if found is None:
        form.refuse("receipt", UNKNOWN)
        return render_template("reports/enter.html", form=form), 422
    report, receipt = found
    act = {"answer": _answered, "rate": _rated, "reopen": _reopened, "since": _since,
           "told": _told}.get(form.values.get("go", ""))
    if act is None:
        return _case_page(report, receipt, typed, Form({}))
    return act(report, receipt, typed, form)


def _done(report: Report, receipt: Receipt, typed: str, form: Form, work: Callable[[Session, Report], None]) -> Any:
    """Do what was asked of a case in one transaction, and show the case as it then stands."""
    if form.ok and not tokens.form_token_fits(form.values.get("token", ""), "answer", form.values.get("attempt", "")):
        form.refuse("", STALE)
    if form.ok:
        try:
            with edge().stores.vault.write() as vault:
                work(vault, queries.as_it_stands(vault, report))
            edge().stores.vault.empty_log()
        except Refused as refused:
            form.take(refused)
    if not form.ok:
        return _case_page(report, receipt, typed, form), 422
    with edge().stores.vault.read() as vault:
        fresh = queries.by_lookup(vault, receipt.lookup) or report
    return _case_page(fresh, receipt, typed, Form({}), sent=form.values.get("go", ""))


def _offices(report: Report) -> list[queries.Reader]:
    return queries.office_readers(reading(), places.get(reading(), report.village_id), offline=report.offline)


def _named_in(report: Report, text: str) -> recusals.Named:
    if rules.BY_KEY[report.category].harmless:
        return recusals.NOBODY
    return _named(places.get(reading(), report.village_id), text)


def _rated(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    rating = form.choice("rating", [str(each) for each in rules.RATINGS])
    return _done(report, receipt, typed, form, lambda vault, row: afterwards.rate(vault, row, int(rating)))


def _reopened(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    reason = form.text("reason", longest=LONGEST_REPLY, guarded=False)
    if warned := _unsure(form, reason):
        return _case_page(report, receipt, typed, form, warned, field="reason")
    return _done(report, receipt, typed, form, lambda vault, row: afterwards.reopen(
        vault, utc_now(), row, receipt, _offices(row), reason, form.values.get("attempt", ""), _named_in(row, reason)))


def _told(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    text = form.text("again", longest=LONGEST_TOLD, guarded=False)
    if warned := _unsure(form, text):
        return _case_page(report, receipt, typed, form, warned, field="again")
    return _done(report, receipt, typed, form, lambda vault, row: afterwards.tell_again(
        vault, utc_now(), row, receipt, _offices(row), text, form.values.get("attempt", ""), _named_in(row, text)))


def _since(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    kind = form.choice("since", rules.SINCE)
    text = form.text("happened", required=False, longest=LONGEST_REPLY, guarded=False)
    if warned := _unsure(form, text):
        return _case_page(report, receipt, typed, form, warned, field="happened")
    periods = clocks.periods(reading(), places.get(reading(), report.village_id), utc_now())
    return _done(report, receipt, typed, form, lambda vault, row: afterwards.tell_since(
        vault, utc_now(), row, receipt, _offices(row), kind, text, periods, form.values.get("attempt", ""),
        _named_in(row, text)))


def _unsure(form: Form, text: str) -> list[tuple[str, str]]:
    """Return what in a text may tell who wrote it, unless the person has seen that and leaves it so."""
    return forms.warnings(text) if form.ok and form.values.get("sure") != "1" else []


def _answered(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    text = form.text("text", longest=LONGEST_REPLY, guarded=False)
    attempt = form.values.get("attempt", "")
    if warned := _unsure(form, text):
        return _case_page(report, receipt, typed, form, warned)
    return _done(report, receipt, typed, form, lambda vault, row: service.answer(
        vault, utc_now(), row, receipt, _offices(row), text, attempt, _named_in(row, text)))


def _case_page(report: Report, receipt: Receipt, typed: str, form: Form,
               warnings: list[tuple[str, str]] | None = None, *, sent: str = "",
               field: str = "text") -> str:
    session = reading()
    village = places.get(session, report.village_id)
    now = utc_now()
    with edge().stores.vault.read() as vault:
        talk = queries.talk(vault, report.id, "reporter")
        may_reopen = afterwards.may_reopen(vault, report, local_day(now))
        copies = queries.sealed_for(vault, report.id)
    offices, lost = _above(village), queries.lost_keys(session)
    told = max([line.message.number for line in talk if line.message.kind == "told"], default=0)
    lines = [(line.message, _open(receipt, line), offices.get(line.message.place_id),
              line.message.number >= told and copies.get(line.message.number, {""}) <= lost) for line in talk]
    waiting = {message.kind for message, *_ in lines if not message.released}
    attempt = form.values.get("attempt", "")
    periods = clocks.periods(session, village, now)
    return render_template(
        "reports/case.html", village=village, report=report, form=form, warnings=warnings or [],
        warned=field, sent=sent,
        lines=lines, stopped=bool(report.lost_week), retold="told" in waiting, again="reopened" in waiting,
        longest_told=LONGEST_TOLD,
        lost_words="\n\n".join(words.text for message, words, _, gone in lines
                               if gone and words and message.direction == "in"),
        asked=report.awaiting == "reporter" and talk[-1].message.direction == "out", receipt=typed,
        attempt=attempt if receipts.is_attempt(attempt) else receipts.new_attempt(),
        category=rules.BY_KEY[report.category], results=rules.RESULTS, sources=rules.SOURCES,
        days=rules.due_days(report, periods), longest=LONGEST_REPLY, may_reopen=may_reopen,
        batch=moments.coming(periods.release, now),
        reopen_over=afterwards.is_over(report, local_day(now)), ratings=rules.RATINGS,
        since=rules.SINCE, marked=rules.MARKED, due=rules.followups(report, periods, local_day(now)),
    )


def _above(village: Place) -> dict[str, Place]:
    ids = [part for part in village.path.split("/") if part and part != village.id]
    return {place.id: place for place in (places.get(reading(), each) for each in ids)}


def _open(receipt: Receipt, line: queries.Sealed) -> sealing.Words | None:
    if line.text is None:
        return None
    try:
        return sealing.Words.of(sealing.unseal(receipt.key, line.text))
    except sealing.Unreadable:
        return None

