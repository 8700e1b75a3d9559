"""Brings the three stores to the shape that this version of the portal needs: numbered steps, one folder a store."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from portal.core.db import Store, Stores
from portal.everything import LOADED

HERE = Path(__file__).resolve().parent


def configured(store: Store) -> Config:
    """Return what Alembic needs to know of a store."""
    assert LOADED, "every table is known"  # noqa: S101 - the import is what matters
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("version_locations", str(HERE / store.name))
    made.set_main_option("path_separator", "os")
    made.attributes["metadata"] = store.metadata
    return made


def upgrade(stores: Stores) -> None:
    """Take every step that a store has not taken yet; a store that is up to date stays as it is."""
    for store in stores:
        made = configured(store)
        with store.locked(), store.engine.begin() as connection:
            made.attributes["connection"] = connection
            command.upgrade(made, "head")


def draft(store: Store, message: str, number: str) -> None:
    """Write the step that leads from a store's shape to that of its tables, to be read and mended by hand."""
    made = configured(store)
    with store.engine.begin() as connection:
        made.attributes["connection"] = connection
        command.revision(made, message=message, autogenerate=True, rev_id=number, version_path=str(HERE / store.name))
