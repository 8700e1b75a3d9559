"""The numbered steps lead to exactly the tables that the code knows, and back."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from portal import migrations
from portal.config import sqlite_urls
from portal.core.db import Stores


def test_the_steps_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    """After every step no store differs from its tables; taking them once more changes nothing."""
    stores = Stores(sqlite_urls(tmp_path), tmp_path)
    migrations.upgrade(stores)
    migrations.upgrade(stores)
    for store in stores:
        with store.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, store.metadata) == [], store.name
    stores.close()


def test_the_steps_make_what_the_tables_make(tmp_path: Path) -> None:
    """Triggers and tables without rowid are the same whether steps or tables made them."""
    steps, tables = (
        Stores(sqlite_urls(tmp_path / "a"), tmp_path / "a"),
        Stores(sqlite_urls(tmp_path / "b"), tmp_path / "b"),
    )
    migrations.upgrade(steps)
    for store in tables:
        store.metadata.create_all(store.engine)
    query = (
        "select type, name from sqlite_master "
        "where name not like 'sqlite_%' and name <> 'alembic_version' order by 1, 2"
    )
    rowid = (
        "select name, wr from pragma_table_list where name not like 'sqlite_%' and name <> 'alembic_version' order by 1"
    )
    for one, other in zip(steps, tables, strict=True):
        with one.engine.connect() as left, other.engine.connect() as right:
            for sql in (query, rowid):
                assert left.exec_driver_sql(sql).fetchall() == right.exec_driver_sql(sql).fetchall(), one.name
    steps.close()
    tables.close()


def test_the_steps_can_be_taken_back(tmp_path: Path) -> None:
    """Down to nothing and up again."""
    stores = Stores(sqlite_urls(tmp_path), tmp_path)
    migrations.upgrade(stores)
    for store in stores:
        with store.engine.begin() as connection:
            made = migrations.configured(store)
            made.attributes["connection"] = connection
            command.downgrade(made, "base")
        assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(stores)
    stores.close()
