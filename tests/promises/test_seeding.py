"""The demonstration's promises: they can be made on any day of the year, and show every state."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.config import Config
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.log.verify import verify_store
from portal.promises import queries
from portal.promises.rules import Standing
from portal.seeding import promises
from portal.seeding.world import World
from tests.factories.places import District

MOMENTS = [datetime(2026, 1, 1, 0, 30, tzinfo=UTC), datetime(2026, 1, 20, 2, tzinfo=UTC),
           datetime(2026, 5, 5, 2, tzinfo=UTC), datetime(2026, 11, 25, 2, tzinfo=UTC),
           datetime(2026, 12, 31, 15, tzinfo=UTC)]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%m-%d}")
def test_the_demonstration_can_be_made_any_day(config: Config, stores: Stores, district: District,
                                               moment: datetime) -> None:
    """Whatever today is, the demonstration's promises keep every rule, and the log holds."""
    world = World(config, stores, moment, dict(district.places), dict(district.people))
    promises.seed(world)
    with stores.portal.read() as session:
        shown = queries.of_year(session, district["liuhe"], 2026, local_day(moment))
        assert len(shown) == 8
        assert queries.count(session, district["xinglin"]) == 5
    assert verify_store(stores, [queries.logged]) == []
    if moment.month == 11:
        assert {item.standing for item in shown} == {Standing.ON_TRACK, Standing.BEHIND, Standing.DONE}
        assert [item.percent for item in shown][:2] == [90, 35]


def test_photos_are_light(tmp_path: Path) -> None:
    """A drawn photo can be fetched on a slow network."""
    from portal.seeding import pictures

    assert all(len(pictures.draw(what)) < 80_000 for what in pictures.PAINTERS)
