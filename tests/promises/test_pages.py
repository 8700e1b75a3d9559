"""Promises on their pages: what villagers read, and the desk's questions one at a time."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import event

from portal.core.db import Stores
from portal.promises import service
from tests.conftest import NOW
from tests.factories.places import District
from tests.promises.people import acting, picture, promised
from tests.visitor import Official, Villager

Officials = Callable[..., Official]


@pytest.fixture(autouse=True)
def _today():
    """Let the pages open on the day of the tests."""
    with time_machine.travel(NOW, tick=False):
        yield


def queries_of(stores: Stores, act: Callable[[], object]) -> int:
    """Count the statements that an act sends."""
    seen = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(stores.portal.engine, "before_cursor_execute", note)
    act()
    event.remove(stores.portal.engine, "before_cursor_execute", note)
    return len(seen)


def make_some(stores: Stores, district: District) -> str:
    """Promise three things: one reported with a photo, one behind, one changed and checked. Return the first's id."""
    with stores.portal.write() as session:
        secretary = acting(session, district.person("secretary"))
        town = acting(session, district.person("town_office"))
        road = promised(session, district, NOW)
        service.report_progress(session, secretary, NOW, road, percent=90, state="on_track", photos=(picture(),) * 3)
        trees = promised(session, district, NOW, "油茶新增 200 亩", date(2026, 12, 31))
        service.report_progress(session, secretary, NOW, trees, percent=35, state="behind", explanation="苗子没到")
        lamps = promised(session, district, NOW, "路灯 40 盏")
        wording = service.change(session, secretary, NOW, lamps, title="路灯 30 盏", words="主路", reason="电费太高",
                                 by_day=date(2026, 12, 28))
        service.decide_change(session, town, NOW, wording, approve=True)
        service.check(session, town, NOW, lamps, outcome="at_risk", note="灯杆还没到货")
    return road.id


def test_villagers_see_every_promise_with_its_meter(villager: Villager, stores: Stores, district: District) -> None:
    """The list shows per cent, day, why it is behind and the town's word; in five queries and 14.6 KB."""
    make_some(stores, district)
    assert queries_of(stores, lambda: villager.get("/en/v/liuhe/promises")) <= 5
    for words in ("3 promises", "1 behind", "90%", "35%", "苗子没到", "路灯 30 盏", "changed once", "灯杆还没到货",
                  "By 20 December"):
        assert words in villager.text
    small = villager.client.get("/v/liuhe/promises", headers={"Accept-Encoding": "gzip"})
    assert len(small.get_data()) <= 14_600


def test_an_english_page_says_whose_the_chinese_words_are(villager: Villager, stores: Stores,
                                                         district: District) -> None:
    """Where a village wrote in Chinese alone a reader of English is told so, once; elsewhere nothing is said."""
    remark = "in Chinese stands as the village or the town wrote it"
    assert villager.get("/en/v/liuhe/promises").status_code == 200
    assert remark not in villager.text, "nothing stands here in Chinese yet"
    road = make_some(stores, district)
    for page in ("/promises", f"/promises/{road}", ""):
        villager.get("/en/v/liuhe" + page)
        assert villager.text.count(remark) == 1
        villager.get("/v/liuhe" + page)
        assert "没有翻译" not in villager.text
    villager.get("/en/v/liuhe/search?q=垃圾")
    assert remark not in villager.text, "what the reader typed is nobody else’s word"


def test_one_promise_shows_both_versions_and_its_photos(villager: Villager, stores: Stores, district: District) -> None:
    """A promise's page has its reports with photos, what was changed and why, in five queries."""
    road = make_some(stores, district)
    assert queries_of(stores, lambda: villager.get(f"/en/v/liuhe/promises/{road}")) <= 5
    assert villager.text.count("<img") == 1
    assert "Photo 3" in villager.text
    address = villager.text.split('<img src="')[1].split('"')[0]
    small = villager.get(address)
    assert small.mimetype == "image/jpeg"
    assert "immutable" in small.headers["Cache-Control"]
    assert villager.get(address.removesuffix("/small")).mimetype == "image/jpeg"
    assert villager.get(address.replace(district["liuhe"].code, district["shiqiao"].code)).status_code == 404
    villager.get("/en/v/liuhe/promises")
    lamps = villager.text.split("路灯 30 盏")[0].rsplit('href="', 1)[1].split('"')[0]
    villager.get(lamps)
    for words in ("路灯 30 盏", "路灯 40 盏", "电费太高", "Version 2, counts now", "The town approved it."):
        assert words in villager.text


