"""Writing a record down by typing: a form made from the catalogue, begun from what stood there last time."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.disclosures import forms, reads, service
from portal.disclosures.content import carried
from portal.disclosures.deadlines import period_due
from portal.disclosures.drafting import OPEN_TO_CHANGE, content_of, period_of
from portal.disclosures.entries import Item
from portal.disclosures.models import Record, RecordVersion
from portal.disclosures.periods import Period
from portal.disclosures.views.blueprint import bp, item_at, village_of
from portal.places.models import Place
from portal.roles import Permission
from portal.web.edge import reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

MORE = 5


def show(village: Place, item: Item, **context: Any) -> str:
    """Return the page to write a record down; whatever the caller leaves out is empty."""
    given: dict[str, Any] = {
        "record": None, "version": None, "period": None, "form": None, "values": {}, "grid": [], "last": None,
        "pasted": "", "large": False, "begun": False,
    }
    return render_template("disclosures/desk/entry.html", village=village, item=item,
                           periods=free_periods(village, item), **{**given, **context})


def free_periods(village: Place, item: Item) -> list[Period]:
    """Return the periods that have no record yet, latest first."""
    filled = reads.periods_filled(reading(), village, item) if item.periodic else set()
    return [one for one in _periods(village, item) if one.key not in filled]


def _periods(village: Place, item: Item) -> list[Period]:
    return forms.periods_to_choose(item, local_day(utc_now()), village.opened_on)


def _asked(item: Item) -> Period | None:
    try:
        return Period.parse(request.args.get("period", "")) if item.periodic else None
    except ValueError:
        return None


@bp.route("/desk/<code>/open/new/<category>", methods=["GET", "POST"])
@needs(Permission.RECORD_DRAFT)
def new(code: str, category: str) -> str | tuple[str, int] | Response:
    """Write a new record down, by typing; pasted rows and files go the way of `imports`."""
    village, item = village_of(code), item_at(category)
    if request.method == "GET":
        return _begin(village, item)
    if request.form.get("more"):
        return _more(village, item, None, None)
    entry = forms.read_entry(item, request.form)
    if entry.ok:
        try:
            with writing() as session:
                record = service.draft(session, actor(), utc_now(), village, item, entry.period, entry.content)
            return redirect(url_for("disclosures.desk_record", code=code, record_id=record.id), 303)
        except Refused as error:
            entry.form.take(_beside(item, error))
    return show(village, item, form=entry.form, period=entry.period, grid=forms.blank(entry.grid, item)), 422


def _beside(item: Item, error: Refused) -> Refused:
    """Let a refusal of a figure stand beside the field that this form has for it."""
    keys = {field.key for field in item.fields}
    error.field = (f"v-{error.field}" if item.shape != "table" else "rows") if error.field in keys else error.field
    return error


def _begin(village: Place, item: Item) -> str | Response:
    """Show the form with what still stands from last time; lead to what was begun for the period already."""
    begun = reads.begun(reading(), village, item) if item.periodic else {}
    period = _asked(item) or _first_due(village, item, begun)
    if period and (draft := begun.get(period.key)):
        return redirect(url_for("disclosures.edit", code=village.code, record_id=draft, begun=1), 303)
    there = service.find(reading(), village, item, period) if period else None
    if there is not None:
        return redirect(url_for("disclosures.desk_record", code=village.code, record_id=there.id), 303)
    last = reads.last_public(reading(), village, item, period.key if period else "")
    grid, values = [], {}
    if last is not None and not any(field.key in {"date", "received_on", "month"} for field in item.fields):
        grid = [carried(item, row) for row in last.rows] if last.row_count <= forms.LARGEST_GRID else []
        values = {f"v-{key}": text for key, text in carried(item, last.values).items()} if item.cycle != "event" else {}
    if item.cycle == "event":
        grid = []
    return show(village, item, period=period, values=values, grid=forms.blank(grid, item), last=last)


def _first_due(village: Place, item: Item, begun: Collection[str]) -> Period | None:
    """Return the period that waits longest for its record, begun or not, else the one that comes next."""
    free = set(free_periods(village, item))
    waiting = [one for one in _periods(village, item)[::-1] if one in free or one.key in begun]
    today = local_day(utc_now())
    return next((one for one in waiting if period_due(item, one) <= today), waiting[0] if waiting else None)


def _more(village: Place, item: Item, record: Record | None, version: RecordVersion | None) -> str:
    """Show the form again with more rows to write into, everything typed still there."""
    form = Form(request.form)
    grid = forms.blank(forms.typed_rows(item, request.form), item, MORE + forms.BLANK)
    period = period_of(record) if record else None
    return show(village, item, form=form, grid=grid, record=record, version=version, period=period)


@bp.route("/desk/<code>/open/record/<record_id>/edit", methods=["GET", "POST"])
@needs(Permission.RECORD_DRAFT)
def edit(code: str, record_id: str) -> str | tuple[str, int] | Response:
    """Change what is still being written."""
    village = village_of(code)
    whole = reads.whole(reading(), village, record_id)
    if whole is None:
        abort(404)
    record, version = whole.record, whole.versions[-1]
    item = service.item_of(record)
    if version.state not in OPEN_TO_CHANGE:
        return redirect(url_for("disclosures.desk_record", code=code, record_id=record_id), 303)
    content, large = content_of(version), version.row_count > forms.LARGEST_GRID or bool(version.members)
    common = {"record": record, "version": version, "period": period_of(record), "large": large,
              "pasted": forms.as_pasted(item, version.rows) if large and not version.members else "",
              "begun": "begun" in request.args}
    if request.method == "GET":
        rows = [] if large else list(version.rows)
        return show(village, item, values=forms.typed_values(item, content), grid=forms.blank(rows, item), **common)
    if request.form.get("more"):
        return _more(village, item, record, version)
    entry = forms.read_entry(item, request.form, kept=replace(content, nothing=False), period=period_of(record))
    if entry.ok:
        try:
            with writing() as session:
                found = reads.record_of(session, village, record_id)
                if found is None:
                    abort(404)
                service.amend(session, actor(), utc_now(), village, found, entry.content)
            return redirect(url_for("disclosures.desk_record", code=code, record_id=record_id), 303)
        except Refused as error:
            entry.form.take(_beside(item, error))
    return show(village, item, form=entry.form, grid=forms.blank(entry.grid, item), **common), 422
