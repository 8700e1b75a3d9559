"""The blueprint that all pages of reports hang on."""

from flask import Blueprint, Flask
from flask_babel import gettext as _

from portal.reports import rules

bp = Blueprint("reports", __name__)


def reasons_to_open() -> list[tuple[str, str]]:
    """Return what a key may be opened for, to choose from."""
    return [(key, _(words)) for key, words in rules.WHYS.items()]


@bp.record_once
def _setup(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update(reasons_to_open=reasons_to_open)
