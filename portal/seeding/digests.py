"""Digests of the demonstration: the last four Mondays', and the district's of two months, each made as of its day."""

from datetime import datetime, time, timedelta

from portal.config import Mail
from portal.core.clock import SHANGHAI
from portal.digests import service
from portal.seeding.flags import mondays
from portal.seeding.world import World

WEEKS = 4


def seed(world: World) -> None:
    """Make each town's digests of the last four weeks and the district's of the last two months; none is mailed."""
    towns = [place for place in world.places.values() if place.kind == "town"]
    for now in mondays(world, WEEKS):
        for town in towns:
            service.weekly(world.stores, now, town, Mail(), world.config.base_url)
    first = datetime.combine(world.today.replace(day=1), time(7, 30), SHANGHAI)
    for now in ((first - timedelta(days=1)).replace(day=1), first):
        if now <= world.now:
            service.monthly(world.stores, now, world.places["district"], Mail(), world.config.base_url)
