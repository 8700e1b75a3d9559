"""Three decide, not one: their voices, what was read, and steps that an old page or a new tie must not take."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Posting
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import appeals, conflicts, course, ending, panel, papers, proposals, queries, review, waits
from portal.flags.models import Flag
from portal.flags.tasks import tasks
from portal.roles import Role
from tests.factories.flags import WHY, Case, agree, loud_flag, open_case
from tests.factories.places import District
from tests.reports.conftest import picture
from tests.visitor import Official


def test_two_of_three_carry_a_proposal(stores: Stores, district: District, now: datetime) -> None:
    """The district can't sign what the lead alone wants; each of the others speaks once, about what was read."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear().name().propose("adjust")
        finance, organisation = case.actor("district_finance"), case.actor("district_organisation")
        with pytest.raises(Refused, match="Two of the three"):
            case.sign()
        for who in (case.lead, case.officer, case.signer, case.secretary):
            with pytest.raises(Refused):
                panel.voice(session, who, now, case.flag, "agree", "", case.read)
        with pytest.raises(Refused, match="has changed"):
            panel.voice(session, finance, now, case.flag, "agree", "", "0" * 16)
        with pytest.raises(Refused, match="why you do not agree"):
            panel.voice(session, finance, now, case.flag, "against", " ", case.read)
        panel.voice(session, finance, now, case.flag, "against", "太重了。", case.read)
        with pytest.raises(Refused, match="said so already"):
            panel.voice(session, finance, now, case.flag, "agree", "", case.read)
        panel.voice(session, organisation, now, case.flag, "agree", "", case.read)
        case.sign()
        assert case.flag.outcome == "adjust"


def test_two_against_let_it_fall(stores: Stores, district: District, now: datetime) -> None:
    """The lead reads why, and what is proposed anew starts without anybody's voice."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear().name().propose("adjust")
        for role, words in (("district_finance", "太重了。"), ("district_organisation", "证据不够。")):
            panel.voice(session, case.actor(role), now, case.flag, "against", words, case.read)
        assert case.row.proposed_on is None
        assert {"太重了。", "证据不够。"} == set(case.row.returned_why.split("\n"))
        assert [line.detail for line in tasks(stores, session, case.lead, now)] == [
            "Returned: propose anew how the review should end"]
        case.propose("educate")
        assert [seat.says for seat in queries.panel(session, case.flag.id)] == ["agree", "", ""]


def test_an_old_page_signs_nothing_new(stores: Stores, district: District, now: datetime) -> None:
    """Whoever read “talk and advice” does not sign a transfer that another tab let come in between."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear().name().propose("educate").agree()
        read = case.read
        ending.send_back(session, case.signer, now, case.flag, "再看看")
        case.propose("transferred").agree()
        with pytest.raises(Refused, match="has changed"):
            ending.countersign(session, case.signer, now, case.flag, read)
        assert case.flag.state == "review"


def test_who_sits_on_the_panel_signs_nothing(stores: Stores, district: District, now: datetime) -> None:
    """Three people stay three: a member of the district's commission on the panel does not sign its decision."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear()
        one, _other = case.more_district_people()
        three = [case.lead.person_id, one.person_id, district.person("district_finance").id]
        panel.name(session, case.officer, now, case.flag, three)
        case.propose("educate").agree()
        with pytest.raises(Refused, match="sits on the panel"):
            ending.countersign(session, one, now, case.flag, case.read)
        case.sign()


def test_a_lead_who_came_close_carries_nothing(stores: Stores, district: District, now: datetime) -> None:
    """Whoever proposed and then took a post in the village no longer counts; the district gives it back."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear().name().propose("educate").agree()
        person = district.person("town_office", "baisha")
        accounts.give_role(session, now, person, Role.VILLAGE_CLERK, district["nanwan"])
        with pytest.raises(Refused, match="may decide nothing here"):
            case.sign()
        ending.send_back(session, case.signer, now, case.flag, "换人")


