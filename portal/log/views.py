"""The page that says where each log stands and how anyone checks it, and what they need for that."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.log import chain, kinds, queries
from portal.web.edge import edge, place_of, reading
from portal.web.guards import open_to_all

bp = Blueprint("log", __name__)
LAST_SEQ = 2**31 - 1  # more than a column of whole numbers holds, no log can have
CHECKER = Path(__file__).with_name("check_log.py")


@bp.route("/log")
@open_to_all
def page() -> AnyResponse:
    """Tell where every log stands; with `?town=<code>` one of them with its latest entries."""
    code = request.args.get("town", "")
    session = reading()
    known = queries.units(session)
    if code:
        place = place_of(code)
        unit = next((unit for unit in known if place is not None and unit.code == place.unit), None)
        if unit is None:
            abort(404)
        body = render_template("log/town.html", unit=unit, head=queries.head(session, unit.code),
                               lines=queries.latest(session, unit.code), kind_words=kinds.words)
    else:
        heads = queries.heads(session, [unit.code for unit in known])
        body = render_template("log/page.html", units=known, heads=heads)
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)


@bp.route("/log/<unit>.jsonl")
@open_to_all
def download(unit: str) -> Response:
    """Give a unit's whole log, one entry a line, in the very bytes that are hashed; payloads stay here."""
    head = queries.head(reading(), unit)
    if not head.size:
        abort(404)
    pieces = queries.pages(partial(edge().stores.portal.reader), unit)
    response = Response(_lines(pieces), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="log-{unit}.jsonl"'
    return response


def _lines(pieces: Iterator[list[chain.Entry]]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"".join(chain.entry_bytes(entry) + b"\n" for entry in piece)


@bp.route("/log/<unit>/<int:seq>.json")
@open_to_all
def entry(unit: str, seq: int) -> Response:
    """Give what an entry of a vote stands for, with its salt: SHA-256(salt | body) is the entry's commitment."""
    found = queries.opened(reading(), unit, seq) if seq <= LAST_SEQ else None
    if found is None:
        abort(404)
    salt, body = found
    facts = {"unit": unit, "seq": seq, "salt": salt.hex(), "body": body.decode()}
    response = Response(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{unit}-{seq}.json"'
    return response


@bp.route("/log/check.py")
@open_to_all
def checker() -> AnyResponse:
    """Give the program that checks a downloaded log without the portal."""
    response = Response(CHECKER.read_bytes(), mimetype="text/x-python")
    response.headers["Content-Disposition"] = 'attachment; filename="check_log.py"'
    response.add_etag()
    return response.make_conditional(request)
