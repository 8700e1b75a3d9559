"""What a digest holds and in which order. Facts in, lines out; nothing here reads a store."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from portal.core.clock import iso_week, week_start
from portal.core.tasks import Task
from portal.core.words import N_
from portal.reports.rules import band

COMING_DAYS = 14
SHEET_LINES = 32
LEAST_LINES = 8
"""One page of A4 holds 32 lines of acts and villages together; what finds no room stands at the desk."""
WITH_DETAILS = 16
"""Up to so many lines the sheet has room for each act's second line too."""
PRIVATE = {"flags.one": "flag:read", "flags.clearing": "flag:read", "flags.proposal": "flag:confirm"}
"""Acts whose village only some may know, and the permission that it takes. In a digest the town stands for it."""
WHERE_IT_STANDS = N_("Which village and why, the desk says to those who may know.")
"""What a digest says of every such act. A cause beside a public page names the village, or tells a grade kept back."""
READ_ONES = {"Reports whose time is nearly up or over: %(number)s":
             N_("Reports already looked at whose time is nearly up or over: %(number)s")}
"""What a line is called beside the number of all that are late, which counts those too that nobody has read yet."""


def plain(value: object) -> object:
    """Return a task's parameter as JSON holds it."""
    return value if value is None or isinstance(value, str | int | dict) else str(value)


def some(number: int) -> str:
    """Return the band of a number of reports of which there is at least one: 1-4, 5-9, 10-19, 20+."""
    found = band(number)
    return "1" + found[1:] if found.startswith("0-") else found


def act(task: Task, town: tuple[str, str], today: date) -> dict[str, Any]:
    """Return a task as a line of a digest; `town` is the town's name and its name in Latin letters."""
    needs = PRIVATE.get(task.endpoint, "")
    place, place_en = town if needs else (task.place, task.place_en)
    params = {key: plain(value) for key, value in task.params.items()}
    if task.endpoint.startswith("reports.") and "number" in params:
        # a digest is read by people who may read no report, and by mail
        params["number"] = {"band": some(int(str(task.params["number"])))}
    due = _due(task, today)
    return {
        "phrase": READ_ONES.get(task.phrase, task.phrase), "detail": WHERE_IT_STANDS if needs else task.detail,
        "params": params,
        "act": task.act, "endpoint": task.endpoint, "values": {key: plain(value) for key, value in task.values.items()},
        "place": place, "place_en": place_en, "due": due.isoformat() if due else None, "needs": needs,
    }


def _due(task: Task, today: date) -> date | None:
    """Return the day that a line tells. The day on which a report's clock ends tells the week in which it came.

    That of a look at a village tells when it began, and with that which village: it is not told until it is over, and
    then by its week.
    """
    if task.endpoint.startswith("reports.") or task.due is None:
        return None
    if task.endpoint not in PRIVATE:
        return task.due
    return week_start(iso_week(task.due)) if task.due < today else None


def order(line: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what lines are put in order by: their day, then the code of their place. Never anybody's merit.

    A decision about a village tells no day while there is time; it goes before all that has one.
    """
    day = line["due"] or ("" if line["needs"] else date.max.isoformat())
    return day, str(line["values"].get("code", "")), line["phrase"]


def room(villages: int) -> int:
    """Return how many acts fit the sheet beside a table of so many villages."""
    return max(SHEET_LINES - villages, LEAST_LINES)


def sections(lines: Sequence[Mapping[str, Any]], today: date,
             most: int) -> tuple[dict[str, list[Mapping[str, Any]]], int]:
    """Return the lines by section (late, now, coming), `most` in all, and how many found no room.

    `late`: the day is over; `now`: this week's, those without a day, and whatever awaits a decision about a
    village (it must not be forgotten until its last fortnight); `coming`: due within 14 days. What lies further
    ahead waits for a later digest.
    """
    until = (today + timedelta(days=COMING_DAYS)).isoformat()
    week_end = (today + timedelta(days=6 - today.weekday())).isoformat()
    ordered = sorted(lines, key=order)
    late = [line for line in ordered if line["due"] and line["due"] < today.isoformat()]
    now = [line for line in ordered if line not in late
           and (not line["due"] or line["due"] <= week_end or line["needs"])]
    coming = [line for line in ordered if line not in late and line not in now and line["due"] <= until]
    kept: dict[str, list[Mapping[str, Any]]] = {}
    left = most
    for name, found in (("now", now), ("late", late), ("coming", coming)):
        kept[name] = found[:left]
        left -= len(kept[name])
    return kept, len(now) + len(late) + len(coming) - most + left
