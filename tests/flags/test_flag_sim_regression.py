"""The product's own rule over made-up villages: few honest ones are reviewed, most with severe trouble are.

The rates of flags.md, recomputed from `portal.flags.rules` with seed 7; see README.md for the whole table.
"""

import math

import pytest

from tests.flags.simulated import SEVERE, share
from tests.flags.test_rules import RULE

HONEST_MOST = 0.03
NUMBER = 400
LEAST = {200: 0.60, 300: 0.60, 500: 0.90, 1000: 0.90, 1500: 0.90, 3000: 0.90, 5000: 0.90}


def doubt(bound: float) -> float:
    """Return two standard errors of a share of NUMBER villages: what chance alone may add to or take from it."""
    return 2 * math.sqrt(bound * (1 - bound) / NUMBER)


@pytest.mark.parametrize("adults", LEAST)
def test_honest_villages_are_left_alone(adults: int) -> None:
    """At every size at most 3 % of honest villages get a review in a year of weekly looks.

    Faults seen: a review that takes one confirmed particular; a line against once the usual rate instead of twice it.
    Both are red at 1,500, 3,000 and 5,000 adults.
    """
    assert share(adults, None, NUMBER, RULE) <= HONEST_MOST + doubt(HONEST_MOST)


@pytest.mark.parametrize(("adults", "least"), LEAST.items())
def test_severe_trouble_is_reviewed(adults: int, least: float) -> None:
    """Within 26 weeks nine of ten from 500 adults on, six of ten in villages of 200 and 300.

    Faults seen: no facts path, red at 200, 300 and 500 adults; one person a week counted at most, red at 5,000.
    """
    assert share(adults, SEVERE, NUMBER, RULE) >= least - doubt(least)
