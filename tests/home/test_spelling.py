"""Settings are read in the page's words: no weekday of a machine, no key of a choice."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.home.spelling import CHOICES, spelled
from portal.places.settings import defaults
from tests.visitor import Official


@pytest.mark.parametrize("lang", ["", "/en"])
def test_no_setting_is_shown_as_a_machine_spells_it(app: Flask, lang: str) -> None:
    """Each setting that the portal came with is said in words, numbers, or both."""
    code = "en" if lang else "zh_Hans"
    with app.test_request_context("/desk", environ_overrides={"portal.language": code}):
        said = {key: spelled(entry, entry["value"]) for key, entry in defaults().items()}
        choices = {choice for entry in defaults().values() for choice in entry.get("choices", ())}
    assert choices <= set(CHOICES)
    assert said["flags.facts"].startswith(("成年人不到 250：3 条，来自 3 个人，或 2 条，来自 5 个人；成年人不到 350",
                                           "below 250 adults: 3 from 3 people, or 2 from 5 people; below 350"))
    assert said["reports.followup_days"] == ("30, 90" if lang else "30、90")
    for key, words in said.items():
        assert not re.search(r"mon \d|thu \d|^\d\d-\d\d$|half_up|floor", words), (key, words)
        if not lang:
            assert not re.search(r"[a-z]{3}", words), (key, words)


def test_the_page_says_it(official: Callable[..., Official]) -> None:
    """Mondays and Thursdays, and the answers of the ballot, in both languages."""
    town = official("town_office")
    assert "周一 10:00、周四 10:00" in town.get("/desk/qingxi/settings").text
    assert "Mondays 10:00, Thursdays 10:00" in town.get("/en/desk/qingxi/settings").text
