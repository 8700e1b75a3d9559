"""What can't be done with a flag, nor around it while one is open: refused, and logged (the rest: `test_service`)."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import ending
from portal.log.models import LogEntry, LogPayload
from portal.log.verify import verify_store
from portal.places import queries as places
from portal.places import service
from portal.places.models import Place, PlaceSetting
from tests.factories.flags import loud_flag, open_case
from tests.factories.places import District


def _set(session: Session, now: datetime, place: Place, key: str) -> None:
    service.set_value(session, now, session.get_one(Place, place.id), key, 8, local_day(now), "p", "")


def _refused(stores: Stores) -> list[dict[str, str]]:
    with stores.portal.read() as session:
        rows = session.exec(select(LogEntry).where(LogEntry.kind == "inner:step").order_by(LogEntry.seq)).all()
        found = [json.loads(session.get_one(LogPayload, (row.unit, row.seq)).body) for row in rows]
        return [each for each in found if each["act"] == "change:refused"]


def test_nobody_moves_the_ground_while_a_flag_is_open(stores: Stores, district: District, now: datetime) -> None:
    """Thresholds and categories of the village, its town and its district, and its adults: refused and logged.

    Money and dates may change, another town's numbers too; the log's entry doesn't tell the village.
    """
    village = district["nanwan"]
    with stores.portal.write() as session:
        loud_flag(session, district, now)
    for short in ("nanwan", "baisha", "district"):
        with pytest.raises(Refused, match="Until that is settled"):
            service.change(stores, now, district[short], "flags.floor",
                            lambda session, short=short: _set(session, now, district[short], "flags.floor"))
    with pytest.raises(Refused, match="Until that is settled"):
        service.change(stores, now, village, service.ADULTS, lambda session: service.recount(
            session, now, places.get(session, village.id), adults=2000, people=2500, households=600))
    assert [(fact["place"], fact["content"]) for fact in _refused(stores)] == [
        (district["baisha"].code, "flags.floor"), (district["baisha"].code, "flags.floor"),
        (district["district"].code, "flags.floor"), (district["baisha"].code, "place.adults")]
    with stores.portal.write() as session:
        assert places.get(session, village.id).adults == 910
        assert session.exec(select(PlaceSetting)).all() == []
        _set(session, now, district["qingxi"], "flags.floor")
        _set(session, now, village, "disclosures.notice_days")
        service.recount(session, now, places.get(session, district["dongling"].id), adults=1400, people=1900,
                        households=500)
        with pytest.raises(Refused, match="Until that is settled"):  # neighbours are each other's measure
            service.recount(session, now, places.get(session, district["xinglin"].id), adults=1400, people=1900,
                            households=500)
    assert verify_store(stores) == []


@pytest.mark.parametrize("state", ["review", "decided"])
def test_not_during_the_review_or_the_appeal_either(state: str, stores: Stores, district: District,
                                                    now: datetime) -> None:
    """The ground stands until the last word; afterwards it may change."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        if state == "decided":
            case.walk_to_decision("educate")
        assert case.flag.state == state
        with pytest.raises(Refused, match="Until that is settled"):
            _set(session, now, district["nanwan"], "flags.floor")
        if state == "decided":
            row = session.get_one(type(ending.reviewed(session, case.flag, "decided")[0]), case.flag.id)
            ending.close(session, now, case.flag, row)
            _set(session, now + timedelta(days=1), district["nanwan"], "flags.floor")


def test_numbers_of_a_village_make_sense(stores: Stores, district: District, now: datetime) -> None:
    """There are never more adults than people, and nothing rests on a village without adults."""
    with stores.portal.write() as session:
        village = places.get(session, district["xinglin"].id)
        for adults, people, households in ((0, 10, 3), (11, 10, 3), (8, 10, 0), (8, 10, 11)):
            with pytest.raises(Refused):
                service.recount(session, now, village, adults=adults, people=people, households=households)
