"""Telling that slips are collected: two taps, no words, to the district alone and at once."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from sqlmodel import select

from portal.accounts import queries as people
from portal.core.clock import iso_week, local_day
from portal.core.db import Stores
from portal.flags.rules import Week
from portal.reports import figures, queries, requests, service, tasks
from portal.reports.models import Report, ReportBody
from portal.reports.views.watch import WHO
from portal.web.even import STEP
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Official, Villager

CODE = re.compile(r'<p class="code">(.*?)</p>', re.DOTALL)


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def tell(villager: Villager, who: str = "village", prefix: str = "") -> str:
    """Tell, from the village's page; return the sixteen digits."""
    assert villager.get(f"{prefix}/v/liuhe/slips").status_code == 200
    page = villager.post(f"{prefix}/v/liuhe/slips", {"who": who})
    assert page.status_code == 200, page.text
    return "".join(re.findall(r"\d", CODE.search(page.text)[1]))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_two_taps_and_no_words(villager: Villager, offices: Offices, stores: Stores, prefix: str) -> None:
    """Open, choose, send: no field to write in, no cookie, nothing in an address, kept by nobody; digits back."""
    page = villager.get(f"{prefix}/v/liuhe/slips")
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r'<textarea|type="(text|tel|file)"', page.text)
    digits = tell(villager, prefix=prefix)
    assert len(digits) == 16
    assert "Location" not in villager.page.headers
    page = villager.post(f"{prefix}/c", {"receipt": digits})
    assert page.status_code == 200
    with stores.vault.read() as vault:
        (report,) = vault.exec(select(Report)).all()
    assert (report.category, report.week, report.channel) == ("slips", iso_week(local_day(NOW)), "open")


def test_the_district_alone_has_a_copy(villager: Villager, offices: Offices, stores: Stores) -> None:
    """Whoever is told of, nothing is sealed to the town; the district has it at once, without waiting for the batch."""
    for who in ("village", "town", "near", "other"):
        tell(villager, who)
    with stores.vault.read() as vault:
        assert "town" not in vault.exec(select(ReportBody.reader)).all()
        ids = {offices.district["liuhe"].id}
        assert len(queries.inbox(vault, ids, "district")) == 4
        assert queries.inbox(vault, ids, "town", waiting=True) == []
        assert all(report.released and not report.to_town for report in vault.exec(select(Report)).all())


def test_no_caller_can_hand_it_to_the_town(file_report: FileAt, stores: Stores) -> None:
    """The kind itself decides: even one that is filed as if the town might read it goes to the district alone."""
    report, _receipt, _digits = file_report(category="slips", town_involved=False)
    assert not report.to_town
    with stores.vault.read() as vault:
        assert "town" not in vault.exec(select(ReportBody.reader)).all()


def test_an_added_word_reaches_the_district_alone_and_at_once(villager: Villager, offices: Offices,
                                                              stores: Stores) -> None:
    """Who adds a place or a name later is read by the same office only, without waiting for the batch."""
    digits = tell(villager)
    villager.post("/c", {"receipt": digits})
    villager.post("/c", {"go": "answer", "text": "在三组，王家门口"})
    with stores.vault.read() as vault:
        (report,) = vault.exec(select(Report)).all()
        assert [line.text is not None for line in queries.talk(vault, report.id, "district")] == [True, True]
        assert [line for line in queries.talk(vault, report.id, "town") if line.text] == []


def test_sending_twice_tells_once(villager: Villager, offices: Offices, stores: Stores) -> None:
    """A lost answer on a bad line: pressing again shows the same digits, and one person counts once."""
    villager.get("/v/liuhe/slips")
    form = villager.hidden()
    pages = {villager.client.post("/v/liuhe/slips", data={**form, "who": "near"}).text for _ in range(3)}
    assert len({CODE.search(page)[1] for page in pages}) == 1
    with stores.vault.read() as vault:
        week = iso_week(local_day(NOW))
        assert figures.told(vault, offices.district["liuhe"].id, "slips", week, week) == 1
        assert figures.told(vault, offices.district["shiqiao"].id, "slips", week, week) == 0


