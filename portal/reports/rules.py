"""What a report may be about, how serious that is, and the clocks that run over it. Pure.

Clocks start with the batch by which everything of a report's ISO week had been handed over: nothing more exact
than the week is kept (`domain.md` 3.11, after the regulation on petitions of 2022).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Protocol

from portal.core.clock import add_weeks, add_working_days, week_start
from portal.core.words import N_
from portal.reports import moments, plain

MOST_PHOTOS = 4
LARGEST_PHOTO = 8 * 1024 * 1024
LONGEST_TEXT = 4000
NEAR_DAYS = 3
URGENT = 5  # handed over at once
MONDAY_TEN = (moments.Moment(0, time(10)),)
GUESSES_A_SECOND = 2
LONGEST_WAIT = 5.0
BANDS = ((0, 4), (5, 9), (10, 19))
SHIFTS = 5  # how many ways the ends of public bands may lie


@dataclass(frozen=True)
class Category:
    """A kind of report: words for the villager, the small words below, severity 0 (harmless) to 5, a short name.

    `alone`: the district alone reads it, from the moment that it comes in; it weighs nothing against a secretary.
    """

    key: str
    words: str
    small: str
    severity: int
    short: str
    alone: bool = False

    @property
    def adverse(self) -> bool:
        """Tell whether such a report is a complaint about how the village is run, which the flag rule counts."""
        return self.severity > 0 and not self.alone

    @property
    def harmless(self) -> bool:
        """Tell whether the village itself may be asked to see to it."""
        return self.severity == 0


CATEGORIES = (
    Category("money", N_("The books and the money"), N_("where it went, what was paid for"), 4, N_("books and money")),
    Category("benefits", N_("Benefits and subsidies"), N_("who should have got them and did not"), 3, N_("benefits")),
    Category("land", N_("Land, houses, what belongs to all"), "", 3, N_("land and collective property")),
    Category("procedure", N_("Something big was not discussed or not made public"), "", 2,
             N_("not discussed or not public")),
    Category("manner", N_("How people are treated"), "", 1, N_("manner")),
    Category("threat", N_("Somebody threatens me or takes revenge"),
             N_("we ask again later whether you are left in peace"), 5, N_("threat or revenge")),
    Category("services", N_("Roads, water, power, rubbish"), "", 0, N_("roads, water, power")),
    Category("word", N_("A question, a suggestion, some praise"), "", 0, N_("question or suggestion")),
)
SLIPS = Category("slips", N_("Somebody collects voting slips"), "", 4, N_("slips collected"), alone=True)
"""Has a page of its own (`views.watch`), so that telling takes two taps while a vote runs."""
BY_KEY = {category.key: category for category in (*CATEGORIES, SLIPS)}
HARMLESS = tuple(category.key for category in CATEGORIES if category.harmless)

SOURCES = {
    "saw": N_("I saw it myself"),
    "heard": N_("I heard it from others"),
    "suspect": N_("I suspect it"),
}
PARTICULARS = {
    "ledger": N_("an entry in the books"),
    "date": N_("a date"),
    "place": N_("a place"),
    "sum": N_("a sum"),
    "document": N_("a document"),
}
OUTCOMES = {
    "founded": N_("It was so, and it is being put right"),
    "partly": N_("Part of it was so"),
    "unfounded": N_("It was looked into and was not so"),
    "not_ours": N_("This is for another office to decide"),
}
UNREAD = "unread"
RESULTS = {**OUTCOMES, UNREAD: N_("Nobody could read it: the key to it was lost, and it was not told again")}
"""What may stand as the result of a case: what an office may choose, and what happens by itself."""
STATES = {
    "received": N_("received"),
    "looked": N_("being looked at"),
    "accepted": N_("accepted"),
    "closed": N_("case closed"),
}
REOPEN_DAYS = 60  # domain.md 3.11 names no period; two months are the time for a result once more
REVIEW_DAYS = 30  # to ask the next level for a review, and for its decision (信访工作条例 2022, 35-36; domain.md 3.11)
KEY_DAYS = 365
RATINGS = {
    3: N_("content"),
    2: N_("so so"),
    1: N_("not content"),
}
SINCE = {
    "quiet": N_("Nobody has done anything to me"),
    "again": N_("It happened again, or got worse"),
}
MARKED = {
    "addition": N_("changed and sent again"),
    "reopened": N_("asks to look at it again"),
    "review": N_("asks the district to decide"),
    "quiet": N_("nobody has done anything since"),
    "again": N_("it happened again, or got worse"),
    "told": N_("told once more: the key to the first words was lost"),
}
ASK_AGAIN = N_("Has anybody threatened you or taken revenge since you told us? You can answer below.")
DRILL_DAYS = 182
DEEDS = {
    "opened": N_("opened it"),
    "lost": N_("declared the key lost"),
    "recused": N_("stepped back from it"),
    "refused": N_("was kept from it: involved"),
    "resealed": N_("sealed copies anew for the town"),
    "fetched": N_("took the sealed file"),
    "missing": N_("said that nobody can open it any more"),
    "found": N_("took back that it is lost"),
    "drill": N_("tried that it still opens"),
}
WHYS = {
    "new": N_("to read new reports"),
    "run": N_("to go on with cases"),
    "dispute": N_("a result is disputed, or the other office asks"),
    "check": N_("to check how the office works"),
    "key": N_("for keys and copies"),
}
"""Why somebody unlocks an office's key; it stands beside every case that is opened with it."""
UNREADABLE = {
    "none": N_("This office has no copy of this message. The other office has its own."),
    "gone": N_("This copy is sealed to a key that this office no longer has. The other office has its own."),
    "damaged": N_("This copy was damaged and can’t be opened. The other office has its own."),
    "lost": N_("The key to these words is lost: nobody can open them any more."),
    "offline": N_("These words are in the sealed file. They can’t be opened here."),
}
CLOCKS = {
    "first_look": N_("first look"),
    "accept": N_("say whether it is accepted"),
    "answer": N_("give the result"),
}

