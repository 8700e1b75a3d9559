"""The town’s pages of a round, from paper to result."""

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader

from portal.ballots import carrying, counting, results
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.core.clock import SHANGHAI, utc_now
from portal.core.errors import Refused
from portal.disclosures.content import Content
from tests.ballots.conftest import Vote
from tests.ballots.voting import MakeVote, to_confirm
from tests.disclosures.book import open_book
from tests.visitor import Official, Villager


@pytest.fixture
def vote(make_vote: MakeVote) -> Vote:
    """A round that is open at this very moment."""
    return make_vote(now=utc_now())


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
        town.get(home)
        wanted = {**town.hidden(), "electorate": electorate, "number": str(number)}
        sheet = town.client.post(home + "/slips", data=wanted)
        assert sheet.mimetype == "application/pdf"
        assert sheet.headers["Cache-Control"] == "no-store"
        slips[electorate] = slip_codes(sheet.data)
        assert len(slips[electorate]) == number
        again = town.client.post(home + "/slips", data=wanted | {"number": "1"})
        assert again.status_code == 422, "the page that stayed behind the file makes no more slips"
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
                  "twins_villagers": "49", "signers": "李卫东、王福林, 陈静"}
        wrong = town.post(home + "/count", {**papers, "sheet": (BytesIO(b"{}"), "sheet.json")},
                          content_type="multipart/form-data")
        assert wrong.status_code == 422
        assert "李卫东" in wrong.text
        assert "carried" not in town.hidden()
        sheet = (BytesIO(counted), "sheet.json")
        mistyped = town.post(home + "/count", {**papers, "issued_villagers": "5x", "sheet": sheet},
                             content_type="multipart/form-data")
        assert mistyped.status_code == 422
        assert "5x" in mistyped.text
        assert b"electorates" not in base64.b64decode(town.hidden()["carried"])
        taken = town.post(home + "/count", papers, content_type="multipart/form-data")  # the file is not chosen again
        assert taken.status_code == 303, taken.text
        assert town.get(home).status_code == 200
        result = f"{lang}/v/shiqiao/results/{home.rsplit('/', 1)[1]}"
        assert villager.get(result).status_code == 404
        town.get(home)
        assert town.post(home + "/publish").status_code == 422, "nobody has compared it with the signed paper"
        whole.witness()
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


def test_a_carried_count_sheet_opens_for_the_one_who_brought_it_alone() -> None:
    """Sealed for one session and one round; whatever else comes is as if no file had come."""
    content = b'{"electorates": {}}'
    carried = carrying.sealed(b"s" * 32, "session", "round", content)
    assert b"electorates" not in base64.b64decode(carried)
    assert carrying.opened(b"s" * 32, "session", "round", carried) == content
    for session_id, round_id, sent in (("other", "round", carried), ("session", "other", carried),
                                       ("session", "round", carried[:-8] + "AAAAAAA="), ("session", "round", "不"),
                                       ("session", "round", ""), ("session", "round", "A" * 80)):
        assert carrying.opened(b"s" * 32, session_id, round_id, sent) == b""


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
    assert page.text.count('class="why"') == 4
    assert "8 o&#39;clock" in page.text
    page = town.post("/en/desk/qingxi/rounds/new", {**draft(utc_now(), "abc"), "size_party_members": "3"})
    assert page.status_code == 422
    assert "Fewer than five" in page.text
    page = town.post("/en/desk/qingxi/rounds/new", draft(utc_now(), "00" * 31 + "zz"))
    assert "not a box key" in page.text


