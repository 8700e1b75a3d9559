"""Somebody else who writes while a slow hash is worked out."""

import threading
from collections.abc import Callable
from typing import Any

from portal.accounts.models import Person
from portal.core.db import Stores


class Meanwhile:
    """Wraps a slow function: whenever it is called, another's write must go through before it goes on."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.wrote = 0
        self.asked = 0

    def during(self, slow: Callable[..., Any]) -> Callable[..., Any]:
        """Return the slow function with somebody writing beside it."""

        def called(*args: Any, **kwargs: Any) -> Any:
            self.asked += 1
            other = threading.Thread(target=self._write)
            other.start()
            other.join(3)
            assert self.wrote == self.asked, "a writer had to wait for the hash"
            return slow(*args, **kwargs)

        return called

    def _write(self) -> None:
        with self.stores.portal.write() as session:
            session.add(Person(user=f"somebody-{self.asked}", name="某人", password_hash="none"))
        self.wrote += 1
