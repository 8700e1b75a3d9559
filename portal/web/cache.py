"""Public pages, kept until the village changes. Freshness is exact: each hit asks for the village's version.

What the time alone changes, a view says itself (`true_until`): a vote opens and closes at its moment, not when
something is written. A page whose form carries a visitor's digits is kept too, with marks in their place: nothing of
a visitor stays here.
"""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import Response, current_app, g, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.clock import local_day, utc_now
from portal.web.edge import edge, place_of
from portal.web.even import Filled, Mould
from portal.web.locale import language

View = TypeVar("View", bound=Callable[..., Any])
Thing = TypeVar("Thing")
MOST = 4000  # things; a page is about 20 KB
_MARK = f"@{secrets.token_hex(8)}-"  # nobody writes it into a name or a promise
ALWAYS = datetime.max.replace(tzinfo=UTC)


class Kept(Generic[Thing]):
    """A bounded store of finished things: key -> (stamp, end, thing). True while the stamp is, to its end."""

    def __init__(self) -> None:
        self._things: OrderedDict[Hashable, tuple[str, datetime, Thing]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._things)

    def get(self, key: Hashable, stamp: str, now: datetime | None = None) -> Thing | None:
        """Return a thing that is still true (at `now`, for what may end)."""
        with self._lock:
            found = self._things.get(key)
            if found is None or found[0] != stamp or (now is not None and now >= found[1]):
                return None
            self._things.move_to_end(key)
            return found[2]

    def put(self, key: Hashable, stamp: str, thing: Thing, end: datetime = ALWAYS) -> Thing:
        """Keep a thing; return it."""
        with self._lock:
            self._things[key] = (stamp, end, thing)
            self._things.move_to_end(key)
            while len(self._things) > MOST:
                self._things.popitem(last=False)
        return thing


@dataclass
class Caches:
    """What one process keeps: finished pages with their etags, and whatever else `remembered` was asked for."""

    pages: Kept[tuple[bytes, str]] = field(default_factory=Kept)
    things: Kept[Any] = field(default_factory=Kept)


def _caches() -> Caches:
    return current_app.extensions["portal.cache"]  # type: ignore[no-any-return]


def remembered(key: Hashable, stamp: str, find: Callable[[], Thing]) -> Thing:
    """Return what `find` finds, asked again only when the stamp is another one. Share no secret through it."""
    things: Kept[Thing] = _caches().things
    found = things.get(key, stamp)
    return things.put(key, stamp, find()) if found is None else found


def filled(key: Hashable, stamp: str, render: Callable[[Mapping[str, str]], str], words: Mapping[str, str],
           among: Callable[[], Mapping[str, Collection[str]]] = dict) -> Filled:
    """Return a page that differs between visitors in a few words only: rendered once, with a mark for each word.

    `render` is handed the marks by name and puts them where the words belong; `words` are put there escaped, and the
    page is as long on the line as with the longest of those that could stand there (`among`, by name). Whatever a
    visitor chose is a word and no part of the key: a page that is kept answers sooner than one that is not.
    """
    at = (key, language().code, request.path)

    def find() -> Mould:
        rendered = render({name: f"{_MARK}{name}@" for name in words})
        return Mould(re.split(f"{_MARK}({'|'.join(words)})@", rendered) if words else [rendered], among())

    # No page that is filled reads what stands behind the `?`. One that was asked for with it names it in its links, and
    # is not kept (see kept_but_for); an answer to a form does not, and is: else, whoever asks for it again and again
    # hears when somebody else's was kept.
    keeps = request.method == "POST" or not request.query_string
    mould = remembered(at, stamp, find) if keeps else _caches().things.get(at, stamp) or find()
    return mould.filled(words)


def true_until(moment: datetime | None) -> None:
    """Say of the page being rendered that the time alone makes it untrue at a moment (None: it never does)."""
    if moment is not None:
        g.true_until = min(moment, g.get("true_until", ALWAYS))


def _answer(body: bytes, etag: str) -> BaseResponse:
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response.make_conditional(request)


def kept_but_for(*arguments: str) -> Callable[[View], View]:
    """Keep the page of a view that shows one village's public affairs (its first argument is `code`).

    `arguments` are those behind the `?` that the view reads: asked for with one of them, the page is rendered anew.
    Whatever else stands there changes nothing, so the page that is kept answers; but a page rendered with it is not
    kept, for it carries that in its links, and anybody can make up as many as there is room for.
    """

    def wear(view: View) -> View:
        @wraps(view)
        def wrapper(code: str, *args: Any, **kwargs: Any) -> Any:
            place = place_of(code)
            if place is None or request.method != "GET":
                return view(code, *args, **kwargs)
            pages, own = _caches().pages, not any(name in request.args for name in arguments)
            key, now = language().code + request.path, utc_now()
            # Late days and notices change at midnight, a vote's doors at their moment (`true_until`), everything else
            # with the village's version.
            stamp = f"{place.id}.{place.version}.{local_day(now)}.{edge().config.demo}"
            found = pages.get(key, stamp, now) if own else None
            if found is not None:
                return _answer(*found)
            response = make_response(view(code, *args, **kwargs))
            if response.status_code != 200 or not response.is_sequence:
                return response
            body = response.get_data()
            page = (body, hashlib.sha256(body).hexdigest()[:16])
            if not request.query_string:
                pages.put(key, stamp, page, g.get("true_until", ALWAYS))
            return _answer(*page)

        return wrapper  # type: ignore[return-value]

    return wear


kept = kept_but_for()  # the view reads nothing but its path
