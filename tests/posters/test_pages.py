"""What the desk offers for printing, to whom, and what stands on the paper."""

import io
from collections.abc import Callable
from datetime import date, datetime

import pypdf
import pytest
import zxingcpp
from PIL import Image
from sqlmodel import Session

from portal.core import typeset
from portal.core.db import Stores
from portal.disclosures import drafting, service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.models import Record
from portal.disclosures.periods import Period
from portal.disclosures.tables import Table
from portal.log import queries as log
from portal.places.models import Place
from portal.posters import queries
from portal.posters.board import Content as Printed
from portal.posters.board import board_data, columns_of, cut
from portal.posters.sheets import Paper, Proof, Shown, label_data, poster_data, written_day
from portal.roles import Actor, Grant, Role
from tests.factories.places import District
from tests.visitor import Official, Villager

BASE = "http://127.0.0.1:8000"
TITLE = "第三季度花了哪些钱"
DAY = date(2026, 11, 25)
PROOF = Proof("4821 0937 5560 1284 7719 3046", 1204, DAY)
TOWN = Place(kind="town", code="990101101", short="qingxi", name="清溪镇", name_en="Qingxi", path="/", unit="990101101",
             opened_on=DAY)
VILLAGE = Place(kind="village", code="990101100201", short="liuhe", name="柳河村", name_en="Liuhe", path="/",
                unit="990101101", opened_on=DAY)
Officials = Callable[..., Official]


def plain(phrase: str, **params: object) -> str:
    """Leave a phrase in its own language."""
    return phrase % params if params else phrase


def acting(district: District, role: Role) -> Actor:
    """Somebody at the first village, as somebody who acts."""
    person, place = district.person(role), district["liuhe"]
    return Actor(person.id, person.name, person.name_en, "", (Grant(role, place.id, place.path),))


def publish(session: Session, district: District, now: datetime, title: str = TITLE) -> Record:
    """Make the expenses of the third quarter public, through every hand."""
    village, item = district["liuhe"], catalogue().by_slug("expenses")
    row = {"date": "2026-09-12", "purpose": "渠道清淤用工", "amount": "36000", "handler": "高玉海",
           "approver": "周建民"}
    record = drafting.draft(session, acting(district, Role.VILLAGE_CLERK), now, village, item, Period.parse("2026-Q3"),
                            Content(rows=[row], title=title))
    drafting.submit(session, acting(district, Role.VILLAGE_CLERK), now, village, record)
    service.check(session, acting(district, Role.SUPERVISION), now, village, record)
    service.approve(session, acting(district, Role.SECRETARY), now, village, record)
    return record


@pytest.fixture
def record(stores: Stores, district: District, now: datetime) -> Record:
    """A record of the first village that everyone may see."""
    with stores.portal.write() as session:
        return publish(session, district, now)


def words(content: bytes) -> str:
    """Return the words of a PDF without blanks and line ends."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def scanned(picture: bytes) -> list[str]:
    """Return what a scanner reads from a picture of a page."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


