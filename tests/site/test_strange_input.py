"""Whatever is typed into a field, carried in a token or written into an address: a page that says so, never a 500."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from itertools import product
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import Client

from portal.core.db import Stores
from portal.roles import GRANTS, Role
from tests.browser import crawl
from tests.browser.fixtures import shared
from tests.browser.served import make_instance
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import picture
from tests.site.staged import STAGED, Staged, World
from tests.site.strange import STRANGE, Shown, forms, send
from tests.site.test_routes import ARGUMENT, guard_of, methods
from tests.visitor import Official

__all__ = ["shared"]

PORTAL = Path(crawl.__file__).resolve().parents[2] / "portal"
READ = re.compile(r"(?:values|form|args)\.(?:get|text|choice|number|day|fen)\(\s*\"(\w+)\"|values\[\"(\w+)\"\]")
PATTERNS = [f"{name}0-{more}" for name in ("r", "cell-", "map-") for more in ("0", "item")] + ["kept1", "head", "grid"]
QUERY = ("year", "version", "page", "period", "next", "ended", "full", "q", "week", "town")


@pytest.fixture(scope="module")
def instance(shared: Path) -> Path:
    """A copy of the demonstration of its own."""
    return make_instance(shared, "strange")


@pytest.fixture(scope="module")
def demo(instance: Path) -> dict[str, list[dict[str, str]]]:
    """What demo.json tells."""
    found: dict[str, list[dict[str, str]]] = json.loads((instance / "demo.json").read_text("utf-8"))
    return found


def _visitor(instance: Path, demo: dict[str, list[dict[str, str]]], role: str) -> Client:
    client = Client(crawl.app_of(instance))
    if role:
        user = next(one["user"] for one in demo["logins"] if one["role"] == role)
        client.set_cookie("desk", crawl.session_of(instance, user), path="/")
    return client


def _each_form(opened: list[crawl.Opened]) -> Iterator[tuple[crawl.Opened, int, Shown]]:
    """Return one of each form that pages show: (page, which of its forms, the form)."""
    known = set()
    for one in opened:
        for number, form in enumerate(forms(one.html)):
            names = tuple(sorted({re.sub(r"\d+", "#", name) for name in form.fields}))
            kind = (re.sub(r"[0-9a-f]{12,}", "#", form.action or one.path), bool(one.role), names)
            if kind not in known:
                known.add(kind)
                yield one, number, form


@pytest.mark.parametrize("what", STRANGE)
def test_no_field_of_any_form_breaks_the_server(
    instance: Path, demo: dict[str, list[dict[str, str]]], what: str
) -> None:
    """Each field of each form that anybody sees, sent with something strange in it and all else well."""
    broken, sent = [], 0
    for one, number, _form in list(_each_form(crawl.everything(instance, demo))):
        client = _visitor(instance, demo, one.role)
        shown = forms(client.get(one.path).get_data(as_text=True))
        if number >= len(shown):
            continue  # something that was sent before settled it
        form = shown[number]
        action = form.action or one.path
        if action.endswith("/sign-out"):
            continue
        fields = {re.sub(r"\d+", "#", name): name for name in form.fields}.values()
        for name, button in product(fields, form.buttons):
            answer = send(client, action, form.method, {**form.filled(button), name: STRANGE[what]})
            sent += 1
            if answer.status_code >= 500 or any(one[:2] == "a=" for one in answer.headers.getlist("Set-Cookie")):
                broken.append((action, name, answer.status_code))
    assert sent > 150, f"only {sent} fields were found"
    assert broken == []


def _names() -> list[str]:
    """Return every name that some view reads from a form."""
    found = {name for path in PORTAL.rglob("*.py") for pair in READ.findall(path.read_text("utf-8")) for name in pair}
    return sorted(found - {"", "token"}) + PATTERNS


def _addresses(instance: Path, demo: dict[str, list[dict[str, str]]], rule: Rule) -> tuple[str, str] | None:
    """Return who may use a route (a role, "" for anybody) and an address of it with what is really there."""
    app, guard = crawl.app_of(instance), guard_of(crawl.app_of(instance), rule)
    roles = [str(role) for role in Role if guard in GRANTS[role][1]] or ["" if guard == "open" else "village_clerk"]
    adapter = app.url_map.bind("localhost")
    for one in crawl.everything(instance, demo):
        if one.role not in roles or not crawl.route_of(app, one.path):
            continue
        given = adapter.match(one.path.partition("?")[0], method="GET")[1]
        given = {"record_id": given.get("record"), "category": "expenses", **given}
        if all(given.get(name) for name in rule.arguments):
            return one.role, ARGUMENT.sub(lambda found, given=given: str(given[found[2]]), rule.rule)
    return None


@pytest.mark.parametrize("staged", STAGED, ids=lambda one: one.endpoint)
def test_no_step_breaks_whatever_is_sent(staged: Staged, app: Flask, stores: Stores, district: District,
                                         tmp_path: Path) -> None:
    """Forms of a certain moment: each field, and all names at once, with something strange; each time at that moment.

    Sent well, the form is taken: what is strange then meets the very work and not only its guard.
    """
    with time_machine.travel(NOW, tick=False):
        path = staged.bring_about(World(stores, district, tmp_path))
        assert app.url_map.bind("localhost").match(path, method="POST")[0] == staged.endpoint
        official = Official(app, district.person(staged.role, staged.place))
        official.get("/desk/account")
        if staged.last is not None:
            official.get(path.removesuffix(staged.last))
        token = official.hidden()["token"].encode()
        well = {**{name: value.encode() for name, value in official.hidden().items() if name == "seen"},
                **staged.filled(district)}
        moment = Moment(stores)
        if staged.upload:
            sent = {**well, "token": token.decode(), staged.upload: (BytesIO(picture()), "a.jpg")}
            assert official.client.post(path, data=sent, content_type="multipart/form-data").status_code == 303
        else:
            assert send(official.client, path, "POST", {**well, "token": token}).status_code == 303
        broken, names = [], _names()
        for what, value in STRANGE.items():
            tried = [{**well, name: value, "token": token} for name in well]
            tried += [{**dict.fromkeys(names, value), "token": token}, {**well, "token": value}]
            for given in tried:
                moment.bring_back()
                answer = send(official.client, path, "POST", given)
                if answer.status_code >= 500 or any(one[:2] == "a=" for one in answer.headers.getlist("Set-Cookie")):
                    broken.append((what, sorted(given)[:3], answer.status_code))
            broken += [(what, [bent[:80]], 500) for bent in _bent(path, value)
                       if send(official.client, bent, "POST", {**well, "token": token}).status_code >= 500]
        assert broken == []


def _bent(path: str, value: bytes) -> list[str]:
    """Return an address with something strange in each of its parts, one at a time."""
    parts, strange = path.split("/"), quote_from_bytes(value)
    return ["/".join([*parts[:at], strange, *parts[at + 1 :]]) for at, part in enumerate(parts) if at > 1 and part]


class Moment:
    """The store `portal` as it is now, to be brought back."""

    def __init__(self, stores: Stores) -> None:
        self.file, self.kept = stores.portal.file, sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as now:
            now.backup(self.kept)

    def bring_back(self) -> None:
        """Bring it back."""
        with closing(sqlite3.connect(self.file)) as now:
            self.kept.backup(now)


def test_no_route_breaks_whatever_is_sent(instance: Path, demo: dict[str, list[dict[str, str]]]) -> None:
    """Each route that takes a form, sent every name that any form has, each with something strange in it."""
    app, names, broken, unmet = crawl.app_of(instance), _names(), [], set()
    for rule in app.url_map.iter_rules():
        if "POST" not in methods(rule) or rule.endpoint == "accounts.sign_out":
            continue
        found = _addresses(instance, demo, rule)
        if found is None:
            unmet.add(rule.endpoint)
            continue
        role, path = found
        client = _visitor(instance, demo, role)
        page = client.get("/desk/account" if role else "/vote").get_data(as_text=True)
        token = next(form.fields["token"][1] for form in forms(page) if "token" in form.fields).encode()
        for value in STRANGE.values():
            for given in (token, value):
                answer = send(client, path, "POST", {**dict.fromkeys(names, value), "token": given})
                if answer.status_code >= 500:
                    broken.append((path, given is token, value[:9]))
            broken += [(bent[:80], True, value[:9]) for bent in _bent(path, value)
                       if send(client, bent, "POST", {"token": token}).status_code >= 500]
    assert unmet <= {one.endpoint for one in STAGED}, "such a form stands on no page: bring it about in staged.py"
    assert broken == []


def test_no_address_breaks_the_server(instance: Path, demo: dict[str, list[dict[str, str]]]) -> None:
    """Each address that is opened, with something strange in each of its parts and in what follows the `?`."""
    app, broken = crawl.app_of(instance), []
    for rule in app.url_map.iter_rules():
        if "GET" not in methods(rule) or rule.endpoint == "static":
            continue
        found = _addresses(instance, demo, rule)
        if found is None:
            continue
        role, path = found
        client = _visitor(instance, demo, role)
        for value in STRANGE.values():
            strange = quote_from_bytes(value)
            asked = _bent(path, value)
            asked.append(f"{path}?" + "&".join(f"{name}={strange}" for name in QUERY))
            for one in asked:
                answer = client.get(one)
                if answer.status_code >= 500:
                    broken.append((rule.rule, one[:80]))
                answer.close()
    assert broken == []