@pytest.mark.parametrize("lang", ["", "/en"])
def test_everything_wrong_with_a_new_round_is_told_at_once(vote: Vote, official: Callable[..., Official],
                                                          lang: str) -> None:
    """Rules, key and village stand side by side, each at its field, also where a time can't be read."""
    town = official("town_office")
    town.get(f"{lang}/desk/qingxi/rounds/new")
    good = draft(utc_now(), "abc")
    typed = {**good, "village": vote.district["liuhe"].code, "year": str(int(good["year"]) + 1),
             "closes_on": good["opens_on"], "closes_time": "07:00", "size_party_members": "3", "size_villagers": "0"}
    wrong = {"village", "year", "closes_on", "size_party_members", "size_villagers", "box_pub"}
    assert town.post(f"{lang}/desk/qingxi/rounds/new", typed).status_code == 422
    assert set(re.findall(r'id="why-(\w+)"', town.text)) == wrong
    assert town.post(f"{lang}/desk/qingxi/rounds/new", {**typed, "opens_time": "soon"}).status_code == 422
    assert set(re.findall(r'id="why-(\w+)"', town.text)) == wrong - {"year", "closes_on"} | {"opens_time"}


def test_an_attempt_to_change_a_frozen_round_is_logged_whatever_is_wrong_with_it(
        vote: Vote, official: Callable[..., Official]) -> None:
    """Nonsense in the fields keeps nobody's attempt out of the log."""
    town = official("town_office")
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    town.get(home)
    assert town.post(home + "/change", {**draft(utc_now(), "abc"), "size_villagers": "0"}).status_code == 422
    assert "in the log" in town.text


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


def test_turnout_tells_no_voter_s_moment(make_vote: MakeVote, official: Callable[..., Official]) -> None:
    """Whoever reloads the page all day sees the phrase change when a whole batch moves, never with one voter.

    Fault seen: of a group of twenty-four the sixth, the twelfth and the eighteenth vote showed to the second.
    """
    vote = make_vote(now=utc_now(), sizes={"party_members": 24, "villagers": 60, "town_cadres": 10})
    town, seen = official("town_office"), []
    for digits in vote.slips["party_members"]:
        assert vote.cast(digits, now=utc_now()) == "counted"
        page = town.get(f"/en/desk/qingxi/rounds/{vote.round_id}").text
        table = page[page.index("Voted so far</th>"):page.index("While people vote no more")]
        seen.append(re.sub(r"<[^>]+>", " ", table))
    assert [at + 1 for at in range(1, 24) if seen[at] != seen[at - 1]] == [20]


def test_no_count_before_the_close(vote: Vote, official: Callable[..., Official], villager: Villager) -> None:
    """While people vote no page holds an exact number, nor any of a small group."""
    vote.cast_all({"villagers": ["excellent"] * 37, "town_cadres": ["not"] * 7})
    town = official("town_office")
    page = town.get(f"/en/desk/qingxi/rounds/{vote.round_id}")
    assert "a half to three quarters" in page.text
    assert not re.search(r"\b37\b", re.sub(r"\b\d\d:\d\d\b", "", page.text)), "the minute of a time is none"
    assert villager.get(f"/v/liuhe/results/{vote.round_id}").status_code == 404


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
    papers = {each: Papers(size, returned=3 if each == "villagers" else 0)
              for each, size in (("villagers", 56), ("party_members", 30), ("town_cadres", 10))}
    counted, signers = vote.sheet(), "李卫东，王福林，陈静"
    with vote.stores.portal.write() as session:
        found = session.get_one(Round, vote.round_id)
        with pytest.raises(Refused, match="but given out, spoiled and left") as no:
            results.record_count(session, vote.now, found, counted, papers, signers, "")
    assert no.value.params == {"group": "Villagers", "printed": 60, "found": 59}


def test_people_hear_the_secretary_before_they_judge(vote: Vote, official: Callable[..., Official]) -> None:
    """The town sees on the round's page whether the report of the year is public, and where to read it."""
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    assert "report of the year is not public yet" in official("town_office").get(home).text
    with vote.stores.portal.write() as session:
        book = open_book(session, vote.district, utc_now())
        year = str(session.get_one(Round, vote.round_id).year)
        record = book.forward(book.draft("P15", Content({"report_text": "这一年修了路，欠了两件事。"}), year))
    page = official("town_office").get(home).text
    assert "report of the year is public" in page
    assert f"/en/v/990101100201/open/double-appraisal/{record.id}" in page
