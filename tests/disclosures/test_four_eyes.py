"""Whoever had a hand in a record neither checks nor approves it, whoever touched it last."""

from datetime import datetime

import pytest

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.disclosures import service as books
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.periods import Period
from portal.roles import Actor, Grant, Role
from tests.disclosures.book import WATER, open_book
from tests.factories.places import District
from tests.reports.conftest import picture


@pytest.mark.parametrize("hand", ["drafted", "attached"])
def test_a_colleague_s_touch_washes_nobody_clean(hand: str, stores: Stores, district: District, now: datetime) -> None:
    """Drafted by one and amended by another, or drafted by one and a file hung on by another: neither checks it."""
    with stores.portal.write() as session:
        book = open_book(session, district, now)
        place = book.village
        both = Actor(book.checker.person_id, "", "", "", tuple(
            Grant(role, place.id, place.path) for role in (Role.VILLAGE_CLERK, Role.SUPERVISION)))
        item, period, content = catalogue().by_code("V34"), Period.parse("2026-Q3"), Content(rows=[dict(WATER)])
        if hand == "drafted":
            record = books.draft(session, both, now, place, item, period, content)
            books.amend(session, book.clerk, now, place, record, content)
        else:
            record = books.draft(session, book.clerk, now, place, item, period, content)
            books.attach(session, both, now, place, record, "a.jpg", picture())
        books.submit(session, book.clerk, now, place, record)
        with pytest.raises(Refused, match="wrote this down yourself"):
            books.check(session, both, now, place, record)
