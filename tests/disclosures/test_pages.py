"""The pages of openness, as villagers read them."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.disclosures import queries, service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.models import Record
from portal.disclosures.periods import Period
from portal.disclosures.wording import capital, change, entries, figure_text, period_name, within
from tests.disclosures.book import HOUSEHOLDS, SPENT, open_book
from tests.disclosures.counting import Queries
from tests.factories.places import District
from tests.visitor import Official, Villager


def test_villagers_read_everything_in_both_languages(villager: Villager, stores: Stores, ids: dict[str, str]) -> None:
    """Every public page opens, in Chinese and in English, with at most five questions to the store each."""
    pages = [
        "open",
        "open/expenses",
        "open/farm-subsidies",
        "open/basic-allowance",
        f"open/expenses/{ids['new']}",
        f"open/farm-subsidies/{ids['listed']}",
        f"open/rules/{ids['rules']}",
        f"open/assembly-decisions/{ids['voted']}",
        "search?q=路灯",
        f"open/expenses/{ids['old']}?version=1",
        f"open/farm-subsidies/{ids['listed']}?page=2",
    ]
    for page in pages:
        for before in ("", "/en"):
            counted = Queries(stores)
            answer = villager.get(f"{before}/v/liuhe/{page}")
            assert answer.status_code == 200, page
            assert counted.number <= 5, (page, counted.number)
            assert len(answer.get_data()) < 200_000


def test_what_is_missing_is_shown_with_its_days(villager: Villager, ids: dict[str, str]) -> None:
    """What is due and not public stands on the page of openness as a line with its days late."""
    villager.get("/en/v/liuhe/open")
    assert "days late" in villager.text
    assert "Water and electricity" in villager.text


def test_a_list_of_people_is_masked(villager: Villager, ids: dict[str, str]) -> None:
    """One character of each name is hidden; no full name is anywhere in the page."""
    villager.get(f"/v/liuhe/open/farm-subsidies/{ids['listed']}")
    assert [name in villager.text for name in ("王*明", "欧阳*兰", "王小明", "欧阳建兰")] == [True, True, False, False]
    villager.get(f"/v/liuhe/open/expenses/{ids['new']}")
    assert "李*" in villager.text, "who gets money is masked"
    assert "周建民" in villager.text, "who acts in office is not"


def test_a_long_list_stands_fifty_rows_a_page(villager: Villager, ids: dict[str, str]) -> None:
    """Who checked a list and how to object stay within reach: fifty rows a page, with ways on above and below."""
    here = f"/en/v/liuhe/open/farm-subsidies/{ids['listed']}"
    villager.get(here)
    assert villager.text.count("<tr><td>") == 50
    assert villager.text.count("page=2#rows") == 2
    assert "Rows 1 to 50 of 386" in villager.text
    villager.get(f"{here}?page=8")
    assert "Rows 351 to 386 of 386" in villager.text
    assert "page=9" not in villager.text


def test_a_record_shows_digits_as_the_log_does(villager: Villager, ids: dict[str, str]) -> None:
    """The code that people compare is six groups of four digits, never letters."""
    villager.get(f"/en/v/liuhe/open/expenses/{ids['new']}")
    assert re.search(r"<b>(?:\d{4} ){5}\d{4}</b>", villager.text)


def test_a_search_shows_where_the_word_stands(villager: Villager, ids: dict[str, str]) -> None:
    """What was found says its line where the title doesn't; with no word, the page says what can be found."""
    villager.get("/en/v/liuhe/search?q=垃圾")
    assert "第一条 垃圾不乱倒。" in villager.text
    villager.get("/en/v/liuhe/search")
    assert "can be found" in villager.text


def test_a_new_sum_is_compared_with_the_period_before(
    app: Flask, stores: Stores, district: District, ids: dict[str, str]
) -> None:
    """The front page says how a newly published sum differs from its last period's."""
    with stores.portal.read() as session, app.test_request_context("/", environ_overrides={"portal.language": "en"}):
        known = queries.for_home(session, district["liuhe"], utc_now())["known"]
        new = next(line for line in known if line.record_id == ids["new"])
        assert "more than in the " in change(new, known)
        assert change(new, []) == ""


def test_an_empty_category_says_by_when(villager: Villager, district: District) -> None:
    """In a village on its first day nothing is there yet, and the pages say when the first things are due."""
    villager.get("/en/v/liuhe/open/expenses")
    assert "It has to stand here by " in villager.text
    villager.get("/en/v/liuhe/open")
    assert "not yet" in villager.text


def test_anybody_objects_once(villager: Villager, official: Any, ids: dict[str, str]) -> None:
    """An objection needs no name; a second tap adds nothing; a number of a person is refused with the text kept."""
    address = f"/en/v/liuhe/open/farm-subsidies/{ids['listed']}/object"
    villager.get(address)
    hidden = villager.hidden()
    assert villager.post(address, {"text": "call me 13800001234"}).status_code == 422
    assert "13800001234" in villager.text, "what was typed is still there"
    for _ in range(2):
        assert villager.post(address, {**hidden, "text": "李根家少写了两亩"}).status_code == 303
    villager.get(f"/en/v/liuhe/open/farm-subsidies/{ids['listed']}")
    assert villager.text.count("An objection is being looked into") == 1
    assert "少写了两亩" not in villager.text, "its words are for the committee"
    assert villager.post(address, {"token": "x", "key": "y", "text": "z"}).status_code == 400
    checker: Official = official("supervision")
    checker.get(f"/en/desk/liuhe/open/record/{ids['listed']}")
    assert "少写了两亩" in checker.text


