"""What the server writes down when an officer looks at a photo: nothing that leads to a case or to a person."""

import logging
import re
import urllib.error
import urllib.request

import pytest
from sqlmodel import select

from portal.config import Config
from portal.core.db import Stores
from portal.reports.models import Opening
from tests.reports.conftest import FileAt, Offices, picture
from tests.site.serving import fetch, running
from tests.visitor import Official

MARKED = {"X-Forwarded-For": "203.0.113.77", "X-Real-IP": "203.0.113.77", "User-Agent": "MarkedPhone/77.7"}


@pytest.fixture
def town(official, offices: Offices) -> Official:
    """The officer of a town, with its key open."""
    person: Official = official("town_discipline")
    person.get("/desk/qingxi/reports")
    sent = {"passphrase": offices.passphrases["qingxi"], "why": "new"}
    assert person.post("/desk/qingxi/reports/unlock", sent).status_code == 303
    return person


def _marks(report_id: str, receipt: str) -> list[str]:
    groups = " ".join(receipt[at : at + 4] for at in range(0, 16, 4))
    return [report_id, receipt, groups, *MARKED.values(), "127.0.0.1", "/photo/"]


def test_the_server_notes_nothing_of_a_photo(
    town: Official, file_report: FileAt, stores: Stores, config: Config
) -> None:
    """Served in earnest, a photo leaves no line with its case, its address, the receipt or who asked from where."""
    report, _receipt, digits = file_report(photos=(picture(),))
    (config.instance / "portal.toml").write_text(f'demo = true\nbase_url = "{config.base_url}"\n', "utf-8")
    cookies = "; ".join(f"{one.key}={one.value}" for one in town.client._cookies.values())
    headers = {**MARKED, "Cookie": cookies}
    stores.close()
    with running(config.instance, 1) as base:
        address = f"{base}/desk/qingxi/reports/{report.id}/photo"
        # The photo itself, one that is not there, and one asked for by nobody.
        assert [_status(f"{address}/0/1", headers), _status(f"{address}/0/9", headers)] == [200, 404]
        assert fetch(f"{address}/0/1", headers=MARKED)[0] == 200, "led to sign in"
    marks = _marks(report.id, digits)
    said = (config.instance / "serve.log").read_text("utf-8", "replace")
    assert not [mark for mark in marks if mark in said], said
    for path in config.instance.rglob("*"):
        if path.is_file() and path.name != "portal.toml":
            kept = path.suffix == ".sqlite" or "sqlite-" in path.name
            content = path.read_bytes()
            # The stores know cases by their ids; nothing beside them does.
            found = [mark for mark in marks if mark.encode() in content and not (kept and mark == report.id)]
            assert not found, path.name


def _status(address: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_photo_that_breaks_the_server_tells_nothing(
    town: Official, file_report: FileAt, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where our own mistake keeps a photo shut, the line in the error log names the route and no case."""
    report, _receipt, digits = file_report(photos=(picture(),))
    address = f"/desk/qingxi/reports/{report.id}/photo/0/1"
    caplog.set_level(logging.DEBUG)
    assert town.get(address).status_code == 200

    def broken(*_args: object) -> bytes:
        raise RuntimeError(f"{address} {digits} 203.0.113.77")

    monkeypatch.setattr("portal.reports.sealing.unseal", broken)
    assert town.get(address, headers=MARKED).status_code == 500
    [line] = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert re.fullmatch(r"RuntimeError at \w+\.py:\d+ in reports\.photo", line)
    assert not [mark for mark in _marks(report.id, digits) if mark in caplog.text]


def test_the_list_of_access_says_who_and_on_which_day_and_no_more(
    town: Official, file_report: FileAt, stores: Stores
) -> None:
    """A photo is a look at its case: one line a day, however many photos; not which photo, from where, or when."""
    report, _receipt, digits = file_report(photos=(picture(), picture()))
    for number in (1, 2, 1):
        assert town.get(f"/desk/qingxi/reports/{report.id}/photo/0/{number}").status_code == 200
    with stores.portal.read() as session:
        [line] = session.exec(select(Opening).where(Opening.report_id == report.id)).all()
    assert set(Opening.model_fields) == {"id", "person_id", "place_id", "report_id", "day", "kind", "why"}
    assert (line.person_id, line.kind, line.why) == (town.person.id, "opened", "new")
    assert len(line.day.isoformat()) == len("2026-11-25")
    town.get("/desk/qingxi/reports/openings")
    assert town.text.count(report.id) == 1, "the officer finds the way back to the case"
    assert not [mark for mark in _marks(report.id, digits)[1:] if mark in town.text]
