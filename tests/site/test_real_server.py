"""What must hold on the real server with several workers: one slip is one ballot, and nobody leaves a trace."""

import json
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.browser.fixtures import shared
from tests.browser.served import make_instance
from tests.site.serving import STOPS_WITHIN, fetch, hidden, running

__all__ = ["shared"]

MARK_ADDRESS, MARK_AGENT = "203.0.113.77", "MarkedPhone/77.7"
MARKED = {
    "X-Forwarded-For": MARK_ADDRESS,
    "X-Real-IP": MARK_ADDRESS,
    "Forwarded": f"for={MARK_ADDRESS}",
    "User-Agent": MARK_AGENT,
}
MARK_WORD = "蓝色拖拉机在东沟翻了三回"
THREADS, WORKERS = 200, 4


@pytest.fixture(scope="module")
def instance(shared: Path) -> Path:
    """A copy of the demonstration of its own."""
    return make_instance(shared, "real-server")


@pytest.fixture(scope="module")
def portal(instance: Path) -> Iterator[str]:
    """Its address while four workers serve it."""
    with running(instance, WORKERS) as base:
        yield base


@pytest.fixture(scope="module")
def demo(instance: Path) -> dict[str, list[dict[str, object]]]:
    """What demo.json tells."""
    found: dict[str, list[dict[str, object]]] = json.loads((instance / "demo.json").read_text("utf-8"))
    return found


def _slips(demo: dict[str, list[dict[str, object]]]) -> list[str]:
    (opened,) = [one for one in demo["rounds"] if one["state"] == "open"]
    return list(opened["slips"]["villagers"])  # type: ignore[index]


def _to_confirm(base: str, digits: str, choice: str, headers: dict[str, str] | None = None) -> dict[str, str]:
    """Go through open and choose; return the form that casts the ballot."""
    _status, text = fetch(f"{base}/vote", headers=headers)
    _status, text = fetch(f"{base}/vote/open", {**hidden(text), "digits": digits}, headers)
    _status, text = fetch(f"{base}/vote/confirm", {**hidden(text), "choice": choice}, headers)
    return hidden(text)


def _counted(instance: Path) -> tuple[int, int]:
    """Return how many slips are spent and how many sealed ballots lie in pool and urns."""
    with sqlite3.connect(instance / "booth.sqlite") as booth:
        spent = booth.execute("select count(*) from credential where state = 'spent'").fetchone()[0]
        ballots = booth.execute("select count(*) from pool").fetchone()[0]
    for urn in (instance / "urns").glob("*.sqlite"):
        with sqlite3.connect(urn) as file:
            table = file.execute("select name from sqlite_master where type = 'table'").fetchone()[0]
            ballots += file.execute(f"select count(*) from {table}").fetchone()[0]
    return spent, ballots


