"""Signing in and out, one's own account, and the operator's list of people."""

import re
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.accounts import queries, service
from portal.accounts.models import Person, Posting
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.languages import LANGUAGES
from portal.places import queries as places
from portal.roles import GRANTS, ROLE_NAMES, Permission, Role, needs_second_factor
from portal.web import tokens
from portal.web.edge import edge, place_of, reading, writing
from portal.web.filters import name
from portal.web.forms import Form
from portal.web.guards import COOKIE, actor, needs, open_to_all, signed_in
from portal.web.portions import Portion, asked

bp = Blueprint("accounts", __name__)
USER = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def _safe_next(address: str) -> str:
    """Return a path of this portal to go to after signing in; anything else leads to the desk."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as //[, which is no address at all
        return url_for("home.desk")
    if (
        parts.scheme
        or parts.netloc
        or not address.isprintable()
        or not address.startswith("/")
        or address.startswith(("//", "/\\"))
    ):
        return url_for("home.desk")
    return address


def _cookie_paths() -> list[str]:
    """Return where the session's cookie is sent: the desk in every language, never a villager's page."""
    return [f"/{language.path}/desk".replace("//", "/") for language in LANGUAGES]


@bp.route("/desk/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> str | tuple[str, int] | Response:
    """Sign in with name, password and, above the village, a one-time code."""
    form = Form(request.form)
    wanted = request.values.get("next", "")
    if request.method == "POST":
        if not tokens.form_token_fits(request.form.get("token", ""), "sign-in"):
            abort(400, description="token")
        user, typed = form.values.get("user", ""), form.values.get("password", "")
        right = service.knows_password(reading(), user, typed)  # before the transaction: it takes its time
        with writing() as session:
            token = service.sign_in(session, utc_now(), user, right=right, code=form.values.get("code", ""))
        if token:
            answer = redirect(_safe_next(wanted), code=303)
            for path in _cookie_paths():
                answer.set_cookie(
                    COOKIE, token, path=path, httponly=True, secure=edge().config.secure, samesite="Strict"
                )
            return answer
        form.refuse("", service.WRONG, most=service.MOST_FAILURES, minutes=service.LOCKED_FOR // timedelta(minutes=1))
        return render_template("accounts/sign-in.html", form=form, next=wanted, ended=False), 422
    return render_template("accounts/sign-in.html", form=form, next=wanted, ended="ended" in request.args)


@bp.route("/desk/sign-out", methods=["POST"])
@signed_in
def sign_out() -> Response:
    """End this session."""
    with writing() as session:
        service.end_session(session, utc_now(), actor().person_id, actor().session_id)
    answer = redirect(url_for("home.find"), code=303)
    for path in _cookie_paths():
        answer.delete_cookie(COOKIE, path=path)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.route("/desk/account", methods=["GET", "POST"])
@signed_in
def account() -> str | tuple[str, int] | Response:
    """Show who I am here, my sessions, and change my password."""
    form, me = Form(request.form), reading().get(Person, actor().person_id)
    if me is None:
        abort(404)
    if request.method == "POST":
        try:
            before = me.password_hash
            kept = service.renewed(me, form.values.get("old", ""), form.values.get("new", ""))
            with writing() as session:
                person = session.get_one(Person, me.id)
                service.change_password(session, utc_now(), person, before, kept, actor().session_id)
        except Refused as refused:
            form.take(refused)
        else:
            return redirect(url_for("accounts.account"), code=303)
    roles = [(_(ROLE_NAMES[grant.role]), places.get(reading(), grant.place_id)) for grant in actor().grants]
    found = queries.sessions(reading(), me.id, utc_now())
    page = render_template(
        "accounts/account.html", me=me, roles=roles, sessions=found, form=form, current=actor().session_id
    )
    return page if form.ok else (page, 422)


@bp.route("/desk/account/end", methods=["POST"])
@signed_in
def end() -> Response:
    """End one of my sessions."""
    with writing() as session:
        service.end_session(session, utc_now(), actor().person_id, request.form.get("session", ""))
    return redirect(url_for("accounts.account"), code=303)


def _people_page(code: str, form: Form, fresh: dict[str, str] | None = None) -> str:
    place = place_of(code)
    below = places.below(reading(), place.path)
    today = local_day(utc_now())
    staff = queries.staff(reading(), place.path, today, asked("staff"))
    return render_template(
        "accounts/people.html",
        code=code,
        form=form,
        staff=Portion("staff", staff, queries.staff_count(reading(), place.path, today)),
        fresh=fresh,
        role_names={str(role): _(words) for role, words in ROLE_NAMES.items()},
        role_options=[(str(role), _(words)) for role, words in ROLE_NAMES.items()],
        place_options=[(one.code, name(one)) for one in below],
    )


@bp.route("/desk/<code>/people", methods=["GET", "POST"])
@needs(Permission.PEOPLE_MANAGE)
def people(code: str) -> str | tuple[str, int]:
    """List the people of a place and everything below; add one with a role and a password made here."""
    form = Form(request.form)
    if request.method == "GET":
        return _people_page(code, form)
    person_name = form.text("name", longest=40)
    user = form.text("user", longest=40).lower()
    role = form.choice("role", [str(role) for role in Role])
    if user and not USER.fullmatch(user):
        form.refuse("user", N_("Use three or more letters, digits or dashes."))
    held_at = place_of(form.values.get("place", ""))
    if held_at is None or not actor().may(Permission.PEOPLE_MANAGE, held_at.path):
        form.refuse("place", N_("Please choose one."))
    elif role and GRANTS[Role(role)][0] != held_at.kind:
        form.refuse("place", N_("This role is not held at such a place."))
    if not form.ok or held_at is None:
        return _people_page(code, form), 422
    password = _password()
    kept = service.hashed(password)  # before the transaction: it takes its time
    totp = pyotp.random_base32() if needs_second_factor(Role(role)) else ""
    try:
        with writing() as session:
            person = service.add_person(
                session,
                user=user,
                name=person_name,
                kept=kept,
                totp=totp,
                name_en=form.values.get("name_en", "").strip(),
            )
            service.give_role(session, utc_now(), person, Role(role), held_at)
    except Refused as refused:
        form.take(refused)
        return _people_page(code, form), 422
    return _people_page(code, Form({}), {"user": user, "password": password, "totp": totp})


def _password() -> str:
    """Return a first password: 4 groups of 4 easily told letters and digits (80 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


@bp.route("/desk/<code>/people/password", methods=["POST"])
@needs(Permission.PEOPLE_MANAGE)
def new_password(code: str) -> str:
    """Give somebody a new first password; all of that person's sessions end."""
    password = _password()
    kept = service.hashed(password)
    with writing() as session:
        person = session.get(Person, request.form.get("person", ""))
        if person is None or not _manages(session, person):
            abort(404)
        service.set_password(session, utc_now(), person, kept)
        user = person.user
    return _people_page(code, Form({}), {"user": user, "password": password, "totp": ""})


def _manages(session: object, person: Person) -> bool:
    held = queries.grants(session, person.id, local_day(utc_now()))  # type: ignore[arg-type]
    return all(actor().may(Permission.PEOPLE_MANAGE, grant.path) for grant in held)


@bp.route("/desk/<code>/people/end-role", methods=["POST"])
@needs(Permission.PEOPLE_MANAGE)
def end_role(code: str) -> Response | tuple[str, int]:
    """End a role today."""
    with writing() as session:
        posting = session.get(Posting, request.form.get("posting", ""))
        held_at = places.get(session, posting.place_id) if posting else None
        if posting is None or held_at is None or not actor().may(Permission.PEOPLE_MANAGE, held_at.path):
            abort(404)
        try:
            service.end_role(session, utc_now(), posting, held_at)
        except Refused as refused:
            form = Form({})
            form.take(refused)
            return _people_page(code, form), 422
    g.pop("places", None)
    return redirect(url_for("accounts.people", code=code), code=303)
