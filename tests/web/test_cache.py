"""Public pages are kept until the village changes, and never a moment longer."""

import ast
import re

import pytest
import time_machine
from flask import Flask

from portal.config import ROOT
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.places import service as places
from portal.places.models import Place
from tests.conftest import NOW
from tests.disclosures.counting import Queries
from tests.factories.places import District
from tests.visitor import Villager


def test_a_page_asked_for_again_is_not_sent_again(villager: Villager) -> None:
    """With its tag the answer is 304 and empty."""
    first = villager.get("/v/liuhe")
    again = villager.client.get("/v/liuhe", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_a_change_shows_at_once(villager: Villager, stores: Stores, district: District) -> None:
    """What the village is called now stands on the very next page."""
    villager.get("/v/liuhe")
    assert "新柳河村" not in villager.text
    with stores.portal.write() as session:
        place = session.get_one(Place, district["liuhe"].id)
        place.name = "新柳河村"
        session.add(place)
        places.touch(session, place)
    villager.get("/v/liuhe")
    assert "新柳河村" in villager.text


def test_languages_are_kept_apart(villager: Villager) -> None:
    """The English page never answers for the Chinese one."""
    villager.get("/en/v/liuhe")
    villager.get("/v/liuhe")
    assert 'lang="zh-Hans"' in villager.text


def test_another_village_does_not_spoil_it(app: Flask, villager: Villager, stores: Stores, district: District) -> None:
    """A change in one village leaves the kept pages of others alone."""
    tag = villager.get("/v/liuhe").headers["ETag"]
    with stores.portal.write() as session:
        places.record_act(session, utc_now(), session.get_one(Place, district["nanwan"].id), "record:none",
                          category="V08", period="2026-10")
    assert villager.get("/v/liuhe").headers["ETag"] == tag


def sizes(app: Flask) -> tuple[int, int]:
    """Return how much is kept."""
    caches = app.extensions["portal.cache"]
    return len(caches.pages), len(caches.things)


@pytest.mark.parametrize("address", ["/v/liuhe", "/v/liuhe/promises", "/v/liuhe/open", "/vote"])
def test_made_up_words_in_an_address_fill_nothing(app: Flask, villager: Villager, address: str) -> None:
    """However many words somebody makes up behind an address, nothing more is kept, before the true page or after."""
    before = sizes(app)
    for number in range(3):
        assert villager.get(f"{address}?x{number}=" + "a" * 5000).status_code == 200
    assert sizes(app) == before
    true = villager.get(address).get_data()
    assert sizes(app) != before
    before = sizes(app)
    for number in range(3):
        villager.get(f"{address}?year=x{number}&page={number}&x=" + "a" * 5000)
    assert sizes(app) == before
    if address != "/vote":  # its token is another one each hour
        assert villager.get(address).get_data() == true


def test_what_a_messenger_hangs_on_costs_nothing(villager: Villager, stores: Stores) -> None:
    """A page opened from a chat, whose address carries that chat's own words, is the kept page itself."""
    page = villager.get("/v/liuhe").get_data()
    asked = Queries(stores)
    assert villager.get("/v/liuhe?from=singlemessage&isappinstalled=0").get_data() == page
    assert asked.number == 1


@time_machine.travel(NOW, tick=False)
def test_what_a_page_reads_is_never_answered_by_another_page(villager: Villager) -> None:
    """The promises of a year that has none are not this year's page, kept though that is; its tag holds as well."""
    villager.get("/v/liuhe/promises")
    assert villager.get("/v/liuhe/promises?year=1999").status_code == 404
    own = villager.get("/v/liuhe/promises?year=2026")
    assert "?year=2026" in own.get_data(as_text=True)  # the other language's address
    again = villager.client.get("/v/liuhe/promises?year=2026", headers={"If-None-Match": own.headers["ETag"]})
    assert again.status_code == 304


def test_every_kept_view_names_what_it_reads() -> None:
    """No view reads an argument of its address that it does not name where it is kept."""
    reads = re.compile(r"request\.args\.get\(('\w+')|request\.(?:args|values|full_path|query)")
    for source in (ROOT / "portal").rglob("*.py"):
        for view in ast.walk(ast.parse(source.read_text("utf-8"))):
            worn = [ast.unparse(each) for each in getattr(view, "decorator_list", [])]
            if isinstance(view, ast.FunctionDef) and any(each.startswith("kept") for each in worn):
                read = reads.findall(ast.unparse(view))
                named = " ".join(worn)
                assert all(name and name in named for name in read), f"{source.name}: {view.name}"
