"""The log's tables. Triggers refuse to change entries (see `ddl`); paper and witnesses do the rest."""

from datetime import date

from sqlmodel import Field

from portal.core.db import PortalTable
from portal.log import ddl


class LogEntry(PortalTable, table=True):
    """One entry of a unit's log (a town's, or the district's). Holds no name, number or free text."""

    __tablename__ = "log_entry"

    unit: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True)
    kind: str = Field(max_length=40)
    day: date
    payload_commit: bytes
    prev_hash: bytes
    entry_hash: bytes


class LogPayload(PortalTable, table=True):
    """The facts behind an entry and the salt of its commitment; may be erased, the entry stays."""

    __tablename__ = "log_payload"

    unit: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True)
    salt: bytes
    body: bytes


ddl.guard_tables(PortalTable.metadata.tables["log_entry"], PortalTable.metadata.tables["log_payload"])
