"""The pages of openness, as villagers and officials fetch them."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import event
from sqlmodel import select

from portal import clocks
from portal.config import Config
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.disclosures import queries, service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.models import Attachment, Record
from portal.disclosures.periods import Period
from portal.disclosures.wording import capital, change, entries, figure_text, period_name, within
from tests.disclosures.book import DECIDED, HOUSEHOLDS, SPENT, open_book
from tests.factories.places import District
from tests.visitor import Official, Villager

HEAD = "日期\t支出事由\t金额\t收款方\t经手人\t审批人\n"


class Queries:
    """Counts the questions that a page asks the store."""

    def __init__(self, stores: Stores) -> None:
        self.number = 0
        event.listen(stores.portal.engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_args: Any) -> None:
        self.number += not statement.startswith("BEGIN")


@pytest.fixture
def quarter() -> Period:
    """The last quarter that is over."""
    return Period.holding("quarter", local_day(utc_now())).previous()


@pytest.fixture
def ids(stores: Stores, district: District, quarter: Period) -> dict[str, str]:
    """Some public records of the first village: two quarters of spending, a list in notice, a decision."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = book.today - timedelta(days=365)
        session.add(book.village)
        old = book.forward(book.draft("V08", _spent(quarter.previous(), 3), quarter.previous().key))
        new = book.forward(book.draft("V08", _spent(quarter, 12), quarter.key))
        many = [{**HOUSEHOLDS[row % 3], "amount": f"{row}.00"} for row in range(1, 387)]
        listed = book.forward(book.draft("V19", Content(rows=many, event_date=book.today, title="耕地地力保护补贴")))
        said = {"title_text": "村规民约", "body": "第一条 垃圾不乱倒。\n第二条 不大办。", "adopted_on": "2026-03-01"}
        text = Content(said, decision=DECIDED)
        rules = book.forward(book.draft("V01", text))
        assembly = {"body": "修三组的路", "eligible": "50", "present": "46", "votes_for": "45", "votes_against": "1"}
        voted = book.forward(book.draft("V04", Content(assembly, event_date=book.today, decision=DECIDED)))
        return {"old": old.id, "new": new.id, "listed": listed.id, "rules": rules.id, "voted": voted.id}


def _spent(period: Period, number: int) -> Content:
    day = period.start.isoformat()
    return Content(rows=[{**SPENT, "date": day, "amount": f"{row}00.00"} for row in range(1, number + 1)])


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


def test_a_clerk_types_a_record_and_it_goes_its_way(
    official: Any, stores: Stores, quarter: Period, ids: dict[str, str]
) -> None:
    """A typed grid with a mistake keeps everything typed; mended it is a draft, checked, approved and public."""
    clerk: Official = official("village_clerk")
    assert clerk.get("/en/desk/liuhe/open").status_code == 200
    assert clerk.get(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}").status_code == 200
    row = {
        "period": quarter.key,
        "r0-item": "自来水",
        "r0-meter_total": "4210",
        "r0-rate": "2.80",
        "r0-billed": "11,788.0o",
        "r0-collected": "11200",
    }
    answer = clerk.post(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}", row)
    assert answer.status_code == 422
    assert "11,788.0o" in clerk.text
    assert "not an amount" in clerk.text
    answer = clerk.post(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}", {**row, "r0-billed": "11,788.00"})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    assert clerk.get(here).status_code == 200
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    token = {"token": clerk.hidden()["token"]}
    sent = clerk.client.post(f"{here}/attach", data={**token, "file": (io.BytesIO(picture.getvalue()), "水表.png")})
    assert sent.status_code == 303
    assert clerk.client.post(f"{here}/submit", data=token).status_code == 303
    checker: Official = official("supervision")
    checker.get(here)
    assert checker.post(f"{here}/check", {}).status_code == 422
    assert checker.post(f"{here}/check", {"verdict": "back", "remark": ""}).status_code == 422
    assert checker.post(f"{here}/check", {"verdict": "good", "remark": "和抄表本对过"}).status_code == 303
    boss: Official = official("secretary")
    boss.get(here)
    counted = Queries(stores)
    assert boss.get(here).status_code == 200
    assert counted.number <= 15
    assert boss.post(f"{here}/approve", {"verdict": "good"}).status_code == 303
    public = f"/en/v/liuhe/open/utilities/{here.rsplit('/', 1)[-1]}"
    assert boss.get(public).status_code == 200
    assert "11,788" in boss.text
    assert "水表.png" in boss.text
    paper = boss.text.split("/file/")[1].split('"')[0]
    assert boss.client.get(f"{public}/file/{paper}").mimetype == "image/jpeg"


