"""No village is one where a step of 2 KB ends between two answers: pages of a vote are as long before filling."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.ballots import rules
from portal.ballots.views import public
from portal.core.clock import utc_now
from portal.web import even, tokens
from portal.web.even import sent
from tests.ballots.conftest import Vote


@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize("packed", ["gzip, deflate, br", "identity"])
@pytest.mark.parametrize("step", ["confirm", "open"])
def test_all_answers_are_as_long_before_anything_is_filled_up(
    make_vote: Callable[..., Vote], app: Flask, monkeypatch: pytest.MonkeyPatch, lang: str, packed: str, step: str,
) -> None:
    """The page that reads an answer back, and the one gone back to, have one length for all answers, to the byte.

    Where they differ by twenty bytes, one village in a hundred (by the length of its secretary's name) has the end of
    a step between two answers: whoever owns the Wi-Fi there reads which of them each voter chose. Fault seen: 22.
    """
    vote = make_vote(now=utc_now(), printed={"villagers": 1, "party_members": 1, "town_cadres": 1})
    real = even.even
    monkeypatch.setattr(public, "even", lambda page, status=200: real(page, status, step=1))
    lengths: dict[str, dict[str, Any]] = {}
    for electorate, (digits,) in vote.slips.items():
        for choice in rules.SCALE:
            fields = {"digits": digits, "attempt": "a" * 32, "choice": sent(choice, rules.SCALE)}
            with app.test_request_context():
                fields["token"] = tokens.form_token("vote", digits + "a" * 32 if step == "confirm" else "")
            page = app.test_client().post(f"{lang}/vote/{step}", data=fields, headers={"Accept-Encoding": packed})
            assert page.status_code == 200
            lengths.setdefault(electorate, {})[choice] = len(page.data)
    assert {electorate: len(set(found.values())) for electorate, found in lengths.items()} == {
        "villagers": 1, "party_members": 1, "town_cadres": 1}, lengths
    assert len({length for found in lengths.values() for length in found.values()}) == 1, lengths


def test_a_promise_that_names_a_gap_shows_no_slip(make_vote: Callable[..., Vote], app: Flask,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """What a village wrote is shown as it was written, whatever it looks like: no slip's digits stand in its words."""
    vote = make_vote(now=utc_now(), printed={"villagers": 1})
    digits, title = vote.slips["villagers"][0], "路灯 @digits@ 盏 @electorate@"
    monkeypatch.setattr(public.places, "get", lambda *_: vote.district["liuhe"].model_copy(update={"name": title}))
    with app.test_request_context():
        token = tokens.form_token("vote")
    page = app.test_client().post("/vote/open", data={"digits": digits, "token": token})
    assert title in page.text
    assert page.text.count(digits) == 1
