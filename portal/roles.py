"""Who may do what, where. One row a role; a permission held at a place holds for every place below it.

Village roles hold no verb on reports, ballots or flags: whoever may be the subject is never the actor
(`flags.md`, immunity). The secretary alone answers a review of the secretary.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.core.words import N_


class Permission(StrEnum):
    """An act, written `subject:act`."""

    DESK_USE = "desk:use"
    RECORD_READ = "record:read"  # drafts and their way to publication
    RECORD_DRAFT = "record:draft"
    RECORD_CHECK = "record:check"
    RECORD_APPROVE = "record:approve"
    OBJECTION_DECIDE = "objection:decide"
    PROMISE_WRITE = "promise:write"
    PROMISE_REVIEW = "promise:review"
    REPORT_READ = "report:read"
    SLIP_ISSUE = "slip:issue"
    ROUND_READ = "round:read"
    ROUND_MANAGE = "round:manage"
    ROUND_WATCH = "round:watch"  # the district: who tells that slips are collected, and ringing after the vote
    COUNT_WITNESS = "count:witness"  # for the other two bodies that signed a count, each for itself
    FLAG_READ = "flag:read"
    FLAG_DECIDE = "flag:decide"
    FLAG_CONFIRM = "flag:confirm"  # as the second person, about the one flag of which the first asks
    REVIEW_ANSWER = "review:answer"  # the secretary, about a review of the secretary alone
    REVIEW_SIGN = "review:sign"  # the district stands behind what the town's panel decides, and decides appeals
    DIGEST_READ = "digest:read"
    POSTER_PRINT = "poster:print"
    PLACE_OVERSEE = "place:oversee"
    SETTING_CHANGE = "setting:change"  # the settings of one's own kind of place, and villages' yearly numbers
    PEOPLE_MANAGE = "people:manage"


P = Permission


class Role(StrEnum):
    """A post that a person holds at a place."""

    VILLAGE_CLERK = "village_clerk"
    SECRETARY = "secretary"
    SUPERVISION = "supervision"
    TOWN_OFFICE = "town_office"
    TOWN_DISCIPLINE = "town_discipline"
    DISTRICT_ORGANISATION = "district_organisation"
    DISTRICT_FINANCE = "district_finance"
    DISTRICT_DISCIPLINE = "district_discipline"
    OPERATOR = "operator"


ROLE_NAMES = {
    Role.VILLAGE_CLERK: N_("village clerk"),
    Role.SECRETARY: N_("party branch secretary"),
    Role.SUPERVISION: N_("village supervision committee"),
    Role.TOWN_OFFICE: N_("town office"),
    Role.TOWN_DISCIPLINE: N_("town discipline officer"),
    Role.DISTRICT_ORGANISATION: N_("district organisation department"),
    Role.DISTRICT_FINANCE: N_("district finance bureau"),
    Role.DISTRICT_DISCIPLINE: N_("district discipline commission"),
    Role.OPERATOR: N_("operator"),
}

# The kind of place at which a role is held, and what it may do there and below.
GRANTS: dict[Role, tuple[str, frozenset[Permission]]] = {
    Role.VILLAGE_CLERK: ("village", frozenset({P.DESK_USE, P.RECORD_READ, P.RECORD_DRAFT, P.POSTER_PRINT})),
    Role.SECRETARY: (
        "village",
        frozenset({P.DESK_USE, P.RECORD_READ, P.RECORD_APPROVE, P.PROMISE_WRITE, P.POSTER_PRINT, P.REVIEW_ANSWER}),
    ),
    Role.SUPERVISION: ("village", frozenset({P.DESK_USE, P.RECORD_READ, P.RECORD_CHECK, P.OBJECTION_DECIDE,
                   P.COUNT_WITNESS})),
    Role.TOWN_OFFICE: (
        "town",
        frozenset({P.DESK_USE, P.RECORD_READ, P.PROMISE_REVIEW, P.SLIP_ISSUE, P.ROUND_READ, P.ROUND_MANAGE,
                   P.FLAG_CONFIRM, P.DIGEST_READ, P.POSTER_PRINT, P.PLACE_OVERSEE, P.SETTING_CHANGE}),
    ),
    Role.TOWN_DISCIPLINE: (
        "town",
        frozenset({P.DESK_USE, P.RECORD_READ, P.REPORT_READ, P.ROUND_READ, P.FLAG_READ, P.FLAG_DECIDE,
                   P.FLAG_CONFIRM, P.DIGEST_READ, P.PLACE_OVERSEE}),
    ),
    Role.DISTRICT_ORGANISATION: (
        "district",
        frozenset({P.DESK_USE, P.RECORD_READ, P.ROUND_READ, P.ROUND_WATCH, P.COUNT_WITNESS, P.DIGEST_READ,
                   P.PLACE_OVERSEE, P.SETTING_CHANGE}),
    ),
    Role.DISTRICT_FINANCE: ("district", frozenset({P.DESK_USE, P.RECORD_READ, P.PLACE_OVERSEE})),
    Role.DISTRICT_DISCIPLINE: (
        "district",
        frozenset({P.DESK_USE, P.RECORD_READ, P.REPORT_READ, P.ROUND_READ, P.ROUND_WATCH, P.COUNT_WITNESS,
                   P.FLAG_READ,                    P.FLAG_CONFIRM, P.REVIEW_SIGN, P.DIGEST_READ, P.PLACE_OVERSEE}),
    ),
    Role.OPERATOR: ("district", frozenset({P.DESK_USE, P.PEOPLE_MANAGE})),
}


@dataclass(frozen=True)
class Grant:
    """A role held at a place. `path` names the place and everything above it: `/district/town/village/`."""

    role: Role
    place_id: str
    path: str
    code: str = ""
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Actor:
    """Who is asking: a person who signed in, with the roles held today.

    `villages` (by id): where this person holds or ever held a post, as one of the village's own people.
    """

    person_id: str
    name: str
    name_en: str
    session_id: str
    grants: tuple[Grant, ...]
    villages: frozenset[str] = frozenset()

    def may(self, permission: Permission, path: str) -> bool:
        """Tell whether this person holds `permission` at the place with this path."""
        return any(
            permission in GRANTS[grant.role][1] and path.startswith(grant.path) for grant in self.grants
        )

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """Return the places (as paths) at and below which this person holds `permission`."""
        return tuple(grant.path for grant in self.grants if permission in GRANTS[grant.role][1])

    def has(self, *roles: Role) -> bool:
        """Tell whether this person holds one of these roles anywhere."""
        return any(grant.role in roles for grant in self.grants)


def needs_second_factor(role: Role) -> bool:
    """Tell whether this role signs in with a one-time code too: everyone above the village."""
    return GRANTS[role][0] != "village"
