"""The vault's tables: reports, their sealed words, what an office noted; and in `portal` the offices' wrapped keys.

The vault knows only ISO weeks, never a moment. Its rows have random keys and (on SQLite) no rowid, so that no
table tells in which order reports came.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime, VaultTable
from portal.core.ids import new_id

STATES = ("received", "looked", "accepted", "closed")
CHANNELS = ("voice", "open", "paper")
OUTCOMES = ("founded", "partly", "unfounded", "not_ours", "unread")
WITHOUT_ROWID = {"sqlite_with_rowid": False}


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    return CheckConstraint(f"{column} in (" + ", ".join(f"'{value}'" for value in values) + ")", name=name)


class Report(VaultTable, table=True):
    """One report: what the statistics need, and nothing that tells who, when exactly, or from where.

    `lookup` is SHA-256 of half of Argon2id(receipt); `reporter_pub` seals what is written back. `to_town` is
    false where people of the town are involved. `awaiting` says whose turn it is: "reporter", "office" or "".
    `escalated` names the clock that ran out. `commit_hash` binds the sealed copies as they were filed, and
    `retry_tag` tells a form that was sent twice from one that was changed and sent again.
    `released` is false until the batch in which the offices get it (a yes or no: when, is kept nowhere).
    `erased` says that the words are gone (`retention`), and `cluster`, once the sketch is gone, of which report this
    one is a near-duplicate (itself, mostly).
    `rated`: what the reporter thinks of the result, 1 to 3, and 0 before that; offices see `rated_shown`, which
    follows with the batch. `reopened`: the reporter asked for a second look, once; clocks run from `reopened_week`.
    `reviewed`: the reporter asked the district to decide in the town's place, once; from then on it alone does.
    `followed` and `asked_again` count the times that the reporter has told, and an office has asked, whether
    anybody took revenge.
    `offline`: its words are sealed to keys that never touch this machine; what the reporter adds goes the same way.
    `lost_week`: since when no key opens its words any more; no clock runs until the reporter has told them again, and
    then from `reopened_week`.
    """

    __tablename__ = "report"
    __table_args__ = (
        _one_of("state", STATES, "state"), _one_of("channel", CHANNELS, "channel"),
        _one_of("outcome", ("", *OUTCOMES), "outcome"), _one_of("awaiting", ("", "reporter", "office"), "awaiting"),
        CheckConstraint("severity between 0 and 5", name="severity"), UniqueConstraint("lookup"),
        WITHOUT_ROWID,
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(index=True, max_length=16)
    lookup: bytes = Field(sa_type=LargeBinary)
    reporter_pub: bytes = Field(sa_type=LargeBinary)
    week: str = Field(index=True, max_length=8)
    category: str = Field(max_length=12)
    severity: int
    channel: str = Field(max_length=5)
    state: str = Field(default="received", max_length=8)
    released: bool = False
    to_town: bool = True
    awaiting: str = Field(default="", max_length=8)
    escalated: str = Field(default="", max_length=10)
    outcome: str = Field(default="", max_length=9)
    looked_week: str = Field(default="", max_length=8)
    accepted_week: str = Field(default="", max_length=8)
    extended_week: str = Field(default="", max_length=8)
    closed_week: str = Field(default="", max_length=8)
    closed_by: str = Field(default="", max_length=16)
    rated: int = 0
    rated_shown: int = 0
    reopened: bool = False
    reopened_week: str = Field(default="", max_length=8)
    reviewed: bool = False
    followed: int = 0
    asked_again: int = 0
    erased: bool = False
    offline: bool = False
    lost_week: str = Field(default="", max_length=8)
    cluster: str = Field(default="", max_length=16)
    commit_hash: bytes = Field(sa_type=LargeBinary)
    retry_tag: bytes = Field(sa_type=LargeBinary)


class Message(VaultTable, table=True):
    """One message of a case, in the order of the talk; number 0 is the report itself. The words are in `report_body`.

    `direction` is "in" (from the reporter) or "out" (from `place_id`, an office). `kind`: report, addition, reply,
    note, question, extended, result, reopened, review (by the district), told (once more, after a key was lost);
    about revenge: followup (asked), quiet, again. Offices see what is `released`, the reporter sees all. `to_town` is
    false where the words concern people of the town: it has no copy, and gets none later.
    """

    __tablename__ = "message"
    __table_args__ = (
        _one_of("direction", ("in", "out"), "direction"), UniqueConstraint("report_id", "tag"), WITHOUT_ROWID,
    )

    report_id: str = Field(primary_key=True, max_length=16, foreign_key="report.id")
    number: int = Field(primary_key=True)
    direction: str = Field(max_length=3)
    kind: str = Field(max_length=9)
    place_id: str = Field(default="", max_length=16)
    week: str = Field(max_length=8)
    released: bool = True
    to_town: bool = True
    tag: bytes | None = Field(default=None, sa_type=LargeBinary)


class ReportBody(VaultTable, table=True):
    """One sealed copy of one part of a message: part 0 is the text, the others are photos.

    `reader` is "town", "district" or "reporter"; `key_id` names the office key that opens it ("" for the reporter).
    """

    __tablename__ = "report_body"
    __table_args__ = (
        _one_of("reader", ("town", "district", "reporter"), "reader"),
        ForeignKeyConstraint(["report_id", "number"], ["message.report_id", "message.number"]),
        WITHOUT_ROWID,
    )

    report_id: str = Field(primary_key=True, max_length=16)
    number: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    reader: str = Field(primary_key=True, max_length=8)
    key_id: str = Field(default="", max_length=16)
    sealed: bytes = Field(sa_type=LargeBinary)


class TextSketch(VaultTable, table=True):
    """The keyed sketch of a report's words: tells pasted copies apart without the words. `week` says when it goes."""

    __tablename__ = "text_sketch"
    __table_args__ = (WITHOUT_ROWID,)

    report_id: str = Field(primary_key=True, max_length=16, foreign_key="report.id")
    week: str = Field(max_length=8)
    sketch: bytes = Field(sa_type=LargeBinary)