class TestPoster:
    """The village's poster."""

    @pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("a3", (842, 1191))])
    def test_it_is_one_page_of_its_paper(self, official: Officials, paper: str, size: tuple[int, int]) -> None:
        """Both papers hold the whole poster on one page, with a title and tags."""
        page = official("village_clerk").get(f"/desk/liuhe/poster-{paper}.pdf")
        assert page.status_code == 200
        assert page.mimetype == "application/pdf"
        pdf = pypdf.PdfReader(io.BytesIO(page.data))
        assert [(round(one.mediabox.width), round(one.mediabox.height)) for one in pdf.pages] == [size]
        assert pdf.metadata is not None
        assert pdf.metadata.title
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]

    def test_its_digits_are_those_of_the_log(self, official: Officials, stores: Stores, record: Record) -> None:
        """Whoever compares the paper with the log finds the same 24 digits and the same number of entries."""
        page = official("village_clerk").get("/en/desk/liuhe/poster-a4.pdf")
        with stores.portal.read() as session:
            head = log.head(session, "990101101")
        assert record.shown == 1
        assert head.digits.replace(" ", "") in words(page.data)
        assert f"first{head.size}entriesofQingxi'slog" in words(page.data)
        assert "127.0.0.1:8000/v/liuhe" in words(page.data)

    @pytest.mark.parametrize("paper", ["a4", "a3"])
    def test_its_code_leads_to_the_village(self, paper: Paper) -> None:
        """A phone reads the exact address of the village's page, and nothing that tells more."""
        data = poster_data(VILLAGE, TOWN, base_url=BASE + "/", proof=PROOF, paper=paper, language="zh", _=plain)
        assert scanned(typeset.png("poster", data, ppi=60)) == [f"{BASE}/v/990101100201"]

    def test_the_same_day_gives_the_same_file(self, official: Officials) -> None:
        """Two prints of one poster can be compared byte by byte."""
        clerk = official("village_clerk")
        assert clerk.get("/desk/liuhe/poster-a4.pdf").data == clerk.get("/desk/liuhe/poster-a4.pdf").data

    def test_it_speaks_two_languages(self, official: Officials) -> None:
        """The English path prints the English poster."""
        clerk = official("village_clerk")
        assert "Liuhe:scanandsee" in words(clerk.get("/en/desk/liuhe/poster-a4.pdf").data)
        assert "柳河村" in words(clerk.get("/desk/liuhe/poster-a4.pdf").data)

    def test_a_long_name_fits(self) -> None:
        """A name of many characters is printed smaller, on one page."""
        long = Place(kind="village", code="1", short="long", name="双江拉祜族佤族布朗族傣族自治县勐勐镇", path="/",
                     unit="1", opened_on=DAY)
        data = poster_data(long, TOWN, base_url=BASE, proof=PROOF, paper="a4", language="zh", _=plain)
        pdf = pypdf.PdfReader(io.BytesIO(typeset.pdf("poster", data)))
        assert len(pdf.pages) == 1
        assert long.name in "".join(pdf.pages[0].extract_text().split())

    def test_the_telephone_stands_on_it(self) -> None:
        """The village's own number comes first, then the town's; without any the sentence ends earlier."""
        called = Place(**{**TOWN.model_dump(), "phone": "0000-8800000"})
        data = poster_data(VILLAGE, called, base_url=BASE, proof=PROOF, paper="a4", language="en", _=plain)
        assert data["help"].endswith("Telephone 0000-8800000.")
        data = poster_data(VILLAGE, TOWN, base_url=BASE, proof=PROOF, paper="a4", language="en", _=plain)
        assert data["help"].endswith("you may ask there.")