def test_stepping_aside_after_the_decision_frees_nobody(stores: Stores, district: District, now: datetime) -> None:
    """Who decided stays known as having decided, and answers no appeal against it."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("adjust")
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        review.declare(session, case.lead, now, case.flag)
        assert set(case.three) <= queries.took_part(session, case.flag)


def test_an_appeal_takes_two_sessions(stores: Stores, district: District, now: datetime) -> None:
    """Nothing changes until the second person confirms what was written; sent back, it is written anew."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("adjust")
        appeals.appeal(session, case.secretary, now, case.flag, "不服")
        one, other = case.more_district_people()
        appeals.answer(session, one, now, case.flag, "unfounded", WHY, other.person_id)
        assert (case.flag.state, case.flag.outcome) == ("decided", "adjust")
        assert [line.phrase for line in tasks(stores, session, other, now)] == [
            "Confirm the answer to an appeal, or send it back"]
        mark = course.answer_mark(case.row)
        for who in (one, case.signer, case.officer, case.lead):
            with pytest.raises(Refused):
                appeals.confirm(session, who, now, case.flag, mark)
        with pytest.raises(Refused, match="waits for its second person"):
            appeals.answer(session, one, now, case.flag, "kept", WHY, other.person_id)
        appeals.send_back(session, other, now, case.flag, "理由不够")
        with pytest.raises(Refused):
            appeals.confirm(session, other, now, case.flag, mark)
        appeals.answer(session, one, now, case.flag, "educate", WHY, other.person_id)
        with pytest.raises(Refused, match="has changed"):
            appeals.confirm(session, other, now, case.flag, mark)
        appeals.confirm(session, other, now, case.flag, course.answer_mark(case.row))
        assert case.flag.outcome == "educate"


def test_the_subject_can_not_leave_nobody(stores: Stores, district: District, now: datetime) -> None:
    """Naming the only one who can sign, or the town's only officer, is refused with a way that stays open."""
    with stores.portal.write() as session:
        case = open_case(session, district, now, staffed=False).notify()
        for person in (district.person("town_discipline", "baisha"), district.person("district_discipline")):
            with pytest.raises(Refused, match="Nobody else could do"):
                review.name_conflict(session, case.secretary, now, case.flag, person.id, "有过节")
        case.more_district_people(3)
        review.name_conflict(session, case.secretary, now, case.flag, district.person("district_discipline").id,
                             "有过节")


def test_silence_at_the_town_is_no_way_out(stores: Stores, district: District, now: datetime) -> None:
    """Once the town's days are over the district opens, names and decides in its place; before, it does not."""
    with stores.portal.write() as session:
        case = Case(session, district, now, loud_flag(session, district, now))
        with pytest.raises(Refused, match="town’s discipline officer decides"):
            proposals.propose(session, case.signer, now, case.flag, "review", WHY, case.lead.person_id)
        case.later(16)
        waits.escalate(session, case.now)
        agree(session, case.now, case.flag, "review", case.signer, case.lead)
        assert case.flag.state == "review"
        with pytest.raises(Refused, match="town’s discipline officer decides"):
            review.notify(session, case.signer, case.now, case.flag)
        case.hear().later(31)
        one, _other = case.more_district_people()
        three = [one.person_id, district.person("district_finance").id, district.person("district_organisation").id]
        panel.name(session, case.signer, case.now, case.flag, three)
        assert len(queries.panel(session, case.flag.id)) == 3


