"""Pages weigh what a 2G link can carry, ask the database little, give no cookie and bring nothing from elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import Client

from portal.web.cache import Caches
from tests.browser import crawl, tools
from tests.browser.fixtures import portal, shared  # noqa: F401 - fixtures
from tests.browser.served import Served

FIRST_FLIGHT = 14_600  # bytes that a new connection carries before it waits for an answer
PUBLIC_QUERIES, DESK_QUERIES = 5, 15
FROM_ELSEWHERE = re.compile(r'(?:src|action|srcset)="(?:https?:)?//|<link[^>]+href="(?:https?:)?//')


@contextmanager
def _counting() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _pages(portal: Served, *, public: bool) -> list[crawl.Opened]:  # noqa: F811
    return [one for one in crawl.everything(portal.instance, portal.demo) if one.html and (not one.role) is public]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_public_page_fits_the_first_flight(portal: Served, prefix: str) -> None:  # noqa: F811
    """HTML and stylesheet come compressed in one answer of at most 14,600 bytes, without a cookie, from here alone."""
    client, heavy = Client(crawl.app_of(portal.instance)), []
    for one in _pages(portal, public=True):
        answer = client.get(prefix + one.path, headers={"Accept-Encoding": "gzip"})
        size = len(answer.get_data())
        assert answer.headers.get("Content-Encoding") == "gzip" or size < 500, f"{one.path} comes uncompressed"
        if size > FIRST_FLIGHT:
            heavy.append((prefix + one.path, size))
        assert "Set-Cookie" not in answer.headers, f"{one.path} gives a cookie"
        page = client.get(prefix + one.path).get_data(as_text=True)
        assert not FROM_ELSEWHERE.search(page), f"{one.path} brings something from elsewhere"
        assert '<link rel="stylesheet"' not in page, f"{one.path} waits for a stylesheet"
    tools.none_of(heavy)


def test_a_public_page_asks_the_database_little(portal: Served) -> None:  # noqa: F811
    """At most 5 queries where the page is not kept yet."""
    tools.none_of(_too_many(portal.instance, portal, PUBLIC_QUERIES, public=True))


def test_a_desk_page_asks_the_database_little(portal: Served) -> None:  # noqa: F811
    """At most 15 queries for an official's page, signing in included."""
    tools.none_of(_too_many(portal.instance, portal, DESK_QUERIES, public=False))


def _too_many(instance: Path, portal: Served, most: int, *, public: bool) -> list[tuple[str, int]]:  # noqa: F811
    app, found = crawl.app_of(instance), []
    for one in _pages(portal, public=public):
        client = Client(app)
        if one.role:
            client.set_cookie("desk", crawl.session_of(instance, portal.login(one.role)["user"]), path="/")
        app.extensions["portal.cache"] = Caches()
        with _counting() as statements:
            client.get(one.path).close()
        if len(statements) > most:
            found.append((f"{one.role} {one.path}", len(statements)))
    return found
