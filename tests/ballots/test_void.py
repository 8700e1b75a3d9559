"""A lost slip and its stub: dead while unused, untouched once used, and always among the spoiled papers."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

from portal.ballots import booth, conduct, queries, results
from portal.ballots.models import Round
from portal.ballots.papers import Papers
from portal.config import Config
from portal.core.clock import utc_now
from portal.core.digits import make
from portal.core.errors import Refused
from portal.core.sheets import slips_data
from portal.slips import service as slips
from portal.slips.models import Credential
from tests.ballots.conftest import Vote
from tests.visitor import Official, Villager

MakeVote = Callable[..., Vote]


def rows(vote: Vote) -> list[tuple[bytes, str, bytes]]:
    with vote.stores.booth.read() as session:
        return [(row.cred_hash, row.state, row.retry_tag) for row in session.exec(select(Credential)).all()]


def test_a_stub_kills_an_unused_slip(vote: Vote) -> None:
    """The slip is dead, exactly one; its owner may draw another one, and nobody more than before may vote."""
    with pytest.raises(Refused, match="At most 0 more"):
        conduct.issue_slips(vote.stores, vote.now, vote.round_id, "town_cadres", 1)
    conduct.void_slip(vote.stores, vote.round_id, vote.stubs["town_cadres"][3])
    assert vote.cast(vote.slips["town_cadres"][3]) == "refused"
    assert vote.cast(vote.slips["town_cadres"][4]) == "counted"
    fresh = conduct.issue_slips(vote.stores, vote.now, vote.round_id, "town_cadres", 1)
    assert vote.cast(fresh.digits[0]) == "counted"
    with pytest.raises(Refused, match="At most 0 more"):
        conduct.issue_slips(vote.stores, vote.now, vote.round_id, "town_cadres", 1)
    with pytest.raises(Refused, match="voided before"):
        conduct.void_slip(vote.stores, vote.round_id, vote.stubs["town_cadres"][3])


def test_void_after_spent(vote: Vote) -> None:
    """A used slip stays used: the refusal is the same whatever was chosen, and not one row of the booth changes.

    Fault seen: an update that looks at no state.
    """
    said = []
    for at, choice in enumerate(("excellent", "competent", "basic", "not", "abstain")):
        vote.cast(vote.slips["villagers"][at], choice)
        before = rows(vote), vote.ballots()
        with pytest.raises(Refused) as refused:
            conduct.void_slip(vote.stores, vote.round_id, vote.stubs["villagers"][at])
        said.append((refused.value.phrase, refused.value.params))
        assert (rows(vote), vote.ballots()) == before
    assert all(each == said[0] for each in said)
    assert "sealed" in said[0][0]


def test_void_and_cast_at_once(vote: Vote) -> None:
    """When a slip is voided while it is used, exactly one of both happens."""
    for digits, stub in zip(vote.slips["villagers"][:12], vote.stubs["villagers"], strict=False):
        outcome: list[str] = []

        def kill(stub: str = stub, outcome: list[str] = outcome) -> None:
            try:
                conduct.void_slip(vote.stores, vote.round_id, stub)
                outcome.append("voided")
            except Refused:
                outcome.append("spent")

        other = threading.Thread(target=kill)
        other.start()
        cast = vote.cast(digits)
        other.join()
        assert (cast, outcome[0]) in {("counted", "spent"), ("refused", "voided")}
    assert vote.ballots() == vote.spent()


def test_strange_stubs(vote: Vote, make_vote: MakeVote) -> None:
    """Invented digits, another round's stub, a slip's own digits and stubs after the close do nothing."""
    other = make_vote(village="shiqiao")
    for stub in (make(12), other.stubs["villagers"][0], vote.slips["villagers"][0]):
        with pytest.raises(Refused, match="No slip of this round"):
            conduct.void_slip(vote.stores, vote.round_id, stub)
    vote.close()
    with pytest.raises(Refused, match="closed"):
        conduct.void_slip(vote.stores, vote.round_id, vote.stubs["villagers"][0])
    assert {state for _, state, _ in rows(vote)} == {"issued"}


def test_stubs_are_kept_nowhere(vote: Vote) -> None:
    """No file of the booth holds a stub's digits, and without the pepper nobody can try any."""
    stored = b"".join(path.read_bytes() for path in vote.folder.glob("booth*"))
    assert not any(stub.encode() in stored for stub in vote.stubs["villagers"])
    vote.close()
    with vote.stores.booth.write() as session:
        folder = booth.peppers_of(vote.stores.booth)
        assert slips.void(session, folder, vote.round_id, vote.stubs["villagers"][0]) == "unknown"


