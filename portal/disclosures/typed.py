"""Reads what somebody typed into a form made from the catalogue: one line of fields, or a grid of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made

from portal.core import guard
from portal.core.words import N_
from portal.disclosures.cells import CellFault, Setting, canonical
from portal.disclosures.content import FIGURES, SHORTEST, carried_by_figure
from portal.disclosures.entries import Field, Item
from portal.disclosures.periods import Period
from portal.disclosures.personal import phrase_for

MOST_ROWS = 400  # of a grid; more come as pasted rows or as a file
PHONES = frozenset({"mobile", "landline", "phone"})


@dataclass
class Typed:
    """Lines as canonical texts, and what is wrong: (line from 0, field's key) -> fault."""

    lines: list[dict[str, str]] = made(default_factory=list)
    faults: dict[tuple[int, str], CellFault] = made(default_factory=dict)


def read_line(item: Item, period: Period | None, typed: Mapping[str, str]) -> Typed:
    """Read one line: `typed` is the text by field key."""
    return read_grid(item, period, [typed], keep_empty=True)


def read_grid(
    item: Item, period: Period | None, typed: list[Mapping[str, str]], *, keep_empty: bool = False
) -> Typed:
    """Read several lines; wholly empty ones are left out unless `keep_empty`."""
    found = Typed()
    setting = Setting(period, item.periodic)
    for number, line in enumerate(typed):
        if not keep_empty and not any(text.strip() for text in line.values()):
            continue
        values: dict[str, str] = {}
        for field in item.fields:
            try:
                text = _read(field, line.get(field.key, ""), setting)
            except CellFault as fault:
                found.faults[number, field.key] = fault
                continue
            if text:
                values[field.key] = text
        _spread(found, number, item, {key: line.get(key, "") for key in values})
        found.lines.append(values)
    return found


def _read(field: Field, text: str, setting: Setting) -> str:
    if not text.strip():
        if field.required:
            raise CellFault(N_("“%(field)s” is missing."), field=field)
        return ""
    if len(text) >= SHORTEST:
        for finding in guard.scan(text):
            allowed = field.type == "office_phone" and finding.kind in PHONES
            if finding.verdict == "stop" and not allowed and field.type not in {"date", "money"}:
                raise CellFault(phrase_for(finding.kind))
    value = canonical(text, field, setting)
    if field.type in FIGURES and (kind := carried_by_figure(value)):
        raise CellFault(phrase_for(kind))
    return value


def _spread(found: Typed, number: int, item: Item, values: dict[str, str]) -> None:
    """Find a personal number that was split over several fields; `values` as typed, with zeros in front."""
    if any(line == number for line, _ in found.faults):
        return
    keys = [field.key for field in item.fields
            if field.key in values and field.type not in {"office_phone", "longtext"}]
    for over in guard.scan_cells([values[key] for key in keys]) if len(keys) > 1 else []:
        if over.verdict == "stop" and over.first_cell != over.last_cell:
            found.faults[number, keys[over.first_cell]] = CellFault(phrase_for(over.kind))
            return