# "My name is", "this is <name>": words with which people sign without meaning to.
_NAMES = re.compile(r"我(?:的名字)?(?:叫|是)[\u4e00-\u9fff]{2,4}|本人姓|[Mm]y name is|I am (?=[A-Z])")


@dataclass(frozen=True)
class Clock:
    """A clock of a case: what must be done by which Shanghai day."""

    kind: str
    due: date

    def late(self, today: date) -> bool:
        """Tell whether the day is over."""
        return today > self.due

    def near(self, today: date) -> bool:
        """Tell whether the day comes within three days, or is over."""
        return today >= self.due - timedelta(days=NEAR_DAYS)


@dataclass(frozen=True)
class Periods:
    """The periods of the group [reports]: working days until somebody looks, days until acceptance and result.

    `keep_closed_days`: how long a closed case keeps its words; `followup_days`: how many days after a threat the
    reporter is asked whether anybody took revenge; `release`: the moments of a week at which reports are
    handed over; `offline_severity`: from how grave a kind on words are sealed to keys that never touch this machine;
    `lost_days`: how long a case whose key is lost waits for its reporter; `earlier`: what held before, each with the
    day on which it ended, oldest first: a change is never for reports that are there already.
    """

    first_look_days: int
    accept_days: int
    answer_days: int
    extend_days: int
    unlock_minutes: int
    keep_closed_days: int
    followup_days: tuple[int, ...] = ()
    release: tuple[moments.Moment, ...] = MONDAY_TEN
    offline_severity: int = URGENT
    lost_days: int = 180
    earlier: tuple[tuple[date, "Periods"], ...] = ()

    def of(self, week: str) -> "Periods":
        """Return the periods that held when a report of this ISO week came."""
        return next((before for until, before in self.earlier if week_start(week) < until), self)

    def offline(self, category: str) -> bool:
        """Tell whether reports of a kind are read off this machine, by offices that have a key for that."""
        return BY_KEY[category].severity >= self.offline_severity


class Case(Protocol):
    """What the clocks ask of a report."""

    state: str
    week: str
    severity: int
    extended_week: str
    reopened_week: str
    reviewed: bool
    lost_week: str


class Disputable(Protocol):
    """What is asked of a report to know whether its result is disputed."""

    state: str
    closed_week: str
    reopened: bool
    rated_shown: int


class Listed(Disputable, Protocol):
    """What is asked of a report to know where it stands in a list."""

    awaiting: str


def urgent(severity: int) -> bool:
    """Tell whether somebody may be in danger: the report is handed over at once, and asked about again later."""
    return severity >= URGENT


def at_once(category: str) -> bool:
    """Tell whether a report waits for no batch: somebody may be in danger, or a vote is running."""
    return BY_KEY[category].alone or urgent(BY_KEY[category].severity)


def begins(week: str, periods: Periods, severity: int) -> date:
    """Return the day on which the clocks of a report start: everything of its ISO week was handed over by then."""
    monday = week_start(add_weeks(week, 1))
    return monday - timedelta(days=1) if urgent(severity) else moments.first_day(periods.release, monday)


def due_days(case: Case, periods: Periods) -> dict[str, date]:
    """Return each clock's last day."""
    since = case.reopened_week or case.week
    periods = periods.of(since)
    start = begins(since, periods, case.severity)
    answer = REVIEW_DAYS if case.reviewed else periods.answer_days
    answer += periods.extend_days if case.extended_week else 0
    return {
        "first_look": add_working_days(start, periods.first_look_days),
        "accept": start + timedelta(days=periods.accept_days),
        "answer": start + timedelta(days=answer),
    }


def running(case: Case, periods: Periods) -> Clock | None:
    """Return the clock that runs for a case; None once it is closed, or while no key opens its words any more."""
    if case.lost_week:
        return None
    kind = {"received": "first_look", "looked": "accept", "accepted": "answer"}.get(case.state)
    return Clock(kind, due_days(case, periods)[kind]) if kind else None


