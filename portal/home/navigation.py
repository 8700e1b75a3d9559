"""Where each endpoint stands in the desk's navigation, by the permission that opens it."""

from flask import url_for
from flask_babel import gettext as _

from portal.core.words import N_
from portal.roles import GRANTS, Permission
from portal.web.filters import name
from portal.web.guards import current_actor

# words, endpoint, permission, the kind of place that it is opened at (None: wherever it is held)
LINKS: tuple[tuple[str, str, Permission, str | None], ...] = (
    (N_("Calendar"), "disclosures.calendar", Permission.RECORD_READ, "village"),
    (N_("Promises"), "promises.desk", Permission.PROMISE_WRITE, "village"),
    (N_("Review"), "flags.review_of", Permission.REVIEW_ANSWER, "village"),
    (N_("Villages to visit"), "flags.visits", Permission.REVIEW_SIGN, "district"),
    (N_("Villages"), "home.villages", Permission.PLACE_OVERSEE, None),
    (N_("Reports"), "reports.inbox", Permission.REPORT_READ, None),
    (N_("Reviews"), "flags.listing", Permission.FLAG_READ, None),
    (N_("Appraisal"), "ballots.rounds", Permission.ROUND_READ, None),
    (N_("Digest"), "digests.weekly", Permission.DIGEST_READ, None),
    (N_("Paper"), "posters.menu", Permission.POSTER_PRINT, None),
    (N_("Settings"), "settings.listing", Permission.PLACE_OVERSEE, None),
    (N_("People"), "accounts.people", Permission.PEOPLE_MANAGE, None),
)


def desk_links() -> list[tuple[str, str]]:
    """Return the links of whoever is signed in: (words, address). None for nobody."""
    person = current_actor()
    if person is None:
        return []
    links: list[tuple[str, str]] = []
    for words, endpoint, permission, kind in LINKS:
        for grant in person.grants:
            held_at, held = GRANTS[grant.role]
            if permission in held and kind in {None, held_at}:
                links.append((_(words), url_for(endpoint, code=grant.code)))
                break
    villages = {grant.code for grant in person.grants if GRANTS[grant.role][0] == "village"}
    links += [(_("What villagers see"), url_for("home.village", code=code)) for code in sorted(villages)]
    who = ", ".join(dict.fromkeys(name(grant) for grant in person.grants))
    return [*links, (f"{who} · {name(person)}" if who else name(person), url_for("accounts.account"))]
