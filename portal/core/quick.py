"""The few statements that every voter waits for, put into SQL once and run over a bare cursor.

SQLite finds a row in two microseconds; a session around it takes sixty times as long, a connection thirty times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import local
from typing import Any

from sqlalchemy import Dialect, Engine
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

Statement = SelectBase | UpdateBase


@dataclass(frozen=True)
class Rows:
    """What a statement found, asked for as a SQLAlchemy result is; `rowcount` is how many rows it changed."""

    found: list[tuple[Any, ...]]
    rowcount: int

    def first(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return self.found[0] if self.found else None

    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        return self.found[0][0] if self.found else None

    def scalars(self) -> list[Any]:
        """Return the first column of every row."""
        return [row[0] for row in self.found]


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one database; `turn` makes what we keep of a row that comes as it is stored."""

    sql: str
    fixed: Mapping[str, Any]
    order: tuple[str, ...] | None
    turn: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None

    @classmethod
    def of(cls, statement: Statement, dialect: Dialect) -> "_Compiled":
        compiled = statement.compile(dialect=dialect)
        order = None if compiled.positiontup is None else tuple(compiled.positiontup)
        columns = statement.selected_columns if isinstance(statement, SelectBase) else ()
        turns = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]

        def turn(row: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(each(value) if each else value for each, value in zip(turns, row, strict=True))

        return cls(compiled.string, dict(compiled.params), order, turn if any(turns) else None)

    def values(self, given: Mapping[str, Any]) -> Any:
        """Return the values in the way that the database's driver takes them."""
        values = {**self.fixed, **given}
        return values if self.order is None else [values[name] for name in self.order]


class Quick:
    """Runs statements that are built once, at the top of a module, with texts, bytes and whole numbers as values."""

    def __init__(self, cursor: Any, dialect: Dialect, known: dict[Statement, _Compiled]) -> None:
        self._cursor, self._dialect, self._known = cursor, dialect, known

    def execute(self, statement: Statement, values: Mapping[str, Any] = {}) -> Rows:
        """Return what a statement found or changed with these values for its `bindparam`s and columns."""
        compiled = self._known.get(statement)
        if compiled is None:
            compiled = self._known[statement] = _Compiled.of(statement, self._dialect)
        cursor = self._cursor
        cursor.execute(compiled.sql, compiled.values(values))
        found = cursor.fetchall() if cursor.description else []
        return Rows([compiled.turn(row) for row in found] if compiled.turn else found, cursor.rowcount)


class Quickly:
    """Gives ways to run statements quickly where an engine leads to.

    On SQLite each thread has a connection of its own for them, beside the pool: to ask the pool for one takes longer
    than most of these statements, and one that rests between them holds no snapshot and no lock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[Statement, _Compiled] = {}
        self._own = local()

    def close(self) -> None:
        """Give up the threads' own connections."""
        self._own = local()

    def _rested(self) -> tuple[Any, bool]:
        """Return a connection, and whether it goes back to the pool afterwards."""
        if self._engine.dialect.name != "sqlite":
            return self._engine.raw_connection(), True
        connection: Any = getattr(self._own, "connection", None)
        if connection is None:
            pooled = self._engine.raw_connection()
            connection = self._own.connection = pooled.dbapi_connection
            pooled.detach()
        return connection, False

    def look(self) -> "_Stretch":
        """Give a way to read; each statement sees what is true at its own moment."""
        return _Stretch(*self._rested(), self._engine.dialect, self._known)

    def change(self, begin: str) -> "_Stretch":
        """Give a way to write: all of it is committed at the end, or nothing when something raises."""
        return _Stretch(*self._rested(), self._engine.dialect, self._known, begin, keeps=True)


class _Stretch:
    """A stretch of work on one connection; a transaction that is still open at its end is undone."""

    __slots__ = ("_begin", "_connection", "_cursor", "_keeps", "_outside", "_pooled", "_quick")

    def __init__(self, connection: Any, pooled: bool, dialect: Dialect,
                 known: dict[Statement, _Compiled], begin: str = "", *, keeps: bool = False) -> None:
        self._connection, self._pooled, self._begin, self._keeps = connection, pooled, begin, keeps
        self._outside = pooled or not connection.in_transaction
        self._cursor = connection.cursor()
        self._quick = Quick(self._cursor, dialect, known)

    def __enter__(self) -> Quick:
        if self._begin:
            self._cursor.execute(self._begin)
        return self._quick

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        try:
            if self._keeps and kind is None:
                self._connection.commit()
        finally:
            self._cursor.close()
            if self._pooled:
                self._connection.close()  # back to the pool, which undoes
            elif self._outside and self._connection.in_transaction:
                self._connection.rollback()
