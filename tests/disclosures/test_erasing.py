"""What the law wants gone is gone from the page too, and the record and the log still fit."""

from pathlib import Path
from typing import Any

from sqlmodel import col, select

from portal import keeping
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.disclosures import service
from portal.disclosures.content import Content
from portal.disclosures.models import Attachment, RecordVersion
from portal.log import verify
from portal.log.models import LogEntry
from tests.disclosures.book import HOUSEHOLDS, open_book
from tests.disclosures.test_pages import picture
from tests.factories.places import District
from tests.visitor import Villager


def erase(stores: Stores, district: District, kind: str) -> list[str]:
    """Erase the newest entry of a kind in the village's log, as two officials do; return what they are told."""
    with stores.portal.write() as session:
        query = select(LogEntry).where(LogEntry.unit == district["liuhe"].unit, LogEntry.kind == kind)
        entry = session.exec(query.order_by(col(LogEntry.seq).desc()).limit(1)).one()
        people = district.person("town_office").id, district.person("town_discipline").id
        return keeping.erase_entry(session, utc_now(), entry.unit, entry.seq, "minor", people)


def test_the_words_and_papers_of_an_erased_entry_leave_the_page(stores: Stores, district: District, villager: Villager,
                                                                official: Any, tmp_path: Path) -> None:
    """Title, rows, photo and search forget the child; the page says so, other versions are named, the log verifies."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        content = Content(rows=[dict(row) for row in HOUSEHOLDS], event_date=book.today, title="孤儿小明的救助")
        record = book.draft("V19", content)
        paper = service.attach(session, book.clerk, book.now, book.village, record, "小明.jpg", picture())
        book.forward(record)
        here, file, digest = f"/en/v/liuhe/open/farm-subsidies/{record.id}", paper.id, paper.digest.encode()
    assert "孤儿小明" in villager.get(here).get_data(as_text=True)
    told = "\n".join(erase(stores, district, "record:published"))
    assert "lost its words, figures and papers" in told
    assert "Still public" not in told
    page = villager.get(here).get_data(as_text=True)
    assert "小明" not in page
    assert "王" not in page.partition("<main")[2].partition("Who wrote it")[0]
    assert "What stood here was taken off" in page
    assert villager.get(f"{here}/file/{file}").status_code == 404
    for other in ("open", "open/farm-subsidies", "search?q=小明", "search?q=三组"):
        assert "孤儿小明" not in villager.get(f"/en/v/liuhe/{other}").get_data(as_text=True)
    clerk = official("village_clerk")
    assert "小明" not in clerk.get(f"/desk/liuhe/open/record/{record.id}").get_data(as_text=True)
    with stores.portal.read() as session:
        version = session.exec(select(RecordVersion).where(RecordVersion.record_id == record.id)).one()
        assert (version.rows, version.salt, bool(version.content_hash)) == ([], "", True)
        assert session.exec(select(Attachment)).all() == []
    assert verify.verify_store(stores, keeping.SHOWN) == []
    stores.portal.empty_log()
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("portal.sqlite*"))
    assert files
    assert not [trace for trace in ("孤儿小明".encode(), "小明.jpg".encode(), digest) if trace in files]
    clerk.get(f"/en/desk/liuhe/open/record/{record.id}")
    begun = clerk.post(f"/en/desk/liuhe/open/record/{record.id}/correct", {"reason": "names were left out"})
    assert begun.status_code == 303, "the village writes it anew, without the child"
    assert clerk.get(begun.location).status_code == 200


def test_an_entry_without_words_says_that_the_page_keeps_them(stores: Stores, district: District,
                                                              villager: Villager) -> None:
    """Nobody believes that more went than did; of a corrected record the other versions are named."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        content = Content(rows=[dict(row) for row in HOUSEHOLDS], event_date=book.today, title="补贴")
        record = book.forward(book.draft("V19", content))
        service.correct(session, book.clerk, book.now, book.village, record, "漏了一户", content)
        book.forward(record)
    assert "version 1" in "\n".join(erase(stores, district, "record:corrected"))
    with stores.portal.write() as session:
        service.tick(session, book.later(30).now)
    told = "\n".join(erase(stores, district, "record:effective"))
    assert "Nothing else was touched" in told
    assert "补贴" in villager.get(f"/v/liuhe/open/farm-subsidies/{record.id}?version=1").get_data(as_text=True)
