"""Conflict of interest: the subject, kin, rivals, the same post, the same name: in every step, role and address."""

from collections.abc import Callable
from datetime import datetime

import pytest

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import appeals, conflicts, course, ending, panel, proposals, queries, review
from portal.flags.tasks import tasks
from portal.roles import Actor, Role
from tests.factories.flags import WHY, Case, agree, loud_flag, open_case
from tests.factories.places import PASSWORD, District
from tests.visitor import Official

OFFICES = ((Role.TOWN_DISCIPLINE, "baisha"), (Role.DISTRICT_DISCIPLINE, "district"))


def _person(case: Case, name: str) -> Person:
    """Return somebody who holds both offices that act in a review."""
    person = accounts.add_person(case.session, user="close", name=name, name_en="Close", kept=accounts.hashed(PASSWORD))
    for role, place in OFFICES:
        accounts.give_role(case.session, case.now, person, role, case.district[place])
    return person


def _subject(case: Case) -> Person:
    person = _person(case, "许一")
    accounts.give_role(case.session, case.now, person, Role.SUPERVISION, case.district["nanwan"])
    return person


def _same_name(case: Case) -> Person:
    return _person(case, case.district.person("secretary", "nanwan").name)


def _same_post(case: Case) -> Person:
    person = _person(case, "许二")
    accounts.give_role(case.session, case.now, person, Role.SECRETARY, case.district["xinglin"])
    return person


def _kin(case: Case) -> Person:
    person = _person(case, "许三")
    actor = people.actor_of(case.session, person, local_day(case.now))
    review.declare(case.session, actor, case.now, case.flag)
    return person


def _family(case: Case) -> Person:
    person = _person(case, "周大")
    accounts.give_role(case.session, case.now, person, Role.VILLAGE_CLERK, case.district["nanwan"])
    for posting in people.staff(case.session, case.district["nanwan"].path, local_day(case.now)):
        if posting[0].id == person.id:
            posting[1].since = posting[1].until = local_day(case.now).replace(year=2020)
            case.session.add(posting[1])
    case.session.flush()
    return person


def _rival(case: Case) -> Person:
    person = _person(case, "许四")
    if case.flag.state == "review":
        seen = queries.review(case.session, case.flag.id)
        if seen is not None and seen.notified_on is None:
            case.notify()
        review.name_conflict(case.session, case.secretary, case.now, case.flag, person.id, "打过官司")
    return person


CLOSE: dict[str, Callable[[Case], Person]] = {
    "subject": _subject, "same name": _same_name, "same post": _same_post, "kin": _kin, "family": _family,
    "rival": _rival,
}


def _steps(case: Case, actor: Actor) -> list[Callable[[], object]]:
    """Return every verb of every step, as this person would try it."""
    session, now, flag = case.session, case.now, case.flag
    other = case.district.person("district_finance").id
    office = case.district.person("town_office", "baisha").id
    return [
        lambda: proposals.propose(session, actor, now, flag, "dismiss", WHY, office),
        lambda: proposals.propose(session, actor, now, flag, "review", WHY, office),
        lambda: review.notify(session, actor, now, flag),
        lambda: panel.name(session, actor, now, flag, case.three),
        lambda: panel.propose(session, actor, now, flag, "educate", WHY),
        lambda: ending.send_back(session, actor, now, flag, WHY),
        lambda: ending.countersign(session, actor, now, flag, ""),
        lambda: panel.voice(session, actor, now, flag, "agree", "", ""),
        lambda: appeals.confirm(session, actor, now, flag, ""),
        lambda: appeals.answer(session, actor, now, flag, "kept", WHY, other),
        lambda: ending.reappraise(session, actor, now, flag, 70),
    ]


def _refused_for_a_tie(step: Callable[[], object]) -> bool:
    with pytest.raises(Refused) as caught:
        step()
    return caught.value.phrase in {conflicts.SUBJECT, conflicts.SAME_POST, conflicts.KIN, conflicts.FAMILY}


