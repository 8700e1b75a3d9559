"""What has had its time is gone from the disk; what was counted stays counted."""

from datetime import timedelta

from sqlmodel import select

from portal.core.clock import add_weeks, local_day
from portal.core.db import Stores
from portal.reports import access, clocks, figures, queries, receipts, requests, retention, service
from portal.reports.models import Message, Report, ReportBody, Request, TextSketch
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices

WEEK = service.week_of(NOW)
TALES = ("三组的路灯坏了一个多月没人修", "低保名单里有两户在城里买了房", "河滩地租给了外村人没有公告",
         "开证明跑了五趟都没办成")


def on_disk(stores: Stores, needles: list[bytes]) -> int:
    """Count which of some bytes stand anywhere in the vault's files."""
    held = b"".join(path.read_bytes() for path in stores.vault.file.parent.glob("vault.sqlite*"))
    return sum(needle in held for needle in needles)


def traces(stores: Stores, report_ids: list[str]) -> list[bytes]:
    """Return pieces of all that must go: the middle and the ends of sealed bodies, sketches, lookups, tags."""
    with stores.vault.read() as vault:
        bodies = vault.exec(select(ReportBody.sealed).where(ReportBody.report_id.in_(report_ids))).all()
        sketches = vault.exec(select(TextSketch.sketch).where(TextSketch.report_id.in_(report_ids))).all()
        reports = vault.exec(select(Report).where(Report.id.in_(report_ids))).all()
        tags = vault.exec(select(Message.tag).where(Message.report_id.in_(report_ids))).all()
    pieces = [sealed[at:at + 24] for sealed in bodies for at in (0, len(sealed) // 2, len(sealed) - 24)]
    pieces += [report.lookup for report in reports] + [report.reporter_pub for report in reports]
    return pieces + [sketch[:24] for sketch in sketches] + [tag for tag in tags if tag]


def close(stores: Stores, offices: Offices, report: Report, receipt: receipts.Receipt) -> None:
    """Talk a little, then close the case."""
    readers, town = offices.readers("liuhe"), offices.district["qingxi"]
    with stores.vault.write() as vault:
        row = vault.get(Report, report.id)
        service.answer(vault, NOW, row, receipt, readers, "还有一件", receipts.new_attempt())
        service.close(vault, NOW, offices.actor("qingxi"), row, town, "founded", "查过了，已经改正", readers)


def test_retention(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Past its period a case's bodies, messages and sketches are in no file, log or free page; counts are the same."""
    filed = [file_report(text=f"{TALES[number % 4]}，{number}", category="manner", photos=(b"\xff" * 9000,))
             for number in range(8)]
    filed.append(file_report(channel="voice"))
    kept, _, _ = file_report(text=STORY)
    town, village = offices.district["qingxi"], kept.village_id
    with stores.vault.write() as vault:
        service.find_particular(vault, NOW, offices.actor("qingxi"), vault.get(Report, filed[0][0].id), town, "ledger")
    for report, receipt, _ in filed:
        close(stores, offices, report, receipt)
    ids = [report.id for report, _, _ in filed]
    gone, stays = traces(stores, ids), traces(stores, [kept.id])
    assert on_disk(stores, gone) == len(gone)
    with stores.vault.read() as vault:
        before = figures.weeks(vault, [village], add_weeks(WEEK, -1), WEEK)
    period = timedelta(days=730)
    clocks.tick(stores, NOW + period)
    assert on_disk(stores, gone) == len(gone) - 9, "only the sketches are gone: the period runs from the week's end"
    clocks.tick(stores, NOW + period + timedelta(days=7))
    assert on_disk(stores, gone) == 0
    assert on_disk(stores, stays) == len(stays) - 1, "an open case keeps all but its sketch"
    with stores.vault.read() as vault:
        assert figures.weeks(vault, [village], add_weeks(WEEK, -1), WEEK) == before
        assert before[village][1].open_rest == 5, "four tales and the one about the canal"
        assert all(vault.get(Report, report_id).erased for report_id in ids)
        assert queries.by_lookup(vault, filed[0][1].lookup) is None
        assert len(queries.talk(vault, kept.id, "reporter")) == 1
    with stores.portal.read() as session:
        assert [(row.cases, place.id) for row, place in access.erasures(session, "/")] == [(9, town.id)]


def test_what_a_village_was_asked_goes_with_its_case(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """The officer's summary and the clerk's answer are gone from the disk; what was published stays, led back nowhere.

    Fault seen: both stood in the store for ever, beside the number of a case of which nothing else was left.
    """
    town, village = offices.district["qingxi"], offices.district["liuhe"]
    filed = [file_report(text=text, category="services") for text in TALES[:2]]
    told = ("SUMMARY-OF-ONE-LAMP", "SUMMARY-IN-PUBLIC")
    with stores.portal.write() as session:
        for (report, _, _), words in zip(filed, told, strict=True):
            request = requests.ask(session, NOW, village, town, report, words)
            session.flush()
            requests.answer(session, offices.actor("qingxi"), NOW, village, request.id, "ANSWER-" + words)
        requests.publish(session, NOW, village, request)
    for report, receipt, _ in filed:
        close(stores, offices, report, receipt)
    with stores.vault.write() as vault:
        service.release(vault, [village.id])
    clocks.tick(stores, NOW + timedelta(days=737))
    with stores.portal.read() as session:
        [left] = session.exec(select(Request)).all()
    assert (left.summary, left.report_id) == (told[1], "")
    held = b"".join(path.read_bytes() for path in stores.portal.file.parent.glob("portal.sqlite*"))
    assert told[0].encode() not in held


def test_sketches_go_after_half_a_year(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """The sketch goes after 26 weeks, the words stay; ten pasted copies still count as one."""
    filed = [file_report(text=f"{STORY}。{number}")[0] for number in range(10)]
    with stores.vault.read() as vault:
        before = figures.weeks(vault, [filed[0].village_id], WEEK, WEEK)
        needles = [row.sketch[:24] for row in vault.exec(select(TextSketch)).all()]
    clocks.tick(stores, NOW + timedelta(weeks=26))
    assert on_disk(stores, needles) > 0
    clocks.tick(stores, NOW + timedelta(weeks=27))
    assert on_disk(stores, needles) == 0
    with stores.vault.read() as vault:
        assert figures.weeks(vault, [filed[0].village_id], WEEK, WEEK) == before
        assert before[filed[0].village_id][0].open_rest == 1
        assert len(vault.exec(select(ReportBody)).all()) == 30


def test_a_case_is_not_erased_while_a_message_waits(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """However long ago a case closed: what its reporter wrote and no office has seen yet keeps it, until the batch.

    Fault seen: the answer to a closed case went with the case, unread.
    """
    report, receipt, _ = file_report()
    close(stores, offices, report, receipt)  # with an answer that waits
    late = local_day(NOW) + timedelta(days=1000)

    def erase() -> int:
        with stores.vault.write() as vault:
            return retention.erase_closed(vault, [report.village_id], late, 730)

    assert erase() == 0
    with stores.vault.read() as vault:
        assert len(queries.talk(vault, report.id, "reporter")) == 3
    with stores.vault.write() as vault:
        service.release(vault, [report.village_id])
    assert erase() == 1


def test_a_reader_in_the_way_only_delays_it(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """While somebody reads, the log can't be emptied; the next run does it."""
    report, _, _ = file_report()
    with stores.vault.reader() as vault:
        vault.get(Report, report.id)
        file_report(text=TALES[0])
        assert not stores.vault.empty_log()
    assert stores.vault.empty_log()
