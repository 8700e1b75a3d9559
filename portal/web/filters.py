"""How figures, days and names are written on a page, in its language."""

import re
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal.core.clock import SHANGHAI, local_day, utc_now, week_start
from portal.core.money import format_yuan
from portal.web.locale import language

WEEK = 7
HAN = re.compile(r"(?:^|>)[^<]*[\u3400-\u9fff]")  # between tags


def is_english() -> bool:
    """Tell whether the page is not Chinese; places and people then show the name written in Latin letters."""
    return language().code != "zh_Hans"


def holds_chinese(html: str) -> bool:
    """Tell whether a piece of a page shows Chinese signs, one is enough; what an attribute holds does not count."""
    return HAN.search(html) is not None


def sp() -> str:
    """Return what stands between two sentences: a blank, and nothing after a Chinese sign."""
    return " " if is_english() else ""


def comma() -> str:
    """Return what stands between two names: a comma and a blank, 、 in Chinese."""
    return ", " if is_english() else "、"


class Count(int):
    """A count that is written with its thousands apart: 1,140. A phrase in one of two numbers takes it as it is."""

    def __str__(self) -> str:
        return f"{int(self):,}"


def name(thing: Any) -> str:
    """Return a place's or a person's name in the page's language."""
    latin = getattr(thing, "name_en", "") if is_english() else ""
    return str(latin or thing.name)


def words(thing: Any, attribute: str = "") -> str:
    """Return a catalogue entry's words in the page's language; `attribute` `what` gives what_zh or what_en."""
    suffix = "en" if is_english() else "zh"
    return str(getattr(thing, f"{attribute}_{suffix}" if attribute else suffix))


def yuan(fen: int | None) -> str:
    """Return fen as yuan: 129,340.50, without the cents where there are none."""
    if fen is None:
        return ""
    return format_yuan(fen).removesuffix(".00")


def about(fen: int) -> str:
    """Return a sum as people say it: 12.9 万元, or 129,341 yuan."""
    if is_english():
        return str(_("%(yuan)s yuan", yuan=f"{round(fen / 100):,}"))
    if abs(fen) >= 1_000_000:
        return f"{fen / 1_000_000:,.1f} 万元".replace(".0 万", " 万")
    return f"{yuan(fen)} 元"


def as_day(value: date | datetime) -> date:
    """Return the Shanghai day of a moment; a day stays itself."""
    return local_day(value) if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """Return a day as it is written: 11 月 30 日, with its year when it is not this year's."""
    if value is None:
        return ""
    value = as_day(value)
    this_year = value.year == local_day(utc_now()).year
    if is_english():
        return format_date(value, "d MMMM" if this_year else "d MMMM y", locale="en")
    return f"{value.month} 月 {value.day} 日" if this_year else f"{value.year} 年 {value.month} 月 {value.day} 日"


def day_of_year(value: date) -> str:
    """Return a day that comes every year, without one: 1 月 31 日."""
    return format_date(value, "d MMMM", locale="en") if is_english() else f"{value.month} 月 {value.day} 日"


def hour(value: datetime) -> str:
    """Return the hour of a moment as the clock on the village wall shows it: 17:00."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


def spoken_day(value: date | datetime) -> str:
    """Return a day as people say it: today, yesterday, 3 days ago, else the date."""
    ago = (local_day(utc_now()) - as_day(value)).days
    if ago == 0:
        return str(_("today"))
    if ago == 1:
        return str(_("yesterday"))
    if 0 < ago <= WEEK:
        return str(ngettext("%(num)s day ago", "%(num)s days ago", ago))
    return day(value)


def time_tag(value: date | datetime) -> Markup:
    """Return a `<time>` that says the day as people do, with the exact date beside it for machines and hovering."""
    exact = as_day(value).isoformat()
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, spoken_day(value))


def week(value: str) -> str:
    """Return an ISO week by its Monday, as people say it: 10 月 26 日那周, the week of 26 October.

    Nobody in a village counts the weeks of a year.
    """
    return str(_("the week of %(day)s", day=day(week_start(value))))


def month(value: str) -> str:
    """Return a month such as `2026-10` as people say it: 2026 年 10 月, October 2026."""
    first = date.fromisoformat(value + "-01")
    return format_date(first, "MMMM y", locale="en") if is_english() else f"{first.year} 年 {first.month} 月"


def band(value: str) -> str:
    """Return a band of a count as people say it: 0 到 4, 20 or more."""
    least, dash, most = value.partition("-")
    return str(_("%(least)s to %(most)s", least=least, most=most) if dash else _("%(least)s or more",
                                                                                 least=value.rstrip("+")))


def groups(digits: str, size: int = 4) -> list[str]:
    """Return digits in groups of four."""
    return [digits[i : i + size] for i in range(0, len(digits), size)]


def init_app(app: Flask) -> None:
    """Put the filters into an app's templates."""
    app.jinja_env.filters.update(
        name=name,
        count=Count,
        holds_chinese=holds_chinese,
        words=words,
        yuan=yuan,
        about=about,
        day=day,
        spoken_day=spoken_day,
        hour=hour,
        time_tag=time_tag,
        week=week,
        groups=groups,
        month=month,
        band=band,
        as_day=as_day,
    )
    app.jinja_env.globals.update(
        is_english=is_english, sp=sp, comma=comma, today=lambda: local_day(utc_now()), name_of=name, words_of=words
    )
