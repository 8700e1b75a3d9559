"""Where a request meets the stores: one session to read with, one transaction for each write.

A view reads through `reading()`, which lives as long as the request, and writes inside
`with writing() as session:`; the commit happens at the end of that block, before any answer is sent.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import Flask, current_app, g
from sqlmodel import Session

from portal.config import Config
from portal.core.db import Stores
from portal.roles import Actor


class PlaceLike(Protocol):
    """What the edge needs to know of a place."""

    id: str
    kind: str
    path: str
    version: int


@dataclass
class Edge:
    """The stores and settings of this program, and the two look-ups that features above supply."""

    config: Config
    stores: Stores
    find_place: Callable[[Session, str], PlaceLike | None]
    find_actor: Callable[[Session, str], Actor | None]


def edge() -> Edge:
    """Return this program's edge."""
    return cast("Edge", current_app.extensions["portal"])


def reading() -> Session:
    """Return the request's session to read the store `portal` with."""
    if "reader" not in g:
        g.reader = edge().stores.portal.reader()
    return cast("Session", g.reader)


def writing() -> AbstractContextManager[Session]:
    """Return a transaction on the store `portal`, committed when its block ends well."""
    close_reader()  # an open snapshot would show this request what was true before its own write
    return edge().stores.portal.write()


def close_reader(_error: BaseException | None = None) -> None:
    """Give the reading session back."""
    session: Session | None = g.pop("reader", None)
    if session is not None:
        session.close()


def place_of(code: str) -> Any:
    """Return the place with this code, looked up once a request; None if there is none."""
    known: dict[str, Any] = g.setdefault("places", {})
    if code not in known:
        known[code] = edge().find_place(reading(), code)
    return known[code]


def init_app(app: Flask, the_edge: Edge) -> None:
    """Put the edge into an app."""
    app.extensions["portal"] = the_edge
    app.teardown_appcontext(close_reader)
