"""Where each endpoint stands in the desk's navigation, by the permission that opens it."""

from flask import url_for
from flask_babel import gettext as _

from portal.core.words import N_
from portal.places import queries as places
from portal.roles import Permission
from portal.web.edge import reading
from portal.web.filters import name
from portal.web.guards import current_actor

# words, endpoint, permission, the kind of place that it is opened at (None: wherever it is held)
LINKS: tuple[tuple[str, str, Permission, str | None], ...] = (
    (N_("Calendar"), "disclosures.calendar", Permission.RECORD_READ, "village"),
    (N_("Promises"), "promises.desk", Permission.PROMISE_WRITE, "village"),
    (N_("Villages"), "home.villages", Permission.PLACE_OVERSEE, None),
    (N_("Reports"), "reports.inbox", Permission.REPORT_READ, None),
    (N_("Reviews"), "flags.listing", Permission.FLAG_READ, None),
    (N_("Appraisal"), "ballots.rounds", Permission.ROUND_READ, None),
    (N_("Digest"), "digests.weekly", Permission.DIGEST_READ, None),
    (N_("Paper"), "posters.menu", Permission.POSTER_PRINT, None),
    (N_("People"), "accounts.people", Permission.PEOPLE_MANAGE, None),
)


def desk_links() -> list[tuple[str, str]]:
    """Return the links of whoever is signed in: (words, address). One query, none for nobody."""
    person = current_actor()
    if person is None:
        return []
    held = places.by_ids(reading(), {grant.place_id for grant in person.grants})
    links: list[tuple[str, str]] = []
    for words, endpoint, permission, kind in LINKS:
        for path in person.paths(permission):
            place = next(one for one in held if one.path == path)
            if kind is None or place.kind == kind:
                links.append((_(words), url_for(endpoint, code=place.code)))
                break
    for place in held:
        if place.kind == "village":
            links.append((_("What villagers see"), url_for("home.village", code=place.code)))
    who = ", ".join(dict.fromkeys(name(place) for place in held))
    label = f"{who} · {name(person)}" if who else name(person)
    return [*links, (label, url_for("accounts.account"))]
