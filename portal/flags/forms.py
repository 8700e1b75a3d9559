"""What is sent when something is decided: the choice, the reasons, the other people."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.flags.models import CHOICES, OUTCOMES, VOICES
from portal.web.forms import Form

LONGEST = 4000
ANSWERS = ("confirm", "back")
SIGNATURES = ("sign", "back")


@dataclass(frozen=True)
class Decision:
    """A choice (review or dismiss; or what an appeal ends in), why, and who stands behind it beside the sender."""

    choice: str
    reasons: str
    second: str


@dataclass(frozen=True)
class Proposal:
    """How a review should end, why, and in how many months something must be put right (0: nothing)."""

    outcome: str
    reasons: str
    months: int


@dataclass(frozen=True)
class Signature:
    """Signed or confirmed, or given back with what should be looked at again; `seen`: the mark of what was read."""

    choice: str
    why: str
    seen: str = ""


def decision(data: Mapping[str, str]) -> tuple[Form, Decision]:
    """Return the form and the proposed end of a triage in it."""
    return _read(data, "decision", CHOICES)


def appeal_answer(data: Mapping[str, str]) -> tuple[Form, Decision]:
    """Return the form and the answer to an appeal in it: kept, or a milder outcome."""
    return _read(data, "choice", ("kept", *OUTCOMES))


def proposal(data: Mapping[str, str]) -> tuple[Form, Proposal]:
    """Return the form and the panel's proposal in it; months are read only where something is put right."""
    form = Form(data)
    outcome = form.choice("outcome", OUTCOMES)
    months = form.number("months", most=12) if outcome == "rectify" else 0
    return form, Proposal(outcome, form.text("reasons", longest=LONGEST), months)


def signature(data: Mapping[str, str]) -> tuple[Form, Signature]:
    """Return the form and the district's signature in it."""
    form = Form(data)
    choice = form.choice("sign", SIGNATURES)
    why = form.text("why", required=choice == "back", longest=1000)
    return form, Signature(choice, why, form.values.get("seen", ""))


def answer(data: Mapping[str, str]) -> tuple[Form, Signature]:
    """Return the form and the second person's answer to a proposal in it."""
    form = Form(data)
    choice = form.choice("answer", ANSWERS)
    why = form.text("why", required=choice == "back", longest=1000)
    return form, Signature(choice, why, form.values.get("seen", ""))


def voice(data: Mapping[str, str]) -> tuple[Form, Signature]:
    """Return the form and what a member of the panel says about a proposal."""
    form = Form(data)
    says = form.choice("says", VOICES)
    words = form.text("words", required=says == "against", longest=1000)
    return form, Signature(says, words, form.values.get("seen", ""))


def panel(data: Mapping[str, str]) -> tuple[Form, tuple[str, ...]]:
    """Return the form and the three of a panel in it, the lead first."""
    form = Form(data)
    return form, tuple(form.named(name) for name in ("lead", "member", "third"))


def _read(data: Mapping[str, str], field: str, options: tuple[str, ...]) -> tuple[Form, Decision]:
    form = Form(data)
    made = Decision(form.choice(field, options), form.text("reasons", longest=LONGEST), form.named("second"))
    return form, made
