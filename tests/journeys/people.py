"""What people do in a browser, in their own words: a villager with a phone, an official at a keyboard.

Words are given in English, as the pages' source has them; each person reads them in the language of the page.
"""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
from babel.messages.pofile import read_po
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from tests.browser.screens import LEADS, Screen
from tests.browser.served import Served
from tests.browser.tools import ROOT

FOCUS = (ROOT / "tests" / "browser" / "focus.js").read_text("utf-8").strip()
MOST_TABS = 250
_books: dict[str, dict[str, str]] = {}
_sessions: dict[str, list[Any]] = {}


def tidy(text: str) -> str:
    """Return text with every run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


def words_in(language: str, phrase: str) -> str:
    """Return an English phrase of the pages as they say it in a language; a phrase unknown there stays as it is."""
    if language == "en":
        return phrase
    if language not in _books:
        path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as handle:
            _books[language] = {str(one.id): str(one.string) for one in read_po(handle) if isinstance(one.id, str)}
    return _books[language].get(phrase) or phrase


def picture_of(person: "Phone | Desk") -> str:
    """Take a picture of a person's screen and say where it is, for a message of failure."""
    path = Path(tempfile.mkdtemp(prefix="journey-")) / "screen.png"
    try:
        person.shot(path)
    except (AssertionError, BrowserError) as error:
        return f"no picture: {error}"
    return f"picture: {path}"


class Phone:
    """A villager with a phone, reading one language. Counts taps; looks over every page that comes."""

    def __init__(self, portal: Served, screen: Screen, language: str, seen: dict[str, str]) -> None:
        self.portal, self.screen, self.language, self.seen = portal, screen, language, seen
        self.taps = 0

    def words(self, phrase: str, **facts: object) -> str:
        """Return a phrase in this phone's language, with facts filled in."""
        found = words_in(self.language, phrase)
        return tidy(found % facts if facts else found)

    def scan(self, path: str) -> None:
        """Scan a printed code: open its address. Taps are counted from here."""
        prefix = "" if self.language == "zh_Hans" else f"/{self.language}"
        status = self.screen.goto(f"{self.portal.base}{prefix}{path}")
        assert status in {200, 304, 0}, f"{path} answered {status}"
        self.taps = 0
        self.look_over()

    def tap(self, phrase: str, **facts: object) -> None:
        """Touch a link, a button or a choice."""
        try:
            self.screen.tap(self.words(phrase, **facts))
        except (AssertionError, BrowserError) as error:
            raise AssertionError(f"{error}\n{self.screen.text()}\n{picture_of(self)}") from error
        self.taps += 1
        self.look_over()

    def shot(self, path: Path) -> None:
        """Take a picture of the screen."""
        self.screen.shot(path)

    def close(self) -> None:
        """Put the phone away."""
        self.screen.close()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.screen.fill(self.words(label), text)

    def upload(self, label: str, path: Path) -> None:
        """Choose a photo."""
        self.screen.upload(self.words(label), path)

    @property
    def text(self) -> str:
        """Return what the page says."""
        return tidy(self.screen.text())

    def sees(self, phrase: str, **facts: object) -> None:
        """Make sure that the page says this."""
        wanted = self.words(phrase, **facts)
        assert wanted in self.text, (
            f"“{wanted}” is not on {self.screen.url()}:\n{self.screen.text()}\n{picture_of(self)}")

    def does_not_see(self, phrase: str, **facts: object) -> None:
        """Make sure that the page does not say this."""
        assert self.words(phrase, **facts) not in self.text

    def look_over(self) -> None:
        """Hold of any villager's page: it fits the width of the screen, and it gives no cookie."""
        html, url = self.screen.html(), self.screen.url()
        assert self.screen.width() <= 360, f"{url} is {self.screen.width()} px wide"
        assert self.screen.cookies() == 0, f"{url} gave a cookie"
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
        self.seen[f"{url.removeprefix(self.portal.base)} · {tidy(heading[1]) if heading else ''}"] = html


