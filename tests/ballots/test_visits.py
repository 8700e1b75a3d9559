"""Visits to people at home: two bodies, a cap, every slip accounted for, and nothing of whom they visited."""

import re
from collections.abc import Callable

import pytest

from portal.ballots import queries, results, visits
from portal.ballots.models import HomeVisit, Round
from portal.ballots.papers import Papers
from portal.core.clock import utc_now
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official

TEAM = visits.Team("villagers", "李卫东", "王福林", 8)


def send(vote: Vote, team: visits.Team = TEAM) -> str:
    with vote.stores.portal.write() as session:
        return visits.send(session, session.get_one(Round, vote.round_id), team).id


def back(vote: Vote, visit_id: str, given: int) -> None:
    with vote.stores.portal.write() as session:
        visits.come_back(session, session.get_one(HomeVisit, visit_id), given)


def test_no_more_slips_leave_the_hall_than_may(vote: Vote) -> None:
    """A fifth of 60 is 12: what is out and what was given count together, what came back may go out again."""
    first = send(vote)
    with pytest.raises(Refused) as refused:
        send(vote, visits.Team("villagers", "孙海燕", "赵国强", 5))
    assert refused.value.params == {"left": 4}
    back(vote, first, 3)
    send(vote, visits.Team("villagers", "李卫东", "王福林", 9))
    with pytest.raises(Refused):
        send(vote, visits.Team("villagers", "李卫东", "王福林", 1))


def test_nobody_goes_alone(vote: Vote) -> None:
    """The same name for both bodies is refused, whatever the blanks in it."""
    with pytest.raises(Refused):
        send(vote, visits.Team("villagers", "李卫东", "李 卫东", 3))


def test_a_team_comes_back_once(vote: Vote) -> None:
    """More given than taken is refused, and so is a second account of the same visit."""
    visit = send(vote)
    with pytest.raises(Refused):
        back(vote, visit, 9)
    back(vote, visit, 8)
    with pytest.raises(Refused):
        back(vote, visit, 7)


def test_nobody_goes_after_the_close(vote: Vote) -> None:
    """When the box is closed no slip leaves any more."""
    vote.close()
    with pytest.raises(Refused):
        send(vote)


def test_nothing_tells_whom_they_visited() -> None:
    """No household, voter, day or hour has a column."""
    columns = set(HomeVisit.__table__.columns.keys())
    assert columns == {"id", "round_id", "number", "electorate", "town", "committee", "taken", "given"}


def test_the_count_says_what_the_visits_add_up_to(vote: Vote) -> None:
    """A count waits for teams that are out, and can't publish another number than theirs."""
    visit = send(vote)
    vote.cast_all({"villagers": ["competent"] * 20})
    vote.close()

    def count(remote: int) -> None:
        with vote.stores.portal.write() as session:
            round_ = session.get_one(Round, vote.round_id)
            papers = {row.electorate: Papers(row.printed, remote=remote * (row.electorate == "villagers"))
                      for row in queries.sheets(session, round_.id)}
            results.record_count(session, vote.now, round_, vote.sheet(), papers, "李卫东，王福林，陈静", "")

    with pytest.raises(Refused, match="not back"):
        count(5)
    back(vote, visit, 5)
    with pytest.raises(Refused, match="add up"):
        count(3)
    count(5)
    with vote.stores.portal.read() as session:
        assert {row.electorate: row.remote for row in queries.sheets(session, vote.round_id)}["villagers"] == 5


def test_the_town_notes_a_visit(make_vote: Callable[..., Vote], official: Callable[..., Official]) -> None:
    """From the round's page: a team goes, the page says that it is out, it comes back, the page says what came back."""
    vote = make_vote(now=utc_now())
    path = f"/en/desk/qingxi/rounds/{vote.round_id}"
    town = official("town_office")
    town.get(path)
    wrong = {"visit_electorate": "villagers", "visit_town": "李卫东", "visit_committee": "王福林", "visit_taken": "40"}
    page = town.post(path + "/visits", wrong)
    assert page.status_code == 422
    assert "At most 12 more slips" in page.text
    assert 'value="王福林"' in page.text
    assert town.post(path + "/visits", {**wrong, "visit_taken": "8"}).status_code == 303
    page = town.get(path)
    assert "not back yet" in page.text
    address = re.search(r'action="(/en/desk/\d+/rounds/\w+/visits/[^"]+)"', page.text)[1]
    assert town.post(address, {"given_1": "9"}).status_code == 422
    town.get(path)
    assert town.post(address, {"given_1": "6"}).status_code == 303
    page = town.get(path)
    assert "not back yet" not in page.text
    assert "6 of at most 12" in page.text
    district = official("district_organisation").get(path.replace("qingxi", "district"))
    assert "李卫东 · 王福林" in district.text
    assert "The team goes" not in district.text


def test_another_round_s_visit_is_not_found(make_vote: Callable[..., Vote], official: Callable[..., Official]) -> None:
    """A visit is reached through its own round alone."""
    one, other = make_vote(now=utc_now()), make_vote(now=utc_now(), village="shiqiao")
    visit = send(one)
    town = official("town_office")
    assert town.post(f"/desk/qingxi/rounds/{other.round_id}/visits/{visit}", {"given_1": "1"}).status_code == 404


def test_while_people_vote_the_town_sees_no_more_than_it_may(make_vote: Callable[..., Vote],
                                                              official: Callable[..., Official]) -> None:
    """Turnout in quarters, and of a group under twenty none; slips out and back; no exact number of voters anywhere."""
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 37, "town_cadres": ["not"] * 7})
    page = official("town_office").get(f"/en/desk/qingxi/rounds/{vote.round_id}").text
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    table = text[text.index("Voted so far"):text.index("While people vote no more")]
    assert "a half to three quarters" in table
    assert not {"37", "7"} & set(re.findall(r"\d+", table))
    assert re.search(r"Town cadres\s+10\s+10\s+0\s+–", table)
