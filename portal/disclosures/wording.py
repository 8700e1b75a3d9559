"""How periods, records and their figures are said on a page, in its language."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.errors import Refused
from portal.core.money import format_yuan, parse_fen
from portal.disclosures.cells import CellFault
from portal.disclosures.entries import Choice, Field, Group, Item
from portal.disclosures.periods import Period
from portal.disclosures.queries import Line
from portal.disclosures.reading import CellError
from portal.web.filters import Count, about, day, is_english, words

QUARTERS = ("一", "二", "三", "四")
NTH = ("first", "second", "third", "fourth")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
FIGURES = frozenset({"money", "number", "count", "percent"})
PEOPLE = frozenset({"name", "official_name", "member_name", "person"})


def period_name(period: Period | None, *, year: bool = True) -> str:
    """Return a period as people say it: 2026 年第三季度, third quarter of 2026; `year` false where a page says it."""
    if period is None:
        return ""
    if is_english():
        return _period_in_english(period, year=year)
    if period.kind == "day":
        return day(period.start)
    said = {"year": "", "half": ("上半年", "下半年")[period.number - 1 if period.kind == "half" else 0],
            "quarter": f"第{QUARTERS[period.number - 1 if period.kind == 'quarter' else 0]}季度",
            "month": f" {period.start.month} 月"}[period.kind]
    return f"{period.year} 年{said}" if year or not said else said.strip()


def _period_in_english(period: Period, *, year: bool) -> str:
    if period.kind == "day":
        return day(period.start)
    if period.kind == "year":
        return str(period.year)
    if period.kind == "month":
        said = MONTHS[period.start.month - 1]
        return f"{said} {period.year}" if year else said
    said = f"{NTH[period.number - 1]} {period.kind}"
    return f"{said} of {period.year}" if year else said


def within(period: Period | None, *, year: bool = True) -> str:
    """Return a period as it stands in a sentence: the third quarter of 2026."""
    said = period_name(period, year=year)
    return f"the {said}" if period and is_english() and period.kind in {"half", "quarter"} else said


def capital(text: str) -> str:
    """Return words as they stand at the beginning of a line: Third quarter of 2026."""
    return text[:1].upper() + text[1:]


def period_short(period: Period | None) -> str:
    """Return a period for the foot of a bar: Q3, 三季, 7月, 2026."""
    if period is None:
        return ""
    if is_english():
        return {"quarter": f"Q{period.number}", "half": f"H{period.number}",
                "month": MONTHS[period.start.month - 1][:3]}.get(period.kind, str(period.year))
    return {"quarter": f"{QUARTERS[(period.number - 1) % 4]}季", "month": f"{period.start.month}月",
            "half": ("上半年", "下半年")[(period.number - 1) % 2]}.get(period.kind, f"{period.year}年")


def cycle_name(item: Item) -> str:
    """Return how often something is published."""
    said = {
        "standing": _("always here"), "event": _("whenever it happens"), "monthly": _("every month"),
        "quarterly": _("every quarter"), "half-yearly": _("every half-year"), "yearly": _("every year"),
    }
    return str(said[item.cycle])


def entries(item: Item, number: int) -> str:
    """Return a number of rows with the word for what they are: 40 笔, 386 户."""
    keys, number = {field.key for field in item.fields}, Count(number)
    if "head_of_household" in keys:
        return str(ngettext("%(num)s household", "%(num)s households", number))
    if "date" in keys and item.summed:
        return str(ngettext("%(num)s item", "%(num)s items", number))
    if keys & PEOPLE:
        return str(ngettext("%(num)s person", "%(num)s people", number))
    return str(ngettext("%(num)s line", "%(num)s lines", number))


def title(line: Any) -> str:
    """Return a record's title: its own, or its item and period in the page's language."""
    if line.title:
        return str(line.title)
    period = period_name(line.period)
    name = words(line.item)
    if not period:
        return name
    return f"{name}, {period}" if is_english() else f"{name}，{period}"


@dataclass(frozen=True)
class Named:
    """A record's name for a sentence that is put into words later: it asks for the page's language then."""

    item: Item
    period: Period | None = None
    title: str = ""

    def __str__(self) -> str:
        return title(self)


@dataclass(frozen=True)
class Day:
    """A day for a sentence that is put into words later."""

    day: date

    def __str__(self) -> str:
        return day(self.day)


def summary(line: Line) -> str:
    """Return a record in one line: its own words, or what its figures say."""
    if line.nothing:
        return str(_("Nothing of this kind happened."))
    if line.summary:
        return line.summary
    parts = []
    if line.item.shape == "table":
        parts.append(entries(line.item, line.row_count))
    if line.amount_fen:
        parts.append(about(line.amount_fen))
    if not parts:
        parts = [figure_text(field, line.values[field.key]) for field in line.item.fields
                 if field.key in line.values and field.type in {"text", "org", "choice"}][:1]
        parts += [f"{words(field)} {figure_text(field, line.values[field.key])}" for field in line.item.fields
                  if field.key in line.values and field.type in FIGURES][:2]
    return (", " if is_english() else "，").join(parts)


def _thousands(text: str) -> str:
    """Return a canonical number with its thousands apart: 6,553 or 4,210.5."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.removeprefix("-").isdecimal() else text


