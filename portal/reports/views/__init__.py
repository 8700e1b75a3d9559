"""The pages: `public` for reporters, `counter` for who has no phone, `desk` and `keys` for offices, `villages`."""

from portal.reports.views import counter, desk, keys, public, villages
from portal.reports.views.blueprint import bp

__all__ = ["bp", "counter", "desk", "keys", "public", "villages"]
