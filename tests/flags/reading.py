"""A page of a sheet as somebody reads it who has nothing else: headings, tables, sentences. Only its text is used."""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "line", "polyline", "path"}
SENTENCES = {"li", "p", "h2", "h3", "h4", "dt", "dd"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
EQUATION = re.compile(
    r"(?<![\d.,])(?<![+×÷(] )(?<!\()"  # the whole of an expression, never its tail
    r"([(\d][\d\s.,+×÷()]*[+×÷][\d\s.,+×÷()]*?)\s*=\s*(\d[\d,]*(?:\.\d+)?)"
)


@dataclass
class Table:
    """A table under its heading: the heads of its columns, and its rows as text."""

    heading: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def cell(self, name: str, row: list[str]) -> str:
        """Return the cell of a row below the head of this name, or else below the first head that begins so."""
        if name in self.head:
            return row[self.head.index(name)]
        return row[next(at for at, words in enumerate(self.head) if words.startswith(name))]


class Page(HTMLParser):
    """What a page says: `tables` in order, and `said`, its sentences as (heading, text)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.said: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._text = ""
        self._heading = ""
        self.feed(html)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in VOID:
            return
        self._open.append(tag)
        if tag == "table":
            self.tables.append(Table(self._heading))
        elif tag == "tr" and "thead" not in self._open:
            self.tables[-1].rows.append([])
        if tag in {"th", "td", *SENTENCES}:
            self._text = ""

    def handle_endtag(self, tag: str) -> None:
        """End an element: its text is a cell, a heading or a sentence."""
        if tag in VOID:
            return
        while self._open and self._open.pop() != tag:
            pass
        text = " ".join(self._text.split())
        if tag in {"th", "td"}:
            (self.tables[-1].head if "thead" in self._open else self.tables[-1].rows[-1]).append(text)
        elif tag in SENTENCES:
            self._heading = text if tag in {"h2", "h3"} else self._heading
            self.said.append((self._heading, text))

    def handle_data(self, data: str) -> None:
        """Hear text."""
        self._text += data

    def table(self, heading: str) -> Table:
        """Return the first table under the heading that begins so."""
        return next(table for table in self.tables if table.heading.startswith(heading))

    def equations(self) -> list[tuple[str, str]]:
        """Return every sum and product that the page writes out, with the result that it gives."""
        text = "\n".join(words for _heading, words in self.said).replace("（", "(").replace("）", ")")
        return EQUATION.findall(text)


def figure(text: str) -> Fraction:
    """Return the first number of a text, as it is printed: 1,486 or 1.5787."""
    return Fraction(NUMBER.search(text)[0].replace(",", ""))  # type: ignore[index]


def worked(expression: str) -> Fraction:
    """Work out a printed expression of + × ÷ and brackets, exactly, as school teaches it."""
    tokens = re.findall(r"\d[\d,]*(?:\.\d+)?|[+×÷()]", expression)

    def total() -> Fraction:
        value = product()
        while tokens and tokens[0] == "+":
            tokens.pop(0)
            value += product()
        return value

    def product() -> Fraction:
        value = single()
        while tokens and tokens[0] in "×÷":
            value = value * single() if tokens.pop(0) == "×" else value / single()
        return value

    def single() -> Fraction:
        token = tokens.pop(0)
        if token != "(":
            return Fraction(token.replace(",", ""))
        value = total()
        assert tokens.pop(0) == ")"
        return value

    found = total()
    assert not tokens, expression
    return found
