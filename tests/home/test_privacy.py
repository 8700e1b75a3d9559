"""What is promised in plain words leads to what stands behind it, and what stands behind it is really there."""

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from portal.core.db import Stores
from portal.home import assurances
from portal.places import service as places
from tests.conftest import NOW
from tests.factories.places import District
from tests.visitor import Villager

TESTS = Path(__file__).resolve().parents[1]
TEMPLATES = TESTS.parent / "portal" / "templates"
NAMED = re.compile(r"<code>tests/([\w/]+\.py)::(\w+)</code>")
PROMISE = re.compile(r"<p>((?:(?!</p>).)*)</p>", re.DOTALL)
NUMBER = re.compile(r"\d+")


@cache
def source(file: str) -> tuple[str, frozenset[str]]:
    """A test file's text, and the tests that it defines (those that never run left out)."""
    path = TESTS / file
    if not path.exists():
        return "", frozenset()
    text = path.read_text("utf-8")
    found = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)
             and not any(ast.unparse(each).partition("(")[0] == "pytest.mark.skip"
                         for each in node.decorator_list)}
    return text, frozenset(found)


def numbers(text: str) -> set[str]:
    """The whole numbers in a text, whatever stands between their thousands."""
    return set(NUMBER.findall(re.sub(r"(?<=\d)[,_](?=\d{3})", "", text)))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_promise_leads_to_its_check(villager: Villager, prefix: str) -> None:
    """Under each question that promises something, no sentence is without its way to the page of checks."""
    page = villager.get(f"{prefix}/privacy").text
    checks = set(re.findall(r'<div class="card" id="([\w-]+)"', villager.get(f"{prefix}/privacy/checks").text))
    promised = page[page.index('id="vote"'):page.index('id="cannot"')]
    linked = []
    for sentence in PROMISE.findall(promised):
        target = re.findall(rf'href="{prefix}/privacy/checks#([\w-]+)"', sentence)
        assert len(target) == 1, sentence
        linked += target
    assert set(linked) == checks
    assert len(linked) == len(checks) == len(assurances.ASSURANCES)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_named_test_is_in_the_tree(villager: Villager, prefix: str) -> None:
    """The page names tests as they stand here: one that was renamed, taken out or switched off fails this."""
    cards = villager.get(f"{prefix}/privacy/checks").text.split('<div class="card" id="')[1:]
    for card in cards:
        named = NAMED.findall(card)
        assert named, card[:80]
        missing = [f"{file}::{test}" for file, test in named if test not in source(file)[1]]
        assert missing == [], f"{card[:20]}: no such test"


def test_every_number_is_the_test_s_own() -> None:
    """A number that is told as measured stands in the sentence and in one of the tests' files."""
    for each in assurances.ASSURANCES:
        told = numbers(each.measured)
        known = set().union(*(numbers(source(test.partition("::")[0])[0]) for test in each.tests))
        for number in map(str, (int(one.replace(",", "")) for one in each.numbers)):
            assert number in told, (each.key, number)
            assert number in known, (each.key, number)


def test_every_check_says_what_it_does_not_show(villager: Villager) -> None:
    """No trial proves more than it tries: each says what is left, in both languages."""
    for prefix, words in (("", "查不出的："), ("/en", "What it does not show:")):
        page = unescape(villager.get(f"{prefix}/privacy/checks").text)
        assert page.count(words) == len(assurances.ASSURANCES)
    assert len({each.not_shown for each in assurances.ASSURANCES}) == len(assurances.ASSURANCES)


def test_promises_on_other_pages_lead_to_a_check_that_exists() -> None:
    """Wherever a page promises something and says how it is checked, the place is there."""
    found = {(path.name, key) for path in TEMPLATES.rglob("*.html")
             for key in re.findall(r'v\.checked\("([\w-]+)"\)', path.read_text("utf-8"))}
    assert {key for _, key in found} <= set(assurances.BY_KEY)
    assert {"enter.html", "done.html", "result.html", "kind.html", "watch.html"} <= {name for name, _ in found}


def test_every_question_has_its_answer(villager: Villager) -> None:
    """Vote, readers of a report, its traces, what is kept, how long, what can't be promised: each can be linked to."""
    page = villager.get("/privacy").text
    for anchor in ("vote", "report", "me", "kept", "long", "cannot"):
        assert f'<h2 id="{anchor}">' in page
    assert {each.topic for each in assurances.ASSURANCES} == set(assurances.TOPICS)


def test_periods_are_those_that_hold(villager: Villager, stores: Stores, district: District) -> None:
    """The page says the district's own periods, not numbers that were once typed into a sentence."""
    assert "for 15 minutes" in villager.get("/en/privacy").text
    with stores.portal.write() as session:
        for key, value in (("reports.unlock_minutes", 10), ("reports.keep_closed_days", 365)):
            places.set_value(session, NOW, district["district"], key, value, NOW.date(), None, "shorter")
    page = villager.get("/en/privacy").text
    assert "for 10 minutes" in page
    assert "365 days" in page
