"""Appraisals of the demonstration: one open in Liuhe with slips to vote with, one published in Shiqiao."""

import secrets
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from portal.ballots import (
    booth,
    conduct,
    consequence,
    counting,
    mover,
    queries,
    results,
    ringing,
    rules,
    sealing,
    service,
    shares,
    urn,
    visits,
    witnesses,
)
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.core.clock import SHANGHAI
from portal.places import queries as places
from portal.seeding.world import World

SPARE = 40  # slips of each group that demo.json tells, for whoever tries
SIZES = {
    "liuhe": {"party_members": 46, "villagers": 495, "town_cadres": 42},
    "shiqiao": {"party_members": 28, "villagers": 206, "town_cadres": 12},
}
CAST = {"party_members": 5, "villagers": 212, "town_cadres": 2}
RESULT = {
    "party_members": {"excellent": 11, "competent": 12, "basic": 2, "not": 1},
    "villagers": {"excellent": 52, "competent": 88, "basic": 24, "not": 11, "abstain": 5},
    "town_cadres": {"excellent": 3, "competent": 8},
}
FOLLOWS = ("talk", "总的称职。不少人说账目公开得晚，镇里十天内和书记谈一次，年底前看公开栏有没有改。")
RUNG = (11, 11, 0, 10, 1)  # of 14: nearly all got their own slip


def seed(world: World) -> None:
    """Make both rounds through the services. The box keys lie beside the stores, as in no real instance."""
    world.demo.setdefault("rounds", [])
    _finished_round(world)  # in the order of the log's days
    _open_round(world)


def _at(world: World, days: int, hour: int) -> datetime:
    """Return a moment on the village's clock, some days from today."""
    return datetime.combine(world.today + timedelta(days=days), time(hour), SHANGHAI).astimezone(UTC)


def _prepared(world: World, short: str, opens: datetime, closes: datetime) -> tuple[str, str]:
    """Prepare and freeze a round as the town did, some days before it opened; return its id and key file."""
    folder = world.config.instance / "demo-keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    key = folder / f"box-{short}.json"
    key.unlink(missing_ok=True)
    public = counting.new_box(key)["public"]
    for part in shares.split(counting.read_key(key)):
        share = folder / f"box-{short}-share-{part.number}.txt"
        share.unlink(missing_ok=True)
        shares.write(folder, [(share.name, part.text.encode())])
    before = opens - timedelta(days=6)
    with world.stores.portal.write() as session:
        village = places.get(session, world.places[short].id)
        year = opens.astimezone(SHANGHAI).year
        draft = service.Draft(year, opens, closes, SIZES[short], "A", public)
        made = service.create(session, world.above(short, "town_office"), before, village, draft)
    conduct.freeze(world.stores, before, made.id)
    return made.id, str(key)


def _shares(key: str) -> list[str]:
    """Return the three files of the shares of a box's key."""
    return [key.removesuffix(".json") + f"-share-{number}.txt" for number in (1, 2, 3)]


def _cast(world: World, round_id: str, slips: list[str], answers: list[str], moment: datetime) -> None:
    """Cast one ballot for each answer, with the slips in their order."""
    store = world.stores.booth
    with world.stores.portal.read() as session:
        box_pub = session.get_one(Round, round_id).box_pub
    with store.read() as session:
        found = [booth.find(session, store, digits) for digits in slips[: len(answers)]]
    with store.write() as session:
        for slip, answer in zip(found, answers, strict=True):
            if slip is not None:
                ballot = sealing.Ballot(round_id, slip.electorate, {rules.QUESTION: answer})
                booth.cast(session, moment, slip, secrets.token_hex(16), sealing.seal(box_pub, ballot))
    mover.move(store, round_id)


def _open_round(world: World) -> None:
    """Liuhe votes since three days and for nine more; about two in five villagers have."""
    opens, closes = _at(world, -3, 8), _at(world, 9, 17)
    round_id, key = _prepared(world, "liuhe", opens, closes)
    told = {}
    for electorate, size in SIZES["liuhe"].items():
        slips = conduct.issue_slips(world.stores, opens - timedelta(days=1), round_id, electorate, size).digits
        told[electorate] = slips[:SPARE]
        answers = world.random.choices(rules.SCALE, (30, 46, 14, 6, 4), k=min(CAST[electorate], size - SPARE))
        _cast(world, round_id, slips[SPARE:], answers, opens + timedelta(hours=2))
    with world.stores.portal.write() as session:
        round_ = session.get_one(Round, round_id)
        first = visits.send(session, round_, visits.Team("villagers", "李卫东", "王福林", 12))
        visits.come_back(session, first, 9)
        session.flush()
        visits.send(session, round_, visits.Team("villagers", "赵敏", "王福林", 8))
    conduct.close_due(world.stores, world.now)
    world.demo["rounds"].insert(0, {
        "id": round_id, "village": world.places["liuhe"].code, "state": "open", "slips": told, "key": key,
        "key_shares": _shares(key),
    })


def _finished_round(world: World) -> None:
    """Shiqiao voted five weeks ago: counted on a laptop, published with the composite grade; its urn is erased."""
    opens, closes = _at(world, -40, 8), _at(world, -37, 17)
    round_id, key = _prepared(world, "shiqiao", opens, closes)
    for electorate, size in SIZES["shiqiao"].items():
        slips = conduct.issue_slips(world.stores, opens - timedelta(days=1), round_id, electorate, size).digits
        answers = [answer for answer, number in RESULT[electorate].items() for _ in range(number)]
        world.random.shuffle(answers)
        _cast(world, round_id, slips, answers, opens + timedelta(hours=3))
    conduct.close(world.stores, closes, round_id)
    counted_at = closes + timedelta(hours=2)
    sheet = counting.count(urn.path_of(booth.folder(world.stores.booth), round_id), Path(key))
    with world.stores.portal.write() as session:
        round_ = session.get_one(Round, round_id)
        papers = {row.electorate: Papers(row.spent + (2 if row.electorate == "villagers" else 0), 0)
                  for row in queries.sheets(session, round_id)}
        results.record_count(session, counted_at, round_, sheet, papers, "李卫东、王福林、陈静", "")
    for post in (world.actor("supervision", "shiqiao"), world.above("shiqiao", "district_discipline")):
        with world.stores.portal.write() as session:
            counted = session.get_one(Round, round_id)
            witnesses.speak(session, post, counted_at + timedelta(hours=1), counted,
                            counting.mark(counted.sheet_commit))
    with world.stores.portal.write() as session:
        rung = session.get_one(Round, round_id)
        ringing.record(session, closes + timedelta(days=1), rung, ringing.Counts(*RUNG))
        results.publish(session, closes + timedelta(days=1), rung)
        consequence.record(session, closes + timedelta(days=6), rung, *FOLLOWS)
        kept = rung.rules["urn_days"]
    conduct.erase_urns(world.stores, closes + timedelta(days=1 + kept))
    world.demo["rounds"].append({
        "id": round_id, "village": world.places["shiqiao"].code, "state": "published", "slips": {}, "key": key,
        "key_shares": _shares(key),
    })
