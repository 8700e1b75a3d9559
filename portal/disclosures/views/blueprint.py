"""The blueprint that all pages of openness share, and what their templates may say."""

from typing import Any

from flask import Blueprint, Flask, abort

from portal.disclosures import wording
from portal.disclosures.catalogue import catalogue
from portal.disclosures.entries import Field, Item
from portal.disclosures.periods import Period
from portal.places.models import Place
from portal.web.edge import place_of
from portal.web.filters import words

bp = Blueprint("disclosures", __name__)


@bp.record_once
def _setup(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.filters.update(
        period=wording.period_name, period_short=wording.period_short, record_title=wording.title,
        record_summary=wording.summary, cycle=wording.cycle_name, field_label=wording.field_label,
        capital=wording.capital, within=wording.within, change=wording.change, item_called=_item_called,
        period_called=_period_called,
    )
    app.jinja_env.globals.update(
        figure_text=wording.figure_text, figure_day=wording.figure_day, compared=wording.compared,
        entries=wording.entries, periods_words=_periods, choice_words=_choices,
    )


def _item_called(code: str) -> str:
    """Return what an item of the catalogue is called, for features below that keep only its code."""
    try:
        return words(catalogue().find(code))
    except KeyError:  # the catalogue of that day had it
        return code


def _period_called(key: str) -> str:
    """Return a period as people say it, from what is kept of it: 2026-Q3."""
    return wording.period_name(Period.parse(key)) if key else ""


def _periods(periods: list[Period]) -> list[tuple[str, str]]:
    return [(period.key, wording.period_name(period)) for period in periods]


def _choices(field: Field) -> list[tuple[str, str]]:
    return [("", "–"), *((choice.key, words(choice)) for choice in field.choices)]


def village_of(code: str) -> Place:
    """Return the village with this code; 404 where there is none."""
    place = place_of(code)
    if not isinstance(place, Place) or place.kind != "village":
        abort(404)
    return place


def item_at(category: str) -> Item:
    """Return the item with this slug or code; 404 where there is none."""
    try:
        return catalogue().find(category)
    except KeyError:
        abort(404)
