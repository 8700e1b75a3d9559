"""The pages of the two who end a triage: the first's, the second's, and what everybody else finds there."""

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import select

from portal.accounts import service as accounts
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.flags import queries
from portal.flags.models import Flag, Proposal
from portal.roles import Role
from tests.factories.flags import loud_flag
from tests.factories.places import PASSWORD, District
from tests.flags.asking import asked
from tests.visitor import Official

WHY = "三张收据没有签字，两个人都看过。"
BACK = "第二张收据其实签了字，请再看。"


@pytest.fixture
def flag(stores: Stores, district: District) -> Flag:
    """A flag over 南湾村 that the rule raised today."""
    with stores.portal.write() as session:
        return loud_flag(session, district, utc_now())


@pytest.fixture
def first(official) -> Official:
    """The town's discipline officer."""
    return official("town_discipline", "baisha")


@pytest.fixture
def second(official) -> Official:
    """Somebody of the town's office."""
    return official("town_office", "baisha")


def _ask(first: Official, second: Official, flag: Flag, decision: str = "review") -> str:
    """Let the first ask the second; return the address of the second's page."""
    page = f"/en/desk/baisha/flags/{flag.id}"
    first.get(page)
    sent = {"decision": decision, "reasons": WHY, "second": second.person.id}
    assert first.post(page + "/decide", sent).status_code == 303
    return asked(second, "/en")


def _state(stores: Stores, flag: Flag) -> tuple[str, list[str]]:
    with stores.portal.read() as session:
        return session.get_one(Flag, flag.id).state, [row.kind for row in queries.events(session, flag.id)]


def test_what_is_missing_stands_beside_its_field(first: Official, second: Official, flag: Flag, stores: Stores) -> None:
    """Without a second person, or with oneself as one, nothing is proposed, and what was typed stays."""
    page = f"/en/desk/baisha/flags/{flag.id}"
    first.get(page)
    assert first.post(page + "/decide", {"decision": "review", "reasons": WHY}).status_code == 422
    assert WHY in first.text
    assert 'id="why-second"' in first.text
    sent = {"decision": "review", "reasons": WHY, "second": first.person.id}
    assert first.post(page + "/decide", sent).status_code == 422
    assert "Choose the second person from the list" in first.text
    assert first.post(page + "/decide", {**sent, "second": second.person.id}).status_code == 303
    assert _state(stores, flag) == ("triage", ["raised", "refused", "suggested"])


def test_both_people_see_the_same_and_the_second_confirms(first: Official, second: Official, flag: Flag,
                                                          stores: Stores) -> None:
    """The second finds it on the own desk, with sheet, reasons and who proposes it; then it is under review."""
    address, page = _ask(first, second, flag), f"/en/desk/baisha/flags/{flag.id}"
    assert "Waiting for you to confirm" in second.text
    first.get("/en/desk")
    assert "Waits for the second person to confirm" in first.text
    first.get(page)
    for words in (WHY, "has not answered yet", "Take the proposal back"):
        assert words in first.text
    assert f'action="{page}/decide"' not in first.text
    for language in ("", "/en"):
        assert second.get(language + address.removeprefix("/en")).status_code == 200
        for words in (WHY, flag.sheet["rule_version"], flag.sheet_hash[:32]):
            assert words in second.text
    for words in ("Nanwan: you are the second person", "Open a review", "How to recompute it by hand"):
        assert words in second.text
    assert second.post(address, {}).status_code == 422
    assert second.post(address, {"answer": "back"}).status_code == 422
    assert 'id="why-why"' in second.text
    assert second.post(address, {"answer": "confirm"}).status_code == 303
    assert _state(stores, flag) == ("review", ["raised", "suggested", "review"])
    first.get(page)
    assert "under review" in first.text
    assert asked(second) == ""


def test_after_the_answer_the_sheet_is_gone(first: Official, second: Official, flag: Flag) -> None:
    """Whoever has answered reads what became of it, and no figure or reason any more."""
    address = _ask(first, second, flag)
    second.get(address)
    second.post(address, {"answer": "confirm"})
    assert second.get(address).status_code == 200
    assert "You confirmed it." in second.text
    for gone in (WHY, flag.sheet["rule_version"], flag.sheet_hash[:32], "<form class"):
        assert gone not in second.text


def test_sent_back_the_first_reads_why(first: Official, second: Official, flag: Flag, stores: Stores) -> None:
    """The reason stands on the flag's page, with the old reasons still there to be written anew."""
    address = _ask(first, second, flag, "dismiss")
    second.get(address)
    assert second.post(address, {"answer": "back", "why": BACK}).status_code == 303
    second.get(address)
    assert "You sent it back." in second.text
    first.get("/en/desk")
    assert "The second person sent it back" in first.text
    first.get(f"/en/desk/baisha/flags/{flag.id}")
    for words in (BACK, WHY, "Ask the second person"):
        assert words in first.text
    assert _state(stores, flag) == ("triage", ["raised", "suggested", "sent_back"])


def test_the_first_takes_it_back(first: Official, second: Official, flag: Flag, stores: Stores) -> None:
    """Then the second's old page says so, and its form changes nothing."""
    address, page = _ask(first, second, flag), f"/en/desk/baisha/flags/{flag.id}"
    second.get(address)
    first.get(page)
    assert first.post(page + "/withdraw").status_code == 303
    assert second.post(address, {"answer": "confirm"}).status_code == 422
    assert "waits no longer" in second.text
    assert "Whoever proposed it took it back." in second.text
    assert _state(stores, flag) == ("triage", ["raised", "suggested", "withdrawn", "refused"])


