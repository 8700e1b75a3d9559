"""What the pages of a flag show of its sheet: the town's, the district's, and the second person's."""

from typing import Any

from portal.core.clock import add_weeks
from portal.flags import rules, stored
from portal.flags.models import Flag
from portal.flags.sheet import without_any_one
from portal.flags.steps import chart, number, steps
from portal.places import queries as places
from portal.places.settings import defaults
from portal.web.edge import reading


def sheet_of(flag: Flag) -> dict[str, Any]:
    """Return what the page of a counted sheet shows."""
    made = stored.read(flag.sheet)
    last = flag.sheet["week"]
    newest = made.checks[-1]
    window = newest.thresholds.window
    weeks = [(add_weeks(last, -back), week) for back, week in enumerate(reversed(made.weeks[-window:]))]
    by_id = {place.id: place for place in places.by_ids(reading(), {line.village for line in made.neighbours})}
    exposed = rules.exposure(made.adults, window)
    return {
        "sheet": made, "newest": newest, "weeks": weeks, "version": flag.sheet["rule_version"], "number": number,
        "neighbours": [(by_id[line.village], line) for line in made.neighbours],
        "first_week": add_weeks(last, 1 - min(len(made.weeks), 13)), "last_week": last,
        "chart": chart(made.weeks, newest.thresholds), "steps": steps(made), "sturdy": without_any_one(made),
        "chance": number(rules.exceedance(newest.found.D, exposed, newest.baseline, made.rule.rate_factor)),
        "settings": [(defaults()[f"flags.{key}"], key, value) for key, value in flag.sheet["rule"].items()],
    }
