"""An office's key at the desk: making it, handing out copies, opening and closing it."""

from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.languages import LANGUAGES
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import keys, losses, queries, renewal, rules
from portal.reports.views.blueprint import bp
from portal.roles import GRANTS, Permission
from portal.web.edge import edge, place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

COOKIE = "unlock"
NOT_YET = N_("Both are needed: the town’s new key, and the district’s key open.")
MINUTE = 60


def _paths() -> list[str]:
    return [("/" + language.path if language.path else "") + "/desk" for language in LANGUAGES]


def set_cookie(response: Response, held: str, minutes: int) -> None:
    """Give the browser what opens the key, for the desk's pages in every language."""
    for path in _paths():
        response.set_cookie(COOKIE, held, max_age=minutes * MINUTE, path=path, secure=edge().config.secure,
                            httponly=True, samesite="Strict")


def clear_cookie(response: Response) -> None:
    """Take the cookie back."""
    for path in _paths():
        response.delete_cookie(COOKIE, path=path, secure=edge().config.secure, httponly=True, samesite="Strict")


def held_key(office: Place) -> keys.Open | None:
    """Return the key that this person has open, if it is this office's."""
    if "held_key" not in g:
        g.held_key = keys.opened(reading(), utc_now(), actor(), request.cookies.get(COOKIE, ""))
    opened: keys.Open | None = g.held_key
    return opened if opened and opened.place_id == office.id else None


def office_at(code: str) -> Place:
    return queries.office_of(reading(), actor(), place_of(code))


def back_from_key(code: str) -> str:
    """Return where a key form was sent from: a case, one of the pages of keys, or the inbox."""
    case, page, town = (request.form.get(name, "") for name in ("case", "page", "town"))
    if case.isalnum():
        return url_for("reports.case", code=code, report_id=case)
    if page == "lost" and town.isalnum():
        return url_for("reports.lost_key", code=town)
    pages = {"key": "reports.office_key", "offline": "reports.offline_key"}
    return url_for(pages.get(page, "reports.inbox"), code=code)


@bp.route("/desk/<code>/reports/lock", methods=["POST"])
@needs(Permission.REPORT_READ)
def lock(code: str) -> AnyResponse:
    """Close the office's key at once."""
    with writing() as session:
        keys.lock(session, actor().session_id)
    response = make_response(redirect(back_from_key(code), code=303))
    clear_cookie(response)
    return response


