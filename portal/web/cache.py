"""Public pages, kept until the village changes. Freshness is exact: each hit asks for the village's version."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.clock import local_day, utc_now
from portal.web.edge import edge, place_of
from portal.web.locale import language

View = TypeVar("View", bound=Callable[..., Any])
MOST = 4000  # pages; about 20 KB each


class Pages:
    """A bounded store of finished pages: key -> (stamp, body, etag)."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[str, bytes, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, stamp: str) -> tuple[bytes, str] | None:
        """Return body and etag of a page that is still true."""
        with self._lock:
            found = self._pages.get(key)
            if found is None or found[0] != stamp:
                return None
            self._pages.move_to_end(key)
            return found[1], found[2]

    def put(self, key: str, stamp: str, body: bytes) -> str:
        """Keep a page; return its etag."""
        etag = hashlib.sha256(body).hexdigest()[:16]
        with self._lock:
            self._pages[key] = (stamp, body, etag)
            self._pages.move_to_end(key)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)
        return etag


def _answer(body: bytes, etag: str) -> BaseResponse:
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response.make_conditional(request)


def kept(view: View) -> View:
    """Keep the page of a view that shows one village's public affairs (its first argument is `code`)."""

    @wraps(view)
    def wrapper(code: str, *args: Any, **kwargs: Any) -> Any:
        place = place_of(code)
        if place is None or request.method != "GET":
            return view(code, *args, **kwargs)
        pages: Pages = current_app.extensions["portal.pages"]
        key = language().code + request.full_path
        # Late days and notices change at midnight, everything else with the village's version.
        stamp = f"{place.id}.{place.version}.{local_day(utc_now())}.{edge().config.demo}"
        found = pages.get(key, stamp)
        if found is not None:
            return _answer(*found)
        response = make_response(view(code, *args, **kwargs))
        if response.status_code != 200 or not response.is_sequence:
            return response
        body = response.get_data()
        return _answer(body, pages.put(key, stamp, body))

    return wrapper  # type: ignore[return-value]
