"""The life of a record: four eyes, notice, objections, corrections, the clock."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.disclosures import queries, service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.drafting import version_of
from portal.disclosures.finding import find, search
from portal.disclosures.models import DueNotice, Objection, Record, RecordStep, Upload
from portal.flags.models import Flag
from portal.log.models import LogEntry
from portal.roles import Actor, Grant, Role
from tests.disclosures.book import DECIDED, HOUSEHOLDS, SPENT, WATER, Book, open_book
from tests.factories.places import District


@pytest.fixture
def book(stores: Stores, district: District, now: datetime) -> Iterator[Book]:
    """The books of the first village, open for a year."""
    with stores.portal.write() as session:
        made = open_book(session, district, now)
        made.village.opened_on = date(2025, 11, 25)
        session.add(made.village)
        session.flush()
        yield made


def kinds(book: Book) -> list[str]:
    query = select(LogEntry.kind).where(LogEntry.unit == book.village.unit).order_by(LogEntry.seq)
    return [kind for kind in book.session.exec(query).all() if kind.startswith(("record", "objection"))]


def test_a_record_goes_through_three_pairs_of_hands(book: Book) -> None:
    """Draft, checked, approved: only then is it public, with the moment of publishing and an entry in the log."""
    record = book.water(upto="submitted")
    assert queries.published(book.session, book.village) == []
    with pytest.raises(Refused):
        service.approve(book.session, book.secretary, book.now, book.village, record)
    service.check(book.session, book.checker, book.now, book.village, record)
    service.approve(book.session, book.secretary, book.now, book.village, record)
    book.session.flush()
    [line] = queries.published(book.session, book.village)
    assert (line.item.code, line.amount_fen, line.published_at) == ("V34", 1178800, book.now)
    assert record.state == "effective"
    assert kinds(book) == ["record:published"]
    acts = [step.act for step in book.session.exec(select(RecordStep).order_by(RecordStep.place_in_order)).all()]
    assert acts == ["drafted", "submitted", "checked", "approved"]


def test_whoever_writes_never_checks(book: Book) -> None:
    """Somebody who holds both posts is still refused to check what they wrote, and to approve what they checked."""
    place = book.village
    both = Actor(book.clerk.person_id, "", "", "", tuple(Grant(role, place.id, place.path)
                                                         for role in (Role.VILLAGE_CLERK, Role.SUPERVISION)))
    record = book.water(upto="submitted")
    with pytest.raises(Refused, match="Somebody else"):
        service.check(book.session, both, book.now, place, record)
    service.check(book.session, book.checker, book.now, place, record)
    same = Actor(book.checker.person_id, "", "", "", (Grant(Role.SECRETARY, place.id, place.path),))
    with pytest.raises(Refused, match="Somebody else"):
        service.approve(book.session, same, book.now, place, record)


def test_a_record_sent_back_comes_again(book: Book) -> None:
    """The checker must say why, the clerk changes it, and it goes the same way again."""
    record = book.water(upto="submitted")
    with pytest.raises(Refused):
        service.send_back(book.session, book.checker, book.now, book.village, record, "  ")
    service.send_back(book.session, book.checker, book.now, book.village, record, "总表数不对")
    assert version_of(book.session, record).state == "returned"
    service.amend(book.session, book.clerk, book.now, book.village, record,
                  Content(rows=[{**WATER, "meter_total": "4120"}]))
    book.forward(record)
    assert record.state == "effective"


def test_one_record_a_period(book: Book) -> None:
    """A second record for the same period is refused: the first is changed or corrected."""
    book.water()
    with pytest.raises(Refused):
        book.water()


@pytest.mark.parametrize(("field", "text"), [
    ("remark", "电话 13800001234"), ("handler", "身份证 110105194912310021"), ("payee", "卡号6222021234567890128"),
])
def test_no_personal_number_is_written_down(book: Book, field: str, text: str) -> None:
    """The guard stands before every text of a row, and before title, summary, reason and objection."""
    with pytest.raises(Refused):
        book.draft("V08", Content(rows=[{**SPENT, field: text}]), "2026-Q3")
    with pytest.raises(Refused):
        book.draft("V08", Content(rows=[SPENT], summary=text), "2026-Q3")
    record = book.water()
    with pytest.raises(Refused):
        service.correct(book.session, book.clerk, book.now, book.village, record, text)
    with pytest.raises(Refused):
        service.object_to(book.session, book.now, book.village, record, text, "a" * 32)


def test_a_number_split_over_cells_is_stopped(book: Book) -> None:
    """Three harmless cells that make up a phone number are not harmless."""
    with pytest.raises(Refused):
        book.draft("V08", Content(rows=[{**SPENT, "payee": "138", "handler": "0000", "approver": "1234"}]), "2026-Q3")


def test_a_decision_is_named_before_it_goes_out(book: Book) -> None:
    """What needs a decision cannot be handed in without saying who decided, and when."""
    row = {"object": "东沟鱼塘", "contractor": "高玉海", "yearly_price": "36000.00", "term": "2026 年至 2031 年"}
    record = book.draft("V13", Content(rows=[row], event_date=book.today))
    with pytest.raises(Refused) as refused:
        service.submit(book.session, book.clerk, book.now, book.village, record)
    assert refused.value.field == "decision_body"
    service.amend(book.session, book.clerk, book.now, book.village, record,
                  Content(rows=[row], event_date=book.today, decision=DECIDED))
    book.forward(record)
    assert record.due_on == book.today + timedelta(days=5)


def test_a_notice_ends_by_itself(book: Book) -> None:
    """Seven days on show, then effective; the clock may run as often as it likes."""
    record = book.subsidies()
    assert (record.state, record.notice_end) == ("published", book.today + timedelta(days=7))
    service.tick(book.session, book.later(7).now)
    assert record.state == "published"
    for _ in range(2):
        service.tick(book.session, book.later(8).now)
    assert record.state == "effective"
    assert kinds(book).count("record:effective") == 1


def test_new_members_are_shown_for_working_days(book: Book) -> None:
    """The notice of new members counts working days, as the settings say."""
    row = {"member_name": "孙海燕", "sex": "f", "age_band": "30 多岁", "stage": "target", "stage_date": "2026-11-20",
           "introducers": "王福林", "contact": "0912-3456789"}
    record = book.forward(book.draft("P06", Content(rows=[row], event_date=book.today)))
    assert record.notice_end == date(2026, 12, 2)


def test_an_objection_holds_a_record_up(book: Book) -> None:
    """An open objection keeps it from taking effect; rejected with a reason it goes on; all of it is in the log."""
    record = book.subsidies()
    objection = service.object_to(book.session, book.now, book.village, record, "李根家少写了两亩", "k" * 32)
    again = service.object_to(book.session, book.now, book.village, record, "李根家少写了两亩", "k" * 32)
    assert objection.id == again.id
    assert objection.answer_by == date(2026, 12, 2)
    service.tick(book.session, book.later(9).now)
    assert record.state == "published"
    with pytest.raises(Refused):
        service.decide_objection(book.session, book.checker, book.now, book.village, objection, "rejected", "")
    why = "丈量表上是 12 亩"
    service.decide_objection(book.session, book.checker, book.now, book.village, objection, "rejected", why)
    service.tick(book.session, book.later(9).now)
    assert record.state == "effective"
    assert kinds(book) == ["record:published", "objection:received", "objection:decided", "record:effective"]


def test_a_right_objection_restarts_the_notice(book: Book) -> None:
    """Upheld: it must be corrected, takes no effect until then, and the corrected version is shown anew."""
    record = book.subsidies()
    objection = service.object_to(book.session, book.now, book.village, record, "李根家少写了两亩", "k" * 32)
    service.decide_objection(book.session, book.checker, book.now, book.village, objection, "upheld", "漏了二轮地块")
    later = book.later(9)
    service.tick(book.session, later.now)
    assert (record.state, record.mend) == ("published", True)
    rows = [*HOUSEHOLDS[:2], {**HOUSEHOLDS[2], "area_mu": "14.00", "amount": "1155.00"}]
    service.correct(book.session, book.clerk, later.now, book.village, record, "漏了二轮地块",
                    Content(rows=rows, event_date=book.today))
    assert (record.shown, record.latest) == (1, 2), "what is public stays until the new version is"
    record.mend = False
    service.tick(book.session, later.now)
    assert record.state == "published", "nothing takes effect while a correction is being written"
    later.forward(record)
    assert (record.shown, record.mend, record.notice_end) == (2, False, later.today + timedelta(days=7))
    assert kinds(book)[-1] == "record:corrected"
    assert version_of(book.session, record, 1).rows == HOUSEHOLDS, "the older version stays as it was"


def _twenty(book: Book, record: Record, words: str = "第 {} 行不对") -> None:
    for number in range(service.MOST_A_DAY):
        service.object_to(book.session, book.now, book.village, record, words.format(number), f"{book.today}-{number}")


def test_a_flood_of_objections_shuts_nobody_out_for_longer_than_a_day(book: Book) -> None:
    """Twenty a day are taken for a record; whoever comes after is told so, and is heard the next day."""
    record = book.subsidies()
    _twenty(book, record)
    given = (book.session, book.now, book.village, record)
    with pytest.raises(Refused) as refused:
        service.object_to(*given, "李根家少写了两亩", "k" * 32)
    assert (refused.value.field, refused.value.params) == ("text", {"most": 20})
    first = service.object_to(*given, "第 0 行不对", f"{book.today}-0")
    assert first.text == "第 0 行不对", "a second tap still finds its own"
    water = book.water()
    assert service.object_to(*given[:3], water, "水价不对", "w" * 32).state == "open", "another record is not shut"
    tomorrow = book.later(1)
    made = service.object_to(tomorrow.session, tomorrow.now, tomorrow.village, record, "李根家少写了两亩", "k" * 32)
    assert (made.state, made.day) == ("open", tomorrow.today)


def test_answering_makes_no_room_for_a_second_flood_on_one_day(book: Book) -> None:
    """What was answered today counts as well: nobody keeps a committee answering all day long."""
    record = book.subsidies()
    _twenty(book, record)
    for one in book.session.exec(select(Objection)).all():
        service.decide_objection(book.session, book.checker, book.now, book.village, one, "rejected", "查过，没有错")
    with pytest.raises(Refused):
        service.object_to(book.session, book.now, book.village, record, "第 21 行不对", "k" * 32)


def test_nothing_is_corrected_without_a_reason(book: Book) -> None:
    """A correction names its reason, and there is one at a time."""
    record = book.water()
    with pytest.raises(Refused):
        service.correct(book.session, book.clerk, book.now, book.village, record, " ")
    service.correct(book.session, book.clerk, book.now, book.village, record, "抄表抄错了")
    with pytest.raises(Refused):
        service.correct(book.session, book.clerk, book.now, book.village, record, "又错了")


def test_nothing_happened_fills_the_period(book: Book) -> None:
    """“None” goes the same way, fills the gap and says so in the log."""
    before = {(one.item.code, str(one.period)) for one in queries.missing(book.session, book.village, book.now)}
    assert ("V21", "2026-Q3") in before
    book.forward(book.draft("V21", Content(nothing=True), "2026-Q3"))
    after = {(one.item.code, str(one.period)) for one in queries.missing(book.session, book.village, book.now)}
    assert before - after == {("V21", "2026-Q3")}
    assert kinds(book) == ["record:none"]


def test_what_stands_is_replaced(book: Book) -> None:
    """Of what always stands the older one goes into the archive when a new one is published."""
    row = {"official_name": "周建民", "post": "支书", "duty": "全面工作"}
    first = book.forward(book.draft("V02", Content(rows=[row])))
    second = book.later(1).forward(book.draft("V02", Content(rows=[{**row, "duty": "全面工作，兼管财务"}])))
    assert (first.state, second.state) == ("archived", "effective")


def test_the_town_is_told_and_triage_opens(book: Book) -> None:
    """After 3 and 10 days the town is told, 30 days after that triage opens, each once; publishing ends it."""
    book.session.add(book.village)
    for days in (0, 0, 8, 40):
        service.tick(book.session, book.later(days).now)
    water = select(DueNotice).where(DueNotice.item_code == "V34", DueNotice.slot == "2026-Q3")
    notices = book.session.exec(water).all()
    assert sorted(notice.stage for notice in notices) == [1, 2]
    flags = book.session.exec(select(Flag).where(Flag.cause == "overdue")).all()
    assert len({flag.key for flag in flags}) == len(flags) > 0
    book.later(40).water()
    assert all(notice.closed_on for notice in notices)


def test_an_event_that_was_begun_is_missed(book: Book) -> None:
    """A contract written down and not published in time is a visible line with its days late."""
    row = {"object": "东沟鱼塘", "contractor": "高玉海", "yearly_price": "36000.00", "term": "2026 年至 2031 年"}
    book.draft("V13", Content(rows=[row], event_date=date(2026, 11, 16), title="东沟鱼塘承包"))
    found = [one for one in queries.missing(book.session, book.village, book.now) if one.item.code == "V13"]
    assert [(one.due, one.days, one.title) for one in found] == [(date(2026, 11, 21), 4, "东沟鱼塘承包")]


def test_search_finds_words_but_no_hidden_name(book: Book) -> None:
    """A search looks through what stays public: never through names that are masked or taken down."""
    book.subsidies()
    book.forward(book.draft("V08", Content(rows=[SPENT]), "2026-Q3"))
    found = lambda words: [line.item.code for line in search(book.session, book.village, words)]  # noqa: E731
    assert found("路灯") == ["V08"]
    assert found("补贴 耕地") == ["V19"]
    [one] = find(book.session, book.village, "路灯")
    assert "路灯" in one.where
    assert found("王小明") == found("李根") == found("%") == []


def test_uploads_go_after_a_day(book: Book) -> None:
    """What was sent and not saved is not kept."""
    book.session.add(Upload(person_id=book.clerk.person_id, village_id=book.village.id, item_code="V34",
                            made_at=book.now))
    service.tick(book.session, book.now + timedelta(hours=20))
    assert book.session.exec(select(Upload)).first() is not None
    service.tick(book.session, book.now + timedelta(hours=25))
    assert book.session.exec(select(Upload)).first() is None


def test_open_data_shows_what_a_page_shows(book: Book) -> None:
    """The export of a list in notice is masked, after the notice it holds no row, and never a member's line."""
    record, item = book.subsidies(), catalogue().by_code("V19")
    [fact] = queries.public_facts(book.session, book.village, item)
    assert [row["head_of_household"] for row in fact["rows"]] == ["王*明", "欧阳*兰", "李*"]
    service.tick(book.session, book.later(8).now)
    [fact] = queries.public_facts(book.session, book.village, item)
    assert (fact["rows"], fact["amount_fen"], fact["entries"]) == ([], 192555, 3)
    assert record.state == "effective"
    assert book.session.exec(select(Objection)).first() is None


@pytest.mark.parametrize("figure", ["13800138000", "13800138000.00"])
def test_an_amount_carries_no_phone(book: Book, figure: str) -> None:
    """No village has thirteen billion yuan; a long but possible amount passes."""
    with pytest.raises(Refused):
        book.draft("V08", Content(rows=[{**SPENT, "amount": figure}]), "2026-Q3")
    assert book.draft("V08", Content(rows=[{**SPENT, "amount": "1380013800.00"}]), "2026-Q3")


def test_halves_in_title_and_summary_are_stopped(book: Book) -> None:
    """Half of a phone ends the title, half begins the summary."""
    with pytest.raises(Refused):
        book.draft("V08", Content(rows=[SPENT], title="水泵电费 1380013", summary="8000 找王小明"), "2026-Q3")
