"""What can't be done any more: with a case that ended, a finding of whoever stepped back, a key that is new."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from sqlmodel import select

from portal.core.db import Stores
from portal.reports import keys, queries, retention, service
from portal.reports.models import Particular, Report, Request
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import FileAt, Offices, picture
from tests.reports.test_pages import unlock
from tests.visitor import Official

By = Callable[..., Official]
PATH = "/desk/qingxi/reports/"


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(official: By, offices: Offices) -> Official:
    person = official("town_discipline", "qingxi")
    unlock(person, offices, "qingxi")
    return person


@pytest.fixture
def above(official: By, offices: Offices) -> Official:
    person = official("district_discipline")
    unlock(person, offices, "district")
    return person


def _close(stores: Stores, offices: Offices, report: Report, *, erased: bool) -> None:
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        service.close(vault, NOW, offices.actor("qingxi"), row, offices.district["qingxi"], "unfounded", "查过了",
                      offices.readers("liuhe"))
    if erased:
        with stores.vault.write() as vault:
            retention.erase_closed(vault, [report.village_id], NOW.date().replace(year=NOW.year + 9), 10)


@pytest.mark.parametrize("erased", [False, True])
def test_no_facts_of_a_case_that_found_nothing(town: Official, above: Official, offices: Offices, stores: Stores,
                                               file_report: FileAt, erased: bool) -> None:
    """Two offices can't count a fact against a village from a case that ended unfounded, or is erased."""
    report, _receipt, _digits = file_report(category="money")
    _close(stores, offices, report, erased=erased)
    for person, path in ((town, PATH), (above, "/desk/district/reports/")):
        person.get(path + report.id)
        assert person.post(path + report.id, {"act": "find", "fact": "sum"}).status_code in {404, 422}
    with stores.vault.read() as vault:
        assert vault.exec(select(Particular)).all() == []


def test_who_stepped_back_has_found_nothing(town: Official, above: Official, stores: Stores,
                                            file_report: FileAt) -> None:
    """The other office's finding is then the first one, and does not count alone."""
    report, _receipt, _digits = file_report(category="money")
    town.get(PATH + report.id)
    town.post(PATH + report.id, {"act": "find", "fact": "sum"})
    town.get(PATH + report.id)
    town.post(PATH + report.id, {"act": "recuse"})
    above.get("/desk/district/reports/" + report.id)
    assert above.post("/desk/district/reports/" + report.id, {"act": "find", "fact": "sum"}).status_code == 303
    with stores.vault.read() as vault:
        [row] = vault.exec(select(Particular)).all()
    assert (row.found_by, row.second_by) == (above.person.id, "")


@pytest.mark.parametrize("erased", [False, True])
def test_no_village_is_asked_about_a_closed_case(town: Official, offices: Offices, stores: Stores,
                                                 file_report: FileAt, erased: bool) -> None:
    """Also by the form's address."""
    report, _receipt, _digits = file_report(category="services", text="路灯坏了")
    _close(stores, offices, report, erased=erased)
    town.get(PATH + report.id)
    town.post(PATH + report.id, {"act": "hand", "summary": "请修路灯"})
    with stores.portal.read() as session:
        assert session.exec(select(Request)).all() == []


def test_a_photo_with_a_huge_number(town: Official, file_report: FileAt) -> None:
    """No number in an address is too long for a database to be asked."""
    report, _receipt, _digits = file_report(photos=(picture(),))
    for number, part in (("9" * 25, "1"), ("0", "9" * 25), ("9" * 19, "1"), ("0", "9" * 5000)):
        assert town.client.get(f"{PATH}{report.id}/photo/{number}/{part}").status_code == 404


def test_an_old_page_loses_no_new_key(official: By, offices: Offices, stores: Stores, district: District) -> None:
    """Declaring a town's key lost names the key; the one that the town made since stays."""
    person, town = official("district_discipline"), district["qingxi"]
    path = f"/desk/{town.code}/office-key/lost"
    person.get(path)
    old = person.hidden()
    assert person.client.post(path, data={**old, "act": "lose"}).status_code == 200
    with stores.portal.write() as session:
        keys.make_key(session, NOW, town, offices.actor("qingxi").person_id, keys.fresh())
    assert person.client.post(path, data={**old, "act": "lose"}).status_code == 422
    with stores.portal.read() as session:
        assert queries.active_key(session, town.id) is not None