def test_voided_slips_are_spoiled_papers(vote: Vote) -> None:
    """They stand on the count sheet as spoiled; a sheet that says fewer is refused."""
    for stub in vote.stubs["villagers"][:3]:
        conduct.void_slip(vote.stores, vote.round_id, stub)
    vote.cast_all({"villagers": [], "party_members": ["excellent"] * 30, "town_cadres": ["excellent"] * 10})
    vote.close()
    with vote.stores.portal.read() as session:
        papers = {row.electorate: row for row in queries.sheets(session, vote.round_id)}
    assert (papers["villagers"].voided, papers["villagers"].spoiled, papers["town_cadres"].voided) == (3, 3, 0)
    said = {each: Papers(row.printed - 3, 2 if each == "villagers" else 0) for each, row in papers.items()}
    with pytest.raises(Refused, match="3 slips were voided"), vote.stores.portal.write() as session:
        results.record_count(session, vote.now, session.get_one(Round, vote.round_id), vote.sheet(), said,
                             "李卫东，王福林，陈静", "")


def test_the_town_voids_a_slip(make_vote: MakeVote, official: Callable[..., Official], villager: Villager) -> None:
    """On the desk: mistyped stubs are told, a right one kills; the voter's page is the one of every other bad slip."""
    vote = make_vote(now=utc_now() + timedelta(minutes=1))
    home = f"/en/desk/qingxi/rounds/{vote.round_id}"
    stub = vote.stubs["villagers"][0]
    town = official("town_office")
    town.get(home)
    wrong = town.post(home + "/void-slip", {"stub": stub[:-1] + str((int(stub[-1]) + 1) % 10)})
    assert wrong.status_code == 422
    assert "12 digits of a stub" in wrong.text
    town.get(home)
    assert town.post(home + "/void-slip", {"stub": f"{stub[:4]} {stub[4:8]}-{stub[8:]}"}).status_code == 303
    pages = set()
    for digits in (vote.slips["villagers"][0], make(20)):
        villager.get("/en/vote")
        pages.add(villager.post("/en/vote/open", {"digits": digits}).data)
    assert len(pages) == 1
    town.get(home)
    again = town.post(home + "/void-slip", {"stub": stub})
    assert again.status_code == 422
    assert "voided before" in again.text
    assert official("town_discipline").post(home + "/void-slip", {"stub": stub}).status_code in {400, 403}


def test_stubs_stand_on_their_slips(make_vote: MakeVote, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed under a slip voids that slip and no other."""
    from flask import Flask

    from portal.ballots import printing
    from portal.web import locale

    vote = make_vote(now=utc_now() + timedelta(minutes=1), printed={})
    taken: dict[str, object] = {}
    real = printing.slips_pdf
    monkeypatch.setattr(printing, "slips_pdf", lambda **given: taken.update(slips_data(**given)) or real(**given))
    app = Flask("portal")
    locale.init_app(app)
    with app.app_context():
        pdf = printing.slips_sheet(vote.stores, utc_now(), config.base_url, vote.round_id, "villagers", 8)
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\xa0", " ")
    printed: list[dict[str, str]] = taken["slips"]  # type: ignore[assignment]
    for slip in printed:
        assert " ".join(slip["stub"][at : at + 4] for at in (0, 4, 8)) in text
    conduct.void_slip(vote.stores, vote.round_id, printed[5]["stub"])
    now = vote.round.opens_at
    assert [vote.cast(slip["code"], now=now) for slip in printed] == [
        "refused" if at == 5 else "counted" for at in range(8)]
