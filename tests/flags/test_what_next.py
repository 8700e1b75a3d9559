"""What is next in a review stands on the desk of whoever it waits for, and on the lists, as it is."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from portal.accounts.queries import actor_of
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.flags import appeals, review
from portal.flags.tasks import tasks
from portal.home import queries as home
from portal.roles import Actor
from tests.factories.flags import open_case
from tests.factories.places import District


def _lines(stores: Stores, session: Session, who: Actor, now: datetime) -> list[tuple[str, bool]]:
    return [(line.phrase, line.waiting) for line in tasks(stores, session, who, now)]


def test_the_secretary_sees_what_waits_and_for_whom(stores: Stores, district: District, now: datetime) -> None:
    """From the notice on: answer it; then it waits for others; then the decision; then the answer to the appeal."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        assert _lines(stores, session, case.secretary, now) == []
        case.notify()
        [line] = tasks(stores, session, case.secretary, now)
        assert (line.phrase, line.waiting) == ("Answer the review of your work", False)
        assert line.due == local_day(now) + timedelta(days=15)
        late = now + timedelta(days=16)
        assert _lines(stores, session, case.secretary, late) == [("The review of your work", True)]
        review.state(session, case.secretary, now, case.flag, "单据在柜子里。")
        assert _lines(stores, session, case.secretary, now) == [("The review of your work", True)]
        case.name().propose("adjust").agree().sign()
        assert _lines(stores, session, case.secretary, now) == [
            ("The review of your work is decided: read it", False)]
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        assert _lines(stores, session, case.secretary, now) == [("The district answers your appeal", True)]


def test_it_stands_before_everything_else(stores: Stores, district: District, now: datetime,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """A promise that is late does not come before the days in which the secretary may be heard."""
    promise = Task(phrase="x", act="x", endpoint="x", place="x", due=local_day(now) - timedelta(days=9))
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify()
        person = district.person("secretary", "nanwan")
        monkeypatch.setattr(home, "SOURCES", (lambda *_any: [promise], tasks))
        found = home.tasks(stores, session, actor_of(session, person, local_day(now)), now)
    assert [line.phrase for line in found] == ["Answer the review of your work", "x"]
    assert case.flag.state == "review"
