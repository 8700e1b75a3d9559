"""The desk's pages about what the portal counts with: settings with their first day and reason, and yearly numbers."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.home.spelling import spelled
from portal.places import queries as places
from portal.places import service, settings, shapes
from portal.places.models import Place
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading
from portal.web.filters import is_english
from portal.web.forms import Form
from portal.web.guards import actor, needs

bp = Blueprint("settings", __name__)
GROUPS = {
    "year": N_("The year"), "disclosures": N_("Openness"), "reports": N_("Reports"),
    "flags": N_("When a secretary is looked at"), "ballots": N_("Appraisal"),
}
UNITS = {
    "fen": N_("fen"), "percent": N_("per cent"), "days": N_("days"), "working days": N_("working days"),
    "months": N_("months"), "minutes": N_("minutes"), "years": N_("years"), "times": N_("times"),
    "month-day": "", "adults": "", "weekly checks": N_("weekly checks"),
    "days after notice": N_("days after the notice"), "percent excellent": N_("per cent excellent"),
    "percent competent or better": N_("per cent competent or better"),
    "percent not competent": N_("per cent not competent"),
    "percent of villagers, not competent": N_("per cent of the villagers say not competent"),
    "a thousand adults and 13 weeks": "",
}


def _called(entry: dict[str, Any]) -> str:
    """Return what a setting is called in the page's language."""
    return str(entry["en" if is_english() else "zh"])


def _office(code: str) -> Place:
    place: Place = place_of(code)
    if place.kind == "village":
        abort(404)
    return place


@bp.route("/desk/<code>/settings")
@needs(Permission.PLACE_OVERSEE)
def listing(code: str) -> str:
    """Show every setting that holds at a town or in the district, since when, and what comes."""
    place = _office(code)
    return render_template(
        "home/settings.html", place=place, groups=GROUPS, units=UNITS, written=shapes.written, spelled=spelled,
        called=_called, known=shapes.known,
        held=settings.standing(reading(), place, shapes.SHOWN, local_day(utc_now())), fixed=shapes.FIXED,
        may_change=actor().may(Permission.SETTING_CHANGE, place.path),
    )


@bp.route("/desk/<code>/settings/<key>", methods=["GET", "POST"])
@needs(Permission.SETTING_CHANGE)
def change(code: str, key: str) -> str | tuple[str, int] | Response | AnyResponse:
    """Give a setting another value from a day on, with the reason; show what it was before."""
    place, now = _office(code), utc_now()
    if not shapes.known(key, place.kind):
        abort(404)
    form, today = Form(request.form), local_day(now)
    if request.method == "POST":
        typed, first = form.text("value", longest=400), form.day("valid_from")
        reason = form.text("reason", longest=300)
        try:
            value = shapes.read(key, typed) if typed else None
            if form.ok and first is not None:
                service.change(edge().stores, now, place, key, lambda session: service.set_value(
                    session, now, places.get(session, place.id), key, value, first, actor().person_id, reason))
                return redirect(url_for("settings.listing", code=code) + f"#{key}", code=303)
        except Refused as refused:
            form.take(refused)
    rows = settings.history(reading(), place, key)
    page = render_template(
        "home/setting.html", place=place, key=key, form=form, entry=settings.defaults()[key], history=rows,
        names=people.names(reading(), {row.changed_by for row in rows if row.changed_by}), units=UNITS,
        value=settings.value(reading(), place, key, today), written=shapes.written, spelled=spelled, called=_called,
        hint=shapes.hint(key), limits=shapes.limits(key), tomorrow=(today + timedelta(days=1)).isoformat(),
    )
    return page if form.ok else (page, 422)


@bp.route("/desk/<code>/numbers", methods=["GET", "POST"])
@needs(Permission.SETTING_CHANGE)
def numbers(code: str) -> str | tuple[str, int] | AnyResponse:
    """List the villages' numbers of people; for one village, change them once a year."""
    place: Place = place_of(code)
    if place.kind != "village":
        if request.method == "POST":
            abort(405)
        return render_template("home/numbers.html", place=place, villages=places.villages(reading(), place.path))
    form, now = Form(request.form), utc_now()
    if request.method == "POST":
        typed: dict[str, Any] = {name: form.number(name, least=1, most=1_000_000)
                                 for name in ("adults", "people", "households")}
        try:
            if form.ok:
                service.change(edge().stores, now, place, service.ADULTS, lambda session: service.recount(
                    session, now, places.get(session, place.id), **typed))
                above = places.parent(reading(), place)
                return redirect(url_for("settings.numbers", code=above.code if above else code), code=303)
        except Refused as refused:
            form.take(refused)
    page = render_template("home/number.html", place=place, form=form)
    return page if form.ok else (page, 422)
