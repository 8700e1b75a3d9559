"""Filing a report and working on it. Every verb takes the vault's session; words are sealed before they rest."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import near
from portal.places.models import Place
from portal.reports import figures, queries, rules
from portal.reports.messages import (
    apart,
    arrives,
    asked_apart,
    commitment,
    from_reporter,
    has_tag,
    keep,
    next_number,
    seal,
    week_of,
    withdraw,
)
from portal.reports.models import Message, Particular, Report, TextSketch
from portal.reports.queries import Reader
from portal.reports.receipts import Receipt, tag
from portal.reports.recusals import NOBODY, Named, is_out, keep_out, named_now
from portal.reports.sealing import Words
from portal.roles import Actor

NO_KEY = N_("The offices above this village have not made their keys yet, so nothing can be sealed for them. "
            "Please tell the town office by word of mouth, or come back later.")
CLOSED = N_("This case is closed.")


@dataclass(frozen=True)
class Filing:
    """What a villager sends: about which village, what kind, the words, photos (clean JPEG), how it came in."""

    village_id: str
    category: str
    words: Words
    photos: tuple[bytes, ...] = ()
    channel: str = "open"
    town_involved: bool = False
    named: Named = NOBODY

    @property
    def to_town(self) -> bool:
        """Tell whether the town gets a copy: not where its people are involved, by kind, as said or as named."""
        return not (rules.BY_KEY[self.category].alone or self.town_involved or self.named.town)


def file_at(vault: Session, now: datetime, filing: Filing, offices: Sequence[Reader], receipt: Receipt,
            sketch_key: bytes) -> bool:
    """Take a report in; return False when this very form had been taken already.

    The same form sent again changes nothing; the same form with other words adds them to the case. Where `offices`
    holds keys that never touch this machine, an office without one gets no copy, and the case is the district's.
    Raises Refused when no office above the village has a key.
    """
    readers = [office for office in offices if rules.may_read(filing.to_town, office.reader)]
    if not readers:
        raise Refused(NO_KEY)
    content = filing.words.as_bytes()
    mark = tag(receipt, content + b"".join(filing.photos))
    known = queries.by_lookup(vault, receipt.lookup)
    if known is not None:
        _add_changed(vault, now, known, filing, readers, mark)
        return False
    category = rules.BY_KEY[filing.category]
    away = any(reader.offline for reader in readers)
    to_town = filing.to_town and (not away or any(reader.reader == "town" for reader in readers))
    report = Report(
        village_id=filing.village_id, lookup=receipt.lookup, reporter_pub=bytes(receipt.key.public_key),
        week=week_of(now), category=category.key, severity=category.severity, channel=filing.channel,
        released=rules.at_once(category.key), to_town=to_town, offline=away, commit_hash=b"", retry_tag=mark,
    )
    bodies = seal(report, 0, filing.words, filing.photos, readers)
    report.commit_hash = commitment(bodies)
    vault.add(report)
    vault.flush()
    opening = Message(report_id=report.id, number=0, direction="in", kind="report", week=report.week,
                      released=report.released)
    keep(vault, report, opening, bodies)
    sketch = figures.SKETCH.pack(*near.sketch(filing.words.text, sketch_key))
    vault.add(TextSketch(report_id=report.id, week=report.week, sketch=sketch))
    keep_out(vault, report, filing.named)
    return True


def _add_changed(vault: Session, now: datetime, report: Report, filing: Filing, readers: Sequence[Reader],
                 mark: bytes) -> None:
    """Add what somebody changed after going back and sending the same form again; once for each change.

    Whoever now says that the town is involved takes the town's copies back: with the batch in which the offices get
    the change, so that nobody learns from a list when it was sent. Nothing gives the town any later.
    """
    if mark == report.retry_tag or report.state == "closed" or has_tag(vault, report, mark):
        return
    to_town = report.to_town and filing.to_town
    readers = [reader for reader in readers if rules.may_read(to_town, reader.reader)]
    if not readers:
        raise Refused(NO_KEY)
    if not to_town and not report.released:
        withdraw(vault, report)  # nobody has seen it yet
    keep_out(vault, report, filing.named)
    number = next_number(vault, report)
    bodies = seal(report, number, filing.words, filing.photos, readers)
    keep(vault, report, from_reporter(report, number, "addition", now, mark, to_town=to_town), bodies)


def release(vault: Session, village_ids: Collection[str]) -> None:
    """Hand over everything that waits, all at once; running it again changes nothing."""
    mine = col(Report.village_id).in_(village_ids)
    new = or_(col(Report.released).is_(False), col(Report.rated) != col(Report.rated_shown))
    for report in vault.exec(select(Report).where(mine, new)).all():
        report.released, report.rated_shown = True, report.rated
        vault.add(report)
    query = select(Message, Report).join(Report, col(Report.id) == col(Message.report_id))
    waiting = vault.exec(query.where(mine, col(Message.released).is_(False))).all()
    for message, report in sorted(waiting, key=lambda each: each[0].number):
        message.released = True
        arrives(vault, report, message)
        vault.add(message)
        vault.add(report)
    named_now(vault, village_ids)


def answer(vault: Session, now: datetime, report: Report, receipt: Receipt, offices: Sequence[Reader], text: str,
           attempt: str, whom: Named = NOBODY) -> None:
    """Add the reporter's answer; the same form sent again changes nothing. Raises Refused once the case is closed.

    An answer that names somebody of the town goes to the district alone.
    """
    if report.state == "closed":
        raise Refused(CLOSED)
    mark = tag(receipt, attempt.encode())
    if has_tag(vault, report, mark):
        return
    to_town = report.to_town and not whom.town and not asked_apart(vault, report)
    readers = [office for office in offices if rules.may_read(to_town, office.reader)]
    if not readers:
        raise Refused(NO_KEY)
    keep_out(vault, report, whom)
    number = next_number(vault, report)
    message = from_reporter(report, number, "reply", now, mark, to_town=to_town)
    keep(vault, report, message, seal(report, number, Words(text), (), readers))


def write_back(vault: Session, now: datetime, report: Report, office: Place, kind: str, text: str,
               offices: Sequence[Reader], attempt: str = "") -> None:
    """Write to the reporter: a `note`, a `question`, why it takes longer (`extended`) or the `result`.

    Sealed to the reporter and to every office that reads the case; the district's notes and questions not for the town
    once the reporter told it something about the town's people. The same form again (`attempt`) changes nothing.
    Raises Refused for a text that asks who they are, and once the case is closed.
    """
    mark = hashlib.sha256(f"{report.id}|{attempt}".encode()).digest() if attempt else None
    if mark is not None and has_tag(vault, report, mark):
        return
    if report.state == "closed":
        raise Refused(CLOSED)
    if rules.asks_who(text):
        raise Refused(N_("Don’t ask who they are, or for a name or a number. Ask about the matter."), field="text")
    past = office.kind == "district" and kind in {"note", "question"} and apart(vault, report)
    readers = [reader for reader in offices if rules.may_read(report.to_town and not past, reader.reader)]
    number = next_number(vault, report)
    message = Message(report_id=report.id, number=number, direction="out", kind=kind, place_id=office.id,
                      week=week_of(now), tag=mark, to_town=not past)
    if not past:  # the town's list would tell it
        report.awaiting = "reporter" if kind == "question" else ""
    keep(vault, report, message, seal(report, number, Words(text), (), readers))


def look(vault: Session, now: datetime, report: Report) -> None:
    """Note that the office in charge has read a report for the first time; later calls change nothing."""
    if report.state == "received":
        report.state, report.looked_week, report.escalated = "looked", week_of(now), ""
        vault.add(report)


def accept(vault: Session, now: datetime, report: Report) -> None:
    """Tell the reporter that the case is taken up. Raises Refused when that is not the next step."""
    if report.state not in {"received", "looked"}:
        raise Refused(N_("This case was accepted already."))
    report.state, report.accepted_week, report.escalated = "accepted", week_of(now), ""
    report.looked_week = report.looked_week or report.accepted_week
    vault.add(report)


def extend(vault: Session, now: datetime, report: Report, office: Place, reason: str,
           offices: Sequence[Reader]) -> None:
    """Take the longer period, once, and tell the reporter why. Raises Refused."""
    if report.state != "accepted" or report.extended_week:
        raise Refused(N_("Only an accepted case can be given more time, and only once."))
    write_back(vault, now, report, office, "extended", reason, offices)
    report.extended_week, report.escalated = week_of(now), ""


def close(vault: Session, now: datetime, actor: Actor, report: Report, office: Place, outcome: str, text: str,
          offices: Sequence[Reader]) -> None:
    """Close a case with its outcome and what was found, told to the reporter. Raises Refused."""
    if outcome not in rules.OUTCOMES:
        raise Refused(N_("Please choose one."), field="outcome")
    write_back(vault, now, report, office, "result", text, offices)
    report.state, report.outcome, report.closed_week = "closed", outcome, week_of(now)
    report.accepted_week = report.accepted_week or report.closed_week
    report.looked_week = report.looked_week or report.accepted_week
    report.closed_by, report.awaiting, report.escalated = actor.person_id, "", ""
    report.rated = report.rated_shown = 0  # a second result is rated anew


def find_particular(vault: Session, now: datetime, actor: Actor, report: Report, office: Place,
                    kind: str) -> Particular:
    """Note that a fact of a report was found in the books or on the spot; a second office's officer makes it count.

    Raises Refused when the same person, or the same office, confirms twice.
    """
    if kind not in rules.PARTICULARS:
        raise Refused(N_("Please choose one."), field="kind")
    if report.erased or report.outcome in {"unfounded", rules.UNREAD}:
        raise Refused(N_("This case has ended without that. A fact that was found since belongs to a new report."),
                      field="kind")
    query = select(Particular).where(Particular.report_id == report.id, Particular.kind == kind)
    row = vault.exec(query).first()
    if row is None:
        row = Particular(report_id=report.id, kind=kind, week=week_of(now), found_by=actor.person_id,
                         found_at=office.id)
    elif row.second_by:
        raise Refused(N_("Two people have confirmed this already."), field="kind")
    elif is_out(vault, report.id, row.found_by):  # who stepped back has found nothing
        row.week, row.found_by, row.found_at = week_of(now), actor.person_id, office.id
    elif actor.person_id == row.found_by or office.id == row.found_at:
        raise Refused(N_("Somebody from another office must confirm this a second time."), field="kind")
    else:
        row.second_by, row.second_at, row.second_week = actor.person_id, office.id, week_of(now)
    vault.add(row)
    return row


def escalate(vault: Session, village_ids: Collection[str], today: date, periods: rules.Periods) -> int:
    """Mark each open case whose clock ran out, once for each clock; return how many were marked."""
    query = select(Report).where(col(Report.village_id).in_(village_ids), Report.state != "closed")
    marked = 0
    for report in vault.exec(query).all():
        clock = rules.running(report, periods)
        if clock and clock.late(today) and report.escalated != clock.kind:
            report.escalated = clock.kind
            vault.add(report)
            marked += 1
    return marked
