"""What villagers read: the year's promises, one with its history, and the photos."""

import re

from flask import Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.core.clock import local_day, utc_now
from portal.promises import queries, rules
from portal.promises.views.routes import bp, history_of, village_of
from portal.web.cache import kept, kept_but_for
from portal.web.edge import reading
from portal.web.guards import open_to_all

FOR_GOOD = "public, max-age=31536000, immutable"  # a photo never changes; its address is random


@bp.route("/v/<code>/promises")
@open_to_all
@kept_but_for("year")
def village(code: str) -> str:
    """Show the year's promises with their meters; `?year=` an earlier year's."""
    place, today, session = village_of(code), local_day(utc_now()), reading()
    known = queries.years(session, place)
    wanted = request.args.get("year", "")
    year = int(wanted) if re.fullmatch(r"[0-9]{4}", wanted) else today.year
    if year != today.year and year not in known:
        abort(404)
    shown = queries.of_year(session, place, year, today) if year in known else []
    missing = queries.due(session, place, today) if not shown else None
    found = queries.checks(session, [item.id for item in shown]) if shown else {}
    return render_template("promises/village.html", village=place, year=year, promises=shown, checks=found,
                           due=missing, late=(today - missing).days if missing else 0, rules=rules,
                           other_years=[other for other in known if other != year])


@bp.route("/v/<code>/promises/<promise_id>")
@open_to_all
@kept
def one(code: str, promise_id: str) -> str:
    """Show one promise: what counts, how it went on, what was changed, and what the town says."""
    place = village_of(code)
    return render_template("promises/one.html", village=place, history=history_of(place, promise_id), rules=rules)


@bp.route("/v/<code>/promises/<promise_id>/photo/<photo_id>", defaults={"small": False})
@bp.route("/v/<code>/promises/<promise_id>/photo/<photo_id>/small", defaults={"small": True})
@open_to_all
def photo(code: str, promise_id: str, photo_id: str, small: bool) -> AnyResponse:
    """Give a photo as evidence, or its small copy."""
    body = queries.photo(reading(), village_of(code), promise_id, photo_id, small=small)
    if body is None:
        abort(404)
    response = Response(body, mimetype="image/jpeg")
    response.headers["Cache-Control"] = FOR_GOOD
    response.set_etag(f"{photo_id}-{int(small)}")
    return response.make_conditional(request)
