"""A table on its way in: sent as a file or pasted, looked at with theirs → ours, mended, and only then saved."""

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.core.money import parse_fen
from portal.core.words import N_
from portal.disclosures import forms, reads, service, uploads, wording
from portal.disclosures.cells import cell_text
from portal.disclosures.content import Content, look_through
from portal.disclosures.drafting import content_of, period_of, version_of
from portal.disclosures.entries import Item
from portal.disclosures.misplaced import ELSEWHERE
from portal.disclosures.models import Upload
from portal.disclosures.periods import Period
from portal.disclosures.reading import CellError, Reading
from portal.disclosures.views.blueprint import bp, item_at, village_of
from portal.disclosures.views.entry import free_periods, show
from portal.places.models import Place
from portal.roles import Permission
from portal.web.edge import reading, writing
from portal.web.filters import words
from portal.web.forms import Form
from portal.web.guards import actor, needs

BadCell = tuple[int, str, str, CellError | None]
MOST_BAD = 60
MOST_GOOD = 30


@bp.route("/desk/<code>/open/new/<category>/table", methods=["POST"])
@needs(Permission.RECORD_DRAFT)
def send_table(code: str, category: str) -> tuple[str, int] | Response:
    """Take a file or pasted rows, and lead to the page where they are looked at. Nothing is saved as a record."""
    village, item = village_of(code), item_at(category)
    form = Form(request.form)
    record = reads.record_of(reading(), village, form.values["record"]) if form.values.get("record") else None
    period = period_of(record) if record else forms.read_period(form, item, form.values.get("period", ""))
    day = forms.read_day(form, "event_date", required=item.cycle == "event" and record is None)
    sheet, pasted = request.files.get("file"), form.values.get("pasted", "")
    name, content = (sheet.filename or "", sheet.read()) if sheet is not None else ("", b"")
    if not content and not pasted.strip():
        form.refuse("file", N_("Choose a file, or paste rows with their head."))
    if form.ok:
        try:
            looked = uploads.look(item, period=period, name=name, content=content, pasted="" if content else pasted)
            with writing() as session:
                made = uploads.take(session, actor(), utc_now(), village, looked, event_date=day,
                                    record_id=record.id if record else None)
            return redirect(url_for("disclosures.table", code=code, upload_id=made.id), 303)
        except Refused as error:
            error.field = error.field or "file"
            form.take(error)
    return show(village, item, form=form, period=period, record=record, pasted=pasted,
                version=version_of(reading(), record) if record else None, grid=forms.blank([], item)), 422


@bp.route("/desk/<code>/open/table/<upload_id>", methods=["GET", "POST"])
@needs(Permission.RECORD_DRAFT)
def table(code: str, upload_id: str) -> str | tuple[str, int] | Response:
    """Show what was read: every bad cell with its reason, which column is what, the rows that are right."""
    village = village_of(code)
    upload = uploads.of_person(reading(), actor(), village, upload_id)
    if upload is None:
        return render_template("disclosures/desk/gone.html", village=village), 404
    if request.method == "GET":
        return _page(village, upload, None)
    act = request.form.get("act", "mend")
    try:
        if act == "save":
            return _save(village, upload)
        _change(village, upload, act)
    except Refused as error:
        form = Form(request.form)
        form.take(error)
        return _page(village, upload, form), 422
    if act == "drop":
        return redirect(url_for("disclosures.calendar", code=code), 303)
    return redirect(url_for("disclosures.table", code=code, upload_id=upload_id), 303)


def _change(village: Place, upload: Upload, act: str) -> None:
    """Drop, move, empty or mend an upload. All that is slow is done before the write, which holds everybody up."""
    meant = uploads.read(upload).proposed if act == "period" else None
    moves = _may_move(village, upload, meant)
    mends = uploads.mended(upload, request.form) if act not in {"drop", "period", "empty"} else None
    upload_id = upload.id
    with writing() as session:
        found = uploads.of_person(session, actor(), village, upload_id)
        if found is None:
            abort(404)
        if act == "drop":
            session.delete(found)
        elif act == "empty":
            uploads.empty_marked(session, found)
        elif mends is not None:
            uploads.mend(session, found, mends)
        elif meant is not None and moves:
            uploads.move(session, found, meant)


