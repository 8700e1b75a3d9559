"""What a village makes public: records with their versions, who did what, attachments, objections, notices.

A record has a public life (`RECORD_STATES`); each of its versions has a way to it (`VERSION_STATES`). Nothing
is deleted: a correction is a new version, and the older ones stay to be seen.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id

RECORD_STATES = ("draft", "published", "effective", "archived")
VERSION_STATES = ("draft", "submitted", "returned", "checked", "published")
OBJECTION_STATES = ("open", "upheld", "rejected")
SUMMARY_LONGEST = 60
TITLE_LONGEST = 60
PICTURE_BYTES = 2 * 1024 * 1024
PDF_BYTES = 5 * 1024 * 1024


def _one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} in ({', '.join(repr(one) for one in allowed)})", name=column)


class Record(PortalTable, table=True):
    """One thing made public: an item of the catalogue for a period or an event.

    `slot` is what there may be only one of in a village and item: the period's key, or the record's own id
    where the item knows no periods. `published` means in notice (公示); `shown` is the number of the version
    that the public sees (0: none yet), `latest` the newest, `steps` counts what was done to it. `mend`: an
    objection was right, and until a corrected version stands the record does not take effect.
    """

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("village_id", "item_code", "slot"),
        _one_of("state", RECORD_STATES),
        CheckConstraint("shown >= 0 and shown <= latest", name="shown"),
        CheckConstraint("(state = 'draft') = (shown = 0)", name="state_shown"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    item_code: str = Field(max_length=3)
    slot: str = Field(max_length=20)
    period_key: str = Field(default="", max_length=10)
    state: str = Field(default="draft", max_length=10, index=True)
    shown: int = 0
    latest: int = 1
    steps: int = 0
    mend: bool = False
    due_on: date | None = None
    notice_end: date | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    first_published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RecordVersion(PortalTable, table=True):
    """What a record says, and who answers for it.

    `values` (figures and texts) and each of `rows` are canonical texts by field key (see `reading.Row`).
    `members` are lines for party members only (M4) and never shown in public. `totals` are the sums in fen by
    field, `decision` who decided it (body, day, eligible, present, votes_for, votes_against).
    `nothing` says that nothing of the kind happened in the period. `found` is what a search looks through:
    never more than the public may see for good. `content_hash` is salted, so that a hidden letter of a name
    cannot be guessed from it.
    """

    __tablename__ = "record_version"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        _one_of("state", VERSION_STATES),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(f"length(summary) <= {SUMMARY_LONGEST}", name="summary"),
        CheckConstraint("number = 1 or reason <> ''", name="reason"),
        CheckConstraint("(state = 'published') = (published_at is not null)", name="published"),
        CheckConstraint("checked_by is null or checked_by <> drafted_by", name="four_eyes"),
        CheckConstraint("notice_end is null or notice_end >= notice_start", name="notice"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    record_id: str = Field(foreign_key="record.id", index=True, max_length=16)
    number: int
    state: str = Field(default="draft", max_length=10, index=True)
    title: str = Field(default="", max_length=TITLE_LONGEST)
    summary: str = Field(default="", max_length=SUMMARY_LONGEST)
    values: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rows: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    members: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    totals: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    decision: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    row_count: int = 0
    amount_fen: int | None = None
    nothing: bool = Field(default=False, sa_column_kwargs={"name": "is_nothing"})  # NOTHING is a word of SQL
    event_date: date | None = None
    reason: str = Field(default="", max_length=300)
    found: str = Field(default="")
    drafted_by: str = Field(max_length=16)
    drafted_at: datetime = Field(sa_type=UTCDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    checked_by: str | None = Field(default=None, max_length=16)
    checked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    approved_by: str | None = Field(default=None, max_length=16)
    published_by: str | None = Field(default=None, max_length=16)
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    content_hash: str = Field(default="", max_length=64)
    salt: str = Field(default="", max_length=32)
    notice_start: date | None = None
    notice_end: date | None = None
    answer_days: int = 5


class RecordStep(PortalTable, table=True):
    """One act on a version: who, when, with which remark. Only ever added."""

    __tablename__ = "record_step"
    __table_args__ = (UniqueConstraint("record_id", "place_in_order"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    record_id: str = Field(foreign_key="record.id", index=True, max_length=16)
    place_in_order: int
    number: int
    act: str = Field(max_length=12)
    person_id: str | None = Field(default=None, max_length=16)
    moment: datetime = Field(sa_type=UTCDateTime)
    remark: str = Field(default="", max_length=300)


class Attachment(PortalTable, table=True):
    """A picture (re-encoded, without what the camera wrote into it) or a PDF, from version `number` on.

    `gone` is the first version without it. Taken off the very version that it was hung on, it has no row any more.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        _one_of("kind", ("jpeg", "pdf")),
        CheckConstraint(f"size <= {PDF_BYTES}", name="size"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    record_id: str = Field(foreign_key="record.id", index=True, max_length=16)
    number: int
    gone: int | None = None
    name: str = Field(max_length=80)
    kind: str = Field(max_length=4)
    size: int
    digest: str = Field(max_length=64)
    content: bytes = Field(sa_type=LargeBinary)


class Objection(PortalTable, table=True):
    """What somebody finds wrong with a record: no name, only the day. `key` makes a second tap harmless."""

    __tablename__ = "objection"
    __table_args__ = (
        _one_of("state", OBJECTION_STATES),
        CheckConstraint("(state = 'open') = (decided_on is null)", name="decided"),
        CheckConstraint("state = 'open' or decision <> ''", name="reasons"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    record_id: str = Field(foreign_key="record.id", index=True, max_length=16)
    number: int
    key: str = Field(unique=True, max_length=32)
    text: str = Field(max_length=1000)
    day: date
    answer_by: date
    state: str = Field(default="open", max_length=8, index=True)
    decision: str = Field(default="", max_length=500)
    decided_by: str | None = Field(default=None, max_length=16)
    decided_on: date | None = None


class DueNotice(PortalTable, table=True):
    """The town was told that something is missing. `closed_on`: the day on which it was made public."""

    __tablename__ = "due_notice"
    __table_args__ = (UniqueConstraint("village_id", "item_code", "slot", "stage"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    item_code: str = Field(max_length=3)
    slot: str = Field(max_length=20)
    stage: int
    due_on: date
    noticed_on: date
    flagged_on: date | None = None
    closed_on: date | None = None


class Upload(PortalTable, table=True):
    """A table on its way in, kept for a day at most: sheets as read, with every personal number taken out.

    `marks` are the cells ("sheet,row,column", from 0) whose personal number was taken out, with its kind;
    `mapping` which column is what, as its sender chose it.
    """

    __tablename__ = "upload"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", max_length=16)
    record_id: str | None = Field(default=None, max_length=16)
    item_code: str = Field(max_length=3)
    period_key: str = Field(default="", max_length=10)
    event_date: date | None = None
    name: str = Field(default="", max_length=120)
    sheets: list[Any] = Field(default_factory=list, sa_type=JSON)
    marks: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    header_row: int | None = None
    made_at: datetime = Field(sa_type=UTCDateTime, index=True)
