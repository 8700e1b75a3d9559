"""`portal import records`: reads a spreadsheet as one category, and makes a draft of it where it is whole."""

import argparse
import json
import sys
from datetime import date, datetime

from sqlmodel import Session

from portal.accounts import queries as people
from portal.config import Config
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.disclosures import service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.deadlines import period_kind
from portal.disclosures.drafting import content_of, version_of
from portal.disclosures.entries import Item
from portal.disclosures.importing import as_json, public_rows_from_members, read_file
from portal.disclosures.models import Record
from portal.disclosures.periods import OF_CYCLE, Period
from portal.disclosures.reading import Reading
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Role

SHOWN = 60


def import_records(args: argparse.Namespace, _settings: Config | None, stores: Stores | None) -> int:
    """Read `args.file` as `args.category`; 0 only if it is whole. With stores and no `dry_run`, keep a draft.

    Prints one JSON object with `args.json` (see `importing.as_json`, and `record`, the draft's id or None), else
    lines. Raises LookupError for an unknown village or category, ValueError for a wrong period, Refused for a
    file that is no table.
    """
    item = _item(args.category)
    period = _period(item, args.period)
    content = args.file.read_bytes()
    if stores is not None:
        with stores.portal.read() as session:
            _village(session, args.village)
    reading = read_file(args.file.name, content, item, period)
    record: str | None = None
    refusal = ""
    if reading.whole and stores is not None and not args.dry_run:
        try:
            with stores.portal.write() as session:
                record = keep(session, utc_now(), _village(session, args.village), reading, period, args.period).id
        except Refused as error:
            refusal = str(error)
    if args.json:
        _out(json.dumps({**as_json(reading), "record": record, "refused": refusal or None}, ensure_ascii=False))
    else:
        _say(reading, record, refusal)
    return 0 if reading.whole and not refusal else 1


def _item(name: str) -> Item:
    try:
        return catalogue().find(name)
    except KeyError as error:
        raise LookupError(str(error.args[0])) from error


def _period(item: Item, text: str | None) -> Period | None:
    """Return the period asked for. ValueError where the item needs one of another kind."""
    period = Period.parse(text) if text else None
    if item.periodic and (period is None or not period_kind(item, period)):
        message = f"{item.slug} is published {item.cycle}: give --period as a {OF_CYCLE[item.cycle]}"
        raise ValueError(message)
    return period


def _village(session: Session, code: str) -> Place:
    village = places.by_code(session, code)
    if village is None or village.kind != "village":
        message = f"there is no village {code}"
        raise LookupError(message)
    return village


def keep(session: Session, now: datetime, village: Place, reading: Reading, period: Period | None,
         asked: str | None = None) -> Record:
    """Make a draft of a whole reading in the name of the village's clerk; one that is there already is changed.

    Raises LookupError when the village has no clerk, Refused when what is there cannot be changed any more.
    """
    clerk = people.holder(session, village.id, Role.VILLAGE_CLERK, local_day(now))
    if clerk is None:
        message = f"{village.code} has no clerk who could answer for a draft"
        raise LookupError(message)
    actor, item = people.actor_of(session, clerk, local_day(now)), reading.item
    content = content_from(reading, period, _event_day(item, period, asked, now))
    if item.periodic and period is not None:
        there = service.find(session, village, item, period)
        if there is not None:
            before = content_of(version_of(session, there))
            service.amend(session, actor, now, village, there,
                          Content(content.values, content.rows, content.members, before.title, before.summary,
                                  before.decision, before.event_date))
            return there
    return service.draft(session, actor, now, village, item, period if item.periodic else None, content)


def _event_day(item: Item, period: Period | None, asked: str | None, now: datetime) -> date | None:
    if item.cycle != "event":
        return None
    return period.end if period and asked and period.end < local_day(now) else local_day(now)


def content_from(reading: Reading, period: Period | None, day: date | None) -> Content:
    """Return what a whole reading says. Raises Refused where the category takes one row and there are more."""
    rows = [dict(row.values) for row in reading.rows]
    members: list[dict[str, str]] = []
    if reading.members:
        members, rows = rows, public_rows_from_members(reading.member_rows, period)
    if reading.item.shape == "table":
        return Content({}, rows, members, event_date=day)
    if len(rows) != 1:
        raise Refused(service.ONE_ROW)
    return Content(rows[0], event_date=day)


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")


def _err(line: str) -> None:
    sys.stderr.write(line + "\n")


def _say(reading: Reading, record: str | None, refusal: str) -> None:
    _out(f"{reading.file}: {len(reading.rows)} rows" + (
        f", {reading.total_fen / 100:,.2f} yuan" if reading.total_fen is not None else ""))
    for column in reading.columns:
        _out(f"  {column.letter} {column.theirs} -> {column.ours or 'not used'}")
    for error in reading.errors[:SHOWN]:
        where = ", ".join(part for part in (error.sheet, f"row {error.row}" if error.row else "", error.column) if part)
        hint = f" (is it {error.suggestion}?)" if error.suggestion else ""
        _err(f"{where}: {error.reason()}{hint}")
    if len(reading.errors) > SHOWN:
        _err(f"and {len(reading.errors) - SHOWN} more; --json tells all")
    if refusal:
        _err(refusal)
    if record:
        _out(f"Draft {record} is ready for the clerk to look at and hand in.")