def test_a_row_that_lacks_something_says_what(official: Any, quarter: Period) -> None:
    """A grid with a row that was only begun comes back with everything typed and the missing cell named."""
    clerk: Official = official("village_clerk")
    address = "/desk/liuhe/open/new/utilities"
    clerk.get(address)
    page = clerk.post(address, {"period": quarter.key, "grid": "6", "r2-item": "自来水"})
    assert page.status_code == 422
    assert "自来水" in clerk.text
    assert "没填" in clerk.text or "缺" in clerk.text


def test_pasted_rows_are_looked_at_and_mended_first(official: Any, quarter: Period, ids: dict[str, str]) -> None:
    """Bad cells are shown all at once with their reasons, mended on the page, and only a whole table is saved."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    day, other = period.start.isoformat(), (period.end + timedelta(days=5)).isoformat()
    rows = (
        f"{day}\t老年饭桌补助\t12,160,00\t村老年饭桌\t赵秀兰\t周建民\n"
        f"{other}\t打印费\t35.00\t打印店\t孙海燕\t周建民\n"
        f"{day}\t清淤 13800001234\t36000\t施工队\t高玉海\t周建民\n{day}\t路灯\t50\t电工\t王福林\t周建民\n"
    )
    clerk.get(f"/en/desk/liuhe/open/new/expenses?period={period.key}")
    answer = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": HEAD + rows})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    clerk.get(here)
    assert "3 places to mend" in clerk.text
    assert "Amount of the rows that are right: 50" in clerk.text, "no row with a fault is added up"
    assert "13800001234" not in clerk.text
    assert clerk.post(here, {"act": "save"}).status_code == 422
    mended = {"act": "mend", "cell-1-2": "12,160.00", "cell-2-0": day, "cell-3-1": "渠道清淤"}
    assert clerk.post(here, mended).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text
    answer = clerk.post(here, {"act": "save"})
    assert answer.status_code == 303
    clerk.get(answer.headers["Location"])
    assert "48,245" in clerk.text
    assert clerk.get(here).status_code == 404, "the upload is gone once it is saved"
    assert clerk.get(answer.headers["Location"] + "/edit").status_code == 200


def test_a_table_of_another_quarter_finds_its_quarter(
    official: Any, quarter: Period, stores: Stores, district: District
) -> None:
    """386 rows sent for the wrong quarter: one sentence, the right quarter proposed, one button, and all is well."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = book.today - timedelta(days=365)
        session.add(book.village)
    clerk: Official = official("village_clerk")
    right, wrong = quarter.previous(), quarter
    row = f"{right.start}\t路灯\t50\t电工\t王福林\t周建民\n"
    here = _sent(clerk, wrong, HEAD + row * 386)
    assert "one place to mend" in clerk.text
    assert f"All dates lie in {_english(right)}" in clerk.text
    assert clerk.text.count("is not in") == 0
    assert f"Import as {_english(right)}" in clerk.text
    assert clerk.post(here, {"act": "period"}).status_code == 303
    clerk.get(here)
    assert "386 rows read, all is well" in clerk.text
    answer = clerk.post(here, {"act": "save"})
    assert answer.status_code == 303
    clerk.get(answer.location)
    assert capital(_english(right).removeprefix("the ")).lower() in clerk.text.lower()
    # The quarter is taken now: a second table leads to what is there, and cannot be moved onto it.
    again = _sent(clerk, wrong, HEAD + row)
    assert "Import as" not in clerk.text
    assert f'href="{answer.location}"' in clerk.text
    clerk.post(again, {"act": "period"})
    clerk.get(again)
    assert f"All dates lie in {_english(right)}" in clerk.text


