"""A spreadsheet on its way in: pasted, mended, put under its period."""

import io
import threading
from datetime import timedelta
from typing import Any

import pytest

from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.disclosures import content, service, uploads
from portal.disclosures.models import Record
from portal.disclosures.periods import Period
from portal.disclosures.wording import capital
from tests.disclosures.book import open_book
from tests.disclosures.conftest import _spent
from tests.factories.places import District
from tests.meanwhile import Meanwhile
from tests.visitor import Official

HEAD = "日期\t支出事由\t金额\t收款方\t经手人\t审批人\n"


def test_pasted_rows_are_looked_at_and_mended_first(official: Any, quarter: Period, ids: dict[str, str]) -> None:
    """Bad cells are shown all at once with their reasons, mended on the page, and only a whole table is saved."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    day, other = period.start.isoformat(), (period.end + timedelta(days=5)).isoformat()
    rows = (
        f"{day}\t老年饭桌补助\t12,160,00\t村老年饭桌\t赵秀兰\t周建民\n"
        f"{other}\t打印费\t35.00\t打印店\t孙海燕\t周建民\n"
        f"{day}\t清淤 13800001234\t36000\t施工队\t高玉海\t周建民\n{day}\t路灯\t50\t电工\t王福林\t周建民\n"
    )
    clerk.get(f"/en/desk/liuhe/open/new/expenses?period={period.key}")
    answer = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": HEAD + rows})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    clerk.get(here)
    assert "3 places to mend" in clerk.text
    assert "Amount of the rows that are right: 50" in clerk.text, "no row with a fault is added up"
    assert "13800001234" not in clerk.text
    assert clerk.post(here, {"act": "save"}).status_code == 422
    mended = {"act": "mend", "cell-1-2": "12,160.00", "cell-2-0": day, "cell-3-1": "渠道清淤"}
    assert clerk.post(here, mended).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text
    answer = clerk.post(here, {"act": "save"})
    assert answer.status_code == 303
    clerk.get(answer.headers["Location"])
    assert "48,245" in clerk.text
    assert clerk.get(here).status_code == 404, "the upload is gone once it is saved"
    assert clerk.get(answer.headers["Location"] + "/edit").status_code == 200


def test_a_table_of_another_quarter_finds_its_quarter(
    official: Any, quarter: Period, stores: Stores, district: District
) -> None:
    """386 rows sent for the wrong quarter: one sentence, the right quarter proposed, one button, and all is well."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = book.today - timedelta(days=365)
        session.add(book.village)
    clerk: Official = official("village_clerk")
    right, wrong = quarter.previous(), quarter
    row = f"{right.start}\t路灯\t50\t电工\t王福林\t周建民\n"
    here = _sent(clerk, wrong, HEAD + row * 386)
    assert "one place to mend" in clerk.text
    assert f"All dates lie in {_english(right)}" in clerk.text
    assert clerk.text.count("is not in") == 0
    assert f"Import as {_english(right)}" in clerk.text
    assert clerk.post(here, {"act": "period"}).status_code == 303
    clerk.get(here)
    assert "386 rows read, all is well" in clerk.text
    answer = clerk.post(here, {"act": "save"})
    assert answer.status_code == 303
    clerk.get(answer.location)
    assert capital(_english(right).removeprefix("the ")).lower() in clerk.text.lower()
    # The quarter is taken now: a second table leads to what is there, and cannot be moved onto it.
    again = _sent(clerk, wrong, HEAD + row)
    assert "Import as" not in clerk.text
    assert f'href="{answer.location}"' in clerk.text
    clerk.post(again, {"act": "period"})
    clerk.get(again)
    assert f"All dates lie in {_english(right)}" in clerk.text


def test_a_table_for_a_draft_keeps_the_drafts_period(
    official: Any, quarter: Period, stores: Stores, district: District
) -> None:
    """Rows sent for a record that is being written are never moved to another period; the page says what is wrong."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(quarter, 1), quarter.key)
    clerk: Official = official("village_clerk")
    row = f"{quarter.previous().start}\t路灯\t50\t电工\t王福林\t周建民\n"
    here = _sent(clerk, quarter, HEAD + row, record=record.id)
    assert "All dates lie in" in clerk.text
    assert "Import as" not in clerk.text
    clerk.post(here, {"act": "period"})
    clerk.get(here)
    assert "All dates lie in" in clerk.text


def _english(period: Period) -> str:
    return f"the {('first', 'second', 'third', 'fourth')[period.number - 1]} quarter of {period.year}"


def _sent(clerk: Official, period: Period, pasted: str, **more: str) -> str:
    """Send a table of spending and look at what was read; return the address of that page."""
    clerk.get("/en/desk/liuhe/open/new/expenses")
    sent = {"period": period.key, "pasted": pasted, **more}
    here = str(clerk.post("/en/desk/liuhe/open/new/expenses/table", sent).location)
    clerk.get(here)
    return here


def test_theirs_to_ours_can_be_changed(official: Any, quarter: Period, ids: dict[str, str]) -> None:
    """A column that was not understood is chosen by hand, before anything is saved."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    rows = f"甲乙丙\t支出事由\t金额\t经手人\t审批人\n{period.start}\t路灯\t50\t王福林\t周建民\n"
    clerk.get(f"/en/desk/liuhe/open/new/expenses?period={period.key}")
    sent = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": rows})
    here = sent.headers["Location"]
    clerk.get(here)
    assert "There is no column for" in clerk.text
    clerk.post(here, {"act": "mend", "map-0": "date"})
    clerk.get(here)
    assert "all is well" in clerk.text


