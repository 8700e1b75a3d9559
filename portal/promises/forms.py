"""The desk's questions, one a page: what is asked on which page, and how the answers are read.

Nothing is kept between the pages: what was answered before travels along as hidden fields and is read again
at the end, so a page that was left open, or sent twice, does no harm.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.words import N_
from portal.promises import rules
from portal.web.forms import Form


@dataclass(frozen=True)
class Question:
    """One page: its name, the fields that it asks for, and what reads them into a form's errors."""

    name: str
    fields: tuple[str, ...]
    read: Callable[[Form], object]


@dataclass(frozen=True)
class Wording:
    """What is promised, as the form says it."""

    title: str
    words: str
    target: str
    unit: str
    by_day: date
    reason: str


def _read_what(form: Form) -> None:
    form.text("title", longest=30)
    form.text("words", longest=400)


def _read_measure(form: Form) -> None:
    form.text("target", longest=14, required=False)
    form.text("unit", longest=10, required=False)


def _read_day(form: Form) -> None:
    form.day("by_day")


def _read_why(form: Form) -> None:
    form.text("reason", longest=300)


def _read_state(form: Form) -> None:
    form.choice("state", set(rules.State))


def _read_percent(form: Form) -> None:
    form.number("percent", most=100)
    form.text("explanation", longest=300, required=False)


def _read_evidence(form: Form) -> None:
    form.text("words", longest=300, required=False)


WHAT = Question("what", ("title", "words"), _read_what)
MEASURE = Question("measure", ("target", "unit"), _read_measure)
DAY = Question("day", ("by_day",), _read_day)
WHY = Question("why", ("reason",), _read_why)
SURE = Question("sure", (), lambda _form: None)
STATE = Question("state", ("state",), _read_state)
PERCENT = Question("percent", ("percent", "explanation"), _read_percent)
EVIDENCE = Question("evidence", ("words", "photos"), _read_evidence)
ADD = (WHAT, MEASURE, DAY, SURE)
CHANGE = (WHAT, MEASURE, DAY, WHY, SURE)
REPORT = (STATE, PERCENT, EVIDENCE)
BACK = "back"
STATE_OPTIONS = {
    rules.State.ON_TRACK: (N_("It goes as planned"), ""),
    rules.State.BEHIND: (N_("It is behind"), N_("You say why on the next page.")),
    rules.State.DONE: (N_("It is done"), N_("You need a photo of it.")),
}
OUTCOME_OPTIONS = {
    rules.Outcome.ON_TRACK: N_("On track"),
    rules.Outcome.LATE: N_("Late"),
    rules.Outcome.AT_RISK: N_("May fail"),
}


class Journey:
    """Where somebody stands in a row of questions. `finished` when the last page was answered well."""

    def __init__(self, questions: Sequence[Question], form: Form, *, sent: bool, start: Mapping[str, str]) -> None:
        self.questions = list(questions)
        self.form = form
        names = [question.name for question in self.questions]
        at = names.index(form.values["step"]) if form.values.get("step") in names else 0
        self.finished = False
        if not sent:
            form.values.update(start)
        elif form.values.get("go") == BACK:
            at = max(0, at - 1)
        else:
            self.questions[at].read(form)
            self.finished = form.ok and at == len(names) - 1
            at = at + 1 if form.ok and not self.finished else at
        if self.finished:
            self._read_all()
        self.at = at if form.ok else self._first_wrong(at)

    def _read_all(self) -> None:
        """Read every page again: hidden fields are as open to change as any other."""
        for question in self.questions:
            question.read(self.form)
        self.finished = self.form.ok

    def _first_wrong(self, at: int) -> int:
        wrong = set(self.form.errors)
        return next((number for number, question in enumerate(self.questions) if wrong & set(question.fields)), at)

    def refuse(self) -> None:
        """Stand at the question that a service's refusal is about."""
        self.finished = False
        self.at = self._first_wrong(self.at)

    @property
    def question(self) -> Question:
        """Return the question to ask now."""
        return self.questions[self.at]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Return the answers to the other questions, as hidden fields."""
        names = [name for question in self.questions if question is not self.question for name in question.fields]
        return [(name, self.form.values[name]) for name in names if self.form.values.get(name)]


def wording(form: Form) -> Wording | None:
    """Return what a whole form promises; None where it isn't whole."""
    by_day = form.day("by_day")
    if by_day is None or not form.ok:
        return None
    text = {name: form.values.get(name, "").strip() for name in ("title", "words", "target", "unit", "reason")}
    return Wording(by_day=by_day, **text)