def urgency(case: Listed, clock: Clock | None, today: date, *, wrote_back: bool) -> tuple[int, date]:
    """Return where a case stands in a list, least first: what is late or nearly so, what somebody waits for, the rest.

    `wrote_back`: the reporter's word waits although the case does not say so. Each kind goes by the day of its clock.
    """
    if clock is not None and clock.near(today):
        return 0, clock.due
    waits = wrote_back or case.awaiting == "office" or disputed(case, today)
    return (1 if waits else 2), clock.due if clock else today


def given_up(lost_week: str, today: date, lost_days: int) -> bool:
    """Tell whether a case has waited long enough for its reporter, counted from the end of the ISO week of the loss."""
    return week_start(add_weeks(lost_week, 1)) + timedelta(days=lost_days) <= today


def reopen_until(closed_week: str) -> date:
    """Return the last day on which a case that closed in an ISO week may be reopened."""
    return week_start(add_weeks(closed_week, 1)) + timedelta(days=REOPEN_DAYS)


def review_until(closed_week: str) -> date:
    """Return the last day on which the district may be asked to decide about a case that closed in an ISO week."""
    return week_start(add_weeks(closed_week, 1)) + timedelta(days=REVIEW_DAYS)


def disputed(case: Disputable, today: date) -> bool:
    """Tell whether the reporter disputes the result: a second look is asked for, or was not content lately."""
    if case.state != "closed":
        return case.reopened
    return case.rated_shown == 1 and today <= reopen_until(case.closed_week)


def followups(case: Case, periods: Periods, today: date) -> int:
    """Return how often a reporter of a threat should have been asked by now whether anybody took revenge."""
    if not urgent(case.severity):
        return 0
    periods = periods.of(case.week)
    start = begins(case.week, periods, case.severity)
    return sum(today >= start + timedelta(days=days) for days in periods.followup_days)


def sealed_name(report_id: str) -> str:
    """Return the name of the file in which an office takes a sealed report away."""
    return f"case-{report_id}.sealed"


def drill_is_due(last: date, today: date) -> bool:
    """Tell whether half a year has passed since a key was made or last tried (`reports.md`: twice a year)."""
    return today >= last + timedelta(days=DRILL_DAYS)


def key_is_old(created_on: date, today: date) -> bool:
    """Tell whether an office's key has done its year."""
    return today >= created_on + timedelta(days=KEY_DAYS)


def signs_itself(text: str) -> list[tuple[int, int]]:
    """Return where a text says who wrote it ("我叫…", "my name is"), as (start, end)."""
    return [(match.start(), match.end()) for match in _NAMES.finditer(text)]


def band(count: int, shift: int = 0) -> str:
    """Return the band in which a count is told: 0-4, 5-9, 10-19, 20+, their ends `shift` higher.

    Anybody may add to a count that is public: who adds four to a village's reports and reads 5-9 knows that there was
    another one. Where the ends are drawn by lot (0 to 4, see `figures.shift`) nobody knows how many to add.
    """
    for least, most in BANDS:
        if count <= most + shift:
            return f"{least + shift if least else 0}-{most + shift}"
    return f"{BANDS[-1][1] + 1 + shift}+"


def wait_for(next_at: float, now: float) -> float | None:
    """Return how many seconds a guess must wait for its turn; None when the line is too long.

    Times are seconds since the epoch. Once wrong receipts come faster than two a second, everybody stands in
    one line; nobody waits longer than five seconds, and beyond that the page asks to try again.
    """
    wait = max(0.0, next_at - now)
    return wait if wait <= LONGEST_WAIT else None


def after_miss(next_at: float, now: float) -> float:
    """Return when the next guess may be looked at after one more turn in the line was taken."""
    return max(next_at, now) + 1 / GUESSES_A_SECOND


def may_read(to_town: bool, office_kind: str) -> bool:
    """Tell whether an office of this kind may read a report: the town not, where its own people are involved."""
    return office_kind == "district" or (office_kind == "town" and to_town)


def counted(categories: Collection[str]) -> set[str]:
    """Return those of `categories` that the flag rule counts."""
    return {key for key in categories if key in BY_KEY and BY_KEY[key].adverse}


# Staff never ask who somebody is: the answer would undo what the rest of the portal guards.
_WHO = re.compile(
    r"[你您]们?(?:是[谁誰]|叫什[么麼]|的?名字|的?姓名|姓什[么麼]|是?哪一?[家位户]|家?住|的?(?:电话|手机|身份证|联系方式|微信|住址))"
    r"|[贵尊]姓|[你您]怎么称呼|怎么称呼[你您]|(?:留下|写下|写上|告诉我们)(?:姓名|名字|电话|手机|联系方式)"
)
_WHO_ENGLISH = re.compile("|".join(rf"(?<![a-z]){each.replace(' ', ' ?')}s?(?![a-z])" for each in (
    "who are you", "your(?: ?full)? name", "your(?: ?phone)? number", "your phone", "where do you live")))


def asks_who(text: str) -> bool:
    """Tell whether an office's message asks the reporter who they are, whatever stands between its signs."""
    return bool(_WHO.search(plain.compact(text)) or _WHO_ENGLISH.search(plain.spaced(text)))
