"""What voters and the town see: four pages to a vote, one polite page for the rest, the town's steps, the result."""

import json
import random
import re
import statistics
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import Client

from portal.ballots import counting, rules, service
from portal.ballots.models import Round
from portal.core.clock import SHANGHAI, utc_now
from portal.core.digits import make
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
USED = "This slip can’t be used"
DONE = "Your vote is in"
TURNS = 60


@pytest.fixture
def vote(make_vote: MakeVote) -> Vote:
    """A round that is open at this very moment."""
    return make_vote(now=utc_now())


def mistyped(digits: str) -> list[str]:
    """Every single wrong digit, and every swap of neighbours."""
    found = [digits[:at] + new + digits[at + 1 :] for at in range(20) for new in "0123456789" if digits[at] != new]
    found += [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(19)
              if digits[at] != digits[at + 1]]
    return found


def fields_of(villager: Villager, number: int) -> dict[str, str]:
    """The hidden fields of one form of the page last seen."""
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', villager.text.split("</form>")[number]))


def to_confirm(villager: Villager, digits: str, choice: str = "competent", lang: str = "/en") -> dict[str, str]:
    """Go as far as the page before casting; return its hidden fields."""
    villager.get(f"{lang}/vote")
    villager.post(f"{lang}/vote/open", {"digits": digits})
    villager.post(f"{lang}/vote/confirm", {"choice": choice})
    assert "attempt" in villager.hidden()
    return fields_of(villager, 0)


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
    times: dict[str, list[float]] = {"used": [], "void": [], "unknown": []}
    pages = set()
    for _ in range(TURNS):
        kinds = [("used", used), ("void", void), ("unknown", make(20))]
        for kind, digits in random.sample(kinds, len(kinds)):
            began = time.thread_time()
            page = villager.client.post("/en/vote/open", data={"token": token, "digits": digits})
            times[kind].append(time.thread_time() - began)
            pages.add((page.status_code, page.data))
    (page_found,) = pages
    assert page_found[0] == 200
    assert USED in page_found[1].decode()
    # The work done, not the clock on the wall: a machine that does other things too would hide any difference.
    quickest = [statistics.fmean(sorted(found)[: TURNS // 4]) for found in times.values()]
    assert max(quickest) / min(quickest) < 1.05, "no kind of slip takes longer"


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


def draft(now: datetime, public: str) -> dict[str, Any]:
    """A round as the town types it: opens in four days, closes in six."""
    day = now.astimezone(SHANGHAI)
    return {
        "village": "990101100202", "year": str(day.year), "opens_on": (day + timedelta(days=4)).date().isoformat(),
        "opens_time": "08:00", "closes_on": (day + timedelta(days=6)).date().isoformat(), "closes_time": "17：00",
        "size_party_members": "20", "size_villagers": "60", "size_town_cadres": "0", "plan": "A", "box_pub": public,
    }


def slip_codes(pdf: bytes) -> list[str]:
    """Read the digits off the printed sheets."""
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return ["".join(found) for found in re.findall(r"(\d{4}) +(\d{4}) +(\d{4})\s+(\d{4}) +(\d{4})", text)]


@pytest.mark.parametrize("lang", ["", "/en"])
def test_a_round_from_paper_to_result(
    app: Flask, district: Any, official: Callable[..., Official], villager: Villager, tmp_path: Any, lang: str,
) -> None:
    """The town prepares, freezes, prints, people vote, the laptop counts, the town publishes, everybody reads."""
    from portal.ballots import conduct

    stores, now = app.extensions["portal"].stores, utc_now()
    key = tmp_path / "key.json"
    town = official("town_office")
    town.get(f"{lang}/desk/qingxi/rounds/new")
    made = town.post(f"{lang}/desk/qingxi/rounds/new", draft(now, counting.new_box(key)["public"].upper()))
    assert made.status_code == 303, made.text
    home = made.headers["Location"]
    assert town.get(home).status_code == 200
    assert town.post(home + "/freeze").status_code == 303
    town.get(home)
    slips = {}
    for electorate, number in (("party_members", 20), ("villagers", 55)):
        wanted = {**town.hidden(), "electorate": electorate, "number": str(number)}
        sheet = town.client.post(home + "/slips", data=wanted)
        assert sheet.mimetype == "application/pdf"
        assert sheet.headers["Cache-Control"] == "no-store"
        slips[electorate] = slip_codes(sheet.data)
        assert len(slips[electorate]) == number
    with time_machine.travel(now + timedelta(days=5)):
        conduct.close_due(stores, utc_now())
        whole = Vote(stores, tmp_path, district, utc_now(), home.rsplit("/", 1)[1])
        for electorate, answers in (("party_members", ["excellent"] * 12 + ["competent"] * 8),
                                    ("villagers", ["competent"] * 40 + ["not"] * 12)):
            page = villager.post(f"{lang}/vote/cast", to_confirm(villager, slips[electorate][0], answers[0], lang))
            assert page.status_code == 200
            whole.slips[electorate] = slips[electorate][1:]
            whole.cast_all({electorate: answers[1:]})
        town = official("town_office")
        assert town.get(home).status_code == 200
        assert not lang or "more than three quarters" in town.text
    with time_machine.travel(now + timedelta(days=7)):
        town = official("town_office")
        town.get(home)
        assert town.post(home + "/close").status_code == 303
        urn_file = tmp_path / f"{home.rsplit('/', 1)[1]}.sqlite"
        download = town.client.get(home + "/urn")
        assert download.status_code == 200, download.text
        urn_file.write_bytes(download.data)
        counted = counting.sheet_text(counting.count(urn_file, key)).encode()
        town.get(home)
        papers = {"issued_party_members": "20", "issued_villagers": "53", "spoiled_villagers": "1",
                  "returned_party_members": "0", "returned_villagers": "1", "remote_villagers": "3",
                  "twins_villagers": "0 38 0 11 0", "signers": "李卫东、王福林, 陈静"}
        wrong = town.post(home + "/count", {**papers, "sheet": (BytesIO(b"{}"), "sheet.json")},
                          content_type="multipart/form-data")
        assert wrong.status_code == 422
        assert "李卫东" in wrong.text
        taken = town.post(home + "/count", {**papers, "sheet": (BytesIO(counted), "sheet.json")},
                          content_type="multipart/form-data")
        assert taken.status_code == 303, taken.text
        assert town.get(home).status_code == 200
        result = f"{lang}/v/shiqiao/results/{home.rsplit('/', 1)[1]}"
        assert villager.get(result).status_code == 404
        town.get(home)
        assert town.post(home + "/publish").status_code == 303
        page = villager.get(result)
        assert page.status_code == 200
        assert "77%" in page.text
        assert "23%" in page.text
        assert "李卫东、王福林、陈静" in page.text
        shown = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
        for hidden in ("60%", "40%", "62%", "38%"):
            assert hidden not in shown.replace("villagers 50%", "")
        assert town.get(home).status_code == 200
        assert town.get(f"{lang}/desk/qingxi/rounds").status_code == 200


@pytest.mark.parametrize(("sizes", "said", "unsaid"), [
    ({"villagers": 60}, ("One group voted; it alone makes the grade.",),
     ("votes together", "Weights", "party members 30%")),
    ({"party_members": 20, "villagers": 60}, ("two votes together", "Villagers 62.5%"), ("three votes", "cadres 20%")),
    ({"party_members": 30, "villagers": 60, "town_cadres": 10}, ("three votes together", "party members 30%"), ()),
])
def test_a_result_speaks_of_those_who_voted(
    make_vote: Callable[..., Vote], villager: Villager, sizes: dict[str, int], said: tuple[str, ...],
    unsaid: tuple[str, ...],
) -> None:
    """A group that had no vote has no weight on the published page."""
    vote = make_vote(now=utc_now(), sizes=sizes)
    vote.cast_all({each: ["competent"] * size for each, size in sizes.items()})
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    assert villager.get(f"/en/v/liuhe/results/{vote.round_id}").status_code == 200
    assert [words for words in said if words not in villager.text] == []
    assert [words for words in unsaid if words in villager.text] == []


def test_changes_after_freezing(vote: Vote, official: Callable[..., Official]) -> None:
    """A change that is sent for a frozen round is refused with a sentence, and written into the log."""
    town = official("town_office")
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    town.get(home)
    page = town.post(home + "/change", draft(utc_now(), vote.round.box_pub))
    assert page.status_code == 422
    assert "in the log" in page.text
    assert vote.round.plan == "A"


def test_bad_input_is_told_beside_its_field(official: Callable[..., Official]) -> None:
    """Wrong hours, sizes and keys are named, and everything typed is still there."""
    town = official("town_office")
    town.get("/en/desk/qingxi/rounds/new")
    typed = {**draft(utc_now(), "abc"), "size_villagers": "many", "opens_time": "8 o'clock", "closes_on": "soon"}
    page = town.post("/en/desk/qingxi/rounds/new", typed)
    assert page.status_code == 422
    assert page.text.count('class="why"') == 3
    assert "8 o&#39;clock" in page.text
    page = town.post("/en/desk/qingxi/rounds/new", {**draft(utc_now(), "abc"), "size_party_members": "3"})
    assert page.status_code == 422
    assert "Fewer than five" in page.text
    page = town.post("/en/desk/qingxi/rounds/new", draft(utc_now(), "00" * 31 + "zz"))
    assert "not a box key" in page.text


def test_who_may_what(vote: Vote, official: Callable[..., Official], villager: Villager) -> None:
    """Village roles have no page of a round; the discipline officer reads only; another town finds nothing."""
    path = f"/desk/qingxi/rounds/{vote.round_id}"
    assert official("village_clerk").get("/desk/liuhe/rounds").status_code == 403
    assert official("secretary", "liuhe").get(path).status_code == 403
    assert official("supervision").get(path).status_code == 403
    reader = official("town_discipline")
    assert reader.get(path).status_code == 200
    assert "/freeze" not in reader.text
    assert reader.get(path + "/urn").status_code == 403
    stranger = official("town_office", "baisha")
    assert stranger.get(path).status_code == 403
    assert stranger.get(f"/desk/baisha/rounds/{vote.round_id}").status_code == 404
    assert villager.client.get(path).status_code == 303
    assert official("town_office").get(path + "/urn").status_code == 404, "an open urn is handed to nobody"


def test_no_count_before_the_close(vote: Vote, official: Callable[..., Official], villager: Villager) -> None:
    """While people vote no page holds an exact number, nor any of a small group."""
    vote.cast_all({"villagers": ["excellent"] * 37, "town_cadres": ["not"] * 7})
    town = official("town_office")
    page = town.get(f"/en/desk/qingxi/rounds/{vote.round_id}")
    assert "a half to three quarters" in page.text
    assert not re.search(r"\b37\b", page.text)
    assert villager.get(f"/v/liuhe/results/{vote.round_id}").status_code == 404


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


def test_while_votes_are_counted_the_village_is_told(make_vote: Callable[..., Vote], villager: Villager) -> None:
    """Between the close and the result the village's page says that it is counted, and by what day it ends."""
    vote = make_vote(now=utc_now())
    vote.close()
    villager.get("/en/v/liuhe")
    assert "It is being counted. The result stands here by" in villager.text


def test_papers_that_do_not_agree_are_told_with_their_numbers(make_vote: Callable[..., Vote]) -> None:
    """Whoever counted too few left-over slips reads how many are missing, and of which group."""
    vote = make_vote(now=utc_now())
    vote.cast_all({"villagers": ["competent"] * 50})
    vote.close()
    papers = {each: service.Papers(size, returned=3 if each == "villagers" else 0)
              for each, size in (("villagers", 56), ("party_members", 30), ("town_cadres", 10))}
    counted, signers = vote.sheet(), "李卫东，王福林，陈静"
    with vote.stores.portal.write() as session:
        found = session.get_one(Round, vote.round_id)
        with pytest.raises(Refused, match="but given out, spoiled and left") as no:
            service.record_count(session, vote.now, found, counted, papers, signers, "")
    assert no.value.params == {"group": "Villagers", "printed": 60, "found": 59}
