"""What the town sends when it decides: the choice, the reasons, the second person."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.flags.models import OUTCOMES
from portal.web.forms import Form

LONGEST = 4000
DECISIONS = ("review", "dismiss")


@dataclass(frozen=True)
class Decision:
    """A choice (review or dismiss; or an outcome), why, and who stands behind it beside the sender."""

    choice: str
    reasons: str
    second: str


def decision(data: Mapping[str, str]) -> tuple[Form, Decision]:
    """Return the form and the decision of a triage in it."""
    return _read(data, "decision", DECISIONS)


def outcome(data: Mapping[str, str]) -> tuple[Form, Decision]:
    """Return the form and the outcome of a review in it."""
    return _read(data, "outcome", OUTCOMES)


def _read(data: Mapping[str, str], field: str, options: tuple[str, ...]) -> tuple[Form, Decision]:
    form = Form(data)
    made = Decision(form.choice(field, options), form.text("reasons", longest=LONGEST), form.text("second", longest=16))
    return form, made
