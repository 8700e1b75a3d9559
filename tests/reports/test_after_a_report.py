"""What a report leaves behind in the stores, and what it must not."""

from typing import Any

import pytest
import time_machine
from sqlmodel import select

from portal.config import Config
from portal.core.db import Store, Stores, VaultTable
from portal.reports import queries, receipts, service, voices
from portal.reports.models import Report
from portal.slips import peppers
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, picture, write_to
from tests.visitor import Villager

UNCOUNTED = "The voice slip could not be counted"


@pytest.fixture(autouse=True)
def at_now() -> Any:
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slip(stores: Stores, offices: Offices, config: Config) -> str:
    """A voice slip of the first village."""
    folder, village = peppers.folder_of(config.instance), offices.district["liuhe"]
    return voices.issue(stores, NOW, folder, village, 2026, voices.FEWEST)[0]


def log_of(store: Store) -> int:
    """How many bytes a store's write-ahead log holds."""
    assert store.file is not None
    log = store.file.with_name(store.file.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def send(villager: Villager, **more: object) -> str:
    """Send a report; return the page with its digits."""
    write_to(villager, "liuhe", prefix="/en", **more)
    assert villager.post("/en/v/liuhe/say", {"go": "send"}).status_code == 200
    return villager.text


def test_no_log_tells_which_slip_came_with_which_report(villager: Villager, stores: Stores, slip: str) -> None:
    """Once a report with a slip is in, and once something was added to it, no write-ahead log holds a byte.

    Two logs read side by side would join them. Faults seen: the slips' log that was left; the reports' log, after a
    report or after an answer.
    """
    digits = "".join(each for each in send(villager, voice=slip).split('class="code"')[1].split("</p>")[0]
                     if each.isdigit())
    assert (log_of(stores.booth), log_of(stores.vault)) == (0, 0)
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    villager.post("/en/c", {"go": "answer", "text": "还有一张单子"})
    assert "还有一张单子" in villager.text
    assert log_of(stores.vault) == 0


def test_a_slip_that_was_used_already_does_not_count_and_the_page_says_so(villager: Villager, stores: Stores,
                                                                          slip: str) -> None:
    """The first report of a quarter counts as a voice; the second, with the same slip, arrives, and says it does not.

    Fault seen: a page that thanked for a slip whatever became of it.
    """
    first = send(villager, voice=slip)
    assert UNCOUNTED not in first
    assert "Your voice slip counts this quarter" in first
    second = send(villager, voice=slip, text=STORY + "，还有两张发票")
    assert UNCOUNTED in second
    assert "It was used this quarter" in second
    assert "Your voice slip counts" not in second
    assert UNCOUNTED not in send(villager, text="没有票也能说：路灯坏了一个月")
    with stores.vault.read() as vault:
        assert sorted(vault.exec(select(Report.channel)).all()) == ["open", "open", "voice"]


def test_slip_and_digits_come_from_seeds_of_their_own(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a slip was spent under is no piece of any seed of the digits, and not the form's own number.

    Fault seen: one seed for both, so that the mark on a slip finds the report.
    """
    made, keyed = list[bytes](), receipts._keyed
    monkeypatch.setattr(receipts, "_keyed", lambda *args: made.append(keyed(*args)) or made[-1])
    secret, attempt = config.secrets["receipt"], receipts.new_attempt()
    receipts.derive(secret, receipts.for_attempt(secret, attempt))
    seeds = [each.hex() for each in made]
    assert len(seeds) == 3
    mark = receipts.slip_attempt(secret, attempt)
    assert receipts.is_attempt(mark)
    assert not any(mark in each for each in (*seeds, attempt))


def test_schema_forbidden_columns() -> None:
    """No column of the vault is named or typed for a moment, an address, a device or a name.

    What ends in `_at` is an office, or the pace of wrong guesses, which belongs to nobody's report.
    """
    forbidden = {"time", "moment", "hour", "day", "date", "on", "ip", "ua", "agent", "address", "host", "device",
                 "phone", "mail", "openid", "name", "names", "serial", "slip", "session", "cookie"}
    places = set()
    for table in VaultTable.metadata.tables.values():
        for column in table.columns:
            words, kind = set(column.name.split("_")), str(column.type).upper()
            assert not forbidden & words, f"{table.name}.{column.name}"
            assert "DATE" not in kind, f"{table.name}.{column.name}"
            assert "TIME" not in kind, f"{table.name}.{column.name}"
            places |= {f"{table.name}.{column.name}"} if "at" in words else set()
    assert {"report", "message", "report_body"} <= set(VaultTable.metadata.tables)
    assert places == {"particular.found_at", "particular.second_at", "receipt_pace.next_at"}


def test_a_photo_of_a_later_message_waits_for_its_batch(stores: Stores, file_report: FileAt) -> None:
    """The offices have the case; what the reporter adds, words and photo, they get with the next batch only.

    Fault seen: the photo was given to whoever asked for its number, days before the message.
    """
    form = "a1" * 16
    report, _, _ = file_report(attempt=form)
    file_report(attempt=form, text=STORY + "，补一张照片", photos=(picture(),), released=False)
    with stores.vault.read() as vault:
        for office in ("town", "district"):
            assert len(queries.talk(vault, report.id, office)) == 1
            assert queries.photo(vault, report.id, 1, 1, office) is None
    with stores.vault.write() as vault:
        service.release(vault, [report.village_id])
    with stores.vault.read() as vault:
        assert all(queries.photo(vault, report.id, 1, 1, office) for office in ("town", "district"))


@pytest.mark.parametrize(("code", "category"), [("liuhe", "threat"), ("shiqiao", "money")])
def test_going_back_to_say_something_else_is_another_report(villager: Villager, stores: Stores, offices: Offices,
                                                            code: str, category: str) -> None:
    """Another kind or another village, sent from a page that was sent already: a case and digits of its own.

    Fault seen: a threat told so went into the complaint that was sent before: it waited for the batch, no clock of a
    threat ran, and it was sealed to keys that no page of that case offers to open. Words about another village stood
    in the first one's case.
    """
    sent = []
    write_to(villager, "liuhe")
    form = {**villager.hidden(), "go": "send"}
    for where, kind, text in (("liuhe", "money", STORY), *[(code, category, "昨晚有人砸窗户")] * 2):
        form.update({"category": kind, "text": text})
        assert villager.client.post(f"/v/{where}/say", data=form).status_code == 200
        with stores.vault.read() as vault:
            sent.append({(row.village_id, row.category, row.released) for row in vault.exec(select(Report)).all()})
    first = (offices.district["liuhe"].id, "money", False)
    assert sent[0] == {first}
    assert sent[1] == sent[2] == {first, (offices.district[code].id, category, category == "threat")}
