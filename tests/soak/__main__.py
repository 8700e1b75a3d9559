"""`python3 run.py soak`: kills workers a thousand times at random moments, and looks after each kill.

What holds after every kill: every acknowledged ballot, report and record is there once; every unacknowledged one is
there once or not at all; as many ballots lie in pool and urn as slips are spent. At the end, and every fifty kills,
the whole log is verified.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from portal.config import Config, Mail, read_secrets, sqlite_urls, write_secrets
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.log import verify
from portal.migrations import upgrade
from portal.reports import keys, receipts
from tests.ballots.conftest import prepare
from tests.factories.places import District, make_district
from tests.soak.worker import Work, start

SLIPS_EACH = 6  # about as many as a worker casts before it is killed
VERIFY_EVERY = 50
TRIES = 50


class Lost(Exception):
    """An invariant that does not hold."""


@dataclass
class Soak:
    """One run: the instance, its district, and what was begun and acknowledged so far."""

    config: Config
    district: District
    round_id: str
    slips: list[str]
    random: Random
    began: dict[str, set[str]] = field(default_factory=lambda: {"vote": set(), "report": set(), "record": set()})
    done: dict[str, set[str]] = field(default_factory=lambda: {"vote": set(), "report": set(), "record": set()})

    @property
    def folder(self) -> Path:
        """Where the stores are."""
        return self.config.instance

    def count(self, store: str, sql: str) -> list[tuple[object, ...]]:
        """Ask a store directly, as somebody would who trusts no code of ours."""
        with sqlite3.connect(self.folder / f"{store}.sqlite", timeout=0.2) as connection:
            return connection.execute(sql).fetchall()

    def read_journal(self, journal: Path) -> None:
        """Take over what a worker noted before it was killed."""
        fault = journal.with_suffix(".fault")
        if fault.exists():
            raise Lost("a worker broke by itself: " + fault.read_text("utf-8"))
        for line in journal.read_text("utf-8").splitlines() if journal.exists() else []:
            note = json.loads(line)
            kind = note.get("began") or note["done"]
            mark = note.get("digits") or note.get("attempt") or note["mark"]
            (self.began if "began" in note else self.done)[kind].add(mark)
        journal.unlink(missing_ok=True)

    def derive(self) -> None:
        """Work out what the reports begun so far are found by: slow, so once for each."""
        for mark in self.began["report"]:
            self._key("report", mark)

    def check(self) -> None:
        """Raise Lost unless everything holds now."""
        self._ballots()
        self._once("report", Counter(row[0] for row in self.count("vault", "select hex(lookup) from report")))
        titles = "select title from record_version where state = 'published'"
        self._once("record", Counter(row[0] for row in self.count("portal", titles)))

    def _ballots(self) -> None:
        spent = int(str(self.count("booth", "select count(*) from credential where state = 'spent'")[0][0]))
        pool = {row[0] for row in self.count("booth", "select sealed from pool")}
        urn: set[object] = set()
        for file in (self.folder / "urns").glob("*.sqlite"):
            with sqlite3.connect(file, timeout=0.2) as connection:
                table = connection.execute("select name from sqlite_master where type = 'table'").fetchone()
                urn |= {row[0] for row in connection.execute(f"select sealed from {table[0]}")} if table else set()
        if len(pool | urn) != spent:
            raise Lost(f"{spent} slips are spent, but {len(pool | urn)} ballots are there")
        if not len(self.done["vote"]) <= spent <= len(self.began["vote"]):
            raise Lost(f"{len(self.done['vote'])} votes were acknowledged and {spent} slips are spent")

    def _once(self, kind: str, found: Counter[object]) -> None:
        twice = [mark for mark, number in found.items() if number > 1]
        if twice:
            raise Lost(f"a {kind} is there twice")
        marks = {mark: self._key(kind, mark) for mark in self.began[kind]}
        lost = [mark for mark in self.done[kind] if marks[mark] not in found]
        if lost:
            raise Lost(f"{len(lost)} acknowledged {kind}s are lost")
        strange = set(found) - set(marks.values())
        if strange:
            raise Lost(f"{len(strange)} {kind}s are there that nobody began")

    def _key(self, kind: str, mark: str) -> str:
        if kind != "report":
            return mark
        if mark not in self._lookups:
            pepper = self.config.secrets["receipt"]
            self._lookups[mark] = receipts.derive(pepper, receipts.for_attempt(pepper, mark)).lookup.hex().upper()
        return self._lookups[mark]

    _lookups: dict[str, str] = field(default_factory=dict)

    def verify(self) -> None:
        """Raise Lost unless every log holds."""
        stores = Stores(self.config.stores, self.folder)
        problems = verify.verify_store(stores)
        stores.close()
        if problems:
            raise Lost(f"the log does not hold: {problems[0]}")


def settle(folder: Path, slips: int, seed: int) -> Soak:
    """Make an instance with a district, offices that have keys, and an open round."""
    write_secrets(folder / "secrets")
    config = Config(instance=folder, base_url="http://127.0.0.1:8000", demo=True, stores=sqlite_urls(folder),
                    secrets=read_secrets(folder / "secrets"), mail=Mail())
    stores = Stores(config.stores, folder)
    upgrade(stores)
    now = utc_now()
    with stores.portal.write() as session:
        district = make_district(session, now - timedelta(days=30))
        for short, role in (("qingxi", "town_discipline"), ("district", "district_discipline")):
            keys.make_key(session, now, district[short], district.person(role).id, keys.fresh())
        for thing in (*district.places.values(), *district.people.values()):
            session.refresh(thing)
        session.expunge_all()
    sizes = {"villagers": slips, "party_members": 30, "town_cadres": 10}
    vote = prepare(stores, folder, district, now, sizes=sizes, printed={"villagers": slips})
    stores.close()
    return Soak(config, district, vote.round_id, vote.slips["villagers"], Random(seed))


def soak(kills: int, workers: int, seed: int, folder: Path) -> None:
    """Kill so many workers; raise Lost at the first thing that does not hold."""
    run = settle(folder, max(2000, kills * 6), seed)
    running: dict[int, Path] = {}
    begun = time.monotonic()

    def begin(number: int) -> None:
        mine, run.slips = run.slips[:SLIPS_EACH], run.slips[SLIPS_EACH:]
        journal = folder / f"journal-{number}"
        work = Work(mine, run.round_id, "/v/liuhe/say", run.district)
        running[start(run.config, journal, work, seed + number)] = journal

    try:
        for number in range(workers):
            begin(number)
        for number in range(1, kills + 1):
            time.sleep(run.random.uniform(0.05, 0.9))
            pid = run.random.choice(sorted(running))
            _kill(pid)
            _look(run, running, running.pop(pid))
            begin(workers + number)
            if number % VERIFY_EVERY == 0 or number == kills:
                _in_child(run.verify)
                told = ", ".join(f"{len(marks)} {kind}s" for kind, marks in run.done.items())
                seconds = time.monotonic() - begun
                print(f"{number} of {kills} kills, {seconds:.0f} s: {told} acknowledged, all there", flush=True)
    finally:
        for pid in running:
            _kill(pid)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _look(run: Soak, running: dict[int, Path], journal: Path) -> None:
    """Stop everybody for a moment, so that what is counted belongs together, look, and let them go on.

    A worker may be stopped while it holds a store shut; then all go on for a moment and are stopped again.
    """
    run.read_journal(journal)
    for _attempt in range(TRIES):
        for pid in running:
            os.kill(pid, signal.SIGSTOP)
        try:
            for other in running.values():
                _peek(run, other)
            run.derive()
            if _in_child(run.check):
                return
        finally:
            for pid in running:
                os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)
    raise Lost("a store stayed shut")


def _in_child(look: Callable[[], None]) -> bool:
    """Look in a process of its own; False where a store was shut. Raises Lost.

    Workers are forked from this process, and SQLite's locks do not survive a fork while a store is open
    (sqlite.org, "How To Corrupt", 2.6). So this process never opens one once the workers run.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        said = b"ok"
        try:
            look()
        except sqlite3.OperationalError:
            said = b"shut"
        except BaseException as error:  # noqa: BLE001 - whatever it is, the one who waits must hear of it
            said = f"{type(error).__name__}: {error}".encode()
        os.write(writer, said[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as handle:
        answer = handle.read().decode()
    os.waitpid(pid, 0)
    if answer not in {"ok", "shut"}:
        raise Lost(answer or "the look itself broke")
    return answer == "ok"


def _peek(run: Soak, journal: Path) -> None:
    """Read what a stopped worker noted so far, without taking its journal away."""
    copy = journal.with_suffix(".copy")
    if journal.exists():
        copy.write_bytes(journal.read_bytes())
        run.read_journal(copy)


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        try:
            soak(args.kills, args.workers, args.seed, Path(name))
        except Lost as lost:
            print(f"LOST: {lost}", flush=True)
            return 1
    print(f"{args.kills} kills: nothing lost, nothing doubled, the log holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
