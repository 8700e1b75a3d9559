"""The pages: `public` and `watch` for reporters, `counter` for those without a phone, `desk`, `keys`, `villages`."""

from portal.reports.views import counter, desk, keys, public, villages, watch
from portal.reports.views.blueprint import bp

__all__ = ["bp", "counter", "desk", "keys", "public", "villages", "watch"]
