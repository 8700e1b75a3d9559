"""`portal import records`, what it says and what it keeps; and what waits for whom at the desk."""

import argparse
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.tables import write_xlsx
from portal.disclosures import service
from portal.disclosures.commands import import_records
from portal.disclosures.content import Content
from portal.disclosures.models import Record, RecordVersion
from portal.disclosures.tasks import tasks
from tests.disclosures.book import open_book
from tests.factories.places import District

IMPORTS = Path("tests/data/imports")


def arguments(file: Path, category: str, period: str | None = None, **more: object) -> argparse.Namespace:
    given = {"village": "liuhe", "dry_run": False, "json": True, **more}
    return argparse.Namespace(file=file, category=category, period=period, **given)


def test_a_whole_file_becomes_a_draft(stores: Stores, district: District, capsys: pytest.CaptureFixture[str]) -> None:
    """Read, kept in the clerk's name, changed when it comes again; a dry run keeps nothing."""
    given = arguments(IMPORTS / "expenses-title-rows.xlsx", "expenses", "2026-Q3")
    assert import_records(argparse.Namespace(**{**vars(given), "dry_run": True}), None, stores) == 0
    with stores.portal.read() as session:
        assert session.exec(select(Record)).all() == []
    for _ in range(2):
        assert import_records(given, None, stores) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["rows"] for one in said] == [40, 40, 40]
    assert said[0]["record"] is None
    assert said[1]["record"] == said[2]["record"]
    with stores.portal.read() as session:
        [version] = session.exec(select(RecordVersion)).all()
        assert (version.row_count, version.amount_fen, version.state) == (40, said[1]["total_fen"], "draft")
        assert version.drafted_by == district.person("village_clerk").id


def test_members_dues_are_kept_apart(stores: Stores, district: District, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each member stays with the members; the public rows are the months."""
    assert import_records(arguments(IMPORTS / "dues-two-line-header.xlsx", "P07", "2026-Q3"), None, stores) == 0
    with stores.portal.read() as session:
        version = session.exec(select(RecordVersion)).one()
        assert len(version.members) == 31
        assert [row["month"] for row in version.rows] == ["2026-07", "2026-08", "2026-09"]
        assert not any("member_name" in row for row in version.rows)


@pytest.mark.parametrize(("file", "category"), [
    ("subsidy-with-identity-numbers-gb18030.csv", "farm-subsidies"), ("contracts-phone-in-remarks.xlsx", "contracts"),
])
def test_personal_numbers_keep_a_file_out(stores: Stores, district: District, capsys: pytest.CaptureFixture[str],
                                          file: str, category: str) -> None:
    """Nothing is kept of a file with personal numbers, and no number is repeated in what is said."""
    assert import_records(arguments(IMPORTS / file, category, json=False), None, stores) == 1
    with stores.portal.read() as session:
        assert session.exec(select(Record)).all() == []
    said = capsys.readouterr()
    assert "must not be made public" in said.err
    assert not any(len(word) > 10 and word.isdigit() for word in (said.out + said.err).split())


def test_wrong_arguments_are_said_in_a_sentence(stores: Stores, district: District, tmp_path: Path) -> None:
    """Unknown categories, villages and periods are told, with what comes nearest."""
    file = tmp_path / "a.xlsx"
    file.write_bytes(write_xlsx(["日期"], [["2026-08-01"]]))
    with pytest.raises(LookupError, match="expenses"):
        import_records(arguments(file, "expences", "2026-Q3"), None, stores)
    with pytest.raises(LookupError, match="no village"):
        import_records(arguments(file, "expenses", "2026-Q3", village="nowhere"), None, stores)
    with pytest.raises(ValueError, match="quarter"):
        import_records(arguments(file, "expenses", "2026"), None, stores)
    assert import_records(arguments(file, "expenses", "2026-Q3", dry_run=True), None, None) == 1


def test_everybody_sees_what_waits_for_them(stores: Stores, district: District) -> None:
    """The clerk what is due, the checker what to check, the secretary what to approve, the town what is late."""
    now = utc_now()
    with stores.portal.write() as session:
        book = open_book(session, district, now)
        book.village.opened_on = local_day(now) - timedelta(days=200)
        session.add(book.village)
        listed = book.subsidies()
        service.object_to(session, now, book.village, listed, "少写了两亩", "k" * 32)
        book.water(upto="submitted")
        checked = book.draft("V25", _veterans(), f"{local_day(now).year}")
        book.forward(checked, upto="checked")
        service.tick(session, now)
    with stores.portal.read() as session:
        def phrases(role: str) -> list[tuple[str, str]]:
            actor = people.actor_of(session, district.person(role), local_day(now))
            return [(task.endpoint, task.detail) for task in tasks(stores, session, actor, now)]

        clerk = phrases("village_clerk")
        assert any(endpoint == "disclosures.new" for endpoint, _ in clerk)
        assert sum("is to check" in detail or "is to approve" in detail for _, detail in clerk) == 2
        assert [detail for _, detail in phrases("supervision")] == [
            "To check before it becomes public.", "Somebody objected. Look into it and answer."]
        assert [detail for _, detail in phrases("secretary")] == ["Checked. Approve it and it is public."]
        assert [endpoint for endpoint, _ in phrases("town_office")] == ["disclosures.calendar"]
        assert phrases("district_finance") == []


def _veterans() -> Content:
    return Content(rows=[{"kind": "烈士家属", "count": "1", "total": "9600.00"}])
