"""Forms as pages show them, and how they are sent with something in them that no form expects."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, quote_from_bytes

from werkzeug.test import Client, TestResponse

STRANGE = {
    "5,000 digits": b"9" * 5000,  # more than Python makes a number of
    "digits that are not ours": "٣²".encode(),  # str.isdigit() says yes to both
    "half a character": b"\xed\xa0\x80",  # a lone surrogate
    "line breaks and NUL": b"1\x00\r\nSet-Cookie: a=b",
    "nothing but NUL": b"\x00",  # no blank to Python, and no text to SQLite
    "the last day": b"9999-12-31",  # the day after it is an error
    "the first day": b"0001-01-01",
}


@dataclass
class Shown:
    """A form as a page shows it. `fields`: (type, value) by name."""

    action: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        """Return the names of what can be pressed, "" for a button without a name."""
        return ["", *(name for name, (kind, _) in self.fields.items() if kind == "submit")]

    def filled(self, pressed: str = "") -> dict[str, bytes]:
        """Return the form as somebody might send it: what stands in it, and something plausible where nothing does."""
        return {
            name: (value or _plausible(name, kind)).encode()
            for name, (kind, value) in self.fields.items()
            if kind != "submit" or name == pressed
        }


def _plausible(name: str, kind: str) -> str:
    if kind not in {"text", "textarea"}:
        return ""
    return "2026-11-20" if any(part in name for part in ("day", "date", "_on")) else "3"


class _Reader(HTMLParser):
    """Gathers the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self.form: Shown | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Shown(given.get("action", ""), given.get("method", "get").upper())
            self.found.append(self.form)
        elif tag == "option" and self.form and self.select and not self.form.fields[self.select][1]:
            self.form.fields[self.select] = ("select", given.get("value", ""))
        elif self.form is not None and given.get("name"):
            default = {"input": "text", "button": "submit"}.get(tag, tag)
            self.form.fields.setdefault(given["name"], (given.get("type", default), given.get("value", "")))
            self.select = given["name"] if tag == "select" else self.select

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms(page: str) -> list[Shown]:
    """Return the forms of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def send(client: Client, path: str, method: str, values: dict[str, bytes]) -> TestResponse:
    """Send a form byte by byte as given: a test client would mend what is broken."""
    data = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in values.items())
    if method == "POST":
        return client.post(path, data=data, content_type="application/x-www-form-urlencoded")
    return client.get(f"{path.partition('?')[0].partition('#')[0]}?{data}")
