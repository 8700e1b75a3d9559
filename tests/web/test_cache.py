"""Public pages are kept until the village changes, and never a moment longer."""

from flask import Flask

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.places import service as places
from portal.places.models import Place
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
