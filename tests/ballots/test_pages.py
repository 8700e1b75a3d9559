"""A voter’s pages: what opens, what is spent, what nobody can tell."""

import json
import random
import re
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import Client

from portal.ballots import booth, rules
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.core.digits import make
from portal.slips import peppers
from portal.slips import service as slips
from tests.ballots.conftest import Vote
from tests.ballots.voting import DONE, USED, MakeVote, fields_of, mistyped, to_confirm
from tests.visitor import Official, Villager

TURNS = 60


@pytest.fixture
def vote(make_vote: MakeVote) -> Vote:
    """A round that is open at this very moment."""
    return make_vote(now=utc_now())



@pytest.mark.parametrize("lang", ["", "/en"])
def test_voting_from_a_slip(vote: Vote, villager: Villager, lang: str) -> None:
    """Open, choose, read once more, cast: four pages, no cookie, nothing kept, nothing in an address."""
    digits = vote.slips["villagers"][0]
    villager.get(f"{lang}/vote")
    page = villager.post(f"{lang}/vote/open", {"digits": " ".join(digits[at : at + 4] for at in range(0, 20, 4))})
    assert page.status_code == 200
    assert villager.text.count('type="radio"') == 5
    page = villager.post(f"{lang}/vote/confirm", {"choice": "basic"})
    assert page.status_code == 200
    assert vote.spent() == 0
    villager.post(f"{lang}/vote/cast", fields_of(villager, 0))
    assert vote.spent() == vote.ballots() == 1
    assert (DONE if lang else vote.district["liuhe"].code) in villager.text
    for path in ("/vote", "/vote/open", "/vote/confirm", "/vote/cast"):
        head = villager.client.get(lang + path) if path == "/vote" else villager.client.post(lang + path)
        assert head.headers["Cache-Control"] == "no-store"
        assert "Location" not in head.headers


def test_wrong_electorate(vote: Vote, villager: Villager) -> None:
    """Whoever sends a group along with every page votes in the group of the slip all the same, inside and outside.

    Fault seen: a ballot sealed for the group that the form names.
    """
    villager.get("/en/vote")
    other = {"electorate": "town_cadres"}
    villager.post("/en/vote/open", {"digits": vote.slips["villagers"][0], **other})
    villager.post("/en/vote/confirm", {"choice": "not", **other})
    assert DONE in villager.post("/en/vote/cast", {**fields_of(villager, 0), **other}).text
    vote.close()
    sheet = vote.sheet()
    assert sheet["electorates"] == {"villagers": {"counted": 1, "questions": {rules.QUESTION: {"not": 1}}}}
    assert sheet["foreign"] == 0


def test_titles_are_neutral(vote: Vote, villager: Villager) -> None:
    """A family that looks through the phone's history sees village affairs, on every page of a vote."""
    digits = vote.slips["villagers"][0]
    villager.get("/en/vote")
    titles = set(re.findall(r"<title>(.*?)</title>", villager.text))
    villager.post("/en/vote/open", {"digits": digits})
    titles |= set(re.findall(r"<title>(.*?)</title>", villager.text))
    fields = to_confirm(villager, digits)
    titles |= set(re.findall(r"<title>(.*?)</title>", villager.text))
    villager.post("/en/vote/cast", fields)
    titles |= set(re.findall(r"<title>(.*?)</title>", villager.text))
    assert titles == {"Village affairs"}


def test_retry_same_attempt(vote: Vote, villager: Villager) -> None:
    """Whoever presses again after a lost connection, even with another choice, gets the same thanks; one ballot."""
    fields = to_confirm(villager, vote.slips["villagers"][0])
    first = villager.post("/en/vote/cast", fields)
    again = villager.post("/en/vote/cast", fields)
    other = villager.post("/en/vote/cast", {**fields, "choice": "not"})
    assert DONE in first.text
    assert first.data == again.data == other.data
    back = villager.post("/en/vote/confirm", fields)
    assert DONE in back.text
    assert vote.spent() == vote.ballots() == 1


def test_another_attempt_is_told_politely(vote: Vote, villager: Villager) -> None:
    """Two phones with one slip: the second one gets the polite page, the first vote stands."""
    digits = vote.slips["villagers"][0]
    one, two = to_confirm(villager, digits), to_confirm(villager, digits, "not")
    assert one["attempt"] != two["attempt"]
    villager.post("/en/vote/cast", one)
    assert USED in villager.post("/en/vote/cast", two).text
    assert USED in villager.post("/en/vote/confirm", two).text
    assert vote.spent() == vote.ballots() == 1


