"""What people do in a browser, in their own words: a villager with a phone, an official at a keyboard.

Words are given in English, as the pages' source has them; each person reads them in the language of the page.
"""

import re
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol

import polib
import pyotp
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from tests.browser.old_phone import OldChromium
from tests.browser.served import Served
from tests.browser.tools import ROOT

FIND = (ROOT / "tests" / "browser" / "find.js").read_text("utf-8").strip()
LEADS = """element => {
  const link = element.closest("a[href]");
  if (link) { return link.href.split("#")[0] !== location.href.split("#")[0] || !link.hash; }
  const button = element.closest("button, input[type=submit]");
  return Boolean(button && button.form && button.type === "submit" && (button.formNoValidate || button.form.noValidate || button.form.checkValidity()));
}"""
PATIENCE = 5.0
_books: dict[str, dict[str, str]] = {}


def tidy(text: str) -> str:
    """Return text with every run of blanks as one."""
    return re.sub(r"\s+", " ", text).strip()


def words_in(language: str, phrase: str) -> str:
    """Return an English phrase of the pages as they say it in a language; a phrase unknown there stays as it is."""
    if language == "en":
        return phrase
    if language not in _books:
        path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
        _books[language] = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}
    return _books[language].get(phrase, phrase)


def picture_of(person: "Phone | Desk") -> str:
    """Take a picture of a person's screen and say where it is, for a message of failure."""
    path = Path(tempfile.mkdtemp(prefix="journey-")) / "screen.png"
    try:
        person.shot(path)
    except (AssertionError, BrowserError) as error:
        return f"no picture: {error}"
    return f"picture: {path}"


class Screen(Protocol):
    """What every phone can do, old or new."""

    def goto(self, address: str) -> int:
        """Open an address; return the HTTP status."""

    def tap(self, words: str) -> None:
        """Touch what bears these words, and wait for the page that it leads to."""

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""

    def upload(self, label: str, path: Path) -> None:
        """Choose a file in the field with this label."""

    def value(self, label: str) -> str:
        """Return what stands in a field."""

    def text(self) -> str:
        """Return the page's visible text."""

    def html(self) -> str:
        """Return the page's source as it stands."""

    def url(self) -> str:
        """Return the page's address."""

    def width(self) -> int:
        """Return how wide the page is, in CSS pixels."""

    def cookies(self) -> int:
        """Return how many cookies this phone holds."""

    def shot(self, path: Path) -> None:
        """Take a picture of the screen."""

    def close(self) -> None:
        """Switch it off."""


class NewScreen:
    """Today's Chromium as a phone of 360 px."""

    def __init__(self, browser: Browser, *, scripts: bool) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 640}, device_scale_factor=2, is_mobile=True, has_touch=True,
            java_script_enabled=scripts, locale="zh-CN",
        )
        self.page: Page = self.context.new_page()

    def goto(self, address: str) -> int:
        answer = self.page.goto(address)
        return answer.status if answer else 0

    def _find(self, how: str, wanted: str) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                found = self.page.evaluate_handle(f"([how, wanted]) => ({FIND})(how, wanted)", [how, wanted]).as_element()
            except BrowserError:  # the page was just leaving
                found = None
            if found is not None:
                return found
            assert time.monotonic() < until, f"nothing to {how} says “{wanted}” on {self.page.url}:\n{self.text()}"
            self.page.wait_for_timeout(50)

    def tap(self, words: str) -> None:
        found = self._find("tap", words)
        if found.evaluate(LEADS):
            with self.page.expect_navigation():
                found.tap()
        else:
            found.tap()

    def fill(self, label: str, text: str) -> None:
        self._find("field", label).fill(text)

    def upload(self, label: str, path: Path) -> None:
        self._find("field", label).set_input_files(str(path))

    def value(self, label: str) -> str:
        return str(self._find("field", label).input_value())

    def text(self) -> str:
        return str(self.page.evaluate("document.body.innerText"))

    def html(self) -> str:
        return self.page.content()

    def url(self) -> str:
        return self.page.url

    def width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def cookies(self) -> int:
        return len(self.context.cookies())

    def shot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def close(self) -> None:
        self.context.close()


