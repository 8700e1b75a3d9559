"""When a round ends its pepper ends, whoever was killed or came too late: nobody can try digits against its slips."""

from datetime import timedelta

import pytest

from portal.ballots import booth, conduct, mover
from portal.core.errors import Refused
from portal.slips import peppers
from portal.slips import service as slips
from tests.ballots.conftest import Vote


def _pepper(vote: Vote) -> bytes | None:
    return peppers.read(booth.peppers_of(vote.stores.booth), vote.round_id)


def test_a_void_round_whose_end_was_killed_keeps_no_pepper(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends just before the pepper is destroyed: the round is not void yet; once it is, the pepper is gone.

    Fault seen: written down as void first, with a pepper that nobody came back for; whoever had once seen a slip's
    digits could find out with it whether it was used.
    """
    vote.cast_all({"villagers": ["not"] * 5})

    def killed(*_arguments: object) -> None:
        raise SystemExit

    with monkeypatch.context() as during:
        during.setattr(peppers, "destroy", killed)
        with pytest.raises(SystemExit):
            conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    assert vote.round.state != "void"
    conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    assert vote.round.state == "void"
    assert _pepper(vote) is None


@pytest.mark.parametrize("end", ["void", "close"])
def test_slips_that_are_asked_for_while_a_round_ends_are_none(vote: Vote, monkeypatch: pytest.MonkeyPatch,
                                                              end: str) -> None:
    """Somebody presses "print" in the moment in which the round ends: refused, and no pepper is made anew.

    Fault seen: slips that open nothing, an entry in the log after the end that the papers do not know of, and a pepper
    for good.
    """
    conduct.void_slip(vote.stores, vote.round_id, vote.stubs["town_cadres"][0])
    known = conduct._round

    def ends(*arguments: object) -> object:
        found = known(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(conduct, "_round", known)
        if end == "void":
            conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
        else:
            vote.close()
        return found

    monkeypatch.setattr(conduct, "_round", ends)
    with pytest.raises(Refused):
        conduct.issue_slips(vote.stores, vote.now, vote.round_id, "town_cadres", 1)
    assert _pepper(vote) is None
    with vote.stores.booth.read() as session:
        assert slips.counts(session, vote.round_id)["town_cadres"][0] == 10


@pytest.mark.parametrize("hours", [0, 60])
def test_a_vote_that_was_stopped_is_void_though_whoever_stopped_it_was_cut_off(
        vote: Vote, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    """The doors closed and then the power failed: the clock finishes it, before the hour and after it.

    Fault seen: closed and counted at its hour like any round, though people had been turned away since.
    """
    vote.cast_all({"villagers": ["not"] * 5})

    def killed(*_arguments: object) -> None:
        raise SystemExit

    with monkeypatch.context() as during:
        during.setattr(mover, "move", killed)
        with pytest.raises(SystemExit):
            conduct.void(vote.stores, vote.now, vote.round_id, "停电两个多小时。")
    assert vote.cast(vote.slips["villagers"][9]) in {"refused", "unknown"}
    conduct.close_due(vote.stores, vote.now + timedelta(hours=hours))
    assert vote.round.state == "void"
    assert vote.round.void_reason == conduct.STOPPED
    assert _pepper(vote) is None
