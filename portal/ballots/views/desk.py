"""The town's pages of a round: prepare, freeze, print slips, download the urn, take in the count, publish."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.ballots import (
    auditor,
    booth,
    conduct,
    consequence,
    forms,
    printing,
    protocols,
    queries,
    results,
    rules,
    sealing,
    service,
    urn,
    visits,
    witnesses,
    words,
)
from portal.ballots.models import Round
from portal.ballots.views import bp, watch
from portal.ballots.views.found import found
from portal.ballots.views.public import ends, moment
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.words import N_
from portal.disclosures import queries as disclosures
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Permission
from portal.slips import service as slips
from portal.web.edge import edge, place_of, reading, writing
from portal.web.filters import name
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | tuple[str, int] | Response
CHANGED = N_("This round has changed since you opened the page. Read it again.")
FROZEN = N_("This round is frozen: nothing about it can change any more. That somebody tried is in the log.")
SLIPS_AT_ONCE = 2000
PRINTED = N_("Slips were made since this page was opened. See how many are left to print, then press again.")
STATEMENT = "P15"  # the item under which the secretary's report of the year stands (domain.md 3.2, 述职)


@bp.get("/desk/<code>/rounds")
@needs(Permission.ROUND_READ)
def rounds(code: str) -> Page:
    """List the rounds at and below a place."""
    place = place_of(code)
    return render_template(
        "ballots/desk/rounds.html", place=place, listed=queries.below(reading(), place.path), words=words,
        standing=queries.standing, now=utc_now(),
        may_manage=actor().may(Permission.ROUND_MANAGE, place.path),
    )


def _new_page(place: Place, form: Form, status: int = 200) -> Page:
    villages = places.villages(reading(), place.path)
    options = [(each.code, name(each)) for each in villages]
    made = render_template("ballots/desk/new.html", place=place, village_options=options, form=form, words=words,
                           notice=service.notice_days(reading(), place, local_day(utc_now())))
    return made, status


@bp.route("/desk/<code>/rounds/new", methods=["GET", "POST"])
@needs(Permission.ROUND_MANAGE)
def new_round(code: str) -> Page:
    """Prepare a round."""
    place = place_of(code)
    if request.method == "GET":
        return _new_page(place, Form({}))
    form = Form(request.form)
    villages = {each.code: each for each in places.villages(reading(), place.path)}
    village = villages.get(form.choice("village", villages))
    draft = forms.draft(form)
    if village is not None:  # whatever speaks against it is said at once, beside what was mistyped
        for reason in service.against(reading(), village, forms.year_of(form), local_day(utc_now())):
            form.take(reason)
    if village is None or draft is None or not form.ok:
        return _new_page(place, form, 422)
    try:
        with writing() as session:
            made = service.create(session, actor(), utc_now(), village, draft)
    except Refused as error:
        form.take(error)
        return _new_page(place, form, 422)
    return _to(code, made.id)


def _to(code: str, round_id: str) -> Response:
    return redirect(url_for("ballots.manage", code=code, round=round_id), code=303)


def page(code: str, round_id: str, form: Form, status: int = 200) -> Page:
    """Return a round's page with what was typed and what is wrong with it."""
    round_, village = found(code, round_id)
    session, today = reading(), local_day(utc_now())
    with edge().stores.booth.read() as booth_session:
        counts, voided = slips.counts(booth_session, round_id), slips.voided(booth_session, round_id)
    voted = {each: spent for each, (_printed, spent) in counts.items()}
    if round_.state in queries.VOTING:  # not by the slips: the phrase would change at the very moment of one voter
        voted = urn.counts(urn.path_of(booth.folder(edge().stores.booth), round_id))
    electorates = [each for each in rules.ELECTORATES if round_.sizes.get(each)]
    lines = queries.lines(session, round_id)
    person, rung, said = queries.around(session, round_)
    frozen = round_.rules or service.preview(session, village, round_, today)
    return render_template(
        "ballots/desk/manage.html", place=place_of(code), village=village, round=round_, form=form, words=words,
        rules=frozen, notice=service.notice_days(session, village, today), electorates=electorates,
        result_by=date.fromisoformat(frozen["result_by"]),
        electorate_options=[(each, _(words.ELECTORATES[each])) for each in electorates],
        opens=moment(round_.opens_at), closes=ends(round_.opens_at, round_.closes_at),
        standing=queries.standing(round_, utc_now()), weights=rules.parts(frozen["weights"], round_.sizes),
        heavier=rules.heavier(frozen["weights"], round_.sizes),
        printed={each: counts.get(each, (0, 0))[0] for each in electorates},
        voided=voided,
        turnout={each: words.turnout(voted.get(each, 0), round_.sizes[each]) for each in electorates},
        lines=lines, label=words.label, sheets=queries.sheets(session, round_id), agrees=queries.agrees,
        twins_fit=queries.twins_fit, follows_by=consequence.due(round_),
        fitting=[(each, *map(_, words.CONSEQUENCES[each]))
                 for each in consequence.fitting(round_.told, talk=round_.talk_told)],
        urn_until=queries.urn_until(round_),
        leak=auditor.percent(frozen["leak"]), leak_allowed=auditor.allowed(frozen["leak"]),
        statement=disclosures.public_of(session, village.id, STATEMENT, str(round_.year)),
        bodies=witnesses.BODIES, witnesses=said,
        may_witness=bool(witnesses.body_of(actor(), village.path)),
        mark=service.mark(round_), person=person,
        fingerprint=sealing.fingerprint(round_.box_pub),
        may_manage=actor().may(Permission.ROUND_MANAGE, village.path),
        may_issue=actor().may(Permission.SLIP_ISSUE, village.path), over=utc_now() >= round_.closes_at,
        **watch.facts(round_, village, rung), **_visits(session, round_),
    ), status


