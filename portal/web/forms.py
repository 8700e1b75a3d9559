"""A request turned into checked values, with every error beside its field and everything typed still there."""

from collections.abc import Collection, Mapping
from datetime import date

from portal.core import guard, signs
from portal.core.clock import in_reach
from portal.core.digits import narrow
from portal.core.errors import Refused
from portal.core.money import parse_fen
from portal.core.words import N_

REQUIRED = N_("Please fill this in.")
TOO_LONG = N_("This is too long: at most %(longest)s characters.")
CHOOSE = N_("Please choose one.")
NOT_A_DAY = N_("This is not a date. Write it like 2026-07-28.")
NOT_A_NUMBER = N_("This is not a whole number.")
OUT_OF_REACH = N_("This must be from %(least)s to %(most)s.")
NOT_MONEY = N_("This is not an amount in yuan.")
PERSONAL = N_("There is a number of a person in here (%(kind)s) that must not be published. Take it out.")

NEIGHBOURS = 4  # fields that a number may be split over
ID_LENGTH = 16
LONGEST_NUMBER = 18  # digits: more are nobody's count
KINDS = {
    "identity_number": N_("identity card number"),
    "bank_card": N_("bank card number"),
    "mobile": N_("mobile phone number"),
    "landline": N_("phone number"),
}


class Form:
    """The values of a form as typed (`values`), and what is wrong with them (`errors`, by field)."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.values: dict[str, str] = dict(data)
        self.errors: dict[str, Refused] = {}
        self._read: list[str] = []

    @property
    def ok(self) -> bool:
        """Tell whether every value read so far was good."""
        return not self.errors

    def refuse(self, field: str, phrase: str, **params: object) -> None:
        """Note what is wrong with a field; the first remark stays."""
        self.errors.setdefault(field, Refused(phrase, field=field, **params))

    def take(self, refused: Refused) -> None:
        """Note a refusal that a service raised, beside its field or (field None) for the whole page."""
        self.errors.setdefault(refused.field or "", refused)

    def text(self, field: str, *, required: bool = True, longest: int = 200, guarded: bool = True) -> str:
        """Return a text, trimmed. `guarded` texts may hold nobody's identity, card or phone number."""
        value = signs.typed(self.values.get(field, "")).strip()  # a NUL would end it, an escape steer a terminal
        if required and not value:
            self.refuse(field, REQUIRED)
        elif len(value) > longest:
            self.refuse(field, TOO_LONG, longest=longest)
        elif guarded:
            self.guard(field, value)
        return value

    def guard(self, field: str, value: str) -> None:
        """Stop what the personal-data guard stops, also where the texts read just before it hold the other half."""
        self._read = [*self._read, value][-NEIGHBOURS:]
        kinds = [finding.kind for finding in guard.scan(value) if finding.verdict == "stop"]
        kinds += [over.kind for over in guard.scan_fields(self._read)]
        if kinds:
            self.refuse(field, PERSONAL, kind=KINDS[kinds[0]])

    def choice(self, field: str, options: Collection[str], *, required: bool = True) -> str:
        """Return one of `options`, or "" where nothing was chosen and nothing must be."""
        value = self.values.get(field, "")
        if value not in options:
            if required or value:
                self.refuse(field, CHOOSE)
            return ""
        return value

    def named(self, field: str) -> str:
        """Return the id that a menu or a hidden field sent, "" with a remark where there is none.

        An id is drawn by lot, and one in a few hundred looks like somebody's phone number: the guard is not asked.
        """
        return self.text(field, longest=ID_LENGTH, guarded=False)

    def day(self, field: str, *, required: bool = True) -> date | None:
        """Return a calendar day, or None."""
        value = self.values.get(field, "").strip()
        if not value:
            if required:
                self.refuse(field, REQUIRED)
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or not in_reach(day):
            self.refuse(field, NOT_A_DAY)
            return None
        return day

    def number(self, field: str, *, least: int = 0, most: int = 10**9, required: bool = True) -> int:
        """Return a whole number between `least` and `most` (0 where it is missing)."""
        value = narrow(self.values.get(field, "")).strip()  # ３０, as some keyboards write it
        if not value and not required:
            return 0
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
            self.refuse(field, NOT_A_NUMBER)
            return 0
        if not least <= int(value) <= most:
            self.refuse(field, OUT_OF_REACH, least=least, most=most)
            return 0
        return int(value)

    def fen(self, field: str, *, required: bool = True) -> int | None:
        """Return an amount in fen, or None."""
        value = self.values.get(field, "").strip()
        if not value:
            if required:
                self.refuse(field, REQUIRED)
            return None
        try:
            return parse_fen(value)
        except ValueError:
            self.refuse(field, NOT_MONEY)
            return None
