"""How a triage ends: one person proposes, another one confirms or sends back, and nobody does both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Posting
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import pending, proposals, queries, review, service, waits
from portal.flags.models import Flag, Proposal, WeeklyCheck
from portal.flags.rules import Week
from portal.flags.tasks import tasks
from portal.log.models import LogPayload
from portal.log.verify import verify_store
from portal.roles import GRANTS, Permission, Role
from tests.factories.flags import CALM, LOUD, WHY, Case, agree, check_weeks, loud_flag
from tests.factories.places import District

BACK = "第二张收据其实签了字，请再看。"


def _case(session: Session, district: District, now: datetime) -> Case:
    return Case(session, district, now, loud_flag(session, district, now))


def _propose(case: Case, choice: str = "review") -> Proposal:
    """Let the town's officer ask the town's office."""
    return proposals.propose(case.session, case.officer, case.now, case.flag, choice, WHY, case.lead.person_id)


def _kinds(case: Case) -> list[str]:
    return [row.kind for row in queries.events(case.session, case.flag.id)]


def _lines(stores: Stores, case: Case, role: str, place: str | None = None) -> list[tuple[str, bool]]:
    return [(line.phrase, line.waiting) for line in tasks(stores, case.session, case.actor(role, place), case.now)]


def test_the_second_reads_what_it_is_about_and_no_more() -> None:
    """Whoever may confirm needs no right to read reports for it; the office's is to confirm, not to read flags."""
    confirm = {role for role, (_kind, held) in GRANTS.items() if Permission.FLAG_CONFIRM in held}
    assert confirm == {Role.TOWN_OFFICE, Role.TOWN_DISCIPLINE, Role.DISTRICT_DISCIPLINE}
    office = GRANTS[Role.TOWN_OFFICE][1]
    assert not {Permission.REPORT_READ, Permission.FLAG_READ, Permission.FLAG_DECIDE} & office


@pytest.mark.parametrize(("choice", "state"), [("review", "review"), ("dismiss", "dismissed")])
def test_nothing_is_decided_before_the_second_confirms(choice: str, state: str, stores: Stores, district: District,
                                                       now: datetime) -> None:
    """A proposal leaves the flag in triage with its day; the second's word makes it the decision of both."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        due, row = case.flag.due, _propose(case, choice)
        assert (case.flag.state, case.flag.due, case.flag.decided_by) == ("triage", due, "")
        assert (row.choice, row.reasons, row.proposed_by, row.second_by, row.proposed_at) == (
            choice, WHY, case.officer.person_id, case.lead.person_id, now)
        assert row.figures == proposals.figures(session, case.flag)
        proposals.confirm(session, case.lead, now, row)
        assert (case.flag.state, case.flag.reasons) == (state, WHY)
        assert (case.flag.decided_by, case.flag.second_by) == (case.officer.person_id, case.lead.person_id)
        assert (row.state, row.settled_by, row.settled_at) == ("confirmed", case.lead.person_id, now)
        assert _kinds(case) == ["raised", "suggested", state]
        assert [note.person_id for note in queries.events(session, case.flag.id)][1:] == [row.proposed_by,
                                                                                         row.second_by]
        assert (queries.review(session, case.flag.id) is not None) == (choice == "review")
        if choice == "review":
            assert (case.flag.level, case.flag.due) == ("F2", local_day(now) + timedelta(days=30))
    assert verify_store(stores) == []


def test_nobody_is_both(stores: Stores, district: District, now: datetime) -> None:
    """Whoever proposed can't confirm, not even as the one who is named; no third person answers for the second."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        accounts.give_role(session, now, district.person("town_discipline", "baisha"), Role.TOWN_OFFICE,
                           district["baisha"])
        for second in ("", case.officer.person_id, "nobody"):
            with pytest.raises(Refused, match="second person"):
                proposals.propose(session, case.officer, now, case.flag, "dismiss", WHY, second)
        row = _propose(case)
        for verb in (lambda who: proposals.confirm(session, who, now, row),
                     lambda who: proposals.send_back(session, who, now, row, BACK)):
            with pytest.raises(Refused, match="can’t confirm it as well"):
                verb(case.officer)
            for other in (case.signer, case.actor("town_office", "qingxi"), case.actor("district_finance"),
                          case.actor("operator")):
                with pytest.raises(Refused, match="Only the second person"):
                    verb(other)
            for own in ("secretary", "village_clerk", "supervision"):
                with pytest.raises(Refused, match="holds a post in this village"):
                    verb(case.actor(own, "nanwan"))
        assert row.state == "waiting"


