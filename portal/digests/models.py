"""The digests that were made, as they were made: an old week reads as it did on its Monday."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id


class Digest(PortalTable, table=True):
    """One town's digest of one ISO week (`2026-W47`, the week that was over), or the district's of a month (`2026-10`).

    `body`: see `queries.gather` and `month.gather`.
    """

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("place_id", "week"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    week: str = Field(max_length=8)
    made_at: datetime = Field(sa_type=UTCDateTime)
    body: dict[str, Any] = Field(sa_type=JSON)
    mail_text: str
    sent: bool = False
