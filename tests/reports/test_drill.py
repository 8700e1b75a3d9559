"""Twice a year an office tries that its key still opens: by the page, noted, and asked for in time."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import keys, queries, rules
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
