"""Every page serves people who read with a screen reader, big type or a keyboard: axe finds no violation."""

import re

import pytest
from playwright.sync_api import Browser, Request

from portal.roles import Role
from tests.browser import axe, crawl, tools
from tests.browser.fixtures import browser, portal, shared  # noqa: F401 - fixtures
from tests.browser.served import Served

pytestmark = pytest.mark.browser
STATES = {"zh_Hans": 2, "en": 1}  # pages of one route in so many states
MOST_REQUESTS = 3


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("role", [crawl.NOBODY, *map(str, Role)])
def test_axe_finds_nothing(portal: Served, browser: Browser, role: str, language: str) -> None:  # noqa: F811
    """On no page of a visitor does axe find a violation, at 360 and at 1280 px; pages ask nobody else for anything."""
    pages = _pages(crawl.everything(portal.instance, portal.demo), role, STATES[language])
    assert pages, f"{role} found no page of its own"
    context = browser.new_context(locale="zh-CN")
    if role:
        context.add_cookies([{"name": "desk", "value": crawl.session_of(portal.instance, portal.login(role)["user"]),
                              "url": portal.base}])
    page, asked = context.new_page(), list[Request]()
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright wants a plain function
    found = []
    for path in pages:
        asked.clear()
        address = path if language == "zh_Hans" else f"/{language}{path}"
        page.goto(portal.base + address)
        found += [f"{address}: {one}" for one in axe.violations(page)]
        found += [f"{address} asks for {one.url}" for one in asked if not one.url.startswith((portal.base, "data:"))]
        if not role and len(asked) > MOST_REQUESTS + len(re.findall(r"<img ", page.content())):
            found.append(f"{address} makes {len(asked)} requests")
    tools.none_of(found)


def _pages(opened: list[crawl.Opened], role: str, states: int) -> list[str]:
    """Return the pages that this role is the first to open, so many behind each route."""
    first: dict[str, str] = {}
    for one in opened:
        if one.html:
            first.setdefault(one.endpoint, one.role)
    number: dict[str, int] = {}
    found = []
    for one in opened:
        if one.html and one.role == role and (first[one.endpoint] == role or one.endpoint == "home.desk"):
            number[one.endpoint] = number.get(one.endpoint, 0) + 1
            if number[one.endpoint] <= states:
                found.append(one.path)
    return found
