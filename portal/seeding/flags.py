"""Flags of the demonstration: the rule itself raises them from the seeded reports, week by week.

One review is under way, heard and with its panel; an older one found nothing, and the village can read that.
"""

from datetime import datetime, time, timedelta

from sqlmodel import Session, select

from portal import clocks
from portal.core.clock import SHANGHAI, iso_week, local_day, week_start
from portal.flags import course, ending, panel, proposals, review, service, waits
from portal.flags.models import Clearing, Flag, Review
from portal.seeding.world import World

WEEKS_CHECKED = 4  # the third opens triage, the fourth finds it open
REVIEWED = "nanwan"
DECIDED_AFTER, ASKED_BEFORE = timedelta(days=3), timedelta(days=1)
TOLD_AFTER, HEARD_AFTER, NAMED_AFTER = timedelta(days=1), timedelta(days=3), timedelta(days=3, hours=1)
STATEMENT = (
    "鱼塘租金是三年一次收的，存在合作社的账上，没有及时转到村里，这是我的责任，月底前转。两张收据是清淤的小工，当天没带身份证，"
    "后来补了名单，在会计柜子里。树苗的事请看林业站的验收单。"
)
CLEARED = "xinglin"
CLEARED_AGO = timedelta(days=120)
OPENED_WHY = "公开栏上没看到二季度收入明细，村里说贴过。先核对清楚。"
FOUND = "公开栏按时贴了，有当天的照片，监委会也签了字；是上传时选错了季度。不是没公开。"
WHY = "三条线索两个人分别在账上找到了：两张收据没有签字，一笔鱼塘租金没有入账。要请书记说明。"


def mondays(world: World, count: int) -> list[datetime]:
    """Return the last `count` Mondays at half past seven in the village, oldest first, none after now."""
    newest = week_start(iso_week(world.today))
    moments = [datetime.combine(newest - timedelta(weeks=back), time(7, 30), SHANGHAI) for back in range(count)]
    return sorted(moment for moment in moments if moment <= world.now)


def seed(world: World) -> None:
    """Run the weekly checks of the last weeks as the clock would have; two people open one review some days later."""
    towns = [place for place in world.places.values() if place.kind == "town"]
    for now in mondays(world, WEEKS_CHECKED):
        for town in towns:
            clocks.check_flags(world.stores, now, town)
        with world.stores.portal.write() as session:
            waits.escalate(session, now)
        _review(world, now + DECIDED_AFTER)
    _cleared(world, world.now - CLEARED_AGO)


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
            asked = proposals.propose(session, officer, now - ASKED_BEFORE, flag, "review", WHY, second.person_id)
            proposals.confirm(session, second, now, asked)
            _hear(world, session, now, flag)


def _hear(world: World, session: Session, opened: datetime, flag: Flag) -> None:
    """Tell the secretary, take the statement in, and name the three who decide, as far as today lets it."""
    officer, secretary = world.above(REVIEWED, "town_discipline"), world.actor("secretary", REVIEWED)
    if opened + TOLD_AFTER <= world.now:
        review.notify(session, officer, opened + TOLD_AFTER, flag)
    if opened + HEARD_AFTER <= world.now:
        review.state(session, secretary, opened + HEARD_AFTER, flag, STATEMENT)
    if opened + NAMED_AFTER <= world.now:
        panel.name(session, officer, opened + NAMED_AFTER, flag, _three(world, REVIEWED))


def _three(world: World, village: str) -> list[str]:
    roles = ("town_office", "district_organisation", "district_finance")
    return [world.above(village, role).person_id for role in roles]


def _cleared(world: World, now: datetime) -> None:
    """Let an older review end as unfounded, and its clearing be published as the secretary wished."""
    village, day = world.places[CLEARED], timedelta(days=1)
    officer, signer = world.above(CLEARED, "town_discipline"), world.above(CLEARED, "district_discipline")
    secretary, lead = world.actor("secretary", CLEARED), world.above(CLEARED, "town_office")
    noticed = local_day(now) - 30 * day
    with world.stores.portal.write() as session:
        flag = service.overdue(session, now, village, "V07", noticed, noticed - 15 * day)
        if flag is None:
            return
        asked = proposals.propose(session, officer, now + 3 * day, flag, "review", OPENED_WHY, signer.person_id)
        proposals.confirm(session, signer, now + 4 * day, asked)
        review.notify(session, officer, now + 5 * day, flag)
        review.state(session, secretary, now + 8 * day, flag, "贴过，有照片。传到网上的时候选错了季度。")
        panel.name(session, officer, now + 9 * day, flag, _three(world, CLEARED))
        panel.propose(session, lead, now + 20 * day, flag, "unfounded", FOUND)
        read, beside = course.mark(session.get_one(Review, flag.id)), world.above(CLEARED, "district_finance")
        panel.voice(session, beside, now + 21 * day, flag, "agree", "", read)
        ending.countersign(session, signer, now + 23 * day, flag, read)
        made = session.exec(select(Clearing).where(Clearing.flag_id == flag.id)).one()
        ending.wish(session, secretary, now + 25 * day, made, publish=True)
