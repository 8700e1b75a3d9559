"""The language of a page is its path: `/v/…` is Chinese, `/en/v/…` its English twin. No cookie is needed.

The prefix moves into SCRIPT_NAME, so every link that a page makes stays in the page's language.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel
from flask_babel import gettext as _

from portal.config import ROOT
from portal.languages import DEFAULT, LANGUAGES, SOURCE, Language, by_code, by_path

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TRANSLATIONS = ROOT / "translations"


class LanguageInPath:
    """WSGI middleware: takes the language off the front of the path."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        first, _, rest = environ.get("PATH_INFO", "").lstrip("/").partition("/")
        language = by_path(first)
        if language is not None:
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + first
            environ["PATH_INFO"] = "/" + rest
        environ["portal.language"] = (language or DEFAULT).code
        return self.app(environ, start_response)


def language() -> Language:
    """Return the language of this request; outside requests whatever `speak` set, else the default."""
    if has_request_context():
        return by_code(g.get("language") or request.environ.get("portal.language", DEFAULT.code))
    return by_code(g.get("language", DEFAULT.code)) if has_app_context() else DEFAULT


def worded(phrase: str) -> str:
    """Return a marked phrase without parameters in the language of this request, looked up once for all of them."""
    return _worded(language().code, phrase)


@lru_cache(maxsize=1024)
def _worded(_code: str, phrase: str) -> str:
    return str(_(phrase))


def twins(path: str = "") -> list[tuple[Language, str]]:
    """Return the other languages, each with the address of this very page in it.

    A page that answers a POST has no such address, and whoever followed one would lose what was typed: it has none,
    unless it names the `path` to which it sends its form once more.
    """
    if request.method == "POST" and not path:
        return []
    here = language()
    root = request.script_root.removesuffix("/" + here.path) if here.path else request.script_root
    query = "?" + quote(request.query_string, safe="=&+%") if request.query_string and not path else ""
    return [
        (other, root + ("/" + other.path if other.path else "") + (path or request.path) + query)
        for other in LANGUAGES
        if other is not here
    ]


def compile_catalogues(folder: Path = TRANSLATIONS) -> None:
    """Bring each compiled catalogue up to date with its text, so that no page shows yesterday's words."""
    for source in folder.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            with source.open("rb") as handle:
                catalogue = read_po(handle, locale=source.parts[-3])
            # Several workers may start at once: each writes a file of its own, and the last one in place stays.
            partial = target.with_suffix(f".{os.getpid()}-{get_ident()}")
            with partial.open("wb") as handle:
                write_mo(handle, catalogue)
            partial.replace(target)


def init_app(app: Flask) -> None:
    """Make an app speak the language of each request's path."""
    compile_catalogues()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    Babel(app, locale_selector=lambda: language().code)
    app.wsgi_app = LanguageInPath(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals.update(language=language, twins=twins)
