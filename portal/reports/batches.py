"""Handing over in batches: at each moment of the setting everything that waits reaches the offices, all at once."""

from collections.abc import Collection
from datetime import datetime

from portal.core.db import Stores
from portal.places.models import Place
from portal.reports import moments, rules, service
from portal.reports.models import ReportBatch


def run(stores: Stores, now: datetime, town: Place, village_ids: Collection[str], periods: rules.Periods) -> bool:
    """Hand over what waits if a batch has come since the last one; tell whether it had.

    What is kept is the batch's own moment, known to everybody beforehand, and never when something arrived.
    """
    batch = moments.last(periods.release, now)
    with stores.portal.read() as session:
        done = session.get(ReportBatch, town.id)
    if done is not None and done.batch >= batch:
        return False
    with stores.vault.write() as vault:
        service.release(vault, village_ids)
    with stores.portal.write() as session:
        row = session.get(ReportBatch, town.id) or ReportBatch(place_id=town.id, batch=batch)
        row.batch = batch
        session.add(row)
    return True
