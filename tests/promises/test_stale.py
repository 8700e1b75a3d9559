"""Forms that were opened before something changed, and forms that are sent twice."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from sqlmodel import Session, col, select

from portal.core.db import Stores
from portal.promises import service
from portal.promises.models import Promise, PromiseCheck, PromiseVersion
from tests.conftest import NOW
from tests.factories.places import District
from tests.promises.people import acting, promised
from tests.visitor import Official


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _change(session: Session, district: District, row: Promise, target: str) -> PromiseVersion:
    return service.change(session, acting(session, district.person("secretary")), NOW, row, words="x", reason="y",
                          title=f"修通水泥路 {target} 公里", by_day=date(2026, 12, 31), target=target, unit="公里")


def test_an_old_page_approves_no_other_change(official: Callable[..., Official], stores: Stores,
                                              district: District) -> None:
    """The page showed 1.7 km; refused, and 0.1 km proposed since: the old “yes” publishes nothing."""
    with stores.portal.write() as session:
        row = promised(session, district, NOW)
        first, promise = _change(session, district, row, "1.7").id, row.id
    town, path = official("town_office", "qingxi"), f"/desk/{district['liuhe'].code}/promises/{promise}/review"
    town.get(path)
    old = town.hidden()
    with stores.portal.write() as session:
        service.decide_change(session, acting(session, district.person("town_office")), NOW,
                              session.get_one(PromiseVersion, first), approve=False, words="不行")
        _change(session, district, session.get_one(Promise, promise), "0.1")
    assert town.client.post(path, data={**old, "answer": "yes"}).status_code == 422
    with stores.portal.read() as session:
        versions = session.exec(select(PromiseVersion).order_by(col(PromiseVersion.number))).all()
    assert versions[-1].state == "proposed"


def test_a_check_sent_twice_stands_once(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """A double tap writes one check and one line of the log."""
    with stores.portal.write() as session:
        promise = promised(session, district, NOW).id
    town, path = official("town_office", "qingxi"), f"/desk/{district['liuhe'].code}/promises/{promise}/check"
    town.get(path)
    form = town.hidden()
    for _tap in range(2):
        assert town.client.post(path, data={**form, "outcome": "on_track", "note": "去看过"}).status_code == 303
    with stores.portal.read() as session:
        assert len(session.exec(select(PromiseCheck)).all()) == 1
