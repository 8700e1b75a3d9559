"""Following a case with sixteen digits: what became of it, answering, rating, asking for a second look."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic, sleep
from typing import Any

from flask import Response, render_template, request
from sqlmodel import Session

from portal.core import digits
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.turns import away
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
)
from portal.reports.models import Report
from portal.reports.receipts import Receipt
from portal.reports.views.blueprint import bp
from portal.reports.views.public import STALE, named_in_text
from portal.web import tokens
from portal.web.edge import edge, reading
from portal.web.even import even
from portal.web.forms import Form
from portal.web.guards import open_to_all

UNKNOWN = N_("We find nothing under these digits. Check each group of four.")
CARRIED = ("go", "attempt", "token", "issued", "sure", "text", "reason", "grounds", "again", "since", "happened",
           "rating")
LONGEST_REPLY = 2000
PULSE = 0.05  # seconds: the slow hash takes half of it, and to show a case a twentieth more than to refuse digits
ONE_SIZE = 14 * 1024  # bytes on the line: the longest report fits, or a case of twenty short messages
LONGEST_TOLD = 3 * rules.LONGEST_TEXT  # a report and what was added to it


@bp.route("/c", methods=["GET", "POST"])
@open_to_all
def follow() -> Any:
    """Show a case to whoever has its sixteen digits; the digits travel in the form, never in the address.

    Right digits, wrong ones and a long case look the same to whoever watches the line: in how long the answer is, and
    in how long it takes, which is a whole number of steps.
    """
    if request.method == "GET":
        return render_template("reports/enter.html", form=Form({}))
    began = monotonic()
    answer = _answer(Form(request.form.to_dict()))
    with away():
        sleep(-(monotonic() - began) % PULSE if PULSE else 0)
    return answer


def _answer(form: Form) -> Response:
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
    go = form.values.get("go", "")
    if go in SAYS:
        return _said(SAYS[go], report, receipt, typed, form)
    act = {"rate": _rated, "since": _since}.get(go)
    if act:
        return act(report, receipt, typed, form)
    # Perhaps the same page in another language: what was typed so far stays.
    return _case_page(report, receipt, typed, Form({"text": form.values.get("text", "")}))


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
    return named_in_text(places.get(reading(), report.village_id), text)


def _rated(report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    rating = form.choice("rating", [str(each) for each in rules.RATINGS])
    return _done(report, receipt, typed, form, lambda vault, row: afterwards.rate(vault, row, int(rating)))


@dataclass(frozen=True)
class _Says:
    """What a reporter may write to a case: in which field, how much, and what is done with it."""

    field: str
    longest: int
    verb: Callable[..., None]


SAYS = {
    "answer": _Says("text", LONGEST_REPLY, service.answer),
    "reopen": _Says("reason", LONGEST_REPLY, afterwards.reopen),
    "review": _Says("grounds", LONGEST_REPLY, afterwards.review),
    "told": _Says("again", LONGEST_TOLD, afterwards.tell_again),
}


def _said(says: _Says, report: Report, receipt: Receipt, typed: str, form: Form) -> Any:
    text = form.text(says.field, longest=says.longest, guarded=False)
    if warned := _unsure(form, text):
        return _case_page(report, receipt, typed, form, warned, field=says.field)
    return _done(report, receipt, typed, form, lambda vault, row: says.verb(
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


def _case_page(report: Report, receipt: Receipt, typed: str, form: Form,
               warnings: list[tuple[str, str]] | None = None, *, sent: str = "",
               field: str = "text") -> str:
    session = reading()
    village = places.get(session, report.village_id)
    now = utc_now()
    with edge().stores.vault.read() as vault:
        talk = queries.talk(vault, report.id, "reporter")
        may_reopen = afterwards.may_reopen(vault, report, local_day(now))
        may_review = afterwards.may_review(vault, report, local_day(now))
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
        lines=lines, stopped=bool(report.lost_week), retold="told" in waiting,
        again="reopened" in waiting, asked_above="review" in waiting,
        longest_told=LONGEST_TOLD,
        lost_words="\n\n".join(words.text for message, words, _, gone in lines
                               if gone and words and message.direction == "in"),
        asked=report.awaiting == "reporter" and talk[-1].message.direction == "out", receipt=typed,
        attempt=attempt if receipts.is_attempt(attempt) else receipts.new_attempt(),
        category=rules.BY_KEY[report.category], results=rules.RESULTS, sources=rules.SOURCES,
        days=rules.due_days(report, periods), longest=LONGEST_REPLY, may_reopen=may_reopen, may_review=may_review,
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