def test_a_table_for_a_draft_keeps_the_drafts_period(
    official: Any, quarter: Period, stores: Stores, district: District
) -> None:
    """Rows sent for a record that is being written are never moved to another period; the page says what is wrong."""
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(quarter, 1), quarter.key)
    clerk: Official = official("village_clerk")
    row = f"{quarter.previous().start}\t路灯\t50\t电工\t王福林\t周建民\n"
    here = _sent(clerk, quarter, HEAD + row, record=record.id)
    assert "All dates lie in" in clerk.text
    assert "Import as" not in clerk.text
    clerk.post(here, {"act": "period"})
    clerk.get(here)
    assert "All dates lie in" in clerk.text


def _english(period: Period) -> str:
    return f"the {('first', 'second', 'third', 'fourth')[period.number - 1]} quarter of {period.year}"


def _sent(clerk: Official, period: Period, pasted: str, **more: str) -> str:
    """Send a table of spending and look at what was read; return the address of that page."""
    clerk.get("/en/desk/liuhe/open/new/expenses")
    sent = {"period": period.key, "pasted": pasted, **more}
    here = str(clerk.post("/en/desk/liuhe/open/new/expenses/table", sent).location)
    clerk.get(here)
    return here


def test_theirs_to_ours_can_be_changed(official: Any, quarter: Period, ids: dict[str, str]) -> None:
    """A column that was not understood is chosen by hand, before anything is saved."""
    clerk: Official = official("village_clerk")
    period = quarter.previous().previous()
    rows = f"甲乙丙\t支出事由\t金额\t经手人\t审批人\n{period.start}\t路灯\t50\t王福林\t周建民\n"
    clerk.get(f"/en/desk/liuhe/open/new/expenses?period={period.key}")
    sent = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": rows})
    here = sent.headers["Location"]
    clerk.get(here)
    assert "There is no column for" in clerk.text
    clerk.post(here, {"act": "mend", "map-0": "date"})
    clerk.get(here)
    assert "all is well" in clerk.text


def test_a_table_with_identity_numbers_never_reaches_the_store(
    official: Any, stores: Stores, ids: dict[str, str]
) -> None:
    """Numbers that must not be public are taken out before anything is kept, and the table is refused as it is."""
    clerk: Official = official("village_clerk")
    with open("tests/data/imports/subsidy-with-identity-numbers-gb18030.csv", "rb") as handle:  # noqa: PTH123
        content = handle.read()
    clerk.get("/en/desk/liuhe/open/new/farm-subsidies")
    answer = clerk.post(
        "/en/desk/liuhe/open/new/farm-subsidies/table",
        {"event_date": local_day(utc_now()).isoformat(), "file": (io.BytesIO(content), "补贴.csv")},
    )
    here = answer.headers["Location"]
    clerk.get(here)
    assert "places to mend" in clerk.text
    assert clerk.post(here, {"act": "save"}).status_code == 422
    kept = stores.portal.file.read_bytes() + stores.portal.file.with_suffix(".sqlite-wal").read_bytes()
    words = content.decode("gb18030").replace("\n", ",").split(",")
    numbers = [word for word in words if len(word) == 18 and word.isdigit()]
    assert numbers
    assert not any(number.encode() in kept for number in numbers)
    assert clerk.post(here, {"act": "empty"}).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text


