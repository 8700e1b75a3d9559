"""Villagers' pages: what is there and what is missing, one category over time, one record, an objection, search."""

import secrets
from itertools import pairwise

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.disclosures import erasing, finding, queries, reads, service, tables, wording
from portal.disclosures.catalogue import catalogue
from portal.disclosures.deadlines import next_due
from portal.disclosures.drafting import period_of, version_of
from portal.disclosures.models import RecordVersion
from portal.disclosures.shown import papers_shown, row_shown
from portal.disclosures.views.blueprint import bp, item_at, village_of
from portal.log import chain
from portal.places import queries as places
from portal.web import tokens
from portal.web.cache import kept, kept_but_for
from portal.web.edge import reading, writing
from portal.web.forms import Form
from portal.web.guards import open_to_all

FEW = 10
LONGEST_WORDS = 40


@bp.route("/v/<code>/open")
@open_to_all
@kept
def openness(code: str) -> str:
    """Show what the village must make public: what is there, what is due, what is missing with its days."""
    village, now = village_of(code), utc_now()
    return render_template("disclosures/openness.html", village=village,
                           state=queries.openness(reading(), village, now),
                           next_due=next_due(catalogue().items, village.opened_on, local_day(now)))


@bp.route("/v/<code>/search")
@open_to_all
def search(code: str) -> str:
    """Look for words in what the village made public."""
    village = village_of(code)
    words = request.args.get("q", "").strip()[:LONGEST_WORDS]
    return render_template("disclosures/search.html", village=village, words=words,
                           found=finding.find(reading(), village, words), most=finding.MOST_FOUND)


@bp.route("/v/<code>/open/<category>")
@open_to_all
@kept
def category(code: str, category: str) -> str:
    """Show one category over time: the latest with its figures, a chart with its table, those before."""
    village, item, now = village_of(code), item_at(category), utc_now()
    lines, rows = reads.category(reading(), village, item)
    current = [line for line in lines if line.state != "archived"]
    latest = next((line for line in current if not line.nothing), None)
    late = [one for one in queries.missing(reading(), village, now) if one.item.code == item.code]
    before = next((line for line in current if latest and latest.period and line.period
                   and line.period == latest.period.previous() and not line.nothing), None)
    return render_template(
        "disclosures/category.html", village=village, item=item, lines=lines, latest=latest, late=late, before=before,
        table=tables.table(item, rows, dict(latest.totals), over=latest.over, size=FEW) if latest else None,
        chart=tables.chart(item, lines), told=wording.told(latest.values, item) if latest else [],
        largest=wording.largest(item, rows) if latest else None,
        next_due=None if latest else next_due([item], village.opened_on, local_day(now)),
    )


@bp.route("/v/<code>/open/<category>/<record_id>")
@open_to_all
@kept_but_for("version", "page")
def record(code: str, category: str, record_id: str) -> str:
    """Show one record: its figures and rows, who wrote, checked and approved it, versions, notice, objections."""
    village, item, today = village_of(code), item_at(category), local_day(utc_now())
    whole = reads.whole(reading(), village, record_id)
    if whole is None or whole.record.item_code != item.code or not whole.record.shown:
        abort(404)
    number = request.args.get("version", type=int) or whole.record.shown
    version = whole.version(number)
    if version is None or version.state != "published":
        abort(404)
    period = period_of(whole.record)
    over = whole.record.state != "published"
    before = reads.neighbour(reading(), village, item, period) if period and item.periodic else None
    page = request.args.get("page", default=1, type=int)
    shown = row_shown(item, version.values, over=over)
    return render_template(
        "disclosures/record.html", village=village, item=item, whole=whole, record=whole.record, version=version,
        period=period, over=over, before=before, told=wording.told(shown, item),
        table=tables.table(item, version.rows, version.totals, over=over, page=page), line=_line(whole, version),
        days_left=(whole.record.notice_end - today).days if whole.record.notice_end else 0,
        erased=erasing.is_erased(version), papers=whole.papers_of(number), papers_shown=papers_shown(item, over=over),
        changes=_changes(whole.versions), check=chain.digits(bytes.fromhex(version.content_hash)),
    )


