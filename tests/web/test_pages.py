"""The front pages and the pages for everything that goes wrong."""

import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal.web import locale
from tests.factories.places import District
from tests.visitor import Official, Villager


@pytest.mark.parametrize(
    ("words", "found"),
    [("柳河", "柳河村"), ("liuhe", "柳河村"), ("LIU", "柳河村"), ("990101100201", "柳河村"), ("南", "南湾村")],
)
def test_a_village_is_found_by_what_people_know(villager: Villager, words: str, found: str) -> None:
    """One character, Latin letters or the code on the board lead to the village."""
    villager.get("/", query_string={"q": words})
    assert villager.text.index("找到") < villager.text.index(found)


def test_searching_for_nothing_known_says_what_to_do(villager: Villager) -> None:
    """An unknown name is answered with a way on, and what was typed is still there, harmless."""
    villager.get("/", query_string={"q": "<b>杭州%"})
    assert "没找到" in villager.text
    assert "&lt;b&gt;杭州%" in villager.text


def test_a_village_can_be_reached_by_both_codes_in_both_languages(villager: Villager) -> None:
    """Printed codes live for years."""
    for path in ("/v/liuhe", "/v/990101100201", "/en/v/liuhe", "/en/v/990101100201"):
        assert villager.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v/unknown",
        "/v/qingxi",
        "/nothing/here",
        "/en/v/unknown",
        "/v/liuhe/open/nothing",
        "/v/liuhe/open/income/nothing",
    ],
)
def test_an_unknown_page_says_where_to_go(villager: Villager, path: str) -> None:
    """Nobody is left standing: the page leads to the search for the village."""
    page = villager.get(path)
    assert page.status_code == 404
    assert 'href="/"' in villager.text or 'href="/en/"' in villager.text


def test_an_empty_village_says_so(villager: Villager) -> None:
    """A village without records has a page that tells what will stand there."""
    villager.get("/v/xinglin")
    assert 'class="empty"' in villager.text


def test_each_refusal_has_its_page(app: Flask, district: District, villager: Villager) -> None:
    """No permission, wrong method, too large: each says what to do next."""
    clerk = Official(app, district.person("village_clerk"))
    assert clerk.get(f"/desk/{district['nanwan'].code}/open").status_code == 403
    assert villager.client.get("/vote/cast").status_code == 405
    assert villager.client.post("/vote/open", data={"x": "y" * 13_000_000}).status_code == 413


def test_our_own_mistake_is_owned_and_tells_nothing(
    app: Flask, villager: Villager, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken page answers 500 with a sentence; the log names the place in the code, never what was sent."""

    def broken() -> str:
        raise RuntimeError("a secret word")

    app.view_functions["home.privacy"] = broken
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR, logger="portal"):
        page = villager.get("/privacy?word=secretquery")
    assert page.status_code == 500
    assert "a secret word" not in villager.text
    assert "a secret word" not in caplog.text
    assert "secretquery" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_healthz_tells_that_it_lives(villager: Villager) -> None:
    """Each store answers; the clock and the backup have not run yet."""
    page = villager.get("/healthz")
    assert page.json == {
        "alive": True,
        "portal": True,
        "vault": True,
        "booth": True,
        "last_tick": None,
        "last_backup": None,
    }


def test_pages_work_in_both_languages_without_mixing(villager: Villager) -> None:
    """The English village page holds no Chinese sentence but names; the Chinese one no English word."""
    villager.get("/en/privacy")
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in villager.text.replace("中文", ""))


def test_many_workers_may_compile_the_phrases_at_once(tmp_path: Path) -> None:
    """Workers that start together each bring the catalogue up to date; none trips over another."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(locale.TRANSLATIONS / "zh_Hans" / "LC_MESSAGES" / "messages.po", folder)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _number: locale.compile_catalogues(tmp_path), range(8)))
    assert {path.name for path in folder.iterdir()} == {"messages.po", "messages.mo"}


@pytest.mark.parametrize("kind", ["", "; charset=utf-8"])
@pytest.mark.parametrize("piece", [b"a&", b"a=%41&"])
def test_a_plain_form_takes_no_more_than_a_form_can_hold(villager: Villager, kind: str, piece: bytes) -> None:
    """Twelve megabytes, or a million fields, in a plain form: refused or not read, at once.

    Fault seen: up to 12 MB were taken apart: 3.8 seconds and 650 MB for one request; four at once, and everybody else
    waited 14 seconds.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded" + kind}
    for size, status in ((11_000_000, 413), (1_900_000, 422)):
        form = piece * (size // len(piece))
        begun = time.process_time()
        assert villager.client.post("/vote/open", data=form, headers=headers).status_code == status
        assert time.process_time() - begun < 0.4
