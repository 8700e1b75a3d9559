"""One worker of the soak: votes, reports, publishes and moves ballots over the real application until it is killed.

It notes in a file of its own, with plain system calls, what it began and what was acknowledged; whoever killed it
reads there what must be found in the stores.
"""

import json
import os
import re
import secrets
import signal
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from random import Random

from flask import Flask
from werkzeug.test import Client

from portal.app import create_app
from portal.ballots import mover
from portal.config import Config
from portal.core.clock import utc_now
from portal.disclosures.content import Content
from tests.disclosures.book import HOUSEHOLDS, open_book
from tests.factories.places import District

FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')


@dataclass(frozen=True)
class Work:
    """What a worker has to do: slips that nobody else holds, the round, where to report, and the district."""

    slips: Sequence[str]
    round_id: str
    say: str
    district: District


def _fields(text: str) -> dict[str, str]:
    forms = FORM.findall(text)
    found = {}
    for tag in HIDDEN.findall(forms[0] if forms else ""):
        name, value = NAME.search(tag), VALUE.search(tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


class Worker:
    """Somebody's thread of a server, as far as the stores can tell."""

    def __init__(self, app: Flask, journal: Path, work: Work, seed: int) -> None:
        self.app, self.work, self.random = app, work, Random(seed)
        self.client = Client(app)
        self.slips = list(work.slips)
        self.file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, **what: str) -> None:
        """Write one line; a kill leaves it whole or not at all (a short write to a file is one call)."""
        os.write(self.file, json.dumps(what).encode() + b"\n")

    def post(self, address: str, **form: str) -> str:
        """Send a form and return the page; 500 is a fault of the portal."""
        answer = self.client.post(address, data=form)
        assert answer.status_code < 500, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def vote(self) -> None:
        """Cast a slip of one's own through the four pages."""
        if not self.slips:
            return
        digits = self.slips.pop()
        form = _fields(self.client.get("/vote").get_data(as_text=True))
        form = _fields(self.post("/vote/open", **form, digits=digits))
        form = _fields(self.post("/vote/confirm", **form, choice="competent"))
        self.note(began="vote", digits=digits)
        page = self.post("/vote/cast", **form)
        if "您的票已经锁进票箱" in page:
            self.note(done="vote", digits=digits)

    def report(self) -> None:
        """Say something through the three steps."""
        form = _fields(self.client.get(self.work.say).get_data(as_text=True))
        form = _fields(self.post(self.work.say, **form, category="money", go="write"))
        form = _fields(self.post(self.work.say, **form, text="修渠道的钱对不上" + secrets.token_hex(3), go="check"))
        self.note(began="report", attempt=form["attempt"])
        page = self.post(self.work.say, **form, go="send")
        if 'class="code"' in page:
            self.note(done="report", attempt=form["attempt"])

    def publish(self) -> None:
        """Bring a subsidy list from draft to public, in one transaction with its entries in the log."""
        mark = "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))  # digits might look like a phone
        self.note(began="record", mark=mark)
        with self.app.extensions["portal"].stores.portal.write() as session:
            book = open_book(session, self.work.district, utc_now())
            content = Content(rows=[dict(row) for row in HOUSEHOLDS], event_date=book.today, title=mark)
            book.forward(book.draft("V19", content))
        self.note(done="record", mark=mark)

    def move(self) -> None:
        """Move what lies in the pool to the urn, however little it is."""
        mover.move(self.app.extensions["portal"].stores.booth, self.work.round_id)

    def run(self) -> None:
        """Go on until killed."""
        acts: list[Callable[[], None]] = [self.vote, self.vote, self.vote, self.report, self.publish, self.move]
        while True:
            self.random.choice(acts)()


def start(config: Config, journal: Path, work: Work, seed: int) -> int:
    """Fork a worker; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Worker(create_app(config), journal, work, seed).run()
    except BaseException as error:  # noqa: BLE001 - a fault of the portal must be seen, not swallowed
        with journal.with_suffix(".fault").open("a") as handle:
            handle.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)
    os._exit(0)
