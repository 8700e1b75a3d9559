"""What a version says, and everything that must hold before it is kept. Pure."""

import hashlib
import json
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from dataclasses import field as made
from datetime import date

from portal.core import guard
from portal.core.errors import Refused
from portal.core.money import parse_fen
from portal.core.words import N_
from portal.disclosures.entries import Field, Item
from portal.disclosures.models import SUMMARY_LONGEST, TITLE_LONGEST
from portal.disclosures.periods import Period
from portal.disclosures.personal import phrase_for

WORDS = frozenset({"text", "longtext", "code", "person", "named", "org", "party", "office_phone", "months"})
FIGURES = frozenset({"money", "number", "count"})
FIRST_OF = ("total", "final_cost", "price", "budget", "amount")
DECISION_KEYS = ("body", "day", "eligible", "present", "votes_for", "votes_against")
SHORTEST = 4
FEWEST_DIGITS = 7  # of any number of a person: a phone in the country
LONGEST_TEXT = 20_000
MOST_FIELDS = 12
_passed: deque[bytes] = deque(maxlen=64)  # hashes of what was looked through lately and held nothing


@dataclass(frozen=True)
class Content:
    """What a version says: see `models.RecordVersion`. Empty title and summary are made from the rest."""

    values: dict[str, str] = made(default_factory=dict)
    rows: list[dict[str, str]] = made(default_factory=list)
    members: list[dict[str, str]] = made(default_factory=list)
    title: str = ""
    summary: str = ""
    decision: dict[str, str] = made(default_factory=dict)
    event_date: date | None = None
    nothing: bool = False

    def titled(self, title: str, summary: str) -> "Content":
        """Return the same content under another title and summary."""
        return replace(self, title=title, summary=summary)


def money(values: dict[str, str], key: str) -> int:
    """Return the fen of a canonical amount, 0 where there is none."""
    return parse_fen(values[key]) if values.get(key) else 0


def totals(item: Item, content: Content) -> dict[str, int]:
    """Return the sums in fen: of a table what the item adds up, of figures every amount they hold."""
    if item.shape == "table":
        used = {key for row in content.rows for key in row}
        return {one.key: sum(money(row, one.key) for row in content.rows) for one in item.summed if one.key in used}
    return {one.key: money(content.values, one.key) for one in item.fields
            if one.type == "money" and content.values.get(one.key)}


def amount(item: Item, sums: dict[str, int]) -> int | None:
    """Return the one amount that stands for the record, or None."""
    for key in (*(one.key for one in item.summed), *FIRST_OF):
        if key in sums:
            return sums[key]
    return None


def check(item: Item, period: Period | None, content: Content) -> None:
    """Raise Refused when something that must be there is missing, too long, or must not be made public."""
    if len(content.title) > TITLE_LONGEST:
        raise Refused(N_("This is too long: at most %(longest)s characters."), field="title", longest=TITLE_LONGEST)
    if len(content.summary) > SUMMARY_LONGEST:
        raise Refused(N_("This is too long: at most %(longest)s characters."), field="summary",
                      longest=SUMMARY_LONGEST)
    look_through(item, content)
    if content.nothing:
        if content.values or content.rows or content.members:
            raise Refused(N_("“Nothing happened” and figures cannot stand together."))
        return
    if item.cycle == "event" and content.event_date is None:
        raise Refused(N_("Say on which day it happened."), field="event_date")
    if item.periodic and period is None:
        raise Refused(N_("Choose the period that it is about."), field="period")
    lines = content.rows if item.shape == "table" else [content.values]
    if not lines:
        raise Refused(N_("There is no row yet."), field="rows")
    for line in lines:
        _check_line(item, line)


def _check_line(item: Item, line: dict[str, str]) -> None:
    known = {one.key: one for one in item.fields}
    if unknown := set(line) - set(known):
        raise Refused(N_("“%(field)s” does not belong to this category."), field=min(unknown))
    for one in item.required:
        if not line.get(one.key):
            raise Refused(N_("Please fill this in."), field=one.key)
    for key, text in line.items():
        if len(text) > LONGEST_TEXT:
            raise Refused(N_("This is too long: at most %(longest)s characters."), field=key, longest=LONGEST_TEXT)


