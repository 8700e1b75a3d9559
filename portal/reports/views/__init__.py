"""The pages: `public` for whoever reports, `desk` for the offices, `keys` for their key, `villages` for the rest."""

from portal.reports.views import desk, keys, public, villages
from portal.reports.views.blueprint import bp

__all__ = ["bp", "desk", "keys", "public", "villages"]
