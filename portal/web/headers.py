"""What every answer carries in its head, and the stylesheets that stand inside the page.

One response paints the page: an external stylesheet costs half a second on a slow link. The content
security policy names the sheets by their hash, so nothing else may style or script a page.
"""

import base64
import hashlib
import re
from pathlib import Path

from flask import Flask, Response, request

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
# Pages that hold a slip, a receipt, a household's lines or an official's work are kept by nobody.
SECRET_PATHS = re.compile(r"^/(vote|c|desk)(/|$)|^/v/[^/]+/(say|slips|mine)(/|$)")


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
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def add_headers(response: Response) -> Response:
    """Add the heads that hold for every page."""
    response.headers.extend(HEADERS)
    if SECRET_PATHS.match(re.sub("/+", "/", request.path)) or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Give every answer its heads and every page its stylesheet."""
    app.after_request(add_headers)
    app.jinja_env.globals.update(base_css=BASE_CSS, desk_css=DESK_CSS)
