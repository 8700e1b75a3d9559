"""Brings the three stores to the shape that this version of the portal needs."""

from portal.core.db import Stores


def upgrade(stores: Stores) -> None:
    """Make every table that is missing."""
    import portal.everything  # noqa: F401, PLC0415

    for store in stores:
        store.metadata.create_all(store.engine)
