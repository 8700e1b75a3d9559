"""After a decision the pages say what it means and where it stands, and no longer that there are only numbers."""

from collections.abc import Callable

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.flags import appeals
from portal.flags.models import OUTCOMES, Flag
from portal.flags.views.words import MEANINGS
from tests.factories.flags import open_case
from tests.factories.places import District
from tests.visitor import Official


def test_each_outcome_is_explained(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """Whoever leads reads what each way to end it means, and that the other two come before the district."""
    assert set(MEANINGS) == set(OUTCOMES)
    with stores.portal.write() as session:
        flag_id = open_case(session, district, utc_now()).hear().name().flag.id
    lead = official("town_office", "baisha")
    lead.get(f"/en/desk/panels/{flag_id}")
    for words in ("the appointing body decides, not this portal", "by its own rules, and the portal asks no more",
                  "Put it to the other two", "The other two say first whether they agree.", "Numbers, no verdict"):
        assert words in lead.text
    assert "Hand it to the district" not in lead.text


def test_a_decision_is_more_than_numbers(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """Decided, then appealed: the sheet, the list and the secretary's page say so, each in its turn."""
    with stores.portal.write() as session:
        case = open_case(session, district, utc_now()).walk_to_decision("adjust")
        flag_id = case.flag.id
    officer, secretary = official("town_discipline", "baisha"), official("secretary", "nanwan")
    page = f"/en/desk/baisha/flags/{flag_id}"
    officer.get(page)
    assert "Numbers, no verdict" not in officer.text
    assert "Decided: change of post proposed" in officer.text
    assert "The secretary may appeal until" in officer.text
    secretary.get("/en/desk/nanwan/review")
    assert "the appointing body decides, not this portal" in secretary.text
    with stores.portal.write() as session:
        case.session = session
        appeals.appeal(session, case.secretary, utc_now(), session.get_one(Flag, flag_id), "不服")
    for address in (page, "/en/desk/baisha/flags"):
        officer.get(address)
        assert "appealed, the district answers" in officer.text
        assert "may be appealed" not in officer.text
    officer.get(page)
    assert "until the answer the measure waits" in officer.text
    assert "The secretary may appeal until" not in officer.text
