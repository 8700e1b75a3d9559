"""Who may use a route. Every view wears exactly one of these; a test walks all routes and says so.

A place that the person may not enter answers like a place that does not exist is never needed here: places
are public. What must not be told apart (cases, flags) is settled by the features' own queries, which
answer 404 for both.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.roles import Actor, Permission
from portal.web import tokens
from portal.web.edge import edge, place_of, reading

View = TypeVar("View", bound=Callable[..., Any])
COOKIE = "desk"
WORTH_COPYING = 60  # signs: shorter is soon typed again, and no token is as long
SECRETS = frozenset({"password", "passphrase", "old", "new", "box_pub", "public"})
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def open_to_all(view: View) -> View:
    """Mark a view that anyone may use, without signing in and without a cookie."""
    view.guard = "open"  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor | None:
    """Return who is signed in, or None. Reads the cookie only when asked: public pages never ask."""
    if "actor" not in g:
        token = request.cookies.get(COOKIE, "")
        g.actor = edge().find_actor(reading(), token) if token else None
    return g.actor  # type: ignore[no-any-return]


def actor() -> Actor:
    """Return who is signed in; only inside guarded views."""
    found = current_actor()
    if found is None:
        abort(401)
    return found


def may_use(endpoint: str, path: str) -> bool:
    """Tell whether whoever is signed in may use an endpoint at the place with this path."""
    guard = str(getattr(current_app.view_functions[endpoint], "guard", ""))
    return guard in {"open", "signed_in"} or actor().may(Permission(guard), path)


def _sign_in() -> Response | tuple[str, int]:
    """Lead to the sign-in page and back to this page afterwards; whoever sent words first gets them back, to copy."""
    rule = request.url_rule
    asked = request.method == "GET" or (rule is not None and rule.methods is not None and "GET" in rule.methods)
    here = request.script_root + request.full_path.rstrip("?") if asked else url_for("home.desk")
    ended = "&ended=1" if request.cookies.get(COOKIE) else ""
    address = url_for("accounts.sign_in") + "?next=" + quote(here) + ended
    written = [text for name, text in request.form.items() if len(text) >= WORTH_COPYING and name not in SECRETS]
    if written:
        return render_template("accounts/signed-out.html", written=written, sign_in=address), 401
    return redirect(address, code=303)


def _guarded(view: View, guard: str, allowed: Callable[[Actor, dict[str, Any]], bool]) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        person = current_actor()
        if person is None:
            return _sign_in()
        if not allowed(person, kwargs):
            abort(403)
        if request.method in UNSAFE and not tokens.desk_token_fits(person, request.form.get("token", "")):
            abort(400, description="token")
        return view(*args, **kwargs)

    wrapper.guard = guard  # type: ignore[attr-defined]
    return wrapper  # type: ignore[return-value]


def signed_in(view: View) -> View:
    """Let anyone who is signed in use a view that concerns only themselves."""
    return _guarded(view, "signed_in", lambda _person, _kwargs: True)


def needs(permission: Permission) -> Callable[[View], View]:
    """Let only those use a view who hold `permission` at the place that the route's `<code>` names."""

    def decorate(view: View) -> View:
        def allowed(person: Actor, kwargs: dict[str, Any]) -> bool:
            place = place_of(kwargs["code"])
            if place is None:
                abort(404)
            return person.may(permission, place.path)

        return _guarded(view, str(permission), allowed)

    return decorate
