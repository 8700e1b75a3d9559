"""The reporter has the last word on a result, once; and is asked whether anybody took revenge."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from portal.core.clock import iso_week, local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.digests import queries as digests
from portal.places import queries as places
from portal.reports import afterwards, clocks, queries, receipts, rules, service
from portal.reports.models import Report, ReportBody
from portal.reports.tasks import tasks
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Villager

REASON = "八月初五那天我在，没见人来量"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def close(stores: Stores, offices: Offices, report: Report, now=NOW) -> None:
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        service.accept(vault, now, row) if row.state in {"received", "looked"} else None
        service.close(vault, now, offices.actor("qingxi"), row, offices.district["qingxi"], "unfounded", "查过，没有",
                      offices.readers("liuhe"))


def lines(stores: Stores, offices: Offices, short: str, words: str, now=NOW) -> list[int]:
    with stores.portal.read() as session:
        return [line.params["number"] for line in tasks(stores, session, offices.actor(short), now)
                if words in line.phrase]


def row(stores: Stores, report: Report) -> Report:
    with stores.vault.read() as vault:
        return vault.get(Report, report.id)


def digest_number(stores: Stores, offices: Offices, now) -> int:
    with stores.portal.read() as session:
        town = offices.district["qingxi"]
        assert digests.gather(stores, session, now, town)["counts"]["disputed"] == "0-4"  # told in bands
        ids = [village.id for village in places.villages(session, town.path)]
        return digests._reports(stores, session, town, ids, now)[2]


def test_a_rating_reaches_the_district_with_the_batch(villager: Villager, stores: Stores, offices: Offices,
                                                     file_report: FileAt) -> None:
    """Not content: the district's line and the digest's number say so from the next batch on, for two months."""
    clocks.tick(stores, NOW)
    report, _, digits = file_report()
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert 'value="rate"' not in villager.text
    close(stores, offices, report)
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert villager.post("/en/c", {"go": "rate", "rating": "7"}).status_code == 422
    assert villager.post("/en/c", {"go": "rate", "rating": "1"}).status_code == 200
    assert row(stores, report).rated == 1
    assert lines(stores, offices, "district", "disputes") == []
    assert digest_number(stores, offices, NOW) == 0
    thursday = NOW + DAY
    clocks.tick(stores, thursday)
    assert lines(stores, offices, "district", "disputes", thursday) == [1]
    assert digest_number(stores, offices, thursday) == 1
    assert lines(stores, offices, "district", "disputes", NOW + 80 * DAY) == []


def test_a_case_is_reopened_once_with_a_reason(villager: Villager, official, stores: Stores, offices: Offices,
                                               file_report: FileAt) -> None:
    """The second look starts with the batch, has its own clock, shows at both offices, and can't be asked for twice."""
    clocks.tick(stores, NOW)
    report, receipt, digits = file_report(now=NOW - 30 * DAY)
    close(stores, offices, report)
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert villager.post("/c", {"go": "reopen", "reason": ""}).status_code == 422
    form = villager.hidden()
    for _ in range(2):
        assert villager.post("/c", {**form, "go": "reopen", "reason": REASON}).status_code == 200
    assert REASON in villager.text
    assert "会再查一次" in villager.text
    assert "您请求再查一次" in villager.text
    assert 'value="rate"' not in villager.text, "of what is looked at again nobody is asked whether it was good"
    assert 'value="reopen"' not in villager.text
    assert row(stores, report).state == "closed", "nobody at a desk sees when the villager wrote"
    thursday = NOW + DAY
    clocks.tick(stores, thursday)
    again = row(stores, report)
    assert (again.state, again.outcome, again.reopened, again.awaiting) == ("accepted", "", True, "office")
    with stores.portal.read() as session:
        periods = clocks.periods(session, offices.district["qingxi"], NOW)
    assert rules.running(again, periods).due > local_day(NOW) + 59 * DAY
    assert lines(stores, offices, "district", "disputes", thursday) == [1]
    assert digest_number(stores, offices, thursday) == 1
    close(stores, offices, report, thursday)
    with stores.vault.write() as vault, pytest.raises(Refused):
        afterwards.reopen(vault, thursday, vault.get(Report, report.id), receipt, offices.readers("liuhe"), REASON,
                          receipts.new_attempt())
    assert lines(stores, offices, "district", "disputes", thursday) == []


