"""What is shown of a result. Decided by group sizes and the plan chosen before the vote, never by the answers.

Source: `ballots.md`, "What to publish". Plan A: the groups that are large enough, and the composite grade.
Plan B: also two-way bands of groups of 15 to 49; the grade then stays in the town's personnel file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

Bound = Literal["exact", "at_least", "at_most"]
Level = Literal["none", "hidden", "bands", "three", "four"]
GOOD = ("excellent", "competent")
TOP, BOTTOM = 85, 15  # bands: ">= 85 %" and "<= 15 %"
TOP_CODE = 95
SMALL = 3  # times the smallest cell: more no merged answer but the largest has


@dataclass(frozen=True)
class Cell:
    """A line that is shown: the answers that stand together, and their percentage (`high`: upper end of a band)."""

    options: tuple[str, ...]
    percent: int
    high: int
    bound: Bound = "exact"


EDGES = (5, 15, 50, 200)
"""From so many ballots on a group is shown more finely."""


def level(number: int) -> Level:
    """Return how fine a group of this many ballots may be shown."""
    if number < 5:
        return "none"
    if number < 15:
        return "hidden"
    if number < 50:
        return "bands"
    return "three" if number < 200 else "four"


def shows_grade(plan: str) -> bool:
    """Tell whether the composite grade is public: with bands of a small group it would tell on the smallest one."""
    return plan == "A"


def merged(cells: Sequence[tuple[tuple[str, ...], int]], least: int) -> list[tuple[tuple[str, ...], int]]:
    """Merge every cell that is too small into the one above it, the topmost into the one below, until none is left.

    A single answer takes `least` ballots. What was merged takes so many more that the largest answer in it has
    `least` whatever the others are (they are smaller, or they would not be in it): of two answers 9, of three 13 where
    `least` is 5. Otherwise a line of 8 would tell that at least 4 gave its larger answer.
    Ends with one cell when nothing else is safe. Ordinal neighbours keep the sum, so nothing can be subtracted.
    """
    left = [(options, number, 1) for options, number in cells]
    while len(left) > 1:
        small = [at for at, (_, number, parts) in enumerate(left) if number < parts * (least - 1) + 1]
        if not small:
            break
        upper = max(small[-1] - 1, 0)
        above, below = left[upper], left[upper + 1]
        left[upper : upper + 2] = [(above[0] + below[0], above[1] + below[1], above[2] + below[2])]
    return [(options, number) for options, number, _parts in left]


def percents(numbers: Sequence[int]) -> list[int]:
    """Return whole percentages that add up to 100 (largest remainders; the upper one first among equals)."""
    total = sum(numbers)
    floors = [number * 100 // total for number in numbers]
    by_rest = sorted(range(len(numbers)), key=lambda at: (-(numbers[at] * 100 % total), at))
    for at in by_rest[: 100 - sum(floors)]:
        floors[at] += 1
    return floors


def _cells(counts: Mapping[str, int], scale: Sequence[str], least: int) -> list[tuple[tuple[str, ...], int]]:
    """Return the answers of a group that is shown, those together that stand in one line, with their ballots."""
    return merged(_apart(counts, scale), least)


def _apart(counts: Mapping[str, int], scale: Sequence[str]) -> list[tuple[tuple[str, ...], int]]:
    """Return the answers of a group that is shown before any are merged; below 200 ballots the last ones are one."""
    each: list[tuple[tuple[str, ...], int]] = [((option,), counts.get(option, 0)) for option in scale]
    if level(sum(counts.values())) == "three":
        rest = tuple(scale[2:])
        return [*each[:2], (rest, sum(counts.get(option, 0) for option in rest))]
    return each


def alone(counts: Mapping[str, int], scale: Sequence[str], least: int) -> set[str]:
    """Return the answers that stand in a line of their own on the page of a result."""
    cells = _cells(counts, scale, least)
    return {options[0] for options, _ in cells if len(options) == 1} if len(cells) > 1 else set()


def behind(counts: Mapping[str, int], scale: Sequence[str], least: int) -> list[dict[str, int]]:
    """Return ways in which a shown group may have answered, by its lines: all that differ in what a grade looks at.

    A line of several answers came about because all of them but one were small (of `basic`, `not` and `abstain`, which
    a group of 50 to 199 always has together, one stands for all: no grade that is told beside it looks at them).
    """
    cells = _cells(counts, scale, least)
    ways: list[list[dict[str, int]]] = []
    for options, number in cells:
        apart = [option for option in options if option in GOOD]
        others = [option for option in options if option not in GOOD]
        parts = [*apart, *others[:1]]  # what the others share among themselves moves no grade that is told beside it
        found: list[dict[str, int]] = []
        for large in parts:
            rest = [option for option in parts if option != large]
            found += [{**dict(zip(rest, few, strict=True)), large: number - sum(few)}
                      for few in product(range(min(SMALL * least, number) + 1), repeat=len(rest)) if sum(few) <= number]
        ways.append(found)
    made = [{option: number for part in each for option, number in part.items()} for each in product(*ways)]
    fitting = [one for one in made if _cells(one, scale, least) == cells]
    return list({tuple(sorted(one.items())): one for one in fitting}.values())


def _single(each: Sequence[tuple[tuple[str, ...], int]], least: int) -> list[Cell]:
    """Everybody said nearly the same: show that answer with a floor that the group's size alone decides."""
    total = sum(number for _, number in each)
    largest = max(each, key=lambda cell: cell[1])
    surely = (total - (len(each) - 1) * (least - 1)) * 100 // total // 5 * 5  # what was merged into it, at most
    return [Cell(largest[0], min(TOP_CODE, surely), 100, "at_least")]


