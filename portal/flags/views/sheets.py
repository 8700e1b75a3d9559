"""What the pages of a flag show of its sheet: the town's, the district's, and the second person's."""

from typing import Any

from portal.core.clock import add_weeks
from portal.core.words import N_
from portal.flags import rules, stored
from portal.flags.chart import POINTS, chart
from portal.flags.letters import LETTERS, quantities
from portal.flags.models import Flag
from portal.flags.rules import Week
from portal.flags.sheet import Sheet, without_any_one
from portal.flags.steps import number, steps
from portal.flags.views.naming import settings
from portal.places import queries as places
from portal.web.edge import reading

FOR_FACTS = N_("for the facts only")
FOR_EARLIER = N_("for the earlier checks only")


def sheet_of(flag: Flag) -> dict[str, Any]:
    """Return what the page of a counted sheet shows."""
    facts = flag.sheet
    made = stored.read(facts)
    newest, last = made.checks[-1], facts["week"]
    said = steps(made)
    ids = {line.village for line in made.neighbours} | {by for by, _day in facts["decided"].values()}
    by_id = {place.id: place for place in places.by_ids(reading(), ids)}
    return {
        "sheet": made, "newest": newest, "steps": said, "number": number, "chart": chart(made.weeks, newest.thresholds),
        "quantities": quantities(made, said.worked), "letters": LETTERS,
        "weeks": _weeks(made, last), "neighbours": [(by_id[line.village], line) for line in made.neighbours],
        "first_week": add_weeks(last, 1 - min(len(made.weeks), POINTS)), "last_week": last,
        "least": rules.review_minimum(made.adults, made.rule),
        "sturdy": without_any_one(made), "settings": settings(facts["rule"], facts["decided"], by_id),
    }


def _weeks(made: Sheet, last: str) -> list[tuple[str, Week, str]]:
    """Return the weeks that the checks look at and that brought anything, newest first.

    Each is its name, its counts and what it is there for, where the newest check does not count its people.
    """
    window = made.checks[-1].thresholds.window
    span = max(window, made.rule.facts_window_weeks)
    found = []
    for back, week in enumerate(reversed(made.weeks[-(span + len(made.checks) - 1) :])):
        name = add_weeks(last, -back)
        if week != Week():
            aim = "" if back < window else FOR_FACTS if back < made.rule.facts_window_weeks else FOR_EARLIER
            found.append((name, week, aim))
    return found
