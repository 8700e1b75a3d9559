"""Stops personal numbers at the door of an import: every cell of every sheet, and the name of the file.

Publishing identity, card and phone numbers is the commonest accident of village openness (PIPL, Art. 28). A
message never repeats the number.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from portal.core.tables import Sheet
from portal.core.words import N_
from portal.core.workbooks import column_letter
from portal.disclosures.cells import cell_text
from portal.disclosures.headers import tidy
from portal.disclosures.reading import CellError, Column

SHORTEST = 4
FORBIDDEN_TITLES = (
    (re.compile("身份证|证件号|公民身份|idcard|idnumber"), "identity"),
    (re.compile("一卡通|银行卡|卡号|账号|帐号|存折|bankcard"), "card"),
    (re.compile("手机|电话|联系方式|mobile|phone"), "phone"),
    (re.compile("门牌"), "address"),
)
PHRASES = (
    (
        ("id", "passport", "licence"),
        N_("An identity number stands here. It must not be made public: delete it."),
    ),
    (
        ("card", "bank", "account"),
        N_("A bank card or account number stands here. It must not be made public: delete it."),
    ),
    (
        ("phone", "mobile", "landline"),
        N_("A phone number stands here. It must not be made public: delete it."),
    ),
    (("address", "house", "door"), N_("A house number stands here. It must not be made public: delete it.")),
)
OTHER_PHRASE = N_("Personal information stands here that must not be made public: delete it.")
MAYBE_PHRASE = N_("This looks like personal information (%(kind)s). Check it before anybody publishes it.")
NAME_PHRASE = N_("The name of the file or of a sheet holds a personal number. Rename it.")


@dataclass
class Personal:
    """What the guard found: errors and warnings, and the stopped cells (sheet, row, column, from 0)."""

    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    stopped: set[tuple[int, int, int]] = field(default_factory=set)


def look_through(file_name: str, sheets: list[Sheet], chosen: int | None, columns: list[Column]) -> Personal:
    """Scan a whole file. `columns` are the chosen sheet's, for their titles and to let office phones be."""
    found = Personal()
    names = [file_name, *(sheet.name for sheet in sheets)]
    if any(verdict == "stop" for name in names for _, verdict in _findings(name)):
        found.errors.append(CellError("", None, "", "", None, NAME_PHRASE, kind="name"))
    for number, sheet in enumerate(sheets):
        known = {column.index: column for column in columns} if number == chosen else {}
        for index, row in enumerate(sheet.rows):
            _look_at_row(found, (number, sheet.name, index), [cell_text(cell) for cell in row], known)
    return found


def phrase_for(kind: str) -> str:
    """Return the sentence for a kind of personal number."""
    said = re.split(r"[^a-z]+", kind.lower())
    for parts, phrase in PHRASES:
        if any(word.startswith(parts) for word in said):
            return phrase
    return OTHER_PHRASE


@cache
def _office_phones() -> frozenset[str]:
    from portal.disclosures.catalogue import catalogue  # noqa: PLC0415 - read only when a file has such a column

    return frozenset(
        one.key for item in catalogue().items for one in item.fields if one.type == "office_phone"
    )


def _findings(text: str) -> list[tuple[str, str]]:
    """Return (kind, verdict) of everything that the guard finds in a text."""
    from portal.core import guard  # noqa: PLC0415

    return [(finding.kind, finding.verdict) for finding in guard.scan(text)] if len(text) >= SHORTEST else []


def _look_at_row(
    found: Personal, place: tuple[int, str, int], texts: list[str], known: dict[int, Column]
) -> None:
    """Scan each cell of a row, then the row as a whole for numbers that were split over several cells."""
    from portal.core import guard  # noqa: PLC0415

    single: set[int] = set()
    for index, text in enumerate(texts):
        column = known.get(index)
        kinds = _findings(text)
        if column and column.ours in _office_phones():
            kinds = [(kind, verdict) for kind, verdict in kinds if phrase_for(kind) != PHRASES[2][1]]
        elif (
            column
            and (titled := _forbidden(column.theirs))
            and sum(sign.isdigit() for sign in text) >= SHORTEST
        ):
            kinds = [(titled, "stop")]
        for kind, verdict in dict.fromkeys(kinds):
            if verdict == "stop":
                single.add(index)
            _note(found, place, (index, index), kind, verdict, known)
    for over in guard.scan_cells(texts) if len(texts) > 1 else []:
        cells = set(range(over.first_cell, over.last_cell + 1))
        if not cells & single and over.first_cell != over.last_cell:
            _note(found, place, (over.first_cell, over.last_cell), over.kind, over.verdict, known)


def _forbidden(title: str) -> str | None:
    """Return the kind of number that a column's title announces, or None."""
    plain = tidy(title)
    return next((kind for pattern, kind in FORBIDDEN_TITLES if pattern.search(plain)), None)


def _note(
    found: Personal,
    place: tuple[int, str, int],
    cells: tuple[int, int],
    kind: str,
    verdict: str,
    known: dict[int, Column],
) -> None:
    sheet_index, sheet, row = place
    column = known.get(cells[0])
    title = (
        column.theirs
        if column and not any(verdict == "stop" for _, verdict in _findings(column.theirs))
        else ""
    )
    stop = verdict == "stop"
    error = CellError(
        sheet,
        row + 1,
        column_letter(cells[0] + 1),
        title,
        column.ours if column else None,
        phrase_for(kind) if stop else MAYBE_PHRASE,
        {} if stop else {"kind": kind},
        kind=kind,
    )
    (found.errors if stop else found.warnings).append(error)
    if stop:
        found.stopped |= {(sheet_index, row, index) for index in range(cells[0], cells[1] + 1)}
