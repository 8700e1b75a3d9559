"""Silence asks for a visit: a line at the district's desk, and never a flag."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import select

from portal import clocks
from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.flags import silence
from portal.flags.models import Flag, SilentVillage
from portal.flags.tasks import tasks
from portal.places.models import Place
from portal.reports import voices
from portal.slips import peppers
from tests.factories.flags import CALM, check_weeks
from tests.factories.places import District
from tests.visitor import Official


def _large(session, district: District, adults: int = 3000) -> None:
    session.get_one(Place, district["nanwan"].id).adults = adults
    session.flush()


def test_a_quiet_village_is_visited_and_never_flagged(stores: Stores, district: District, now: datetime) -> None:
    """No report in half a year where eight were likely: one line for the district, none for town or village."""
    with stores.portal.write() as session:
        _large(session, district)
        check_weeks(session, district, now, "baisha", {"nanwan": CALM, "xinglin": CALM}, times=1)
        heard = {district["nanwan"].id: 0, district["xinglin"].id: 0}
        for _again in range(3):
            silence.listen(session, now, district["baisha"], heard, {})
        rows = session.exec(select(SilentVillage)).all()
        assert [(row.village_id, row.cause) for row in rows] == [(district["nanwan"].id, "reports")]
        assert session.exec(select(Flag)).all() == []
        for role, place, lines in (("district_discipline", None, 1), ("town_discipline", "baisha", 0),
                                   ("secretary", "nanwan", 0), ("town_office", "baisha", 0)):
            actor = people.actor_of(session, district.person(role, place), local_day(now))
            assert len(tasks(stores, session, actor, now)) == lines
        actor = people.actor_of(session, district.person("district_discipline"), local_day(now))
        silence.visited(session, actor, now, rows[0], "大家还不知道有说话票。")
        assert tasks(stores, session, actor, now) == []
        assert silence.listen(session, now, district["baisha"], heard, {}) == [], "it was visited just now"


def test_one_report_is_no_silence(stores: Stores, district: District, now: datetime) -> None:
    """A report of any kind in half a year is enough; a village of whom little could be expected is left alone."""
    with stores.portal.write() as session:
        _large(session, district)
        check_weeks(session, district, now, "baisha", {"nanwan": CALM, "xinglin": CALM}, times=1)
        heard = {district["nanwan"].id: 1, district["xinglin"].id: 0}
        assert silence.listen(session, now, district["baisha"], heard, {}) == []


def test_too_few_slips_are_seen(stores: Stores, tmp_path, district: District, now: datetime) -> None:
    """Where a town has voice slips this year, a village with fewer than for three in ten adults is visited."""
    folder = peppers.folder_of(tmp_path)
    for short, number in (("nanwan", 272), ("xinglin", 450)):
        voices.issue(stores, now, folder, district[short], 2026, number)
    with stores.portal.write() as session:
        check_weeks(session, district, now, "baisha", {"nanwan": CALM, "xinglin": CALM}, times=1)
    for again in range(2):
        clocks.listen(stores, now + timedelta(hours=again), district["baisha"])
    with stores.portal.read() as session:
        rows = session.exec(select(SilentVillage)).all()
        assert [(row.village_id, row.cause) for row in rows] == [(district["nanwan"].id, "slips")]


def test_the_page_of_visits(official, stores: Stores, district: District) -> None:
    """The district notes how it was; without words it is asked again, and the town has no such page."""
    now = utc_now()
    with stores.portal.write() as session:
        row = SilentVillage(village_id=district["nanwan"].id, cause="reports", since=local_day(now))
        session.add(row)
        session.flush()
        visit = row.id
    above = official("district_discipline")
    for language in ("", "/en"):
        assert above.get(f"{language}/desk/district/visits").status_code == 200
    assert "No reports do not mean that all is well" in above.text
    assert above.post(f"/desk/district/visits/{visit}", {"found": ""}).status_code == 422
    assert above.post(f"/desk/district/visits/{visit}", {"found": "和十来个人谈过。"}).status_code == 303
    assert above.post(f"/desk/district/visits/{visit}", {"found": "again"}).status_code == 404
    above.get("/en/desk/district/visits")
    assert "No village is too quiet now." in above.text
    assert official("town_discipline", "baisha").get("/desk/baisha/visits").status_code == 403


def test_each_visit_is_noted_and_read_again(official: Callable[..., Official], stores: Stores, district: District,
                                            now: datetime) -> None:
    """Two villages wait: whichever is visited first is noted, and what was found there stays readable."""
    with stores.portal.write() as session:
        rows = {short: SilentVillage(village_id=district[short].id, cause="reports", since=local_day(now))
                for short in ("liuhe", "nanwan")}
        session.add_all(rows.values())
        session.flush()
        ids = {short: row.id for short, row in rows.items()}
    person = official("district_discipline")
    person.get("/en/desk/district/visits")
    assert person.text.count("Note the visit") == 2
    assert person.post(f"/en/desk/district/visits/{ids['nanwan']}", {"found": ""}).status_code == 422
    assert person.post(f"/en/desk/district/visits/{ids['nanwan']}", {"found": "跟三户人家谈过"}).status_code == 303
    person.get("/en/desk/district/visits")
    assert "跟三户人家谈过" in person.text
    assert person.text.count("Note the visit") == 1
