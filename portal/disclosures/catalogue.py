"""The disclosure catalogue: what a village must make public, field by field, read from `seed/catalogue.toml`.

Forms, pages, deadlines, masks and imports follow this file, so a new category is one entry in it. Its head
explains every key. Whatever the file says is represented here; anything unknown stops the load.
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from portal.disclosures.entries import Choice, DueRule, Field, Group, Item

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Choice",
    "DueRule",
    "Field",
    "Group",
    "Item",
    "catalogue",
    "load",
    "words",
]

SEED = Path(__file__).resolve().parents[2] / "seed" / "catalogue.toml"
TYPES = {
    "text", "longtext", "code", "date", "month", "months", "money", "number", "count", "percent", "choice",
    "person", "named", "org", "party", "office_phone",
}  # fmt: skip
ALLOWED = {
    "branch": {"village", "party"},
    "cycle": {"standing", "event", "monthly", "quarterly", "half-yearly", "yearly"},
    "display": {"D1", "D2", "D3", "D4"},
    "audience": {"public", "members"},
    "mask": {"M0", "M1", "M2", "M3", "M4"},
    "mask_after": {"M0", "M1", "M2", "M3", "M4"},
    "shape": {"text", "figures", "table"},
}
_CODE = re.compile(r"[VP]\d{2}")
_MENTION = re.compile(r"(\w+)(!?)(\*?)")


class CatalogueError(ValueError):
    """The catalogue's file is wrong. The message says where and what."""


@dataclass(frozen=True)
class Catalogue:
    """The groups in their order, and the items: V01 to V37, then P01 to P25."""

    groups: tuple[Group, ...]
    items: tuple[Item, ...]

    @cached_property
    def _names(self) -> dict[str, Item]:
        return {name: item for item in self.items for name in (item.slug, item.code)}

    def by_slug(self, slug: str) -> Item:
        """Return the item with this slug; KeyError with the nearest names."""
        return self.find(slug)

    def by_code(self, code: str) -> Item:
        """Return the item with this code, such as V08; KeyError with the nearest names."""
        return self.find(code)

    def find(self, slug_or_code: str) -> Item:
        """Return an item by slug or code. KeyError tells the names that come nearest."""
        for name in (slug_or_code, slug_or_code.lower(), slug_or_code.upper()):
            if name in self._names:
                return self._names[name]
        near = difflib.get_close_matches(slug_or_code, list(self._names), n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}" if near else ""
        message = f"the catalogue has no category {slug_or_code!r}{hint}"
        raise KeyError(message)

    def in_group(self, group: str) -> tuple[Item, ...]:
        """Return the items of a group, in the catalogue's order."""
        return tuple(item for item in self.items if item.group.key == group)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once. Raises CatalogueError."""
    return load(SEED.read_text("utf-8"))


def words(thing: Group | Item | Field | Choice, language: str, part: str = "") -> str:
    """Return a thing's name in a language ("zh", "zh_Hans" or "en"); `part="what"` its one-line meaning."""
    name = "zh" if language.startswith("zh") else "en"
    return str(getattr(thing, f"{part}_{name}" if part else name))


def load(text: str) -> Catalogue:
    """Return the catalogue that a TOML text describes. Raises CatalogueError naming what is wrong."""
    data = tomllib.loads(text)
    if set(data) != {"groups", "items", "fields"}:
        message = f"the catalogue needs groups, items and fields, and has {', '.join(sorted(data))}"
        raise CatalogueError(message)
    groups = {
        key: _build(Group, f"groups.{key}", {"key": key, **entry}) for key, entry in data["groups"].items()
    }
    known = {key: _field(key, entry) for key, entry in data["fields"].items()}
    items = tuple(_item(code, entry, groups, known) for code, entry in data["items"].items())
    _check_whole(items, known)
    return Catalogue(tuple(sorted(groups.values(), key=lambda group: group.order)), items)


