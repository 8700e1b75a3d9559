"""A review by its pages, from two people's opening to what the village reads, in a browser and by keyboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.core.clock import local_day
from portal.flags.views.words import OUTCOMES
from portal.roles import ROLE_NAMES, Role
from tests.browser.served import Served
from tests.journeys.people import Desk, Phone

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("language", ["zh_Hans", "en"])
NAMES = {"zh_Hans": "东岭村", "en": "Dongling"}
WHY = {"zh_Hans": "三周过线，用工单和凭证都核实过。", "en": "Three weeks over the line; the vouchers were looked at."}
STATEMENT = {"zh_Hans": "用工单在会计柜子里，周三可以来看。", "en": "The work sheets lie in the accountant’s cabinet."}
FOUND = {"zh_Hans": "两张用工单没有签字，要补。", "en": "Two work sheets are not signed; they must be."}
APPEAL = {"zh_Hans": "签字的原件在镇里报账时交了。", "en": "The signed originals were handed to the town."}
ANSWER = {"zh_Hans": "镇里找到了签过字的原件，账是对的。", "en": "The town found the originals. The books are right."}


@both
def test_from_the_notice_to_being_cleared(desk: Callable[..., Desk], new_phone: Callable[..., Phone],
                                          portal_of: Callable[[str], Served], language: str) -> None:
    """The secretary is told, heard, judged by three, appeals to others, is cleared, and the village reads it."""
    portal = portal_of(f"hearing-{language}")
    portal.run("tick")
    town = portal.login("town_discipline", "qingxi")["place"]
    village = portal.login("secretary", "dongling")["place"]

    def sits(role: str, place: str) -> Desk:
        return desk(role, place, language, at=portal)

    officer, secretary = sits("town_discipline", "qingxi"), sits("secretary", "dongling")
    secretary.go(f"/desk/{village}/review")
    secretary.sees("There is no review. If there is one, you are told here, and heard before anything is decided.")
    _opened(officer, sits("district_discipline", "district"), town)
    officer.press("Tell the secretary")
    sheet, flag = officer.path, officer.path.rpartition("/")[2]

    _next_day(portal)
    secretary = sits("secretary", "dongling")
    _is_told(secretary, "Answer the review of your work", f"/desk/{village}/review")
    secretary.sees("A review is no verdict")
    assert WHY[language] not in secretary.text
    secretary.fill("What happened?", STATEMENT[language])
    secretary.press("Hand it in")
    secretary.sees("Your statement has arrived")

    officer = sits("town_discipline", "qingxi")
    _is_told(officer, "Name the three who decide", sheet)
    assert STATEMENT[language] in officer.text
    officer.pick("Who leads", ROLE_NAMES[Role.TOWN_OFFICE])
    officer.pick("The second", ROLE_NAMES[Role.DISTRICT_ORGANISATION])
    officer.pick("The third", ROLE_NAMES[Role.DISTRICT_FINANCE])
    officer.press("Name them")

    lead = sits("town_office", "qingxi")
    _is_told(lead, "Propose how the review should end", f"/desk/panels/{flag}")
    assert STATEMENT[language] in lead.text
    lead.choose(OUTCOMES["rectify"])
    lead.fill("Reasons", FOUND[language])
    lead.press("Put it to the other two")
    lead.sees("The panel proposes")
    officer.go("/desk")
    officer.sees("A review is running")

    beside = sits("district_organisation", "district")
    _is_told(beside, "Say whether you agree with what the panel’s lead proposes", f"/desk/panels/{flag}")
    assert FOUND[language] in beside.text
    beside.choose("I agree")
    beside.press("Record what I say")
    beside.sees("agrees")

    _next_day(portal)
    signer = sits("district_discipline", "district-district-discipline-2")  # the first one confirmed the facts
    _is_told(signer, "Sign the panel’s decision, or give it back", sheet)
    assert FOUND[language] in signer.text
    signer.choose("Sign")
    signer.press("Record the decision")

    secretary = sits("secretary", "dongling")
    _is_told(secretary, "The review of your work is decided: read it", f"/desk/{village}/review")
    assert FOUND[language] in secretary.text
    secretary.fill("What is wrong with the decision?", APPEAL[language])
    secretary.press("Appeal")
    secretary.sees("Your appeal has arrived")

    other = sits("district_discipline", "district-district-discipline-3")
    _is_told(other, "Answer an appeal", sheet)
    assert APPEAL[language] in other.text
    other.choose(OUTCOMES["unfounded"])
    other.fill("Reasons", ANSWER[language])
    other.pick("The second person", ROLE_NAMES[Role.DISTRICT_FINANCE])
    other.press("Ask the second person")
    other.sees("The answer waits for")
    second = sits("district_finance", "district-district-finance-2")
    _is_told(second, "Confirm the answer to an appeal, or send it back", f"/desk/appeals/{flag}")
    assert ANSWER[language] in second.text
    second.choose("Confirm it")
    second.press("Record my answer")

    _is_told(secretary, "You are cleared: say whether the village should read it", f"/desk/{village}/review")
    secretary.choose("Yes, publish it")
    secretary.press("Save")
    phone = new_phone(language, at=portal)
    phone.scan(f"/v/{village}")
    phone.tap("Read it")
    phone.sees("The town and the district looked at it together. The secretary wished that the village can read this.")
    for gone in (WHY, FOUND, STATEMENT, APPEAL):
        assert gone[language] not in phone.text


def _opened(officer: Desk, second: Desk, town: str) -> None:
    """Let two people open the review of the village over the line, each at their own desk."""
    language = officer.language
    officer.go(f"/desk/{town}/flags")
    assert NAMES[language] in officer.text
    officer.press("Read the sheet")
    officer.choose("Open a review")
    officer.fill("Reasons", WHY[language])
    officer.pick("The second person", ROLE_NAMES[Role.DISTRICT_DISCIPLINE])
    officer.press("Ask the second person")
    second.go("/desk")
    second.press("Confirm or send back")
    second.choose("Confirm it")
    second.press("Record my answer")
    officer.go(officer.path)


def _is_told(person: Desk, task: str, path: str) -> None:
    """Make sure that a person's list of things to do names this one, and go where it leads."""
    person.go("/desk")
    person.sees(task)
    assert person.page.locator(f"main a[href$='{path}']").count() >= 1, f"nothing on /desk leads to {path}"
    person.go(path)


def _next_day(portal: Served) -> None:
    portal.set_clock(portal.now() + timedelta(days=1))
    assert local_day(portal.now())
