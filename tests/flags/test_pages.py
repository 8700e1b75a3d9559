"""The town's pages of flags, the public rule, and the silence around both."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

import pytest
from flask import Flask

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.flags.models import Flag
from portal.flags.tasks import tasks
from portal.roles import Actor, Grant, Role
from portal.web import portions
from portal.web.cache import Caches
from tests.disclosures.counting import Queries
from tests.factories.flags import loud_flag, open_case
from tests.factories.places import District
from tests.visitor import Villager

WHY = "三张收据没有签字，两个人都看过。"
NOBODY = "0" * 16
OURS = re.compile(rb'value="[0-9a-f]{1,10}\.[0-9a-f]{32}"|value="[0-9a-f]{32}"')  # form tokens and attempts


@pytest.fixture
def flag(stores: Stores, district: District) -> Flag:
    """A flag over 南湾村 that the rule raised today."""
    with stores.portal.write() as session:
        return loud_flag(session, district, utc_now())


def test_the_rule_is_public_and_computed(villager: Villager) -> None:
    """Anybody can read how many people it takes, in both languages, as the rule computes it."""
    for path in ("/how-flags-work", "/en/how-flags-work"):
        page = villager.get(path)
        assert page.status_code == 200
        for line in ("<td>12</td><td>6</td>", "<td>28</td><td>10</td>", "<td>6</td><td>4</td>"):
            assert line in villager.text
    assert "In a village of 1,500 adults it takes 12 different people in a quarter." in villager.text


def test_the_sheet_is_all_there(official, flag: Flag, district: District) -> None:
    """The town's page shows the line, the neighbours, the weeks and how to recompute them, in both languages."""
    officer = official("town_discipline", "baisha")
    for language in ("", "/en"):
        assert officer.get(f"{language}/desk/baisha/flags").status_code == 200
        assert flag.id in officer.text
        assert officer.get(f"{language}/desk/baisha/flags/{flag.id}").status_code == 200
    for words in ("Nanwan: review or not", "Xinglin", "How to recompute it by hand", flag.sheet["rule_version"],
                  flag.sheet_hash[:32]):
        assert words in officer.text
    assert official("district_discipline").get(f"/en/desk/district/flags/{flag.id}").status_code == 200


