"""Pages of flags and reviews: of town and district, the second person, the panel, the secretary; two in public."""

from flask import Blueprint

bp = Blueprint("flags", __name__)

from portal.flags.views import (  # noqa: E402, F401 - their pages hang on it
    appeal,
    desk,
    panel,
    public,
    second,
    secretary,
    visits,
)