@pytest.mark.parametrize("how", CLOSE)
def test_whoever_is_close_does_no_step(how: str, stores: Stores, district: District, now: datetime) -> None:
    """In every state each verb of that state is refused, for that reason, and neither list nor desk shows it."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        person = CLOSE[how](case)

        def me() -> Actor:
            return people.actor_of(session, person, local_day(now))

        def sees() -> bool:
            return bool(queries.listing(session, district["district"].path, me(), local_day(now))
                        or [line for line in tasks(stores, session, me(), now) if "flag_id" in line.values])

        def tries(*which: int) -> bool:
            steps = _steps(case, me())
            return all(_refused_for_a_tie(steps[at]) for at in which)

        assert tries(0, 1, 2, 3)
        assert not sees()
        able = queries.able(session, case.flag, district["nanwan"], local_day(now))
        assert person.id not in {one.id for one, *_ in able}
        if queries.review(session, case.flag.id).notified_on is None:
            case.notify()
        review.state(session, case.secretary, now, case.flag, "单据在柜子里。")
        case.name()
        panel.propose(session, case.lead, now, case.flag, "rectify", WHY, 1)
        assert tries(4, 5, 6, 7)
        case.agree().sign()
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        assert tries(9)
        one, other = case.more_district_people()
        with pytest.raises(Refused, match="second person of the district"):
            appeals.answer(session, one, now, case.flag, "kept", WHY, person.id)
        appeals.answer(session, one, now, case.flag, "kept", WHY, other.person_id)
        assert tries(8)
        appeals.confirm(session, other, now, case.flag, course.answer_mark(case.row))
        assert tries(10)
        assert not sees()


@pytest.mark.parametrize("how", [how for how in CLOSE if how != "rival"])
def test_whoever_is_close_is_no_second_person(how: str, stores: Stores, district: District, now: datetime) -> None:
    """At triage they neither decide nor stand beside whoever does."""
    with stores.portal.write() as session:
        case = Case(session, district, now, loud_flag(session, district, now))
        person = CLOSE[how](case)
        actor = people.actor_of(session, person, local_day(now))
        assert all(_refused_for_a_tie(step) for step in _steps(case, actor)[:2])
        with pytest.raises(Refused, match="second person"):
            proposals.propose(session, case.officer, now, case.flag, "review", WHY, person.id)


@pytest.mark.parametrize("how", [how for how in CLOSE if how != "rival"])
def test_whoever_gets_close_afterwards_confirms_nothing(how: str, stores: Stores, district: District,
                                                        now: datetime) -> None:
    """A tie that comes after the question still bars the answer, by the verb and at the desk; another is asked."""
    with stores.portal.write() as session:
        case = Case(session, district, now, loud_flag(session, district, now))
        second = district.person("town_office", "baisha")
        row = proposals.propose(session, case.officer, now, case.flag, "review", WHY, second.id)
        ties: dict[str, Callable[[], object]] = {
            "subject": lambda: accounts.give_role(session, now, second, Role.SUPERVISION, district["nanwan"]),
            "same name": lambda: setattr(second, "name", district.person("secretary", "nanwan").name),
            "same post": lambda: accounts.give_role(session, now, second, Role.SECRETARY, district["xinglin"]),
            "kin": lambda: review.declare(session, case.lead, now, case.flag),
            "family": lambda: _left_long_ago(case, second),
        }
        ties[how]()
        session.add(second)
        session.flush()
        me = people.actor_of(session, second, local_day(now))
        assert _refused_for_a_tie(lambda: proposals.confirm(session, me, now, row))
        assert _refused_for_a_tie(lambda: proposals.send_back(session, me, now, row, WHY))
        assert [line for line in tasks(stores, session, me, now) if line.endpoint.startswith("flags.")] == []
        agree(session, now, case.flag, "review", case.officer, case.signer)
        assert row.state == "lapsed"


def _left_long_ago(case: Case, person: Person) -> None:
    """Let somebody have been the village's clerk years ago, and bear its secretary's family name."""
    person.name = conflicts.family_name(case.district.person("secretary", "nanwan").name) + "大"
    accounts.give_role(case.session, case.now, person, Role.VILLAGE_CLERK, case.district["nanwan"])
    for held, posting, *_rest in people.staff(case.session, case.district["nanwan"].path, local_day(case.now)):
        if held.id == person.id:
            posting.since = posting.until = local_day(case.now).replace(year=2020)
            case.session.add(posting)


@pytest.mark.parametrize("how", CLOSE)
def test_by_url_there_is_no_such_flag(how: str, app, official, stores: Stores, district: District) -> None:
    """Every address of the flag answers 404, as for a flag that there isn't, at the town and at the district."""
    now = utc_now()
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        person = CLOSE[how](case)
        flag_id = case.flag.id
        session.refresh(person)
        session.expunge(person)
    visitor = Official(app, person)
    for code in ("baisha", "district"):
        page = visitor.get(f"/desk/{code}/flags/{flag_id}")
        none = visitor.get(f"/desk/{code}/flags/{'0' * 16}")
        assert page.status_code == none.status_code == 404
        assert page.get_data(as_text=True).replace(flag_id, "0" * 16) == none.get_data(as_text=True)
        visitor.get(f"/desk/{code}/flags")
        assert flag_id not in visitor.text
        for act in ("decide", "withdraw", "notify", "panel", "aside", "sign", "answer", "reappraise"):
            assert visitor.post(f"/desk/{code}/flags/{flag_id}/{act}", {"share": "70"}).status_code in {403, 404}, act
    assert visitor.get(f"/desk/panels/{flag_id}").status_code == 404
    assert visitor.post(f"/desk/panels/{flag_id}/aside").status_code == 404