def look_through(item: Item, content: Content) -> None:
    """Raise Refused where a personal number stands in any text, alone or spread over the cells of a row.

    A large table takes seconds. What passed lately passes at once: looked through before a transaction, it holds nobody
    up in it.
    """
    mark = hashlib.sha256(json.dumps([item.code, asdict(content)], default=str).encode()).digest()
    if mark not in _passed:
        _look_through(item, content)
        _passed.append(mark)


def _look_through(item: Item, content: Content) -> None:
    fields = {one.key: one for one in item.fields}
    texts = [*_texts(content), *_words(content.values, fields)]
    for key, text in _texts(content):
        stop(key, text)
    for over in guard.scan_fields([text for _, text in texts]):
        raise Refused(phrase_for(over.kind), field=texts[over.first_cell][0])
    for line in (content.values, *content.rows):
        for key, text in line.items():
            if key not in fields or fields[key].type in WORDS:
                stop(key, text, phone=key in fields and fields[key].type == "office_phone")
            elif fields[key].type in FIGURES and (kind := carried_by_figure(text)):
                raise Refused(phrase_for(kind), field=key)
        _stop_spread(line, fields)
    for line in content.members:
        stop("members", line.get("member_name", ""))


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    yield "title", content.title
    yield "summary", content.summary
    for key, text in content.decision.items():
        if key == "body":
            yield "decision_body", text


def _words(line: dict[str, str], fields: dict[str, Field]) -> Iterator[tuple[str, str]]:
    """Yield the texts of a line in the order of the form; figures and an office's own phone are none."""
    for one in fields.values():
        if one.type in WORDS - {"office_phone", "months"} and line.get(one.key):
            yield one.key, line[one.key]


def carried_by_figure(text: str) -> str | None:
    """Return the kind of number that an amount or a count carries: no village has thirteen billion yuan.

    `text` is canonical; what stands behind the point and signs of thousands do not count.
    """
    whole = text.replace(",", "").split(".")[0].strip("-+¥元 ")
    return next((one.kind for one in guard.scan(whole) if one.verdict == "stop"), None)


def stop(key: str, text: str, *, phone: bool = False) -> None:
    """Raise Refused beside field `key` where the guard stops a text; an office's own phone is let be."""
    if len(text) < SHORTEST:
        return
    for finding in guard.scan(text):
        if finding.verdict == "stop" and not (phone and finding.kind in {"mobile", "landline", "phone"}):
            raise Refused(phrase_for(finding.kind), field=key)


def _stop_spread(line: dict[str, str], fields: dict[str, Field]) -> None:
    cells = [(one.key, line[one.key]) for one in fields.values()
             if line.get(one.key) and one.type not in {"office_phone", "longtext", "months"}]
    if sum(sign.isdigit() for _, text in cells for sign in text) < FEWEST_DIGITS:
        return
    for over in guard.scan_cells([text for _, text in cells]):
        if over.verdict == "stop" and over.first_cell != over.last_cell:
            raise Refused(phrase_for(over.kind), field=cells[over.first_cell][0])


def digest(item: Item, period_key: str, content: Content, attachments: Iterable[str], salt: str) -> str:
    """Return the salted SHA-256 of what is made public (hex). Members' own lines are no part of it."""
    said = {
        "item": item.code, "period": period_key, "title": content.title, "summary": content.summary,
        "values": content.values, "rows": content.rows, "decision": content.decision, "nothing": content.nothing,
        "event_date": content.event_date.isoformat() if content.event_date else "",
        "attachments": sorted(attachments),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((salt + unicodedata.normalize("NFC", text)).encode()).hexdigest()


def carried(item: Item, line: dict[str, str]) -> dict[str, str]:
    """Return what of the last period's line still stands in a new one; figures of a short period do not."""
    if item.cycle in {"standing", "yearly"}:
        return dict(line)
    fresh = {"money", "number", "count", "percent", "date", "month", "months"}
    kept = {one.key for one in item.fields if one.type not in fresh or one.key == "rate"}
    return {key: text for key, text in line.items() if key in kept}
