"""A digest's lines in one language: the same sentences for the screen, the sheet of paper and the mail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from portal.core.words import N_
from portal.digests.rules import WHERE_IT_STANDS
from portal.places.settings import defaults
from portal.web.locale import TRANSLATIONS, compile_catalogues

SECTIONS = (
    ("now", N_("For you to decide"), N_("Nothing waits for the town.")),
    ("late", N_("Past their day on %(day)s"), N_("Apart from reports, nothing is late.")),
    ("coming", N_("The coming 14 days"), N_("Nothing more falls due.")),
)
COUNTS = (
    ("new", N_("new reports")), ("late", N_("unanswered past their day")), ("missing", N_("due and not public")),
    ("notice", N_("in their notice")), ("flags", N_("reviews that wait")), ("rounds", N_("appraisals running")),
    ("disputed", N_("results disputed")),
)
MONTH_SECTIONS = (("now", N_("For you to decide"), N_("Nothing waits for the district.")), *SECTIONS[1:])
MONTH_COUNTS = (
    ("new", N_("new reports")), ("late", N_("unanswered past their day")), ("disputed", N_("results disputed")),
    ("missing", N_("due and not public")), ("flags", N_("reviews that wait")),
    ("late_flags", N_("of them past their day")), ("rounds", N_("appraisals running")),
)
MONTH_COLUMNS = (N_("Town"), N_("Villages"), N_("Not public"), N_("New reports"), N_("Unanswered past their day"),
                 N_("Reviews that wait"), N_("Appraisals running"), N_("Keys and cases opened"))
MONTH_SUB = N_("For the district’s organisation and discipline departments. No reports do not mean that all is well.")
MONTH_NOTE = N_("Towns stand by their code; nobody is ranked. Which village a review is about, only the discipline "
                "commission sees.")
NO_ROOM = N_("No room here: look at the desk.")
"""What an empty part says when lines were left out: that nothing is in it would not be true."""
COLUMNS = (N_("Village"), N_("Due / public this year"), N_("Not public"), N_("New reports"), N_("To be approved"))
SUB = N_("For the town’s party secretary, organisation and discipline officers. No reports do not mean that all is "
         "well.")
NO_RANKS = N_("Villages stand by their code; nobody is ranked. Which village a review is about, only the discipline "
              "officer sees.")


@dataclass(frozen=True)
class Line:
    """An act as it is read: when, what, a second line, the word on its link and where that leads."""

    when: str
    late: bool
    what: str
    detail: str
    act: str
    endpoint: str
    values: Mapping[str, Any]
    needs: str


@dataclass(frozen=True)
class Said:
    """A whole digest in one language."""

    title: str
    sub: str
    counts: list[tuple[str, str]]
    sections: list[tuple[str, str, list[Line]]]
    more: str
    columns: list[str]
    rows: list[list[str]]
    short_rows: list[list[str]]
    period: str
    table: str
    note: str

    @property
    def lines(self) -> list[Line]:
        """Every act, in order."""
        return [line for _heading, _none, lines in self.sections for line in lines]


class Words:
    """Speaks one language: `say` is its gettext, `english` whether names are written in Latin letters."""

    def __init__(self, say: Callable[[str], str], *, english: bool) -> None:
        self.say = say
        self.english = english

    def phrase(self, words: str, params: Mapping[str, Any]) -> str:
        """Return a phrase with its parameters; those with two languages speak this one, phrases are translated."""
        if not words:
            return ""
        filled = {key: self._param(value) for key, value in params.items()}
        said = self.say(words)
        return said % filled if filled else said

    def _param(self, value: object) -> object:
        if isinstance(value, dict) and "band" in value:
            return self.band(value["band"])
        if isinstance(value, dict):
            return value["en" if self.english else "zh"]
        return self.say(value) if isinstance(value, str) and value else value

    def day(self, value: date) -> str:
        """Return a day as it is said: 11 月 30 日, 30 November."""
        return format_date(value, "d MMMM", locale="en") if self.english else f"{value.month} 月 {value.day} 日"

    def first_day(self, first: date, last: date) -> str:
        """Return the first of two days, without the month that the last one says: 16 to 22 November."""
        return str(first.day) if self.english and first.month == last.month else self.day(first)

    def last_day(self, first: date, last: date) -> str:
        """Return the last of two days, without the month that the first one says: 11 月 16 日到 22 日."""
        return f"{last.day} 日" if not self.english and first.month == last.month else self.day(last)

    def band(self, value: str) -> str:
        """Return a band as it is said: 0 到 4, 20 or more. A plain number stays."""
        if value.endswith("+"):
            return self.phrase(N_("%(least)s or more"), {"least": _both(value[:-1])})
        least, dash, most = value.partition("-")
        return self.phrase(N_("%(least)s to %(most)s"), {"least": _both(least), "most": _both(most)}) if dash else value

    def name(self, thing: Mapping[str, str], key: str = "name") -> str:
        """Return a place's name."""
        return (self.english and thing[key + "_en"]) or thing[key]