def test_only_the_town_proposes(stores: Stores, district: District, now: datetime) -> None:
    """The village, its secretary, another town, the office and the district propose nothing; nor whoever is close."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        office = case.lead.person_id
        for role, place in (("secretary", "nanwan"), ("village_clerk", "nanwan"), ("supervision", "nanwan"),
                            ("town_discipline", "qingxi"), ("town_office", "baisha"),
                            ("district_discipline", "district")):
            with pytest.raises(Refused):
                proposals.propose(session, case.actor(role, place), now, case.flag, "dismiss", WHY, office)
        secretary = district.person("secretary", "nanwan")
        for second in (secretary.id, district.person("operator").id, district.person("town_office", "qingxi").id,
                       district.person("district_finance").id):
            with pytest.raises(Refused, match="second person"):
                proposals.propose(session, case.officer, now, case.flag, "dismiss", WHY, second)
        namesake = replace(case.officer, person_id="other", name=secretary.name)
        with pytest.raises(Refused, match="secretary’s name"):
            proposals.propose(session, namesake, now, case.flag, "dismiss", WHY, office)
        accounts.give_role(session, now, district.person("town_discipline", "baisha"), Role.SUPERVISION,
                           district["nanwan"])
        with pytest.raises(Refused, match="holds a post in this village"):
            _propose(case)
        assert _kinds(case) == ["raised"]


def test_reasons_and_facts_are_needed(stores: Stores, district: District, now: datetime) -> None:
    """Without reasons nothing is proposed; many people and too few confirmed particulars open no review."""
    hearsay = (*(Week(),) * 46, *(Week(voice=5),) * 6)
    with stores.portal.write() as session:
        flag = check_weeks(session, district, now, "baisha", {"nanwan": hearsay, "xinglin": CALM})[0]
        case = Case(session, district, now, flag)
        with pytest.raises(Refused, match="reasons"):
            proposals.propose(session, case.officer, now, flag, "dismiss", "  ", case.lead.person_id)
        with pytest.raises(Refused, match="needs 3 confirmed particulars; there are 0"):
            _propose(case)
        agree(session, now, flag, "dismiss", case.officer, case.lead)
        assert flag.state == "dismissed"


def test_what_was_decided_is_not_decided_again(stores: Stores, district: District, now: datetime) -> None:
    """Neither a new proposal nor another answer to the old one."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        proposals.confirm(session, case.lead, now, row)
        with pytest.raises(Refused, match="decided already"):
            _propose(case, "dismiss")
        for again in (lambda: proposals.confirm(session, case.lead, now, row),
                      lambda: proposals.send_back(session, case.lead, now, row, BACK),
                      lambda: proposals.withdraw(session, case.officer, now, row)):
            with pytest.raises(Refused, match="waits no longer"):
                again()
        assert case.flag.state == "review"


def test_one_proposal_waits_at_a_time(stores: Stores, district: District, now: datetime) -> None:
    """A second one is refused by the verb, and by the table itself."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        with pytest.raises(Refused, match="waits for its second person already"):
            _propose(case, "dismiss")
        values = row.model_dump(exclude={"id"})
    with pytest.raises(IntegrityError), stores.portal.write() as session:
        session.add(Proposal(**values))


def test_sent_back_it_waits_at_the_town(stores: Stores, district: District, now: datetime) -> None:
    """The second says why; nothing is decided, and the town's line says that it came back. Then it goes anew."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        with pytest.raises(Refused, match="why you send it back"):
            proposals.send_back(session, case.lead, now, row, " ")
        proposals.send_back(session, case.lead, now, row, BACK)
        assert (case.flag.state, row.state, row.why) == ("triage", "returned", BACK)
        [line] = tasks(stores, session, case.officer, now)
        assert "sent it back" in line.detail
        assert _lines(stores, case, "town_office", "baisha") == []
        proposals.confirm(session, case.lead, now, _propose(case, "dismiss"))
        assert _kinds(case) == ["raised", "suggested", "sent_back", "suggested", "dismissed"]
        steps = [body for body in session.exec(select(LogPayload.body)).all() if b'"flag:step"' in body]
        assert len(steps) == 3
    assert verify_store(stores) == []


