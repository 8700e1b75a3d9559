"""Promises, their versions, the reports of progress with their photos, and the town's checks. Rows only come."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id


class Promise(PortalTable, table=True):
    """A promise of a village's secretary for a year. What it says stands in its versions."""

    __tablename__ = "promise"
    __table_args__ = (UniqueConstraint("place_id", "year", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", max_length=16)
    year: int
    number: int
    made_at: datetime = Field(sa_type=UTCDateTime)


class PromiseVersion(PortalTable, table=True):
    """One wording of a promise. The first counts at once, a later one when the town approves its reason."""

    __tablename__ = "promise_version"
    __table_args__ = (
        UniqueConstraint("promise_id", "number"),
        CheckConstraint("state in ('published', 'proposed', 'refused')", name="state"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    promise_id: str = Field(foreign_key="promise.id", max_length=16)
    number: int
    title: str = Field(max_length=40)
    words: str = Field(max_length=400)
    target: str = Field(default="", max_length=14)
    unit: str = Field(default="", max_length=10)
    by_day: date
    reason: str = Field(default="", max_length=300)
    state: str = Field(max_length=10)
    made_at: datetime = Field(sa_type=UTCDateTime)
    made_by: str = Field(max_length=16)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    decided_by: str | None = Field(default=None, max_length=16)
    decision: str = Field(default="", max_length=300)
    content: str = Field(max_length=64)


class PromiseProgress(PortalTable, table=True):
    """One report on a promise: how many per cent are done, and why not more where it is behind."""

    __tablename__ = "promise_progress"
    __table_args__ = (
        UniqueConstraint("promise_id", "number"),
        CheckConstraint("state in ('on_track', 'behind', 'done')", name="state"),
        CheckConstraint("percent between 0 and 100", name="percent"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    promise_id: str = Field(foreign_key="promise.id", max_length=16)
    number: int
    percent: int
    state: str = Field(max_length=10)
    words: str = Field(default="", max_length=300)
    explanation: str = Field(default="", max_length=300)
    day: date
    made_at: datetime = Field(sa_type=UTCDateTime)
    made_by: str = Field(max_length=16)
    content: str = Field(max_length=64)


class PromisePhoto(PortalTable, table=True):
    """A photo as evidence: cleaned of everything but the picture, and a small copy. `digest` is its SHA-256."""

    __tablename__ = "promise_photo"
    __table_args__ = (UniqueConstraint("progress_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    progress_id: str = Field(foreign_key="promise_progress.id", max_length=16)
    promise_id: str = Field(foreign_key="promise.id", index=True, max_length=16)
    number: int
    width: int
    height: int
    bytes_count: int
    digest: str = Field(max_length=64)
    body: bytes
    small: bytes


class PromiseCheck(PortalTable, table=True):
    """What the town found when it looked at a promise in the middle of the year."""

    __tablename__ = "promise_check"
    __table_args__ = (
        UniqueConstraint("promise_id", "number"),
        CheckConstraint("outcome in ('on_track', 'late', 'at_risk')", name="outcome"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    promise_id: str = Field(foreign_key="promise.id", max_length=16)
    number: int
    outcome: str = Field(max_length=10)
    note: str = Field(default="", max_length=300)
    day: date
    made_at: datetime = Field(sa_type=UTCDateTime)
    made_by: str = Field(max_length=16)
    content: str = Field(max_length=64)
