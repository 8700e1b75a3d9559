"""Weekly counts, weekly checks, flags and what was done with them. Nothing here is ever shown in public."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, Table, UniqueConstraint, event
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id

CAUSES = ("count", "facts", "overdue")
STATES = ("triage", "dismissed", "review", "closed")
OUTCOMES = ("unfounded", "educate", "rectify", "adjust", "transferred")
CALM = "calm"
"""The outcome of a triage that ended by itself: 26 quiet weeks."""
EVENT_KINDS = ("raised", "dismissed", "review", "closed", "calm", "escalated", "refused")


def _words(column: str, words: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(word) for word in words)})"


class WeekCount(PortalTable, table=True):
    """What one week brought in one village, as last counted (see `rules.Week`); ISO week `2026-W47`."""

    __tablename__ = "week_count"

    village_id: str = Field(foreign_key="place.id", primary_key=True, max_length=16)
    week: str = Field(primary_key=True, max_length=8)
    voice: int = 0
    serious_voice: int = 0
    confirmed: int = 0
    open_rest: int = 0
    open_received: int = 0
    particulars: int = 0


class WeeklyCheck(PortalTable, table=True):
    """One weekly check of one village. `check` is `sheet.Check` as plain values; `calm` is P(rate > usual)."""

    __tablename__ = "weekly_check"
    __table_args__ = (UniqueConstraint("village_id", "week"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    week: str = Field(max_length=8)
    rule_version: str = Field(max_length=20)
    values: dict[str, Any] = Field(sa_type=JSON)
    made_at: datetime = Field(sa_type=UTCDateTime)


class Flag(PortalTable, table=True):
    """A private look at a village. `key` says what raised it, so that nothing raises it twice.

    `due` is the day by which the town must decide (triage) or close (review). A flag without its sheet can't
    be stored: the database refuses it.
    """

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint(_words("cause", CAUSES), name="cause"),
        CheckConstraint(_words("state", STATES), name="state"),
        CheckConstraint(_words("outcome", ("", CALM, *OUTCOMES)), name="outcome"),
        CheckConstraint("length(cast(sheet as text)) > 100", name="sheet"),
        CheckConstraint("length(sheet_hash) = 64", name="sheet_hash"),
        CheckConstraint("state = 'triage' or outcome = 'calm' or (length(reasons) > 0 and decided_by <> second_by)",
                        name="two_people"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    key: str = Field(unique=True, max_length=80)
    cause: str = Field(max_length=10)
    level: str = Field(default="F1", max_length=2)
    state: str = Field(default="triage", index=True, max_length=10)
    opened: date
    due: date
    sheet: dict[str, Any] = Field(sa_type=JSON(none_as_null=True), nullable=False)
    sheet_hash: str = Field(max_length=64)
    reasons: str = Field(default="", max_length=4000)
    decided_by: str = Field(default="", max_length=16)
    second_by: str = Field(default="", max_length=16)
    decided_on: date | None = None
    outcome: str = Field(default="", max_length=12)
    outcome_reasons: str = Field(default="", max_length=4000)
    closed_by: str = Field(default="", max_length=16)
    closed_second_by: str = Field(default="", max_length=16)
    closed_on: date | None = None
    escalated_on: date | None = None


class FlagEvent(PortalTable, table=True):
    """One thing that happened to a flag, refused attempts included. Rows are only ever added."""

    __tablename__ = "flag_event"
    __table_args__ = (CheckConstraint(_words("kind", EVENT_KINDS), name="kind"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    flag_id: str = Field(foreign_key="flag.id", index=True, max_length=16)
    number: int
    kind: str = Field(max_length=10)
    person_id: str = Field(default="", max_length=16)
    at: datetime = Field(sa_type=UTCDateTime)


_REFUSALS = {
    "sqlite": "create trigger if not exists flag_event_no_{verb} before {verb} on flag_event "
              "begin select raise(abort, 'flag_event is append-only'); end",
    "postgresql": "create or replace rule flag_event_no_{verb} as on {verb} to flag_event do instead nothing",
}


def statements(dialect: str) -> list[str]:
    """Return what makes the database itself refuse to change or delete a note (`sqlite` or `postgresql`)."""
    return [_REFUSALS[dialect].format(verb=verb) for verb in ("update", "delete")]


@event.listens_for(FlagEvent.__table__, "after_create")  # type: ignore[attr-defined]
def _add_only(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
