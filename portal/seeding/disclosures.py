"""A year of open books for five villages, in every state; the sixth has just opened and is empty.

Everything goes through the services, day after day, as it would have: written by the clerk, checked by the
supervision committee, approved by the secretary. The figures are invented, and move with the day of the making.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from PIL import Image, ImageDraw
from sqlmodel import Session

from portal.core.clock import start_of
from portal.disclosures import queries, service, ticking
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.deadlines import Slot, due_slots, event_due
from portal.disclosures.entries import Item
from portal.disclosures.models import Record
from portal.disclosures.periods import Period
from portal.places.models import Place
from portal.seeding.disclosed import DATA, DECIDED, Village, made
from portal.seeding.world import World

VILLAGES = ("liuhe", "shiqiao", "dongling", "nanwan", "xinglin")
BATCH = 50
HALF_A_YEAR = (185,)
# what is missing although its day has passed: the last period of these
LATE = {
    "liuhe": ("V34",), "shiqiao": ("P25",), "dongling": ("V24", "V28"), "nanwan": ("V07", "V08", "V32"), "xinglin": (),
}
CHECKED = ("和凭证一张一张对过", "抽了 5 户上门看，都对", "和会议记录对得上", "金额、日期都对", "问了组长，没有漏的")


@dataclass(frozen=True)
class Job:
    """Something that a village does on a day."""

    day: date
    village: Village
    act: Callable[[Session, datetime], object]


def seed(world: World) -> None:
    """Write the year down, oldest day first, then the states that are worth a look."""
    villages = [_village(world, short) for short in VILLAGES]
    jobs = sorted((job for village in villages for job in _year(world, village)), key=lambda job: job.day)
    for start in range(0, len(jobs), BATCH):
        with world.stores.portal.write() as session:
            for job in jobs[start : start + BATCH]:
                ticking.end_notices(session, _at(job.day, 1))
                job.act(session, _at(job.day, 9))
    with world.stores.portal.write() as session:
        service.tick(session, world.now - timedelta(days=20))
    _worth_a_look(world, villages)


def _at(day: date, hour: int) -> datetime:
    return start_of(day) + timedelta(hours=hour)


def _village(world: World, short: str) -> Village:
    place = world.places[short]
    town = next(one.name for one in world.places.values() if one.id == place.parent_id)
    return Village(short, place, town, world.actor("village_clerk", short), world.actor("supervision", short),
                   world.actor("secretary", short), Random(f"7-{short}"))  # noqa: S311 - invented figures


def _year(world: World, village: Village) -> list[Job]:
    """Return everything that a village made public in its year but for what is missing."""
    jobs = []
    for item in catalogue().items:
        if item.cycle == "event":
            jobs += _happenings(world, village, item)
            continue
        slots = due_slots(item, village.place.opened_on, world.today)
        if item.code in LATE[village.short] and slots:
            slots = slots[:-1]
        jobs += [_slot_job(world, village, slot) for slot in slots]
    return jobs


def _slot_job(world: World, village: Village, slot: Slot) -> Job:
    """Return the publishing of one period, some days before it was due; now and then a few days late."""
    early = village.random.choice((9, 7, 6, 5, 3, 2, 1, 0, 0, -2))
    over = slot.period.end + timedelta(days=1) if slot.period and not slot.item.due.month else village.place.opened_on
    day = min(max(slot.due - timedelta(days=early), over), world.today - timedelta(days=1))
    return Job(day, village, lambda session, now: publish(
        session, village, now, slot.item, slot.period, made(village, slot.item, slot.period, day)))


def _happenings(world: World, village: Village, item: Item) -> list[Job]:
    if item.code in DATA["villages"][village.short]["never"]:
        day = world.today - timedelta(days=30)
        period = Period.parse(f"{day.year}")
        none = Content(nothing=True)
        return [Job(day, village, lambda session, now: publish(session, village, now, item, period, none))]
    jobs = []
    for number, ago in enumerate(DATA["items"][item.code].get("ago", HALF_A_YEAR)):
        happened = world.today - timedelta(days=ago + village.random.randrange(4))
        day = min(event_due(item, happened), world.today - timedelta(days=1))
        if item.code == "V19" and village.short in {"liuhe", "nanwan"}:
            happened, day = world.today - timedelta(days=3), world.today - timedelta(days=2)
        content = made(village, item, None, happened, number)
        jobs.append(Job(day, village, lambda session, now, content=content: publish(  # type: ignore[misc]
            session, village, now, item, None, content)))
    return jobs


def publish(session: Session, village: Village, now: datetime, item: Item, period: Period | None, content: Content,
            upto: str = "published") -> Record:
    """Take a record the whole way, or as far as `upto`."""
    place = session.get_one(Place, village.place.id)
    record = service.draft(session, village.clerk, now - timedelta(hours=30), place, item, period, content)
    if upto == "draft":
        return record
    service.submit(session, village.clerk, now - timedelta(hours=29), place, record)
    if upto in {"checked", "published"}:
        service.check(session, village.checker, now - timedelta(hours=6), place, record,
                      village.random.choice(CHECKED))
    if upto == "published":
        service.approve(session, village.secretary, now, place, record)
    return record


def _worth_a_look(world: World, villages: list[Village]) -> None:
    """Make the states that a newcomer should see: returned, waiting, corrected, objected, late."""
    by_short = {village.short: village for village in villages}
    _returned_contract(world, by_short["liuhe"])
    _waiting(world, by_short["liuhe"])
    _corrected_spending(world, by_short["shiqiao"])
    _corrected_spending(world, by_short["liuhe"])
    _objected(world, by_short["liuhe"])
    _answered(world, by_short["nanwan"])
    with world.stores.portal.write() as session:
        service.tick(session, world.now)


def _returned_contract(world: World, village: Village) -> None:
    """Leave a contract that should have been public four days ago; the supervision committee sent it back."""
    signed = world.today - timedelta(days=9)
    item = catalogue().by_code("V13")
    row = {"contract_no": f"承包 {signed.year}-07", "object": "东沟鱼塘", "contractor": "高玉海", "area_mu": "22.5",
           "yearly_price": "36000.00", "term": f"{signed.year} 年到 {signed.year + 5} 年", "bidding": "张榜，4 家报价"}
    content = Content(rows=[row], title="东沟鱼塘承包", event_date=signed,
                      decision={"body": DECIDED, "day": (signed - timedelta(days=6)).isoformat(), "present": "46",
                                "votes_for": "41", "votes_against": "5"})
    with world.stores.portal.write() as session:
        now = world.now - timedelta(days=5)
        record = publish(session, village, now, item, None, content, upto="submitted")
        service.send_back(session, village.checker, now + timedelta(hours=20), session.get_one(Place, village.place.id),
                          record, "没写租金哪天交")


def _waiting(world: World, village: Village) -> None:
    """Let one record wait for the check, one for the approval."""
    now = world.now - timedelta(days=1)
    day = world.today - timedelta(days=3)
    with world.stores.portal.write() as session:
        item = catalogue().by_code("V27")
        policy = made(village, item, None, day, 1)
        publish(session, village, now, item, None, policy.titled("危房改造，第二批", ""), upto="submitted")
        members = made(village, catalogue().by_code("P06"), None, world.today - timedelta(days=1), 0)
        publish(session, village, now, catalogue().by_code("P06"), None, members.titled("发展党员公示，第三批", ""),
                upto="checked")


def _last(session: Session, village: Village, code: str) -> Record:
    found = queries.lines(session, village.place.id, item=catalogue().by_code(code), limit=20)
    line = next(line for line in found if not line.nothing)
    return session.get_one(Record, line.record_id)


def _corrected_spending(world: World, village: Village) -> None:
    """Correct an amount that was copied wrongly; the second version says so, the first stays."""
    now = world.now - timedelta(days=18)
    with world.stores.portal.write() as session:
        place, record = session.get_one(Place, village.place.id), _last(session, village, "V08")
        old = service.content_of(service.version_of(session, record))
        rows = [dict(row) for row in old.rows]
        rows[1]["amount"] = f"{Decimal(rows[1]['amount']) + 540:.2f}"
        service.correct(session, village.clerk, now, place, record, f"“{rows[1]['purpose']}”少写了 540 元，发票上有",
                        Content(rows=rows))
        service.attach(session, village.clerk, now, place, record, "发票.jpg", _picture())
        service.submit(session, village.clerk, now, place, record)
        service.check(session, village.checker, now + timedelta(hours=3), place, record, "和发票对过")
        service.approve(session, village.secretary, now + timedelta(hours=5), place, record)


def _objected(world: World, village: Village) -> None:
    """Object to the list of farm subsidies in its notice; the committee is looking into it."""
    with world.stores.portal.write() as session:
        place, record = session.get_one(Place, village.place.id), _last(session, village, "V19")
        service.object_to(session, world.now - timedelta(days=1), place, record,
                          "我家二轮地块有一块没算进去，少了差不多两亩，请量一量", "d" * 32)


def _answered(world: World, village: Village) -> None:
    """Answer an objection that was not right, with the reason."""
    with world.stores.portal.write() as session:
        place, record = session.get_one(Place, village.place.id), _last(session, village, "V19")
        now = world.now - timedelta(days=1)
        objection = service.object_to(session, now, place, record, "四组有一户地早就不种了，怎么还有补贴", "e" * 32)
        service.decide_objection(session, village.checker, now + timedelta(hours=8), place, objection, "rejected",
                                 "到地里看过，今年种的是油菜，已经收了；丈量表和镇里的一样")


def _picture() -> bytes:
    """Return a small picture of an invented receipt."""
    picture = Image.new("RGB", (480, 300), "#fbfaf6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 460, 280), outline="#8b9189", width=3)
    for line in range(5):
        draw.line((50, 80 + line * 40, 430, 80 + line * 40), fill="#c9c4b3", width=2)
    draw.ellipse((330, 170, 430, 270), outline="#a8201a", width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
