"""Places and settings: codes are unique, settings have a first day and are never retroactive."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.log.models import LogEntry
from portal.places import queries, service, settings
from portal.places.models import Place
from tests.conftest import NOW
from tests.factories.places import District

TODAY = local_day(NOW)


def _place(session: Session, district: District, short: str) -> Place:
    return session.get_one(Place, district[short].id)


def test_a_taken_code_is_refused(stores: Stores, district: District) -> None:
    """Neither code of a place, statistical or short, may lead to two places."""
    with stores.portal.write() as session, pytest.raises(Refused) as caught:
        service.create(
            session,
            NOW,
            parent=_place(session, district, "qingxi"),
            kind="village",
            code="1",
            short="liuhe",
            name="另一个",
        )
    assert caught.value.field == "code"


def test_a_village_knows_everything_above_it(stores: Stores, district: District) -> None:
    """Its path names district and town; the town comes along without another query."""
    with stores.portal.read() as session:
        village = queries.by_code(session, "liuhe")
        assert village is not None
        assert village.path == f"/{district['district'].id}/{district['qingxi'].id}/{village.id}/"
        assert village.above is not None
        assert village.above.short == "qingxi"


def test_a_setting_holds_below_and_from_its_day_on(stores: Stores, district: District) -> None:
    """The town's value holds in its villages from the day on; before, and elsewhere, the default does."""
    with stores.portal.write() as session:
        service.set_value(
            session,
            NOW,
            _place(session, district, "qingxi"),
            "disclosures.notice_days",
            10,
            TODAY + timedelta(days=5),
            None,
            "longer",
        )
    with stores.portal.read() as session:
        village, other = _place(session, district, "liuhe"), _place(session, district, "nanwan")
        assert settings.value(session, village, "disclosures.notice_days", TODAY + timedelta(days=4)) == 7
        assert settings.value(session, village, "disclosures.notice_days", TODAY + timedelta(days=5)) == 10
        assert settings.value(session, other, "disclosures.notice_days", TODAY + timedelta(days=5)) == 7


def test_the_nearest_value_wins(stores: Stores, district: District) -> None:
    """A town's own value goes before its district's, whichever came later."""
    with stores.portal.write() as session:
        service.set_value(session, NOW, _place(session, district, "qingxi"), "flags.floor", 6, TODAY, None, "")
        service.set_value(session, NOW, _place(session, district, "district"), "flags.floor", 8, TODAY, None, "")
    with stores.portal.read() as session:
        assert settings.value(session, _place(session, district, "liuhe"), "flags.floor", TODAY) == 6
        assert settings.value(session, _place(session, district, "nanwan"), "flags.floor", TODAY) == 8


def test_nothing_is_retroactive(stores: Stores, district: District) -> None:
    """Yesterday's rule can't be changed today."""
    with stores.portal.write() as session, pytest.raises(Refused) as caught:
        service.set_value(
            session, NOW, _place(session, district, "qingxi"), "flags.floor", 6, TODAY - timedelta(days=1), None, ""
        )
    assert caught.value.field == "valid_from"


def test_a_change_of_a_setting_is_in_the_log(stores: Stores, district: District) -> None:
    """The log names the setting and its day, never the words of the reason."""
    with stores.portal.write() as session:
        service.set_value(
            session, NOW, _place(session, district, "qingxi"), "flags.floor", 6, TODAY, None, "王小明要求"
        )
    with stores.portal.read() as session:
        assert session.exec(select(LogEntry).where(LogEntry.kind == "setting:changed")).all()


def test_a_blank_between_characters_finds_the_village_all_the_same(stores: Stores, district: District) -> None:
    """A phone's keyboard puts blanks where nobody wanted them."""
    with stores.portal.read() as session:
        assert [place.short for place in queries.search(session, " 东 岭 ")] == ["dongling"]


@given(st.text(alphabet="%_\\柳河a", max_size=8))
def test_what_is_searched_for_is_taken_literally(words: str) -> None:
    """A per cent sign finds a per cent sign, not everything."""
    pattern = queries.like(words)
    inside = pattern[1:-1]
    assert pattern == "%" + inside + "%"
    assert re.sub(r"\\(.)", r"\1", inside) == words, "each escaped sign stands for itself"
    assert not re.search(r"(?<!\\)(?:\\\\)*[%_]", inside), "no sign is left that means more than itself"
