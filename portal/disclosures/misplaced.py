"""A sheet that was sent for the wrong period: all its dates lie in one other, which can be proposed. Pure."""

from datetime import date

from portal.core.words import N_
from portal.disclosures.cells import IN_PERIOD, OUTSIDE
from portal.disclosures.periods import Period
from portal.disclosures.reading import CellError, Reading

ELSEWHERE = N_("All dates lie in %(found)s, not in %(period)s.")


def period_meant(reading: Reading) -> Period | None:
    """Return the one other period in which all dates of a sheet lie; None where any lies in the chosen one."""
    outside = [error.params["date"] for error in reading.errors if error.phrase == OUTSIDE]
    if not outside or reading.period is None or any(IN_PERIOD & row.values.keys() for row in reading.rows):
        return None
    found = {Period.holding(reading.period.kind, _day(one)) for one in outside}
    return found.pop() if len(found) == 1 else None


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(f"{value}-01")


def propose(again: Reading, period: Period) -> Reading:
    """Return a sheet read anew in the period that was meant, as one fault of the `period` that was chosen."""
    meant, again.period, again.proposed = again.period, period, again.period
    fault = CellError("", None, "", "", None, ELSEWHERE, {"found": meant, "period": period}, str(meant))
    again.errors = [fault, *again.errors]
    return again