def _bands(counts: Mapping[str, int], scale: Sequence[str]) -> list[Cell]:
    """Show excellent and competent together against the rest, in bands of ten points."""
    total = sum(counts.values())
    good = sum(counts.get(option, 0) for option in GOOD) * 100
    options = tuple(option for option in scale if option in GOOD)
    if good >= TOP * total:
        return [Cell(options, TOP, 100, "at_least")]
    if good <= BOTTOM * total:
        return [Cell(options, 0, BOTTOM, "at_most")]
    low = BOTTOM + (good // total - BOTTOM) // 10 * 10
    return [Cell(options, low, low + 10)]


def shown(counts: Mapping[str, int], scale: Sequence[str], plan: str, least: int) -> list[Cell]:
    """Return the lines that may be shown of one group's answers to one question; none for a small group.

    `scale` is the order of the answers, best first, abstentions last. `least` is the smallest cell shown.
    """
    size = level(sum(counts.values()))
    if size in {"none", "hidden"} or (size == "bands" and plan != "B"):
        return []
    if size == "bands":
        return _bands(counts, scale)
    cells = _cells(counts, scale, least)
    if len(cells) == 1:
        return _single(_apart(counts, scale), least)
    whole = percents([number for _, number in cells])
    return [Cell(options, percent, percent) for (options, _), percent in zip(cells, whole, strict=True)]


def reason(told: str, chosen: str, counted: Mapping[str, int]) -> dict[str, Any]:
    """Return why a grade is said as it is, for the log: from the plan and how many voted, never from an answer.

    `told` is what the page says: a grade, `met` or `unmet` where the sizes of the groups or a line of several answers
    ask for rough words, `void`, or "" where plan `chosen` keeps it. ValueError for what the plan does not explain.
    """
    levels: dict[str, Level] = {of: level(number) for of, number in counted.items()}
    said = {"met": "coarse", "unmet": "coarse", "void": "void", "": "held"}.get(told, "plain")
    if (said == "held") is shows_grade(chosen) and said != "void":
        message = f"plan {chosen} does not explain why a grade is {said}"
        raise ValueError(message)
    return {"said": said, "plan": chosen, "counted": dict(counted), "levels": levels}
