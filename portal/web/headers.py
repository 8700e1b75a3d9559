"""What every answer carries in its head, and the stylesheets that stand inside the page.

One response paints the page: an external stylesheet costs half a second on a slow link. The content
security policy names the sheets by their hash, so nothing else may style or script a page.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
# Pages that hold a slip, a receipt, a household's lines or an official's work are kept by nobody.
SECRET_PATHS = re.compile(r"/+(vote|c|desk)(/|$)|/+v/+[^/]+/+(say|slips|mine)(/|$)")


def _squeeze(text: str) -> str:
    """Take comments and needless blanks out of a stylesheet."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", "", text)
    return re.sub(r"\s*([{};,>])\s*", r"\1", text).replace(";}", "}")


def _hash(sheet: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() + "'"


BASE_CSS = _squeeze((CSS / "base.css").read_text("utf-8"))
DESK_CSS = _squeeze((CSS / "desk.css").read_text("utf-8"))
POLICY = (
    "default-src 'none'; "
    f"style-src {_hash(BASE_CSS)} {_hash(DESK_CSS)}; "
    "img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
CACHE = "Cache-Control"


class Heads:
    """WSGI middleware: adds the heads that hold for every answer."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if status >= "400" or SECRET_PATHS.match(environ["PATH_INFO"]):
                headers = [*(head for head in headers if head[0] != CACHE), (CACHE, "no-store"), *HEADERS]
            elif any(name == CACHE for name, _ in headers):
                headers = [*headers, *HEADERS]
            else:
                headers = [*headers, (CACHE, "no-cache"), *HEADERS]
            return start_response(status, headers, *error)

        return self.app(environ, begin)


def init_app(app: Flask) -> None:
    """Give every answer its heads and every page its stylesheet."""
    app.wsgi_app = Heads(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals.update(base_css=BASE_CSS, desk_css=DESK_CSS)
