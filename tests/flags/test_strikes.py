"""The secretary may name who can't be fair, and stops no review by it: enough people always stay."""

from collections.abc import Callable
from datetime import datetime

import pytest

from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import left, panel, queries, review
from tests.factories.flags import open_case, staff
from tests.factories.places import District
from tests.visitor import Official


def test_naming_people_stops_no_review(stores: Stores, district: District, now: datetime) -> None:
    """Before and after the panel stands, nobody is struck without whom three, a signer and two more are not left."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).notify()
        spare = staff(session, district, now, 3)
        lead, organisation, finance = case.three
        review.name_conflict(session, case.secretary, now, case.flag, lead, "打过官司")
        with pytest.raises(Refused, match="too few are left") as caught:
            review.name_conflict(session, case.secretary, now, case.flag, organisation, "欠他的钱")
        assert caught.value.field == "person"
        assert "in your statement or, once its days are over, in an appeal" in str(caught.value)
        three = [spare[0].id, organisation, finance]
        assert left.fits(session, case.flag, district["nanwan"], local_day(now), three)
        panel.name(session, case.officer, now, case.flag, three)
        for person in (*three, spare[1].id):
            with pytest.raises(Refused, match="too few are left"):
                review.name_conflict(session, case.secretary, now, case.flag, person, "欠他的钱")
        assert len(queries.panel(session, case.flag.id)) == 3


def test_the_page_says_whom_and_why_not(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """Beside the field stands how many; struck people are gone from it; when no more is possible the page says why."""
    with stores.portal.write() as session:
        case = open_case(session, district, utc_now()).hear().name()
        flag_id, (lead, organisation, _finance) = case.flag.id, case.three
        case.more_district_people(3)
    secretary, path = official("secretary", "nanwan"), f"/en/desk/nanwan/review/{flag_id}/unfair"
    secretary.get("/en/desk/nanwan/review")
    assert "only while enough are left" in secretary.text
    assert "district organisation department" in secretary.text.split("Who decides")[1].split("</dd>")[0]
    assert f'value="{organisation}"' in secretary.text
    assert secretary.post(path, {"person": organisation, "why": "打过官司"}).status_code == 303
    secretary.get("/en/desk/nanwan/review")
    assert "the town names three anew: one of the three was replaced" in secretary.text
    assert "The town names the three who read it" in secretary.text
    assert f'value="{organisation}"' not in secretary.text
    officer = official("town_discipline", "baisha")
    officer.get(f"/en/desk/baisha/flags/{flag_id}")
    assert "one of the three was replaced, name three anew" in officer.text
    with stores.portal.read() as session:
        others = [person.id for person, *_rest in queries.above(session, district["nanwan"], local_day(utc_now()))
                  if person.user.startswith("spare")]
    for person in (lead, others[0]):
        secretary.get("/en/desk/nanwan/review")
        assert secretary.post(path, {"person": person, "why": "打过官司"}).status_code == 303
    secretary.get("/en/desk/nanwan/review")
    assert "You have named 3 people; more is not possible." in secretary.text


def test_a_small_district_spares_nobody(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """Where everybody is needed there is no field, but a sentence that says why, and what stays open."""
    with stores.portal.write() as session:
        open_case(session, district, utc_now(), staffed=False).notify()
    secretary = official("secretary", "nanwan")
    secretary.get("/en/desk/nanwan/review")
    assert "Nobody more can be named" in secretary.text
    assert 'name="person"' not in secretary.text
