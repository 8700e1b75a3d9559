"""Flags of the demonstration: the rule itself raises them from the seeded reports, week by week."""

from datetime import datetime, time, timedelta

from sqlmodel import select

from portal.core.clock import SHANGHAI, add_weeks, iso_week, local_day, week_start
from portal.flags import service
from portal.flags.models import Flag
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import queries as reports
from portal.seeding.world import World

WEEKS_CHECKED = 10
REVIEWED = "nanwan"
WHY = "三条线索两个人分别在账上找到了：两张收据没有签字，一笔鱼塘租金没有入账。要请书记说明。"


def mondays(world: World, count: int) -> list[datetime]:
    """Return the last `count` Mondays at half past seven in the village, oldest first, none after now."""
    newest = week_start(iso_week(world.today))
    moments = [datetime.combine(newest - timedelta(weeks=back), time(7, 30), SHANGHAI) for back in range(count)]
    return sorted(moment for moment in moments if moment <= world.now)


def seed(world: World) -> None:
    """Run the weekly checks of the last weeks as the clock would have; then the town opens one review."""
    towns = [place for place in world.places.values() if place.kind == "town"]
    for now in mondays(world, WEEKS_CHECKED):
        for town in towns:
            check(world, now, town)
        with world.stores.portal.write() as session:
            service.escalate(session, now)
        _review(world, now)


def check(world: World, now: datetime, town: Place) -> None:
    """Check a town's villages on one Monday, from what their reports' weeks hold."""
    last = add_weeks(iso_week(local_day(now)), -1)
    with world.stores.portal.read() as session:
        ids = [village.id for village in places.villages(session, town.path)]
    with world.stores.vault.read() as vault:
        oldest = reports.oldest_week(vault, ids)
        if oldest is None or oldest > last:
            return
        first = max(oldest, add_weeks(last, -51))
        weeks = reports.weeks(vault, ids, first, last)
    with world.stores.portal.write() as session:
        service.weekly(session, now, town, weeks)


def _review(world: World, now: datetime) -> None:
    """Open the review of one village some days after its flag was raised."""
    village = world.places[REVIEWED]
    decided = now + timedelta(days=3)
    with world.stores.portal.write() as session:
        flag = session.exec(select(Flag).where(Flag.village_id == village.id, Flag.state == "triage",
                                               Flag.cause != "overdue")).first()
        if flag is None or decided > world.now:
            return
        least, found = service.review_needs(session, flag)
        if found >= least:
            officer = world.above(REVIEWED, "town_discipline")
            second = world.above(REVIEWED, "district_discipline")
            service.open_review(session, officer, decided, flag, WHY, second.person_id)