def test_a_failed_reappraisal_is_answered(stores: Stores, district: District, now: datetime) -> None:
    """Under the share it takes the district says what follows, once; the secretary reads it. Passed, nothing waits."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("rectify", months=1)
        waits.escalate(session, case.later(20).now)
        ending.reappraise(session, case.officer, case.later(12).now, case.flag, 59)
        assert case.row.passed is False
        assert [line.phrase for line in tasks(stores, session, case.signer, case.now)] == [
            "A re-appraisal failed: say what follows"]
        with pytest.raises(Refused, match="commission signs"):
            ending.follow(session, case.officer, case.now, case.flag, WHY)
        ending.follow(session, case.signer, case.now, case.flag, WHY)
        assert tasks(stores, session, case.signer, case.now) == []
        with pytest.raises(Refused, match="no failed re-appraisal"):
            ending.follow(session, case.signer, case.now, case.flag, WHY)


@pytest.mark.parametrize("written", ["周 na", "周\u3000na", "周ｎａ", " 周na "])
def test_a_name_with_a_blank_is_the_same_name(written: str) -> None:
    """However a name was typed, whoever bears the secretary's decides nothing."""
    village = conflicts.Village(secretaries={"s": "周na"})
    assert conflicts.judge("x", written, village, set(), set()) == conflicts.SUBJECT


def test_heard_after_the_post_ended(official: Callable[..., Official], stores: Stores, district: District,
                                    now: datetime) -> None:
    """Whoever lost the post over a review still reads the decision and appeals; whoever follows sees nothing of it."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).walk_to_decision("adjust")
        person, flag_id = district.person("secretary", "nanwan"), case.flag.id
        posting = next(row for row in session.exec(select(Posting)).all() if row.person_id == person.id)
        posting.until = local_day(now) - timedelta(days=1)
        session.add(posting)
        assert people.actor_of(session, person, local_day(now)).grants == ()
    gone = official("secretary", "nanwan")
    assert gone.get("/desk/nanwan/review").status_code == 200
    assert WHY in gone.text
    assert gone.post(f"/desk/nanwan/review/{flag_id}/appeal", {"appeal": "不服"}).status_code == 303
    other = official("secretary", "xinglin")
    assert other.get("/desk/nanwan/review").status_code == 404
    assert other.post(f"/desk/nanwan/review/{flag_id}/appeal", {"appeal": "x"}).status_code == 404


def test_a_seat_ends_with_the_office(official: Callable[..., Official], stores: Stores, district: District,
                                     now: datetime) -> None:
    """Whoever holds no office above the village any more reads no review, and no voice of that person carries one.

    Fault seen: a member whose only post had ended still opened the review with its statement and documents, with a
    password alone, and agreed; with the lead's voice that was enough for the district to sign.
    """
    with stores.portal.write() as session:
        case = open_case(session, district, now).notify()
        papers.hand_in(session, case.secretary, now, case.flag, "收据.jpg", picture())
        review.state(session, case.secretary, now, case.flag, "单据在柜子里。")
        case.name().propose("educate")
        flag_id, mark, gone = case.flag.id, case.read, case.actor("district_finance")
        [paper] = papers.listed(session, flag_id)
    member = official("district_finance")
    assert member.get(f"/desk/panels/{flag_id}").status_code == 200
    assert member.get(f"/desk/review-papers/{paper.id}").status_code == 200
    with stores.portal.write() as session:
        [posting] = session.exec(select(Posting).where(Posting.person_id == gone.person_id)).all()
        accounts.end_role(session, now, posting, district["district"])
    member = official("district_finance")  # signs in anew
    for answer in (member.get(f"/desk/panels/{flag_id}"), member.get(f"/desk/review-papers/{paper.id}"),
                   member.post(f"/desk/panels/{flag_id}/voice", {"choice": "agree", "seen": mark})):
        assert answer.status_code == 404
    with stores.portal.write() as session:
        flag = session.get_one(Flag, flag_id)
        with pytest.raises(Refused, match="ends with the office"):
            panel.voice(session, gone, now, flag, "agree", "", mark)
        waits.escalate(session, now)
        assert queries.panel(session, flag_id) == [], "the town names another three"
        with pytest.raises(Refused, match="proposed nothing yet"):
            ending.countersign(session, Case(session, district, now, flag).signer, now, flag, mark)
