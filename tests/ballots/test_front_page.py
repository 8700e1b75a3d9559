"""A village's front page speaks of its vote exactly while the doors are open, kept or not, ticked or not."""

from datetime import datetime, timedelta

import pytest
import time_machine

from portal.ballots import queries
from portal.ballots.models import Round
from tests.ballots.conftest import Vote
from tests.disclosures.counting import Queries
from tests.visitor import Villager

COMING, OPEN, COUNTED = "评议 11 月 25 日", "评议正在进行", "正在点票"


def front_page(villager: Villager, moment: datetime) -> str:
    """Return the page as it is at a moment."""
    with time_machine.travel(moment, tick=False):
        return villager.get("/v/liuhe").get_data(as_text=True)


@pytest.mark.parametrize("door", ["opens_at", "closes_at"])
def test_a_kept_page_is_over_when_a_door_moves(vote: Vote, villager: Villager, door: str) -> None:
    """Kept a second before a vote opens or closes, it is another one at that moment, though nothing was written."""
    moment = getattr(vote.round, door)
    before = front_page(villager, moment - timedelta(seconds=1))
    after = front_page(villager, moment)
    assert (OPEN in before, OPEN in after) == ((False, True) if door == "opens_at" else (True, False))
    assert (COMING in before) == (door == "opens_at")
    assert COMING not in after
    assert (COUNTED in after) == (door == "closes_at"), "it is over for people at its moment, not when the clock runs"


def test_a_page_is_kept_between_the_doors(vote: Vote, villager: Villager) -> None:
    """While nothing changes, a page asked for again costs one question to the store: which version the village has."""
    front_page(villager, vote.now)
    asked = Queries(vote.stores)
    assert OPEN in front_page(villager, vote.now + timedelta(hours=2))
    assert asked.number == 1


def test_the_next_door(now: datetime) -> None:
    """Of all doors only those of rounds that can still be voted in count, and the nearest that is not past."""
    hour = timedelta(hours=1)

    def one(state: str, opens: datetime, closes: datetime) -> Round:
        return Round(state=state, opens_at=opens, closes_at=closes)

    over, open_ = one("published", now + hour, now + 2 * hour), one("open", now - hour, now + 4 * hour)
    assert queries.next_door([over, open_, one("frozen", now + 3 * hour, now + 5 * hour)], now) == now + 3 * hour
    assert queries.next_door([over, open_], now) == now + 4 * hour
    assert queries.next_door([over, open_], now + 4 * hour) is None
