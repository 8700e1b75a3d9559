"""A page for everything that can go wrong; each says what to do next. None needs the database."""

import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from flask import Flask, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from portal.core.errors import Refused
from portal.web.filters import day

log = logging.getLogger("portal")
KNOWN = frozenset({400, 401, 403, 404, 405, 413, 429, 500, 503})


def say(refused: Refused) -> str:
    """Return a refusal in the language of the page. Days are written out, phrases among the parameters translated."""
    params = {name: _shown(value) for name, value in refused.params.items()}
    return str(_(refused.phrase, **params)) if params else str(_(refused.phrase))


def _shown(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"  # never 9E-7
    if isinstance(value, date):
        return day(value)
    return _(value) if isinstance(value, str) and value else value


def phrase(words: str, params: Mapping[str, object]) -> str:
    """Return a marked phrase in the language of the page, its parameters filled in.

    Text parameters that are message ids themselves are translated too.
    """
    refusal = Refused(words)
    refusal.params = dict(params)
    return say(refusal) if words else ""


def _page(status: int, **context: object) -> tuple[str, int]:
    template = f"errors/{status}.html" if status in KNOWN else "errors/400.html"
    return render_template(template, at_desk=request.path.startswith("/desk"), **context), status


def http_error(error: HTTPException) -> tuple[str, int]:
    """Show the page for an HTTP error."""
    return _page(error.code or 500, token=error.description == "token")


def refused(error: Refused) -> tuple[str, int]:
    """Show a refusal that no form caught."""
    return _page(400, refused=error)


def server_error(error: Exception) -> tuple[str, int]:
    """Show the page for our own mistake, and log where it happened, never what was sent."""
    trace = error.__traceback__
    where = "?"
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("%s at %s in %s", type(error).__name__, where, request.endpoint)
    return _page(500)


def init_app(app: Flask) -> None:
    """Give an app its error pages."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(Exception, server_error)
    app.jinja_env.globals.update(say=say)
