"""Where officials print sheets for the wall: a village's poster, and for each published record a label and a sheet."""

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from sqlmodel import Session

from portal.ballots import queries as ballots
from portal.ballots import sealing
from portal.core import typeset
from portal.core.clock import local_day, utc_now
from portal.disclosures import finding, tables, wording
from portal.disclosures import queries as disclosures
from portal.disclosures.queries import Line
from portal.disclosures.shown import has_persons
from portal.places import queries as places
from portal.places.models import Place
from portal.posters import queries
from portal.posters.board import MOST_ROWS, Content, board_data
from portal.posters.sheets import Language, Shown, label_data, poster_data, written_day
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading
from portal.web.filters import is_english
from portal.web.guards import needs

bp = Blueprint("posters", __name__)
RECENT = 20
LONGEST_SEARCH = 40
MOST_LATE = 4


@bp.route("/desk/<code>/posters")
@needs(Permission.POSTER_PRINT)
def menu(code: str) -> str:
    """Show what can be printed for a village; above the village, its villages."""
    place: Place = place_of(code)
    session = reading()
    if place.kind != "village":
        return render_template("posters/desk/villages.html", place=place, villages=places.villages(session, place.path))
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = finding.search(session, place, words) if words else disclosures.published(session, place, RECENT)
    records = [(line, wording.title(line), wording.capital(wording.period_name(line.period))) for line in found]
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
        language=_language(), _=_, box=_box(session, village),
    )
    return _pdf(typeset.pdf("poster", data), f"poster-{village.short}-{paper}")


def _box(session: Session, village: Place) -> str:
    """Return the fingerprint of the key of the box that this village votes into, now or soon."""
    round_ = ballots.running(session, village.id)
    return sealing.fingerprint(round_.box_pub) if round_ is not None and round_.state in ballots.VOTING else ""


@bp.route("/desk/<code>/label/<record>.pdf")
@needs(Permission.POSTER_PRINT)
def label(code: str, record: str) -> Response:
    """Give the label of one published record as a PDF."""
    village, line = _record(code, record)
    data = label_data(
        village, queries.town_of(reading(), village), _shown(line), base_url=edge().config.base_url,
        proof=queries.proof(reading(), village, local_day(utc_now())), language=_language(), _=_,
    )
    return _pdf(typeset.pdf("label", data), f"label-{village.short}-{line.item.slug}")


@bp.route("/desk/<code>/board/<record>.pdf")
@needs(Permission.POSTER_PRINT)
def board(code: str, record: str) -> Response:
    """Give one published record in large type for the notice board, A3, as a PDF."""
    village, line = _record(code, record)
    version = queries.version(reading(), line)
    content = Content(
        line.item, wording.told(line.values, line.item),
        tables.table(line.item, version.rows, version.totals, over=line.over, size=MOST_ROWS),
        wording.entries(line.item, line.row_count) if line.row_count else "", _note(village, line),
    )
    data = board_data(
        village, queries.town_of(reading(), village), _shown(line), content, base_url=edge().config.base_url,
        proof=queries.proof(reading(), village, local_day(utc_now())), language=_language(),
        label=wording.field_label, _=_,
    )
    return _pdf(typeset.pdf("board", data), f"board-{village.short}-{line.item.slug}")


def _note(village: Place, line: Line) -> str:
    """Return what to bear in mind: until when names may hang there, else what the village has still to publish."""
    if line.state == "published" and line.notice_end:
        until = written_day(line.notice_end, _language())
        if has_persons(line.item):
            return str(_("In notice until %(day)s. Take this sheet down after that day: it names people.", day=until))
        return str(_("In notice until %(day)s. Anybody may say what is wrong with it.", day=until))
    late = disclosures.missing(reading(), village, utc_now())[:MOST_LATE]
    names = "、" if _language() == "zh" else ", "
    if not late:
        return ""
    return str(_("Still to be published: %(names)s", names=names.join(wording.title(one) for one in late)))


def _record(code: str, record: str) -> tuple[Place, Line]:
    village = _village(code)
    line = queries.record(reading(), village, record)
    if line is None:
        abort(404)
    return village, line


def _shown(line: Line) -> Shown:
    day = local_day(line.published_at)
    return Shown(line.record_id, line.item.slug, wording.title(line), wording.period_name(line.period), day)


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
