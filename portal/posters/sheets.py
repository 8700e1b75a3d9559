"""What stands on the village's poster and on the label of one record.

A sheet is written once and hangs for months, so days carry their year, and the digits say for how many entries
of the log they hold. The poster's QR code holds only the village's page and a label's only the record's: a
scanner's maker sees the whole address (`reports.md`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from portal.core.sheets import address, qr_data
from portal.places.models import Place

Translate = Callable[..., str]
Language = Literal["zh", "en"]
Paper = Literal["a4", "a3"]
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")


@dataclass(frozen=True)
class Shown:
    """A published record as a label names it: `category` is the item's slug, `period` is "" where it has none."""

    id: str
    category: str
    title: str
    period: str
    day: date


@dataclass(frozen=True)
class Proof:
    """Where the log of a village's town stood when the sheet was made: 24 digits in six groups, entries, day."""

    digits: str
    size: int
    day: date


def written_day(day: date, language: Language) -> str:
    """Return a day with its year: 2026 年 11 月 25 日, 25 November 2026."""
    if language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def name_of(place: Place, language: Language) -> str:
    return (language == "en" and place.name_en) or place.name


def proof_words(town: Place, proof: Proof, language: Language, _: Translate) -> dict[str, str]:
    words = _(
        "Digits against tampering, for the first %(size)s entries of %(town)s’s log, %(day)s:",
        size=f"{proof.size:,}", town=name_of(town, language), day=written_day(proof.day, language),
    )
    return {"proof": words, "digits": proof.digits}


def poster_data(
    place: Place, town: Place, *, base_url: str, proof: Proof, paper: Paper, language: Language, _: Translate,
    box: str = "",
) -> dict[str, Any]:
    """Return the data of `poster.typ`: the village's poster on A4 or A3, in one language.

    `base_url` is the portal's address with its scheme; `_` translates a phrase with %(name)s places; `box` is the
    fingerprint of the box's key while a vote is announced or runs.
    """
    village = name_of(place, language)
    phone = place.phone or town.phone
    help_ = (
        _("No phone? The same papers hang at the village office, and you may ask there. Telephone %(phone)s.",
          phone=phone)
        if phone else _("No phone? The same papers hang at the village office, and you may ask there.")
    )
    return {
        "lang": language, "paper": paper,
        "title": _("Poster of %(village)s", village=village),
        "heading": _("%(village)s: scan and see", village=village),
        "sub": _("%(town)s · village, Party and money matters in the open", town=name_of(town, language)),
        "qr": qr_data(f"{base_url.rstrip('/')}/v/{place.code}"),
        "qr_alt": _("QR code of the page of %(village)s", village=village),
        "address": address(base_url, f"/v/{place.short}"),
        "or": _("Works without WeChat too: type this line into a phone"),
        "acts": [
            {"name": _("Look"), "text": _("How money is spent, who got subsidies, how things were decided")},
            {"name": _("Follow up"), "text": _("What the secretary promised, and how far it has come")},
            {"name": _("Judge"), "text": _("Vote with the digits on your slip, without your name")},
            {"name": _("Speak"), "text": _("Ask or report. No sign-in, and the village can’t see it")},
        ],
        "help": help_,
        "box": _("The box’s key, to compare in the hall: %(digits)s", digits=box) if box else "",
        "seal": _("Town seal here"),
        **proof_words(town, proof, language, _),
    }


def label_data(
    place: Place, town: Place, record: Shown, *, base_url: str, proof: Proof, language: Language, _: Translate,
) -> dict[str, Any]:
    """Return the data of `label.typ`: one A6 label that leads to one published record."""
    day = _("Published on %(day)s", day=written_day(record.day, language))
    return {
        "lang": language,
        "title": record.title, "heading": record.title,
        "village": f"{name_of(town, language)} · {name_of(place, language)}",
        "sub": f"{record.period} · {day}" if record.period else day,
        "qr": qr_data(f"{base_url.rstrip('/')}/v/{place.code}/open/{record.category}/{record.id}"),
        "qr_alt": _("QR code of this record"),
        "do": _("Scan to see it in full, or find it at"),
        "address": address(base_url, f"/v/{place.short}"),
        **proof_words(town, proof, language, _),
    }
