"""The course of a flag: which steps wait, and by which day. Pure; rows in, steps out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from portal.flags.models import OUTCOMES, Flag, PanelMember, Review

LEAST_KIND = 5
"""A kind of complaint is named from so many reports on; fewer are merged, so that nobody is recognised by one."""
OTHERS = "others"
PANEL = 3
CARRIED = 2
TOWN_STEPS = frozenset({"triage", "decision", "reappraisal"})
HANDED_UP = TOWN_STEPS | {"answer"}
"""When the day of one of these is over it is the district's matter; the other clocks act by themselves (`waits`)."""
MOST_ADDED = 5
"""So often a statement may be added to until its last day; what was handed in stays as it is."""
MOST_NAMED = 3
"""So many people may the secretary name as biased: enough for rivals, too few to leave nobody who could decide."""


@dataclass(frozen=True)
class Waiting:
    """A step that waits, and the last day for it."""

    step: str
    due: date

    def late(self, today: date) -> bool:
        """Tell whether the day is over."""
        return self.due < today


def running(flag: Flag, review: Review | None) -> list[Waiting]:
    """Return the clocks that run over a flag, the one that must be seen to first at the front."""
    if flag.state == "triage":
        return [Waiting("triage", flag.due)]
    if review is None:
        return []
    found: list[Waiting] = []
    if flag.state == "review":
        if review.notified_on is None:
            found.append(Waiting("notice", review.notice_by))
        elif review.statement_by and review.stated_on is None and review.silent_on is None:
            found.append(Waiting("statement", review.statement_by))
        found.append(Waiting("decision", review.decide_by))
    elif flag.state == "decided":
        if review.appealed_on is None and review.appeal_by:
            found.append(Waiting("appeal", review.appeal_by))
        elif review.answered_on is None and review.answer_by:
            found.append(Waiting("answer", review.answer_by))
    elif flag.state == "closed" and review.reappraise_by and review.reappraised_on is None:
        found.append(Waiting("reappraisal", review.reappraise_by))
    return found


def town_is_late(flag: Flag, review: Review | None, today: date) -> bool:
    """Tell whether a day is over that the town had for a step: triage, decision or re-appraisal."""
    return any(step.late(today) for step in running(flag, review) if step.step in TOWN_STEPS)


def mark(review: Review) -> str:
    """Return the mark of what a panel proposes: whoever votes or signs says by it which proposal was read."""
    said = json.dumps([review.outcome, review.outcome_reasons, review.months, review.proposed_by,
                       str(review.proposed_on)])
    return sha256(said.encode()).hexdigest()[:16]


def answer_mark(review: Review) -> str:
    """Return the mark of the answer to an appeal that waits for its second person."""
    said = json.dumps([review.milder, review.appeal_answer, review.answered_by, review.answered_second])
    return sha256(said.encode()).hexdigest()[:16]


def carried(seats: Sequence[PanelMember]) -> bool:
    """Tell whether two of the three stand behind the proposal."""
    return sum(seat.says == "agree" for seat in seats) >= CARRIED


def heard(review: Review, today: date) -> bool:
    """Tell whether the secretary was heard: a statement came, or its days are over."""
    return review.stated_on is not None or (review.statement_by is not None and review.statement_by < today)


def merged(counts: dict[str, int]) -> list[list[str | int]]:
    """Return kinds of complaint as [kind, reports]: those of five reports and more, most first, then the others as one.

    The others are merged without their number where they are fewer than five together.
    """
    named = sorted(((kind, n) for kind, n in counts.items() if n >= LEAST_KIND), key=lambda row: (-row[1], row[0]))
    rest = sum(n for n in counts.values() if n < LEAST_KIND)
    shown: list[list[str | int]] = [[kind, number] for kind, number in named]
    if rest:
        shown.append([OTHERS, rest if rest >= LEAST_KIND else 0])
    return shown


def milder(outcome: str) -> tuple[str, ...]:
    """Return the outcomes that an appeal may change an outcome to: never a harder one."""
    return OUTCOMES[: OUTCOMES.index(outcome)]


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later; the last of the month where that one is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))
