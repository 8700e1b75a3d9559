"""A review from the notice to its end: who is told what, who decides, and how a name is cleared."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal.accounts import service as accounts
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import appeals, course, ending, panel, queries, review, waits
from portal.flags.models import Clearing, PanelMember
from portal.flags.tasks import tasks
from portal.flags.views.words import KINDS
from portal.reports import rules as report_rules
from portal.roles import Actor, Role
from tests.factories.flags import WHY, open_case
from tests.factories.places import District


def test_few_reports_are_merged() -> None:
    """A kind is named from five reports on; fewer are merged, without their number where they are few together."""
    assert course.merged({"money": 8, "land": 4, "manner": 1}) == [["money", 8], ["others", 5]]
    assert course.merged({"money": 5, "land": 4}) == [["money", 5], ["others", 0]]
    assert course.merged({"money": 4}) == [["others", 0]]
    assert course.merged({}) == []
    adverse = {key: one.short for key, one in report_rules.BY_KEY.items() if one.adverse}
    assert {**adverse, course.OTHERS: KINDS[course.OTHERS]} == KINDS


def test_the_secretary_is_told_kinds_and_nothing_else(stores: Stores, district: District, now: datetime) -> None:
    """The notice holds kinds of five reports and more; there is time from then on."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        assert queries.about(session, district["nanwan"], case.secretary.person_id) == []
        case.later(1).notify()
        [(_flag, row, clearing)] = queries.about(session, district["nanwan"], case.secretary.person_id)
        assert row.kinds == [["money", 13]]
        assert row.statement_by == local_day(case.now) + timedelta(days=15)
        assert clearing is None
        with pytest.raises(Refused, match="told already"):
            case.notify()


def test_a_statement_in_time_and_added_to(stores: Stores, district: District, now: datetime) -> None:
    """There are 15 days, once 15 more; nobody else may answer; what was handed in stays, additions stand below it."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        with pytest.raises(Refused, match="no review open"):
            review.state(session, case.secretary, now, case.flag, "早了")
        case.notify()
        for other in (case.officer, case.actor("secretary", "xinglin"), case.actor("village_clerk", "nanwan")):
            for verb in (lambda who: review.state(session, who, now, case.flag, "x"),
                         lambda who: review.extend(session, who, now, case.flag)):
                with pytest.raises(Refused, match="not about you"):
                    verb(other)
        review.extend(session, case.secretary, now, case.flag)
        row = queries.review(session, case.flag.id)
        assert row is not None
        assert row.statement_by == local_day(now) + timedelta(days=30)
        assert row.decide_by == local_day(now) + timedelta(days=45) == case.flag.due
        with pytest.raises(Refused, match="extended once"):
            review.extend(session, case.secretary, now, case.flag)
        with pytest.raises(Refused, match="days for a statement are over"):
            review.state(session, case.secretary, now + timedelta(days=31), case.flag, "晚了")
        review.state(session, case.secretary, now + timedelta(days=30), case.flag, "单据在柜子里。")
        review.state(session, case.secretary, now + timedelta(days=30), case.flag, "又找到一张。")
        assert (row.statement, row.additions) == ("单据在柜子里。", [["2026-12-25", "又找到一张。"]])
        with pytest.raises(Refused, match="days for a statement are over"):
            review.state(session, case.secretary, now + timedelta(days=31), case.flag, "晚了")
        for _more in range(course.MOST_ADDED - 1):
            review.state(session, case.secretary, now + timedelta(days=30), case.flag, "再补一句。")
        with pytest.raises(Refused, match="more is not possible"):
            review.state(session, case.secretary, now + timedelta(days=30), case.flag, "再补一句。")


def test_three_decide_and_none_of_them_is_close(stores: Stores, district: District, now: datetime) -> None:
    """Three different people, one of the district, none of the village, none who raised it."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        three = case.three
        with pytest.raises(Refused, match="told first"):
            case.name()
        case.notify()
        office, discipline = three[0], district.person("town_discipline", "baisha").id
        for wrong in ([office, office, three[1]], [office, three[1], ""], [*three, three[0]], three[:2],
                      [office, three[1], discipline], [office, three[1], district.person("district_discipline").id],
                      [office, three[1], district.person("village_clerk", "nanwan").id],
                      [office, three[1], district.person("operator").id],
                      [office, three[1], district.person("town_office", "qingxi").id]):
            with pytest.raises(Refused, match="three"):
                panel.name(session, case.officer, now, case.flag, wrong)
        case.name()
        assert next((seat.person_id, seat.leads) for seat in queries.panel(session, case.flag.id)) == (office, True)
        with pytest.raises(Refused, match="stands already"):
            case.name()