def test_ones_own_proposal_can_be_taken_back(stores: Stores, district: District, now: datetime) -> None:
    """By whoever made it alone; then the second has nothing to answer, and another one may be asked."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        for other in (case.lead, case.signer, case.actor("town_discipline", "qingxi")):
            with pytest.raises(Refused, match="Only whoever made a proposal"):
                proposals.withdraw(session, other, now, row)
        proposals.withdraw(session, case.officer, now, row)
        with pytest.raises(Refused, match="waits no longer"):
            proposals.confirm(session, case.lead, now, row)
        assert _lines(stores, case, "town_office", "baisha") == []
        agree(session, now, case.flag, "review", case.officer, case.signer)
        assert _kinds(case) == ["raised", "suggested", "withdrawn", "suggested", "review"]


def _new_fact(case: Case) -> None:
    """Let one more particular be confirmed, as the next weekly check finds."""
    later = case.now + timedelta(weeks=1)
    weeks = (*LOUD, Week(particulars=1))
    check_weeks(case.session, case.district, later, "baisha", {"nanwan": weeks, "xinglin": CALM}, times=1)


def _rewritten(case: Case) -> None:
    """Let somebody change a number in the stored sheet."""
    case.flag.sheet = {**case.flag.sheet, "adults": case.flag.sheet["adults"] + 1}
    case.session.add(case.flag)
    case.session.flush()


@pytest.mark.parametrize("change", [_new_fact, _rewritten])
def test_on_other_figures_nobody_confirms(change: Callable[[Case], None], stores: Stores, district: District,
                                          now: datetime) -> None:
    """When what both looked at has changed, the second can only send it back; on the new figures it goes anew."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        change(case)
        with pytest.raises(Refused, match="figures have changed"):
            proposals.confirm(session, case.lead, now, row)
        assert (case.flag.state, row.state) == ("triage", "waiting")
        proposals.send_back(session, case.lead, now, row, BACK)
        proposals.confirm(session, case.lead, now, _propose(case))
        assert case.flag.state == "review"


def test_a_quiet_week_changes_no_figures(stores: Stores, district: District, now: datetime) -> None:
    """The weekly check alone, with nothing new found, lets a proposal stand."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        later = now + timedelta(weeks=1)
        before = len(session.exec(select(WeeklyCheck)).all())
        check_weeks(session, district, later, "baisha", {"nanwan": (*LOUD, Week()), "xinglin": CALM}, times=1)
        assert len(session.exec(select(WeeklyCheck)).all()) > before
        proposals.confirm(session, case.lead, later, row)
        assert case.flag.state == "review"


def test_when_nobody_confirms_the_days_run_on(stores: Stores, district: District, now: datetime) -> None:
    """A proposal stops no clock: the district has it after 15 days as ever; the second may still answer."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        assert _lines(stores, case, "town_office", "baisha") == [("Waiting for you to confirm", False)]
        assert _lines(stores, case, "town_discipline", "baisha") == [("Waits for the second person to confirm", True)]
        assert _lines(stores, case, "district_discipline") == []
        case.later(16)
        waits.escalate(session, case.now)
        waits.escalate(session, case.now)
        assert _kinds(case) == ["raised", "suggested", "escalated"]
        assert _lines(stores, case, "district_discipline") == [("Not settled in time at the town", False)]
        proposals.confirm(session, case.lead, case.now, row)
        assert case.flag.state == "review"


def test_a_triage_that_ends_by_itself_takes_the_proposal_along(stores: Stores, district: District,
                                                               now: datetime) -> None:
    """After 26 calm weeks nobody is asked any more."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row, weeks = _propose(case), LOUD
        for later in range(1, 53):
            weeks = (*weeks, Week())
            check_weeks(session, district, now + timedelta(weeks=later), "baisha",
                        {"nanwan": weeks, "xinglin": CALM}, times=1)
            if case.flag.state == "closed":
                break
        assert (case.flag.outcome, row.state) == ("calm", "lapsed")
        assert _kinds(case)[-2:] == ["lapsed", "calm"]
        with pytest.raises(Refused, match="waits no longer"):
            proposals.confirm(session, case.lead, now, row)


def test_who_leaves_holds_nothing_up(stores: Stores, district: District, now: datetime) -> None:
    """Once one of the two has lost the office, or stepped aside, another proposal takes the place of theirs."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        row = _propose(case)
        _ends(case, case.lead.person_id)
        gone = people.actor_of(session, district.person("town_office", "baisha"), local_day(now))
        with pytest.raises(Refused, match="Only the second person"):
            proposals.confirm(session, gone, now, row)
        other = proposals.propose(session, case.officer, now, case.flag, "review", WHY, case.signer.person_id)
        assert (row.state, other.state) == ("lapsed", "waiting")
        _ends(case, case.officer.person_id)
        with pytest.raises(Refused, match="Whoever proposed this"):
            proposals.confirm(session, case.signer, now, other)
        review.declare(session, case.signer, now, case.flag)
        assert (other.state, case.flag.state) == ("lapsed", "triage")
        assert pending.waiting(session, case.flag.id) is None


def _ends(case: Case, person_id: str) -> None:
    """Let somebody's office have ended yesterday."""
    for posting in case.session.exec(select(Posting).where(Posting.person_id == person_id)).all():
        posting.until = local_day(case.now) - timedelta(days=1)
        case.session.add(posting)
    case.session.flush()


CLOSE_ROW = "update flag_proposal set {change}"
CLOSE_FLAG = "update flag set state = 'dismissed', reasons = 'x', {change}"


@pytest.mark.parametrize("sql", [
    CLOSE_ROW.format(change="second_by = proposed_by"),
    CLOSE_ROW.format(change="reasons = ''"),
    CLOSE_ROW.format(change="figures = ''"),
    CLOSE_ROW.format(change="state = 'confirmed', settled_by = proposed_by"),
    CLOSE_ROW.format(change="state = 'confirmed'"),
    CLOSE_ROW.format(change="state = 'returned', settled_by = second_by"),
    CLOSE_ROW.format(change="state = 'withdrawn', settled_by = second_by"),
    CLOSE_FLAG.format(change="decided_by = 'a', second_by = 'a'"),
    CLOSE_FLAG.format(change="decided_by = 'a'"),
    CLOSE_FLAG.format(change="second_by = 'a'"),
])
def test_the_tables_want_two_people(sql: str, stores: Stores, district: District, now: datetime) -> None:
    """No program stores a proposal or a decision that one person made alone, or one without its reasons."""
    with stores.portal.write() as session:
        _propose(_case(session, district, now))
    with pytest.raises(IntegrityError), stores.portal.write() as session:
        session.connection().exec_driver_sql(sql)


def test_who_may_be_asked(stores: Stores, district: District, now: datetime) -> None:
    """The list holds the town's office and the district's commission, never the first person; each can confirm."""
    with stores.portal.write() as session:
        case = _case(session, district, now)
        found = queries.seconds(session, case.flag, district["nanwan"], case.officer, local_day(now))
        assert {(role, place.code) for _person, role, place in found} == {
            (Role.TOWN_OFFICE, district["baisha"].code), (Role.DISTRICT_DISCIPLINE, district["district"].code)}
        for person, *_rest in found:
            assert people.actor_of(session, person, local_day(now)).may(Permission.FLAG_CONFIRM,
                                                                        district["nanwan"].path)


def test_a_fact_alone_takes_two_people_too(stores: Stores, district: District, now: datetime) -> None:
    """A missing disclosure opens triage without a count; its end is proposed and confirmed alike."""
    today = local_day(now)
    with stores.portal.write() as session:
        flag = service.overdue(session, now, district["nanwan"], "V07", today - timedelta(days=31),
                               today - timedelta(days=40), "2026-09")
        assert isinstance(flag, Flag)
        case = Case(session, district, now, flag)
        proposals.confirm(session, case.lead, now, _propose(case))
        assert flag.state == "review"
