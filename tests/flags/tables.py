"""The tables of docs/flag-rule.md, made anew: `python -m tests.flags.tables [--number 4000] [--seed 7] [--sizes …]`.

Each figure is a share of so many made-up villages in per cent, with its 95 % interval; of honest villages four times
as many are looked at, for their share is small. 4,000 take about twenty minutes on one core. The rule is the product's
own, with the settings of `seed/settings.toml`.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence

from tests.flags import simulated
from tests.flags.simulated import Trouble, World
from tests.flags.test_rules import RULE

HONEST_TIMES = 4
SIZES = (200, 300, 500, 1000, 1500, 3000, 5000)
REVIEWS: tuple[tuple[str, Trouble | None], ...] = (
    ("honest", None), ("severe", simulated.SEVERE), ("severe, slips stolen", simulated.STOLEN),
    ("mild", simulated.MILD), ("dispute", simulated.DISPUTE),
)
LIARS: tuple[tuple[str, Trouble | None], ...] = (
    ("10 open, pasted", simulated.LIARS_PASTE), ("10 open", simulated.LIARS_OPEN),
    ("10 real slips", simulated.LIARS_TEN), ("30 real slips", simulated.LIARS_THIRTY),
)
WORLDS = (
    ("twice as many report", World(rate=4.0)),
    ("twice as much is confirmed", World(confirmed=0.10)),
)


def figure(adults: int, trouble: Trouble | None, number: int, seed: int, *, review: bool = True,
           world: World = simulated.USUAL) -> str:
    """Return one figure: `1.4 (1.2-1.6)`."""
    number *= HONEST_TIMES if trouble is None else 1
    found = simulated.share(adults, trouble, number, RULE, seed=seed, review=review, world=world)
    low, high = simulated.between(found, number)
    return f"{100 * found:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one table, each row as soon as it is known."""
    sys.stdout.write(f"\n{title}\n\n| adults | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}\n")
    for row in rows:
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        sys.stdout.flush()


def main() -> None:
    """Write the tables."""
    asked = argparse.ArgumentParser(description="How the flag rule does on made-up villages.")
    asked.add_argument("--number", type=int, default=4000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)))
    given = asked.parse_args()
    sizes, number, seed = [int(size) for size in given.sizes.split(",")], given.number, given.seed
    sys.stdout.write(f"Rule {RULE.version}, seed {seed}, {number:,} villages a figure.\n")

    def row(adults: int, troubles: Sequence[Trouble | None], *, review: bool = True) -> list[str]:
        return [f"{adults:,}", *(figure(adults, one, number, seed, review=review) for one in troubles)]

    for title, columns in (("Reviews (F2): honest in a year, others within 26 weeks.", REVIEWS),
                           ("Reviews of honest villages that liars attack, within 26 weeks.", LIARS)):
        table(title, [name for name, _ in columns], (row(adults, [one for _, one in columns]) for adults in sizes))
    table("Private looks (F1): honest in a year, severe within 26 weeks.", ["honest", "severe"],
          (row(adults, [None, simulated.SEVERE], review=False) for adults in sizes))
    table("Reviews of honest villages in a year where the assumptions are wrong.", [name for name, _ in WORLDS],
          ([f"{adults:,}", *(figure(adults, None, number, seed, world=world) for _, world in WORLDS)]
           for adults in sizes))


if __name__ == "__main__":
    main()
