"""Triggers by which the database itself refuses to rewrite the log. They stop mistakes; paper and witnesses stop root.

An entry is never changed and never deleted, nor put in another's place (`INSERT OR REPLACE`). A payload may be
deleted, because erasing what names a person leaves the log whole; but it is never changed.
The strings are for migrations; `guard_tables` makes `create_all` run them too.
"""

from sqlalchemy import DDL, Table, event

ENTRIES, PAYLOADS = "log_entry", "log_payload"
SAYS = "the log only grows: its entries are never changed"


def _sqlite_refusal(table: str, act: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    )


def _sqlite_no_replacing(table: str) -> str:
    """`INSERT OR REPLACE` deletes without a delete trigger, so it is met before it inserts."""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE unit = NEW.unit AND seq = NEW.seq) "
        f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    )


SQLITE = {
    ENTRIES: (_sqlite_refusal(ENTRIES, "UPDATE"), _sqlite_refusal(ENTRIES, "DELETE"), _sqlite_no_replacing(ENTRIES)),
    PAYLOADS: (_sqlite_refusal(PAYLOADS, "UPDATE"), _sqlite_no_replacing(PAYLOADS)),
}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION log_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
)


def _postgres_refusal(table: str, acts: str, level: str, name: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {acts} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION log_only_grows()"
    )


POSTGRES = {
    ENTRIES: (
        _FUNCTION,
        _postgres_refusal(ENTRIES, "UPDATE OR DELETE", "ROW", "no_change"),
        _postgres_refusal(ENTRIES, "TRUNCATE", "STATEMENT", "no_truncate"),
    ),
    PAYLOADS: (_FUNCTION, _postgres_refusal(PAYLOADS, "UPDATE", "ROW", "no_change")),
}


def statements(dialect: str) -> list[str]:
    """Return the statements for a dialect's migration, in order: `sqlite` or `postgresql`."""
    by_table = {"sqlite": SQLITE, "postgresql": POSTGRES}[dialect]
    return [statement for table in by_table.values() for statement in table]


def _ddl(statement: str, dialect: str) -> DDL:
    made = DDL(statement)  # type: ignore[no-untyped-call]
    return made.execute_if(dialect=dialect)


def guard_tables(*tables: Table) -> None:
    """Let `create_all` make the triggers right after each of these tables."""
    for table in tables:
        for dialect, by_table in (("sqlite", SQLITE), ("postgresql", POSTGRES)):
            for statement in by_table[table.name]:
                event.listen(table, "after_create", _ddl(statement, dialect))
