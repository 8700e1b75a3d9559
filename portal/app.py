"""Puts the features together. The one file that knows them all."""

import hashlib
from functools import cache
from io import BytesIO

from flask import Flask, Request, url_for
from flask_compress import Compress
from jinja2 import StrictUndefined
from sqlmodel import Session
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


class InMemory(Request):
    """A request whose uploads never touch a disk: what somebody sends must not lie in a temporary file."""

    def _get_file_stream(self, *_args: object, **_kwargs: object) -> BytesIO:
        return BytesIO()


def _find_actor(session: Session, token: str) -> Actor | None:
    return people.actor_by_token(session, token, utc_now())


def create_app(config: Config, stores: Stores | None = None) -> Flask:
    """Return the portal over an instance's stores, ready to serve."""
    app = Flask("portal", static_folder="static", static_url_path="/static")
    app.request_class = InMemory
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
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
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    stores = stores or Stores(config.stores, config.instance)
    edge.init_app(app, edge.Edge(config, stores, places.by_code, _find_actor))
    for part in (locale, filters, headers, errors):
        part.init_app(app)
    app.extensions["portal.cache"] = page_cache.Caches()
    app.jinja_env.globals.update(static_url=_static_url, form_token=tokens.form_token, desk_token=_desk_token)
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    Compress(app)
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