class Desk:
    """An official at a laptop, with the keyboard alone."""

    def __init__(self, portal: Served, browser: Browser, language: str, seen: dict[str, str]) -> None:
        self.portal, self.language, self.seen = portal, language, seen
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        self.page = self.context.new_page()
        self.role = ""

    def words(self, phrase: str, **facts: object) -> str:
        """Return a phrase in this person's language."""
        found = words_in(self.language, phrase)
        return tidy(found % facts if facts else found)

    def go(self, path: str) -> None:
        """Type an address."""
        prefix = "" if self.language == "zh_Hans" else f"/{self.language}"
        answer = self.page.goto(f"{self.portal.base}{prefix}{path}")
        assert answer is not None
        assert answer.ok, f"{path} answered {answer.status} to {self.role}"
        self.look_over()

    def sign_in(self, role: str, place: str) -> None:
        """Sign in as whoever holds a role at a place (demo.json).

        A one-time code holds once, so whoever signed in before comes back to the session that is still open.
        """
        login = self.portal.login(role, place)
        self.role = role
        session = f"{self.portal.base} {login['user']} {(self.portal.now() - datetime.now(UTC)).days}"
        if session in _sessions:
            self.context.add_cookies(_sessions[session])
            return
        self.go("/desk/sign-in")
        self.fill("Sign-in name", login["user"])
        self.fill("Password", login["password"])
        if login["totp"]:
            self.fill("One-time code", pyotp.TOTP(login["totp"]).at(self.portal.now()))
        self.press("Sign in")
        assert "/sign-in" not in self.page.url, self.text
        _sessions[session] = list(self.context.cookies())

    @property
    def path(self) -> str:
        """Return the address of the page, without the language in it."""
        return self.page.url.removeprefix(self.portal.base).removeprefix(f"/{self.language}")

    def _focus(self, how: str, wanted: str = "") -> bool:
        return bool(self.page.evaluate(f"([how, wanted]) => {FOCUS}(how, wanted)", [how, wanted]))

    def _tab_to(self, how: str, wanted: str) -> None:
        """Press Tab until what has the focus fits; whoever looks must see where the focus is."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self._focus(how, wanted):
                assert self._focus("seen"), f"the focus on “{wanted}” can't be seen on {self.page.url}"
                return
        raise AssertionError(f"Tab never comes to “{wanted}” on {self.page.url}:\n{self.text}\n{picture_of(self)}")

    def press(self, phrase: str, **facts: object) -> None:
        """Go to a link or a button by Tab and press it."""
        self._tab_to("press", self.words(phrase, **facts))
        if self.page.evaluate(f"{LEADS}(document.activeElement)"):
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            self.page.keyboard.press("Enter")
        self.look_over()

    def save(self, phrase: str, path: Path, **facts: object) -> Path:
        """Press a link or a button that hands over a file, and keep the file."""
        self._tab_to("press", self.words(phrase, **facts))
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        download.value.save_as(path)
        return path

    def fill(self, label: str, text: str, **facts: object) -> None:
        """Go to a field by Tab and type into it, over whatever stands there."""
        self._tab_to("field", self.words(label, **facts))
        if self.page.evaluate("document.activeElement.type") == "date":
            self.page.evaluate("text => { document.activeElement.value = text }", text)
            return
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def choose(self, label: str, **facts: object) -> None:
        """Go to a choice (radio or checkbox) by Tab and the arrows, and choose it."""
        wanted = self.words(label, **facts)
        self._tab_to("group", wanted)
        for _ in range(30):
            if self._focus("choice", wanted):
                break
            self.page.keyboard.press("ArrowDown")
        if not self.page.evaluate("document.activeElement.checked"):
            self.page.keyboard.press("Space")
        assert self._focus("choice", wanted), f"the arrows never come to “{wanted}”"
        assert self.page.evaluate("document.activeElement.checked"), f"“{wanted}” can't be chosen by keyboard"

    def pick(self, label: str, option: str, **facts: object) -> None:
        """Go to a menu by Tab and pick one of its entries with the arrows."""
        self._tab_to("field", self.words(label, **facts))
        wanted = self.words(option)
        self.page.keyboard.press("Home")
        # A key is worked on a moment after it was pressed: who looks too soon goes one too far.
        self.page.wait_for_function("document.activeElement.selectedIndex === 0")
        for place in range(self.page.evaluate("document.activeElement.length")):
            self.page.wait_for_function("place => document.activeElement.selectedIndex === place", arg=place)
            if wanted in self.page.evaluate("document.activeElement.selectedOptions[0].text"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"“{wanted}” is not in the menu “{label}”")

    def upload(self, label: str, path: Path) -> None:
        """Go to a file field by Tab and choose a file."""
        self._tab_to("field", self.words(label))
        handle = self.page.evaluate_handle("document.activeElement").as_element()
        assert handle is not None
        handle.set_input_files(str(path))

    @property
    def text(self) -> str:
        """Return what the page says."""
        return tidy(str(self.page.evaluate("document.body.innerText")))

    def sees(self, phrase: str, **facts: object) -> None:
        """Make sure that the page says this."""
        wanted = self.words(phrase, **facts)
        assert wanted in self.text, (
            f"“{wanted}” is not on {self.page.url} for {self.role}:\n{self.text}\n{picture_of(self)}")

    def shot(self, path: Path) -> None:
        """Take a picture of the screen."""
        self.page.screenshot(path=path)

    def look_over(self) -> None:
        """Keep the page for the validator and axe."""
        html = self.page.content()
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
        self.seen[f"{self.page.url.removeprefix(self.portal.base)} · {tidy(heading[1]) if heading else ''}"] = html

    def close(self) -> None:
        """Go home."""
        self.context.close()
