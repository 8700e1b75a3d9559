"""Offices get what came in only in batches, and nothing in a batch tells when it came."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal.core.clock import SHANGHAI
from portal.core.db import Stores
from portal.reports import clocks, moments, queries, receipts, service
from portal.reports.models import Message, Report, ReportBatch
from portal.reports.tasks import tasks
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, write_to
from tests.visitor import Villager

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def seen(stores: Stores, offices: Offices, kind: str = "town") -> list[str]:
    """Return the ids in an office's list."""
    villages = [offices.district[short].id for short in ("liuhe", "shiqiao", "dongling")]
    with stores.vault.read() as vault:
        return [report.id for report in queries.inbox(vault, villages, kind)]


def test_release_batches(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Nothing is seen before Thursday ten; then all of it is, in an order that tells nothing of arrival."""
    clocks.tick(stores, MONDAY)
    arrived = [file_report("liuhe", text=f"{STORY}，第 {number} 件", now=MONDAY + number * HOUR, released=False)[0]
               for number in range(1, 13)]
    for early in (MONDAY + 12 * HOUR, MONDAY + 24 * HOUR, THURSDAY - MINUTE):
        clocks.tick(stores, early)
        assert seen(stores, offices) == []
        assert seen(stores, offices, "district") == []
        with stores.portal.read() as session:
            assert not [line for line in tasks(stores, session, offices.actor("qingxi"), early) if "New" in line.phrase]
    with stores.vault.read() as vault:
        assert queries.one(vault, arrived[0].id, [arrived[0].village_id], "district") is None
        assert queries.talk(vault, arrived[0].id, "town") == []
    clocks.tick(stores, THURSDAY)
    ids = [report.id for report in arrived]
    assert seen(stores, offices) == sorted(ids)
    assert ids != sorted(ids), "ids are random"
    later, _, _ = file_report("liuhe", now=THURSDAY + HOUR, released=False)
    clocks.tick(stores, THURSDAY + 2 * HOUR)
    assert later.id not in seen(stores, offices)
    clocks.tick(stores, MONDAY + timedelta(days=7))
    assert later.id in seen(stores, offices)


def test_nothing_kept_tells_when_a_report_came(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Two reports of one week, before and after a batch, leave rows that differ in nothing but chance and words."""
    clocks.tick(stores, MONDAY)
    one, _, _ = file_report(now=MONDAY + HOUR, released=False)
    clocks.tick(stores, THURSDAY)
    other, _, _ = file_report(now=THURSDAY + HOUR, released=False)
    clocks.tick(stores, MONDAY + timedelta(days=7))
    random = {"id", "lookup", "reporter_pub", "commit_hash", "retry_tag"}
    with stores.vault.read() as vault:
        rows = [vault.get(Report, report.id).model_dump(exclude=random) for report in (one, other)]
        talks = [vault.exec(select(Message).where(Message.report_id == report.id)).one() for report in (one, other)]
    assert rows[0] == rows[1]
    assert talks[0].model_dump(exclude={"report_id"}) == talks[1].model_dump(exclude={"report_id"})
    with stores.portal.read() as session:
        kept = session.get(ReportBatch, offices.district["qingxi"].id)
        assert kept.batch == MONDAY + timedelta(days=7), "the moment of the setting, not of the run"


def test_a_late_run_keeps_only_the_moment_of_the_setting(stores: Stores, offices: Offices) -> None:
    """A machine that wakes up late hands over then; what it keeps is Thursday ten."""
    clocks.tick(stores, THURSDAY + 5 * HOUR + MINUTE)
    with stores.portal.read() as session:
        assert session.get(ReportBatch, offices.district["qingxi"].id).batch == THURSDAY


def test_an_answer_waits_for_the_batch_too(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """When somebody is awake and writing back is nobody's business either."""
    report, receipt, _ = file_report()
    town, readers = offices.district["qingxi"], offices.readers("liuhe")
    with stores.vault.write() as vault:
        service.write_back(vault, NOW, vault.get(Report, report.id), town, "question", "是哪几天", readers)
    clocks.tick(stores, NOW)
    with stores.vault.write() as vault:
        service.answer(vault, NOW, vault.get(Report, report.id), receipt, readers, "初五", receipts.new_attempt())
    with stores.vault.read() as vault:
        assert vault.get(Report, report.id).awaiting == "reporter"
        assert len(queries.talk(vault, report.id, "town")) == 2
        assert len(queries.talk(vault, report.id, "reporter")) == 3
    clocks.tick(stores, THURSDAY)
    with stores.vault.read() as vault:
        assert vault.get(Report, report.id).awaiting == "office"
        assert len(queries.talk(vault, report.id, "town")) == 3


def test_danger_reaches_the_offices_at_once_and_110_comes_first(stores: Stores, offices: Offices, villager: Villager,
                                                              file_report: FileAt) -> None:
    """A threat can't wait for Thursday; the page says first whom to call."""
    threat, _, _ = file_report(category="threat", released=False)
    assert seen(stores, offices) == [threat.id]
    write_to(villager, "liuhe", category="threat", text="")
    assert "tel:110" in villager.text
    write_to(villager, "liuhe", text="")
    assert "tel:110" not in villager.text


def test_a_setting_that_names_no_moment_is_refused() -> None:
    """Reports that are never handed over would be lost quietly."""
    for texts in ([], ["someday 10:00"], ["mon 25:00"]):
        with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's
            moments.read(texts)


def test_messages_stand_in_their_order(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Numbers of messages run within a case only."""
    report, receipt, _ = file_report()
    other, _, _ = file_report(text="另外一件事，说的是土地")
    with stores.vault.write() as vault:
        service.answer(vault, NOW, vault.get(Report, report.id), receipt, offices.readers("liuhe"), "再说一句",
                       "b" * 32)
    with stores.vault.read() as vault:
        numbers = [(message.report_id, message.number) for message in vault.exec(select(Message)).all()]
    assert sorted(numbers) == sorted([(report.id, 0), (report.id, 1), (other.id, 0)])