def test_the_list_of_flags_tells_how_many_there_are(official, flag: Flag, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more wait than a page shows, their count stands above and a plain link shows them."""
    monkeypatch.setattr(portions, "FIRST", 0)
    officer = official("town_discipline", "baisha")
    officer.get("/en/desk/baisha/flags")
    assert flag.id not in officer.text
    assert "1 in all; the first 0 stand here" in officer.text
    assert "/en/desk/baisha/flags?waiting=100#waiting-1" in officer.text
    officer.get("/en/desk/baisha/flags?waiting=100")
    assert flag.id in officer.text


def test_the_sheet_speaks_to_officers(official, flag: Flag, district: District) -> None:
    """Settings stand in words and without a program's names for them."""
    officer = official("town_discipline", "baisha")
    for language, label in (("", "小村看几周"), ("/en", "So many in a small village")):
        officer.get(f"{language}/desk/baisha/flags/{flag.id}")
        assert label in officer.text
        assert not [key for key in flag.sheet["rule"] if "_" in key and key in officer.text]


def test_who_may_not_see_it_sees_nothing(official, villager: Villager, flag: Flag, district: District) -> None:
    """The village, other towns and offices without the right get no page; another's flag is like none."""
    for role, place in (("secretary", "nanwan"), ("village_clerk", "nanwan"), ("supervision", "nanwan"),
                        ("town_office", "baisha"), ("district_finance", "district")):
        visitor = official(role, place)
        code = place if place in {"baisha", "district"} else "nanwan"
        assert visitor.get(f"/desk/{code}/flags").status_code == 403
        assert visitor.get(f"/desk/{code}/flags/{flag.id}").status_code == 403
    other = official("town_discipline", "qingxi")
    assert other.get(f"/desk/baisha/flags/{flag.id}").status_code == 403
    hidden, none = other.get(f"/desk/qingxi/flags/{flag.id}"), other.get("/desk/qingxi/flags/0000000000000000")
    assert hidden.get_data(as_text=True).replace(flag.id, "0" * 16) == none.get_data(as_text=True)
    assert hidden.status_code == 404
    assert villager.get(f"/desk/baisha/flags/{flag.id}").status_code == 303


def test_the_district_reads_and_does_not_decide(official, flag: Flag, district: District) -> None:
    """The district's page has no form, and its post is refused."""
    reader = official("district_discipline")
    reader.get(f"/en/desk/district/flags/{flag.id}")
    assert "The town decides" in reader.text
    sent = {"decision": "dismiss", "reasons": WHY, "second": district.person("district_discipline").id}
    assert reader.post(f"/en/desk/district/flags/{flag.id}/decide", sent).status_code == 422


def test_tasks_name_the_day_and_escalate(stores: Stores, district: District, flag: Flag, now: datetime) -> None:
    """The town's officer has the line with its day; the district gets it only once the days are over."""
    town, root, village = district["baisha"], district["district"], district["nanwan"]
    officer = Actor("a", "李", "", "", (Grant(Role.TOWN_DISCIPLINE, town.id, town.path),))
    above = Actor("b", "陈", "", "", (Grant(Role.DISTRICT_DISCIPLINE, root.id, root.path),))
    secretary = Actor("c", "周", "", "", (Grant(Role.SECRETARY, village.id, village.path),))
    with stores.portal.read() as session:
        assert [line.due for line in tasks(stores, session, officer, utc_now())] == [flag.due]
        assert tasks(stores, session, above, utc_now()) == []
        assert tasks(stores, session, secretary, utc_now()) == []
        late = datetime.fromisoformat(f"{flag.due.replace(year=flag.due.year + 1)}T00:00:00+00:00")
        assert [line.phrase for line in tasks(stores, session, above, late)] == ["Not settled in time at the town"]


def _pages(app: Flask, stores: Stores, villager: Villager, more: Sequence[str]) -> dict[str, tuple[int, int, bytes]]:
    """What anybody sees of the village and of its neighbour, in both languages: every page, searches, error pages.

    Beside each stands how many questions it asked the store: what takes longer would tell something too.

    Kept pages are rendered anew: a flag moves no version, so an old page would hide what a new one tells.
    """
    found = {}
    app.extensions["portal.cache"] = Caches()
    paths = list(more)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "guard", "") != "open" or "GET" not in (rule.methods or set()):
            continue
        if set(rule.arguments) - {"code"} or rule.endpoint == "home.healthz":
            continue
        paths += {str(rule).replace("<code>", code) for code in ("nanwan", "xinglin")}
    asked = Queries(stores)
    for path in paths:
        for language in ("", "/en"):
            before, page = asked.number, villager.client.get(language + path)
            found[language + path] = (page.status_code, asked.number - before, OURS.sub(b"", page.data))
    return found


@pytest.mark.parametrize("state", ["triage", "review", "decided"])
def test_public_silence(app: Flask, stores: Stores, district: District, villager: Villager, state: str) -> None:
    """Every public page of a village is the same to the byte, for the same work, without a flag and with one.

    In any state of the flag. Searches for what a flag is called, pages of errors and the neighbours' pages are looked
    at as well. Faults seen: a search that knew flags; an error page that told a flag's id from nobody's; a front page
    that looked once more at the flags of a village that has some.
    """
    village, now = district["nanwan"], utc_now()
    words = ("核查", "书记", "南湾村", village.name_en, "review", "flag", "单据", "收据没有签字")
    more = [f"/v/{code}/search?q={quote(word)}" for code in ("nanwan", "xinglin") for word in words]
    more += [f"/v/{code}/{what}" for code in ("nanwan", "xinglin")
             for what in ("nothing", "open/income?period=9", "open/nothing", f"cleared/{NOBODY}", f"promises/{NOBODY}")]
    more += ["/nothing", "/v/nowhere", "/desk/nanwan/review", "/desk/baisha/flags", f"/desk/baisha/flags/{NOBODY}"]
    before = _pages(app, stores, villager, more)
    assert {200, 303, 404} <= {status for status, *_ in before.values()}
    with stores.portal.write() as session:
        if state == "triage":
            flag = loud_flag(session, district, now)
        else:
            case = open_case(session, district, now)
            flag = case.walk_to_decision("educate").flag if state == "decided" else case.hear().flag
        assert flag.state == state
        flag_id = flag.id
    after = _pages(app, stores, villager, more)
    assert [path for path in before if before[path] != after[path] and not path.endswith("/log")] == []
    assert all(flag_id.encode() not in body for *_, body in after.values())
    for path in (f"/v/nanwan/cleared/{NOBODY}", f"/desk/baisha/flags/{NOBODY}", f"/desk/nanwan/review/{NOBODY}/paper"):
        nobody, somebody = (villager.client.get(path.replace(NOBODY, one)) for one in (NOBODY, flag_id))
        assert (nobody.status_code, nobody.data) == (somebody.status_code, somebody.data.replace(
            flag_id.encode(), NOBODY.encode()))
