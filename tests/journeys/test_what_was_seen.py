"""Whatever the journeys came to, forms half filled and refusals included, is valid and accessible."""

import pytest
from playwright.sync_api import Browser

from tests.browser import axe, tools, validator
from tests.browser.fixtures import SEEN

pytestmark = pytest.mark.browser


def test_every_page_seen_is_valid() -> None:
    """The Nu validator finds no error in any page of the journeys."""
    if not SEEN:
        pytest.skip("no journey ran in this process")
    tools.none_of(validator.errors(SEEN))


def test_every_page_seen_is_accessible(browser: Browser) -> None:
    """Axe finds no violation in any page of the journeys, one for each address and heading."""
    if not SEEN:
        pytest.skip("no journey ran in this process")
    page = browser.new_context().new_page()
    found = []
    for name, html in SEEN.items():
        page.set_content(html)
        found += [f"{name}: {one}" for one in axe.violations(page)]
    tools.none_of(found)