SAID: dict[str, Callable[[Field, str], str]] = {
    "money": lambda _field, text: format_yuan(parse_fen(text)),
    "date": lambda _field, text: day(date.fromisoformat(text)),
    "month": lambda _field, text: period_name(Period.parse(text), year=False),
    "count": lambda _field, text: _thousands(text),
    "number": lambda _field, text: _thousands(text),
    "percent": lambda _field, text: f"{text}%",
    "choice": lambda field, text: next((words(one) for one in field.choices if one.key == text), text),
    "months": lambda _field, text: "，".join(f"{month} {said}" for month, said in json.loads(text).items()),
}


def figure_text(field: Field, text: str) -> str:
    """Return a canonical text as a page shows it."""
    return SAID[field.type](field, text) if text and field.type in SAID else text


def field_label(field: Field) -> str:
    """Return a field's name, with its unit where it is money."""
    if field.type == "money":
        return str(_("%(field)s (yuan)", field=words(field)))
    return str(words(field))


def shown(value: object) -> str:
    """Return a parameter of a refusal in the page's language."""
    if isinstance(value, Field | Choice | Item | Group):
        return words(value)
    if isinstance(value, Period):
        return within(value)
    if isinstance(value, tuple):
        return ("、" if not is_english() else ", ").join(str(shown(part)) for part in value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def reason(error: CellError) -> str:
    """Return what is wrong with a cell in the page's language."""
    return error.reason(lambda phrase: str(_(phrase)), shown)


def refused(fault: CellFault, field: str) -> Refused:
    """Return a fault of a typed answer as a refusal beside its field."""
    refusal = Refused(fault.phrase, field=field)
    # Not by keyword: a parameter may itself be called `field`, as in “%(field)s” is missing.
    refusal.params = {key: shown(value) for key, value in fault.params.items()}
    return refusal


def compared(now: int, before: int | None, period: Period | None) -> str:
    """Return how a sum differs from the last period's: 2.5 万元 more than in the second quarter."""
    if before is None or period is None:
        return ""
    when = within(period, year=period.kind == "year")
    if now == before:
        return str(_("the same as in %(when)s", when=when))
    much = about(abs(now - before))
    if now > before:
        return str(_("%(much)s more than in %(when)s", much=much, when=when))
    return str(_("%(much)s less than in %(when)s", much=much, when=when))


def change(line: Line, known: Sequence[Line]) -> str:
    """Return how a record's first sum differs from its last period's, if that is among the lines `known`."""
    if line.period is None or not line.item.periodic or not line.item.summed:
        return ""
    key, period = line.item.summed[0].key, line.period.previous()
    before = next((one for one in known if one.item == line.item and one.period == period and not one.nothing), None)
    if before is None or key not in line.totals:
        return ""
    return compared(line.totals[key], before.totals.get(key), period)


def label_of(item: Item, fields: tuple[Field, ...] | None = None) -> Field:
    """Return the field that names a row: the first that is neither a figure nor a day, if there is one."""
    fields = item.fields if fields is None else fields
    plain = [field for field in fields if field.type not in FIGURES | {"date", "month", "code", "choice"}]
    named = [field for field in plain if field.required and field.key != "group_no"]
    return (named or plain or list(fields))[0]


def number_of(item: Item, fields: tuple[Field, ...] | None = None) -> Field | None:
    """Return the figure that stands beside a row's name: the first that is added up, else the first amount."""
    fields = item.fields if fields is None else fields
    for wanted in (lambda field: field.summed, lambda field: field.type == "money",
                   lambda field: field.type in FIGURES):
        for field in fields:
            if wanted(field):
                return field
    return None


def largest(item: Item, rows: list[dict[str, str]]) -> tuple[int, str] | None:
    """Return the largest row of the first summed amount, and its name."""
    field = item.summed[0] if item.summed else None
    if field is None or len(rows) < 2:
        return None
    best = max((row for row in rows if row.get(field.key)), key=lambda row: parse_fen(row[field.key]), default=None)
    return (parse_fen(best[field.key]), best.get(label_of(item).key, "")) if best else None


def told(values: Mapping[str, str], item: Item) -> list[tuple[Field, str]]:
    """Return a record's figures and short texts in the catalogue's order, as a page shows them."""
    return [(field, figure_text(field, values[field.key])) for field in item.fields if values.get(field.key)]


def figure_day(text: str) -> str:
    """Return a day kept as text, such as the day of a decision, as a page shows it; other words stay as they are."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
