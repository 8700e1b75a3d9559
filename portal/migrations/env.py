"""Runs the numbered steps of one store over the connection that `upgrade` hands in."""

from typing import Any

from alembic import context

attributes: dict[str, Any] = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
