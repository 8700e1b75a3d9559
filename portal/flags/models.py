"""Weekly counts, weekly checks, flags and what was done with them. Nothing here is ever shown in public."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, Index, LargeBinary, Table, UniqueConstraint, event, text
from sqlmodel import Field

from portal.core.db import PortalTable, UTCDateTime
from portal.core.ids import new_id

CAUSES = ("count", "facts", "overdue", "target", "grade")
COUNTED = ("count", "facts")
"""The causes whose sheet is a count (`sheet.Sheet`); the others carry the one fact that opened them."""
STATES = ("triage", "dismissed", "review", "decided", "closed")
OUTCOMES = ("unfounded", "educate", "rectify", "adjust", "transferred")
"""How a review ends, the mildest first (the response ladder of `domain.md` 3.10)."""
STEPS = ("triage", "notice", "statement", "decision", "appeal", "answer", "reappraisal")
"""Each has a day by which it must be done; when that is over the clock acts (`waits`)."""
CHOICES = ("review", "dismiss")
"""What somebody may propose at the end of a triage."""
PAPER_BYTES = 5 * 1024 * 1024
VOICES = ("agree", "against")
"""What a member of a panel may say about the lead's proposal; two of the three carry it."""
PROPOSAL_STATES = ("waiting", "confirmed", "returned", "withdrawn", "lapsed")
CALM = "calm"
"""The outcome of a triage that ended by itself: 26 quiet weeks."""
EVENT_KINDS = (
    "raised", "suggested", "withdrawn", "sent_back", "lapsed", "dismissed", "review", "calm", "escalated", "refused",
    "notified", "extended", "stated", "paper", "named", "declared", "panel", "proposed", "agreed", "against",
    "outvoted", "returned", "decided", "final", "appealed", "answering", "answer_back", "answered", "reappraised",
    "after", "cleared", "published",
)


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
    serious_particulars: int = 0


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

    `due` is the day by which the step that waits must be done. `state` decided: the outcome stands and may still
    be appealed. `escalated_on`: when a day was last let pass. A flag without its sheet can't be stored: the
    database refuses it.
    """

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint(_words("cause", CAUSES), name="cause"),
        CheckConstraint(_words("state", STATES), name="state"),
        CheckConstraint(_words("outcome", ("", CALM, *OUTCOMES)), name="outcome"),
        CheckConstraint("length(cast(sheet as text)) > 100", name="sheet"),
        CheckConstraint("length(sheet_hash) = 64", name="sheet_hash"),
        CheckConstraint("state = 'triage' or outcome = 'calm' or (length(reasons) > 0 and length(decided_by) > 0 "
                        "and length(second_by) > 0 and decided_by <> second_by)", name="two_people"),
        CheckConstraint("outcome in ('', 'calm') or (length(outcome_reasons) > 0 and closed_by <> closed_second_by)",
                        name="two_close"),
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


class Proposal(PortalTable, table=True):
    """How one person would end a triage, until another one confirms it or sends it back. One waits at a time.

    `figures` is the digest over what both look at (`proposals.figures`): when it is another one, nobody confirms
    any more. `settled_by` is "" where the proposal lapsed by itself; `why` is what the second wrote to send it back.
    """

    __tablename__ = "flag_proposal"
    __table_args__ = (
        CheckConstraint(_words("choice", CHOICES), name="choice"),
        CheckConstraint(_words("state", PROPOSAL_STATES), name="state"),
        CheckConstraint("length(reasons) > 0 and length(figures) = 64", name="whole"),
        CheckConstraint("length(proposed_by) > 0 and length(second_by) > 0 and proposed_by <> second_by",
                        name="two_people"),
        CheckConstraint("state <> 'confirmed' or settled_by = second_by", name="confirmed_by"),
        CheckConstraint("state <> 'returned' or (settled_by = second_by and length(why) > 0)", name="returned_by"),
        CheckConstraint("state <> 'withdrawn' or settled_by = proposed_by", name="withdrawn_by"),
        Index("uq_flag_proposal_waiting", "flag_id", unique=True, sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    flag_id: str = Field(foreign_key="flag.id", index=True, max_length=16)
    choice: str = Field(max_length=7)
    reasons: str = Field(max_length=4000)
    figures: str = Field(max_length=64)
    proposed_by: str = Field(foreign_key="person.id", max_length=16)
    second_by: str = Field(foreign_key="person.id", index=True, max_length=16)
    proposed_at: datetime = Field(sa_type=UTCDateTime)
    state: str = Field(default="waiting", max_length=9)
    why: str = Field(default="", max_length=1000)
    settled_by: str = Field(default="", max_length=16)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class FlagEvent(PortalTable, table=True):
    """One thing that happened to a flag, refused attempts included. Rows are only ever added."""

    __tablename__ = "flag_event"
    __table_args__ = (CheckConstraint(_words("kind", EVENT_KINDS), name="kind"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    flag_id: str = Field(foreign_key="flag.id", index=True, max_length=16)
    number: int
    kind: str = Field(max_length=12)
    step: str = Field(default="", max_length=12)
    person_id: str = Field(default="", max_length=16)
    at: datetime = Field(sa_type=UTCDateTime)


class Review(PortalTable, table=True):
    """What became of a flag once a review was open: notice, statement, decision, appeal. One row a flag.

    `subject_id` is the person whom it is about ("" where the post was vacant). `kinds` are [kind, reports] as
    the secretary was told. `additions` are what was added to the statement later: [ISO day, words]. `outcome`
    to `proposed_on` are the panel's proposal; once the district signs, the flag itself carries the outcome.
    `returned_why` is what the panel should look at again. `milder` is what an appeal changed the outcome to
    ("" where it stayed); until `answered_on` the answer waits for its second person, and `answer_why` is why an
    earlier one was sent back. `passed` is how the re-appraisal ended by the rule of its day; `after` is what the
    district lets follow where it failed.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint(_words("outcome", ("", *OUTCOMES)), name="outcome"),
        CheckConstraint(_words("milder", ("", *OUTCOMES)), name="milder"),
        CheckConstraint("answered_on is null or (length(answered_by) > 0 and answered_by <> answered_second)",
                        name="two_answer"),
        CheckConstraint("share between -1 and 100", name="share"),
    )

    flag_id: str = Field(primary_key=True, foreign_key="flag.id", max_length=16)
    subject_id: str = Field(default="", index=True, max_length=16)
    notice_by: date
    notified_on: date | None = None
    notified_by: str = Field(default="", max_length=16)
    kinds: list[list[Any]] = Field(default_factory=list, sa_type=JSON)
    statement_by: date | None = None
    extended_on: date | None = None
    statement: str = Field(default="", max_length=4000)
    stated_on: date | None = None
    additions: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    silent_on: date | None = None
    decide_by: date
    outcome: str = Field(default="", max_length=12)
    outcome_reasons: str = Field(default="", max_length=4000)
    months: int = 0
    rectify_by: date | None = None
    proposed_by: str = Field(default="", max_length=16)
    proposed_on: date | None = None
    returned_why: str = Field(default="", max_length=1000)
    appeal_by: date | None = None
    appeal: str = Field(default="", max_length=4000)
    appealed_on: date | None = None
    answer_by: date | None = None
    appeal_answer: str = Field(default="", max_length=4000)
    milder: str = Field(default="", max_length=12)
    answered_by: str = Field(default="", max_length=16)
    answered_second: str = Field(default="", max_length=16)
    answered_on: date | None = None
    answer_why: str = Field(default="", max_length=1000)
    reappraise_by: date | None = None
    share: int = -1
    reappraised_on: date | None = None
    passed: bool | None = None
    after: str = Field(default="", max_length=4000)
    after_by: str = Field(default="", max_length=16)
    after_on: date | None = None