def test_a_correction_shows_both_versions(official: Any, villager: Villager, ids: dict[str, str]) -> None:
    """The reason is asked first; what is public stays until the new version is; both can be read."""
    clerk: Official = official("village_clerk")
    here = f"/en/desk/liuhe/open/record/{ids['voted']}"
    clerk.get(here)
    assert clerk.post(f"{here}/correct", {"reason": ""}).status_code == 422
    assert clerk.post(f"{here}/correct", {"reason": "票数抄错"}).status_code == 303
    clerk.get(f"{here}/edit")
    day = local_day(utc_now()).isoformat()
    answer = clerk.post(
        f"{here}/edit",
        {
            "event_date": day,
            "v-body": "修三组的路",
            "v-eligible": "50",
            "v-present": "46",
            "v-votes_for": "44",
            "v-votes_against": "2",
            "decision_body": "村民代表会议",
            "decision_day": day,
        },
    )
    assert answer.status_code == 303
    assert clerk.post(f"{here}/submit").status_code == 303
    for role, act in (("supervision", "check"), ("secretary", "approve")):
        person: Official = official(role)
        person.get(here)
        assert person.post(f"{here}/{act}", {"verdict": "good"}).status_code == 303
    villager.get(f"/en/v/liuhe/open/assembly-decisions/{ids['voted']}")
    assert "票数抄错" in villager.text
    assert "Version 1" in villager.text
    villager.get(f"/en/v/liuhe/open/assembly-decisions/{ids['voted']}?version=1")
    assert "no longer the one that holds" in villager.text


def test_who_may_do_what_at_the_desk(official: Any, stores: Stores, ids: dict[str, str]) -> None:
    """Everyone above may look, at names in full only whoever has to check them; only the clerk writes."""
    for role in ("village_clerk", "supervision", "secretary", "town_office", "district_discipline"):
        person: Official = official(role)
        for path in ("open", f"open/record/{ids['new']}"):
            counted = Queries(stores)
            assert person.get(f"/desk/liuhe/{path}").status_code == 200
            assert counted.number <= 15
        person.get(f"/desk/liuhe/open/record/{ids['listed']}?full=1")
        assert ("王小明" in person.text) == (role in {"village_clerk", "supervision", "secretary"})
        assert person.get("/desk/liuhe/open/new/expenses").status_code == (200 if role == "village_clerk" else 403)


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


def test_a_verdict_on_what_has_changed_is_refused(official: Any, stores: Stores, quarter: Period) -> None:
    """The page lay open while the record was sent back and changed: the old yes is no yes to the new figures."""
    clerk, checker, other = official("village_clerk"), official("supervision"), official("supervision")
    row = {
        "period": quarter.key,
        "r0-item": "自来水",
        "r0-meter_total": "4210",
        "r0-rate": "2.80",
        "r0-billed": "11788",
        "r0-collected": "11200",
    }
    clerk.get("/desk/liuhe/open/new/utilities")
    here = clerk.post("/desk/liuhe/open/new/utilities", row).headers["Location"]
    clerk.get(here)
    clerk.post(here + "/submit")
    checker.get(here)
    other.get(here)
    assert other.post(here + "/check", {"verdict": "back", "remark": "收了多少不对"}).status_code == 303
    clerk.get(here + "/edit")
    clerk.post(here + "/edit", {**row, "r0-collected": "99999"})
    clerk.get(here)
    clerk.post(here + "/submit")
    assert checker.post(here + "/check", {"verdict": "good"}).status_code == 422
    checker.get(here)
    assert checker.post(here + "/check", {"verdict": "good"}).status_code == 303