def _visits(session: Session, round_: Round) -> dict[str, Any]:
    """Return the visits to people at home, and of each group how many slips were given and may still be taken."""
    known = visits.listed(session, round_.id)
    groups = [each for each, size in round_.sizes.items() if size and round_.rules]
    return {"visits": known, "given_at_home": {each: visits.out(known, each) for each in groups},
            "home_most": {each: visits.most(round_, each) for each in groups}}


@bp.get("/desk/<code>/rounds/<round>")
@needs(Permission.ROUND_READ)
def manage(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Show where a round stands and what comes next."""
    round_, _village = found(code, round)
    return page(code, round, Form(forms.draft_values(round_)))


@bp.post("/desk/<code>/rounds/<round>/change")
@needs(Permission.ROUND_MANAGE)
def change(code: str, round: str) -> Page:  # noqa: A002
    """Change a round that is not frozen; an attempt on a frozen one goes into the log."""
    found(code, round)
    form = Form(request.form)
    draft = forms.draft(form)
    if draft is None:
        return page(code, round, form, 422)
    try:
        with writing() as session:
            changed = service.change(session, utc_now(), session.get_one(Round, round), draft)
    except Refused as error:
        form.take(error)
        return page(code, round, form, 422)
    if not changed:
        form.take(Refused(FROZEN))
        return page(code, round, form, 422)
    return _to(code, round)


@bp.post("/desk/<code>/rounds/<round>/freeze")
@needs(Permission.ROUND_MANAGE)
def freeze(code: str, round: str) -> Page:  # noqa: A002
    """Freeze a round; from its hour on the booth takes ballots."""
    return _step(code, round, conduct.freeze, seen=service.mark)


def _step(code: str, round_id: str, verb: Callable[[Stores, datetime, str], None],
          seen: Callable[[Round], str] | None = None) -> Page:
    """Take one step of a round; a refusal is said on its page. `seen`: the mark of what the person read must fit."""
    round_, _village = found(code, round_id)
    form = Form(forms.draft_values(round_))
    if seen is not None and request.form.get("seen") != seen(round_):
        form.refuse("", CHANGED)
        return page(code, round_id, form, 422)
    try:
        verb(edge().stores, utc_now(), round_id)
    except Refused as error:
        form.take(error)
        return page(code, round_id, form, 422)
    return _to(code, round_id)


@bp.post("/desk/<code>/rounds/<round>/slips")
@needs(Permission.SLIP_ISSUE)
def print_slips(code: str, round: str) -> Page:  # noqa: A002
    """Issue slips and hand over the sheets to print, once; they are kept nowhere."""
    round_, _village = found(code, round)
    form = Form(request.form)
    electorate = form.choice("electorate", [each for each, size in round_.sizes.items() if size])
    number = form.number("number", least=1, most=SLIPS_AT_ONCE)
    with edge().stores.booth.read() as booth_session:
        made = sum(printed for printed, _spent in slips.counts(booth_session, round).values())
    if form.values.get("seen", str(made)) != str(made):
        form.refuse("number", PRINTED)
    try:
        if form.ok:
            sheet = printing.slips_sheet(edge().stores, utc_now(), edge().config.base_url, round, electorate, number)
            return Response(sheet, mimetype="application/pdf",
                            headers={"Content-Disposition": f'attachment; filename="slips-{electorate}.pdf"'})
    except Refused as error:
        form.take(error)
    form.values = {**forms.draft_values(round_), **form.values}
    return page(code, round, form, 422)


def _protocol(round_: Round, village: Place, kind: str) -> bytes | None:
    """Return a round's sheet of a kind, None for one that there is not, or not yet."""
    session = reading()
    with edge().stores.booth.read() as booth_session:
        numbers = {each: made for each, (made, _spent) in slips.counts(booth_session, round_.id).items()}
    if kind == "printed" and numbers:
        return protocols.printed(village, round_, numbers)
    if kind == "cards" and round_.rules:
        asked = _("How did %(name)s do this year?", name=name(queries.subject(session, round_)))
        return protocols.cards(village, round_, asked)
    if kind == "closed" and round_.urn_hash:
        return protocols.closed(village, round_, queries.sheets(session, round_.id))
    if kind == "result" and round_.state == "published":
        return protocols.result(village, round_, queries.lines(session, round_.id), queries.sheets(session, round_.id),
                                edge().config.base_url)
    return None


@bp.get("/desk/<code>/rounds/<round>/sheets/<kind>")
@needs(Permission.ROUND_MANAGE)
def protocol(code: str, round: str, kind: str) -> Page:  # noqa: A002
    """Hand over a sheet: slips printed and the close, to sign; control cards; the result for the board."""
    round_, village = found(code, round)
    sheet = _protocol(round_, village, kind)
    if sheet is None:
        abort(404)
    return Response(sheet, mimetype="application/pdf",
                    headers={"Content-Disposition": f'inline; filename="{kind}.pdf"'})


@bp.post("/desk/<code>/rounds/<round>/void-slip")
@needs(Permission.SLIP_ISSUE)
def void_slip(code: str, round: str) -> Page:  # noqa: A002
    """Void a lost slip by its stub; its owner then draws another one."""
    round_, _village = found(code, round)
    form = Form(request.form)
    stub = forms.stub_digits(form)
    try:
        if stub:
            conduct.void_slip(edge().stores, round_.id, stub)
            return _to(code, round)
    except Refused as error:
        form.take(error)
    form.values = {**forms.draft_values(round_), **form.values}
    return page(code, round, form, 422)


@bp.post("/desk/<code>/rounds/<round>/close")
@needs(Permission.ROUND_MANAGE)
def close(code: str, round: str) -> Page:  # noqa: A002
    """Close a round whose hour has come, without waiting for the clock's own run."""
    return _step(code, round, conduct.close)


@bp.post("/desk/<code>/rounds/<round>/void")
@needs(Permission.ROUND_MANAGE)
def void(code: str, round: str) -> Page:  # noqa: A002
    """Declare a round void, with the reason."""
    form = Form(request.form)
    reason = form.text("void_reason", longest=300)
    if not form.ok:
        round_, _village = found(code, round)
        form.values = {**forms.draft_values(round_), **form.values}
        return page(code, round, form, 422)
    return _step(code, round, lambda stores, now, round_id: conduct.void(stores, now, round_id, reason))


@bp.get("/desk/<code>/rounds/<round>/urn")
@needs(Permission.ROUND_MANAGE)
def download_urn(code: str, round: str) -> Page:  # noqa: A002
    """Hand over the urn of a closed round, to carry it to the counting laptop, until its days are over."""
    round_, _village = found(code, round)
    form = Form(forms.draft_values(round_))
    try:
        results.require_urn(round_, local_day(utc_now()))
    except Refused as error:
        form.take(error)
        return page(code, round, form, 410)
    file = urn.path_of(booth.folder(edge().stores.booth), round_.id)
    if round_.state not in {"closed", "counted", "published"} or not file.exists():
        abort(404)
    return Response(file.read_bytes(), mimetype="application/vnd.sqlite3",
                    headers={"Content-Disposition": f'attachment; filename="urn-{round_.id}.sqlite"'})


@bp.post("/desk/<code>/rounds/<round>/publish")
@needs(Permission.ROUND_MANAGE)
def publish(code: str, round: str) -> Page:  # noqa: A002
    """Publish a counted round, as its plan says."""
    round_, _village = found(code, round)
    form = Form(forms.draft_values(round_))
    if request.form.get("seen") != round_.sheet_commit:
        form.refuse("", CHANGED)
        return page(code, round, form, 422)
    try:
        with writing() as session:
            results.publish(session, utc_now(), session.get_one(Round, round))
    except Refused as error:
        form.take(error)
        return page(code, round, form, 422)
    return _to(code, round)
