"""Somebody is named in what is said later: no list moves before the batch, and the town never learns that it is."""

from collections.abc import Callable

import pytest
import time_machine
from werkzeug.test import TestResponse

from portal.config import Config
from portal.core.db import Stores
from portal.reports import receipts, recusals, service
from portal.reports.models import Report
from portal.reports.sealing import Words
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import STORY, FileAt, Offices, hand_over
from tests.visitor import Official, Villager

MakeOfficial = Callable[..., Official]


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def reply(villager: Villager, digits: str, text: str) -> TestResponse:
    """Answer behind the sixteen digits."""
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    return villager.post("/c", {"go": "answer", "text": text, "sure": "1"})


def lists(person: Official, code: str) -> list[str]:
    """Return what somebody sees of all cases."""
    return [person.get(f"/en/desk{rest}").get_data(as_text=True)
            for rest in ("", f"/{code}/reports", f"/{code}/reports/openings")]


@pytest.mark.parametrize(("role", "code"), [("town_discipline", "qingxi"), ("district_discipline", "district")])
def test_a_reply_that_names_an_officer_moves_nothing_before_the_batch(
        official: MakeOfficial, stores: Stores, district: District, offices: Offices, file_report: FileAt,
        villager: Villager, role: str, code: str) -> None:
    """Lists and case look the same to both offices until the batch; then the named officer finds the case no more."""
    report, _, digits = file_report()
    named, other = official(role), official("district_discipline" if code == "qingxi" else "town_discipline")
    case = f"/en/desk/{code}/reports/{report.id}"
    named.get(case)
    before = [*lists(named, code), named.get(case).get_data(as_text=True), other.get("/en/desk").get_data(as_text=True)]
    assert report.id in before[1]
    assert reply(villager, digits, f"镇里区里的{named.person.name}也在场").status_code == 200
    assert [*lists(named, code), named.get(case).get_data(as_text=True),
            other.get("/en/desk").get_data(as_text=True)] == before
    hand_over(stores, district)
    assert report.id not in "".join(lists(named, code))
    assert named.get(case).status_code == 404


def test_naming_the_town_later_in_the_form_moves_nothing_before_the_batch(
        official: MakeOfficial, stores: Stores, config: Config, district: District, offices: Offices,
        file_report: FileAt) -> None:
    """The form sent again with the box ticked, after the first went out: the town's copies go with the batch."""
    attempt = receipts.new_attempt()
    report, receipt, _ = file_report(attempt=attempt)
    town = official("town_discipline")
    before = lists(town, "qingxi")
    filing = service.Filing(district["liuhe"].id, "money", Words("镇里有人", "saw"), (), "open", True,
                            recusals.NOBODY)
    with stores.vault.write() as vault:
        service.file_at(vault, NOW, filing, offices.readers("liuhe"), receipt, config.secrets["sketch"])
    assert lists(town, "qingxi") == before
    assert town.get(f"/desk/qingxi/reports/{report.id}/photo/1/1").status_code in {403, 404}
    hand_over(stores, district)
    assert report.id not in "".join(lists(town, "qingxi"))
    assert official("district_discipline").get(f"/desk/district/reports/{report.id}").status_code == 200


def test_who_steps_back_before_the_batch_has_stepped_back(stores: Stores, offices: Offices,
                                                          file_report: FileAt) -> None:
    """Being named in words that wait is no step back that an officer could run into."""
    report, _, _ = file_report()
    me = offices.actor("qingxi")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        recusals.keep_out(vault, row, recusals.Named(frozenset({me.person_id})))
        assert not recusals.is_out(vault, report.id, me.person_id)
        assert not recusals.stepped_back(vault)
        recusals.declare(vault, me, row)
        assert recusals.is_out(vault, report.id, me.person_id)
        service.release(vault, [report.village_id])
        assert vault.get_one(recusals.Recusal, (report.id, me.person_id)).why == "declared"


def test_a_threat_waits_for_no_batch(stores: Stores, offices: Offices, file_report: FileAt) -> None:
    """Where words are handed over at once, whoever they name is kept out at once."""
    report, receipt, _ = file_report(category="threat")
    me = offices.actor("qingxi")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, report.id)
        service.answer(vault, NOW, row, receipt, offices.readers("liuhe"), f"{STORY}又来了", "a",
                       recusals.Named(frozenset({me.person_id})))
        assert recusals.is_out(vault, report.id, me.person_id)