def test_words_that_came_too_late_in_the_day_stay_on_the_page(
    villager: Villager, stores: Stores, district: District, ids: dict[str, str]
) -> None:
    """Whoever objects after twenty others reads when to come again and whom to tell, with everything typed there."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        listed = session.get_one(Record, ids["listed"])
        for number in range(service.MOST_A_DAY):
            service.object_to(session, book.now, book.village, listed, "第 3 行不对", f"key-{number}")
    for before, said in (("/en", "tomorrow"), ("", "明天")):
        address = f"{before}/v/liuhe/open/farm-subsidies/{ids['listed']}/object"
        villager.get(address)
        assert villager.post(address, {"text": "李根家少写了两亩"}).status_code == 422
        assert said in villager.text
        assert "李根家少写了两亩</textarea>" in villager.text


def test_unknown_places_categories_and_records(villager: Villager, ids: dict[str, str]) -> None:
    """Whatever does not exist is a polite page."""
    for path in (
        "/v/nowhere/open",
        "/v/liuhe/open/nothing",
        "/v/liuhe/open/expenses/0123456789abcdef",
        f"/v/shiqiao/open/expenses/{ids['new']}",
        f"/v/liuhe/open/income/{ids['new']}",
        f"/v/liuhe/open/expenses/{ids['new']}?version=9",
        f"/v/liuhe/open/expenses/{ids['new']}/file/x",
    ):
        assert villager.get(path).status_code == 404, path


def test_every_category_has_a_form_and_a_page(official: Any, app: Flask, ids: dict[str, str]) -> None:
    """All 62 items of the catalogue drive a form and a page; none is made by hand."""
    from portal.disclosures.catalogue import catalogue

    clerk: Official = official("village_clerk")
    for item in catalogue().items:
        assert clerk.get(f"/desk/liuhe/open/new/{item.slug}").status_code == 200, item.code
        assert clerk.get(f"/v/liuhe/open/{item.code}").status_code == 200, item.code


@pytest.mark.parametrize(
    ("key", "whole", "short", "inside"),
    [
        ("2026-Q3", "third quarter of 2026", "third quarter", "the third quarter of 2026"),
        ("2026-H2", "second half of 2026", "second half", "the second half of 2026"),
        ("2026-07", "July 2026", "July", "July 2026"),
        ("2026", "2026", "2026", "2026"),
    ],
)
def test_periods_in_english(app: Flask, key: str, whole: str, short: str, inside: str) -> None:
    """A period is said as people say it, and begins a line with a capital."""
    with app.test_request_context("/", environ_overrides={"portal.language": "en"}):
        period = Period.parse(key)
        assert (period_name(period), period_name(period, year=False), within(period)) == (whole, short, inside)
        assert capital(whole)[0] in "TSJ2"


def test_counts_keep_their_thousands_apart(app: Flask) -> None:
    """A count of four digits and more is written 1,140, in a phrase too; what is no whole number keeps its point."""
    with app.test_request_context("/", environ_overrides={"portal.language": "en"}):
        assert entries(catalogue().by_code("V19"), 1140) == "1,140 households"
        assert figure_text(catalogue().by_code("V19").field("area_mu"), "6553.25") == "6,553.25"


def picture() -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


def test_the_photo_of_a_list_goes_with_the_names(stores: Stores, district: District, villager: Villager,
                                                 official: Any) -> None:
    """While the notice runs a list's photo is there for all; afterwards the page names it no more, and it is gone.

    The desk keeps it. The photo of a record whose names stay is not touched.
    """
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        list_of = book.draft("V19", Content(rows=[dict(row) for row in HOUSEHOLDS], event_date=book.today, title="补"))
        spent = book.draft("V08", Content(rows=[dict(SPENT)]), "2026-Q3")
        papers = [service.attach(session, book.clerk, book.now, book.village, record, "名单照片.jpg", picture()).id
                  for record in (list_of, spent)]
        for record in (list_of, spent):
            book.forward(record)
        lists, money = (f"/en/v/liuhe/open/{slug}/{record.id}" for slug, record in
                        (("farm-subsidies", list_of), ("expenses", spent)))
    assert "名单照片" in villager.get(lists).get_data(as_text=True)
    assert villager.get(f"{lists}/file/{papers[0]}").status_code == 200
    with stores.portal.write() as session:
        service.tick(session, book.later(30).now)
    page = villager.get(lists).get_data(as_text=True)
    assert "名单照片" not in page
    assert "They are not shown any more" in page
    assert villager.get(f"{lists}/file/{papers[0]}").status_code == 404
    clerk = official("village_clerk")
    assert clerk.get(f"/desk/liuhe/open/farm-subsidies/record/{list_of.id}/file/{papers[0]}").status_code == 200
    assert "名单照片" in villager.get(money).get_data(as_text=True)
    assert villager.get(f"{money}/file/{papers[1]}").status_code == 200


def test_a_paper_s_name_is_one_line(stores: Stores, district: District, villager: Villager) -> None:
    """A line break or an escape in a file's name is no part of it, and the file can be fetched."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        spent = book.draft("V08", Content(rows=[dict(SPENT)]), "2026-Q3")
        paper = service.attach(session, book.clerk, book.now, book.village, spent, "发\r\n票\x1b[2J \u202egpj.jpg",
                               picture())
        book.forward(spent)
        here = f"/v/liuhe/open/expenses/{spent.id}"
        assert paper.name == "发 票[2J gpj.jpg"
        paper.name = "came\r\nbefore.jpg"
        session.add(paper)
    answer = villager.get(f"{here}/file/{paper.id}")
    assert (answer.status_code, "came before.jpg" in answer.headers["Content-Disposition"]) == (200, True)