@bp.route("/desk/<code>/office-key", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def office_key(code: str) -> Any:
    """Make the office's key, a new one each year, or a colleague's copy; the words are shown once, by this answer."""
    office, form = office_at(code), Form(request.form.to_dict())
    if request.method == "GET":
        return key_page(code, office, form)
    if form.values.get("act") == "drill":
        return _drill(code, office, form)
    try:
        words, person = _make(form, office)
    except Refused as refused:
        form.take(refused)
        return key_page(code, office, form), 422
    return render_template("reports/desk/passphrase.html", code=code, office=office, person=person,
                           words=keys.meaning(words), mine=person.id == actor().person_id)


def _drill(code: str, office: Place, form: Form) -> Any:
    """Try that the key still opens what is sealed to it."""
    opened = held_key(office)
    try:
        with writing() as session:
            keys.drill(session, utc_now(), actor(), office, opened)
    except Refused as refused:
        form.take(refused)
        return key_page(code, office, form), 422
    return redirect(url_for("reports.office_key", code=code), code=303)


def _make(form: Form, office: Place) -> tuple[str, Any]:
    """Make what the form asks for; return the passphrase and whose it is. Raises Refused."""
    person_id = form.values.get("person") or actor().person_id
    person = people.names(reading(), {person_id}).get(person_id)
    if person is None or person_id not in {each.id for each in _officers(office)}:
        abort(400)
    opened = held_key(office)
    act = form.values.get("act")
    if act == "copy" and opened is None:
        raise Refused(keys.OPEN_FIRST)
    new = keys.fresh()  # before the transaction: it takes its time
    with writing() as session:
        if act == "copy" and opened is not None:
            return keys.wrap_for(session, opened.private, opened.key_id, person_id, new), person
        if act == "renew":
            return renewal.rotate(session, utc_now(), actor(), office, opened, new), person
        return keys.make_key(session, utc_now(), office, actor().person_id, new), person


def _officers(office: Place) -> list[Any]:
    """Return the people who may have a copy: those who hold such a role at this very office."""
    roles = [role for role, (_, granted) in GRANTS.items() if Permission.REPORT_READ in granted]
    session, today = reading(), local_day(utc_now())
    return [person for role in roles for person in people.holders(session, office.id, role, today)]


def key_page(code: str, office: Place, form: Form) -> str:
    """Return the page of an office's key, with what was typed on it."""
    session = reading()
    key = queries.active_key(session, office.id)
    holders = queries.copy_holders(session, key.id) if key else set()
    return render_template(
        "reports/desk/key.html", code=code, office=office, form=form, key=key, opened=held_key(office),
        has_copy=actor().person_id in holders, me=actor().person_id,
        officers=[(person, person.id in holders) for person in _officers(office)],
        drill_due=bool(key and rules.drill_is_due(key.drilled_on or key.created_on, local_day(utc_now()))),
        old=bool(key and rules.key_is_old(key.created_on, local_day(utc_now()))),
        towns=[town for town in places.children(session, office) if town.kind == "town"],
    )


@bp.route("/desk/<code>/office-key/lost", methods=["GET", "POST"])
@needs(Permission.REPORT_READ)
def lost_key(code: str) -> Any:
    """Let the district declare a town's key lost, and seal its own copies anew for the key that the town then makes."""
    town: Place = place_of(code)
    office = office_at(code)
    if town.kind != "town" or office.kind != "district":
        abort(404)
    form, done = Form(request.form.to_dict()), None
    if request.method == "POST":
        try:
            done = _help(form, office, town)
        except Refused as refused:
            form.take(refused)
    page = lost_page(town, office, form, done)
    return (page, 422) if form.errors else page


def lost_page(town: Place, office: Place, form: Form, done: renewal.Resealed | None = None) -> str:
    """Return the page on which the district helps a town that has lost its key; `done`: what was sealed anew."""
    session = reading()
    key = queries.active_key(session, office.id)
    return render_template(
        "reports/desk/lost.html", code=town.code, town=town, office=office, form=form, done=done, key=key,
        opened=held_key(office), has_copy=bool(key and queries.has_copy(session, key.id, actor().person_id)),
        town_key=queries.active_key(session, town.id),
    )


def mark_unreadable(office: Place) -> int:
    """Let the cases stand still that no key opens any more; return how many. `portal tick` does the same."""
    session = reading()
    lost, villages = queries.lost_keys(session), places.villages(session, office.path)
    with edge().stores.vault.write() as vault:
        return losses.mark(vault, utc_now(), [village.id for village in villages], lost)


def _help(form: Form, office: Place, town: Place) -> renewal.Resealed | None:
    """Do what the form asks: declare the key lost (None), or seal anew. Raises Refused."""
    if form.choice("act", ("lose", "reseal")) == "lose":
        key = queries.active_key(reading(), town.id)
        if key is not None and form.values.get("key") != key.id:  # an old page must not lose the new key
            raise Refused(N_("The town has another key since you opened this page. Look again."))
        with writing() as session:
            renewal.lose(session, utc_now(), actor(), town)
        mark_unreadable(town)
        return None
    opened, session = held_key(office), reading()
    town_key = queries.active_key(session, town.id)
    if opened is None or town_key is None or not form.ok:
        raise Refused(NOT_YET)
    halves, usable = renewal.ring(session, opened), queries.usable_keys(session, town.id)
    villages = [village.id for village in places.villages(session, town.path)]
    with edge().stores.vault.write() as vault:
        done = renewal.reseal(vault, halves, town_key, usable, villages)
    with writing() as session:
        keys.note(session, utc_now(), actor(), town.id, kind="resealed")
    return done
