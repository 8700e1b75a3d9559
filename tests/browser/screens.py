"""Screens of phones, today's and those of 2018: the few things that a hand does on them."""

import time
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from tests.browser.old_phone import OldChromium

HERE = Path(__file__).resolve().parent
FIND = (HERE / "find.js").read_text("utf-8").strip()
LEADS = (HERE / "leads.js").read_text("utf-8").strip()
PATIENCE = 5.0


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
                handle = self.page.evaluate_handle(f"([how, wanted]) => {FIND}(how, wanted)", [how, wanted])
                found = handle.as_element()
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
