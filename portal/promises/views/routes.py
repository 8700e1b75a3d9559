"""The blueprint that both sets of pages share, and finding the village and promise that a route names."""

from flask import Blueprint, abort

from portal.core.clock import local_day, utc_now
from portal.places.models import Place
from portal.promises import queries
from portal.web.edge import place_of, reading

bp = Blueprint("promises", __name__)


def village_of(code: str) -> Place:
    """Return the village with this code, or answer 404."""
    place = place_of(code)
    if not isinstance(place, Place) or place.kind != "village":
        abort(404)
    return place


def history_of(village: Place, promise_id: str) -> queries.History:
    """Return one of a village's promises with its history, or answer 404."""
    found = queries.history(reading(), village, promise_id, local_day(utc_now()))
    if found is None:
        abort(404)
    return found
