"""A round that people can vote in at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.ballots import booth, conduct, counting, queries, rules, sealing, service, urn
from portal.ballots.models import Round
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.places import service as places
from portal.roles import Role
from portal.slips import service as slips
from tests.factories.places import VILLAGES, District

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
            outcome = booth.cast(session, store, now or self.now, slip, attempt, sealed)
        if outcome == "counted":
            booth.move_if_due(store, slip.round_id, slip.electorate)
        return outcome

    def cast_all(self, choices: dict[str, list[str]]) -> None:
        for electorate, answers in choices.items():
            for digits, choice in zip(self.slips[electorate], answers, strict=False):
                assert self.cast(digits, choice) == "counted"

    def close(self) -> None:
        conduct.close(self.stores, self.round.closes_at, self.round_id)

    def spent(self) -> int:
        with self.stores.booth.read() as session:
            return sum(spent for _, spent in slips.counts(session, self.round_id).values())

    def pool(self) -> int:
        from sqlmodel import func, select  # noqa: PLC0415

        from portal.ballots.models import PoolBallot  # noqa: PLC0415
        with self.stores.booth.read() as session:
            return session.exec(select(func.count()).select_from(PoolBallot)).one()

    def ballots(self) -> int:
        """How many ballots there are, wherever they lie."""
        return self.pool() + (len(urn.ballots(self.urn)) if self.urn.exists() else 0)

    def sheet(self) -> dict[str, Any]:
        return json.loads(counting.sheet_text(counting.count(self.urn, self.key)))

    def record(self, sheet: dict[str, Any], explanation: str = "", issued: int | None = None) -> Round:
        with self.stores.portal.write() as session:
            round_ = session.get_one(Round, self.round_id)
            papers = {row.electorate: service.Papers(row.printed if issued is None else issued)
                      for row in queries.sheets(session, self.round_id)}
            service.record_count(session, self.now, round_, sheet, papers, "李卫东，王福林", explanation)
            return round_

    def publish(self) -> None:
        with self.stores.portal.write() as session:
            service.publish(session, self.now, session.get_one(Round, self.round_id))


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
        vote.slips[electorate] = conduct.issue_slips(stores, before, made.id, electorate, number)
    conduct.close_due(stores, now)
    return vote


PEOPLE = (("town_office", "qingxi"), ("town_discipline", "qingxi"), ("town_office", "baisha"), ("secretary", "liuhe"),
          ("secretary", "shiqiao"), ("secretary", "nanwan"), ("village_clerk", "liuhe"), ("supervision", "liuhe"))


@pytest.fixture
def district(stores: Stores, now: datetime) -> District:
    """The usual places with only the people that a round needs, in office for a year, without slow password hashes."""
    made = District()
    long_ago = now - timedelta(days=400)
    with stores.portal.write() as session:
        root = places.create(session, long_ago, parent=None, kind="district", code="990101", short="district",
                             name="安平区", name_en="Anping District")
        made.places["district"] = root
        for number, (short, name) in enumerate((("qingxi", "清溪镇"), ("baisha", "白沙镇")), 1):
            made.places[short] = places.create(session, long_ago, parent=root, kind="town", code=f"99010110{number}",
                                               short=short, name=name, name_en=short.title())
        for number, (short, name, name_en, town, adults) in enumerate(VILLAGES, 1):
            made.places[short] = places.create(
                session, long_ago, parent=made.places[town], kind="village", code=f"9901011002{number:02d}",
                short=short, name=name, name_en=name_en, adults=adults)
        for role, short in PEOPLE:
            person = Person(user=f"{role}-{short}", name=f"周{short[:2]}", name_en=f"Zhou {short}")
            session.add(person)
            session.flush()
            accounts.give_role(session, long_ago, person, Role(role), made.places[short], since=long_ago)
            made.people[role, short] = person
    return made


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