def test_a_waiting_change_is_not_public(villager: Villager, official: Officials, stores: Stores,
                                        district: District) -> None:
    """What the secretary proposes is read at the desk only, until the town has decided."""
    with stores.portal.write() as session:
        row = promised(session, district, NOW)
        service.change(session, acting(session, district.person("secretary")), NOW, row, title="少修一点", words="x",
                       reason="没钱", by_day=date(2026, 12, 31))
    for path in ("/v/liuhe/promises", f"/v/liuhe/promises/{row.id}"):
        assert "少修一点" not in villager.get(path).get_data(as_text=True)
    assert "少修一点" in official("secretary").get("/desk/liuhe/promises").get_data(as_text=True)
    town = official("town_office")
    assert queries_of(stores, lambda: town.get("/en/desk/liuhe/promises")) <= 15
    town.get(f"/en/desk/liuhe/promises/{row.id}/review")
    assert town.post(f"/en/desk/liuhe/promises/{row.id}/review", {"answer": "no", "words": ""}).status_code == 422
    assert town.post(f"/en/desk/liuhe/promises/{row.id}/review", {"answer": "yes"}).status_code == 303
    assert "少修一点" in villager.get("/v/liuhe/promises").get_data(as_text=True)


def test_missing_promises_are_a_public_line(villager: Villager, stores: Stores, district: District) -> None:
    """A year without promises says so: by when they must come, and after that how late they are."""
    villager.get("/en/v/liuhe/promises")
    assert "No promises for 2026 yet" in villager.text
    with time_machine.travel(NOW.replace(year=2027, month=2, day=10), tick=False):
        villager.get("/en/v/liuhe/promises")
        assert "10 days late" in villager.text
    assert villager.get("/v/nowhere/promises").status_code == 404
    assert villager.get("/v/qingxi/promises").status_code == 404
    assert villager.get("/v/liuhe/promises/none").status_code == 404
    assert villager.get("/v/liuhe/promises?year=1999").status_code == 404


def test_the_secretary_promises_question_by_question(official: Officials, villager: Villager) -> None:
    """Four short pages, nothing lost on the way or by going back; an error stays beside its field."""
    secretary, path = official("secretary"), "/en/desk/liuhe/promises/add"
    secretary.get(path)
    assert secretary.post(path, {"title": "修路", "words": ""}).status_code == 422
    assert 'value="修路"' in secretary.text
    assert secretary.post(path, {"title": "修路", "words": "打 13912345678"}).status_code == 422
    secretary.post(path, {"title": "修路", "words": "三组到镇上"})
    assert "How much or how many?" in secretary.text
    secretary.post(path, {"target": "很多", "unit": "公里"})
    secretary.post(path, {"go": "back"})
    assert 'value="很多"' in secretary.text
    secretary.post(path, {"target": "很多", "unit": "公里"})
    secretary.post(path, {"by_day": "2026-12-20"})
    assert "Read it once more" in secretary.text
    assert secretary.post(path).status_code == 422
    assert "How much or how many?" in secretary.text
    secretary.post(path, {"target": "1.8", "unit": "公里"})
    secretary.post(path, {"by_day": "2026-12-20"})
    assert secretary.post(path).status_code == 303
    assert "修路" in villager.get("/v/liuhe/promises").get_data(as_text=True)


