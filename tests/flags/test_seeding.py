"""The demonstration's reviews: one that was heard and has its panel, one that found nothing and was published."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select, update

from portal.accounts.models import Posting
from portal.config import Config
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.flags import queries, service
from portal.flags.models import Flag
from portal.log.verify import verify_store
from portal.seeding import flags
from portal.seeding.world import World
from tests.factories.flags import CALM, LOUD, staff
from tests.factories.places import District

MOMENTS = [datetime(2026, 11, 23, 2, tzinfo=UTC) + timedelta(days=days) for days in (0, 2, 6)]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%a}")
def test_reviews_can_be_seeded_any_day(config: Config, stores: Stores, district: District, moment: datetime,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever weekday it is, there are a review that was heard and a clearing that the village can read."""
    with stores.portal.write() as session:
        staff(session, district, moment)
        session.execute(update(Posting).values(since=local_day(moment) - timedelta(days=400)))
    world = World(config, stores, moment, dict(district.places), dict(district.people))

    def loud(_stores: Stores, now: datetime, town: object) -> None:
        with stores.portal.write() as session:
            if town.id == district["baisha"].id:  # type: ignore[attr-defined]
                service.weekly(session, now, district["baisha"], {district["nanwan"].id: LOUD,
                                                                  district["xinglin"].id: CALM})

    monkeypatch.setattr(flags.clocks, "check_flags", loud)
    flags.seed(world)
    with stores.portal.read() as session:
        [flag] = session.exec(select(Flag).where(Flag.village_id == district["nanwan"].id)).all()
        row = queries.review(session, flag.id)
        assert row is not None
        assert row.stated_on is not None
        assert row.stated_on <= local_day(moment)
        assert len(queries.panel(session, flag.id)) == 3
        [clearing] = queries.cleared(session, district["xinglin"])
        assert clearing.made_on < local_day(moment) - timedelta(days=60)
    assert verify_store(stores) == []
