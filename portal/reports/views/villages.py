"""What villages see to for an office, and the voice slips that a town prints for a village."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import sheets
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.places.models import Place
from portal.reports import queries, requests, voices
from portal.reports.views.blueprint import bp
from portal.roles import Permission
from portal.slips import peppers, voice
from portal.web.cache import kept
from portal.web.edge import edge, place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs, open_to_all

MOST_SLIPS = 240  # thirty sheets at once: somebody waits for them


@bp.route("/desk/<code>/asked", methods=["GET", "POST"])
@needs(Permission.RECORD_DRAFT)
def asked(code: str) -> Any:
    """Show what offices asked this village to see to, in their own words, and take the clerk's answer."""
    village: Place = place_of(code)
    form = Form(request.form.to_dict())
    if request.method == "POST":
        text = form.text("answer", longest=1000)
        try:
            if form.ok:
                with writing() as session:
                    requests.answer(session, actor(), utc_now(), village, form.values.get("request", ""), text)
                return redirect(url_for("reports.asked", code=code), code=303)
        except LookupError:
            abort(404)
        except Refused as refused:
            form.take(refused)
    page = render_template("reports/desk/asked.html", village=village, form=form, today=local_day(utc_now()),
                           rows=queries.requests_to(reading(), village.id))
    return (page, 422) if form.errors else page


@bp.route("/v/<code>/answers")
@open_to_all
@kept
def answers(code: str) -> str:
    """Show what others asked about this village and what the village answered, in an officer's neutral words."""
    village = place_of(code)
    if village is None or village.kind != "village":
        abort(404)
    return render_template("reports/answers.html", village=village,
                           rows=queries.published_answers(reading(), village.id))


@bp.route("/desk/<code>/voice-slips", methods=["GET", "POST"])
@needs(Permission.SLIP_ISSUE)
def voice_slips(code: str) -> Any:
    """Print a village's voice slips of this year, at most one for each adult. The digits are kept nowhere."""
    village: Place = place_of(code)
    if village.kind != "village":
        abort(404)
    today = local_day(utc_now())
    form, year = Form(request.form.to_dict()), today.year
    with edge().stores.booth.read() as booth:
        drawn = voice.drawn(booth, village.id, year)
    printed = max(number for number, _used in drawn.values())
    left = max(village.adults - printed, 0)
    if request.method == "POST":
        number = form.number("number", least=voices.FEWEST, most=MOST_SLIPS)
        if form.ok:
            try:
                sheet = _print(village, year, number)
            except Refused as refused:
                form.take(refused)
            else:
                name = f"voice-slips-{village.code}-{year}.pdf"
                return Response(sheet, mimetype="application/pdf",
                                headers={"Content-Disposition": f'attachment; filename="{name}"'})
    page = render_template("reports/desk/voice-slips.html", village=village, form=form, year=year, drawn=drawn,
                           spoke=voices.spoke(drawn, today), printed=printed, left=left, most=min(left, MOST_SLIPS))
    return (page, 422) if form.errors else page


def _print(village: Place, year: int, number: int) -> bytes:
    """Issue slips and return their pages. A trial comes first: what can't be printed is not issued."""
    _sheet(village, year, ["0" * voice.DIGITS])
    codes = voices.issue(edge().stores, utc_now(), peppers.folder_of(edge().config.instance), village, year, number)
    return _sheet(village, year, codes)


def _sheet(village: Place, year: int, codes: list[str]) -> bytes:
    words = {
        "title": _("Voice slips"),
        "do": _("When you tell the town something, type these twenty digits: it then counts as one person’s."),
        "private": _("Typing the digits is the more private way."),
        "rest": _("Counts once each quarter of %(year)s. No name stands on it or behind it. Keep it to yourself.",
                  year=year),
    }
    return sheets.slips_pdf(
        heading=_("Voice slip"), village=village.name, round_title=_("Year %(year)s", year=year), electorate="",
        colour="", base_url=edge().config.base_url, path=f"/v/{village.short}/say", codes=codes,
        words=words,
    )
