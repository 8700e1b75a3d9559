"""How many questions a page asks the store."""

from typing import Any

from sqlalchemy import event

from portal.core.db import Stores


class Queries:
    """Counts the questions that a page asks the store."""

    def __init__(self, stores: Stores) -> None:
        self.number = 0
        event.listen(stores.portal.engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_args: Any) -> None:
        self.number += not statement.startswith("BEGIN")
