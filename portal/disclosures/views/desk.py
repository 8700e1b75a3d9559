"""Officials' pages: the calendar, one record on its way, and the acts of those who check, approve and answer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.disclosures import queries, reads, service, tables, wording
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import look_through
from portal.disclosures.drafting import content_of, period_of, version_of
from portal.disclosures.models import Objection, Record, RecordVersion
from portal.disclosures.shown import row_shown
from portal.disclosures.views.blueprint import bp, item_at, village_of
from portal.disclosures.views.public import sent
from portal.places.models import Place
from portal.roles import Actor, Permission
from portal.web.edge import edge, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

AHEAD = timedelta(days=45)
ROWS = 100
LATEST = 12
MAY = {"draft": Permission.RECORD_DRAFT, "check": Permission.RECORD_CHECK, "approve": Permission.RECORD_APPROVE,
       "decide": Permission.OBJECTION_DECIDE}
GONE = N_("Something changed meanwhile. Look at the page again.")


@bp.route("/desk/<code>/open")
@needs(Permission.RECORD_READ)
def calendar(code: str) -> str:
    """Show what is late, what falls due soon, what is on its way, and what may be written down any day."""
    village, today = village_of(code), local_day(utc_now())
    known = queries.states(reading(), [village.id])
    filled = {(one.item_code, one.period_key) for one in known if one.shown}
    begun = {(one.item_code, one.period_key): one for one in known if not one.shown and one.period_key}
    soon = [slot for slot in queries.slots(village, today + AHEAD)
            if not slot.late(today) and (slot.item.code, slot.key) not in filled]
    return render_template(
        "disclosures/desk/calendar.html", village=village, late=queries.missing_of(village, known, today),
        soon=sorted(soon, key=lambda slot: slot.due), begun=begun,
        moving=[(one, catalogue().by_code(one.item_code)) for one in known if one.mine != "published" or one.mend],
        events=[item for item in catalogue().items if not item.periodic],
        latest=queries.lines(reading(), village.id, limit=LATEST),
        may_write=actor().may(Permission.RECORD_DRAFT, village.path),
    )


@bp.route("/desk/<code>/open/record/<record_id>")
@needs(Permission.RECORD_READ)
def desk_record(code: str, record_id: str) -> str:
    """Show one record as it stands, as villagers will see it, with what this person may do now."""
    return _page(village_of(code), record_id, None)


def _page(village: Place, record_id: str, form: Form | None) -> str:
    whole = reads.whole(reading(), village, record_id)
    if whole is None:
        abort(404)
    record, person = whole.record, actor()
    item, period, version = service.item_of(record), period_of(record), whole.versions[-1]
    over = record.state in {"effective", "archived"} and version.state == "published"
    page = request.args.get("page", default=1, type=int)
    before = reads.neighbour(reading(), village, item, period) if period and item.periodic else None
    may = {act: person.may(permission, village.path) for act, permission in MAY.items()}
    hands = may["draft"] or may["check"] or may["approve"]  # who must compare names with the vouchers
    full = hands and "full" in request.args
    return render_template(
        "disclosures/desk/record.html", village=village, whole=whole, record=record, version=version, item=item,
        period=period, before=before, may=may, form=form, line=_line(record, version),
        mine=version.drafted_by == person.person_id,
        table=tables.table(item, version.rows, version.totals, over=over, page=page, size=ROWS, full=full),
        full=full, masked=hands and item.shape == "table" and item.mask in {"M1", "M2"},
        told=wording.told(row_shown(item, version.values, over=over), item),
        objections=reads.objections(reading(), record.id) if may["decide"] else [],
        changes=_changed_rows(whole.versions) if hands else [], papers=whole.papers_of(version.number),
    )


def _line(record: Record, version: RecordVersion) -> queries.Line:
    moment = version.published_at or version.drafted_at
    return queries.line_of((
        record.id, record.item_code, record.period_key, record.state, version.number, version.title, version.summary,
        version.amount_fen, version.row_count, version.totals, version.values, version.event_date, moment, moment,
        record.due_on, record.notice_end, version.nothing, record.mend,
    ))


def _changed_rows(versions: list[RecordVersion]) -> list[tuple[str, str]]:
    """Return the first rows that the latest version changed: (before, after), either may be empty."""
    if len(versions) < 2:
        return []
    old, new = ([" · ".join(row.values()) for row in version.rows] for version in versions[-2:])
    gone, come = [row for row in old if row not in set(new)], [row for row in new if row not in set(old)]
    longest = max(len(gone), len(come))
    return list(zip(gone + [""] * (longest - len(gone)), come + [""] * (longest - len(come)), strict=True))[:30]


Act = Callable[[Session, Actor, Any, Place, Record], object]


def act_on(code: str, record_id: str, act: Act, form: Form) -> tuple[str, int] | Response:
    """Do something with a record and come back to its page; a refusal shows the page with everything typed."""
    village = village_of(code)
    try:
        with writing() as session:
            record = reads.record_of(session, village, record_id)
            if record is None:
                abort(404)
            act(session, actor(), utc_now(), village, record)
    except Refused as error:
        form.take(error)
        return _page(village_of(code), record_id, form), 422
    return redirect(url_for("disclosures.desk_record", code=code, record_id=record_id), 303)


def _look_before(code: str, record_id: str) -> None:
    """Look a record's words through before the write that does so again: a large table takes seconds."""
    record = reads.record_of(reading(), village_of(code), record_id)
    if record is not None:
        with suppress(Refused):  # the act itself says it
            look_through(catalogue().by_code(record.item_code), content_of(version_of(reading(), record)))