def test_a_panel_needs_somebody_of_the_district(stores: Stores, district: District, now: datetime) -> None:
    """Three of the town alone can't judge."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify()
        kept = accounts.hashed("correct horse battery")
        town = [accounts.add_person(session, user=f"t{at}", name=f"许{at}", kept=kept) for at in range(3)]
        for person in town:
            accounts.give_role(session, now, person, Role.TOWN_OFFICE, district["baisha"])
        with pytest.raises(Refused, match="office of the district"):
            panel.name(session, case.officer, now, case.flag, [person.id for person in town])


def test_a_decision_hears_first_and_takes_two(stores: Stores, district: District, now: datetime) -> None:
    """The lead proposes once the secretary was heard; another signs at the district, or gives it back."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify().name()
        with pytest.raises(Refused, match="heard first"):
            panel.propose(session, case.lead, now, case.flag, "educate", WHY)
        review.state(session, case.secretary, now, case.flag, "单据在柜子里。")
        for person in (case.actor("district_finance"), case.officer, case.signer):
            with pytest.raises(Refused, match="leads the panel"):
                panel.propose(session, person, now, case.flag, "educate", WHY)
        for outcome, reasons, months, said in (("guilty", WHY, 0, "how the review ended"),
                                               ("educate", " ", 0, "reasons"), ("rectify", WHY, 0, "1 to 12")):
            with pytest.raises(Refused, match=said):
                panel.propose(session, case.lead, now, case.flag, outcome, reasons, months)
        with pytest.raises(Refused, match="proposed nothing"):
            ending.countersign(session, case.signer, now, case.flag, case.read)
        panel.propose(session, case.lead, now, case.flag, "rectify", WHY, 3)
        for person in (case.lead, case.officer, case.actor("district_finance")):
            with pytest.raises(Refused, match="discipline commission signs"):
                ending.countersign(session, person, now, case.flag, case.read)
        ending.send_back(session, case.signer, now, case.flag, "写清楚哪两张收据。")
        assert case.row.returned_why == "写清楚哪两张收据。"
        panel.propose(session, case.lead, now, case.flag, "rectify", WHY + "第 3、4 号。", 3)
        case.agree().sign()
        row = queries.review(session, case.flag.id)
        assert row is not None
        assert (case.flag.state, case.flag.outcome, row.rectify_by) == ("decided", "rectify", date(2027, 2, 25))
        assert case.flag.closed_by != case.flag.closed_second_by


def test_nobody_closes_alone_not_even_by_hand(stores: Stores, district: District, now: datetime) -> None:
    """The database itself refuses an outcome that one person, or nobody, stands behind."""
    with stores.portal.write() as session:
        flag_id = open_case(session, district, now).flag.id
    for values in ("closed_by = 'a', closed_second_by = 'a', outcome_reasons = 'x'",
                   "closed_by = 'a', closed_second_by = 'b', outcome_reasons = ''",
                   "closed_by = '', outcome_reasons = 'x'"):
        with pytest.raises(IntegrityError), stores.portal.write() as session:
            session.connection().exec_driver_sql(
                f"update flag set state = 'closed', outcome = 'adjust', {values} where id = '{flag_id}'")


