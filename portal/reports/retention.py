"""What goes, and when: the words of cases that closed long ago, and the sketches that told pasted copies apart.

What stays of a case is what the counts need: village, week, kind, outcome; its receipt opens nothing any more.
SQLite overwrites what is deleted (`secure_delete`); the write-ahead log is emptied after, since it still holds the
old pages. Elsewhere than on SQLite that is the business of the database's own tools. A backup keeps what it holds
until it is thrown away, as `portal backup` says.
"""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, select

from portal.core.clock import add_weeks, iso_week, local_day, week_start
from portal.core.db import Stores
from portal.places.models import Place
from portal.reports import figures
from portal.reports.models import Message, Report, ReportBody, ReportErasure, Request, TextSketch

SKETCH_WEEKS = 26
LOOKUP_BYTES = 32


def run(stores: Stores, now: datetime, town: Place, village_ids: Collection[str], keep_days: int) -> int:
    """Erase what has had its time in a town's villages, and note how many cases; return that number."""
    today = local_day(now)
    with stores.vault.write() as vault:
        drop_sketches(vault, village_ids, add_weeks(iso_week(today), -SKETCH_WEEKS))
        erased = erase_closed(vault, village_ids, today, keep_days)
    if erased:
        with stores.portal.write() as session:
            row = session.get(ReportErasure, (town.id, today)) or ReportErasure(place_id=town.id, day=today)
            row.cases += erased
            session.add(row)
    stores.vault.empty_log()
    forget_requests(stores, village_ids)
    return erased


def forget_requests(stores: Stores, village_ids: Collection[str]) -> None:
    """Take away what villages were asked because of cases that are erased: an officer's words say what they were about.

    What was published with its answer stays, and leads back to no case.
    """
    with stores.portal.read() as session:
        query = select(Request.report_id).where(col(Request.place_id).in_(village_ids), Request.report_id != "")
        asked = set(session.exec(query).all())
    if not asked:
        return
    with stores.vault.read() as vault:
        over = set(vault.exec(select(Report.id).where(col(Report.id).in_(asked), col(Report.erased).is_(True))).all())
    if over:
        with stores.portal.write() as session:
            for row in session.exec(select(Request).where(col(Request.report_id).in_(over))).all():
                if row.published_on is None:
                    session.delete(row)
                else:
                    row.report_id = ""
                    session.add(row)
        stores.portal.empty_log()


def due(closed_week: str, today: date, keep_days: int) -> bool:
    """Tell whether a case that closed in an ISO week has been kept for its days, counted from the week's end."""
    return week_start(add_weeks(closed_week, 1)) + timedelta(days=keep_days) <= today


def erase_closed(vault: Session, village_ids: Collection[str], today: date, keep_days: int) -> int:
    """Erase bodies, messages and sketches of cases that closed more than `keep_days` ago; return how many cases.

    A case in which something that the reporter wrote waits for its batch is not over yet.
    """
    waits = select(Message.report_id).where(Message.direction == "in", col(Message.released).is_(False))
    query = select(Report).where(col(Report.village_id).in_(village_ids), Report.state == "closed",
                                 col(Report.id).not_in(waits))
    old = [report for report in vault.exec(query.where(col(Report.erased).is_(False))).all()
           if due(report.closed_week, today, keep_days)]
    freeze(vault, {(report.village_id, report.week) for report in old})
    for report in old:
        for table in (ReportBody, Message, TextSketch):  # bodies hang on messages
            vault.exec(delete(table).where(col(table.report_id) == report.id))
        report.lookup, report.reporter_pub, report.retry_tag = secrets.token_bytes(LOOKUP_BYTES), b"", b""
        report.erased, report.awaiting = True, ""
        vault.add(report)
    vault.flush()
    return len(old)


def drop_sketches(vault: Session, village_ids: Collection[str], before_week: str) -> None:
    """Drop the sketches of reports older than an ISO week. What they told is kept: which reports count as one."""
    mine = (col(Report.village_id).in_(village_ids), col(TextSketch.week) < before_week)
    query = select(Report).join(TextSketch, col(TextSketch.report_id) == col(Report.id)).where(*mine)
    old = vault.exec(query).all()
    freeze(vault, {(report.village_id, report.week) for report in old})
    for report in old:
        vault.exec(delete(TextSketch).where(col(TextSketch.report_id) == report.id))
    vault.flush()


def freeze(vault: Session, groups: Collection[tuple[str, str]]) -> None:
    """Note of each village and week which reports are near-duplicates of which, so that counts stay as they were."""
    for village_id, week in sorted(groups):
        query = select(Report).where(Report.village_id == village_id, Report.week == week)
        reports = vault.exec(query.order_by(col(Report.id))).all()
        rest = figures.uncollapsed(vault, reports)
        found = figures.clusters(vault, rest)
        for report in reports:
            report.cluster = report.cluster or found.get(report.id, report.id)
            vault.add(report)
    vault.flush()
