"""A district to stand in: two towns, five villages, one person in every role."""

from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlmodel import Session

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.places import service as places
from portal.places.models import Place
from portal.roles import GRANTS, Role

PASSWORD = "correct horse battery"


@dataclass
class District:
    """The places by their short codes, and the people by (role, short code)."""

    places: dict[str, Place] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)

    def __getitem__(self, short: str) -> Place:
        """Return a place: district, qingxi, baisha, liuhe, shiqiao, dongling, nanwan, xinglin."""
        return self.places[short]

    def person(self, role: str, place: str | None = None) -> Person:
        """Return who holds a role; the first place of its kind unless one is named."""
        first = {"village": "liuhe", "town": "qingxi", "district": "district"}[GRANTS[Role(role)][0]]
        return self.people[role, place or first]


VILLAGES = (
    ("liuhe", "柳河村", "Liuhe", "qingxi", 1486),
    ("shiqiao", "石桥村", "Shiqiao", "qingxi", 620),
    ("dongling", "东岭村", "Dongling", "qingxi", 240),
    ("nanwan", "南湾村", "Nanwan", "baisha", 910),
    ("xinglin", "杏林村", "Xinglin", "baisha", 1500),
)


def make_district(session: Session, now: datetime) -> District:
    """Make the district through the services, as `portal init` would."""
    made = District()
    root = places.create(
        session,
        now,
        parent=None,
        kind="district",
        code="990101",
        short="district",
        name="安平区",
        name_en="Anping District",
    )
    made.places["district"] = root
    for number, (short, name, name_en) in enumerate(
        (("qingxi", "清溪镇", "Qingxi"), ("baisha", "白沙镇", "Baisha")), 1
    ):
        made.places[short] = places.create(
            session, now, parent=root, kind="town", code=f"99010110{number}", short=short, name=name, name_en=name_en
        )
    for number, (short, name, name_en, town, adults) in enumerate(VILLAGES, 1):
        made.places[short] = places.create(
            session,
            now,
            parent=made.places[town],
            kind="village",
            code=f"9901011002{number:02d}",
            short=short,
            name=name,
            name_en=name_en,
            adults=adults,
            people=adults + 300,
            households=adults // 3,
        )
    for role, (kind, _) in GRANTS.items():
        for short, place in made.places.items():
            if place.kind == kind:
                user = f"{role}-{short}"
                person = accounts.add_person(
                    session,
                    user=user,
                    name=f"周{short[:2]}",
                    name_en=f"Zhou {short}",
                    kept=accounts.hashed(PASSWORD),
                    totp=pyotp.random_base32() if kind != "village" else "",
                )
                accounts.give_role(session, now, person, role, place)
                made.people[str(role), short] = person
    return made
