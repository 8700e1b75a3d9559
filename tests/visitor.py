"""People who fetch pages. Each page that they fetch is looked over: a title, no doubled id, no cookie in public."""

import re
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.core.clock import utc_now

IDS = re.compile(r'\sid="([^"]*)"')
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
TWIN = re.compile(r'<button form="(\w+)" formaction="([^"]+)" formnovalidate(?: name="go" value="(\w+)")?')
NAME, VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')


def look_over(page: TestResponse) -> None:
    """Say what is wrong with any HTML page, whoever fetched it."""
    if page.mimetype != "text/html" or page.status_code in {301, 302, 303, 304}:
        return
    text = page.get_data(as_text=True)
    assert re.search(r"<title>[^<]+</title>", text), "a page needs a title"
    ids = IDS.findall(text)
    assert len(ids) == len(set(ids)), f"an id stands twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    assert text.count("<h1") == 1, "a page has one h1"
    assert not re.search(r'\sstyle="', text), "the policy for contents forbids inline styles"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "the policy for contents forbids inline scripts"


class Villager:
    """Somebody with a phone and no account."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = Client(app)
        self.page: TestResponse | None = None

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open an address."""
        return self._seen(self.client.get(path, **kwargs))

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form, with the hidden fields of the page last seen unless `data` names them."""
        return self._seen(self.client.post(path, data={**self.hidden(), **(data or {})}, **kwargs))

    def hidden(self) -> dict[str, str]:
        """Return the hidden fields of the page last seen."""
        if self.page is None or self.page.mimetype != "text/html":
            return {}
        return self._hidden_in(self.page.get_data(as_text=True))

    @staticmethod
    def _hidden_in(text: str) -> dict[str, str]:
        found = {}
        for tag in HIDDEN.findall(text):
            name, value = NAME.search(tag), VALUE.search(tag)
            if name:
                found[name[1]] = unescape(value[1]) if value else ""
        return found

    def touch_other_language(self, typed: dict[str, Any] | None = None) -> TestResponse:
        """Touch the other language as a browser would: the named form, with what was typed, goes to that address."""
        found = TWIN.search(self.text)
        assert found, "there is no way to the other language"
        form = self.text.partition(f'<form id="{found[1]}"')[2].partition("</form>")[0]
        assert form, "the button belongs to no form"
        return self.post(found[2], {**self._hidden_in(form), **(typed or {}), **({"go": found[3]} if found[3] else {})})

    @property
    def text(self) -> str:
        """Return the page last seen as text."""
        return self.page.get_data(as_text=True) if self.page is not None else ""

    def _seen(self, page: TestResponse) -> TestResponse:
        self.page = page
        look_over(page)
        self.check(page)
        return page

    def check(self, page: TestResponse) -> None:
        """Whoever has no account is never given a cookie."""
        assert "Set-Cookie" not in page.headers, "a public page set a cookie"


class Official(Villager):
    """Somebody signed in at the desk. `get` first, so that a form's token is known, then `post`."""

    def __init__(self, app: Flask, person: Person) -> None:
        super().__init__(app)
        self.person = person
        with app.extensions["portal"].stores.portal.write() as session:
            token = accounts.begin_session(session, utc_now(), person)
        self.client.set_cookie("desk", token, path="/")

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form; where no page was seen yet, the desk is opened first for its token."""
        if "token" not in self.hidden():
            self.get("/desk/account")
        return super().post(path, data, **kwargs)

    def check(self, page: TestResponse) -> None:
        """An official's pages may set cookies."""
