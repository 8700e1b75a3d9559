"""After the result: what the reporter thinks of it, a second look, and whether anybody took revenge."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, select

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import rules
from portal.reports.messages import from_reporter, has_tag, keep, next_number, seal, week_of
from portal.reports.models import Message, Report
from portal.reports.queries import Reader
from portal.reports.receipts import Receipt, tag
from portal.reports.recusals import NOBODY, Named, keep_out
from portal.reports.sealing import Words
from portal.reports.service import NO_KEY

OPEN = N_("There is no result yet.")


def rate(vault: Session, report: Report, rating: int) -> None:
    """Note what the reporter thinks of the result (rules.RATINGS); offices see it with the next batch.

    Raises Refused while there is no result.
    """
    if report.state != "closed" or report.outcome == rules.UNREAD:
        raise Refused(OPEN)
    if rating not in rules.RATINGS:
        raise Refused(N_("Please choose one."), field="rating")
    report.rated = rating
    if rules.at_once(report.category):
        report.rated_shown = rating
    vault.add(report)


def asked_to_reopen(vault: Session, report: Report) -> bool:
    """Tell whether the reporter has used the one second look, seen by the offices already or not."""
    query = select(Message.number).where(Message.report_id == report.id, Message.kind == "reopened")
    return vault.exec(query).first() is not None


def may_reopen(vault: Session, report: Report, today: date) -> bool:
    """Tell whether the reporter may ask for a second look: once, in the two months after the result."""
    return (report.state == "closed" and report.outcome != rules.UNREAD and not report.erased
            and today <= rules.reopen_until(report.closed_week) and not asked_to_reopen(vault, report))


def is_over(report: Report, today: date) -> bool:
    """Tell whether the two months are over in which the reporter could ask for a second look."""
    return (report.state == "closed" and report.outcome != rules.UNREAD and not report.erased
            and today > rules.reopen_until(report.closed_week))


def reopen(vault: Session, now: datetime, report: Report, receipt: Receipt, offices: Sequence[Reader], text: str,
           attempt: str, whom: Named = NOBODY) -> None:
    """Ask for a second look, with a reason; the case is open again from the batch on. The same form again: nothing.

    Raises Refused for a second time, or when it is too late.
    """
    mark = tag(receipt, attempt.encode())
    if has_tag(vault, report, mark):
        return
    if not may_reopen(vault, report, local_day(now)):
        raise Refused(N_("A case can be looked at again once, in the two months after its result."))
    _tell(vault, now, report, "reopened", text, offices, mark, whom)


def may_review(vault: Session, report: Report, today: date) -> bool:
    """Tell whether the reporter may ask the district to decide: once, within a month after the town's second result."""
    if report.state != "closed" or not report.reopened or not report.to_town or report.erased:
        return False
    asked = select(Message.number).where(Message.report_id == report.id, Message.kind == "review")
    return today <= rules.review_until(report.closed_week) and vault.exec(asked).first() is None


def review(vault: Session, now: datetime, report: Report, receipt: Receipt, offices: Sequence[Reader], text: str,
           attempt: str, whom: Named = NOBODY) -> None:
    """Ask the district to decide in the town's place, with a reason; it does from the batch on, and the town no more.

    The same form again: nothing. Raises Refused for a second time, before the town's second result, or too late.
    """
    mark = tag(receipt, attempt.encode())
    if has_tag(vault, report, mark):
        return
    if not may_review(vault, report, local_day(now)):
        raise Refused(N_("The district can be asked to decide once, within a month after the town’s second result."))
    _tell(vault, now, report, "review", text, offices, mark, whom)


def tell_since(vault: Session, now: datetime, report: Report, receipt: Receipt, offices: Sequence[Reader], kind: str,
               text: str, periods: rules.Periods, attempt: str, whom: Named = NOBODY) -> None:
    """Take the reporter's word on whether anybody took revenge: "quiet" or "again", which opens the case again.

    Raises Refused for a report that is not about a threat.
    """
    if kind not in rules.SINCE:
        raise Refused(N_("Please choose one."), field="since")
    due = rules.followups(report, periods, local_day(now))
    mark = tag(receipt, attempt.encode())
    if has_tag(vault, report, mark):
        return
    if not due or report.erased:
        raise Refused(N_("Nothing is asked just now."))
    report.followed = due
    _tell(vault, now, report, kind, text, offices, mark, whom)


def tell_again(vault: Session, now: datetime, report: Report, receipt: Receipt, offices: Sequence[Reader], text: str,
               attempt: str, whom: Named = NOBODY) -> None:
    """Take the reporter's words once more, after the key to them was lost; the clocks start anew with the batch.

    Raises Refused where the words can be read, and when no office has a key yet.
    """
    mark = tag(receipt, attempt.encode())
    if has_tag(vault, report, mark):
        return
    if not report.lost_week or (report.state == "closed" and report.outcome != rules.UNREAD) or report.erased:
        raise Refused(N_("What you said can be read. Nothing has to be told again."))
    _tell(vault, now, report, "told", text, offices, mark, whom)


def _tell(vault: Session, now: datetime, report: Report, kind: str, text: str, offices: Sequence[Reader],
          mark: bytes, whom: Named) -> None:
    to_town = report.to_town and not whom.town and kind != "review"
    readers = [office for office in offices if rules.may_read(to_town, office.reader)]
    if not readers:
        raise Refused(NO_KEY)
    keep_out(vault, report, whom)
    number = next_number(vault, report)
    message = from_reporter(report, number, kind, now, mark, to_town=to_town)
    keep(vault, report, message, seal(report, number, Words(text), (), readers))


def ask_again(vault: Session, now: datetime, report: Report, office: Place, offices: Sequence[Reader],
              periods: rules.Periods) -> None:
    """Ask the reporter of a threat whether anybody took revenge, open case or closed. Raises Refused when not due."""
    due = rules.followups(report, periods, local_day(now))
    if report.erased or due <= max(report.asked_again, report.followed):
        raise Refused(N_("This was asked already, or it is not time yet."))
    readers = [reader for reader in offices if rules.may_read(report.to_town, reader.reader)]
    number = next_number(vault, report)
    message = Message(report_id=report.id, number=number, direction="out", kind="followup", place_id=office.id,
                      week=week_of(now))
    report.asked_again = due
    keep(vault, report, message, seal(report, number, Words(rules.ASK_AGAIN), (), readers))
