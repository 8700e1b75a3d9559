"""What is next in a review stands on the desk of whoever it waits for, and on the lists, as it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from portal.accounts.queries import actor_of
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.flags import appeals, review, waits
from portal.flags.tasks import tasks
from portal.home import queries as home
from portal.roles import Actor
from tests.factories.flags import open_case
from tests.factories.places import District
from tests.visitor import Official


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


def test_a_late_notice_is_no_late_decision(official: Callable[..., Official], stores: Stores, district: District,
                                           now: datetime) -> None:
    """Two decided in time and only the notice was late: no list says that the district has it; the next step is plain.

    What ran out is named by what became of it.
    """
    with time_machine.travel(now, tick=False):
        with stores.portal.write() as session:
            case = open_case(session, district, now)
            flag_id = case.flag.id
            [line] = tasks(stores, session, case.officer, now)
            assert (line.phrase, line.due) == ("Tell the secretary that a review is open",
                                               local_day(now) + timedelta(days=3))
            assert line.detail.startswith("Two people decided to open it")
        officer, page = official("town_discipline", "baisha"), f"/en/desk/baisha/flags/{flag_id}"
        officer.get(page)
        assert "Decided: a review is open. Next: tell the secretary" in officer.text
        assert 'href="#tell"' in officer.text
        officer.get("/en/desk/baisha/flags")
        assert "next: tell the secretary" in officer.text
    with time_machine.travel(now + timedelta(days=5), tick=False):
        with stores.portal.write() as session:
            waits.escalate(session, now + timedelta(days=5))
            case.session = session
            assert [line.phrase for line in tasks(stores, session, case.signer, now + timedelta(days=5))] == []
        officer = official("town_discipline", "baisha")
        for address in ("/en/desk/baisha/flags", page):
            officer.get(address)
            assert "the district has it" not in officer.text.split("What was done")[0]
        assert "tell the secretary: its day was over: the portal told the secretary itself" in officer.text
    with time_machine.travel(now + timedelta(days=32), tick=False):
        officer = official("town_discipline", "baisha")
        officer.get("/en/desk/baisha/flags")
        assert "not settled in time: the district has it" in officer.text