def _check_whole(items: tuple[Item, ...], known: dict[str, Field]) -> None:
    slugs = [item.slug for item in items]
    if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
        message = f"two items share the slug {', '.join(sorted(twice))}"
        raise CatalogueError(message)
    used = {field.key for item in items for field in (*item.fields, *item.member_fields)}
    if idle := set(known) - used:
        message = f"no item uses the fields {', '.join(sorted(idle))}"
        raise CatalogueError(message)


T = TypeVar("T", Choice, Group, Field, DueRule, Item)


def _build(kind: type[T], where: str, entry: dict[str, Any]) -> T:
    """Make one dataclass of an entry; an unknown or missing key is an error."""
    names = set(kind.__dataclass_fields__)
    if unknown := set(entry) - names:
        message = f"{where}: unknown key {', '.join(sorted(unknown))}"
        raise CatalogueError(message)
    try:
        return kind(**entry)
    except TypeError as error:
        message = f"{where}: {error}"
        raise CatalogueError(message) from error


def _choices(where: str, entries: object) -> tuple[Choice, ...]:
    if not isinstance(entries, list):
        message = f"{where}: choices and stages are lists"
        raise CatalogueError(message)
    return tuple(_build(Choice, where, entry) for entry in entries)


def _field(key: str, entry: dict[str, object]) -> Field:
    where = f"fields.{key}"
    if {"required", "summed"} & set(entry):
        message = f"{where}: required and summed are said by the item, with ! and *"
        raise CatalogueError(message)
    if entry.get("type") not in TYPES:
        message = f"{where}: unknown type {entry.get('type')!r}"
        raise CatalogueError(message)
    headers = entry.get("headers")
    if not isinstance(headers, list) or not headers:
        message = f"{where}: headers are missing"
        raise CatalogueError(message)
    choices = _choices(where, entry.get("choices", []))
    return _build(Field, where, {**entry, "key": key, "headers": tuple(headers), "choices": choices})


def _item(code: str, entry: dict[str, object], groups: dict[str, Group], known: dict[str, Field]) -> Item:
    where = f"items.{code}"
    if not _CODE.fullmatch(code):
        message = f"{where}: a code is V or P and two digits"
        raise CatalogueError(message)
    for key, allowed in ALLOWED.items():
        if entry.get(key) not in allowed:
            message = f"{where}: {key} is {entry.get(key)!r}, not one of {', '.join(sorted(allowed))}"
            raise CatalogueError(message)
    if entry.get("group") not in groups:
        message = f"{where}: there is no group {entry.get('group')!r}"
        raise CatalogueError(message)
    stages = _choices(where, entry.get("stages", []))
    made = {
        "code": code,
        "group": groups[str(entry["group"])],
        "due": _build(DueRule, f"{where}.due", _table(where, entry.get("due"))),
        "sources": tuple(_list(where, entry.get("sources"))),
        "stages": stages,
        "fields": _used(where, entry.get("fields"), known, stages),
        "member_fields": _used(where, entry.get("member_fields", []), known, stages),
    }
    return _build(Item, where, {**entry, **made})


def _table(where: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not value:
        message = f"{where}: due is missing"
        raise CatalogueError(message)
    return value


def _list(where: str, value: object) -> list[str]:
    if not isinstance(value, list):
        message = f"{where}: a list is missing"
        raise CatalogueError(message)
    return [str(entry) for entry in value]


def _used(
    where: str, mentions: object, known: dict[str, Field], stages: tuple[Choice, ...]
) -> tuple[Field, ...]:
    """Return the fields that an item names, with its marks; a choice without answers takes the stages."""
    found = []
    for mention in _list(where, mentions):
        match = _MENTION.fullmatch(mention)
        if not match or match[1] not in known:
            message = f"{where}: there is no field {mention!r}"
            raise CatalogueError(message)
        field = known[match[1]]
        if field.type == "choice" and not field.choices and not stages:
            message = f"{where}: {field.key} has no choices, and the item has no stages"
            raise CatalogueError(message)
        if match[3] and field.type != "money":
            message = f"{where}: {field.key} is summed but is not money"
            raise CatalogueError(message)
        choices = field.choices or (stages if field.type == "choice" else ())
        found.append(replace(field, required=bool(match[2]), summed=bool(match[3]), choices=choices))
    return tuple(found)
