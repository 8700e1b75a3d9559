"""Puts the features together. The one file that knows them all."""

import hashlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, url_for
from flask_compress import Compress
from jinja2 import StrictUndefined
from sqlmodel import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts import queries as people
from portal.accounts import views as account_views
from portal.ballots import views as ballot_views
from portal.config import Config
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.digests import views as digest_views
from portal.disclosures import views as disclosure_views
from portal.flags import views as flag_views
from portal.home import settings as setting_views
from portal.home import views as home_views
from portal.log import views as log_views
from portal.places import queries as places
from portal.posters import views as poster_views
from portal.promises import views as promise_views
from portal.reports import views as report_views
from portal.roles import Actor
from portal.web import cache as page_cache
from portal.web import edge, errors, filters, guards, headers, locale, tokens, turns
from portal.web.even import Finished

FEATURES = (
    log_views,
    account_views,
    disclosure_views,
    promise_views,
    report_views,
    ballot_views,
    flag_views,
    digest_views,
    poster_views,
    setting_views,
    home_views,
)
LARGEST_BODY = 12 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024  # without files
MOST_FIELDS = 20_000  # the longest table at a desk has a tenth of it; a million take half a second
PLAIN_FORM = "application/x-www-form-urlencoded"


class InMemory(Request):
    """A request whose uploads never touch a disk: what somebody sends must not lie in a temporary file."""

    def _get_file_stream(self, *_args: object, **_kwargs: object) -> BytesIO:
        return BytesIO()

    def _load_form_data(self) -> None:
        """Read a plain form that lies in memory (see web/turns) at once; leave all others to the general parser."""
        body, kind = self.environ["wsgi.input"], self.environ.get("CONTENT_TYPE", "").partition(";")[0]
        plain = kind.strip().lower() == PLAIN_FORM and isinstance(body, BytesIO)
        if "form" in self.__dict__ or not plain or (self.content_length or 0) > LARGEST_BODY:
            super()._load_form_data()
            return
        if (self.content_length or 0) > LARGEST_FORM:
            raise RequestEntityTooLarge
        try:
            values = parse_qsl(body.read().decode(), keep_blank_values=True, errors="werkzeug.url_quote",
                               max_num_fields=MOST_FIELDS)
        except ValueError:  # as there: what can't be read is no form
            values = []
        self.__dict__.update(stream=body, form=ImmutableMultiDict(values), files=ImmutableMultiDict())


class Portal(Flask):
    """The application. What Flask looks up anew for each request, and never differs here, it is spared."""

    request_class = InMemory
    packing: Compress

    def process_response(self, response: Response) -> Response:
        """Return an answer with what features add to it, packed; one that is finished needs neither."""
        if isinstance(response, Finished):
            return response
        return self.packing.after_request(super().process_response(response))

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none here is a coroutine."""
        return func


def _find_actor(session: Session, token: str) -> Actor | None:
    return people.actor_by_token(session, token, utc_now())


def create_app(config: Config, stores: Stores | None = None) -> Flask:
    """Return the portal over an instance's stores, ready to serve."""
    app = Portal("portal", static_folder="static", static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        PORTAL_DEMO=config.demo,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "application/atom+xml",
            "text/csv",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_REGISTER=False,  # see Portal.process_response
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    stores = stores or Stores(config.stores, config.instance)
    edge.init_app(app, edge.Edge(config, stores, places.by_code, _find_actor))
    for part in (headers, locale, filters, errors):  # the language is off the path before heads are added
        part.init_app(app)
    app.extensions["portal.cache"] = page_cache.Caches()
    app.jinja_env.globals.update(static_url=_static_url, form_token=tokens.form_token, desk_token=_desk_token)
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    app.packing = Compress(app)
    turns.init_app(app)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)  # type: ignore[method-assign]
    return app


def _desk_token() -> str:
    return tokens.desk_token(guards.actor())


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((headers.CSS.parent / name).read_bytes()).hexdigest()[:10]


def _static_url(name: str) -> str:
    """Return a static file's address with its fingerprint, so that it may be kept for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))
