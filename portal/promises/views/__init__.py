"""The pages about promises: what villagers read, and what the secretary and the town do at their desks."""

from portal.promises.views import desk, public
from portal.promises.views.routes import bp

__all__ = ["bp", "desk", "public"]
