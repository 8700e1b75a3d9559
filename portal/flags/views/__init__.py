"""Pages of flags and reviews: the town's and the district's, the panel's, the secretary's, and two in public."""

from flask import Blueprint

bp = Blueprint("flags", __name__)

from portal.flags.views import desk, panel, public, secretary, visits  # noqa: E402, F401 - their pages hang on it
