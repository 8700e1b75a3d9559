"""The front pages and the desk."""

import json
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.core.clock import local_day, utc_now
from portal.core.tasks import Task
from portal.disclosures import queries as disclosures
from portal.home import assurances, navigation, queries, watching
from portal.places import queries as places
from portal.places import settings
from portal.roles import GRANTS, Permission
from portal.web.cache import kept, true_until
from portal.web.edge import edge, place_of, reading
from portal.web.errors import phrase
from portal.web.filters import is_english
from portal.web.guards import actor, needs, open_to_all, signed_in

if TYPE_CHECKING:
    from portal.places.models import Place

bp = Blueprint("home", __name__)


@bp.record_once
def _setup(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update(desk_links=navigation.desk_links, phrase=phrase)
    app.jinja_env.filters["place_of_task"] = _place_of_task


def _place_of_task(task: Task) -> str:
    return (is_english() and task.place_en) or task.place


@bp.route("/")
@open_to_all
def find() -> str:
    """Find a village by name, Latin name, initials or code, or browse by town."""
    words = request.args.get("q", "").strip()[:40]
    everything = places.below(reading(), "/")
    by_parent: dict[str, list[Place]] = defaultdict(list)
    for one in everything:
        by_parent[one.parent_id or ""].append(one)
    towns = [(one, by_parent[one.id]) for one in everything if one.kind == "town"]
    return render_template(
        "home/find.html",
        q=words,
        found=places.search(reading(), words) if words else [],
        towns=towns,
        district=next((one for one in everything if one.kind == "district"), None),
        count=sum(len(villages) for _town, villages in towns),
    )


@bp.route("/leave")
@open_to_all
def leave() -> WerkzeugResponse:
    """Lead away from what somebody reads or writes to a page that anybody may see, and let the browser forget."""
    answer = redirect(url_for("home.find"), code=303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/v/<code>")
@open_to_all
@kept
def village(code: str) -> str:
    """Show what is new, what is missing, what was promised, and the ways from here."""
    place = place_of(code)
    if place is None or place.kind != "village":
        abort(404)
    now = utc_now()
    heading = queries.heading(reading(), place, now)
    true_until(heading["until"])
    return render_template(
        "home/village.html",
        village=place,
        **heading,
        **disclosures.for_home(reading(), place, now),
        promises=queries.promised(reading(), place, now),
    )


def _promised() -> dict[str, object]:
    """Return the promises with the periods that hold in this district today."""
    district = places.district(reading())
    today = local_day(utc_now())
    values = {name: settings.group(reading(), district, name, today) if district else settings.group_default(name)
              for name in ("reports", "ballots")}
    params = {"minutes": values["reports"]["unlock_minutes"], "days": values["reports"]["keep_closed_days"],
              "urn_days": values["ballots"]["urn_days"]}
    return {"topics": assurances.TOPICS, "assurances": assurances.ASSURANCES, "params": params}


@bp.route("/privacy")
@open_to_all
def privacy() -> str:
    """Say in plain words what is secret, what is kept, for how long, who can read it and what can't be promised."""
    return render_template("home/privacy.html", keepers=edge().config.keepers, **_promised())


@bp.route("/privacy/checks")
@open_to_all
def checks() -> str:
    """Name for each promise the tests that stand behind it, what they measured, and what they do not show."""
    return render_template("home/checks.html", **_promised())


@bp.route("/desk")
@signed_in
def desk() -> str:
    """One list of what this person has to do now."""
    tasks = queries.tasks(edge().stores, reading(), actor(), utc_now())
    return render_template(
        "home/desk.html",
        mine=[task for task in tasks if not task.waiting],
        waiting=list(islice((task for task in tasks if task.waiting), 30)),
        calendar=any(GRANTS[grant.role][0] == "village" for grant in actor().grants),
    )


@bp.route("/desk/<code>/villages")
@needs(Permission.PLACE_OVERSEE)
def villages(code: str) -> str:
    """List the villages of a town or the district, by code, with what is missing; no ranks."""
    place = place_of(code)
    rows = queries.overview(reading(), places.villages(reading(), place.path), utc_now())
    return render_template(
        "home/villages.html", place=place, rows=rows, prints=actor().may(Permission.SLIP_ISSUE, place.path)
    )


@bp.route("/desk/<code>/after-threats")
@needs(Permission.REPORT_READ)
def after_threats(code: str) -> str:
    """Show the district, for a year after a threat, a monthly sample of the village's benefits and land decisions."""
    place = place_of(code)
    if place.kind != "district":
        abort(404)
    rows = watching.watched(edge().stores, reading(), utc_now(), place.path, actor().person_id, actor().villages)
    return render_template("home/after-threats.html", place=place, rows=rows)


@bp.route("/healthz")
@open_to_all
def healthz() -> Response:
    """Tell whether the portal is alive, and when its clock and its backup last ran."""
    state = queries.health(edge().stores, edge().config.instance)
    status = 200 if state["alive"] else 503
    return Response(
        json.dumps(state), status=status, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )
