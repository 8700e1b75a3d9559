"""Promises at the edges: former officials, a subject who left, the last day to be heard, gaps and spent facts."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person, Posting
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import conflicts, panel, proposals, queries, review
from portal.flags.rules import Week
from portal.roles import Role
from tests.factories.flags import CALM, LOUD, WHY, Case, agree, check_weeks, open_case
from tests.factories.places import PASSWORD, District


def _official(session: Session, district: District, now: datetime, name: str, role: Role = Role.DISTRICT_FINANCE,
              place: str = "district") -> Person:
    person = accounts.add_person(session, user=f"more-{name}", name=name, kept=accounts.hashed(PASSWORD))
    accounts.give_role(session, now, person, role, district[place])
    return person


def _left(session: Session, person: Person, village_id: str, now: datetime) -> None:
    """Let somebody's post in a village have ended yesterday."""
    for posting in session.exec(select(Posting).where(Posting.person_id == person.id)).all():
        if posting.place_id == village_id:
            posting.since, posting.until = local_day(now) - timedelta(days=700), local_day(now) - timedelta(days=1)
            session.add(posting)
    session.flush()


def test_a_former_official_of_the_village_sits_on_no_panel(stores: Stores, district: District, now: datetime) -> None:
    """Whoever once held a post there, of whatever name, is not on the list, and is refused when named all the same."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear()
        person = _official(session, district, now, "许旧")
        village = district["nanwan"]
        assert person.id in {one.id for one, *_rest in queries.able(session, case.flag, village, local_day(now))}
        accounts.give_role(session, now, person, Role.VILLAGE_CLERK, village)
        _left(session, person, village.id, now)
        assert person.id not in {one.id for one, *_rest in queries.able(session, case.flag, village, local_day(now))}
        with pytest.raises(Refused, match="may not decide here"):
            panel.name(session, case.officer, now, case.flag, [*case.three[:2], person.id])


def test_a_subject_who_left_the_post_keeps_kin_out(stores: Stores, district: District, now: datetime) -> None:
    """While the review runs, a namesake and a relative of whom it is about stay barred, whoever is secretary now."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify()
        secretary, village = district.person("secretary", "nanwan"), district["nanwan"]
        namesake = _official(session, district, now, secretary.name)
        family = _official(session, district, now, conflicts.family_name(secretary.name) + "亲")
        accounts.give_role(session, now, family, Role.VILLAGE_CLERK, village)
        _left(session, family, village.id, now)
        _left(session, secretary, village.id, now)
        successor = _official(session, district, now, "许新", Role.SECRETARY, "nanwan")
        assert queries.subject(session, village, local_day(now)) == successor
        for person, why in ((namesake, conflicts.SUBJECT), (family, conflicts.FAMILY)):
            me = people.actor_of(session, person, local_day(now))
            assert conflicts.why_not(session, me, case.flag, village, local_day(now)) == why
            assert queries.listing(session, district["district"].path, me, local_day(now)) == []


def test_nothing_is_proposed_on_the_last_day_to_be_heard(stores: Stores, district: District, now: datetime) -> None:
    """The secretary has the whole of the last day; the panel goes on without a statement the day after."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify().name()
        last = case.row.statement_by
        assert last is not None
        case.later((last - local_day(now)).days)
        with pytest.raises(Refused, match="heard first"):
            case.propose("educate")
        review.state(session, case.secretary, case.now, case.flag, "最后一天交的。")
        case.propose("educate")
    with stores.portal.write() as session:
        other = Case(session, district, now, session.merge(case.flag))
        row = other.row
        row.stated_on = row.proposed_on = None
        with pytest.raises(Refused, match="heard first"):
            panel.propose(session, other.lead, case.now, other.flag, "educate", WHY)
        panel.propose(session, other.lead, case.now + timedelta(days=1), other.flag, "educate", WHY)


def test_checks_across_a_gap_are_not_in_a_row(stores: Stores, district: District, now: datetime) -> None:
    """Two weeks over the line, a week without a check, one more: that is no three in a row; counting begins anew."""
    weeks = {"nanwan": LOUD, "xinglin": CALM}
    with stores.portal.write() as session:
        assert check_weeks(session, district, now, "baisha", weeks, times=2) == []
        opened = [check_weeks(session, district, now + timedelta(weeks=later), "baisha", weeks, times=1)
                  for later in (2, 3, 4)]
        assert [[flag.cause for flag in found] for found in opened] == [[], [], ["count"]]


def test_facts_that_were_decided_open_nothing_again(stores: Stores, district: District, now: datetime) -> None:
    """After a decision the same facts stay spent while they are still in the window; new ones open triage again."""
    fact = Week(voice=1, confirmed=1, particulars=1, serious_particulars=1)
    weeks: tuple[Week, ...] = (*(Week(),) * 48, Week(voice=1), fact, fact, Week())
    calm = {"liuhe": CALM, "shiqiao": CALM}
    with stores.portal.write() as session:
        [flag] = check_weeks(session, district, now, "qingxi", {"dongling": weeks, **calm}, times=3)
        assert flag.cause == "facts"
        officer = people.actor_of(session, district.person("town_discipline"), local_day(now))
        second = people.actor_of(session, district.person("district_discipline"), local_day(now))
        agree(session, now, flag, "dismiss", officer, second)
        assert flag.state == "dismissed"
        for later in range(1, 5):
            weeks = (*weeks, Week())
            again = check_weeks(session, district, now + timedelta(weeks=later), "qingxi",
                                {"dongling": weeks, **calm}, times=1)
            assert again == []
        opened = []
        for later in range(5, 9):
            weeks = (*weeks, fact)
            opened += check_weeks(session, district, now + timedelta(weeks=later), "qingxi",
                                  {"dongling": weeks, **calm}, times=1)
        assert [new.cause for new in opened][:1] == ["facts"]
        assert proposals.figures(session, opened[0]) != proposals.figures(session, flag)