def test_a_file_taken_off_a_draft_is_gone_for_everybody(
    official: Any, villager: Villager, stores: Stores, district: District, quarter: Period
) -> None:
    """Whoever hung the wrong paper on a draft and takes it off has it gone: its address opens for nobody.

    What hung on a version that was public stays, with that version.
    """
    clerk, checker = official("village_clerk"), official("supervision")
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(quarter, 1), quarter.key)
    here = f"/desk/liuhe/open/record/{record.id}"
    wrong, right = _hung(clerk, here, "错的.png"), _hung(clerk, here, "发票.png")
    desk, public = "/desk/liuhe/open/expenses/record/{}/file/{}", "/v/liuhe/open/expenses/{}/file/{}"
    assert checker.get(desk.format(record.id, wrong)).status_code == 200
    assert villager.get(public.format(record.id, wrong)).status_code == 404, "nothing is public yet"
    clerk.get(here)
    assert clerk.post(f"{here}/detach", {"paper": wrong}).status_code == 303

    def reached(paper: str) -> list[int]:
        at_desk = [one.get(desk.format(record.id, paper)).status_code for one in (clerk, checker)]
        return [*at_desk, villager.get(public.format(record.id, paper)).status_code]

    assert reached(wrong) == [404, 404, 404]
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.forward(session.get_one(Record, record.id))
    assert (reached(wrong), reached(right)) == ([404, 404, 404], [200, 200, 200])
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        service.correct(session, book.clerk, book.now, book.village, session.get_one(Record, record.id), "发票换了")
    other = _hung(clerk, here, "又错.png")
    clerk.get(here)
    for paper in (other, right):
        assert clerk.post(f"{here}/detach", {"paper": paper}).status_code == 303
    assert (reached(other), reached(right)) == ([404, 404, 404], [200, 200, 200])


def test_the_bytes_of_a_file_taken_off_a_draft_are_erased(
    official: Any, stores: Stores, district: District, quarter: Period
) -> None:
    """Nothing public ever had it: no file of the store holds a byte of it. What was public keeps its papers."""
    clerk = official("village_clerk")
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(quarter, 1), quarter.key)
    here = f"/desk/liuhe/open/record/{record.id}"
    wrong, right = _hung(clerk, here, "错的.png"), _hung(clerk, here, "发票.png")
    before, kept = _bytes(stores, wrong), _bytes(stores, right)
    assert (_on_disk(stores, before), _on_disk(stores, kept)) == (len(before), len(kept))
    clerk.get(here)
    assert clerk.post(f"{here}/detach", {"paper": wrong}).status_code == 303
    assert (_on_disk(stores, before), _on_disk(stores, kept)) == (0, len(kept))
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.forward(session.get_one(Record, record.id))
        service.correct(session, book.clerk, book.now, book.village, session.get_one(Record, record.id), "发票换了")
    other = _hung(clerk, here, "又错.png")
    gone = _bytes(stores, other)
    clerk.get(here)
    for paper in (other, right, other):
        clerk.post(f"{here}/detach", {"paper": paper})
    assert (_on_disk(stores, gone), _on_disk(stores, kept)) == (0, len(kept))
    with stores.portal.read() as session:
        assert [(one.id, one.number, one.gone) for one in session.exec(select(Attachment)).all()] == [(right, 1, 2)]


def test_a_reader_in_the_way_only_puts_the_erasure_off(
    official: Any, stores: Stores, district: District, quarter: Period, config: Config
) -> None:
    """Somebody reads on while a file is taken off: its bytes go with the clock's next day."""
    clerk = official("village_clerk")
    with stores.portal.write() as session:
        record = open_book(session, district, utc_now()).draft("V08", _spent(quarter, 1), quarter.key)
    here = f"/desk/liuhe/open/record/{record.id}"
    paper = _hung(clerk, here, "错的.png")
    gone = _bytes(stores, paper)
    clerk.get(here)
    with stores.portal.read() as session:
        assert session.exec(select(Record)).all()
        assert clerk.post(f"{here}/detach", {"paper": paper}).status_code == 303
        assert _on_disk(stores, gone) > 0
    clocks.tick(stores, config, utc_now())
    assert _on_disk(stores, gone) == 0


def _bytes(stores: Stores, paper: str) -> list[bytes]:
    """Return pieces of a file that hangs on a record, from its beginning to its end."""
    with stores.portal.read() as session:
        content = session.get_one(Attachment, paper).content
    return [content[at:at + 40] for at in range(700, len(content) - 40, 900)]


