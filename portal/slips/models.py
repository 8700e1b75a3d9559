"""What the store `booth` keeps of slips: keyed hashes and whether they were used. No name, no moment, no address.

None of these tables has a row id: SQLite would number the rows in the order of writing. No index holds a state, and
a row is as long after its slip was used as before (`peppers.blank`): SQLite then writes over it where it lies. A row
that grows, or an index entry that moves, lies behind all that lay there before, and tells which slip was used last.
"""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from portal.core.db import BoothTable

STATES = "state in ('issued', 'spent', 'void')"


class Credential(BoothTable, table=True):
    """A ballot slip: HMAC-SHA-256 of its digits under its round's pepper, and for which vote it is good."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        Index("ix_credential_round_id", "round_id", "electorate"),
        {"sqlite_with_rowid": False},
    )

    cred_hash: bytes = Field(primary_key=True)
    round_id: str = Field(max_length=16)
    electorate: str = Field(max_length=16)
    state: str = Field(default="issued", max_length=6)
    retry_tag: bytes


class VoidCode(BoothTable, table=True):
    """The stub of a ballot slip: HMAC-SHA-256 of its digits, and which slip it can void while that is unspent."""

    __tablename__ = "void_code"
    __table_args__ = ({"sqlite_with_rowid": False},)

    void_hash: bytes = Field(primary_key=True)
    cred_hash: bytes


class VoiceSlip(BoothTable, table=True):
    """A voice slip in one quarter. The four lists of a year have four peppers: none can be matched with another."""

    __tablename__ = "voice_slip"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        Index("ix_voice_slip_village_id", "village_id", "quarter"),
        {"sqlite_with_rowid": False},
    )

    keyed_hash: bytes = Field(primary_key=True)
    village_id: str = Field(max_length=16)
    quarter: str = Field(max_length=7)
    state: str = Field(default="issued", max_length=6)
    retry_tag: bytes
