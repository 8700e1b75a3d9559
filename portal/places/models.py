"""Places and their settings."""

from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id

KINDS = ("district", "town", "village")


class Place(PortalTable, table=True):
    """A district, a town or a village. `path` is `/district/town/village/`, made of ids."""

    __tablename__ = "place"
    __table_args__ = (CheckConstraint("kind in ('district', 'town', 'village')", name="kind"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    kind: str = Field(max_length=8)
    code: str = Field(unique=True, max_length=12)
    short: str = Field(unique=True, max_length=20)
    name: str = Field(max_length=40)
    name_en: str = Field(default="", max_length=60)
    initials: str = Field(default="", max_length=20)
    parent_id: str | None = Field(default=None, foreign_key="place.id", index=True)
    path: str = Field(index=True, max_length=60)
    unit: str = Field(max_length=16)
    adults: int = 0
    people: int = 0
    households: int = 0
    phone: str = Field(default="", max_length=30)
    opened_on: date
    version: int = 0
    above: Optional["Place"] = Relationship(
        # Loaded with the place itself: a village's page always names its town.
        sa_relationship_kwargs={"lazy": "joined", "join_depth": 1, "remote_side": "Place.id", "viewonly": True}
    )


class PlaceSetting(PortalTable, table=True):
    """One value of one setting at one place from one day on. Older values stay: nothing is retroactive."""

    __tablename__ = "place_setting"
    __table_args__ = (UniqueConstraint("place_id", "key", "valid_from"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    key: str = Field(max_length=60)
    value: Any = Field(sa_type=JSON)
    valid_from: date
    changed_by: str | None = Field(default=None, max_length=16)
    reason: str = Field(default="", max_length=300)
    changed_at: datetime = Field(sa_type=UTCDateTime)