def _on_disk(stores: Stores, pieces: list[bytes]) -> int:
    """Count which pieces stand anywhere in the store's file and its log."""
    stored = b"".join(path.read_bytes() for path in stores.portal.file.parent.glob("portal.sqlite*"))
    return sum(piece in stored for piece in pieces)


def _hung(clerk: Official, here: str, name: str) -> str:
    """Hang a picture on a draft; return its id."""
    picture = io.BytesIO()
    Image.effect_noise((90, 60), 80).convert("RGB").save(picture, "PNG")
    clerk.get(here)
    before = set(re.findall(r"/file/([0-9a-f]+)", clerk.text))
    sent = {**clerk.hidden(), "file": (io.BytesIO(picture.getvalue()), name)}
    assert clerk.client.post(f"{here}/attach", data=sent).status_code == 303
    clerk.get(here)
    [made] = set(re.findall(r"/file/([0-9a-f]+)", clerk.text)) - before
    return made


@pytest.mark.parametrize("strange", ["9" * 5000, "٣²", "1\x00\r\n2", "-1", "", "100000000"])
def test_a_table_on_its_way_in_survives_strange_places(official: Any, quarter: Period, strange: str) -> None:
    """A place that no sheet has, in whatever digits, changes nothing; the table stays there to be mended."""
    clerk: Official = official("village_clerk")
    period = quarter.previous()
    row = f"{period.start}\t路灯\t50\t电工\t王福林\t周建民\n"
    clerk.get("/en/desk/liuhe/open/new/expenses")
    here = clerk.post("/en/desk/liuhe/open/new/expenses/table", {"period": period.key, "pasted": HEAD + row}).location
    clerk.get(here)
    before = clerk.text
    for name in (f"map-{strange}", f"cell-{strange}-0", f"cell-0-{strange}", f"cell-{strange}", f"cell-1-1-{strange}"):
        assert clerk.post(here, {"act": "mend", name: "amount"}).status_code == 303, name[:9]
        clerk.get(here)
        assert clerk.text == before, name[:9]
    assert clerk.post(here, {"act": "mend", "head": strange}).status_code == 303
    assert clerk.get(here).status_code == 200
    assert clerk.post(here, {"act": "mend", "head": "1"}).status_code == 303
    clerk.get(here)
    assert "all is well" in clerk.text


def test_what_was_begun_for_the_due_period_is_gone_on_with(
    official: Any, stores: Stores, district: District, quarter: Period
) -> None:
    """A draft of the period that is due is led to, never passed over in silence for the next period.

    What waits in other hands is not the clerk's to go on with; a period that is asked for by name is that period.
    """
    first = quarter.previous()
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.village.opened_on = first.start
        session.add(book.village)
    clerk: Official = official("village_clerk")
    new = "/en/desk/liuhe/open/new/expenses"
    assert clerk.get(new).status_code == 200
    assert f'<option value="{first.key}" selected>' in clerk.text
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        record = book.draft("V08", _spent(first, 1), first.key)
    here = f"/en/desk/{district['liuhe'].code}/open/record/{record.id}"
    for asked in (new, f"{new}?period={first.key}"):
        answer = clerk.get(asked)
        assert (answer.status_code, answer.location) == (303, f"{here}/edit?begun=1"), asked
    clerk.get(f"{here}/edit?begun=1")
    assert "was begun already" in clerk.text
    assert clerk.get(f"{new}?period={quarter.key}").status_code == 200, "asked for by name"
    assert f'<option value="{quarter.key}" selected>' in clerk.text
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        book.forward(session.get_one(Record, record.id), "submitted")
    assert clerk.get(new).status_code == 200
    assert f'<option value="{quarter.key}" selected>' in clerk.text
    assert clerk.get(f"{new}?period={first.key}").location == here, "it is with the committee"
    with stores.portal.write() as session:
        book = open_book(session, district, utc_now())
        service.send_back(session, book.checker, book.now, book.village, session.get_one(Record, record.id), "金额不对")
    assert clerk.get(new).location == f"{here}/edit?begun=1"
