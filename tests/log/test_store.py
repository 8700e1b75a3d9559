"""The log in its store: it only grows, its head is cheap and right, and verifying finds what was done to it."""

import gc
import json
import sqlite3
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from portal.core.db import Store, Stores
from portal.log import chain, ddl, events, kinds, queries, service, tree, verify
from portal.log.frontier import Frontier
from portal.log.models import LogEntry, LogPayload
from tests.factories.places import District
from tests.visitor import Villager

DAY = date(2026, 11, 25)
UNIT = "990101101"


def write_acts(stores: Stores, number: int, unit: str = UNIT) -> None:
    """Write some harmless acts."""
    with stores.portal.write() as session:
        for _ in range(number):
            service.append(session, unit, DAY, "setting:changed", place=unit, key="x", valid_from="2026-12-01")


def tamper(store: Store, statement: str, *values: object) -> None:
    """Do to the file what its owner could do: take the triggers away, then change it."""
    with sqlite3.connect(str(store.file)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Count the statements that a block sends."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


@given(st.integers(0, 70))
def test_a_growing_tree_has_the_root_of_the_whole(size: int) -> None:
    """The remembered peaks give, at every size, the root that RFC 6962 gives over all leaves."""
    leaves = [tree.leaf_hash(str(number).encode()) for number in range(size)]
    frontier = Frontier()
    for count, leaf in enumerate(leaves):
        assert frontier.root() == tree.root(leaves[:count])
        frontier.add(leaf)
    assert (frontier.size, frontier.root()) == (size, tree.root(leaves))


def test_head_is_the_root_of_all_entries(stores: Stores) -> None:
    """A unit's head tells size, digits and day; it follows each new entry."""
    with stores.portal.read() as session:
        assert queries.head(session, UNIT) == queries.Head(UNIT, 0, chain.digits(tree.EMPTY_ROOT), None)
    for number in (1, 4, 2):
        write_acts(stores, number)
        with stores.portal.read() as session:
            links = queries.entries(session, UNIT)
            head = queries.head(session, UNIT)
        assert head == queries.Head(UNIT, len(links), chain.digits(chain.log_root(links)), DAY)


def test_head_costs_one_short_query(stores: Stores) -> None:
    """Once read, a log isn't read again: asking for heads takes one query, and one row of each unit."""
    write_acts(stores, 30)
    write_acts(stores, 3, "990101102")
    with stores.portal.read() as session:
        queries.heads(session, [UNIT, "990101102"])
        with counted(stores.portal) as seen:
            again = queries.heads(session, [UNIT, "990101102"])
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1
    assert (again[UNIT].size, again["990101102"].size) == (30, 3)


def undone_act(stores: Stores) -> None:
    """Append an entry, look at the head, and undo everything."""
    with stores.portal.write() as session:
        service.append(session, UNIT, DAY, "setting:changed", place=UNIT, key="x", valid_from="2026-12-01")
        assert queries.head(session, UNIT).size == 6
        raise RuntimeError


def test_head_never_tells_of_another_past(stores: Stores, tmp_path: Path) -> None:
    """What a process remembers of one store is never shown for another, nor for an act that was undone."""
    write_acts(stores, 5)
    with stores.portal.read() as session:
        first = queries.head(session, UNIT)
    with pytest.raises(RuntimeError):
        undone_act(stores)
    with stores.portal.read() as session:
        assert queries.head(session, UNIT) == first
    tamper(stores.portal, "UPDATE log_entry SET entry_hash = ? WHERE seq = 4", bytes(32))
    with stores.portal.read() as session:
        assert queries.head(session, UNIT).digits != first.digits


def test_an_entry_is_never_dated_before_the_last(stores: Stores) -> None:
    """A clock that was put back can't break the chain: the entry takes the day of the one before it."""
    write_acts(stores, 1)
    with stores.portal.write() as session:
        late = service.append(session, UNIT, date(2026, 1, 1), "place:created", place=UNIT)
    assert late.day == DAY
    assert verify.verify_store(stores) == []


@pytest.mark.parametrize("statement", [
    "UPDATE log_entry SET kind = 'place:created'",
    "DELETE FROM log_entry",
    ("INSERT OR REPLACE INTO log_entry SELECT unit, seq, 'x:y', day, salt, salt, salt "
     "FROM log_entry JOIN log_payload USING (unit, seq)"),
    "UPDATE log_payload SET body = x'7b7d'",
    "INSERT OR REPLACE INTO log_payload SELECT unit, seq, salt, x'7b7d' FROM log_payload",
])
def test_the_database_refuses_to_rewrite(stores: Stores, statement: str) -> None:
    """No statement of the portal can change or delete an entry, or put another in its place."""
    write_acts(stores, 2)
    with pytest.raises(DBAPIError, match="only grows"), stores.portal.write() as session:
        session.connection().execute(text(statement))
    assert verify.verify_store(stores) == []


def test_both_dialects_have_their_triggers() -> None:
    """The migration finds statements for SQLite and for PostgreSQL, on both tables, against truncation too."""
    for dialect in ("sqlite", "postgresql"):
        statements = " ".join(ddl.statements(dialect))
        assert "ON log_entry" in statements
        assert "ON log_payload" in statements
    assert "TRUNCATE" in " ".join(ddl.statements("postgresql"))


FORGERIES = {
    "flip a byte of a commitment": ("UPDATE log_entry SET payload_commit = zeroblob(32) WHERE seq = ?", 2),
    "another kind": ("UPDATE log_entry SET kind = 'record:archived' WHERE seq = ?", 2),
    "another day": ("UPDATE log_entry SET day = '2026-11-26' WHERE seq = ?", 2),
    "another stored hash": ("UPDATE log_entry SET entry_hash = zeroblob(32) WHERE seq = ?", 4),
    "cut out of the middle": ("DELETE FROM log_entry WHERE seq = ?", 2),
    "swap two": ("UPDATE log_entry SET seq = CASE seq WHEN ? THEN 99 ELSE seq END", 2),
    "another payload": ("UPDATE log_payload SET body = CAST('{}' AS BLOB) WHERE seq = ?", 3),
    "another salt": ("UPDATE log_payload SET salt = zeroblob(32) WHERE seq = ?", 3),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_log_tamper(stores: Stores, forgery: str) -> None:
    """Whatever is changed in the stored log behind the portal's back, verifying names it."""
    write_acts(stores, 5)
    assert verify.verify_store(stores) == []
    tamper(stores.portal, *FORGERIES[forgery])
    problems = verify.verify_store(stores)
    assert problems
    assert {problem.unit for problem in problems} == {UNIT}
    assert all(str(problem) for problem in problems)


def test_an_erased_payload_leaves_everything_whole(stores: Stores) -> None:
    """Erasing what an entry stands for changes neither the digits nor the verdict."""
    write_acts(stores, 4)
    with stores.portal.read() as session:
        before = queries.head(session, UNIT)
    with stores.portal.write() as session:
        session.delete(session.get(LogPayload, (UNIT, 1)))
    with stores.portal.read() as session:
        assert queries.head(session, UNIT) == before
    assert verify.verify_store(stores) == []


def saved(stores: Stores, path: Path) -> str:
    """Save a unit's log as the page gives it; return its digits."""
    with stores.portal.read() as session:
        links = queries.entries(session, UNIT)
    path.write_bytes(b"".join(chain.entry_bytes(link) + b"\n" for link in links))
    return chain.digits(chain.log_root(links))


def checker(path: Path, digits: str) -> int:
    """Run the program that checks without the portal."""
    program = Path(verify.__file__).with_name("check_log.py")
    command = [sys.executable, "-I", str(program), str(path), *digits.split()]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_a_file_verifies_against_the_sheet(stores: Stores, tmp_path: Path) -> None:
    """A downloaded log fits today's sheet and last month's; both checkers say so."""
    path = tmp_path / "log.jsonl"
    write_acts(stores, 4)
    last_month = saved(stores, path)
    write_acts(stores, 3)
    today = saved(stores, path)
    for digits in ("", today, last_month, today.replace(" ", "")):
        assert verify.verify_file(path, digits) == []
        assert checker(path, digits) == 0
    assert verify.verify_file(path, last_month, 4) == []
    assert verify.verify_file(path, last_month, 7)


def test_a_forged_file_fails(stores: Stores, tmp_path: Path) -> None:
    """A file with a changed, moved or missing entry, a cut tail or a rewritten history misses the sheet."""
    path = tmp_path / "log.jsonl"
    write_acts(stores, 6)
    digits = saved(stores, path)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    forks = [verify._link(line.rstrip()) for line in lines]
    previous, rewritten = chain.START, []
    for link in forks:
        assert link is not None
        other = chain.Entry(link.seq, "record:archived", link.unit, link.day, link.payload_commit, previous)
        previous = chain.entry_hash(other)
        rewritten.append(chain.entry_bytes(other).decode() + "\n")
    for forged in (
        [lines[0].replace("setting:changed", "place:created"), *lines[1:]],
        [lines[1], lines[0], *lines[2:]],
        [*lines[:3], *lines[4:]],
        lines[:5],
        rewritten,
        [*lines[:2], "not an entry\n"],
    ):
        path.write_text("".join(forged), "utf-8")
        assert verify.verify_file(path, digits)
        assert checker(path, digits) != 0


def test_what_is_shown_is_what_was_logged(stores: Stores) -> None:
    """A record that was rewritten behind the log's back, or that never passed through it, is named."""
    kind = frozenset({"record:published", "record:corrected"})
    with stores.portal.write() as session:
        for content in ("aa", "bb"):
            service.append(session, UNIT, DAY, "record:published", place=UNIT, record="r1", version=1,
                           category="income", content=content)

    def shown(content: str, name: str = "r1", unit: str = UNIT) -> list[verify.Problem]:
        return verify.verify_store(stores, [lambda _session: [verify.Standing(unit, kind, "record", name, content)]])

    assert shown("bb") == []
    assert [problem.seq for problem in shown("aa")] == [1]
    assert shown("bb", "r2")
    assert shown("bb", unit="990101999")


def test_a_hundred_thousand_entries_verify_in_time(stores: Stores) -> None:
    """Verifying 100,000 entries takes less than ten seconds of the processor (measured on a tenth)."""
    number = 10_000
    rows, before, salt = [], chain.START, bytes(32)
    for seq in range(number):
        body = chain.canonical({"place": UNIT, "key": str(seq)})
        link = chain.Entry(seq, "setting:changed", UNIT, DAY, chain.commit(salt, body), before)
        before = chain.entry_hash(link)
        rows.append((link, before, body))
    with stores.portal.write() as session:
        connection = session.connection()
        connection.execute(LogEntry.__table__.insert(), [  # type: ignore[attr-defined]
            {"unit": UNIT, "seq": e.seq, "kind": e.kind, "day": e.day, "payload_commit": e.payload_commit,
             "prev_hash": e.prev_hash, "entry_hash": h} for e, h, _ in rows])
        connection.execute(LogPayload.__table__.insert(), [  # type: ignore[attr-defined]
            {"unit": UNIT, "seq": e.seq, "salt": salt, "body": body} for e, _, body in rows])
    gc.collect()
    gc.freeze()  # whoever verifies does nothing else; what other tests left behind is not looked through
    try:
        began = process_time()
        assert verify.verify_store(stores) == []
        assert process_time() - began < 1.0
    finally:
        gc.unfreeze()


def test_every_kind_has_its_words() -> None:
    """Whoever reads the log is told in plain words what each kind of entry is."""
    assert set(kinds.WORDS) == set(events.EVENTS)


def test_the_page_gives_what_anyone_needs(villager: Villager, app: Flask, district: District) -> None:
    """`/log` lists each log with its digits; a town's page gives the digits, the last acts, the download."""
    stores: Stores = app.extensions["portal"].stores
    with stores.portal.read() as session:
        head = queries.head(session, district["qingxi"].code)
    with counted(stores.portal) as seen:
        page = villager.get("/en/log")
    assert page.status_code == 200
    assert head.digits in villager.text
    assert len(seen) <= 5
    with counted(stores.portal) as seen:
        page = villager.get("/en/log?town=liuhe")
    assert len(seen) <= 5
    assert all(f"<span>{group}</span>" in villager.text for group in head.digits.split())
    assert "somebody was given an office" in villager.text
    assert villager.get("/en/log?town=nowhere").status_code == 404
    again = villager.client.get("/en/log?town=liuhe", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_pages_are_light(villager: Villager, district: District) -> None:
    """Each page fits the first flight of a new connection."""
    for path in ("/log", "/log?town=qingxi"):
        page = villager.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert len(page.get_data()) <= 14_600


def test_the_download_is_what_is_hashed(villager: Villager, app: Flask, district: District, tmp_path: Path) -> None:
    """The downloaded file verifies by itself and holds no payload."""
    code = district["qingxi"].code
    page = villager.get(f"/log/{code}.jsonl")
    path = tmp_path / "log.jsonl"
    path.write_bytes(page.get_data())
    stores: Stores = app.extensions["portal"].stores
    with stores.portal.read() as session:
        digits = queries.head(session, code).digits
    assert verify.verify_file(path, digits) == []
    assert "salt" not in path.read_text("utf-8")
    assert villager.get("/log/000000000.jsonl").status_code == 404
    assert b"def check" in villager.get("/log/check.py").get_data()


def test_the_command_says_whether_everything_holds(stores: Stores, tmp_path: Path,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    """`portal verify` names each log with its digits, takes a sheet's digits, and fails on anything that is wrong."""
    path = tmp_path / "log.jsonl"
    write_acts(stores, 3)
    digits = saved(stores, path)
    write_acts(stores, 1)

    def run(where: Stores | None, **changed: object) -> int:
        return verify.main(Namespace(**{"log": path, "digits": digits, "size": None, "json": False} | changed), where)

    assert [run(stores), run(stores, size=3), run(None), run(None, digits=None)] == [0, 0, 0, 0]
    assert f"{UNIT}: 4 entries" in capsys.readouterr().out
    assert [run(stores, size=4), run(stores, digits="1" * 24), run(None, digits="1" * 24)] == [1, 1, 1]
    capsys.readouterr()
    assert run(stores, json=True) == 0
    assert json.loads(capsys.readouterr().out)["logs"][0]["entries"] == 4
    path.write_text("", "utf-8")
    assert run(None, digits="") == 1
