"""Whoever guesses receipts holds up nobody but guessers, and whoever has a right one keeps what was typed."""

import threading
import time
from datetime import timedelta

import time_machine
from flask import Flask

from portal import clocks
from portal.config import Config
from portal.core import digits
from portal.core.db import Stores
from portal.reports.models import ReceiptPace
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Villager

WRONG = digits.make(16)


def line_up(stores: Stores, until: float) -> None:
    """Let the line reach to a moment."""
    with stores.vault.write() as vault:
        vault.merge(ReceiptPace(id=1, next_at=until))


def test_who_waits_in_the_line_of_guesses_holds_no_turn(app: Flask, stores: Stores, offices: Offices) -> None:
    """Twenty wrong receipts at once, and the page of the vote comes as fast as ever."""
    line_up(stores, time.time() + 4)
    guessers = [threading.Thread(target=lambda: Villager(app).post("/c", {"receipt": digits.make(16)}))
                for _ in range(20)]
    begun = time.monotonic()
    for each in guessers:
        each.start()
    assert Villager(app).get("/vote").status_code == 200
    for each in guessers:
        each.join()
    waited = time.monotonic() - begun
    assert waited < 3, f"everybody was answered after {waited:.1f} s"


def test_a_right_receipt_is_answered_after_its_place_in_the_line(stores: Stores, file_report: FileAt,
                                                                 villager: Villager) -> None:
    """At once a page that says to wait a little; sent again then, it shows the case, though guesses went on."""
    _, _, receipt = file_report()
    with time_machine.travel(NOW, tick=False):
        line_up(stores, NOW.timestamp() + 3)
        villager.get("/c")
        page = villager.post("/en/c", {"receipt": receipt, "go": "answer", "text": "第一行\n“第二”行"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "3")
        assert villager.hidden()["text"] == "第一行\n“第二”行"
        assert "what you typed still stands" in villager.text
    with time_machine.travel(NOW + timedelta(seconds=4), tick=False):
        line_up(stores, NOW.timestamp() + 9)  # guesses went on
        page = villager.post("/en/c", {"receipt": receipt, "go": ""})
        assert page.status_code == 200
        assert receipt in villager.hidden()["receipt"]


def test_the_answer_of_the_line_is_the_same_for_right_and_wrong(stores: Stores, file_report: FileAt,
                                                                villager: Villager) -> None:
    """While there is a line, nobody learns from the page, its length or what it costs whether digits are right."""
    _, _, receipt = file_report()
    seen = []
    with time_machine.travel(NOW, tick=False):
        for typed in (receipt, WRONG):
            line_up(stores, NOW.timestamp() + 3)
            villager.get("/c")
            page = villager.post("/c", {"receipt": typed})
            place = villager.hidden()["place"]
            seen.append((page.status_code, page.headers["Retry-After"], page.content_length,
                         villager.text.replace(typed, "").replace(place, "")))
            with stores.vault.read() as vault:
                seen[-1] += (vault.get_one(ReceiptPace, 1).next_at,)
    assert seen[0] == seen[1]


def test_no_line_is_remembered(stores: Stores, config: Config, offices: Offices, villager: Villager) -> None:
    """Once a line is over, nothing tells when somebody typed digits: it may have been the reporter of an erased case.

    Fault seen: the moment of the last wrong receipt stayed in the vault, to the millisecond, until the next one.
    """
    with time_machine.travel(NOW, tick=False):
        villager.get("/c")
        villager.post("/c", {"receipt": WRONG})
    with stores.vault.read() as vault:
        assert vault.get_one(ReceiptPace, 1).next_at > 0
    clocks.tick(stores, config, NOW + timedelta(minutes=10))
    with stores.vault.read() as vault:
        assert vault.get(ReceiptPace, 1) is None
