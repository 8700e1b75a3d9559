"""What browser tests ask for by name; a conftest or a test file imports those it uses."""

import atexit
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import tools
from tests.browser.screens import NewScreen, OldScreen
from tests.browser.served import Served
from tests.browser.served import served as serve
from tests.journeys.people import Desk, Phone

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
SEEN: dict[str, str] = {}  # every page that a journey of this process came to: address and heading -> HTML


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share; a developer may name one to keep from run to run."""
    if os.environ.get("PORTAL_TEST_DEMONSTRATION"):
        return Path(os.environ["PORTAL_TEST_DEMONSTRATION"])
    base = tmp_path_factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demonstration"


@pytest.fixture(scope="session")
def portal(shared: Path) -> Served:
    """The demonstration district, served."""
    return serve(shared)


@pytest.fixture(scope="session")
def later_portal(shared: Path) -> Served:
    """A second copy of the demonstration, whose clock a journey may set forward."""
    return serve(shared, "later")


@pytest.fixture(scope="session")
def portal_of(shared: Path) -> Callable[[str], Served]:
    """A copy of its own for a journey that settles what the demonstration shows once: `portal_of("review-en")`."""
    return lambda name: serve(shared, name)


@cache
def _browser() -> Browser:
    path = tools.chromium()  # before anything is started: where there is none the test ends here
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)

    def close() -> None:
        browser.close()
        playwright.stop()

    atexit.register(close)
    return browser


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Today's Chromium; whatever a test opened in it is closed after the test."""
    opened = _browser()
    yield opened
    for context in opened.contexts:
        context.close()


@pytest.fixture
def people() -> Iterator[list[Phone | Desk]]:
    """Whoever takes part in a journey; all go home at its end."""
    taking_part: list[Phone | Desk] = []
    yield taking_part
    for person in taking_part:
        person.close()


@pytest.fixture
def new_phone(people: list[Phone | Desk], portal: Served, browser: Browser) -> Callable[..., Phone]:
    """Makes phones of today: `new_phone("zh_Hans")`, scripts off unless told otherwise."""

    def make(language: str, *, scripts: bool = False, at: Served = portal) -> Phone:
        phone = Phone(at, NewScreen(browser, scripts=scripts), language, SEEN)
        people.append(phone)
        return phone

    return make


@pytest.fixture
def old_phone(people: list[Phone | Desk], portal: Served) -> Callable[..., Phone]:
    """Makes phones of 2018: `old_phone("zh_Hans", scripts=True)`."""

    def make(language: str, *, scripts: bool) -> Phone:
        phone = Phone(portal, OldScreen(scripts=scripts), language, {})
        people.append(phone)
        return phone

    return make


@pytest.fixture
def desk(people: list[Phone | Desk], portal: Served, browser: Browser) -> Callable[..., Desk]:
    """Makes officials: `desk("village_clerk", code)` sits at a laptop and is signed in."""

    def make(role: str, place: str, language: str = "zh_Hans", at: Served = portal) -> Desk:
        person = Desk(at, browser, language, SEEN)
        people.append(person)
        person.sign_in(role, place)
        return person

    return make
