"""A phone of 2018 can do all that a villager comes for: the journeys in a real Chromium 71, scripts off and on."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.web.headers import BASE_CSS
from tests.browser import tools
from tests.browser.fixtures import browser, desk, old_phone, people, portal, shared  # noqa: F401 - fixtures
from tests.browser.screens import OldScreen
from tests.journeys import villagers
from tests.journeys.people import Desk, Phone

UNKNOWN_IN_2018 = re.compile(
    r":is\(|:where\(|:has\(|:focus-visible|[\s:(,]min\(|[\s:(,]max\(|clamp\(|\binset:|aspect-ratio:|\ddvh\b")


@pytest.fixture(params=[False, True], ids=["scripts off", "scripts on"])
def phone(request: pytest.FixtureRequest, old_phone: Callable[..., Phone]) -> Phone:  # noqa: F811
    """A phone of 2018, reading Chinese."""
    return old_phone("zh_Hans", scripts=request.param)


def _no_script_broke(phone: Phone) -> None:
    assert isinstance(phone.screen, OldScreen)
    assert phone.screen.troubles() == []


@pytest.mark.browser
def test_reads_and_objects(phone: Phone) -> None:
    """The newest accounts, a subsidy list in notice, an objection to it."""
    villagers.reads_the_newest_accounts(phone)
    villagers.objects_to_a_subsidy_list(phone)
    _no_script_broke(phone)


@pytest.mark.browser
def test_votes(phone: Phone, request: pytest.FixtureRequest) -> None:
    """A slip votes once."""
    villagers.votes_once(phone, scripts="scripts on" in request.node.name)
    _no_script_broke(phone)


@pytest.mark.browser
def test_reports(phone: Phone, desk: Callable[..., Desk], tmp_path: Path) -> None:  # noqa: F811
    """A report with a photo gets a receipt, and the receipt leads to the town's answer."""
    villagers.reports_and_reads_the_answer(phone, desk, tmp_path)
    _no_script_broke(phone)


@pytest.mark.browser
def test_scripts_are_plain_enough() -> None:
    """Every script that we ship parses as ES2018."""
    scripts = sorted((tools.ROOT / "portal" / "static").rglob("*.js"))
    assert scripts
    tools.module("acorn/package.json")
    parser = tools.ROOT / "tests" / "browser" / "parse.js"
    found = subprocess.run([tools.node(), str(parser), str(tools.MODULES), *map(str, scripts)],
                           check=True, capture_output=True, text=True)
    assert found.stdout == ""


def test_styles_are_plain_enough() -> None:
    """A selector or a function that a phone of 2018 does not know would void its whole rule."""
    assert UNKNOWN_IN_2018.findall(BASE_CSS) == []