def _may_move(village: Place, upload: Upload, meant: Period | None) -> bool:
    """Tell whether a table may be taken for the period that was meant: it is free, and no record waits for it."""
    return meant is not None and not upload.record_id and meant in free_periods(village, uploads.item_of(upload))


def _save(village: Place, upload: Upload) -> Response:
    """Make a draft of what was read, whole, and forget the upload."""
    read, upload_id = uploads.read(upload), upload.id  # before the write, as the look through it: both take seconds
    look_through(uploads.item_of(upload), _content(reading(), village, upload, read))
    with writing() as session:
        found = uploads.of_person(session, actor(), village, upload_id)
        if found is None:
            abort(404)
        record = reads.record_of(session, village, found.record_id) if found.record_id else None
        content = _content(session, village, found, read)
        if record is None:
            record = service.draft(session, actor(), utc_now(), village, uploads.item_of(found),
                                   uploads.period_of(found), content)
        else:
            service.amend(session, actor(), utc_now(), village, record, content)
        session.delete(found)
    return redirect(url_for("disclosures.desk_record", code=village.code, record_id=record.id), 303)


def _content(session: Session, village: Place, upload: Upload, read: Reading) -> Content:
    """Return what a table says, with the title and the like of the record that it is meant for. Raises Refused."""
    record = reads.record_of(session, village, upload.record_id) if upload.record_id else None
    return uploads.as_content(upload, read, content_of(version_of(session, record)) if record else None)


def _page(village: Place, upload: Upload, form: Form | None) -> str:
    read, item = uploads.read(upload), uploads.item_of(upload)
    fields = item.member_fields if read.members else item.fields
    columns = [column for column in read.columns if column.ours and not column.month]
    return render_template(
        "disclosures/desk/table.html", village=village, upload=upload, item=item, form=form, read=read,
        period=uploads.period_of(upload), fields=fields, columns=columns, bad=_bad_rows(upload, read, item),
        most_bad=MOST_BAD, reason=wording.reason, good=_good_rows(read, item), most_good=MOST_GOOD,
        right_sum=_right_sum(read), may_move=_may_move(village, upload, read.proposed),
        there=service.find(reading(), village, item, read.proposed) if read.proposed else None,
        elsewhere=_elsewhere(read),
    )


def _elsewhere(read: Reading) -> list[CellError]:
    """Return what is wrong with the table as a whole, its head and its other sheets; a wrong period is told apart."""
    last = read.header_row + read.header_lines - 1
    return [error for error in read.errors if error.phrase != ELSEWHERE
            and (error.row is None or error.sheet != read.sheet or error.row <= last)]


def _bad_rows(upload: Upload, read: Reading, item: Item) -> list[tuple[int, list[BadCell]]]:
    """Return each bad row: its number, and its cells as (column from 0, title, text, what is wrong)."""
    sheet = next((one for one in uploads.unpacked(upload) if one.name == read.sheet), None)
    first = read.header_row + read.header_lines
    found = []
    for row in sorted(number for number in read.bad_rows if number >= first)[:MOST_BAD]:
        cells = sheet.rows[row - 1] if sheet and row <= len(sheet.rows) else []
        wrong = {error.letter: error for error in read.errors if error.row == row and error.sheet == read.sheet}
        line = []
        for column in read.columns:
            if not column.ours and column.letter not in wrong:
                continue
            text = cell_text(cells[column.index]) if column.index < len(cells) else ""
            title = words(item.field(column.ours)) if column.ours and not column.month else column.theirs
            line.append((column.index, title, "" if text == uploads.MARK else text, wrong.get(column.letter)))
        if "" in wrong:
            line.append((-1, "", "", wrong[""]))
        found.append((row, line))
    return found


def _right_sum(read: Reading) -> int | None:
    """Return what the rows that are right add up to in fen; None if the item adds nothing up."""
    key, bad = read.total_field, read.bad_rows
    if key is None:
        return None
    if read.members:
        return sum(sum(one.paid.values()) for one in read.member_rows if one.number not in bad)
    return sum(parse_fen(row.values[key]) for row in read.rows if key in row.values and row.number not in bad)


def _good_rows(read: Reading, item: Item) -> list[tuple[int, dict[str, str]]]:
    good = [row for row in read.rows if row.number not in read.bad_rows][:MOST_GOOD]
    return [(row.number, {key: wording.figure_text(item.field(key), text) for key, text in row.values.items()})
            for row in good]