class Particular(VaultTable, table=True):
    """A fact of a report that can be checked in the books or on the spot, found by one officer.

    It counts for a review only once a second person of another office found the same (`second_by`).
    """

    __tablename__ = "particular"
    __table_args__ = (UniqueConstraint("report_id", "kind"), WITHOUT_ROWID)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    report_id: str = Field(index=True, max_length=16, foreign_key="report.id")
    kind: str = Field(max_length=10)
    week: str = Field(max_length=8)
    found_by: str = Field(max_length=16)
    found_at: str = Field(max_length=16)
    second_by: str = Field(default="", max_length=16)
    second_at: str = Field(default="", max_length=16)
    second_week: str = Field(default="", max_length=8)


class Recusal(VaultTable, table=True):
    """That a person must not open a case: "named" in its words, or "declared" by the person.

    "waits": named in words that wait for their batch; until then nothing changes for anybody.
    """

    __tablename__ = "recusal"
    __table_args__ = (_one_of("why", ("waits", "named", "declared"), "why"), WITHOUT_ROWID)

    report_id: str = Field(primary_key=True, max_length=16, foreign_key="report.id")
    person_id: str = Field(primary_key=True, max_length=16)
    why: str = Field(max_length=8)


class ReceiptPace(VaultTable, table=True):
    """When the next guess at a receipt may be looked at, for the whole portal. Only wrong receipts move it."""

    __tablename__ = "receipt_pace"

    id: int = Field(default=1, primary_key=True)
    next_at: float = 0.0


