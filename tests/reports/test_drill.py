"""Twice a year an office tries that its key still opens: by the page, noted, and asked for in time."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select

from portal import cli
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import keys, offline, queries, rules
from portal.reports.models import OfficeKey, Opening
from portal.reports.tasks import tasks
from tests.conftest import NOW
from tests.reports.conftest import Offices
from tests.reports.test_pages import unlock
from tests.visitor import Official


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_drill(official: Callable[..., Official], offices: Offices, stores: Stores) -> None:
    """Shut, nothing is tried; open, a trial is sealed and opened, the day is kept, and the district sees who did it."""
    town = official("town_discipline", "qingxi")
    town.get("/en/desk/qingxi/office-key")
    assert "Not tried yet." in town.text
    assert town.post("/en/desk/qingxi/office-key", {"act": "drill"}).status_code == 422
    unlock(town, offices, "qingxi")
    town.get("/en/desk/qingxi/office-key")
    assert town.post("/en/desk/qingxi/office-key", {"act": "drill"}).status_code == 303
    town.get("/en/desk/qingxi/office-key")
    assert "Last tried on" in town.text
    with stores.portal.read() as session:
        key = queries.active_key(session, offices.district["qingxi"].id)
        assert key is not None
        assert key.drilled_on == local_day(NOW)
        assert "drill" in session.exec(select(Opening.kind)).all()


def test_a_key_that_opens_nothing_any_more(offices: Offices, stores: Stores) -> None:
    """A public half that does not belong to the private one is found out by the drill, not by a report."""
    actor, office = offices.actor("qingxi"), offices.district["qingxi"]
    with stores.portal.write() as session:
        held = keys.unlock(session, NOW, actor, office, keys.tried(session, actor, office,
                                                                  offices.passphrases["qingxi"]), 15, "key")
        opened = keys.opened(session, NOW, actor, held)
        row = session.exec(select(OfficeKey).where(OfficeKey.place_id == office.id)).one()
        row.public = bytes(32 * b"7")
        session.add(row)
        with pytest.raises(Refused, match="did not open the trial"):
            keys.drill(session, NOW, actor, office, opened)
        assert row.drilled_on is None


def test_half_a_year_later_it_is_due(offices: Offices, stores: Stores) -> None:
    """The officer's list says so, from the day on."""
    actor = offices.actor("qingxi")
    for days, due in ((rules.DRILL_DAYS - 1, False), (rules.DRILL_DAYS, True)):
        with stores.portal.read() as session:
            lines = tasks(stores, session, actor, NOW + timedelta(days=days))
        assert any("still opens" in line.phrase for line in lines) is due


def test_the_key_of_the_gravest_reports_is_tried_with_a_test_report(
        official: Callable[..., Official], offices: Offices, stores: Stores, tmp_path: Path,
        capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file opens on the other machine with that key alone; its digits are taken for a week, and the day is kept."""
    private, words = offline.make_key(tmp_path / "office.json")
    public, office = bytes(private.public_key), offices.district["district"]
    with stores.portal.write() as session:
        key = OfficeKey(place_id=office.id, public=public, created_on=local_day(NOW) - timedelta(days=rules.DRILL_DAYS),
                        offline=True)
        session.add(key)
    with stores.portal.read() as session:
        lines = tasks(stores, session, offices.actor("district"), NOW)
    assert any("gravest reports still opens" in line.phrase for line in lines)
    officer = official("district_discipline")
    officer.get("/en/desk/district/office-key/offline")
    assert "A trial is due." in officer.text
    sealed = officer.client.get("/en/desk/district/office-key/offline/trial")
    (tmp_path / "trial.sealed").write_bytes(sealed.data)
    monkeypatch.setattr("sys.stdin", StringIO(words + "\n"))
    assert cli.main(["open", str(tmp_path / "trial.sealed"), "--key", str(tmp_path / "office.json")]) == 0
    told = re.search(r"(?:\d{4} ){4}\d{4}", capsys.readouterr().out)[0]
    wrong = officer.post("/en/desk/district/office-key/offline/trial", {"trial": told[::-1]})
    assert (wrong.status_code, "These are not the digits" in wrong.text) == (422, True)
    officer.get("/en/desk/district/office-key/offline")
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        officer = official("district_discipline")
        officer.get("/en/desk/district/office-key/offline")
        assert officer.post("/en/desk/district/office-key/offline/trial", {"trial": told}).status_code == 303
        assert "Last tried on" in officer.get("/en/desk/district/office-key/offline").text
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        officer = official("district_discipline")
        officer.get("/en/desk/district/office-key/offline")
        assert officer.post("/en/desk/district/office-key/offline/trial", {"trial": told}).status_code == 422
    assert official("town_discipline").client.get("/desk/qingxi/office-key/offline/trial").status_code == 422