def test_nothing_chosen_or_a_page_left_open_is_asked_again(villager: Villager, offices: Offices,
                                                           stores: Stores) -> None:
    """What is wrong stands beside the question, the choice is kept, and nothing was filed."""
    villager.get("/en/v/liuhe/slips")
    assert villager.post("/en/v/liuhe/slips", {}).status_code == 422
    assert "Please choose one." in villager.text
    villager.get("/en/v/liuhe/slips")
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        page = villager.post("/en/v/liuhe/slips", {"who": "near"})
    assert page.status_code == 422
    assert re.search(r'value="near\.*" checked', page.text)
    with stores.vault.read() as vault:
        assert vault.exec(select(Report)).all() == []


def test_without_the_district_s_key_the_page_says_so(villager: Villager, stores: Stores) -> None:
    """Where nothing can be sealed for the district, nothing is asked, and nothing is sealed to the town instead."""
    page = villager.get("/en/v/liuhe/slips")
    assert "Not possible here yet" in page.text
    assert "<fieldset" not in page.text


def test_it_weighs_nothing_against_a_secretary(file_report: FileAt, stores: Stores, offices: Offices) -> None:
    """Anybody may collect slips, so such a report is no complaint about the secretary: the flag rule counts none."""
    for _ in range(6):
        file_report(category="slips")
    week, village = iso_week(local_day(NOW)), offices.district["liuhe"].id
    with stores.vault.read() as vault:
        assert figures.weeks(vault, [village], week, week)[village] == [
            Week(voice=0, serious_voice=0, confirmed=0, open_rest=0, particulars=0)]


def test_it_never_becomes_a_request_to_the_village(file_report: FileAt, stores: Stores, offices: Offices) -> None:
    """The village is asked to see to roads and lamps, not to this."""
    report, *_rest = file_report(category="slips")
    with stores.portal.write() as session, pytest.raises(service.Refused):
        requests.ask(session, NOW, offices.district["liuhe"], offices.district["district"], report, "x")


def test_the_district_s_desk_says_how_many_and_the_town_s_nothing(
    villager: Villager, offices: Offices, stores: Stores, official: "type[Official]",
) -> None:
    """A line at the district's desk with the number; the town's officer sees neither line nor case."""
    for _ in range(2):
        tell(villager)
    with stores.portal.read() as session:
        for role, expected in (("district_discipline", [2]), ("town_discipline", [])):
            actor = people.actor_of(session, offices.district.person(role), local_day(NOW))
            lines = tasks.tasks(stores, session, actor, NOW)
            assert [line.params["number"] for line in lines if "collected" in line.phrase] == expected
            assert role == "town_discipline" or not [line for line in lines if "concern a town" in line.phrase]
    assert "slips collected" in official("district_discipline").get("/en/desk/district/reports").text
    assert "slips collected" not in official("town_discipline").get("/en/desk/qingxi/reports").text


def test_what_the_district_reads(villager: Villager, offices: Offices, stores: Stores, official: "type[Official]",
                                 ) -> None:
    """The officer reads who it is said to be, in the case, and can't hand it to the village."""
    tell(villager, "town")
    with stores.vault.read() as vault:
        (report,) = vault.exec(select(Report)).all()
    officer = official("district_discipline")
    officer.get("/en/desk/district/reports")
    officer.post("/en/desk/district/reports/unlock", {"passphrase": offices.passphrases["district"], "why": "new"})
    page = officer.get(f"/en/desk/district/reports/{report.id}")
    assert "镇里的人" in page.text
    assert "What the village can do" not in page.text


def test_the_line_does_not_tell_who_collects(villager: Villager, offices: Offices) -> None:
    """What is sent and what comes back is as long for each of the four, and comes in the steps of every answer."""
    sizes, lengths = set(), set()
    for who in WHO:
        villager.get("/v/liuhe/slips")
        value = next(each for each in re.findall(r'name="who"[^>]*value="([^"]*)"', villager.text) if who in each)
        lengths.add(len(urlencode({**villager.hidden(), "who": value})))
        sizes.add(len(villager.post("/v/liuhe/slips", {"who": value}).get_data()))
    assert len(lengths) == 1
    assert len(sizes) == 1
    assert sizes.pop() % STEP == 0
