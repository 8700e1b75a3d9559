"""Voters' pages and officials' pages of an appraisal, on one blueprint."""

from flask import Blueprint

bp = Blueprint("ballots", __name__)

from portal.ballots.views import desk, following, public, taking, visits, watch, witnessing  # noqa: E402, F401 - they hang their pages on the blueprint above
