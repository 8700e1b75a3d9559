"""What the catalogue is made of: groups, items, fields, choices and due rules, as plain frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One answer of a field that offers several, or one stage of an item."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class Group:
    """A heading under which items stand on the village's page, in `order`."""

    key: str
    order: int
    zh: str
    en: str
    what_zh: str
    what_en: str


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `headers` are the column titles that accountants write for it.

    `required` and `summed` (added up at the foot) are how one item uses the field.
    """

    key: str
    zh: str
    en: str
    type: str
    headers: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    required: bool = False
    summed: bool = False


@dataclass(frozen=True)
class DueRule:
    """When a record is due: so many days after its period, event or change, or on one day each year."""

    after_period_days: int | None = None
    after_event_days: int | None = None
    after_change_days: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Item:
    """One kind of thing that must be public. See the head of the catalogue's file for masks and displays."""

    code: str
    slug: str
    branch: str
    group: Group
    zh: str
    official_zh: str
    en: str
    what_zh: str
    what_en: str
    sources: tuple[str, ...]
    cycle: str
    due: DueRule
    display: str
    audience: str
    mask: str
    mask_after: str
    shape: str
    fields: tuple[Field, ...]
    member_fields: tuple[Field, ...] = ()
    stages: tuple[Choice, ...] = ()
    notice_days: int | None = None
    decision_required: bool = False
    household_line: bool = False
    common: bool = False
    beware_zh: str = ""

    @property
    def periodic(self) -> bool:
        """Tell whether the item falls due for every month, quarter, half-year or year."""
        return self.cycle in {"monthly", "quarterly", "half-yearly", "yearly"}

    @property
    def required(self) -> tuple[Field, ...]:
        """Return the fields that no record may lack."""
        return tuple(field for field in self.fields if field.required)

    @property
    def summed(self) -> tuple[Field, ...]:
        """Return the amounts that are added up at the foot."""
        return tuple(field for field in self.fields if field.summed)

    def field(self, key: str) -> Field:
        """Return a field, also one of the members' lines. KeyError if the item has no such field."""
        for field in (*self.fields, *self.member_fields):
            if field.key == key:
                return field
        raise KeyError(key)