@bp.route("/desk/<code>/open/record/<record_id>/submit", methods=["POST"])
@needs(Permission.RECORD_DRAFT)
def submit(code: str, record_id: str) -> tuple[str, int] | Response:
    """Hand a draft in for checking."""
    _look_before(code, record_id)
    return act_on(code, record_id, service.submit, Form({}))


@bp.route("/desk/<code>/open/record/<record_id>/check", methods=["POST"])
@needs(Permission.RECORD_CHECK)
def check(code: str, record_id: str) -> tuple[str, int] | Response:
    """Check a record, or send it back with a reason."""
    form = Form(request.form)
    return _judged(code, record_id, form, service.check)


@bp.route("/desk/<code>/open/record/<record_id>/approve", methods=["POST"])
@needs(Permission.RECORD_APPROVE)
def approve(code: str, record_id: str) -> tuple[str, int] | Response:
    """Approve a record and make it public, or send it back with a reason."""
    form = Form(request.form)
    return _judged(code, record_id, form, lambda session, person, now, village, record, _remark:
                   service.approve(session, person, now, village, record))


def _judged(code: str, record_id: str, form: Form, good: Callable[..., object]) -> tuple[str, int] | Response:
    verdict, remark = form.choice("verdict", ("good", "back")), form.text("remark", required=False, longest=300)
    if not form.ok:
        return _page(village_of(code), record_id, form), 422
    verb = service.send_back if verdict == "back" else good

    def judge(session: Session, person: Actor, now: Any, village: Place, record: Record) -> None:
        # A verdict is on what stood on the page: whatever was done to the record since, it is no longer that.
        if form.values.get("seen") != str(record.steps):
            raise Refused(GONE)
        verb(session, person, now, village, record, remark)

    return act_on(code, record_id, judge, form)


@bp.route("/desk/<code>/open/record/<record_id>/correct", methods=["POST"])
@needs(Permission.RECORD_DRAFT)
def correct(code: str, record_id: str) -> tuple[str, int] | Response:
    """Begin a corrected version, with the reason that villagers will read."""
    form = Form(request.form)
    reason = form.text("reason", longest=300)
    if not form.ok:
        return _page(village_of(code), record_id, form), 422
    _look_before(code, record_id)
    answer = act_on(code, record_id, lambda session, person, now, village, record:
                    service.correct(session, person, now, village, record, reason), form)
    return answer if isinstance(answer, tuple) else redirect(
        url_for("disclosures.edit", code=code, record_id=record_id), 303)


@bp.route("/desk/<code>/open/record/<record_id>/archive", methods=["POST"])
@needs(Permission.RECORD_APPROVE)
def archive(code: str, record_id: str) -> tuple[str, int] | Response:
    """Put a record into the archive."""
    return act_on(code, record_id, service.archive, Form({}))


@bp.route("/desk/<code>/open/record/<record_id>/attach", methods=["POST"])
@needs(Permission.RECORD_DRAFT)
def attach(code: str, record_id: str) -> tuple[str, int] | Response:
    """Hang a picture or a PDF on a draft."""
    sheet, form = request.files.get("file"), Form({})
    if sheet is None or not sheet.filename:
        form.refuse("file", N_("Choose a file first."))
        return _page(village_of(code), record_id, form), 422
    name, content = sheet.filename, sheet.read()
    return act_on(code, record_id, lambda session, person, now, village, record:
                  service.attach(session, person, now, village, record, name, content), form)


@bp.route("/desk/<code>/open/record/<record_id>/detach", methods=["POST"])
@needs(Permission.RECORD_DRAFT)
def detach(code: str, record_id: str) -> tuple[str, int] | Response:
    """Take a file off a draft."""
    paper_id = request.form.get("paper", "")
    answer = act_on(code, record_id, lambda session, person, now, village, record:
                    service.detach(session, person, now, village, record, paper_id), Form({}))
    if not isinstance(answer, tuple):
        edge().stores.portal.empty_log()  # the file still stands in it; if a reader is in the way, the clock does it
    return answer


@bp.route("/desk/<code>/open/record/<record_id>/answer", methods=["POST"])
@needs(Permission.OBJECTION_DECIDE)
def answer(code: str, record_id: str) -> tuple[str, int] | Response:
    """Answer an objection with a reason that everybody can read."""
    form = Form(request.form)
    outcome, reason = form.choice("outcome", ("upheld", "rejected")), form.text("reason", longest=500)
    if not form.ok:
        return _page(village_of(code), record_id, form), 422

    def act(session: Session, person: Actor, now: Any, village: Place, record: Record) -> None:
        found = session.get(Objection, form.values.get("objection", ""))
        if found is None or found.record_id != record.id:
            raise Refused(GONE)
        service.decide_objection(session, person, now, village, found, outcome, reason)

    return act_on(code, record_id, act, form)


@bp.route("/desk/<code>/open/<category>/record/<record_id>/file/<paper_id>")
@needs(Permission.RECORD_READ)
def desk_paper(code: str, category: str, record_id: str, paper_id: str) -> Response:
    """Give an attachment of a record that need not be public yet."""
    found = reads.paper_of(reading(), village_of(code), item_at(category), record_id, paper_id, public=False)
    if found is None:
        abort(404)
    return sent(found.content, found.kind, found.name)
