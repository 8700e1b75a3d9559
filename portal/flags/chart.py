"""The sum D of the last weeks, drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.flags import rules
from portal.flags.rules import Thresholds, Week
from portal.flags.steps import number

POINTS = 13
LEFT, RIGHT, TOP, BOTTOM = 30, 546, 24, 150


@dataclass(frozen=True)
class Chart:
    """The sum D of the last weeks as points of an SVG of 580 × 172, and where the line T lies."""

    points: str
    line_y: int
    last: str
    last_y: int


def chart(weeks: Sequence[Week], line: Thresholds) -> Chart:
    """Return the chart of D over the last 13 weekly sums; the line is the newest T."""
    ends = range(max(len(weeks) - POINTS, 0), len(weeks))
    sums = [rules.quantities(weeks[: end + 1], line).D for end in ends]
    most = max([*sums, Fraction(line.all), Fraction(1)])
    ys = [round(BOTTOM - float(value / most) * (BOTTOM - TOP)) for value in sums]
    wide = (RIGHT - LEFT) / max(len(sums) - 1, 1)
    points = " ".join(f"{round(LEFT + place * wide)},{y}" for place, y in enumerate(ys))
    line_y = round(BOTTOM - float(Fraction(line.all) / most) * (BOTTOM - TOP))
    return Chart(points, line_y, number(sums[-1]) if sums else "0", ys[-1] if ys else BOTTOM)
