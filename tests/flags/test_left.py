"""Nobody is left without an answer: a panel and a signature spare the people whom an appeal needs."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session, select

from portal.accounts.models import Posting
from portal.accounts.queries import actor_of
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import appeals, ending, left, panel, queries
from portal.flags.models import Flag
from portal.flags.tasks import tasks
from portal.roles import Actor
from tests.factories.flags import WHY, Case, open_case, staff
from tests.factories.places import District
from tests.visitor import Official


def _gone(case: Case, *people: str) -> None:
    """Let people leave every office."""
    for posting in case.session.exec(select(Posting)).all():
        if posting.person_id in people:
            case.session.delete(posting)
    case.session.flush()


def _lines(stores: Stores, session: Session, who: Actor, now: datetime) -> list[tuple[str, str, bool]]:
    return [(line.phrase, line.detail, line.waiting) for line in tasks(stores, session, who, now)]


def test_a_panel_leaves_the_people_of_an_appeal(stores: Stores, district: District, now: datetime) -> None:
    """One more signs and two others of the district answer an appeal; a panel that takes them is refused."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).hear()
        with pytest.raises(Refused, match="However they are chosen"):
            case.name()
        one, other = staff(session, district, now, 2)
        with pytest.raises(Refused, match="leave too few of the district"):
            panel.name(session, case.officer, now, case.flag, [case.three[0], one.id, other.id])
        fit = left.three(session, case.flag, district["nanwan"], local_day(now))
        assert {person.id for person, *_rest in fit} == set(case.three), "whoever can sign is spared"
        case.name()


def test_a_signature_leaves_the_people_of_an_appeal(stores: Stores, district: District, now: datetime) -> None:
    """When people left office since, whoever signs is told first what to do; a clearing needs nobody more."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).hear()
        spare = staff(session, district, now, 2)
        case.name().propose("adjust").agree()
        _gone(case, spare[1].id)
        with pytest.raises(Refused, match="operator to enter one more official"):
            case.sign()
        case.more_district_people(1)
        case.sign()
        assert case.flag.state == "decided"


def test_a_clearing_needs_nobody_more(stores: Stores, district: District, now: datetime) -> None:
    """Nobody appeals against a clearing: it is signed whoever is left."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).hear()
        spare = staff(session, district, now, 2)
        case.name().propose("unfounded").agree()
        _gone(case, *(person.id for person in spare))
        case.sign()
        assert case.flag.outcome == "unfounded"


def test_an_appeal_reaches_whoever_may_answer_it(stores: Stores, district: District, now: datetime) -> None:
    """Never somebody who had a part; where nobody is left, all of the district read what to do."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).hear()
        one, other = staff(session, district, now, 2)
        case.name().propose("adjust").agree().sign()
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        me = actor_of(session, one, local_day(now))
        assert _lines(stores, session, me, now) == [("Answer an appeal", "", False)]
        assert _lines(stores, session, case.signer, now) == [("Others of the district answer an appeal", "", True)]
        _gone(case, other.id)
        told = ("Nobody is left to answer an appeal", "Ask the operator to enter one more official of the district")
        for who in (me, case.signer):
            assert _lines(stores, session, who, now) == [(*told, False)]
        _gone(case, one.id)
        assert _lines(stores, session, case.signer, now) == [
            ("Nobody is left to answer an appeal",
             "Ask the operator to enter one more official of the district’s discipline commission", False)]
        new, beside = case.more_district_people()
        assert _lines(stores, session, new, now) == [("Answer an appeal", "", False)]
        case.answer(new, beside, "kept")
        assert case.flag.state == "closed"


def test_an_answer_whose_second_left_is_written_anew(stores: Stores, district: District, now: datetime) -> None:
    """A second person who left office holds nothing up: the task is back with whoever may answer."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("adjust")
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        one, other = case.more_district_people()
        appeals.answer(session, one, now, case.flag, "kept", WHY, other.person_id)
        assert ("Waits for the second person to confirm", "", True) in _lines(stores, session, one, now)
        _gone(case, other.person_id)
        assert _lines(stores, session, one, now) == [("Answer an appeal", "", False)]