def test_a_table_with_identity_numbers_never_reaches_the_store(
    official: Any, stores: Stores, ids: dict[str, str]
) -> None:
    """Numbers that must not be public are taken out before anything is kept, and the table is refused as it is."""
    clerk: Official = official("village_clerk")
    with open("tests/data/imports/subsidy-with-identity-numbers-gb18030.csv", "rb") as handle:  # noqa: PTH123
        content = handle.read()
    clerk.get("/en/desk/liuhe/open/new/farm-subsidies")
    answer = clerk.post(
        "/en/desk/liuhe/open/new/farm-subsidies/table",
        {"event_date": local_day(utc_now()).isoformat(), "file": (io.BytesIO(content), "补贴.csv")},
    )
    here = answer.headers["Location"]
    clerk.get(here)
    assert "places to mend" in clerk.text
    assert clerk.post(here, {"act": "save"}).status_code == 422
    kept = stores.portal.file.read_bytes() + stores.portal.file.with_suffix(".sqlite-wal").read_bytes()
    words = content.decode("gb18030").replace("\n", ",").split(",")
    numbers = [word for word in words if len(word) == 18 and word.isdigit()]
    assert numbers
    assert not any(number.encode() in kept for number in numbers)
    assert clerk.post(here, {"act": "empty"}).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text


@pytest.mark.parametrize("strange", ["9" * 5000, "٣²", "1\x00\r\n2", "-1", "", "100000000"])
def test_a_table_on_its_way_in_survives_strange_places(official: Any, quarter: Period, strange: str) -> None:
    """A place that no sheet has, in whatever digits, changes nothing; the table stays there to be mended."""
    clerk: Official = official("village_clerk")
    period = quarter.previous()
    row = f"{period.start}\t路灯\t50\t电工\t王福林\t周建民\n"
    clerk.get("/en/desk/liuhe/open/new/expenses")
    here = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": HEAD + row}).location
    clerk.get(here)
    before = clerk.text
    for name in (f"map-{strange}", f"cell-{strange}-0", f"cell-0-{strange}", f"cell-{strange}", f"cell-1-1-{strange}"):
        assert clerk.post(here, {"act": "mend", name: "amount"}).status_code == 303, name[:9]
        clerk.get(here)
        assert clerk.text == before, name[:9]
    assert clerk.post(here, {"act": "mend", "head": strange}).status_code == 303
    assert clerk.get(here).status_code == 200
    assert clerk.post(here, {"act": "mend", "head": "1"}).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text


def test_what_was_begun_for_the_due_period_is_gone_on_with(
    official: Any, stores: Stores, district: District, quarter: Period
) -> None:
    """A draft of the period that is due is led to, never passed over in silence for the next period.

    What waits in other hands is not the clerk's to go on with; a period that is asked for by name is that period.
    """
    first = quarter.previous()
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = first.start
        session.add(book.village)
    clerk: Official = official("village_clerk")
    new = "/en/desk/liuhe/open/new/expenses"
    assert clerk.get(new).status_code == 200
    assert f'<option value="{first.key}" selected>' in clerk.text
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(first, 1), first.key)
    here = f"/en/desk/{district['liuhe'].code}/open/record/{record.id}"
    for asked in (new, f"{new}?period={first.key}"):
        answer = clerk.get(asked)
        assert (answer.status_code, answer.location) == (303, f"{here}/edit?begun=1"), asked
    clerk.get(f"{here}/edit?begun=1")
    assert "was begun already" in clerk.text
    assert clerk.get(f"{new}?period={quarter.key}").status_code == 200, "asked for by name"
    assert f'<option value="{quarter.key}" selected>' in clerk.text
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.forward(session.get_one(Record, record.id), "submitted")
    assert clerk.get(new).status_code == 200
    assert f'<option value="{quarter.key}" selected>' in clerk.text
    assert clerk.get(f"{new}?period={first.key}").location == here, "it is with the committee"
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        service.send_back(session, book.checker, book.now, book.village, session.get_one(Record, record.id), "金额不对")
    assert clerk.get(new).location == f"{here}/edit?begun=1"


def test_nobody_waits_while_a_table_is_read(official: Any, quarter: Period, stores: Stores, ids: dict[str, str],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a large table takes seconds: while it is sent, mended, moved or saved, everybody else can write."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    read, could = uploads.read_sheets, []

    def write() -> None:
        with stores.portal.write():
            could.append(True)

    def slow(*given: Any, **more: Any) -> Any:
        other = threading.Thread(target=write)
        other.start()
        other.join(2)
        could.append(not other.is_alive())
        return read(*given, **more)

    clerk.get("/en/desk/liuhe/open/new/expenses")
    monkeypatch.setattr(uploads, "read_sheets", slow)
    rows = f"{period.start}\t路灯\t50\t电工\t王福林\t周建民\n"
    here = _sent(clerk, period, HEAD + rows)
    for act in ("mend", "period", "save"):
        could.clear()
        assert clerk.post(here, {"act": act, "cell-1-1": "渠道"}).status_code == 303
        assert could
        assert all(could), act


def test_nobody_waits_while_a_table_is_looked_through(official: Any, quarter: Period, stores: Stores,
                                                      ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word is searched for personal numbers again when it is saved and handed in: before the write, once."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    here = _sent(clerk, period, HEAD + f"{period.start}\t路灯\t50\t电工\t王福林\t周建民\n")
    meanwhile = Meanwhile(stores)
    monkeypatch.setattr(content, "_look_through", meanwhile.during(content._look_through))
    saved = clerk.post(here, {"act": "save"})
    assert (saved.status_code, meanwhile.asked) == (303, 1)
    clerk.get(saved.location)
    content._passed.clear()
    assert clerk.post(f"{saved.location}/submit").status_code == 303
    assert meanwhile.asked == 2
