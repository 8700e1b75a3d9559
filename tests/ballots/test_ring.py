"""The district's ring: whom the lot takes, who may know, what is kept and what is shown."""

import hashlib
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import queries as people
from portal.ballots import ring, ringing, rules, tasks
from portal.ballots.models import RingAnswers
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
LEAST = 5
SIZES = {"party_members": 30, "villagers": 495, "town_cadres": 10}


@pytest.fixture
def closed(make_vote: MakeVote) -> Vote:
    """A round that closed just now: 2, 25 and 1 of its people are rung."""
    vote = make_vote(now=utc_now() - timedelta(days=2, hours=1), sizes=SIZES, printed={"villagers": 450})
    vote.close()
    return vote


def record(vote: Vote, *counts: int) -> RingAnswers:
    with vote.stores.portal.write() as session:
        return ringing.record(session, vote.now, session.get_one(type(vote.round), vote.round_id),
                              ringing.Counts(*counts))


def test_five_in_a_hundred_of_each_roll(closed: Vote) -> None:
    """Rounded up, each place once, within the roll; as many as everybody can reckon from the sizes."""
    drawn = ringing.draw(closed.round)
    assert {each: len(found) for each, found in drawn.items()} == {
        "party_members": 2, "villagers": 25, "town_cadres": 1}
    assert ringing.called(closed.round) == 28
    for each, found in drawn.items():
        assert len(set(found)) == len(found)
        assert all(1 <= place <= SIZES[each] for place in found)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 600), st.integers(1, 20))
