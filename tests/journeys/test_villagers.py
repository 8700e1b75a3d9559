"""Villagers' journeys on a phone of 360 px with scripts off, in Chinese and in English."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys import villagers
from tests.journeys.people import Desk, Phone

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("language", ["zh_Hans", "en"])


@both
def test_reads_the_newest_accounts(new_phone: Callable[..., Phone], language: str) -> None:
    """The newest accounts are one tap from the printed code."""
    villagers.reads_the_newest_accounts(new_phone(language))


@both
def test_objects_to_a_subsidy_list(new_phone: Callable[..., Phone], language: str) -> None:
    """A list of subsidies is two taps away, and whoever sees a mistake can say so without a name."""
    villagers.objects_to_a_subsidy_list(new_phone(language))


@both
def test_votes_once(new_phone: Callable[..., Phone], language: str) -> None:
    """A slip votes in four taps, and once."""
    villagers.votes_once(new_phone(language))


def test_a_scanned_slip_fills_itself_in(new_phone: Callable[..., Phone]) -> None:
    """Where scripts run, the digits of the scanned slip stand in the field already."""
    villagers.votes_once(new_phone("zh_Hans", scripts=True), scripts=True)


@both
def test_reports_and_reads_the_answer(new_phone: Callable[..., Phone], desk: Callable[..., Desk], tmp_path: Path,
                                      language: str) -> None:
    """A report with a photo is six taps; its sixteen digits bring the town's answer."""
    villagers.reports_and_reads_the_answer(new_phone(language), desk, tmp_path)
