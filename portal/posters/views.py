"""Where officials print sheets for the wall: a village's poster, and a label for each published record."""

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from portal.core import typeset
from portal.core.clock import local_day, utc_now
from portal.disclosures import queries as disclosures
from portal.disclosures.wording import period_name, title
from portal.places import queries as places
from portal.places.models import Place
from portal.posters import queries
from portal.posters.sheets import Language, Shown, label_data, poster_data
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading
from portal.web.filters import is_english
from portal.web.guards import needs

bp = Blueprint("posters", __name__)
RECENT = 20
LONGEST_SEARCH = 40


@bp.route("/desk/<code>/posters")
@needs(Permission.POSTER_PRINT)
def menu(code: str) -> str:
    """Show what can be printed for a village; above the village, its villages."""
    place: Place = place_of(code)
    session = reading()
    if place.kind != "village":
        return render_template("posters/desk/villages.html", place=place, villages=places.villages(session, place.path))
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = disclosures.search(session, place, words) if words else disclosures.published(session, place, RECENT)
    records = [(line, title(line), period_name(line.period)) for line in found]
    proof = queries.proof(session, place, local_day(utc_now()))
    return render_template("posters/desk/menu.html", place=place, records=records, q=words, proof=proof)


@bp.route("/desk/<code>/poster-<any(a4, a3):paper>.pdf")
@needs(Permission.POSTER_PRINT)
def poster(code: str, paper: str) -> Response:
    """Give the village's poster as a PDF, in the language of the path."""
    village = _village(code)
    session = reading()
    data = poster_data(
        village, queries.town_of(session, village), base_url=edge().config.base_url,
        proof=queries.proof(session, village, local_day(utc_now())), paper="a3" if paper == "a3" else "a4",
        language=_language(), _=_,
    )
    return _pdf(typeset.pdf("poster", data), f"poster-{village.short}-{paper}")


@bp.route("/desk/<code>/label/<record>.pdf")
@needs(Permission.POSTER_PRINT)
def label(code: str, record: str) -> Response:
    """Give the label of one published record as a PDF."""
    village = _village(code)
    session = reading()
    line = queries.record(session, village, record)
    if line is None:
        abort(404)
    shown = Shown(line.record_id, line.item.slug, title(line), period_name(line.period), local_day(line.published_at))
    data = label_data(
        village, queries.town_of(session, village), shown, base_url=edge().config.base_url,
        proof=queries.proof(session, village, local_day(utc_now())), language=_language(), _=_,
    )
    return _pdf(typeset.pdf("label", data), f"label-{village.short}-{line.item.slug}")


def _village(code: str) -> Place:
    place: Place = place_of(code)
    if place.kind != "village":
        abort(404)
    return place


def _language() -> Language:
    return "en" if is_english() else "zh"


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
