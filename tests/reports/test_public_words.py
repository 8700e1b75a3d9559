"""What a village's people read around their reports: the band of a month, warnings, the way out."""

from datetime import UTC, datetime

import pytest
import time_machine

from portal.core.db import Stores
from portal.reports import figures, service
from portal.reports.models import Report
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Villager


def test_counts_are_told_by_the_month_late_and_in_bands(villager: Villager, stores: Stores, offices: Offices,
                                                       file_report: FileAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some reports of October are "0 to 6" from 15 November on, as none would be; the seventh moves the band."""
    monkeypatch.setattr(figures, "shift", lambda *_whose: 2)
    for at in range(7):
        report, _receipt, _digits = file_report(text=f"第 {at} 件")
        with stores.vault.write() as vault:
            vault.get_one(Report, report.id).week = "2026-W41"
        with time_machine.travel(datetime(2026, 11, 20, 2, tzinfo=UTC), tick=False):
            page = villager.get("/en/v/liuhe/say").get_data(as_text=True)
            assert ("in October 2026: 7 to 11" if at == 6 else "in October 2026: 0 to 6") in page
        with time_machine.travel(datetime(2026, 11, 10, 2, tzinfo=UTC), tick=False):
            assert "in September 2026: 0 to 6" in villager.get("/en/v/liuhe/say").get_data(as_text=True)


@pytest.mark.parametrize(("go", "field"), [("reopen", "reason"), ("answer", "text")])
def test_every_text_is_warned_of(villager: Villager, offices: Offices, stores: Stores, file_report: FileAt, go: str,
                                 field: str) -> None:
    """Whoever writes a phone number is asked once more, wherever it is written; pressed again, it is sent."""
    report, _receipt, digits = file_report()
    if go == "reopen":
        with stores.vault.write() as vault:
            service.close(vault, NOW, offices.actor("qingxi"), vault.get_one(Report, report.id),
                          offices.district["qingxi"], "unfounded", "查过了", offices.readers("liuhe"))
    villager.get("/en/c")
    villager.post("/en/c", {"receipt": digits})
    villager.post("/en/c", {"go": go, field: "打我电话 13912345678", "receipt": digits})
    assert "This may tell who you are" in villager.text
    assert "打我电话 13912345678" in villager.text
    villager.post("/en/c", {"go": go, field: "打我电话 13912345678", "receipt": digits})
    assert "This may tell who you are" not in villager.text


def test_leave_forgets(villager: Villager) -> None:
    """From every step a link leads to a page that anybody may see, and the browser is told to forget."""
    assert "/leave" in villager.get("/v/liuhe/say").get_data(as_text=True)
    assert "/leave" in villager.get("/c").get_data(as_text=True)
    answer = villager.get("/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "storage" in answer.headers["Clear-Site-Data"]
