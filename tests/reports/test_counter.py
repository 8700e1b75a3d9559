"""Who has no phone tells it at the counter, and leaves with a card."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlmodel import select

from portal.config import Config
from portal.core import typeset
from portal.core.db import Stores
from portal.reports import cards, receipts
from portal.reports.models import Report, ReportBody
from portal.slips import peppers, voice
from tests.conftest import NOW
from tests.reports.conftest import STORY, Offices, hand_over
from tests.visitor import Official, Villager

PAGE = "/desk/qingxi/counter"


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def take_down(officer: Official, offices: Offices, **more: str) -> None:
    """Fill the form in and seal it."""
    officer.get(PAGE)
    said = {"village": offices.district["liuhe"].code, "category": "money", "text": STORY, "source": "saw", **more}
    assert officer.post(PAGE, said).status_code == 200


def card(officer: Official) -> str:
    """Print the card; return its digits."""
    page = officer.client.post(PAGE, data={**officer.hidden(), "act": "print"})
    assert page.mimetype == "application/pdf"
    assert page.headers["Cache-Control"] == "no-store"
    sheet = PdfReader(io.BytesIO(page.data))
    assert len(sheet.pages) == 1
    return re.search(r"\d{16}", re.sub(r"\s", "", sheet.pages[0].extract_text()))[0]


def test_told_at_the_counter_followed_on_any_phone(official, villager: Villager, offices: Offices,
                                                  stores: Stores) -> None:
    """Sealed as from paper, seen with the batch like any other; the card's digits lead back, and no page shows them."""
    officer = official("town_discipline")
    take_down(officer, offices)
    shown = officer.text
    digits = card(officer)
    assert digits not in re.sub(r"\s", "", shown)
    with stores.vault.read() as vault:
        report = vault.exec(select(Report)).one()
        assert (report.channel, report.released) == ("paper", False)
        assert len(vault.exec(select(ReportBody)).all()) == 3
    assert report.id not in officer.get("/desk/qingxi/reports").get_data(as_text=True)
    hand_over(stores, offices.district)
    assert report.id in officer.get("/desk/qingxi/reports").get_data(as_text=True)
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert STORY in villager.text


def test_no_log_keeps_what_came_last(official, villager: Villager, offices: Offices, stores: Stores) -> None:
    """Whatever somebody sends, at the counter or later with the digits, the log of the vault is empty right after.

    Fault seen: a log that was emptied after a report from a phone only, and kept the order of all else.
    """
    log = stores.vault.file.with_name("vault.sqlite-wal")
    officer = official("town_discipline")
    take_down(officer, offices)
    assert log.stat().st_size == 0
    villager.get("/c")
    villager.post("/c", {"receipt": card(officer)})
    villager.post("/c", {"go": "answer", "text": "再说一句，是初五那天", "sure": "1"})
    assert "初五" in villager.text
    assert log.stat().st_size == 0


def test_sealed_twice_is_one_report_and_two_people_are_two(official, offices: Offices, stores: Stores) -> None:
    """Pressing again changes nothing; the next one starts with a fresh form and has other digits."""
    officer = official("town_discipline")
    take_down(officer, offices)
    form, first = officer.hidden(), card(officer)
    officer.client.post(PAGE, data={**form, "act": "seal", "village": offices.district["liuhe"].code,
                                    "category": "money", "text": STORY, "source": "saw"})
    take_down(officer, offices, text="另一个人说的另一件事，路灯坏了")
    assert card(officer) != first
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Report)).all()) == 2


def test_what_is_missing_is_said_and_all_stays(official, offices: Offices, stores: Stores) -> None:
    """No village or no kind: 422 and the words still there; a phone number is asked about once; nothing is filed."""
    officer = official("town_discipline")
    officer.get(PAGE)
    assert officer.post(PAGE, {"text": STORY}).status_code == 422
    assert STORY in officer.text
    said = {"village": offices.district["liuhe"].code, "category": "money", "text": "打 13800001234 问"}
    assert officer.post(PAGE, said).status_code == 422
    assert "<mark>" in officer.text
    with stores.vault.read() as vault:
        assert not vault.exec(select(Report)).all()
    assert officer.post(PAGE, said).status_code == 200