def test_the_lot_is_the_seed_s_alone(seed: bytes, size: int, share: int) -> None:
    """The same seed draws the same places, as many as the share says."""
    drawn = ring.drawn(seed, "villagers", size, share)
    assert drawn == ring.drawn(seed, "villagers", size, share)
    assert len(drawn) == -(-size * share // 100)


def test_every_place_is_as_likely_as_another() -> None:
    """Over 2,000 rounds each of 100 places is drawn about a hundred times."""
    times = [0] * 101
    for number in range(2000):
        for place in ring.drawn(hashlib.sha256(str(number).encode()).digest(), "villagers", 100, 5):
            times[place] += 1
    assert sum(times) == 10_000
    assert 55 < min(times[1:]) <= max(times) < 155  # 4.6 standard deviations


def test_nobody_knows_before_the_close(vote: Vote, official: Callable[..., Official]) -> None:
    """While people vote nothing is drawn, not even for the district; the rules carry a hash of the secret alone."""
    assert ringing.draw(vote.round) == {}
    assert vote.round.rules["ring"] == hashlib.sha256(bytes.fromhex(vote.round.ring_secret)).hexdigest()
    assert vote.round.ring_secret not in str(vote.round.rules)
    assert vote.round.rules_hash == rules.hash_of(vote.round.rules)
    page = official("district_organisation").get(f"/en/desk/liuhe/rounds/{vote.round_id}/ring")
    assert "Nothing is drawn yet" in page.text
    with pytest.raises(Refused):
        record(vote, 0, 0, 0, 0, 0)


def test_anybody_can_draw_again(closed: Vote, official: Callable[..., Official], villager: Villager) -> None:
    """From the published page and the published log alone, with a few lines of one's own, come the same places."""
    record(closed, 24, 24, 0, 22, 1)
    closed.record(closed.sheet(), "x")
    closed.publish()
    page = villager.get(f"/en/v/liuhe/results/{closed.round_id}").text
    entry = int(re.search(r"log’s entry (\d+), of the close", page)[1])
    secret = bytes.fromhex(re.search(r"<code>([0-9a-f ]+)</code>", page)[1].replace(" ", ""))
    assert hashlib.sha256(secret).hexdigest() == closed.round.rules["ring"]
    line = villager.client.get(f"/log/{closed.district['liuhe'].unit}.jsonl").data.splitlines()[entry]
    seed = hashlib.sha256(secret + hashlib.sha256(b"\0" + line).digest()).digest()
    lots = sorted(range(1, 496), key=lambda place: hashlib.sha256(seed + b"villagers:%d" % place).digest())
    assert sorted(lots[:25]) == ringing.draw(closed.round)["villagers"]
    assert b"round:closed" in line


def test_the_town_and_the_village_do_not_learn_whom(closed: Vote, official: Callable[..., Official]) -> None:
    """The list is for the district; whoever could visit the drawn ones first can't open it, and sees no secret."""
    path = f"/en/desk/liuhe/rounds/{closed.round_id}"
    for role in ("town_office", "town_discipline", "secretary", "village_clerk", "supervision"):
        assert official(role).get(path + "/ring").status_code == 403
    town = official("town_office").get(path)
    assert town.status_code == 200
    assert closed.round.ring_secret[:16] not in town.text.replace(" ", "")
    assert "Whom to ring" not in town.text
    listed = official("district_discipline").get(path + "/ring")
    assert " · ".join(map(str, ringing.draw(closed.round)["villagers"])) in listed.text


def test_only_counts_are_kept(closed: Vote) -> None:
    """A ring leaves one row of six numbers: no place on the roll, no name, no moment, no order of calls."""
    record(closed, 24, 22, 1, 20, 2)
    row = set(RingAnswers.__table__.columns.keys())
    assert row == {"round_id", "called", "answered", "own_yes", "own_no", "self_yes", "self_no"}


@pytest.mark.parametrize("counts", [(29, 0, 0, 0, 0), (10, 9, 2, 0, 0), (10, 0, 0, 11, 0)])
def test_what_can_t_be_is_refused(closed: Vote, counts: tuple[int, ...]) -> None:
    """More answers than people, more yes and no than answers: said, and nothing is kept."""
    with pytest.raises(Refused):
        record(closed, *counts)
    with closed.stores.portal.read() as session:
        assert session.get(RingAnswers, closed.round_id) is None


def test_answers_are_entered_once(closed: Vote, official: Callable[..., Official]) -> None:
    """Through the page: numbers in, refused with everything typed still there, then kept, and never changed again."""
    path = f"/en/desk/liuhe/rounds/{closed.round_id}/ring"
    desk = official("district_organisation")
    desk.get(path)
    wrong = {"answered": "24", "own_yes": "24", "own_no": "3", "self_yes": "24", "self_no": "0"}
    page = desk.post(path, wrong)
    assert page.status_code == 422
    assert 'value="3"' in page.text
    assert desk.post(path, {**wrong, "own_no": "0"}).status_code == 303
    page = desk.get(path)
    assert "24 / 0" in page.text
    assert desk.post(path, {**wrong, "own_no": "0"}).status_code == 422
    assert "entered already" in desk.text


def test_the_result_says_when_nobody_was_rung(closed: Vote, villager: Villager) -> None:
    """A ring that is missing is a visible line, not a blank."""
    closed.record(closed.sheet(), "x")
    closed.publish()
    page = villager.get(f"/en/v/liuhe/results/{closed.round_id}")
    assert "The district has not rung yet" in page.text
    assert closed.round.ring_secret[:8] not in page.text


def test_the_district_is_asked_to_ring(closed: Vote) -> None:
    """A line at the desk of the district from the close until the numbers are entered; none at the town's."""
    def lines(role: str) -> list[object]:
        with closed.stores.portal.read() as session:
            actor = people.actor_of(session, closed.district.person(role), local_day(utc_now()))
            found = tasks.tasks(closed.stores, session, actor, utc_now())
        return [task.params["called"] for task in found if task.act == "Whom to ring"]

    assert lines("district_organisation") == lines("district_discipline") == [28]
    assert lines("town_office") == []
    record(closed, 20, 20, 0, 20, 0)
    assert lines("district_organisation") == []


@pytest.mark.parametrize("called", [1, 4, 5, 8, 9, 10, 13, 14, 20, 28])
def test_no_small_number_follows_from_what_is_shown(called: int) -> None:
    """Of every outcome: each number below five, shown or reckoned from the shown ones, could be another one too."""
    worlds = defaultdict(list)
    for answered in range(called + 1):
        for own, self_ in itertools.product(range(answered + 1), repeat=2):
            shown = ring.shown(called, answered, own, self_, LEAST)
            worlds[shown].append((called - answered, answered, own, self_, answered - own, answered - self_,
                                  abs(own - self_)))
    for shown, cells in worlds.items():
        for cell in zip(*cells, strict=True):
            assert min(cell) >= LEAST or len(set(cell)) > 1, (shown, cell)


def test_what_a_usual_ring_shows() -> None:
    """25 of 30 answered, 18 got their slip, 12 filled it in: all of it stands there; what is near the edge in words."""
    assert [each.number for each in ring.shown(30, 25, 18, 12, LEAST)] == [25, 18, 12]
    assert [each.kind for each in ring.shown(30, 25, 25, 24, LEAST)] == ["exact", "most", "most"]
    assert [each.kind for each in ring.shown(30, 25, 19, 18, LEAST)] == ["exact", "exact", "same"]
    assert [each.kind for each in ring.shown(30, 25, 2, 0, LEAST)] == ["exact", "few", "few"]
    assert ring.shown(30, 25, 25, 12, LEAST)[2] == ring.Shown("exact", 12)  # somebody else filled in many: it is seen
    assert [each.kind for each in ring.shown(4, 4, 4, 4, LEAST)] == ["none", "none", "none"]


def test_collecting_is_counted_for_the_district_alone(vote: Vote, official: Callable[..., Official]) -> None:
    """The round's page tells the district how many told of collecting; the town's page has no such number."""
    with time_machine.travel(vote.now):
        page = official("district_organisation").get(f"/en/desk/liuhe/rounds/{vote.round_id}")
        assert "Nobody has told that slips are collected" in page.text
        page = official("town_office").get(f"/en/desk/liuhe/rounds/{vote.round_id}")
        assert "slips are collected" not in page.text