@cache
def _catalogue(code: str) -> NullTranslations:
    compile_catalogues()
    return Translations.load(str(TRANSLATIONS), [code])


def chinese() -> Words:
    """Return the words of mails: towns read Chinese."""
    return Words(_catalogue("zh_Hans").ugettext, english=False)


def said(body: Mapping[str, Any], place: Mapping[str, str], words: Words) -> Said:
    """Return a town's week or the district's month in one language; `place` has `name` and `name_en`."""
    return _month(body, place, words) if "month" in body else _week(body, place, words)


def _sections(body: Mapping[str, Any], today: date, words: Words,
              sections: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, list[Line]]]:
    return [(words.phrase(heading, {"day": _both(words.day(today))} if "%(day)s" in heading else {}),
             words.say(NO_ROOM if body["more"] else none),
             [_line(line, today, words) for line in body["sections"][key]])
            for key, heading, none in sections]


def _more(body: Mapping[str, Any], words: Words) -> str:
    return words.phrase(N_("%(count)s more at the desk"), {"count": body["more"]}) if body["more"] else ""


def _month(body: Mapping[str, Any], district: Mapping[str, str], words: Words) -> Said:
    first, today = date.fromisoformat(body["first"]), date.fromisoformat(body["made"])
    rows = [[words.name(row), str(row["villages"]), str(row["missing"]), words.band(row["new"]),
             words.band(row["late"]), _of_them_late(row, words), str(row["rounds"]), str(row["opened"])]
            for row in body["towns"]]
    changed = [words.phrase(N_("%(place)s: %(what)s"), {"place": _both(words.name(one, "place")),
                                                        "what": _both(_called(one["key"], words))})
               for one in body["changed"]]
    note = words.say(MONTH_NOTE)
    if changed:
        note = words.phrase(N_("Settings changed: %(settings)s."), {"settings": _both("; ".join(changed))}) + " " + note
    return Said(
        title=words.phrase(N_("%(district)s, %(month)s"), {
            "district": _both(words.name(district)),
            "month": _both(format_date(first, "MMMM y", locale="en") if words.english
                           else f"{first.year} 年 {first.month} 月")}),
        sub=words.say(MONTH_SUB),
        counts=[(words.band(str(body["counts"][key])), words.say(label)) for key, label in MONTH_COUNTS],
        sections=_sections(body, today, words, MONTH_SECTIONS), more=_more(body, words),
        columns=[words.say(column) for column in MONTH_COLUMNS], rows=rows, short_rows=rows, period=body["month"],
        table=words.phrase(N_("As it stood on %(day)s"), {"day": _both(words.day(today))}), note=note,
    )