class OfficeKey(PortalTable, table=True):
    """The public half of an office's desk key. A key is retired by a newer one and stays until its cases close.

    `held`: the private half of a retired key, sealed to the key `next_id` that took its place; None once it was
    destroyed (`destroyed_on`) or lost (`lost_on`).
    `drilled_on`: when somebody last tried that it still opens what is sealed to it.
    `offline`: a key for the gravest reports, of which the portal has the public half alone (`offline`).
    """

    __tablename__ = "office_key"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    public: bytes = Field(sa_type=LargeBinary)
    created_on: date
    retired_on: date | None = None
    next_id: str = Field(default="", index=True, max_length=16)
    held: bytes | None = Field(default=None, sa_type=LargeBinary)
    destroyed_on: date | None = None
    lost_on: date | None = None
    drilled_on: date | None = None
    offline: bool = False


class KeyLoss(PortalTable, table=True):
    """That somebody of an office says that nobody can open a key any more; a second person confirms it.

    A row goes when it is taken back, or when the key is opened after all.
    """

    __tablename__ = "office_key_loss"

    key_id: str = Field(foreign_key="office_key.id", primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    said_by: str = Field(foreign_key="person.id", max_length=16)
    said_on: date
    confirmed_by: str = Field(default="", max_length=16)
    confirmed_on: date | None = None


class OfficeKeyCopy(PortalTable, table=True):
    """The private half, wrapped for one officer under that officer's own passphrase (Argon2id, 64 MiB)."""

    __tablename__ = "office_key_copy"

    key_id: str = Field(foreign_key="office_key.id", primary_key=True, max_length=16)
    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=16)
    salt: bytes = Field(sa_type=LargeBinary)
    wrapped: bytes = Field(sa_type=LargeBinary)


class Unlocked(PortalTable, table=True):
    """A private half while somebody works with it: sealed under a key that only that person's cookie holds."""

    __tablename__ = "unlock"

    session_id: str = Field(primary_key=True, max_length=16)
    key_id: str = Field(foreign_key="office_key.id", max_length=16)
    person_id: str = Field(foreign_key="person.id", max_length=16)
    blob: bytes = Field(sa_type=LargeBinary)
    why: str = Field(default="", max_length=8)
    until: datetime = Field(sa_type=UTCDateTime)


class Opening(PortalTable, table=True):
    """Who unlocked an office's key (`report_id` empty) or opened a case, on which day and why. The district lists it.

    `kind`: opened, or what else was done with a key or a case (rules.DEEDS). `why`: what the person said when the key
    was unlocked (rules.WHYS); "" for what needs no key.
    """

    __tablename__ = "report_opening"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    report_id: str | None = Field(default=None, index=True, max_length=16)
    day: date
    kind: str = Field(default="opened", max_length=8)
    why: str = Field(default="", max_length=8)


class Request(PortalTable, table=True):
    """What an office asks a village to see to: a neutral summary in the officer's own words, and the clerk's answer.

    The village sees the summary, never the report. `report_id` leads the office back to the case. Since `published_on`
    summary and answer stand on the village's page, where they help others with the same question.
    """

    __tablename__ = "report_request"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    place_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    office_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    report_id: str = Field(index=True, max_length=16)
    summary: str = Field(max_length=500)
    asked_on: date
    due: date
    answer: str = Field(default="", max_length=1000)
    answered_on: date | None = None
    answered_by: str = Field(default="", max_length=16)
    published_on: date | None = Field(default=None, index=True)


class ReportWeek(PortalTable, table=True):
    """That a town's week stands in the log: written once, however often the clocks run."""

    __tablename__ = "report_week"

    place_id: str = Field(foreign_key="place.id", primary_key=True, max_length=16)
    week: str = Field(primary_key=True, max_length=8)


class ReportBatch(PortalTable, table=True):
    """The last batch that was handed over for a town: the moment that its setting names, not when anything came."""

    __tablename__ = "report_batch"

    place_id: str = Field(foreign_key="place.id", primary_key=True, max_length=16)
    batch: datetime = Field(sa_type=UTCDateTime)


class ReportErasure(PortalTable, table=True):
    """How many closed cases of a town's villages were erased on a day: the district can list it."""

    __tablename__ = "report_erasure"

    place_id: str = Field(foreign_key="place.id", primary_key=True, max_length=16)
    day: date = Field(primary_key=True)
    cases: int = 0