def test_stepping_aside_is_for_good(official, stores: Stores, district: District) -> None:
    """Whoever steps aside finds no flag afterwards; the others go on, and the note says so."""
    with stores.portal.write() as session:
        flag_id = loud_flag(session, district, utc_now()).id
    officer = official("town_discipline", "baisha")
    page = f"/desk/baisha/flags/{flag_id}"
    officer.get(page)
    assert officer.post(page + "/aside").status_code == 303
    assert officer.get(page).status_code == 404
    with stores.portal.read() as session:
        assert [row.kind for row in queries.events(session, flag_id)] == ["raised", "declared"]


def test_the_secretary_names_three_at_most(stores: Stores, district: District, now: datetime) -> None:
    """Enough for rivals, too few to leave nobody; only people above, and with a reason."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify()
        names = [case.district.person(role).id for role in ("district_finance", "district_organisation")]
        extra = [actor.person_id for actor in case.more_district_people()]
        for bad, why in ((district.person("village_clerk", "nanwan").id, "x"), ("", "x"), (names[0], " ")):
            with pytest.raises(Refused):
                review.name_conflict(session, case.secretary, now, case.flag, bad, why)
        for person in (*names, extra[0]):
            review.name_conflict(session, case.secretary, now, case.flag, person, "打过官司")
        review.name_conflict(session, case.secretary, now, case.flag, names[0], "再说一次")
        with pytest.raises(Refused, match="3 people at most"):
            review.name_conflict(session, case.secretary, now, case.flag, extra[1], "也打过")
        for other in (case.officer, case.signer):
            with pytest.raises(Refused, match="not about you"):
                review.name_conflict(session, other, now, case.flag, extra[1], "x")


def test_family_names() -> None:
    """One sign, or two where the name has one of the double ones."""
    told = {"王小明": "王", "欧阳建国": "欧阳", "欧阳": "欧", "周 一": "周"}
    assert {name: conflicts.family_name(name) for name in told} == told
