"""Three stores, each with its own tables, one way to read and one way to write.

A write takes a lock on a file before `BEGIN IMMEDIATE`: SQLite's own busy handler lets writers starve
(p99 220 ms against 14 ms with the lock, measured with two processes).
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.orm import registry
from sqlalchemy.types import DateTime, TypeDecorator
from sqlmodel import Session, SQLModel

from portal.core.quick import Quick, Quickly
from portal.core.together import Together
from portal.core.turns import locking

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_HEAD = 100  # bytes, https://www.sqlite.org/fileformat.html#the_database_header
POOL = 64  # at least the number of threads that serve, or requests wait for a connection


class PortalTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A table of the store `portal`: everything public or administrative."""


class VaultTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A table of the store `vault`: reports and their sealed bodies."""


class BoothTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A table of the store `booth`: slips and the pool of sealed ballots."""


TABLES: dict[str, type[SQLModel]] = {"portal": PortalTable, "vault": VaultTable, "booth": BoothTable}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC. SQLite forgets time zones; this puts them back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment: it would be somebody's guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment without a time zone can't be stored"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back aware."""
        return None if value is None else value.replace(tzinfo=UTC)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, see _begin
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what was acknowledged is never lost
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


Item = TypeVar("Item")
Found = TypeVar("Found")
Runs = Session | Connection | Quick  # whatever runs a statement


class Store:
    """One of the three stores: `portal`, `vault` or `booth`."""

    def __init__(self, name: str, url: str, lock_folder: Path) -> None:
        self.name = name
        self.url = url
        self.folder = lock_folder  # the instance's: what else belongs to a store lies beside its lock
        self.lock_path = lock_folder / f"{name}.lock"
        self.is_sqlite = url.startswith("sqlite")
        # hide_parameters: an error message must never carry a slip, a receipt or a word of a report.
        options: dict[str, Any] = {"hide_parameters": True, "pool_size": POOL, "max_overflow": 8}
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin)
        self._writing = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._quickly = Quickly(self.engine)
        self._lines: dict[Any, Together[Any, Any]] = {}

    @property
    def metadata(self) -> MetaData:
        """Return the tables of this store."""
        return TABLES[self.name].metadata

    @property
    def file(self) -> Path | None:
        """Return the file of an SQLite store, None elsewhere."""
        return Path(self.engine.url.database) if self.is_sqlite and self.engine.url.database else None

    def reader(self) -> Session:
        """Return a session to read with; the caller closes it. What `once` found stays in its memo."""
        return Session(self.engine, expire_on_commit=False, info={"memo": {}})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session to read with."""
        with self.reader() as session:
            yield session

    def look(self) -> AbstractContextManager[Quick]:
        """Give a quick look: rows, no objects, no transaction."""
        return self._quickly.look()

    def together(self, work: Callable[[Quick, Sequence[Item]], Sequence[Found]], item: Item) -> Found:
        """Write something small in one transaction with whatever other threads want written by the same `work` now.

        `work`, a function of a module, is handed what was asked for in the order of asking and returns as many results;
        the one for `item` is returned, and committed then. When it raises for several, all is undone, and each is tried
        alone.
        """
        line = self._lines.get(work)
        if line is None:  # two threads that come first at once: the later one takes what the earlier one put there
            line = self._lines.setdefault(work, Together(partial(self._change, work)))
        found: Found = line.do(item)
        return found

    def _change(self, work: Callable[[Quick, Sequence[Any]], Sequence[Any]], items: Sequence[Any]) -> Sequence[Any]:
        with self.locked(), self._quickly.change("BEGIN IMMEDIATE" if self.is_sqlite else "") as quick:
            return work(quick, items)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose work is committed at the end, or undone whole when something raises."""
        with self.locked(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this store's write lock (between processes and threads); elsewhere than SQLite a no-op."""
        if not self.is_sqlite:
            with locking():
                yield
            return
        handle = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)  # every voter waits for it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with locking():
                yield
        finally:
            os.close(handle)  # which gives the lock back

    @contextmanager
    def alone(self, purpose: str, *, wait: bool = False) -> Iterator[bool]:
        """Give True to one caller at a time, in whatever process or thread, and False at once to all others.

        Who would rather `wait` gets True in turn; not from inside: one waits for oneself for ever.
        """
        with self.lock_path.with_suffix(f".{purpose}").open("a") as handle:  # closing it gives the lock back
            try:
                fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def empty_log(self) -> bool:
        """Bring SQLite's write-ahead log into the file and empty it; elsewhere nothing to do.

        The log tells in which order rows came, and still holds what was deleted. Its index, a file beside it, goes on
        naming the pages that were written last: one write that changes nothing takes their place, and also the moment
        at which the files were last changed. False where a reader was in the way: the next write, or the next tick,
        tries again.
        """
        if not self.is_sqlite:
            return True
        connection = self.engine.raw_connection()
        try:
            with self.locked():
                cursor = connection.cursor()
                cursor.execute("PRAGMA busy_timeout=200")  # nobody waits long for our tidying
                empty = self._truncated(cursor)
                if empty:
                    cursor.execute("BEGIN IMMEDIATE")
                    cursor.execute("PRAGMA user_version=0")  # as it is: page 1 is written, and nothing is changed
                    cursor.execute("COMMIT")
                    empty = self._truncated(cursor)
                cursor.execute("PRAGMA busy_timeout=5000")
        finally:
            connection.close()
        return empty

    @staticmethod
    def _truncated(cursor: Any) -> bool:
        return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def rewrite(self) -> None:
        """Write an SQLite file anew, rows in the order of their keys: pages and free space tell no order either."""
        if not self.is_sqlite:
            return
        with self.locked(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("BEGIN")
        self.empty_log()

    def rest(self) -> None:
        """Empty the log, and write the file anew if anything in it changed since that was last done.

        Without it a copy tells which rows came since then, and in which order.
        """
        kept = self.lock_path.with_suffix(".rewritten")
        if not self.is_sqlite:
            return
        if not (self.empty_log() and kept.exists() and kept.read_text("ascii") == self._content()):
            self.rewrite()
        kept.write_text(self._content(), "ascii")  # always: its age would tell when something came last

    def size(self) -> int:
        """Return how many bytes the file of an SQLite store has, 0 elsewhere."""
        return self.file.stat().st_size if self.file is not None and self.file.exists() else 0

    def _content(self) -> str:
        """Return a hash over an SQLite file without its head, in which writes are counted."""
        if self.file is None:
            return ""
        with self.file.open("rb") as handle:
            handle.seek(SQLITE_HEAD)
            return hashlib.file_digest(handle, "sha256").hexdigest()

    def close(self) -> None:
        """Give back every connection."""
        self._quickly.close()
        self.engine.dispose()


def once(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` finds, asked once in a reading session; in a writing one asked anew each time."""
    memo: dict[Hashable, Found] | None = session.info.get("memo")
    if memo is None:
        return find()
    if key not in memo:
        memo[key] = find()
    return memo[key]


class Stores:
    """The three stores together. No session ever spans two of them."""

    def __init__(self, urls: dict[str, str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.portal = Store("portal", urls["portal"], folder)
        self.vault = Store("vault", urls["vault"], folder)
        self.booth = Store("booth", urls["booth"], folder)

    def __iter__(self) -> Iterator[Store]:
        return iter((self.portal, self.vault, self.booth))

    def close(self) -> None:
        """Give back every connection of every store."""
        for store in self:
            store.close()
