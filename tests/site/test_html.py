"""Every page is what the standard says: the Nu validator finds no error, in either language."""

import re
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.browser import crawl, tools, validator
from tests.browser.fixtures import portal, shared  # noqa: F401 - fixtures
from tests.browser.served import Served

pytestmark = pytest.mark.browser
FOLLOW_ON_A_FORM = {
    "static", "home.healthz", "ballots.download_urn", "disclosures.objected", "disclosures.table", "flags.proposal",
    "flags.paper", "flags.second_answer", "reports.photo", "reports.unlock",
}
EMPTY_LINK = re.compile(r'<a\s[^>]*href="#?"[^>]*>|<form\s[^>]*action="#?"[^>]*>')


def test_no_page_has_an_error(portal: Served) -> None:  # noqa: F811
    """Whatever anybody can open, as nobody or in any role, is valid HTML."""
    pages = {}
    for one in crawl.everything(portal.instance, portal.demo):
        if one.html:
            pages[f"{one.role or 'nobody'} {one.path}"] = one.html
    assert len(pages) > 40, f"only {len(pages)} pages were found"
    tools.none_of(validator.errors(pages))


def test_no_english_page_has_an_error(portal: Served) -> None:  # noqa: F811
    """The same holds of the pages' English twins, one behind each route."""
    pages = {f"{one.role or 'nobody'} /en{one.path}": _english(portal.instance, portal, one)
             for one in _one_of_each(crawl.everything(portal.instance, portal.demo))}
    tools.none_of(validator.errors(pages))


def _one_of_each(opened: list[crawl.Opened]) -> list[crawl.Opened]:
    found: dict[tuple[str, str], crawl.Opened] = {}
    for one in opened:
        if one.html:
            found.setdefault((one.endpoint, one.role and "desk"), one)
    return list(found.values())


def _english(instance: Path, portal: Served, one: crawl.Opened) -> str:  # noqa: F811
    client = Client(crawl.app_of(instance))
    if one.role:
        client.set_cookie("desk", crawl.session_of(instance, portal.login(one.role)["user"]), path="/")
    answer = client.get(f"/en{one.path}")
    assert answer.status_code == 200, f"/en{one.path} answered {answer.status_code} to {one.role or 'nobody'}"
    return answer.get_data(as_text=True)


def test_nobody_has_to_know_an_address(portal: Served) -> None:  # noqa: F811
    """Every page is reached by links from the front page or the desk, but for those that follow on a form."""
    reached = {one.endpoint for one in crawl.everything(portal.instance, portal.demo)}
    rules = crawl.app_of(portal.instance).url_map.iter_rules()
    tools.none_of({rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - reached - FOLLOW_ON_A_FORM)


def test_every_link_leads_somewhere(portal: Served) -> None:  # noqa: F811
    """No link that a page shows ends in an error, and none is empty."""
    opened = crawl.everything(portal.instance, portal.demo)
    broken = [f"{one.role or 'nobody'} {one.path}: {one.status}" for one in opened if one.status >= 400]
    empty = [f"{one.role or 'nobody'} {one.path}: {tag}" for one in opened for tag in EMPTY_LINK.findall(one.html)
             if 'class="to-normal"' not in tag]
    tools.none_of(broken + empty)
