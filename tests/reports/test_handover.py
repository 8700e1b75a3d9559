"""An officer leaves: what that person knows opens nothing any more, as soon as a colleague can open it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts import service as accounts
from portal.accounts.models import Posting
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import clocks, keys, queries
from portal.roles import Role
from tests.conftest import NOW
from tests.reports.conftest import Offices


def leave(stores: Stores, offices: Offices, short: str) -> str:
    """Let the discipline officer of an office leave today; return whose copy it is."""
    person_id = offices.actor(short).person_id
    with stores.portal.write() as session:
        posting = session.exec(select(Posting).where(Posting.person_id == person_id)).one()
        accounts.end_role(session, NOW, posting, offices.district[short])
    return person_id


def test_a_copy_goes_with_its_officer_once_a_colleague_has_one(stores: Stores, offices: Offices) -> None:
    """Whoever left and comes by a copy of the store finds none that the old words open; the successor's opens it.

    Fault seen: the copy lay there until the key was renewed, up to a year later.
    """
    town = offices.district["qingxi"]
    with stores.portal.write() as session:
        key = queries.active_key(session, town.id)
        old = keys.tried(session, offices.actor("qingxi"), town, offices.passphrases["qingxi"])
        successor = accounts.add_person(session, user="successor", name="许新", name_en="Xu", kept="x")
        accounts.give_role(session, NOW, successor, Role.TOWN_DISCIPLINE, town)
        successor_id, key_id = successor.id, key.id
    gone = leave(stores, offices, "qingxi")
    clocks.tick(stores, NOW)
    with stores.portal.read() as session:
        assert queries.copy_holders(session, key_id) == {gone}, "the last copy stays"
    with stores.portal.write() as session:
        keys.wrap_for(session, old.private, key_id, successor_id, keys.fresh())
    clocks.tick(stores, NOW + timedelta(minutes=10))
    with stores.portal.read() as session:
        assert queries.copy_holders(session, key_id) == {successor_id}
        with pytest.raises(Refused, match="no copy"):
            keys.tried(session, offices.actor("qingxi"), town, offices.passphrases["qingxi"])


def test_a_role_that_ended_ends_once(stores: Stores, offices: Offices) -> None:
    """An old page, or a second press days later, does not move the day on which somebody's office ended."""
    person_id = leave(stores, offices, "qingxi")
    with stores.portal.write() as session:
        posting = session.exec(select(Posting).where(Posting.person_id == person_id)).one()
        ended = posting.until
        accounts.end_role(session, NOW + timedelta(days=30), posting, offices.district["qingxi"])
        assert posting.until == ended
