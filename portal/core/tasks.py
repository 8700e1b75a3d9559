"""One thing that a person has to do now: a line of `/desk`, and of the digest.

Each feature says in its `tasks.py` what it asks of whom; `home` puts the lines in order of their day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Task:
    """An act that waits for somebody.

    `phrase` and `detail` are message ids, `params` fill both. `act` is the word on the link, `endpoint` and
    `values` where it leads. `place` is the village (or town) that it is about. `due` is the Shanghai day by
    which it must be done (None: no day). `waiting` lines wait for somebody else and are shown apart. `first`: it
    stands before all others, whatever their day, because somebody who lets it pass loses a right.
    """

    phrase: str
    act: str
    endpoint: str
    place: str
    place_en: str = ""
    due: date | None = None
    detail: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    waiting: bool = False
    first: bool = False