def test_the_secretary_reports_with_a_photo(official: Officials, villager: Villager, stores: Stores,
                                            district: District) -> None:
    """State, per cent, photo; behind asks for its reason, done asks for its photo."""
    with stores.portal.write() as session:
        row = promised(session, district, NOW)
    secretary, path = official("secretary"), f"/en/desk/liuhe/promises/{row.id}/report"
    secretary.get(path)
    secretary.post(path, {"state": "behind"})
    assert "Why is it behind?" in secretary.text
    secretary.post(path, {"percent": "30", "explanation": ""})
    assert secretary.post(path, {"photos": (BytesIO(picture()), "a.jpg")}).status_code == 422
    assert "Say why it is behind" in secretary.text
    secretary.post(path, {"percent": "30", "explanation": "等水泥"})
    assert secretary.post(path, {"photos": (BytesIO(b"text"), "a.jpg")}).status_code == 422
    assert "not a picture" in secretary.text
    assert secretary.post(path, {"photos": (BytesIO(picture()), "a.jpg")}).status_code == 303
    assert "等水泥" in villager.get("/v/liuhe/promises").get_data(as_text=True)
    secretary.get(path)
    secretary.post(path, {"state": "done"})
    assert "Up to 3." in secretary.text
    assert secretary.post(path).status_code == 422
    assert secretary.post(path, {"photos": (BytesIO(picture()), "a.jpg")}).status_code == 303
    assert "100%" in villager.get("/v/liuhe/promises").get_data(as_text=True)


def test_the_secretary_proposes_a_change(official: Officials, stores: Stores, district: District) -> None:
    """The wording that counts is there to be changed, and the reason is asked for."""
    with stores.portal.write() as session:
        row = promised(session, district, NOW)
    secretary, path = official("secretary"), f"/en/desk/liuhe/promises/{row.id}/change"
    secretary.get(path)
    assert 'value="修通水泥路 1.8 公里"' in secretary.text
    secretary.post(path, {"title": "修通 1.2 公里", "words": "到二组"})
    secretary.post(path, {"target": "1.2", "unit": "公里"})
    secretary.post(path, {"by_day": "2026-12-31"})
    assert "Why must it change?" in secretary.text
    secretary.post(path, {"reason": "征地没谈下来"})
    assert secretary.post(path).status_code == 303
    assert "A change waits for the town" in secretary.get("/en/desk/liuhe/promises").get_data(as_text=True)


def test_the_town_sees_its_villages_and_checks(official: Officials, villager: Villager, stores: Stores,
                                               district: District) -> None:
    """The town has one line a village, and its finding stands beside the promise."""
    road = make_some(stores, district)
    town = official("town_office")
    assert queries_of(stores, lambda: town.get("/en/desk/qingxi/promises")) <= 15
    assert "Liuhe" in town.text
    path = f"/en/desk/liuhe/promises/{road}/check"
    town.get(path)
    assert town.post(path, {"outcome": "late", "note": ""}).status_code == 422
    assert town.post(path, {"outcome": "late", "note": "路基没压实"}).status_code == 303
    assert "路基没压实" in villager.get("/v/liuhe/promises").get_data(as_text=True)


@pytest.mark.parametrize("role", ["village_clerk", "supervision", "town_discipline"])
def test_who_only_reads_has_nothing_to_press(official: Officials, stores: Stores, district: District,
                                             role: str) -> None:
    """Others at the desk see the promises without buttons, and their addresses refuse them."""
    road = make_some(stores, district)
    person = official(role)
    assert person.get("/en/desk/liuhe/promises").status_code == 200
    assert "Report progress" not in person.text
    for act in ("report", "change", "check", "review"):
        assert person.get(f"/desk/liuhe/promises/{road}/{act}").status_code == 403
    assert person.get("/desk/liuhe/promises/add").status_code == 403


def test_the_neighbours_secretary_stays_out(official: Officials, stores: Stores, district: District) -> None:
    """A secretary can't reach another village's promise, whichever village the address names."""
    road = make_some(stores, district)
    neighbour = official("secretary", "shiqiao")
    assert neighbour.get(f"/desk/liuhe/promises/{road}/report").status_code == 403
    assert neighbour.get(f"/desk/shiqiao/promises/{road}/report").status_code == 404
