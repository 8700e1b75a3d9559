"""The round that an official's page is about."""

from flask import abort

from portal.ballots import queries
from portal.ballots.models import Round
from portal.places import queries as places
from portal.places.models import Place
from portal.web.edge import place_of, reading


def found(code: str, round_id: str) -> tuple[Round, Place]:
    """Return a round at or below the place with its village; 404 for any other."""
    round_ = queries.get(reading(), round_id)
    if round_ is None:
        abort(404)
    village = places.get(reading(), round_.village_id)
    if not village.path.startswith(place_of(code).path):
        abort(404)
    return round_, village
