"""What an official typed into a form made from the catalogue, turned into content; every mistake beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date

from portal.core.digits import whole
from portal.core.errors import Refused
from portal.core.words import N_
from portal.disclosures import wording
from portal.disclosures.cells import CellFault, Setting, canonical
from portal.disclosures.content import DECISION_KEYS, Content
from portal.disclosures.deadlines import period_kind
from portal.disclosures.entries import Field, Item
from portal.disclosures.models import SUMMARY_LONGEST, TITLE_LONGEST
from portal.disclosures.periods import OF_CYCLE, Period
from portal.disclosures.typed import MOST_ROWS, read_grid, read_line
from portal.web.forms import Form

BLANK = 3
FIRST_ROWS = 6
LARGEST_GRID = 40
COUNTS = ("eligible", "present", "votes_for", "votes_against")
A_DAY = Field("day", "哪天", "Day", "date", ("日期",))


@dataclass
class Entry:
    """A form on its way to content. `grid` are the rows as typed, `period` what it is about."""

    form: Form
    period: Period | None = None
    grid: list[dict[str, str]] = made(default_factory=list)
    content: Content = made(default_factory=Content)

    @property
    def ok(self) -> bool:
        """Tell whether everything could be read."""
        return self.form.ok


def read_period(form: Form, item: Item, text: str) -> Period | None:
    """Return the period that a form names; a refusal beside `period` where it is none of the item's kind."""
    if not item.periodic:
        return None
    try:
        period = Period.parse(text)
    except ValueError:
        period = None
    if period is None or not period_kind(item, period):
        form.refuse("period", N_("Choose the period that it is about."))
        return None
    return period


def read_day(form: Form, name: str, *, required: bool) -> date | None:
    """Return a day written as people write days."""
    text = form.values.get(name, "").strip()
    if not text:
        if required:
            form.refuse(name, N_("Please fill this in."))
        return None
    try:
        return date.fromisoformat(canonical(text, A_DAY, Setting()))
    except CellFault as fault:
        form.errors.setdefault(name, wording.refused(fault, name))
        return None


def read_entry(item: Item, data: Mapping[str, str], *, kept: Content | None = None,
               period: Period | None = None) -> Entry:
    """Read a whole form. `kept` is what the record says already: rows that the form does not hold stay."""
    form = Form(data)
    entry = Entry(form)
    entry.period = period or read_period(form, item, form.values.get("period", ""))
    if form.values.get("nothing"):
        entry.content = Content(nothing=True, event_date=None)
        return entry
    title = form.text("title", required=False, longest=TITLE_LONGEST)
    summary = form.text("summary", required=False, longest=SUMMARY_LONGEST)
    day = read_day(form, "event_date", required=item.cycle == "event")
    decision = read_decision(form, item)
    values, rows = (kept.values, kept.rows) if kept else ({}, [])
    if item.shape == "table":
        if form.values.get("grid"):
            rows = _read_rows(entry, item)
    else:
        values = _read_values(entry, item)
    entry.content = Content(dict(values), list(rows), list(kept.members) if kept else [], title, summary, decision, day)
    return entry


def read_decision(form: Form, item: Item) -> dict[str, str]:
    """Return who decided, on which day and with how many votes, as typed into the form."""
    if not item.decision_required:
        return {}
    decision = {"body": form.text("decision_body", required=False, longest=60)}
    day = read_day(form, "decision_day", required=bool(decision["body"]))
    decision["day"] = day.isoformat() if day else ""
    own = {field.key for field in item.fields}
    for key in COUNTS:
        if key not in own and form.values.get(f"decision_{key}", "").strip():
            decision[key] = str(form.number(f"decision_{key}", required=False))
    return {key: decision[key] for key in DECISION_KEYS if decision.get(key)}


def _read_values(entry: Entry, item: Item) -> dict[str, str]:
    typed = {field.key: entry.form.values.get(f"v-{field.key}", "") for field in item.fields}
    read = read_line(item, entry.period, typed)
    for (_line, key), fault in read.faults.items():
        entry.form.errors.setdefault(f"v-{key}", wording.refused(fault, f"v-{key}"))
    return read.lines[0] if read.lines else {}


def typed_rows(item: Item, data: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of a grid as typed, up to the last that holds anything."""
    most = whole(data.get("grid", ""), MOST_ROWS) or 0
    rows = [{field.key: data.get(f"r{row}-{field.key}", "") for field in item.fields} for row in range(most)]
    while rows and not any(text.strip() for text in rows[-1].values()):
        rows.pop()
    return rows


def _read_rows(entry: Entry, item: Item) -> list[dict[str, str]]:
    entry.grid = typed_rows(item, entry.form.values)
    read = read_grid(item, entry.period, list(entry.grid))
    for (line, key), fault in read.faults.items():
        name = f"r{line}-{key}"
        entry.form.errors.setdefault(name, wording.refused(fault, name))
    if not read.lines:
        entry.form.errors.setdefault("rows", Refused(N_("There is no row yet."), field="rows"))
    return read.lines


def blank(rows: list[dict[str, str]], item: Item, extra: int = BLANK) -> list[dict[str, str]]:
    """Return rows for a grid to show: those that are there, and some to write into."""
    number = max(FIRST_ROWS, len(rows) + extra)
    empty = dict.fromkeys((field.key for field in item.fields), "")
    return [{**empty, **row} for row in rows] + [dict(empty) for _ in range(number - len(rows))]


def typed_values(item: Item, content: Content) -> dict[str, str]:
    """Return the values that a form shows for what is written down already."""
    values = {f"v-{key}": text for key, text in content.values.items()}
    values |= {f"decision_{key}": text for key, text in content.decision.items()}
    values |= {"title": content.title, "summary": content.summary}
    if item.cycle == "event":
        values["event_date"] = content.event_date.isoformat() if content.event_date else ""
    return values


def periods_to_choose(item: Item, today: date, opened_on: date) -> list[Period]:
    """Return the periods that a form offers, latest first: back to when the village opened, at most eight."""
    if not item.periodic:
        return []
    period = Period.holding(OF_CYCLE[item.cycle], today)
    found: list[Period] = []
    while len(found) < 8 and period.end >= opened_on:
        found.append(period)
        period = period.previous()
    return found


def as_pasted(item: Item, rows: list[dict[str, str]]) -> str:
    """Return rows as a spreadsheet would copy them, the head first, to change them and put them back."""
    used = [field for field in item.fields if field.required or any(row.get(field.key) for row in rows)]
    lines = ["\t".join(field.headers[0] if field.headers else field.zh for field in used)]
    for row in rows:
        cells = (row.get(field.key, "") + ("%" if field.type == "percent" and row.get(field.key) else "")
                 for field in used)
        lines.append("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells))
    return "\n".join(lines)
