"""A round that people can vote in at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select, update

from portal.accounts import queries as people
from portal.accounts.models import Posting
from portal.ballots import booth, conduct, counting, mover, queries, results, rules, sealing, service, urn, witnesses
from portal.ballots.models import PoolBallot, Round
from portal.ballots.papers import Papers
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.slips import service as slips
from tests.factories.places import District

ATTEMPT = "0123456789abcdef" * 2


@dataclass
class Vote:
    """An open round with its slips, and the ways in which things happen to it."""

    stores: Stores
    folder: Path
    district: District
    now: datetime  # voting is open at this moment
    round_id: str = ""
    key: Path = Path()
    slips: dict[str, list[str]] = field(default_factory=dict)
    stubs: dict[str, list[str]] = field(default_factory=dict)

    @property
    def round(self) -> Round:
        with self.stores.portal.read() as session:
            return session.get_one(Round, self.round_id)

    @property
    def urn(self) -> Path:
        return urn.path_of(booth.folder(self.stores.booth), self.round_id)

    def cast(self, digits: str, choice: str = "competent", attempt: str = ATTEMPT, now: datetime | None = None) -> str:
        """Cast as the page does; `unknown` when no open round knows the digits."""
        store = self.stores.booth
        with store.read() as session:
            slip = booth.find(session, store, digits)
        if slip is None:
            return "unknown"
        ballot = sealing.Ballot(slip.round_id, slip.electorate, {rules.QUESTION: choice})
        sealed = sealing.seal(self.round.box_pub, ballot)
        with store.write() as session:
            outcome = booth.cast(session, now or self.now, slip, attempt, sealed)
        if outcome == "counted":
            mover.move_if_due(store, slip.round_id)
        return outcome

    def cast_all(self, choices: dict[str, list[str]]) -> None:
        """Cast one ballot for each answer, all in one transaction, which is faster than one by one."""
        store, box_pub = self.stores.booth, self.round.box_pub
        with store.write() as session:
            for electorate, answers in choices.items():
                for digits, choice in zip(self.slips[electorate], answers, strict=False):
                    slip = booth.find(session, store, digits)
                    assert slip is not None
                    sealed = sealing.seal(box_pub, sealing.Ballot(slip.round_id, slip.electorate, {"work": choice}))
                    assert booth.cast(session, self.now, slip, ATTEMPT, sealed) == "counted"
        mover.move_if_due(store, self.round_id)

    def close(self) -> None:
        conduct.close(self.stores, self.round.closes_at, self.round_id)

    def spent(self) -> int:
        with self.stores.booth.read() as session:
            return sum(spent for _, spent in slips.counts(session, self.round_id).values())

    def pool(self) -> int:
        with self.stores.booth.read() as session:
            return session.exec(select(func.count()).select_from(PoolBallot)).one()

    def doors(self) -> dict[str, Any]:
        """What the booth knows of the round."""
        with self.stores.booth.read() as session:
            found = booth.state_of(session, self.round_id)
            return found.model_dump() if found is not None else {}

    def ballots(self) -> int:
        """How many ballots there are, wherever they lie."""
        return self.pool() + (len(urn.ballots(self.urn)) if self.urn.exists() else 0)

    def sheet(self) -> dict[str, Any]:
        return json.loads(counting.sheet_text(counting.count(self.urn, self.key)))

    def record(self, sheet: dict[str, Any], explanation: str = "", issued: int | None = None) -> Round:
        with self.stores.portal.write() as session:
            round_ = session.get_one(Round, self.round_id)
            papers = {row.electorate: Papers(row.printed if issued is None else issued)
                      for row in queries.sheets(session, self.round_id)}
            results.record_count(session, self.now, round_, sheet, papers, "李卫东，王福林，陈静", explanation)
            return round_

    def witness(self) -> None:
        """The supervision committee and the district type the digits of their papers."""
        village = next(short for short, place in self.district.places.items() if place.id == self.round.village_id)
        for post, place in (("supervision", village), ("district_discipline", "district")):
            with self.stores.portal.write() as session:
                actor = people.actor_of(session, self.district.person(post, place), local_day(self.now))
                round_ = session.get_one(Round, self.round_id)
                witnesses.speak(session, actor, self.now, round_, counting.mark(round_.sheet_commit))

    def publish(self) -> None:
        self.witness()
        with self.stores.portal.write() as session:
            results.publish(session, self.now, session.get_one(Round, self.round_id))


def prepare(stores: Stores, folder: Path, district: District, now: datetime, *, sizes: dict[str, int],
            printed: dict[str, int], plan: str = "A", village: str = "liuhe") -> Vote:
    """Make a round through the services: prepared five days ago, open now, closing in two days."""
    before = now - timedelta(days=5)
    key = folder / f"box-{village}-{plan}.json"
    public = counting.new_box(key)["public"]
    with stores.portal.write() as session:
        actor = people.actor_of(session, district.person("town_office"), local_day(now))
        made = service.create(session, actor, before, district[village], service.Draft(
            2026, now - timedelta(hours=1), now + timedelta(days=2), sizes, plan, public))
    conduct.freeze(stores, before, made.id)
    vote = Vote(stores, folder, district, now, made.id, key)
    for electorate, number in printed.items():
        issued = conduct.issue_slips(stores, before, made.id, electorate, number)
        vote.slips[electorate], vote.stubs[electorate] = issued.digits, issued.stubs
    conduct.close_due(stores, now)
    return vote


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let people vote as slowly as in a hall, so that every full batch moves at once."""
    monkeypatch.setattr(mover, "PAUSE", 0.0)


@pytest.fixture
def district(district: District, stores: Stores) -> District:
    """The usual district, with everybody in office for a year: rounds are prepared days before they open."""
    with stores.portal.write() as session:
        session.execute(update(Posting).values(since=date(2025, 11, 1)))
    return district


@pytest.fixture
def make_vote(stores: Stores, tmp_path: Path, district: District, now: datetime) -> Callable[..., Vote]:
    """Makes rounds: `make_vote(sizes={...}, printed={...})`."""

    def make(**wanted: Any) -> Vote:
        wanted.setdefault("sizes", {"party_members": 30, "villagers": 60, "town_cadres": 10})
        wanted.setdefault("printed", {each: min(size, 60) for each, size in wanted["sizes"].items()})
        return prepare(stores, tmp_path, district, wanted.pop("now", now), **wanted)

    return make


@pytest.fixture
def vote(make_vote: Callable[..., Vote]) -> Vote:
    """One open round with 30, 60 and 10 slips."""
    return make_vote()