def _of_them_late(row: Mapping[str, Any], words: Words) -> str:
    if not row["late_flags"]:
        return str(row["flags"])
    return words.phrase(N_("%(number)s, %(late)s past their day"),
                        {"number": row["flags"], "late": row["late_flags"]})


def _called(key: str, words: Words) -> str:
    """Return what a setting is called."""
    entry = defaults().get(key)
    return str(entry["en" if words.english else "zh"]) if entry else key


def _week(body: Mapping[str, Any], town: Mapping[str, str], words: Words) -> Said:
    first, last, today = (date.fromisoformat(body[key]) for key in ("first", "last", "made"))
    return Said(
        title=words.phrase(N_("%(town)s, %(first)s to %(last)s"),
                           {"town": _both(words.name(town)), "first": _both(words.first_day(first, last)),
                            "last": _both(words.last_day(first, last))}),
        sub=words.say(SUB),
        counts=[(words.band(str(body["counts"].get(key, 0))), words.say(label)) for key, label in COUNTS],
        sections=_sections(body, today, words, SECTIONS),
        more=_more(body, words),
        columns=[words.say(column) for column in COLUMNS],
        rows=[_row(row, words) for row in body["villages"]],
        short_rows=[_row(row, words, short=True) for row in body["villages"]],
        period=body["week"],
        table=words.phrase(N_("As it stood on %(day)s"), {"day": _both(words.day(today))}),
        note=words.say(NO_RANKS),
    )


def _both(text: str) -> dict[str, str]:
    """Return a text that is written already, so that it is not translated again."""
    return {"zh": text, "en": text}


def _line(line: Mapping[str, Any], today: date, words: Words) -> Line:
    due = date.fromisoformat(line["due"]) if line["due"] else None
    what = words.phrase(line["phrase"], line["params"])
    place = words.name(line, "place")
    joined = words.phrase(N_("%(place)s: %(what)s"), {"place": _both(place), "what": _both(what)})
    return Line(
        when=_when(due, today, words), late=due is not None and due < today, what=joined if place else what,
        detail=words.say(WHERE_IT_STANDS) if line["needs"] else words.phrase(line["detail"], line["params"]),
        act=words.say(line["act"]), endpoint=line["endpoint"],
        values=line["values"], needs=line["needs"],
    )


def _when(due: date | None, today: date, words: Words) -> str:
    if due is None:
        return ""
    if due < today:
        days = (today - due).days
        return words.say(N_("one day late")) if days == 1 else words.phrase(N_("%(days)s days late"), {"days": days})
    return words.day(due)


def _row(row: Mapping[str, Any], words: Words, *, short: bool = False) -> list[str]:
    """Return a village's row; the short one counts what is missing instead of naming it."""
    named = N_("%(items)s, up to %(days)s days late")
    counted = N_("%(items)s, the longest %(days)s days late")
    missing = words.phrase(counted if short else named,
                           {"items": row["count"] if short else row["missing"], "days": row["days"]})
    return [words.name(row), f"{row['due']} / {row['done']}", missing if row["missing"] else words.say(N_("none")),
            words.band(row["new"]), str(row["waiting"])]


def mail(whole: Said, desk: str) -> str:
    """Return a digest as the text of a mail, with every act of the page; `desk` is where the desk is."""
    parts = [whole.title, whole.sub, "", *(f"{label}: {value}" for value, label in whole.counts), ""]
    for heading, none, lines in whole.sections:
        parts += [f"== {heading} ==", *(_mail_line(line) for line in lines)] if lines else [f"== {heading} ==", none]
        parts.append("")
    parts += [whole.more] if whole.more else []
    parts.append(f"== {whole.table} ==")
    parts.extend(" | ".join(row) for row in (whole.columns, *whole.rows))
    return "\n".join([*parts, "", whole.note, desk, ""])


def _mail_line(line: Line) -> str:
    return "- " + "  ".join(part for part in (line.when, line.what, line.detail and f"({line.detail})") if part)
