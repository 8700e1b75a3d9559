"""Flags of the demonstration: the rule itself raises them from the seeded reports, week by week."""

from datetime import datetime, time, timedelta

from sqlmodel import select

from portal import clocks
from portal.core.clock import SHANGHAI, iso_week, week_start
from portal.flags import service, waits
from portal.flags.models import Flag
from portal.seeding.world import World

WEEKS_CHECKED = 4  # the third opens triage, the fourth finds it open
REVIEWED = "nanwan"
DECIDED_AFTER = timedelta(days=3)
WHY = "三条线索两个人分别在账上找到了：两张收据没有签字，一笔鱼塘租金没有入账。要请书记说明。"


def mondays(world: World, count: int) -> list[datetime]:
    """Return the last `count` Mondays at half past seven in the village, oldest first, none after now."""
    newest = week_start(iso_week(world.today))
    moments = [datetime.combine(newest - timedelta(weeks=back), time(7, 30), SHANGHAI) for back in range(count)]
    return sorted(moment for moment in moments if moment <= world.now)


def seed(world: World) -> None:
    """Run the weekly checks of the last weeks as the clock would have; the town opens one review some days later."""
    towns = [place for place in world.places.values() if place.kind == "town"]
    for now in mondays(world, WEEKS_CHECKED):
        for town in towns:
            clocks.check_flags(world.stores, now, town)
        with world.stores.portal.write() as session:
            waits.escalate(session, now)
        _review(world, now + DECIDED_AFTER)


def _review(world: World, now: datetime) -> None:
    """Open the review of one village once its flag stands and enough particulars are confirmed."""
    if now > world.now:
        return
    village = world.places[REVIEWED]
    with world.stores.portal.write() as session:
        flag = session.exec(select(Flag).where(Flag.village_id == village.id, Flag.state == "triage",
                                               Flag.cause != "overdue")).first()
        if flag is None:
            return
        least, found = service.review_needs(session, flag)
        if found >= least:
            second = world.above(REVIEWED, "district_discipline")
            officer = world.above(REVIEWED, "town_discipline")
            service.open_review(session, officer, now, flag, WHY, second.person_id)
