"""What the town's list asks of it as a round goes on, and the demonstration's two rounds."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from portal.accounts import queries as people
from portal.ballots import consequence, counting, queries, shares
from portal.ballots.models import Round
from portal.ballots.tasks import tasks
from portal.config import Config
from portal.core.clock import local_day
from portal.roles import Actor
from portal.seeding import ballots as seeding
from portal.seeding.world import World
from tests.ballots.conftest import Vote


def town(vote: Vote, role: str = "town_office") -> Actor:
    with vote.stores.portal.read() as session:
        return people.actor_of(session, vote.district.person(role), local_day(vote.now))


def asked(vote: Vote, hours: int = 0, role: str = "town_office") -> list[tuple[str, bool]]:
    with vote.stores.portal.read() as session:
        return [(each.act, each.waiting) for each in
                tasks(vote.stores, session, town(vote, role), vote.now + timedelta(hours=hours))]


def test_the_town_is_asked_for_the_next_step(vote: Vote) -> None:
    """While people vote nothing is asked; after the hour to count, to publish, to say what follows, then nothing."""
    vote.cast_all({"villagers": ["excellent"] * 50, "party_members": ["excellent"] * 30, "town_cadres": ["basic"] * 10})
    assert asked(vote) == [("Look", True)]
    assert asked(vote, 48) == [("Count", False)]
    vote.close()
    assert asked(vote, 48) == [("Count", False)]
    vote.record(vote.sheet())
    assert asked(vote, 48) == [("Publish the result", False)]
    vote.publish()
    assert asked(vote, 48) == [("What follows", False)]
    with vote.stores.portal.write() as session:
        consequence.record(session, vote.now, session.get_one(Round, vote.round_id), "carry_on", "大家放心。")
    assert asked(vote, 48) == []


def test_nobody_else_is_asked(vote: Vote) -> None:
    """Neither the discipline officer nor anybody in the village has anything to do with a round."""
    assert asked(vote, role="town_discipline") == asked(vote, role="village_clerk") == []


def test_demonstration(make_vote: Callable[..., Vote], config: Config) -> None:
    """The demonstration has an open round with slips to try in Liuhe and a published one in Shiqiao."""
    vote = make_vote(village="nanwan")
    world = World(config, vote.stores, vote.now, vote.district.places, vote.district.people)
    seeding.seed(world)
    opened, finished = world.demo["rounds"]
    assert {each: len(slips) for each, slips in opened["slips"].items()} == {
        "party_members": 40, "villagers": 40, "town_cadres": 40}
    with vote.stores.portal.read() as session:
        running, result = session.get_one(Round, opened["id"]), session.get_one(Round, finished["id"])
        assert queries.is_open(running, vote.now)
        assert (running.id, result.id, result.grade) == (opened["id"], finished["id"], "competent")
        assert running.state == "open"
        assert set(queries.lines(session, result.id)) == {"villagers"}
        assert all(queries.agrees(row) for row in queries.sheets(session, result.id))
    for told in (opened, finished):
        assert shares.combine(*(shares.read(Path(each)) for each in told["key_shares"][1:])) == counting.read_key(
            Path(told["key"]))
    trial = Vote(vote.stores, vote.folder, vote.district, vote.now, opened["id"])
    assert trial.cast(opened["slips"]["town_cadres"][0]) == "counted"
