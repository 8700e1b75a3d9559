"""The pages of openness: villagers' (`public`), officials' (`desk`, `entry`, `imports`)."""

from portal.disclosures.views import desk, entry, imports, public
from portal.disclosures.views.blueprint import bp

__all__ = ["bp", "desk", "entry", "imports", "public"]