def test_what_concerns_the_town_goes_to_the_district_alone(official, offices: Offices, stores: Stores) -> None:
    """By the box or by a name: the town that took it down keeps no copy."""
    officer = official("town_discipline")
    take_down(officer, offices, town="1")
    take_down(officer, offices, text=f"{STORY}，周qi 知道")
    with stores.vault.read() as vault:
        assert set(vault.exec(select(ReportBody.reader)).all()) == {"district", "reporter"}


def test_a_voice_slip_counts_at_the_counter_too(official, offices: Offices, stores: Stores, config: Config) -> None:
    """A slip makes it one person's; a second use is told and the report is taken all the same."""
    folder = peppers.folder_of(config.instance)
    with stores.booth.write() as booth:
        slip = voice.issue(booth, folder, offices.district["liuhe"].id, 2026, 1)[0]
    officer = official("town_discipline")
    take_down(officer, offices, voice=slip)
    take_down(officer, offices, voice=slip, text="又一件事，说的是井房")
    assert slip not in officer.text
    with stores.vault.read() as vault:
        assert sorted(vault.exec(select(Report.channel)).all()) == ["paper", "voice"]


def test_a_voice_slip_that_is_not_needed_is_not_used_up_and_the_officer_reads_so(official, offices: Offices) -> None:
    """A question counts for nothing; whoever brought a slip hears that it is still good. Whether it counted is said."""
    officer = official("town_discipline")
    take_down(officer, offices, category="services", voice="1234")
    assert "票没有用掉" in officer.text


def test_only_offices_take_reports_down(official, offices: Offices, config: Config) -> None:
    """No village role, no other town, no village's desk; digits of a report that does not exist print nothing."""
    for role in ("village_clerk", "secretary", "town_office", "district_finance", "operator"):
        assert official(role).get(PAGE).status_code == 403
    assert official("town_discipline", "baisha").get(PAGE).status_code == 403
    officer = official("town_discipline")
    assert officer.get("/desk/liuhe/counter").status_code == 404
    officer.get(PAGE)
    assert officer.post(PAGE, {"act": "print", "attempt": receipts.new_attempt()}).status_code == 404
    assert officer.post(PAGE, {"act": "print", "attempt": "x"}).status_code == 400
    officer.get(PAGE)
    assert officer.post(PAGE, {"village": offices.district["nanwan"].code, "category": "money",
                               "text": STORY}).status_code == 422


def test_a_card_holds_no_way_to_the_case_but_its_digits(config: Config) -> None:
    """The printed code leads to the page, without the digits; they stand on the card once."""
    words = {"title": "t", "heading": "h", "keep": "k", "do": "d", "counter": "c", "qr": "QR", "lang": "zh"}
    data = cards.data(config.base_url, "1234567812345678", words)
    picture = Image.open(io.BytesIO(typeset.png("card", data, ppi=200)))
    assert zxingcpp.read_barcodes(picture)[0].text == f"{config.base_url}/c"
    text = PdfReader(io.BytesIO(cards.pdf(config.base_url, "1234567812345678", words))).pages[0].extract_text()
    assert re.sub(r"\s", "", text).count("12345678") == 2
    assert data["address"] == "127.0.0.1:8000/c"


def test_a_used_form_takes_nobody_else_s_words(official, villager: Villager, offices: Offices, stores: Stores) -> None:
    """Back from the card to the form that was just sealed: another person's words don't go into the first one's case.

    Fault seen: they did, about whatever village, and both got the same sixteen digits: each read what the other said.
    """
    officer = official("town_discipline")
    take_down(officer, offices)
    used, first = officer.hidden(), card(officer)
    sent = {**used, "act": "seal", "village": offices.district["shiqiao"].code, "category": "manner",
            "text": "开证明跑了五趟都没办成", "source": "heard"}
    again = officer.client.post(PAGE, data=sent)
    assert again.status_code == 422
    assert "开证明跑了五趟" in again.get_data(as_text=True), "what was typed stays"
    officer.page = again
    assert officer.post(PAGE, {**sent, "attempt": officer.hidden()["attempt"]}).status_code == 200
    second = card(officer)
    assert second != first
    for digits, words, others in ((first, STORY, "五趟"), (second, "五趟", STORY)):
        villager.get("/c")
        villager.post("/c", {"receipt": digits})
        assert words in villager.text
        assert others not in villager.text