def _line(whole: reads.Whole, version: RecordVersion) -> queries.Line:
    """Return one version as a list would show it, for its title and summary."""
    record = whole.record
    return queries.line_of((
        record.id, record.item_code, record.period_key, record.state, version.number, version.title, version.summary,
        version.amount_fen, version.row_count, version.totals, version.values, version.event_date,
        version.published_at, record.first_published_at, record.due_on, record.notice_end, version.nothing, record.mend,
    ))


def _changes(versions: list[RecordVersion]) -> dict[int, tuple[int, int, int]]:
    """Return of each later version how many rows it changed, added and took away."""
    found = {}
    for old, new in pairwise(versions):
        before, after = list(old.rows), list(new.rows)
        for row in list(before):
            if row in after:
                before.remove(row)
                after.remove(row)
        changed = min(len(before), len(after))
        found[new.number] = (changed, len(after) - changed, len(before) - changed)
    return found


@bp.route("/v/<code>/open/<category>/<record_id>/file/<paper_id>")
@open_to_all
def paper(code: str, category: str, record_id: str, paper_id: str) -> Response:
    """Give an attachment of a public record; a PDF is saved, never opened inside the page."""
    found = reads.paper_of(reading(), village_of(code), item_at(category), record_id, paper_id)
    if found is None:
        abort(404)
    return sent(found.content, found.kind, found.name)


def sent(content: bytes, kind: str, name: str) -> Response:
    """Return a file as an answer. A header is one line, whatever the name was when it came."""
    name = " ".join(name.split())
    response = make_response(content)
    response.mimetype = {"jpeg": "image/jpeg", "pdf": "application/pdf"}[kind]
    response.headers.set("Content-Disposition", "attachment" if kind == "pdf" else "inline",
                         filename=name if kind == "pdf" else name.rsplit(".", 1)[0] + ".jpg")
    return response


@bp.route("/v/<code>/open/<category>/<record_id>/object", methods=["GET", "POST"])
@open_to_all
def object_to(code: str, category: str, record_id: str) -> str | tuple[str, int] | Response:
    """Let anybody say what is wrong with a record, without a name."""
    village, item = village_of(code), item_at(category)
    record = reads.record_of(reading(), village, record_id)
    if record is None or record.item_code != item.code or not record.shown:
        abort(404)
    form = Form(request.form) if request.method == "POST" else None
    key = secrets.token_hex(16)
    if form is not None:
        key = form.values.get("key", "")[:32] or key
        if not tokens.form_token_fits(form.values.get("token", ""), "object", key):
            abort(400, description="token")
        text = form.text("text", longest=service.LONGEST_OBJECTION)
        if form.ok and _objected(form, code, record_id, text, key):
            return redirect(url_for("disclosures.objected", code=code, category=category, record_id=record_id), 303)
    page = render_template("disclosures/object.html", village=village, item=item, record=record, form=form, key=key,
                           days=version_of(reading(), record, record.shown).answer_days)
    response = make_response(page, 422 if form is not None else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _objected(form: Form, code: str, record_id: str, text: str, key: str) -> bool:
    try:
        with writing() as session:
            place = places.by_code(session, code)
            found = reads.record_of(session, place, record_id) if place else None
            if place is None or found is None:
                abort(404)
            service.object_to(session, utc_now(), place, found, text, key)
    except Refused as error:
        form.take(error)
        return False
    return True


@bp.route("/v/<code>/open/<category>/<record_id>/objected")
@open_to_all
def objected(code: str, category: str, record_id: str) -> str:
    """Say that an objection arrived, and what happens next."""
    village, item = village_of(code), item_at(category)
    record = reads.record_of(reading(), village, record_id)
    if record is None or record.item_code != item.code or not record.shown:
        abort(404)
    return render_template("disclosures/objected.html", village=village, item=item, record=record)
