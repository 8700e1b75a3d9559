"""A short soak in every run of the tests; the long one is a command of its own."""

from pathlib import Path

from tests.soak.__main__ import soak


def test_nothing_is_lost_when_workers_are_killed(tmp_path: Path) -> None:
    """Fifteen kills at random moments: every acknowledged ballot, report and record is there once."""
    soak(15, 3, 11, tmp_path)
