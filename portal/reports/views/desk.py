"""The inbox of an office: what came, its clocks; and one case, opened with the office's key."""

from datetime import datetime
from math import ceil
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import (
    access,
    afterwards,
    answers,
    clocks,
    keys,
    losses,
    moments,
    offline,
    queries,
    receipts,
    recusals,
    renewal,
    requests,
    resealing,
    rules,
    sealing,
    service,
)
from portal.reports.models import OfficeKey, Report
from portal.reports.views.blueprint import bp
from portal.reports.views.keys import held_key
from portal.reports.views.unsealing import away_key, opened_lines, wanted_by_town
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs
from portal.web.portions import portion

CLOSED = N_("The key is locked, perhaps anew: type the six words, then send it. Nobody answers what nobody has read.")
FETCH_FIRST = N_("Take the sealed file and read it first: nobody answers what nobody has read.")
LOST = N_("Nobody can open this report any more. It waits until the reporter tells it once more.")
LONGEST = 2000
MOST_PARTS = 1000  # no message has so many photos; no database takes every whole number
KEPT = ("text", "kind", "attempt", "outcome", "result", "reason", "fact", "summary")
"""What somebody may have typed into a case before the key locked itself; opening it again gives it back."""
FIELDS = {"write": "text", "extend": "reason", "close": "result", "find": "fact", "hand": "summary",
          "bring": "brought", "reseal": "copies"}


def scope(code: str) -> tuple[Place, Place, dict[str, Place]]:
    """Return the place asked about, the office in whose name this person reads, and the villages in question.

    Without those of whose own people the reader is or was one: the village reads nothing, by no second post either.
    """
    place: Place = place_of(code)
    session = reading()
    me, villages = actor(), places.villages(session, place.path)
    return place, queries.office_of(session, me, place), {
        village.id: village for village in villages if village.id not in me.villages}


@bp.route("/desk/<code>/reports")
@needs(Permission.REPORT_READ)
def inbox(code: str) -> str:
    """List what came: kind, village, week, clock; what is most urgent first. No word of any report stands here."""
    return inbox_page(code, Form({}))


def inbox_page(code: str, form: Form) -> str:
    """Return the inbox, with what was typed into the form that opens the key."""
    place, office, villages = scope(code)
    with edge().stores.vault.read() as vault:
        reports = queries.inbox(vault, villages, office.kind, person_id=actor().person_id)
        withheld = queries.withheld(vault, villages, office.id) if office.kind == "district" else set()
    now, session = utc_now(), reading()
    periods, today = clocks.periods(session, office, now), local_day(now)
    rows = [(report, villages[report.village_id], rules.running(report, periods)) for report in reports]
    rows.sort(key=lambda row: rules.urgency(row[0], row[2], today, wrote_back=row[0].id in withheld))
    key = queries.active_key(session, office.id)
    return render_template(
        "reports/desk/inbox.html", place=place, office=office, key=key, opened=held_key(office), form=form,
        minutes=_minutes(office, now), today=today,
        rows=portion("open", [row for row in rows if row[0].state != "closed" and not row[0].lost_week]),
        lost=portion("lost", [row for row in rows if row[0].lost_week and row[0].state != "closed"]),
        closed=portion("closed", [row for row in rows if row[0].state == "closed"]),
        has_copy=bool(key and queries.has_copy(session, key.id, actor().person_id)),
        batch=moments.coming(periods.release, now), withheld=withheld, **_words(),
    )


def _words() -> dict[str, Any]:
    return {"categories": rules.BY_KEY, "states": rules.STATES, "outcomes": rules.OUTCOMES, "results": rules.RESULTS,
            "clock_names": rules.CLOCKS, "kinds": rules.PARTICULARS, "sources": rules.SOURCES,
            "unreadable": rules.UNREADABLE, "deeds": rules.DEEDS,
            "marked": rules.MARKED, "ratings": rules.RATINGS, "disputed": rules.disputed}


def _minutes(office: Place, now: datetime) -> int:
    opened = held_key(office)
    return ceil((opened.until - now).total_seconds() / 60) if opened else 0


def released_report(report_id: str, villages: dict[str, Place], office: Place) -> Report:
    with edge().stores.vault.read() as vault:
        report = queries.one(vault, report_id, villages, office.kind)
        out = report is not None and recusals.is_out(vault, report.id, actor().person_id)
    if out:
        with writing() as session:  # that somebody tried is worth knowing
            keys.note(session, utc_now(), actor(), office.id, report_id, kind="refused")
    if report is None or out:
        abort(404)
    return report


