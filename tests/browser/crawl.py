"""Walks the whole portal as nobody and as each kind of official, along the links that its pages show."""

import html
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from portal import config
from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.app import create_app
from portal.core.clock import utc_now
from portal.roles import Role

LINK = re.compile(r'<a\s[^>]*href="([^"#]+)(?:#[^"]*)?"')
NOBODY = ""
OF_ONE_KIND = 6  # pages behind one route are many and alike: so many are opened for each kind of visitor


@dataclass(frozen=True)
class Opened:
    """A page that was opened: by whom (a role, or NOBODY), behind which route, where, with what answer."""

    role: str
    endpoint: str
    path: str
    status: int
    html: str  # "" where the answer was no page (a picture, a PDF, a spreadsheet)


@cache
def app_of(instance: Path) -> Flask:
    """Return the portal over an instance's stores, in this process."""
    return create_app(config.load(instance))


@cache
def session_of(instance: Path, user: str) -> str:
    """Return a signed-in session of an official, as the cookie holds it."""
    with app_of(instance).extensions["portal"].stores.portal.write() as session:
        person = people.by_user(session, user)
        assert person is not None, f"{user} of demo.json is not known"
        return accounts.begin_session(session, utc_now(), person)


def route_of(app: Flask, path: str) -> str:
    """Return the route that answers a GET of a path; "" where there is none."""
    try:
        return str(app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")[0])
    except HTTPException:
        return ""


def links(page: str) -> Iterator[str]:
    """Return where a page leads within the portal, in its own language."""
    for address in LINK.findall(page):
        path = html.unescape(address)
        if path.startswith("/") and not path.startswith(("/static/", "/en/", "//")) and path != "/en":
            yield path


@cache
def walk(instance: Path, role: str, user: str, starts: tuple[str, ...]) -> tuple[Opened, ...]:
    """Open what can be reached from `starts` as one visitor: OF_ONE_KIND pages behind each route at most."""
    app = app_of(instance)
    client = Client(app)
    if user:
        client.set_cookie("desk", session_of(instance, user), path="/")
    found: list[Opened] = []
    waiting, known, number = deque(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.popleft()
        endpoint = route_of(app, path)
        number[endpoint] += 1
        if number[endpoint] > OF_ONE_KIND:
            continue
        answer = client.get(path)
        is_page = answer.mimetype == "text/html" and answer.status_code == 200
        page = answer.get_data(as_text=True) if is_page else ""
        found.append(Opened(role, endpoint, path, answer.status_code, page))
        after = [answer.location] if answer.location else list(links(page))
        for one in after:
            # An official's own pages are below /desk; what is public was opened as nobody.
            if one not in known and one.startswith("/desk" if user else "/"):
                known.add(one)
                waiting.append(one)
        answer.close()
    return tuple(found)


def everything(instance: Path, demo: dict[str, list[dict[str, str]]]) -> list[Opened]:
    """Return every page that was opened, by nobody and by the first official of each role."""
    codes = [one["code"] for one in demo["villages"]]
    public = ("/", "/?q=%E6%9F%B3", "/vote", "/c", "/desk/sign-in", *(f"/v/{code}" for code in codes),
              f"/v/{codes[0]}/search?q=%E8%B7%AF")
    found = list(walk(instance, NOBODY, "", public))
    for role in Role:
        logins = [one for one in demo["logins"] if one["role"] == role]
        if logins:
            found += walk(instance, str(role), logins[0]["user"], ("/desk",))
    return found