class PanelMember(PortalTable, table=True):
    """One of the three who decide a review. One leads; at least one holds an office of the district.

    `says` is this person's voice about the proposal that waits ("" while there is none), `words` why not.
    """

    __tablename__ = "review_panel"
    __table_args__ = (CheckConstraint(_words("says", ("", *VOICES)), name="says"),)

    flag_id: str = Field(primary_key=True, foreign_key="flag.id", max_length=16)
    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=16)
    leads: bool = False
    from_district: bool = False
    says: str = Field(default="", max_length=7)
    words: str = Field(default="", max_length=1000)


class ReviewPaper(PortalTable, table=True):
    """A document that the person under review handed in: a picture (re-encoded) or a PDF."""

    __tablename__ = "review_paper"
    __table_args__ = (
        CheckConstraint(_words("kind", ("jpeg", "pdf")), name="kind"),
        CheckConstraint(f"size <= {PAPER_BYTES}", name="size"),
        UniqueConstraint("flag_id", "number"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    flag_id: str = Field(foreign_key="flag.id", index=True, max_length=16)
    number: int
    name: str = Field(max_length=80)
    kind: str = Field(max_length=4)
    size: int
    content: bytes = Field(sa_type=LargeBinary)
    added_on: date


class Conflict(PortalTable, table=True):
    """Somebody who may not touch a flag: by the person's own word (`own`), or named by the secretary (`named`)."""

    __tablename__ = "review_conflict"
    __table_args__ = (CheckConstraint("kind in ('own', 'named')", name="kind"),)

    flag_id: str = Field(primary_key=True, foreign_key="flag.id", max_length=16)
    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=16)
    kind: str = Field(max_length=5)
    words: str = Field(default="", max_length=300)
    noted_on: date


class StepOut(PortalTable, table=True):
    """That the clock of a step ran out: written once, however often the clocks run. An extension lifts nothing."""

    __tablename__ = "flag_step_out"
    __table_args__ = (CheckConstraint(_words("step", STEPS), name="step"),)

    flag_id: str = Field(primary_key=True, foreign_key="flag.id", max_length=16)
    step: str = Field(primary_key=True, max_length=12)
    on: date = Field(sa_column_kwargs={"name": "on_day"})


class Clearing(PortalTable, table=True):
    """That a review found nothing. It goes where the review went; in public only if the secretary wishes it.

    Its id is no flag's id, so that the public page leads back to nothing. `wish`: None until the secretary says.
    """

    __tablename__ = "clearing"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    flag_id: str = Field(unique=True, foreign_key="flag.id", max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    subject_id: str = Field(default="", index=True, max_length=16)
    words: str = Field(max_length=1000)
    made_on: date
    wish: bool | None = None
    published_on: date | None = None


class SilentVillage(PortalTable, table=True):
    """That a village has been so quiet that the district should send somebody. A visit, never a suspicion.

    `cause`: reports (none in 26 weeks where some were likely) or slips (few voice slips were drawn).
    """

    __tablename__ = "silent_village"
    __table_args__ = (CheckConstraint("cause in ('reports', 'slips')", name="cause"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    cause: str = Field(max_length=8)
    since: date
    visited_on: date | None = None
    visited_by: str = Field(default="", max_length=16)
    found: str = Field(default="", max_length=1000)


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