class TestLabel:
    """The label of one record."""

    def test_it_names_the_record_and_leads_to_it(self, official: Officials, record: Record) -> None:
        """A6, the record's title and period, the log's digits, and a code with the record's exact address."""
        page = official("village_clerk").get(f"/desk/liuhe/label/{record.id}.pdf")
        pdf = pypdf.PdfReader(io.BytesIO(page.data))
        size = pdf.pages[0].mediabox
        assert (len(pdf.pages), round(size.width), round(size.height)) == (1, 298, 420)
        assert TITLE in words(page.data)
        assert "2026年第三季度" in words(page.data)

    def test_its_code_is_the_records_address(self) -> None:
        """A phone reads the exact address, whatever the title says; markup in a title stays text."""
        shown = Shown("0123456789abcdef", "expenses", '#panic("x") *a* $y$ ' + "很长的题目" * 8, "", DAY)
        data = label_data(VILLAGE, TOWN, shown, base_url=BASE, proof=PROOF, language="en", _=plain)
        found = scanned(typeset.png("label", data, ppi=110))
        assert found == [f"{BASE}/v/990101100201/open/expenses/0123456789abcdef"]
        said = words(typeset.pdf("label", data))
        assert '#panic("x")*a*$y$' in said
        assert PROOF.digits.replace(" ", "") in said

    def test_only_what_is_public_has_one(self, official: Officials, record: Record, stores: Stores, district: District,
                                         now: datetime) -> None:
        """A draft, another village's record and an unknown one are not found."""
        clerk = official("village_clerk")
        with stores.portal.write() as session:
            draft = drafting.draft(
                session, acting(district, Role.VILLAGE_CLERK), now, district["liuhe"], catalogue().by_slug("expenses"),
                Period.parse("2026-Q2"), Content(rows=[{"date": "2026-05-12", "purpose": "电费", "amount": "1",
                                                        "handler": "高玉海", "approver": "周建民"}]),
            )
        assert clerk.get(f"/desk/liuhe/label/{draft.id}.pdf").status_code == 404
        assert clerk.get("/desk/liuhe/label/0000000000000000.pdf").status_code == 404
        other = official("village_clerk", "shiqiao")
        assert other.get(f"/desk/shiqiao/label/{record.id}.pdf").status_code == 404

    def test_a_character_that_the_font_lacks_is_named(self, official: Officials, stores: Stores, district: District,
                                                      now: datetime) -> None:
        """The clerk is told which character can't be printed, instead of finding a box on the wall."""
        with stores.portal.write() as session:
            odd = publish(session, district, now, "𠀀家湾的账")
        page = official("village_clerk").get(f"/desk/liuhe/label/{odd.id}.pdf")
        assert page.status_code == 400
        assert "𠀀" in page.get_data(as_text=True)


class TestBoard:
    """One record in large type for the notice board."""

    def test_it_tells_what_the_page_tells(self, official: Officials, record: Record) -> None:
        """A3 across, with every row, the sum, the log's digits and what is still to be published."""
        page = official("village_clerk").get(f"/desk/liuhe/board/{record.id}.pdf")
        pdf = pypdf.PdfReader(io.BytesIO(page.data))
        size = pdf.pages[0].mediabox
        assert (len(pdf.pages), round(size.width), round(size.height)) == (1, 1191, 842)
        said = words(page.data)
        assert TITLE in said
        assert "渠道清淤用工" in said
        assert said.count("36,000.00") >= 2

    def test_only_what_is_public_has_one(self, official: Officials) -> None:
        """An unknown record has no sheet."""
        assert official("village_clerk").get("/desk/liuhe/board/0000000000000000.pdf").status_code == 404

    @pytest.mark.parametrize(("rows", "pages"), [(1, 1), (12, 1), (120, 6)])
    def test_long_lists_go_on_over_several_sheets(self, rows: int, pages: int) -> None:
        """Every row is printed, each sheet says which one it is, and rows beyond the most are counted."""
        item = catalogue().by_slug("expenses")
        first, number, day = item.field("purpose"), item.field("amount"), item.field("date")
        lines = [{"purpose": f"第{row}笔", "amount": "1.00", "date": "9 月 1 日"} for row in range(rows)]
        table = Table(first, number, (day,), lines, rows + 7, 1, 1, [(number, 100 * rows)])
        data = board_data(VILLAGE, TOWN, Shown("0123456789abcdef", "expenses", TITLE, "", DAY),
                          Printed(item, [], table, "", ""), base_url=BASE, proof=PROOF, language="en",
                          label=lambda field: field.zh, _=plain)
        made = typeset.pdf("board", data)
        assert len(pypdf.PdfReader(io.BytesIO(made)).pages) == pages
        said = words(made)
        assert all(f"第{row}笔" in said for row in range(rows))
        assert "7morerows" in said
        assert scanned(typeset.png("board", data, ppi=70)) == [
            f"{BASE}/v/990101100201/open/expenses/0123456789abcdef"
        ]

    def test_columns_tell_what_when_and_how_much_first(self) -> None:
        """At most five columns, the name, the day and the amount before all others; long cells are shortened."""
        item = catalogue().by_slug("expenses")
        first, number = item.field("purpose"), item.field("amount")
        rest = tuple(field for field in item.fields if field not in (first, number))
        keys = [field.key for field in columns_of(Table(first, number, rest, [], 0, 1, 1, []))]
        assert keys[:3] == ["purpose", "date", "amount"]
        assert len(keys) == 5
        assert cut("长" * 200, 120) == "长" * 119 + "…"

    def test_figures_are_told_one_below_the_other(self) -> None:
        """A record without rows, or whose rows may no longer be shown, is told by its figures."""
        item = catalogue().by_slug("works")
        told = [(item.field("project_name"), "东渠维修"), (item.field("budget"), "98,000.00")]
        data = board_data(VILLAGE, TOWN, Shown("0123456789abcdef", "works", "东渠维修", "", DAY),
                          Printed(item, told, None, "", "公示"), base_url=BASE, proof=PROOF, language="zh",
                          label=lambda field: field.zh, _=plain)
        said = words(typeset.pdf("board", data))
        assert "98,000.00" in said
        assert "公示" in said