class OldScreen:
    """A Chromium of 2018 as a phone of 360 px."""

    def __init__(self, *, scripts: bool) -> None:
        self.old = OldChromium(scripts=scripts)

    def goto(self, address: str) -> int:
        return int(self.old.do("goto", address))

    def tap(self, words: str) -> None:
        self.old.do("tap", words)

    def fill(self, label: str, text: str) -> None:
        self.old.do("fill", label, text)

    def upload(self, label: str, path: Path) -> None:
        self.old.do("upload", label, str(path))

    def value(self, label: str) -> str:
        return str(self.old.do("value", label))

    def text(self) -> str:
        return str(self.old.do("text"))

    def html(self) -> str:
        return str(self.old.do("html"))

    def url(self) -> str:
        return str(self.old.do("url"))

    def width(self) -> int:
        return int(self.old.do("width"))

    def cookies(self) -> int:
        return int(self.old.do("cookies"))

    def shot(self, path: Path) -> None:
        self.old.do("shot", str(path))

    def troubles(self) -> list[str]:
        """Return what the page's scripts threw."""
        return [str(one) for one in self.old.do("troubles")]

    def close(self) -> None:
        self.old.close()


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
        assert status in {200, 0}, f"{path} answered {status}"
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
        assert wanted in self.text, f"“{wanted}” is not on {self.screen.url()}:\n{self.screen.text()}\n{picture_of(self)}"

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
        """Sign in as whoever holds a role at a place (demo.json)."""
        login = self.portal.login(role, place)
        self.role = role
        self.go("/desk/sign-in")
        self.fill("Name to sign in with", login["user"])
        self.fill("Password", login["password"])
        if login["totp"]:
            self.fill("One-time code", pyotp.TOTP(login["totp"]).now())
        self.press("Sign in")
        assert "/sign-in" not in self.page.url, self.text

    def _tab_to(self, fits: str, wanted: str) -> None:
        """Press Tab until what has the focus fits; whoever sees must see where the focus is."""
        for _ in range(250):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(fits, wanted):
                visible = self.page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement), l = document.activeElement.id && "
                    "document.querySelector(`label[for='${document.activeElement.id}']`);"
                    "const seen = s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';"
                    "return seen(s) || (l && seen(getComputedStyle(l))); }")
                assert visible, f"the focus on “{wanted}” can't be seen on {self.page.url}"
                return
        raise AssertionError(f"Tab never comes to “{wanted}” on {self.page.url}:\n{self.text}\n{picture_of(self)}")

    def press(self, phrase: str, **facts: object) -> None:
        """Go to a link, a button or a choice by Tab and press it."""
        self._tab_to(
            """wanted => { const e = document.activeElement; if (!e) return false;
               const tidy = t => (t || '').replace(/\\s+/g, ' ').trim();
               if (!e.matches('a, button, summary, input[type=submit]')) return false;
               const words = tidy(e.innerText || e.value || e.getAttribute('aria-label'));
               return words === wanted || words.startsWith(wanted); }""", self.words(phrase, **facts))
        if self.page.evaluate(f"({LEADS})(document.activeElement)"):
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            self.page.keyboard.press("Enter")
        self.look_over()

    def _to_field(self, label: str, **facts: object) -> None:
        self._tab_to(
            """wanted => { const e = document.activeElement; if (!e || !e.matches('input, textarea, select')) return false;
               const tidy = t => (t || '').replace(/\\s+/g, ' ').trim();
               const words = [...(e.labels || [])].map(l => tidy(l.innerText)).join(' ') || tidy(e.getAttribute('aria-label'));
               return words.includes(wanted); }""", self.words(label, **facts))

    def fill(self, label: str, text: str, **facts: object) -> None:
        """Go to a field by Tab and type into it, over whatever stands there."""
        self._to_field(label, **facts)
        if self.page.evaluate("document.activeElement.type") == "date":
            self.page.evaluate("text => { document.activeElement.value = text }", text)
            return
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def choose(self, label: str, **facts: object) -> None:
        """Go to a choice (radio or checkbox) by Tab and the arrows, and choose it."""
        wanted = self.words(label, **facts)
        fits = """wanted => { const e = document.activeElement; if (!e || !e.matches('input[type=radio], input[type=checkbox]')) return false;
               const tidy = t => (t || '').replace(/\\s+/g, ' ').trim();
               return [...(e.labels || [])].some(l => tidy(l.innerText).includes(wanted)); }"""
        group = """wanted => { const e = document.activeElement; if (!e || !e.matches('input[type=radio], input[type=checkbox]')) return false;
               const tidy = t => (t || '').replace(/\\s+/g, ' ').trim();
               const all = e.type === 'radio' ? [...document.getElementsByName(e.name)] : [e];
               return all.some(o => [...(o.labels || [])].some(l => tidy(l.innerText).includes(wanted))); }"""
        self._tab_to(group, wanted)
        for _ in range(30):
            if self.page.evaluate(fits, wanted):
                break
            self.page.keyboard.press("ArrowDown")
        if not self.page.evaluate("document.activeElement.checked"):
            self.page.keyboard.press("Space")
        assert self.page.evaluate("document.activeElement.checked"), f"“{wanted}” can't be chosen by keyboard"

    def pick(self, label: str, option: str, **facts: object) -> None:
        """Go to a menu by Tab and pick one of its entries with the arrows."""
        self._to_field(label, **facts)
        wanted = self.words(option)
        self.page.keyboard.press("Home")
        for _ in range(80):
            if wanted in self.page.evaluate("document.activeElement.selectedOptions[0].text"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"“{wanted}” is not in the menu “{label}”")

    def upload(self, label: str, path: Path) -> None:
        """Go to a file field by Tab and choose a file."""
        self._to_field(label)
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
        assert wanted in self.text, f"“{wanted}” is not on {self.page.url} for {self.role}:\n{self.text}\n{picture_of(self)}"

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
