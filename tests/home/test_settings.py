"""Settings and yearly numbers at the desk: by whom, from when, with which reason; never under an open flag."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.log.models import LogEntry, LogPayload
from portal.places import queries as places
from portal.places import settings
from portal.places.models import PlaceSetting
from tests.factories.flags import loud_flag
from tests.factories.places import District
from tests.visitor import Official

By = Callable[..., Official]
REASON = "按区里 2026 年 8 号文。"


def _status(person: Official) -> int:
    assert person.page is not None
    return person.page.status_code


def _first(now: datetime, days: int = 1) -> str:
    return (local_day(now) + timedelta(days=days)).isoformat()


def test_a_town_changes_its_own_setting(official: By, stores: Stores, district: District, now: datetime) -> None:
    """From its first day on the value holds in its villages; before, the old one; who and why stand beside it."""
    officer = official("town_office")
    officer.get("/desk/qingxi/settings")
    assert "/settings/year.midyear_by" in officer.text
    assert "/settings/flags.floor" not in officer.text
    officer.get("/desk/qingxi/settings/year.midyear_by")
    typed = {"value": "08-15", "valid_from": _first(now, 2), "reason": REASON}
    officer.post("/desk/qingxi/settings/year.midyear_by", typed)
    with stores.portal.read() as session:
        village, today = places.get(session, district["liuhe"].id), local_day(now)
        assert settings.value(session, village, "year.midyear_by", today) == "07-31"
        assert settings.value(session, village, "year.midyear_by", today + timedelta(days=2)) == "08-15"
        assert settings.value(session, places.get(session, district["nanwan"].id), "year.midyear_by",
                              today + timedelta(days=2)) == "07-31"
        kinds = [entry.kind for entry in session.exec(select(LogEntry)).all()]
    assert kinds[-1] == "setting:changed"
    officer.get("/desk/qingxi/settings")
    assert "8 月 15 日" in officer.text
    officer.get("/desk/qingxi/settings/year.midyear_by")
    assert REASON in officer.text
    assert officer.person.name in officer.text


@pytest.mark.parametrize(("wrong", "field"), [
    ({"value": "07-99"}, "value"), ({"value": ""}, "value"), ({"reason": ""}, "reason"),
    ({"valid_from": "2020-01-01"}, "valid_from"), ({"valid_from": "soon"}, "valid_from"),
    ({"reason": "问 13912345678"}, "reason"),
])
def test_what_is_wrong_stands_beside_its_field(wrong: dict[str, str], field: str, official: By, stores: Stores,
                                              now: datetime) -> None:
    """Nothing is half saved, everything typed is still there."""
    officer = official("town_office")
    officer.get("/desk/qingxi/settings/year.midyear_by")
    typed = {"value": "08-15", "valid_from": _first(now), "reason": REASON} | wrong
    officer.post("/desk/qingxi/settings/year.midyear_by", typed)
    assert _status(officer) == 422
    assert f'id="why-{field}"' in officer.text
    for name in set(typed) - {field}:
        assert typed[name] in officer.text
    with stores.portal.read() as session:
        assert session.exec(select(PlaceSetting)).all() == []


@pytest.mark.parametrize(("role", "path", "status"), [
    ("town_office", "/desk/qingxi/settings/flags.floor", 404),
    ("town_office", "/desk/district/settings/flags.floor", 403),
    ("town_office", "/desk/baisha/settings/year.midyear_by", 403),
    ("town_discipline", "/desk/qingxi/settings/year.midyear_by", 403),
    ("district_discipline", "/desk/district/settings/flags.floor", 403),
    ("district_organisation", "/desk/district/settings/ballots.scale", 404),
    ("district_organisation", "/desk/liuhe/settings", 404),
    ("village_clerk", "/desk/liuhe/numbers", 403), ("secretary", "/desk/liuhe/numbers", 403),
    ("town_discipline", "/desk/qingxi/numbers", 403), ("town_office", "/desk/nanwan/numbers", 403),
])
def test_who_may_not(role: str, path: str, status: int, official: By) -> None:
    """Each office its own settings; whoever judges by the thresholds does not set them; no village sets anything."""
    person = official(role)
    person.get(path)
    assert _status(person) == status


def test_numbers_once_a_year(official: By, stores: Stores, district: District) -> None:
    """The town office brings a village's numbers up to date; what can't be is refused beside the field."""
    officer = official("town_office")
    officer.get("/desk/qingxi/numbers")
    assert "/desk/" + district["liuhe"].code + "/numbers" in officer.text
    officer.get("/desk/liuhe/numbers")
    officer.post("/desk/liuhe/numbers", {"adults": "1700", "people": "1600", "households": "400"})
    assert _status(officer) == 422
    assert 'id="why-adults"' in officer.text
    officer.post("/desk/liuhe/numbers", {"adults": "1100", "people": "1600", "households": "400"})
    with stores.portal.read() as session:
        village = places.get(session, district["liuhe"].id)
        assert (village.adults, village.people, village.households) == (1100, 1600, 400)


def test_under_an_open_flag(official: By, stores: Stores, district: District, now: datetime) -> None:
    """Neither thresholds nor adults in the whole town: refused, typed words kept, logged; no village is named."""
    with stores.portal.write() as session:
        flag = loud_flag(session, district, now)
        looked_at = places.get(session, flag.village_id)
        beside = next(one for one in places.villages(session, f"{looked_at.path.rsplit('/', 2)[0]}/")
                      if one.id != looked_at.id)
        before = (beside.adults, beside.code)
    above = official("district_organisation")
    above.get("/desk/district/settings/flags.floor")
    above.post("/desk/district/settings/flags.floor", {"value": "9", "valid_from": _first(now), "reason": REASON})
    assert _status(above) == 422
    assert REASON in above.text
    assert looked_at.name not in above.text
    town = official("town_office", "baisha")
    for code in (looked_at.code, beside.code):
        town.get(f"/desk/{code}/numbers")
        town.post(f"/desk/{code}/numbers", {"adults": "2000", "people": "2600", "households": "700"})
        assert _status(town) == 422
        assert "镇里正在看这里的一个村" in town.text
    with stores.portal.read() as session:
        assert session.exec(select(PlaceSetting)).all() == []
        assert places.get(session, beside.id).adults == before[0]
        rows = session.exec(select(LogEntry).where(LogEntry.kind == "inner:step").order_by(LogEntry.seq)).all()
        said = [json.loads(session.get_one(LogPayload, (row.unit, row.seq)).body) for row in rows]
    said = [one for one in said if one["act"] == "change:refused"]
    assert [(one["place"], one["content"]) for one in said] == [
        (district["district"].code, "flags.floor"), *[(district["baisha"].code, "place.adults")] * 2]


def test_no_setting_of_reports_moves_under_an_open_flag(official: By, stores: Stores, district: District,
                                                        now: datetime) -> None:
    """How reports are taken is the ground of a flag too: refused while one is open; the year's dates may change.

    Fault seen: a guard that knew the flags' own settings only.
    """
    with stores.portal.write() as session:
        loud_flag(session, district, now)
    above, town = official("district_organisation"), official("town_office", "baisha")
    for person, code, key, value, status in (
        (above, "district", "reports.answer_days", "30", 422),
        (above, "district", "reports.offline_severity", "4", 422),
        (town, "baisha", "year.midyear_by", "08-15", 303),
    ):
        person.get(f"/desk/{code}/settings/{key}")
        person.post(f"/desk/{code}/settings/{key}", {"value": value, "valid_from": _first(now), "reason": REASON})
        assert _status(person) == status, key
    with stores.portal.read() as session:
        assert [row.key for row in session.exec(select(PlaceSetting)).all()] == ["year.midyear_by"]
