"""Digests of the demonstration: those of the last four Mondays, each made as of its day."""

from portal.config import Mail
from portal.digests import service
from portal.seeding.flags import mondays
from portal.seeding.world import World

WEEKS = 4


def seed(world: World) -> None:
    """Make each town's digests of the last four weeks; none is mailed."""
    towns = [place for place in world.places.values() if place.kind == "town"]
    for now in mondays(world, WEEKS):
        for town in towns:
            service.weekly(world.stores, now, town, Mail(), world.config.base_url)
