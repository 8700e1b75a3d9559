"""Three bodies sign a count; two of them say at their own desks that it is this one (ballots.md, the flow, 7)."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from portal import cli
from portal.accounts import queries as people
from portal.ballots import counting, queries, results, witnesses
from portal.ballots.models import Round
from portal.ballots.tasks import tasks
from portal.core.clock import local_day
from portal.core.errors import Refused
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]
VOTES = {"villagers": ["excellent"] * 20 + ["competent"] * 30 + ["not"] * 8, "party_members": ["competent"] * 30,
         "town_cadres": ["competent"] * 10}
COMMITTEE, DISTRICT = "supervision", "district_discipline"


@pytest.fixture
def counted(vote: Vote) -> Vote:
    """A round whose count the town took in."""
    vote.cast_all(VOTES)
    vote.close()
    vote.record(vote.sheet())
    return vote


def digits(vote: Vote) -> str:
    return counting.mark(vote.round.sheet_commit)


def speak(vote: Vote, post: str, typed: str = "", reason: str = "", now: datetime | None = None) -> None:
    with vote.stores.portal.write() as session:
        actor = people.actor_of(session, vote.district.person(post), local_day(vote.now))
        round_ = session.get_one(Round, vote.round_id)
        witnesses.speak(session, actor, now or vote.now, round_, typed, reason)


def publish(vote: Vote, now: datetime | None = None) -> None:
    with vote.stores.portal.write() as session:
        results.publish(session, now or vote.now, session.get_one(Round, vote.round_id))


def asked(vote: Vote, post: str) -> list[str]:
    with vote.stores.portal.read() as session:
        actor = people.actor_of(session, vote.district.person(post), local_day(vote.now))
        return [each.act for each in tasks(vote.stores, session, actor, vote.now) if each.endpoint == "ballots.witness"]


def test_nothing_is_published_before_both_bodies_spoke(counted: Vote) -> None:
    """One body is not enough; whoever has not spoken is asked, and nobody else."""
    assert [asked(counted, post) for post in (COMMITTEE, DISTRICT, "town_office")] == [["Compare"], ["Compare"], []]
    with pytest.raises(Refused, match="Three bodies"):
        publish(counted)
    speak(counted, COMMITTEE, digits(counted))
    with pytest.raises(Refused, match="Three bodies"):
        publish(counted)
    assert [asked(counted, post) for post in (COMMITTEE, DISTRICT)] == [[], ["Compare"]]
    speak(counted, DISTRICT, digits(counted).replace(" ", ""))
    publish(counted)
    assert counted.round.state == "published"


def test_another_count_has_other_digits(counted: Vote) -> None:
    """A town that hands in a sheet of its own making is found out by whoever types the paper's digits."""
    paper = digits(counted)
    forged = counted.sheet()
    part = forged["electorates"]["villagers"]
    part["questions"]["work"] = {"excellent": part["counted"]}
    counted.record(forged)
    with pytest.raises(Refused, match="other digits"):
        speak(counted, COMMITTEE, paper)
    with pytest.raises(Refused, match="other digits"):
        speak(counted, DISTRICT, "")


def test_a_new_count_needs_new_words(counted: Vote) -> None:
    """What was said of one count does not stand for the next."""
    speak(counted, COMMITTEE, digits(counted))
    speak(counted, DISTRICT, digits(counted))
    counted.record(counted.sheet())  # another salt: another sheet
    with pytest.raises(Refused, match="Three bodies"):
        publish(counted)


@pytest.mark.parametrize("post", ["town_office", "town_discipline", "secretary", "village_clerk", "operator"])
def test_nobody_else_speaks(counted: Vote, post: str) -> None:
    """The town that counts, and whoever is judged, never stand behind the count."""
    with pytest.raises(Refused, match="Only the supervision committee"):
        speak(counted, post, digits(counted))


def test_silence_ends_and_the_district_is_heard(counted: Vote) -> None:
    """A silent or opposed committee holds nothing up beyond the day of the result; what the district denies stays."""
    due = date.fromisoformat(counted.round.rules["result_by"])
    after = counted.now + timedelta(days=(due - local_day(counted.now)).days + 1)
    speak(counted, COMMITTEE, reason="签的不是这张")
    with pytest.raises(Refused, match="Three bodies"):
        publish(counted, after - timedelta(days=1))
    speak(counted, DISTRICT, reason="核对码不同")
    with pytest.raises(Refused, match="Three bodies"):
        publish(counted, after)
    speak(counted, DISTRICT, digits(counted))  # it had read a wrong group
    publish(counted, after)
    assert counted.round.state == "published"


