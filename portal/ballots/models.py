"""Rounds, their count sheets and what may be shown of them; in `booth` only sealed ballots and the round's doors."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portal.core.db import BoothTable, PortalTable, UTCDateTime
from portal.core.ids import new_id

STATES = ("draft", "frozen", "open", "closed", "counted", "published", "void")


class Round(PortalTable, table=True):
    """One appraisal of one secretary. From `frozen` on, everything that decides the result stands still.

    `sizes` counts who is entitled, by electorate; `rules` is what was frozen (see rules.frozen), `rules_hash`
    its SHA-256; `box_pub` the box's public key (hex). `grade` is the composite grade, or `void`, for the town's file;
    `told` is what is said of it in public (see auditor.FORMS); `sheet_commit` commits to the exact count sheet,
    which is not kept here. `ring_secret` and `closing` (hex) decide who is rung (see `ring`): the secret's hash is
    among the rules, `closing` is the hash of the log's entry number `closing_entry`, of the close. `rerun`: it
    repeats a round of the same year to which too few came. `published_entry` is the log's entry of the publication (see
    plan.reason). `talk`: so many villagers said “not” that a talk follows; `talk_told`: the page may say so.
    `void_reason`: why the town declared it void, in public.
    `urn_erased_on`: since then nothing is left of its urn. `consequence`: what follows from the result.
    """

    __tablename__ = "appraisal_round"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'frozen', 'open', 'closed', 'counted', 'published', 'void')", name="state"),
        CheckConstraint("plan in ('A', 'B')", name="plan"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    village_id: str = Field(foreign_key="place.id", index=True, max_length=16)
    year: int
    subject_id: str = Field(foreign_key="person.id", max_length=16)
    subject_since: date | None = None
    state: str = Field(default="draft", max_length=10, index=True)
    opens_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)
    sizes: dict[str, int] = Field(sa_type=JSON)
    plan: str = Field(default="A", max_length=1)
    box_pub: str = Field(max_length=64)
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rules_hash: str = Field(default="", max_length=64)
    urn_hash: str = Field(default="", max_length=64)
    sheet_commit: str = Field(default="", max_length=64)
    result_hash: str = Field(default="", max_length=64)
    grade: str = Field(default="", max_length=10)
    told: str = Field(default="", max_length=10)
    talk: bool = False
    talk_told: bool = False
    by_hand: bool = False
    void_reason: str = Field(default="", max_length=300)
    voided_on: date | None = None
    rerun: bool = False
    ring_secret: str = Field(default="", max_length=64)
    closing: str = Field(default="", max_length=64)
    closing_entry: int | None = None
    explanation: str = Field(default="", max_length=300)
    created_by: str | None = Field(default=None, max_length=16)
    published_on: date | None = None
    published_entry: int | None = None
    urn_erased_on: date | None = None
    consequence: str = Field(default="", max_length=10)
    consequence_reason: str = Field(default="", max_length=300)
    consequence_on: date | None = None


class CountSheet(PortalTable, table=True):
    """The papers of one electorate, from printing to counting. Never by day, hamlet, age or channel.

    `voided` counts the slips that were killed by their stubs; they are among the spoiled ones. `remote` were taken to
    people at home, `remote_most` is how many may be. `twins` are the control cards in the locked box (None: there was
    none), `twin_over` how many of them say an answer that fewer ballots say. `used_before`: slips that had been used
    when their owners came; `envelopes`: paper ballots in double envelopes of people who lost slip and stub, dropped
    into the box of cards: at most so many may have voted twice.
    """

    __tablename__ = "count_sheet"

    round_id: str = Field(primary_key=True, foreign_key="appraisal_round.id", max_length=16)
    electorate: str = Field(primary_key=True, max_length=16)
    eligible: int
    printed: int
    issued: int = 0
    spoiled: int = 0
    voided: int = 0
    returned: int = 0
    remote: int = 0
    remote_most: int = 0
    twins: int | None = None
    twin_over: int = 0
    used_before: int = 0
    envelopes: int = 0
    spent: int
    counted: int = 0
    signers: str = Field(default="", max_length=120)


class CountWitness(PortalTable, table=True):
    """What one of the two other bodies said of a round's newest count: that it is the one it signed, or why not."""

    __tablename__ = "count_witness"
    __table_args__ = (CheckConstraint("body in ('supervision', 'district')", name="body"),
                      CheckConstraint("fits or reason <> ''", name="reason"))

    round_id: str = Field(primary_key=True, foreign_key="appraisal_round.id", max_length=16)
    body: str = Field(primary_key=True, max_length=12)
    person_id: str = Field(foreign_key="person.id", max_length=16)
    fits: bool
    reason: str = Field(default="", max_length=300)
    said_on: date


class HomeVisit(PortalTable, table=True):
    """One visit to people at home by two officials, `town` and `committee`: slips taken, and given to voters.

    `given` is None while the team is out; what it did not give it brought back sealed. Nothing tells whom it visited,
    where or when; `number` is the order in which the teams were noted.
    """

    __tablename__ = "home_visit"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    round_id: str = Field(foreign_key="appraisal_round.id", index=True, max_length=16)
    number: int
    electorate: str = Field(max_length=16)
    town: str = Field(max_length=40)
    committee: str = Field(max_length=40)
    taken: int
    given: int | None = None


class RingAnswers(PortalTable, table=True):
    """What those said whom the district rang after a vote, as counts and nothing else; whoever is rung has no row.

    `called` were drawn, `answered` of them took the call. Asked was: did you get your own slip, did you fill it in
    yourself. Who took no slip, or would say neither yes nor no, is in neither count.
    """

    __tablename__ = "ring_answers"

    round_id: str = Field(primary_key=True, foreign_key="appraisal_round.id", max_length=16)
    called: int
    answered: int
    own_yes: int
    own_no: int
    self_yes: int
    self_no: int


class Tally(PortalTable, table=True):
    """One shown line of a result, as the publication plan allows and no finer; never one row a ballot.

    `options` are the answers that stand in this line together, joined by `+`. `bound` says whether `percent` is
    exact (rounded), or the least or most that it may be.
    """

    __tablename__ = "tally"
    __table_args__ = (CheckConstraint("bound in ('exact', 'at_least', 'at_most')", name="bound"),)

    round_id: str = Field(primary_key=True, foreign_key="appraisal_round.id", max_length=16)
    electorate: str = Field(primary_key=True, max_length=16)
    question: str = Field(primary_key=True, max_length=16)
    position: int = Field(primary_key=True)
    options: str = Field(max_length=80)
    percent: int
    high: int
    bound: str = Field(default="exact", max_length=8)


class RoundState(BoothTable, table=True):
    """What the booth must know of a round to take a ballot or refuse it, decided under the booth's own lock."""

    __tablename__ = "round_state"
    __table_args__ = (CheckConstraint("state in ('open', 'closed', 'void')", name="state"),)

    id: str = Field(primary_key=True, max_length=16)
    state: str = Field(default="open", max_length=6)
    box_pub: str = Field(max_length=64)
    min_batch: int
    opens_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)


class PoolBallot(BoothTable, table=True):
    """A sealed ballot waiting for its batch. Its key is the ciphertext, which is random: no order, no link."""

    __tablename__ = "pool"
    __table_args__ = ({"sqlite_with_rowid": False},)  # no index: it never holds more than a few hundred rows

    sealed: bytes = Field(primary_key=True)
    round_id: str = Field(max_length=16)
    electorate: str = Field(max_length=16)