class TestMenu:
    """The page that offers paper."""

    def test_it_offers_posters_and_labels(self, official: Officials, record: Record) -> None:
        """Both papers, and the label of each record that was published last."""
        clerk = official("village_clerk")
        page = clerk.get("/en/desk/liuhe/posters")
        assert page.status_code == 200
        code = "990101100201"
        for path in ("poster-a4.pdf", "poster-a3.pdf", f"label/{record.id}.pdf", f"board/{record.id}.pdf"):
            assert f'href="/en/desk/{code}/{path}"' in clerk.text
        assert f'href="/en/v/{code}/open/expenses/{record.id}"' in clerk.text
        assert TITLE in clerk.text

    def test_it_searches(self, official: Officials, record: Record) -> None:
        """Words that stand in a record find it; others are answered in words."""
        clerk = official("village_clerk")
        clerk.get("/en/desk/liuhe/posters?q=清淤")
        assert f"label/{record.id}.pdf" in clerk.text
        clerk.get("/en/desk/liuhe/posters?q=<b>")
        assert "Nothing published holds “&lt;b&gt;”." in clerk.text

    def test_an_empty_village_is_told_so(self, official: Officials) -> None:
        """Where nothing is published the page says what will stand there."""
        clerk = official("village_clerk")
        clerk.get("/en/desk/liuhe/posters")
        assert "Nothing is published yet" in clerk.text

    def test_the_town_sees_its_villages(self, official: Officials) -> None:
        """The town prints for each of its villages, and for no other town's."""
        office = official("town_office")
        office.get("/en/desk/qingxi/posters")
        assert "Liuhe" in office.text
        assert "Nanwan" not in office.text
        assert office.get("/desk/liuhe/poster-a3.pdf").status_code == 200
        assert office.get("/desk/nanwan/poster-a3.pdf").status_code == 403
        assert office.get("/desk/qingxi/poster-a3.pdf").status_code == 404
        assert office.get("/desk/liuhe/poster-a5.pdf").status_code == 404

    def test_who_has_no_such_office_prints_nothing(self, official: Officials) -> None:
        """Only clerks, secretaries and town offices print."""
        for role in ("supervision", "town_discipline", "district_discipline", "operator"):
            for path in ("posters", "poster-a4.pdf", "label/0123456789abcdef.pdf", "board/0123456789abcdef.pdf"):
                assert official(role).get(f"/desk/liuhe/{path}").status_code == 403

    def test_villagers_are_asked_to_sign_in(self, villager: Villager) -> None:
        """Paper is printed at the desk."""
        page = villager.get("/desk/liuhe/posters")
        assert page.status_code == 303
        assert "/desk/sign-in" in page.headers["Location"]


def test_days_on_paper_carry_their_year() -> None:
    """Paper hangs for months."""
    assert written_day(DAY, "zh") == "2026 年 11 月 25 日"
    assert written_day(DAY, "en") == "25 November 2026"


def test_a_village_without_a_town_has_no_sheet(stores: Stores) -> None:
    """Sheets are sealed by a town; a place without one is a mistake of the data."""
    with stores.portal.read() as session, pytest.raises(LookupError):
        queries.town_of(session, VILLAGE)
