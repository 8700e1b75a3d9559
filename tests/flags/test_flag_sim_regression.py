"""The product's own rule over made-up villages: few honest ones are reviewed, most with severe trouble are.

The rates of flags.md, recomputed from the product's weekly checks with seed 7; see docs/flag-rule.md for the whole
tables, which `python -m tests.flags.tables` makes anew.
"""

import math

import pytest

from tests.flags.simulated import SEVERE, STOLEN, share
from tests.flags.test_rules import RULE

HONEST_MOST = 0.015
HONEST, TROUBLED = 1000, 300
"""So many villages of each size: a share of 1.5 % needs more of them than one of 60 %."""
LEAST = {200: 0.60, 300: 0.75, 500: 0.90, 1000: 0.97, 1500: 0.97, 3000: 0.97, 5000: 0.97}
LEAST_STOLEN = {200: 0.33, 300: 0.45, 500: 0.65, 1000: 0.85, 1500: 0.95, 3000: 0.97, 5000: 0.97}


def doubt(bound: float, number: int) -> float:
    """Return two standard errors of a share of so many villages: what chance alone may add to or take from it."""
    return 2 * math.sqrt(bound * (1 - bound) / number)


@pytest.mark.parametrize("adults", LEAST)
def test_honest_villages_are_left_alone(adults: int) -> None:
    """At every size at most 1.5 % of honest villages get a review in a year of weekly looks.

    Faults seen: larger villages need one fact less, red at 1,500 adults; a serious fact counts three times, red from
    500 to 3,000.
    """
    assert share(adults, None, HONEST, RULE) <= HONEST_MOST + doubt(HONEST_MOST, HONEST)


@pytest.mark.parametrize(("adults", "least"), LEAST.items())
def test_severe_trouble_is_reviewed(adults: int, least: float) -> None:
    """Within 26 weeks nearly all from 1,000 adults on, nine of ten at 500, six of ten at 200.

    Faults seen: no facts path, red at 200, 300 and 500 adults; one that looks back 13 weeks only, red at 200.
    """
    assert share(adults, SEVERE, TROUBLED, RULE) >= least - doubt(least, TROUBLED)


@pytest.mark.parametrize(("adults", "least"), LEAST_STOLEN.items())
def test_stolen_slips_do_not_hide_it(adults: int, least: float) -> None:
    """Where six of ten slips are taken away, facts still find two of three at 500 and nearly all large ones.

    Faults seen: no facts path, red at every size but 5,000; one that looks back 13 weeks only, red from 300 to 1,000.
    """
    assert share(adults, STOLEN, TROUBLED, RULE) >= least - doubt(least, TROUBLED)
