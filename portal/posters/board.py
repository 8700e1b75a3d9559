"""One record in large type for the notice board: what a page shows of it, and nothing that a page hides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.money import format_yuan
from portal.core.sheets import qr_data
from portal.disclosures.entries import Field, Item
from portal.disclosures.tables import Table
from portal.disclosures.wording import FIGURES
from portal.places.models import Place
from portal.posters.sheets import Language, Proof, Shown, Translate, name_of, proof_words, written_day

Label = Callable[[Field], str]
MOST_ROWS = 200
MOST_COLUMNS = 5
MOST_FIGURES = 4
LONGEST_CELL = 120
LONGEST_TEXT = 1500


@dataclass(frozen=True)
class Content:
    """What a board sheet tells, as the public page of the record has it.

    `told` are figures and short texts (field, text), `table` the rows that may be shown (None: only totals),
    `entries` says how many rows there are ("" where it has none). `note` is "" or what to bear in mind, such as
    the end of the notice.
    """

    item: Item
    told: Sequence[tuple[Field, str]]
    table: Table | None
    entries: str
    note: str


def cut(text: str, longest: int) -> str:
    """Return a text, shortened with an ellipsis where it is longer than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def columns_of(table: Table) -> list[Field]:
    """Return at most five columns: what it is, which day, how much, then the rest in the catalogue's order."""
    days = [field for field in table.rest if field.type == "date"][:1]
    others = [field for field in table.rest if field not in days]
    return [table.first, *days, *([table.number] if table.number else []), *others][:MOST_COLUMNS]


def board_data(
    place: Place, town: Place, record: Shown, content: Content, *, base_url: str, proof: Proof, language: Language,
    label: Label, _: Translate,
) -> dict[str, Any]:
    """Return the data of `board.typ`: one published record, A3 landscape, in one language.

    `label` says a field in that language, with its unit.
    """
    village = name_of(place, language)
    day = _("Published on %(day)s", day=written_day(record.day, language))
    return {
        "lang": language, "title": record.title,
        "heading": _("%(village)s: %(title)s", village=village, title=record.title),
        "sub": " · ".join(part for part in (record.period, day) if part),
        "qr": qr_data(f"{base_url.rstrip('/')}/v/{place.code}/open/{record.category}/{record.id}"),
        "qr_alt": _("QR code of this record"),
        "figures": _figures(content, label, _),
        **_rows(content, label, _),
        "note": content.note,
        "foot": _("Anything wrong? Scan the code and say so, or tell the supervision committee"),
        **proof_words(town, proof, language, _),
    }


def _figures(content: Content, label: Label, _: Translate) -> list[dict[str, str]]:
    found = [{"label": _("How many"), "value": content.entries, "note": ""}] if content.entries else []
    if content.table is not None:
        found += [{"label": label(field), "value": format_yuan(fen), "note": ""} for field, fen in content.table.sums]
    return found[:MOST_FIGURES]


def _rows(content: Content, label: Label, _: Translate) -> dict[str, Any]:
    table = content.table
    if table is None:
        told = [[label(field), cut(text, LONGEST_TEXT)] for field, text in content.told if text]
        heads = [{"label": "", "number": True}, {"label": "", "number": False}] if told else []
        return {"columns": heads, "rows": told, "total": [], "more": ""}
    columns = columns_of(table)
    sums = {field.key: format_yuan(fen) for field, fen in table.sums}
    total = [sums.get(field.key, "") for field in columns]
    total[0] = total[0] or _("Total")
    hidden = table.total - len(table.rows)
    return {
        "columns": [{"label": label(field), "number": field.type in FIGURES} for field in columns],
        "rows": [[cut(row[field.key], LONGEST_CELL) for field in columns] for row in table.rows],
        "total": total if any(field.key in sums for field in columns) else [],
        "more": _("%(number)s more rows: scan the code", number=hidden) if hidden else "",
    }
