"""The pages: `public`, `following`, `watch` for reporters, `counter` for those without a phone; the rest are desks."""

from portal.reports.views import (
    counter,
    desk,
    following,
    keys,
    missing,
    openings,
    public,
    sealed,
    unlocking,
    villages,
    watch,
)
from portal.reports.views.blueprint import bp

__all__ = [
    "bp", "counter", "desk", "following", "keys", "missing", "openings", "public", "sealed", "unlocking", "villages",
    "watch",
]