def test_one_slip_is_one_ballot_however_many_try(
    portal: str, demo: dict[str, list[dict[str, object]]], instance: Path
) -> None:
    """200 threads cast the same slip at four workers, each with its own attempt: one counts, the rest read so."""
    digits = _slips(demo)[0]
    before = _counted(instance)
    forms = [_to_confirm(portal, digits, "competent") for _ in range(8)]
    answers: list[tuple[int, str]] = []
    together = threading.Barrier(THREADS)

    def cast(number: int) -> None:
        together.wait()
        answers.append(fetch(f"{portal}/vote/cast", forms[number % len(forms)]))

    threads = [threading.Thread(target=cast, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = _counted(instance)
    assert after[0] - before[0] == 1, "one slip was spent"
    assert after[1] - before[1] == 1, "one ballot was sealed"
    assert {status for status, _text in answers} == {200}
    pages = Counter(text for _status, text in answers)
    # The attempt that won was sent by 25 threads: all of them see its thanks, and nobody else does.
    assert sorted(pages.values()) == [THREADS // len(forms), THREADS - THREADS // len(forms)]


def test_a_lost_answer_and_a_resend_is_one_ballot(
    portal: str, demo: dict[str, list[dict[str, object]]], instance: Path
) -> None:
    """Whoever sends the last step again, because no answer came, is thanked again and counted once."""
    digits = _slips(demo)[1]
    before = _counted(instance)
    form = _to_confirm(portal, digits, "excellent")
    first, again = fetch(f"{portal}/vote/cast", form), fetch(f"{portal}/vote/cast", form)
    assert first == again
    assert first[0] == 200
    after = _counted(instance)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def test_nothing_is_left_of_who_came(portal: str, demo: dict[str, list[dict[str, object]]], instance: Path) -> None:
    """After a vote and a report no file holds the address, the phone, the slip, the receipt or a word of the report."""
    slip = _slips(demo)[2]
    village = next(one["code"] for one in demo["villages"] if one["shows"] == "round open")
    assert fetch(f"{portal}/vote/cast", _to_confirm(portal, slip, "basic", MARKED), MARKED)[0] == 200
    receipt = _report(portal, str(village))
    assert fetch(f"{portal}/c", {"receipt": "1234567890123456"}, MARKED)[0] < 500
    for path in ("/nothing", "/v/nothing", "/vote/cast", "/desk"):
        fetch(portal + path, headers=MARKED)
    marks = [MARK_ADDRESS, MARK_AGENT, MARK_WORD, MARK_WORD[:6], slip, receipt]
    groups = [
        " ".join(slip[at : at + 4] for at in range(0, 20, 4)),
        " ".join(receipt[at : at + 4] for at in range(0, 16, 4)),
    ]
    found = []
    for path in sorted(instance.rglob("*")):
        if path.is_file() and path.name != "demo.json" and "slips" not in path.parts:
            content = path.read_bytes()
            found += [
                (path.name, mark)
                for mark in marks + groups
                for code in ("utf-8", "gb18030", "utf-16-le")
                if mark.encode(code) in content
            ]
    assert found == []


def _report(base: str, village: str) -> str:
    """Say something through the three steps; return the sixteen digits of the receipt."""
    address = f"{base}/v/{village}/say"
    _status, text = fetch(address, headers=MARKED)
    for answers in (
        {"category": "money", "go": "write"},
        {"text": MARK_WORD, "source": "saw", "go": "check"},
        {"go": "send"},
    ):
        _status, text = fetch(address, {**hidden(text), **answers}, MARKED)
    shown = re.sub(r"\D", "", re.sub(r"<[^>]*>", "", text[text.index('class="code"') :].split("</p>")[0]))
    assert len(shown) == 16, "no receipt was shown"
    return shown


def test_a_worker_that_dies_is_replaced(portal: str, instance: Path) -> None:
    """Somebody whose page came from a worker that broke down finds the portal there at the next tap."""
    workers = [process for process in psutil.Process(_server(portal)).children() if process.is_running()]
    assert len(workers) >= WORKERS
    workers[0].kill()
    begun = time.monotonic()
    while time.monotonic() - begun < 20:
        alive = [one for one in psutil.Process(_server(portal)).children() if one.pid != workers[0].pid]
        if len(alive) >= WORKERS:
            break
        time.sleep(0.2)
    assert all(fetch(f"{portal}/healthz")[0] == 200 for _ in range(20))


def test_the_portal_stops_while_a_worker_is_replaced(shared: Path) -> None:
    """Whoever stops the portal in that very moment sees it stop, and no worker stays behind."""
    instance = make_instance(shared, "stopped")
    with running(instance, 2) as base:
        server = psutil.Process(_server(base))
        workers = set(server.children())
        min(workers, key=lambda one: one.pid).kill()
        begun = time.monotonic()
        while not set(server.children()) - workers:
            assert time.monotonic() - begun < 20, "no worker took its place"
        workers |= set(server.children())
        server.terminate()
        assert not psutil.wait_procs([server], timeout=STOPS_WITHIN)[1], "the portal did not stop"
    assert not psutil.wait_procs(workers, timeout=1)[1], "a worker stayed behind"


def _server(base: str) -> int:
    """Return the process that serves at an address: the parent of all its workers."""
    port = base.rsplit(":", 1)[1]
    found = [one for one in psutil.process_iter(["cmdline"])
             if one.info["cmdline"] and port in one.info["cmdline"] and "serve" in one.info["cmdline"]]
    ids = {one.pid for one in found}
    return int(next(one.pid for one in found if one.ppid() not in ids))