def test_an_appeal_is_decided_by_others_and_never_harder(stores: Stores, district: District, now: datetime) -> None:
    """Within 15 days; by two of the district who had no part; kept or milder."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("adjust")
        with pytest.raises(Refused, match="no appeal"):
            appeals.answer(session, case.signer, case.now, case.flag, "kept", WHY, "x")
        with pytest.raises(Refused, match="not about you"):
            appeals.appeal(session, case.officer, case.now, case.flag, "不服")
        with pytest.raises(Refused, match="days for an appeal are over"):
            appeals.appeal(session, case.secretary, case.now + timedelta(days=16), case.flag, "不服")
        appeals.appeal(session, case.secretary, case.now + timedelta(days=15), case.flag, "收据后来补签了。")
        one, other = case.more_district_people()
        with pytest.raises(Refused, match="other people than those"):
            appeals.answer(session, case.signer, case.now, case.flag, "kept", WHY, other.person_id)
        for second in (one.person_id, district.person("district_finance").id, case.signer.person_id,
                       case.officer.person_id, ""):
            with pytest.raises(Refused, match="second person of the district"):
                appeals.answer(session, one, case.now, case.flag, "kept", WHY, second)
        for harder in ("transferred", "adjust"):
            with pytest.raises(Refused, match="milder"):
                appeals.answer(session, one, case.now, case.flag, harder, WHY, other.person_id)
        with pytest.raises(Refused, match="discipline commission signs"):
            appeals.answer(session, case.officer, case.now, case.flag, "kept", WHY, other.person_id)
        case.answer(one, other, "educate")
        assert (case.flag.state, case.flag.outcome) == ("closed", "educate")
        assert {case.flag.closed_by, case.flag.closed_second_by} == {one.person_id, other.person_id}
        with pytest.raises(Refused, match="no review open"):
            appeals.appeal(session, case.secretary, case.now, case.flag, "再诉")


def test_putting_right_ends_in_a_new_appraisal(stores: Stores, district: District, now: datetime) -> None:
    """After the months the town notes the share that found the work competent, once."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("rectify", months=1)
        waits.escalate(session, case.later(20).now)
        assert case.flag.state == "closed"
        with pytest.raises(Refused, match="no re-appraisal due"):
            ending.reappraise(session, case.officer, case.now, case.flag, 71)
        case.later(12)
        with pytest.raises(Refused, match="0 to 100"):
            ending.reappraise(session, case.officer, case.now, case.flag, 101)
        assert [line.phrase for line in tasks(stores, session, case.officer, case.now)] == [
            "Note how the re-appraisal went"]
        ending.reappraise(session, case.officer, case.now, case.flag, 71)
        assert tasks(stores, session, case.officer, case.now) == []


def _lines(stores: Stores, session: object, actor: Actor, now: datetime) -> list[str]:
    return [line.phrase for line in tasks(stores, session, actor, now)]  # type: ignore[arg-type]


def test_cleared(stores: Stores, district: District, now: datetime) -> None:
    """A clearing reaches every place that the review had reached, and nothing of the accusation stays."""
    with stores.portal.write() as session:
        case = open_case(session, district, now)
        everybody = [case.officer, case.signer, case.lead, case.actor("district_finance"),
                     case.actor("district_organisation"), case.secretary]
        reached = set()

        def look() -> None:
            reached.update(who.person_id for who in everybody if _lines(stores, session, who, case.now))

        look()
        case.notify()
        look()
        review.state(session, case.secretary, case.now, case.flag, "单据在柜子里。")
        case.name()
        look()
        panel.propose(session, case.lead, case.now, case.flag, "unfounded", WHY)
        look()
        case.agree()
        look()
        case.sign()
        assert case.flag.state == "closed"
        assert len(reached) == 6
        for who in everybody:
            said = _lines(stores, session, who, case.now)
            assert said == (["You are cleared: say whether the village should read it"] if who == case.secretary
                            else ["A review found nothing"])
        row = queries.review(session, case.flag.id)
        assert row is not None
        assert row.kinds == []
        assert queries.cleared(session, district["nanwan"]) == []
        made = session.exec(select(Clearing)).one()
        with pytest.raises(Refused, match="no clearing of yours"):
            ending.wish(session, case.officer, case.now, made, publish=True)
        ending.wish(session, case.secretary, case.now, made, publish=False)
        assert queries.cleared(session, district["nanwan"]) == []
        ending.wish(session, case.secretary, case.now, made, publish=True)
        assert queries.cleared(session, district["nanwan"]) == [made]
        ending.wish(session, case.secretary, case.now, made, publish=False)
        assert queries.cleared(session, district["nanwan"]) == [made], "what was published stays"
        assert made.id != case.flag.id
        case.later(7 * 5)
        assert all(_lines(stores, session, who, case.now) == [] for who in everybody)


def test_an_empty_seat_dissolves_the_panel(stores: Stores, district: District, now: datetime) -> None:
    """When one of three steps aside, or is named, the town names another three, and a proposal falls."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear().name()
        panel.propose(session, case.lead, case.now, case.flag, "educate", WHY)
        review.declare(session, case.actor("district_finance"), case.now, case.flag)
        assert session.exec(select(PanelMember)).all() == []
        row = queries.review(session, case.flag.id)
        assert row is not None
        assert row.proposed_on is None
        with pytest.raises(Refused, match="may not decide here"):
            case.name()