@bp.route("/desk/<code>/reports/<report_id>", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def case(code: str, report_id: str) -> Any:
    """Show a case; its words only while the office's key is open. Each opening is noted for the district."""
    _place, office, villages = scope(code)
    report = released_report(report_id, villages, office)
    if request.method == "GET":
        return case_page(code, report, office, villages[report.village_id], Form({}))
    form = Form(request.form.to_dict())
    if form.values.get("act") == "recuse":
        return _step_back(code, report, office)
    try:
        _act(form, report, office, villages[report.village_id])
    except Refused as refused:
        refused.field = FIELDS.get(form.values.get("act", ""), refused.field)
        form.take(refused)
    if not form.ok:
        return case_page(code, report, office, villages[report.village_id], form), 422
    return redirect(url_for("reports.case", code=code, report_id=report_id), code=303)


def _step_back(code: str, report: Report, office: Place) -> Any:
    """Let the officer step back for good; the log of access and, for a town, the district's desk show it."""
    with edge().stores.vault.write() as vault:
        recusals.declare(vault, actor(), queries.as_it_stands(vault, report))
    with writing() as session:
        keys.note(session, utc_now(), actor(), office.id, report.id, kind="recused")
    return redirect(url_for("reports.inbox", code=code), code=303)


def _act(form: Form, report: Report, office: Place, village: Place) -> None:
    """Do what the form asks. Raises Refused; notes in the form what is missing. None of it needs the private key."""
    if form.values.get("act") != "ask":  # asking again uses fixed words
        _must_have_read(report, office)
    if report.lost_week and form.values.get("act") not in {"write", "ask"}:
        raise Refused(LOST)
    acts = {
        "write": _write, "accept": _accept, "extend": _extend, "close": _close, "find": _find, "hand": _hand_over,
        "ask": _ask_again, "bring": _bring, "reseal": _reseal, "publish": _publish,
    }
    act = acts.get(form.values.get("act", ""))
    if act is None:
        abort(400)
    act(form, report, office, village)


def _must_have_read(report: Report, office: Place) -> None:
    if held_key(office) is None:
        raise Refused(CLOSED)
    if _sealed_away(report, office) and not access.fetched(reading(), report.id, office.id):
        raise Refused(FETCH_FIRST)


def _sealed_away(report: Report, office: Place) -> OfficeKey | None:
    """Return the offline key that the report's own words are sealed to for this office, or None."""
    known = queries.offline_keys(reading(), office.id)
    with edge().stores.vault.read() as vault:
        key = known.get(offline.sealed_to(vault, report, office.kind, known))
    return key if key and key.lost_on is None else None


def _write(form: Form, report: Report, office: Place, village: Place) -> None:
    text, kind = form.text("text", longest=LONGEST), form.choice("kind", ("note", "question"))
    if form.ok:
        with edge().stores.vault.write() as vault:
            service.write_back(vault, utc_now(), queries.as_it_stands(vault, report), office, kind, text,
                               queries.office_readers(reading(), village), form.values.get("attempt", ""))


def _bring(_form: Form, report: Report, office: Place, village: Place) -> None:
    """Take in an answer that was sealed on the machine without a network."""
    if _sealed_away(report, office) is None:
        raise Refused(answers.NOT_AWAY)
    file = request.files.get("brought")
    brought = answers.read(file.read(answers.LARGEST) if file else b"", report.id)
    readers = answers.readers_of(reading(), village, report)
    with edge().stores.vault.write() as vault:
        answers.bring(vault, utc_now(), queries.as_it_stands(vault, report), office, brought, readers)


def _reseal(_form: Form, report: Report, office: Place, village: Place) -> None:
    """Take in copies for the town, sealed anew on the district's machine without a network."""
    if office.kind != "district":
        abort(403)
    file = request.files.get("copies")
    copies = resealing.read(file.read(resealing.LARGEST) if file else b"", report.id)
    town, gone = resealing.town_key(reading(), village), resealing.lost(reading())
    with edge().stores.vault.write() as vault:
        resealing.take(vault, queries.as_it_stands(vault, report), copies, town, gone)
    with writing() as session:
        keys.note(session, utc_now(), actor(), office.id, report.id, kind="resealed")


def _accept(_form: Form, report: Report, _office: Place, _village: Place) -> None:
    with edge().stores.vault.write() as vault:
        service.accept(vault, utc_now(), queries.as_it_stands(vault, report))


def _extend(form: Form, report: Report, office: Place, village: Place) -> None:
    reason = form.text("reason", longest=LONGEST)
    if form.ok:
        with edge().stores.vault.write() as vault:
            service.extend(vault, utc_now(), queries.as_it_stands(vault, report), office, reason,
                           queries.office_readers(reading(), village))


def _close(form: Form, report: Report, office: Place, village: Place) -> None:
    outcome, text = form.choice("outcome", rules.OUTCOMES), form.text("result", longest=LONGEST)
    if form.ok:
        with edge().stores.vault.write() as vault:
            service.close(vault, utc_now(), actor(), queries.as_it_stands(vault, report), office, outcome, text,
                          queries.office_readers(reading(), village))


def _find(form: Form, report: Report, office: Place, _village: Place) -> None:
    kind = form.choice("fact", rules.PARTICULARS)
    if form.ok:
        with edge().stores.vault.write() as vault:
            service.find_particular(vault, utc_now(), actor(), queries.as_it_stands(vault, report), office, kind)


def _hand_over(form: Form, report: Report, office: Place, village: Place) -> None:
    summary = form.text("summary", longest=500)
    if form.ok:
        with writing() as session:
            requests.ask(session, utc_now(), village, office, report, summary)


def _publish(_form: Form, report: Report, _office: Place, village: Place) -> None:
    with writing() as session:
        request = queries.request_for(session, report.id)
        if request is None:
            raise Refused(N_("The village was asked nothing."))
        requests.publish(session, utc_now(), village, request)


def _ask_again(_form: Form, report: Report, office: Place, village: Place) -> None:
    now, session = utc_now(), reading()
    with edge().stores.vault.write() as vault:
        afterwards.ask_again(vault, now, queries.as_it_stands(vault, report), office,
                             queries.office_readers(session, village), clocks.periods(session, office, now))


def note_opening(report: Report, office: Place, kind: str = "opened", *, read: bool = True) -> None:
    """Note who opened the case (rules.DEEDS); if it can be `read` now, the office in charge has looked at it."""
    opened = held_key(office)
    with writing() as session:
        keys.note(session, utc_now(), actor(), office.id, report.id, kind=kind, why=opened.why if opened else "")
    if read and office.kind == ("town" if report.to_town else "district") and report.state == "received":
        with edge().stores.vault.write() as vault:
            service.look(vault, utc_now(), queries.as_it_stands(vault, report))


def case_page(code: str, report: Report, office: Place, village: Place, form: Form) -> str:
    """Return the page of a case with what was typed on it; its words while the key is open, which is then noted."""
    with edge().stores.vault.read() as vault:
        talk = queries.talk(vault, report.id, office.kind)
        found = queries.particulars(vault, report.id)
    apart = office.kind == "district" and report.to_town and any(
        line.message.direction == "in" and not line.message.to_town for line in talk)
    now, opened, away = utc_now(), held_key(office), away_key(office, talk)
    anew = away is not None and office.kind == "district" and wanted_by_town(report, village)
    lines = opened_lines(opened, report, talk)
    if opened:
        note_opening(report, office, read=any(words for line, words, _ in lines if line.message.kind in losses.TOLD))
        report = released_report(report.id, {village.id: village}, office)
    session = reading()
    periods = clocks.periods(session, office, now)
    key = queries.active_key(session, office.id)
    return render_template(
        "reports/desk/case.html", attempt=form.values.get("attempt") or receipts.new_attempt(),
        code=code, report=report, office=office, village=village, form=form, opened=opened,
        minutes=_minutes(office, now), lines=lines, away=away, anew=anew,
        away_digits=offline.fingerprint(away.public) if away else "",
        away_file=rules.sealed_name(report.id),
        found=found, people=people.names(session, {who for row in found for who in (row.found_by, row.second_by)}),
        openings=access.opened_by(session, report.id, office),
        apart=apart, asked=queries.request_for(session, report.id) if rules.BY_KEY[report.category].harmless else None,
        days=rules.due_days(report, periods), key=key,
        has_copy=bool(key and queries.has_copy(session, key.id, actor().person_id)),
        due=rules.followups(report, periods, local_day(now)), today=local_day(now),
        clock=rules.running(report, periods),
        offices=_offices(village), longest=LONGEST, kept_fields=KEPT, **_words(),
    )


def _offices(village: Place) -> dict[str, Place]:
    ids = [part for part in village.path.split("/") if part and part != village.id]
    return {place_id: places.get(reading(), place_id) for place_id in ids}


@bp.route("/desk/<code>/reports/<report_id>/photo/<int:place>/<int:part>")
@needs(Permission.REPORT_READ)
def photo(code: str, report_id: str, place: int, part: int) -> Response:
    """Show a photo of a case, by its message's place on the case's page, while the office's key is open."""
    _where, office, villages = scope(code)
    report = released_report(report_id, villages, office)
    opened = held_key(office)
    if opened is None:
        abort(403)
    if max(place, part) > MOST_PARTS:
        abort(404)
    if not access.opened_today(reading(), report.id, actor().person_id, local_day(utc_now())):
        note_opening(report, office, read=_sealed_away(report, office) is None)
    with edge().stores.vault.read() as vault:
        sealed = queries.photo(vault, report.id, place, part, office.kind)
    if sealed is None:
        abort(404)
    try:
        content = sealing.unseal(renewal.ring(reading(), opened)[sealed.key_id], sealed.sealed)
    except (KeyError, sealing.Unreadable):
        abort(404)
    return Response(content, mimetype="image/jpeg")