def test_get_never_spends(vote: Vote, villager: Villager) -> None:
    """Previews and bots fetch every address: nothing changes."""
    digits = vote.slips["villagers"][0]
    for path in ("/vote", "/vote/open", "/vote/confirm", "/vote/cast"):
        for query in ("", f"?digits={digits}&choice=not&attempt={'0' * 32}"):
            for _ in range(5):
                villager.client.get(path + query)
                villager.client.head(path + query)
    assert vote.spent() == vote.ballots() == 0


def test_check_digit(vote: Vote, villager: Villager, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong digit and every swap of neighbours is told at once, before any look-up, with the digits kept."""
    from portal.ballots import booth, forms
    from portal.web.forms import Form

    digits = vote.slips["villagers"][0]
    assert not any(forms.slip_digits(Form({"digits": each})) for each in mistyped(digits))
    monkeypatch.setattr(booth, "find", lambda *_: pytest.fail("looked up"))
    villager.get("/en/vote")
    wrong = mistyped(digits)[3]
    page = villager.post("/en/vote/open", {"digits": wrong})
    assert page.status_code == 422
    assert wrong in page.text
    assert "one is wrong or missing" in page.text


def test_response_uniform(vote: Vote, villager: Villager) -> None:
    """Unknown, used, void and late slips get the same page, to the byte, in the same time."""
    from sqlalchemy import text

    used, void = vote.slips["villagers"][:2]
    vote.cast(used)
    with vote.stores.booth.write() as session:
        from portal.ballots import booth

        slip = booth.find(session, vote.stores.booth, void)
        assert slip is not None
        session.execute(text("UPDATE credential SET state = 'void' WHERE cred_hash = :it"), {"it": slip.cred_hash})
    villager.get("/en/vote")
    token = villager.hidden()["token"]
    pages = set()
    times: dict[str, list[float]] = {"used": [], "void": [], "unknown": []}

    def spread() -> float:
        for _ in range(TURNS):
            kinds = [("used", used), ("void", void), ("unknown", make(20))]
            for kind, digits in random.sample(kinds, len(kinds)):
                began = time.thread_time()
                page = villager.client.post("/en/vote/open", data={"token": token, "digits": digits})
                times[kind].append(time.thread_time() - began)
                pages.add((page.status_code, page.data))
        # The work done, not the clock on the wall: a machine that does other things too would hide any difference.
        quickest = [statistics.fmean(sorted(found)[: len(found) // 4]) for found in times.values()]
        return max(quickest) / min(quickest)

    # More of all three, never a fresh start: noise leaves the quickest quarter as it grows, a true difference stays.
    assert any(spread() < 1.05 for _ in range(3)), "no kind of slip takes longer"
    (page_found,) = pages
    assert page_found[0] == 200
    assert USED in page_found[1].decode()


def test_every_kind_of_slip_asks_for_the_same(vote: Vote, villager: Villager, stores: Stores,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """For an unknown slip the stores are asked the very statements that a used or a void one costs, and no hash more.

    Fault seen: one more cheap question for an unknown slip, which no clock tells from noise.
    """
    used, void = vote.slips["villagers"][:2]
    stub, folder = vote.stubs["villagers"][1], booth.peppers_of(stores.booth)
    vote.cast(used)
    with stores.booth.write() as session:
        assert slips.void(session, folder, vote.round_id, stub) == "voided"
    villager.get("/en/vote")
    token, hashed, asked = villager.hidden()["token"], list[str](), list[str]()
    keyed = peppers.keyed
    monkeypatch.setattr(peppers, "keyed", lambda pepper, digits: hashed.append("hash") or keyed(pepper, digits))

    def cost(digits: str) -> tuple[list[str], list[str]]:
        hashed.clear()
        asked.clear()
        page = villager.client.post("/en/vote/open", data={"token": token, "digits": digits})
        assert USED in page.text
        return list(asked), list(hashed)

    cost(make(20))  # from now on the thread has its own ways into the stores
    for store in (stores.booth, stores.portal):
        with store.look() as rows:
            rows._cursor.connection.set_trace_callback(asked.append)
    costs = {kind: cost(digits) for kind, digits in (("unknown", make(20)), ("used", used), ("void", void))}
    statements = {kind: [statement.split("'")[0] for statement in found] for kind, (found, _hashes) in costs.items()}
    assert statements["unknown"] == statements["used"] == statements["void"]
    assert len(statements["unknown"]) == 2
    assert {len(hashes) for _found, hashes in costs.values()} == {1}


def test_a_closed_round_looks_like_a_used_slip(vote: Vote, villager: Villager) -> None:
    """After the hour, and after the close, used and unused slips get the very same page."""
    used, unused = vote.slips["villagers"][:2]
    vote.cast(used)
    with time_machine.travel(vote.round.closes_at + timedelta(seconds=1), tick=False):
        villager.get("/en/vote")
        token = villager.hidden()["token"]

        def opened(digits: str) -> bytes:
            return villager.client.post("/en/vote/open", data={"digits": digits, "token": token}).data

        pages = {opened(each) for each in (used, unused, make(20))}
        vote.close()
        pages |= {opened(each) for each in (used, unused)}
    assert len(pages) == 1
    assert USED in pages.pop().decode()


def test_late_by_a_second(vote: Vote, villager: Villager) -> None:
    """A ballot sent after the bell is refused politely, and nothing is spent."""
    fields = to_confirm(villager, vote.slips["villagers"][0])
    with time_machine.travel(vote.round.closes_at + timedelta(seconds=1), tick=False):
        from portal.web import tokens

        with villager.app.test_request_context():
            fields["token"] = tokens.form_token("vote", fields["digits"] + fields["attempt"])
        assert USED in villager.post("/en/vote/cast", fields).text
    assert vote.spent() == 0


def test_too_early(vote: Vote, villager: Villager) -> None:
    """Before the opening a good slip is told the hours."""
    with time_machine.travel(vote.round.opens_at - timedelta(hours=1), tick=False):
        villager.get("/en/vote")
        page = villager.post("/en/vote/open", {"digits": vote.slips["villagers"][0]})
    assert page.status_code == 200
    assert "not opened yet" in page.text


def test_tokens_hold_pages_together(vote: Vote, villager: Villager) -> None:
    """Nobody can try digits on the inner pages: their token is bound to the slip and attempt that were opened."""
    first, second = vote.slips["villagers"][:2]
    fields = to_confirm(villager, first)
    for wrong in ({"digits": second}, {"attempt": "0" * 32}, {"token": ""}, {"digits": make(20)}, {"digits": "x"}):
        for path in ("/vote/confirm", "/vote/cast"):
            assert villager.client.post(path, data={**fields, **wrong}).status_code == 400
    assert vote.spent() == 0
    villager.get("/en/vote")
    old = villager.client.post("/en/vote/open", data={"digits": first, "token": "0.0"})
    assert old.status_code == 422
    assert first in old.text


@pytest.mark.parametrize("path", ["/vote/confirm", "/vote/cast"])
def test_a_page_names_its_round_and_no_file(vote: Vote, villager: Villager, path: str) -> None:
    """What stands in the page's round only says where to look: another one knows no such slip; nonsense is ignored."""
    fields = to_confirm(villager, vote.slips["villagers"][0])
    elsewhere = villager.client.post("/en" + path, data={**fields, "round": "0" * 16})
    assert USED in elsewhere.text
    assert vote.spent() == 0
    for nonsense in ("", "../session", "x" * 16, "0" * 17):
        page = villager.client.post("/en" + path, data={**fields, "round": nonsense})
        assert page.status_code == 200
        assert USED not in page.text


@pytest.mark.parametrize("path", ["/vote/confirm", "/vote/cast"])
def test_the_last_pages_know_that_a_vote_was_closed(vote: Vote, villager: Villager, path: str) -> None:
    """A page that was open when the vote was closed shows the polite page, not one more question."""
    fields = to_confirm(villager, vote.slips["villagers"][0])
    vote.close()
    assert USED in villager.client.post("/en" + path, data=fields).text
    assert vote.spent() == 0


def test_no_choice_is_asked_again(vote: Vote, villager: Villager) -> None:
    """Pressing next without a choice shows the ballot again and says what to do."""
    villager.get("/en/vote")
    villager.post("/en/vote/open", {"digits": vote.slips["villagers"][0]})
    page = villager.post("/en/vote/confirm", {"choice": "great"})
    assert page.status_code == 422
    assert "Please choose one." in page.text


def test_going_back_keeps_choice_and_attempt(vote: Vote, villager: Villager) -> None:
    """“No, go back” leads to the ballot with the choice still marked."""
    fields = to_confirm(villager, vote.slips["villagers"][0], "basic")
    page = villager.post("/en/vote/open", fields_of(villager, 1))
    assert re.search(r'value="basic\.*" checked', page.text)
    assert fields["attempt"] in page.text


def test_race_200(vote: Vote, app: Flask, villager: Villager) -> None:
    """Two hundred phones cast one slip at once: one ballot, one thank-you, 199 identical polite pages."""
    digits = vote.slips["villagers"][0]
    fields = to_confirm(villager, digits)
    from portal.web import tokens

    forms = []
    with app.test_request_context():
        for number in range(200):
            attempt = f"{number:032x}"
            forms.append({**fields, "attempt": attempt, "token": tokens.form_token("vote", digits + attempt)})
    pages: list[tuple[int, bytes]] = []
    start = threading.Barrier(200)

    def phone(form: dict[str, str]) -> None:
        start.wait()
        page = Client(app).post("/en/vote/cast", data=form)
        pages.append((page.status_code, page.data))

    threads = [threading.Thread(target=phone, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 200
    assert {status for status, _ in pages} == {200}
    assert sum(DONE in body.decode() for _, body in pages) == 1
    polite = [body for _, body in pages if USED in body.decode()]
    assert len(polite) == 199
    assert len(set(polite)) == 1
    assert vote.spent() == vote.ballots() == 1


def test_nothing_secret_is_logged(vote: Vote, villager: Villager, caplog: pytest.LogCaptureFixture) -> None:
    """No log line of a whole vote, nor of a broken one, holds digits, attempt or choice."""
    digits = vote.slips["villagers"][0]
    with caplog.at_level("DEBUG"):
        villager.post("/en/vote/cast", to_confirm(villager, digits, "not"))
        villager.client.post("/en/vote/cast", data={"digits": digits, "attempt": "x"})
    assert digits not in caplog.text
    assert json.dumps(rules.SCALE) not in caplog.text


def test_collecting_slips_can_be_told_from_every_page_of_a_vote(vote: Vote, villager: Villager) -> None:
    """From the first page, the last one, the refused one, and the village's page while people vote; not afterwards."""
    told = f'href="/en/v/{vote.district["liuhe"].code}/slips"'
    assert 'href="/en/vote/where"' in villager.get("/en/vote").text
    page = villager.get("/en/vote/where")
    assert told in page.text
    assert "Shiqiao" not in page.text, "only villages that vote now"
    used = vote.slips["villagers"][0]
    assert told in villager.post("/en/vote/cast", to_confirm(villager, used)).text
    villager.get("/en/vote")
    assert 'href="/en/vote/where"' in villager.post("/en/vote/open", {"digits": used}).text
    assert told in villager.get("/en/v/liuhe").text
    assert "/slips" not in villager.get("/en/v/shiqiao").text
    with time_machine.travel(vote.round.closes_at + timedelta(days=1), tick=False):
        assert "/slips" not in villager.get("/en/v/liuhe").text
        assert "No village votes" in villager.get("/en/vote/where").text


@pytest.mark.parametrize(("begins", "desk", "village"), [
    (timedelta(days=10), ["frozen, not open yet", "the vote opens"], "appraisal opens on"),
    (timedelta(), ["voting is open", "people are voting"], "appraisal is open"),
    (timedelta(days=-60), ["the hour has come, not closed yet", "has closed: count it"], ""),
])
def test_pages_go_by_the_clock_on_the_wall(
    make_vote: Callable[..., Vote], official: Callable[..., Official], villager: Villager, begins: timedelta,
    desk: list[str], village: str,
) -> None:
    """Before, in and after its hours a round is said to be what it is, though the portal's own clock has not run."""
    vote = make_vote(now=utc_now() + begins)
    town = official("town_office")
    page = town.get(f"/en/desk/qingxi/rounds/{vote.round_id}")
    assert desk[0] in page.text
    assert ("less than a quarter" in page.text) == (begins <= timedelta())
    assert desk[0] in town.get("/en/desk/qingxi/rounds").text
    assert desk[1] in town.get("/en/desk").text
    assert village in villager.get("/en/v/liuhe").get_data(as_text=True)