def test_two_tabs_at_once(first: Official, second: Official, app, flag: Flag, stores: Stores) -> None:
    """Of two open pages of the second's the earlier answer counts; an old page of the first's harms no newer one."""
    address, page = _ask(first, second, flag), f"/en/desk/baisha/flags/{flag.id}"
    one, other = Official(app, second.person), Official(app, second.person)
    assert one.get(address).data
    assert other.get(address).data
    tab, old = Official(app, first.person), Official(app, first.person)
    tab.get(page)
    old.get(page)
    assert one.post(address, {"answer": "back", "why": BACK}).status_code == 303
    assert other.post(address, {"answer": "confirm"}).status_code == 422
    assert "You sent it back." in other.text
    assert _state(stores, flag)[0] == "triage"
    again = _ask(first, second, flag, "dismiss")
    assert again != address
    assert old.post(page + "/withdraw").status_code == 422, "it names the proposal that was sent back"
    first.get(page)
    assert "has not answered yet" in first.text
    assert tab.post(page + "/decide", {"decision": "review", "reasons": WHY,
                                       "second": second.person.id}).status_code == 422
    assert "waits for its second person already" in tab.text
    two = Official(app, second.person)
    for visitor in (one, two):
        visitor.get(again)
    assert one.post(again, {"answer": "confirm"}).status_code == 303
    assert two.post(again, {"answer": "confirm"}).status_code == 422
    assert _state(stores, flag)[0] == "dismissed"


def test_others_find_nothing(first: Official, second: Official, official, flag: Flag, stores: Stores,
                             district: District) -> None:
    """A third person, the first, the secretary concerned and another office: no page, no line, no other flag."""
    address = _ask(first, second, flag).removeprefix("/en")
    with stores.portal.write() as session:
        third = accounts.add_person(session, user="third", name="许一", kept=accounts.hashed(PASSWORD))
        accounts.give_role(session, utc_now(), third, Role.TOWN_OFFICE, district["baisha"])
    proposal = address.rpartition("/")[2]
    own = {code: f"/desk/{code}/proposals/{proposal}" for code in ("baisha", "qingxi", "nanwan", "district")}
    someone = Official(second.app, third)
    for visitor in (someone, first, official("district_discipline")):
        assert visitor.get(own["baisha"]).status_code == 404
        assert visitor.post(own["baisha"], {"answer": "confirm"}).status_code in {400, 404}
        assert asked(visitor) == ""
    assert official("town_office", "qingxi").get(own["qingxi"]).status_code == 404
    for role, place in (("secretary", "nanwan"), ("village_clerk", "nanwan"), ("supervision", "nanwan"),
                        ("district_finance", "district"), ("operator", "district")):
        visitor = official(role, place)
        for path in own.values():
            assert visitor.get(path).status_code == 403
        assert asked(visitor) == ""
        assert flag.id not in visitor.text
    for path in ("/desk/baisha/flags", f"/desk/baisha/flags/{flag.id}", "/desk/baisha/reports"):
        assert second.get(path).status_code == 403, "being asked opens this one page"


def test_the_person_concerned_confirms_nothing(first: Official, second: Official, flag: Flag, stores: Stores,
                                               district: District) -> None:
    """Whoever was asked and then comes to hold a post in the village finds nothing more, and says nothing."""
    address = _ask(first, second, flag)
    second.get(address)
    with stores.portal.write() as session:
        accounts.give_role(session, utc_now(), second.person, Role.SECRETARY, district["nanwan"])
    assert second.post(address, {"answer": "confirm"}).status_code == 404
    assert second.get(address).status_code == 404
    assert asked(second) == ""
    assert _state(stores, flag) == ("triage", ["raised", "suggested"])


def test_the_second_may_step_aside(first: Official, second: Official, flag: Flag, stores: Stores,
                                   district: District) -> None:
    """No reason is asked; the town asks somebody else, and the list no longer holds this person."""
    address = _ask(first, second, flag)
    second.get(address)
    assert second.post(address + "/aside").status_code == 303
    assert second.get(address).status_code == 404
    assert _state(stores, flag) == ("triage", ["raised", "suggested", "declared", "lapsed"])
    first.get(f"/en/desk/baisha/flags/{flag.id}")
    assert second.person.id not in first.text
    assert district.person("district_discipline").id in first.text


def test_on_other_figures_the_page_only_gives_back(first: Official, second: Official, flag: Flag,
                                                   stores: Stores) -> None:
    """The page says that the figures have changed, and offers no “confirm” any more."""
    address = _ask(first, second, flag)
    second.get(address)
    with stores.portal.write() as session:
        kept = session.get_one(Flag, flag.id)
        kept.sheet = {**kept.sheet, "adults": kept.sheet["adults"] + 1}
        session.add(kept)
    assert second.post(address, {"answer": "confirm"}).status_code == 422
    assert "The figures have changed" in second.text
    assert 'value="confirm"' not in second.text
    assert second.post(address, {"answer": "back", "why": BACK}).status_code == 303
    with stores.portal.read() as session:
        assert [row.state for row in session.exec(select(Proposal)).all()] == ["returned"]


def test_the_pages_ask_the_database_little(first: Official, second: Official, flag: Flag) -> None:
    """At most 15 queries, signing in included, while a proposal waits: both people's page of it and both desks."""
    address = _ask(first, second, flag)
    asked_of: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            asked_of.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for visitor, path in ((second, address), (first, f"/desk/baisha/flags/{flag.id}"), (second, "/desk"),
                              (first, "/desk")):
            asked_of.clear()
            assert visitor.get(path).status_code == 200
            assert 0 < len(asked_of) <= 15, (path, len(asked_of))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