def test_reopening_has_its_time(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Two months after the week of the result it is too late; before the result there is nothing to reopen."""
    report, receipt, _ = file_report()
    last = NOW + timedelta(days=65)

    def reopen(now) -> None:
        with stores.vault.write() as vault:
            afterwards.reopen(vault, now, vault.get(Report, report.id), receipt, offices.readers("liuhe"), REASON,
                              receipts.new_attempt())

    with pytest.raises(Refused):
        reopen(NOW)
    with stores.vault.write() as vault, pytest.raises(Refused):
        afterwards.rate(vault, vault.get(Report, report.id), 3)
    close(stores, offices, report)
    with pytest.raises(Refused):
        reopen(last + DAY)
    reopen(last)


def test_revenge_is_asked_about_twice(villager: Villager, official, stores: Stores, offices: Offices,
                                      file_report: FileAt) -> None:
    """30 and 90 days after a threat the page and the desk ask; "it happened again" opens a closed case at once."""
    report, _, digits = file_report(category="threat", now=NOW - 31 * DAY)
    other, _, _ = file_report(now=NOW - 31 * DAY)
    close(stores, offices, report)
    assert lines(stores, offices, "qingxi", "revenge") == [1]
    assert lines(stores, offices, "district", "revenge") == []
    town = official("town_discipline")
    path = f"/desk/qingxi/reports/{report.id}"
    town.get(path)
    assert town.post(path, {"act": "ask"}).status_code == 303
    assert town.post(path, {"act": "ask"}).status_code == 422
    assert town.post(f"/desk/qingxi/reports/{other.id}", {"act": "ask"}).status_code == 422
    assert lines(stores, offices, "qingxi", "revenge") == []
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert "Has anybody threatened you" in villager.text
    assert villager.post("/en/c", {"go": "since", "since": "quiet"}).status_code == 200
    assert 'value="since"' not in villager.text
    assert row(stores, report).state == "closed"
    with time_machine.travel(NOW + 60 * DAY, tick=False):
        assert lines(stores, offices, "qingxi", "revenge", NOW + 60 * DAY) == [1]
        villager.get("/en/c")
        villager.post("/en/c", {"receipt": digits})
        assert villager.post("/en/c", {"go": "since", "since": "again", "happened": "又有人来"}).status_code == 200
    after = row(stores, report)
    assert (after.state, after.awaiting, after.followed, after.reopened) == ("accepted", "office", 2, False)
    assert lines(stores, offices, "qingxi", "revenge", NOW + 200 * DAY) == []


def test_only_a_threat_is_asked_about(villager: Villager, offices: Offices, file_report: FileAt) -> None:
    """Whoever wrote about the accounts is not asked about revenge, and can't slip such an answer in."""
    _, _, digits = file_report(now=NOW - 100 * DAY)
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert 'value="since"' not in villager.text
    assert villager.post("/c", {"go": "since", "since": "again"}).status_code == 422


def test_the_page_says_that_it_will_ask(villager: Villager, offices: Offices) -> None:
    """Whoever tells of a threat learns beforehand that the page asks again, and when."""
    villager.get("/en/v/liuhe/say")
    villager.post("/en/v/liuhe/say", {"category": "threat", "go": "write"})
    assert "After 30, 90 days" in villager.text


def test_a_result_told_twice_is_rated_twice(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """A second result starts without the first one's rating."""
    report, receipt, _ = file_report()
    close(stores, offices, report)
    with stores.vault.write() as vault:
        found = vault.get(Report, report.id)
        afterwards.rate(vault, found, 1)
        afterwards.reopen(vault, NOW, found, receipt, offices.readers("liuhe"), REASON, receipts.new_attempt())
        service.release(vault, [report.village_id])
        assert (found.rated, found.rated_shown) == (1, 1)
    close(stores, offices, report)
    assert (row(stores, report).rated, row(stores, report).rated_shown) == (0, 0)
    with stores.vault.read() as vault:
        kinds = [line.message.kind for line in queries.talk(vault, report.id, "district")]
    assert kinds == ["report", "result", "reopened", "result"]


def test_the_district_decides_after_the_town_s_second_result(villager: Villager, official, stores: Stores,
                                                             offices: Offices, file_report: FileAt) -> None:
    """Asked once, with a reason; from the batch on the town has the case no more, and a month's clock runs."""
    clocks.tick(stores, NOW)
    report, receipt, digits = file_report(now=NOW - 30 * DAY)
    close(stores, offices, report)
    with stores.vault.write() as vault:
        afterwards.reopen(vault, NOW, vault.get(Report, report.id), receipt, offices.readers("liuhe"), REASON,
                          "ab" * 16)
    with pytest.raises(Refused, match="second result"), stores.vault.write() as vault:
        afterwards.review(vault, NOW, vault.get(Report, report.id), receipt, offices.readers("liuhe"), REASON,
                          "cd" * 16)
    clocks.tick(stores, NOW + DAY)
    close(stores, offices, report)
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    assert "let the district decide" in villager.text
    form = villager.hidden()
    for _ in range(2):
        assert villager.post("/en/c", {**form, "go": "review", "grounds": REASON}).status_code == 200
    assert 'value="review"' not in villager.text
    assert "You asked the district to decide: handed over on" in villager.text
    assert "looked at again" not in villager.text.replace("asks to look at it again", "")
    assert row(stores, report).to_town, "nothing changes before the batch"
    clocks.tick(stores, NOW + 8 * DAY)
    found = row(stores, report)
    assert (found.state, found.reviewed, found.to_town, found.awaiting) == ("accepted", True, False, "office")
    with stores.vault.read() as vault:
        assert {body.reader for body in vault.exec(select(ReportBody).where(ReportBody.report_id == report.id))} == {
            "district", "reporter"}
        assert not [each for each in queries.inbox(vault, [report.village_id], "town") if each.id == report.id]
    with stores.portal.read() as session:
        periods = clocks.periods(session, offices.district["liuhe"], NOW)
    days = rules.due_days(found, periods)
    assert days["answer"] - rules.begins(found.reopened_week, periods, found.severity) == 30 * DAY
    assert found.reopened_week == iso_week(local_day(NOW))
