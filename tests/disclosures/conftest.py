"""A village with some public records, for the pages."""

from datetime import timedelta

import pytest

from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.disclosures.content import Content
from portal.disclosures.periods import Period
from tests.disclosures.book import DECIDED, HOUSEHOLDS, SPENT, open_book
from tests.factories.places import District


@pytest.fixture
def quarter() -> Period:
    """The last quarter that is over."""
    return Period.holding("quarter", local_day(utc_now())).previous()


@pytest.fixture
def ids(stores: Stores, district: District, quarter: Period) -> dict[str, str]:
    """Some public records of the first village: two quarters of spending, a list in notice, a decision."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = book.today - timedelta(days=365)
        session.add(book.village)
        old = book.forward(book.draft("V08", _spent(quarter.previous(), 3), quarter.previous().key))
        new = book.forward(book.draft("V08", _spent(quarter, 12), quarter.key))
        many = [{**HOUSEHOLDS[row % 3], "amount": f"{row}.00"} for row in range(1, 387)]
        listed = book.forward(book.draft("V19", Content(rows=many, event_date=book.today, title="耕地地力保护补贴")))
        said = {"title_text": "村规民约", "body": "第一条 垃圾不乱倒。\n第二条 不大办。", "adopted_on": "2026-03-01"}
        text = Content(said, decision=DECIDED)
        rules = book.forward(book.draft("V01", text))
        assembly = {"body": "修三组的路", "eligible": "50", "present": "46", "votes_for": "45", "votes_against": "1"}
        voted = book.forward(book.draft("V04", Content(assembly, event_date=book.today, decision=DECIDED)))
        return {"old": old.id, "new": new.id, "listed": listed.id, "rules": rules.id, "voted": voted.id}


def _spent(period: Period, number: int) -> Content:
    day = period.start.isoformat()
    return Content(rows=[{**SPENT, "date": day, "amount": f"{row}00.00"} for row in range(1, number + 1)])
