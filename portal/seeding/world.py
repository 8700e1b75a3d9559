"""What the parts of the demonstration share: the stores, the places, the people, and what demo.json tells."""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from portal.accounts.models import Person
from portal.config import Config
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.places.models import Place
from portal.roles import GRANTS, Actor, Grant, Role


@dataclass
class World:
    """The demonstration while it is being made. Places by short code, people by (role, short code)."""

    config: Config
    stores: Stores
    now: datetime
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    demo: dict[str, Any] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - invented figures, no secret

    @property
    def today(self) -> date:
        """Return the day on which the demonstration is made."""
        return local_day(self.now)

    def actor(self, role: str, short: str) -> Actor:
        """Return who holds a role at a place, as somebody who acts."""
        person, place = self.people[role, short], self.places[short]
        return Actor(person.id, person.name, person.name_en, "", (Grant(Role(role), place.id, place.path),))

    def above(self, short: str, role: str) -> Actor:
        """Return who holds a role above a village: its town's or the district's."""
        place = self.places[short]
        kind = GRANTS[Role(role)][0]
        holder = next(key for (held, key) in self.people if held == role and self.places[key].kind == kind
                      and place.path.startswith(self.places[key].path))
        return self.actor(role, holder)