def test_the_pages_say_what_to_do(official: Callable[..., Official], stores: Stores, district: District) -> None:
    """The town reads which three fit, or that too few are left; the district reads who must be entered."""
    with stores.portal.write() as session:
        case = open_case(session, district, utc_now(), staffed=False).hear()
        flag_id = case.flag.id
    officer, signer = official("town_discipline", "baisha"), official("district_discipline")
    page, above = f"/en/desk/baisha/flags/{flag_id}", f"/en/desk/district/flags/{flag_id}"
    officer.get(page)
    assert "Too few people are left in the district" in officer.text
    with stores.portal.write() as session:
        spare = [person.id for person in staff(session, district, utc_now(), 2)]
        wrong = {"lead": case.three[0], "member": spare[0], "third": spare[1]}
    officer.get(page)
    assert "Three who fit, for example:" in officer.text
    assert officer.post(f"{page}/panel", wrong).status_code == 422
    assert "These three leave too few of the district" in officer.text
    with stores.portal.write() as session:
        case = Case(session, district, utc_now(), queries.live_below(session, district["nanwan"].path)[0][0])
        case.name().propose("adjust").agree().sign()
        appeals.appeal(session, case.secretary, case.now, case.flag, "不服")
        _gone(case, *spare)
    signer.get(above)
    assert "Nobody is left to answer an appeal" in signer.text
    assert "enter one more official of the commission" in signer.text


def test_whoever_confirmed_the_facts_decides_nothing(official: Callable[..., Official], stores: Stores,
                                                     district: District) -> None:
    """Not on the panel, not by signing, not in an appeal; another signs, and where nobody is left the page says so."""
    with stores.portal.write() as session:
        case = open_case(session, district, utc_now(), staffed=False).hear()
        now, signer, flag_id = case.now, case.signer, case.flag.id
        case.flag.sheet = {**case.flag.sheet, "confirmed_by": [case.officer.person_id, signer.person_id]}
        session.add(case.flag)
        one, other, gone = staff(session, district, now, 3)
        case.name().propose("adjust").agree()
        with pytest.raises(Refused, match="confirmed the facts signs no decision"):
            case.sign()
        assert _lines(stores, session, signer, now) == [
            ("Others of the district sign the panel’s decision", "", True)]
        me = actor_of(session, one, local_day(now))
        assert _lines(stores, session, me, now) == [("Sign the panel’s decision, or give it back", "", False)]
    above = official("district_discipline")
    above.get(f"/en/desk/district/flags/{flag_id}")
    assert "You confirmed the facts. Somebody else of the district signs." in above.text
    with stores.portal.write() as session:
        case.session, case.flag = session, session.get_one(Flag, flag_id)
        _gone(case, gone.id)
        with pytest.raises(Refused, match="operator to enter one more official"):
            ending.countersign(session, me, now, case.flag, case.read)
        spare = case.more_district_people(1)[0]
        ending.countersign(session, me, now, case.flag, case.read)
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        with pytest.raises(Refused, match="who confirmed the facts"):
            appeals.answer(session, signer, now, case.flag, "kept", WHY, other.id)
        assert [line.waiting for line in tasks(stores, session, signer, now)] == [True]
        with pytest.raises(Refused, match="second person of the district"):
            appeals.answer(session, spare, now, case.flag, "kept", WHY, signer.person_id)


def test_nobody_is_left_to_sign(stores: Stores, district: District, now: datetime) -> None:
    """When everybody who could sign left office, all of the district read whom to have entered."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).hear()
        case.flag.sheet = {**case.flag.sheet, "confirmed_by": [case.signer.person_id]}
        spare = staff(session, district, now, 3)
        case.name().propose("adjust").agree()
        _gone(case, *(person.id for person in spare))
        assert _lines(stores, session, case.signer, now) == [
            ("Nobody is left to sign the panel’s decision",
             "Ask the operator to enter one more official of the district’s discipline commission", False)]