def test_a_word_is_said_once(counted: Vote) -> None:
    """A double tap writes nothing twice."""
    speak(counted, COMMITTEE, digits(counted))
    with counted.stores.portal.read() as session:
        before = session.get_one(Round, counted.round_id), witnesses.said(session, counted.round_id)
    speak(counted, COMMITTEE, digits(counted), now=counted.now + timedelta(days=1))
    with counted.stores.portal.read() as session:
        assert witnesses.said(session, counted.round_id)["supervision"].said_on == before[1]["supervision"].said_on
    publish_refused = pytest.raises(Refused, match="waits for your word")
    speak(counted, DISTRICT, digits(counted))
    publish(counted)
    with publish_refused:
        speak(counted, DISTRICT, digits(counted))


def test_the_page_of_a_body(counted: Vote, official: Callable[..., Official], villager: Villager) -> None:
    """It shows the papers and never the digits or a figure of the votes; what is wrong stands beside the field."""
    home = f"/en/desk/liuhe/rounds/{counted.round_id}/witness"
    committee = official(COMMITTEE)
    page = committee.get(home).get_data(as_text=True)
    assert "Slips printed" in page
    assert digits(counted) not in page
    assert not re.search(r"\b20\b", re.sub(r"20 digits", "", page)), "twenty said excellent"
    wrong = committee.post(home, {"digits": "1234", "go": "agree"})
    assert (wrong.status_code, "here are more or fewer" in wrong.text) == (422, True)
    assert 'value="1234"' in wrong.text
    assert committee.post(home, {"digits": "1" * 20, "go": "agree"}).status_code == 422
    assert committee.post(home, {"digits": digits(counted), "go": "agree"}).status_code == 303
    assert "You said: this is the count that we signed" in committee.get(home).get_data(as_text=True)
    district = official(DISTRICT)
    there = home.replace("liuhe", "district")
    district.get(there)
    assert district.post(there, {"go": "against", "reason": "四十个合格，不是三十"}).status_code == 303
    town = official("town_office")
    manage = town.get(f"/en/desk/qingxi/rounds/{counted.round_id}").get_data(as_text=True)
    assert "District: this is not the count that we signed" in manage
    assert "四十个合格" in manage
    district.get(there)
    district.post(there, {"digits": digits(counted), "go": "agree"})
    publish(counted)
    result = villager.get(f"/en/v/liuhe/results/{counted.round_id}").get_data(as_text=True)
    assert "Village supervision committee: this is the count that we signed" in result
    assert "四十个合格" not in result


def test_the_laptop_prints_what_is_signed(vote: Vote, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The count's figures and the digits stand on the paper; nothing is overwritten."""
    vote.cast_all(VOTES)
    vote.close()
    out = tmp_path / "sheet.json"
    arguments = ["count", str(vote.urn), "--key", str(vote.key), "--out", str(out), "--english"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    mark = counting.mark(counting.commitment(json.loads(out.read_text("utf-8"))))
    assert f"The 20 digits of this sheet {mark}" in said
    text = PdfReader(out.with_suffix(".pdf")).pages[0].extract_text()
    assert mark in text
    assert {"30", "8", "58"} <= set(text.split())
    assert len(PdfReader(out.with_suffix(".pdf")).pages) == 1
    out.unlink()
    assert cli.main(arguments) != 0, "the printed sheet is there"
    assert not out.exists()


def test_sheets_to_sign(counted: Vote, official: Callable[..., Official]) -> None:
    """How many slips were printed, and the close with the urn’s hash, are ready to print and sign."""
    town = official("town_office")
    home = f"/en/desk/qingxi/rounds/{counted.round_id}"
    counted.publish()
    for kind, expected in (("printed", {"30", "60", "10"}), ("closed", {"58", "30", "10"}),
                           ("cards", {"Excellent", "Abstain"}), ("result", {"34%", "52%", "14%"})):
        found: Any = town.client.get(f"{home}/sheets/{kind}")
        assert found.mimetype == "application/pdf"
        (counted.folder / "s.pdf").write_bytes(found.data)
        pages = PdfReader(counted.folder / "s.pdf").pages
        text = pages[0].extract_text()
        assert (len(pages), expected <= set(text.split())) == (3 if kind == "cards" else 1, True), text
        if kind == "closed":
            assert counted.round.urn_hash in "".join(text.split())
    assert town.client.get(f"{home}/sheets/other").status_code == 404


def test_papers_of_a_round_without_slips(vote: Vote, official: Callable[..., Official]) -> None:
    """No sheet of a close before the close."""
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    assert official("town_office").client.get(f"{home}/sheets/closed").status_code == 404
    with vote.stores.portal.read() as session:
        assert queries.sheets(session, vote.round_id) == []
