"""Work that the clock asks for: each piece once a period, whoever runs it and however often.

A row is taken with a lease before the work and marked done after it, so that two machines, or a tick that was
killed, neither do a thing twice nor forget it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Field, Session, col, select

from portal.core.db import PortalTable, Stores, UTCDateTime

LEASE = timedelta(minutes=30)


class Job(PortalTable, table=True):
    """One piece of work in one period, such as `digests` in `2026-W48`."""

    __tablename__ = "job"

    name: str = Field(primary_key=True, max_length=40)
    period: str = Field(primary_key=True, max_length=20)
    lease_until: datetime = Field(sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


def run_once(stores: Stores, now: datetime, name: str, period: str, work: Callable[[], None]) -> bool:
    """Do a period's work unless it was done or is being done; tell whether it was done now."""
    with stores.portal.write() as session:
        job = session.get(Job, (name, period))
        if job is not None and (job.done_at is not None or job.lease_until > now):
            return False
        job = job or Job(name=name, period=period, lease_until=now + LEASE)
        job.lease_until = now + LEASE
        session.add(job)
    try:
        work()
    except BaseException:
        with stores.portal.write() as session:
            session.get_one(Job, (name, period)).lease_until = now  # the next tick may try at once
        raise
    with stores.portal.write() as session:
        session.get_one(Job, (name, period)).done_at = now
    return True


def last_done(session: Session, name: str) -> datetime | None:
    """Return when a piece of work was last done."""
    query = select(Job.done_at).where(Job.name == name, col(Job.done_at).is_not(None))
    return session.exec(query.order_by(col(Job.done_at).desc()).limit(1)).first()
