"""People, their roles in places, and their sessions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id
from portal.roles import Role


class Person(PortalTable, table=True):
    """Somebody who signs in. `totp` is the secret of the one-time code (RFC 6238), "" until it is set up."""

    __tablename__ = "person"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    user: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=40)
    name_en: str = Field(default="", max_length=60)
    mail: str = Field(default="", max_length=120)
    password_hash: str = Field(default="", max_length=200)
    totp: str = Field(default="", max_length=40)
    totp_used: int = 0  # the last 30-second step whose code was taken: no code works twice
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    active: bool = True


class Posting(PortalTable, table=True):
    """A role that a person holds at a place from a day on, until a day or for good."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("role in (" + ", ".join(f"'{role}'" for role in Role) + ")", name="role"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    role: str = Field(max_length=24)
    since: date
    until: date | None = None


class DeskSession(PortalTable, table=True):
    """A session of somebody signed in; the cookie holds the token, the table only its hash."""

    __tablename__ = "desk_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    id: str = Field(default_factory=new_id, unique=True, max_length=16)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=16)
    began_at: datetime = Field(sa_type=UTCDateTime)
    seen_on: date
    ends_at: datetime = Field(sa_type=UTCDateTime)
    device: str = Field(default="", max_length=20)  # a word such as "phone"; never the browser's own name
