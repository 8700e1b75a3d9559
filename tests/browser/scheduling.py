"""Spreads the tests over two processes: the journeys in one, the walk over all pages in the other, the rest between.

Each of the two has a demonstration and a browser of its own, so its tests must not be torn apart.
Used as `pytest -n 2 -p tests.browser.scheduling`.
"""

from typing import Any

from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/journeys/": "journeys",
    "tests/site/test_old_phone.py": "journeys",
    "tests/site/test_accessibility.py": "pages",
    "tests/site/test_html.py": "pages",
    "tests/site/test_weight.py": "pages",
}


class Spread(LoadScopeScheduling):
    """Keeps together what shares a demonstration; every other test goes to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for start, name in TOGETHER.items() if nodeid.startswith(start)), nodeid)


def pytest_xdist_make_scheduler(config: Any, log: Producer) -> Spread:
    """Tell xdist to spread the tests so."""
    return Spread(config, log)


