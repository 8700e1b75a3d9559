"""Role × route × place × case: what somebody may not see answers like something that does not exist.

Every official of the demonstration, and somebody without an account, asks every route that names a case, a flag, a
proposal, a clearing, a round, a record or a promise, at every place above and beside it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, SQLModel, select
from werkzeug.routing import Rule
from werkzeug.test import Client

from portal.ballots.models import Round
from portal.core.db import Stores
from portal.disclosures.models import Record
from portal.flags.models import Clearing, Flag, PanelMember, Proposal, Review
from portal.places.models import Place
from portal.promises.models import Promise
from portal.reports.models import Report
from portal.roles import GRANTS, Permission, Role
from tests.browser import crawl
from tests.browser.fixtures import shared
from tests.browser.served import make_instance
from tests.site.test_routes import ARGUMENT, NOBODYS_ID, methods, routes

__all__ = ["shared"]

MOST = 2  # things of a kind in a village
ALIKE = ("shiqiao-", "xinglin-", "xinzhuang-", "dongling-v", "dongling-su", "nanwan-v", "nanwan-su")
"""Whose sign-in names begin so is left out: there is somebody like them in another village who asks."""
PUBLIC = {"round", "record", "record_id", "promise_id", "clearing_id"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')
KINDS: dict[str, tuple[type[SQLModel], str]] = {
    "report_id": (Report, "vault"), "flag_id": (Flag, "portal"), "proposal_id": (Proposal, "portal"),
    "clearing_id": (Clearing, "portal"), "round": (Round, "portal"), "record_id": (Record, "portal"),
    "record": (Record, "portal"), "promise_id": (Promise, "portal"),
}


@dataclass(frozen=True)
class Thing:
    """Something with an id that a route can name, and the village that it is about."""

    argument: str
    id: str
    village: Place = field(compare=False)
    row: Any = field(compare=False)


@dataclass
class Asker:
    """Somebody who asks: the sign-in name ("" for nobody's), the role, and where it is held."""

    user: str
    role: str
    place: Place | None
    client: Client
    token: str = ""
    nothing: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def ask(self, method: str, path: str) -> tuple[int, bytes]:
        """Return how a route answers, without the id that was asked for."""
        data = {"token": self.token} if method == "POST" else None
        answer = self.client.open(path, method=method, data=data)
        return answer.status_code, re.sub(rb"[0-9a-f]{16}", b"#", answer.data)

    def of_nothing(self, method: str, path: str) -> tuple[int, bytes]:
        """Return how a route answers about something that does not exist."""
        key = f"{method} {path}"
        if key not in self.nothing:
            self.nothing[key] = self.ask(method, path)
        return self.nothing[key]


@pytest.fixture(scope="module")
def instance(shared: Path) -> Path:
    """A copy of the demonstration of its own."""
    return make_instance(shared, "cases")


@pytest.fixture(scope="module")
def app(instance: Path) -> Flask:
    return crawl.app_of(instance)


@pytest.fixture(scope="module")
def stores(app: Flask) -> Stores:
    found: Stores = app.extensions["portal"].stores
    return found


@pytest.fixture(scope="module")
def places(stores: Stores) -> dict[str, Place]:
    with stores.portal.read() as session:
        return {place.id: place for place in session.exec(select(Place)).all()}


@pytest.fixture(scope="module")
def things(stores: Stores, places: dict[str, Place]) -> list[Thing]:
    """Some of everything: of each village, kind and way to stand, so that each way is there."""
    found = []
    for argument, (table, store) in KINDS.items():
        with (stores.vault if store == "vault" else stores.portal).read() as session:
            ways: dict[tuple[object, ...], int] = {}
            for row in session.exec(select(table)).all():
                village = places[_village_of(session, row)]
                way = (village.id, *(getattr(row, name, None) for name in ("state", "to_town", "offline", "severity")))
                ways[way] = ways.get(way, 0) + 1
                here = sum(thing.argument == argument and thing.village is village for thing in found)
                if ways[way] == 1 and here < MOST:
                    found.append(Thing(argument, str(row.id), village, row))  # type: ignore[attr-defined]
    return found


def _village_of(session: Session, row: Any) -> str:
    if hasattr(row, "flag_id"):
        row = session.get_one(Flag, row.flag_id)
    return str(getattr(row, "village_id", None) or row.place_id)


@pytest.fixture(scope="module")
def askers(instance: Path, app: Flask, places: dict[str, Place]) -> list[Asker]:
    """Everybody of the demonstration, and somebody without an account."""
    by_code = {place.code: place for place in places.values()}
    found = [Asker("", "", None, Client(app))]
    for login in json.loads((instance / "demo.json").read_text("utf-8"))["logins"]:
        if login["user"].startswith(ALIKE):
            continue
        client = Client(app)
        client.set_cookie("desk", crawl.session_of(instance, login["user"]), path="/")
        token = TOKEN.search(client.get("/desk/account").get_data(as_text=True))
        assert token
        found.append(Asker(login["user"], login["role"], by_code[login["place"]], client, token[1]))
    return found


def _codes(thing: Thing, places: dict[str, Place]) -> list[str]:
    """Return the places at which a thing is asked for: its own, those above, and one beside each."""
    above = [places[part] for part in thing.village.path.split("/") if part]
    beside = {place.kind: place for place in places.values() if place.id not in {one.id for one in above}}
    return [place.code for place in [*above, *(beside[kind] for kind in ("town", "village"))]]


def _addresses(rule: Rule, thing: Thing, places: dict[str, Place]) -> Iterator[tuple[str, str]]:
    """Return a route's addresses for a thing, each with the same one for nothing."""
    for code in _codes(thing, places) if "code" in rule.arguments else [""]:
        filled = {"code": code, "category": getattr(thing.row, "category", "income"), "number": "0", "part": "1"}

        def path(given: str, filled: dict[str, str] = filled) -> str:
            return ARGUMENT.sub(lambda found: given if found[2] == thing.argument else filled.get(found[2], NOBODYS_ID),
                                rule.rule)

        yield path(thing.id), path(NOBODYS_ID)


def _may_know(asker: Asker, thing: Thing, stores: Stores) -> bool:
    """Tell whether a person may know that a thing is there, by reports.md and flags.md; villages' public affairs aside.

    Written from the documents and not from the code: who reads a report or a flag, and where.
    """
    if asker.place is None or not thing.village.path.startswith(asker.place.path):
        return False
    permissions = GRANTS[Role(asker.role)][1]
    if thing.argument == "report_id":
        return Permission.REPORT_READ in permissions and (thing.row.to_town or asker.place.kind == "district")
    if thing.argument in {"flag_id", "proposal_id", "clearing_id"}:
        flag_id = thing.row.flag_id if hasattr(thing.row, "flag_id") else thing.id
        with stores.portal.read() as session:
            sits = session.exec(select(PanelMember).where(PanelMember.flag_id == flag_id)).all()
            asked = session.exec(select(Proposal).where(Proposal.flag_id == flag_id)).all()
            told = session.exec(select(Review.notified_on).where(Review.flag_id == flag_id)).first()
        mine = {row.person_id for row in sits} | {row.second_by for row in asked}
        about_me = asker.role == Role.SECRETARY and told is not None
        return Permission.FLAG_READ in permissions or about_me or _id_of(asker, stores) in mine
    return True


def _id_of(asker: Asker, stores: Stores) -> str:
    from portal.accounts.models import Person

    with stores.portal.read() as session:
        return session.exec(select(Person.id).where(Person.user == asker.user)).one()


def _routes(app: Flask, thing: Thing, method: str) -> list[Rule]:
    """Return the routes that name a kind of thing; of the public ones none, where what is published is for all."""
    return [rule for rule in routes(app) if thing.argument in rule.arguments and method in methods(rule)
            and (rule.rule.startswith("/desk") or thing.argument not in PUBLIC)]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_somebody_may_not_see_is_like_what_is_not_there(app: Flask, stores: Stores, places: dict[str, Place],
                                                             things: list[Thing], askers: list[Asker],
                                                             method: str) -> None:
    """Same status, same words, to the byte, for every role, route, place and case, and for every step."""
    told, asked = [], 0
    for asker in askers:
        for thing in (thing for thing in things if not _may_know(asker, thing, stores)):
            for rule in _routes(app, thing, method):
                for real, nothing in _addresses(rule, thing, places):
                    asked += 1
                    answer = asker.ask(method, real)
                    if answer != asker.of_nothing(method, nothing):
                        told.append(f"{asker.user} can tell {real}: {answer[0]}")
    assert asked > 3000, "hardly anything was asked for"
    assert told == []


def test_who_may_see_it_does(app: Flask, stores: Stores, places: dict[str, Place], things: list[Thing],
                             askers: list[Asker]) -> None:
    """The other half: of each kind somebody sees something, so that the silence above means something."""
    seen = set()
    for thing in things:
        for asker in (asker for asker in askers if _may_know(asker, thing, stores)):
            for rule in _routes(app, thing, "GET"):
                if thing.argument not in seen and any(
                    asker.ask("GET", real)[0] == 200 for real, _nothing in _addresses(rule, thing, places)
                ):
                    seen.add(thing.argument)
    assert seen == set(KINDS)
