"""The pages: `public` and `watch` for reporters, `counter` for those without a phone; the rest are the offices'."""

from portal.reports.views import counter, desk, keys, missing, openings, public, sealed, villages, watch
from portal.reports.views.blueprint import bp

__all__ = ["bp", "counter", "desk", "keys", "missing", "openings", "public", "sealed", "villages", "watch"]
