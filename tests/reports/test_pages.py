"""The pages, from the first tap to the answer, and what they must never tell."""

import json
import logging
import re
import tempfile
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from portal.accounts.models import Person
from portal.config import Config
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.reports import keys, renewal, voices
from portal.reports.models import Message, Opening, Particular, ReceiptPace, Report, ReportBody, Request
from portal.reports.views import desk
from portal.slips import peppers, voice
from tests.conftest import NOW
from tests.meanwhile import Meanwhile
from tests.reports.conftest import STORY, FileAt, Offices, hand_over, picture, write_to
from tests.visitor import Official, Villager

CODE = re.compile(r'<p class="code">(.*?)</p>', re.DOTALL)
H1 = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


@pytest.fixture(autouse=True)
def at_now(time_machine_at_now: None) -> None:
    """The pages ask the clock themselves; here it stands at NOW."""


@pytest.fixture
def time_machine_at_now():
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def digits_on(page: str) -> str:
    return "".join(re.findall(r"\d", CODE.search(page)[1]))


def send(villager: Villager, prefix: str = "", code: str = "liuhe", **more: object) -> str:
    write_to(villager, code, prefix=prefix, **more)
    page = villager.post(f"{prefix}/v/{code}/say", {"go": "send"}, content_type="multipart/form-data")
    assert page.status_code == 200
    return digits_on(villager.text)


def unlock(person: Official, offices: Offices, code: str, **more: str):
    person.get(f"/desk/{code}/reports")
    return person.post(f"/desk/{code}/reports/unlock", {"passphrase": offices.passphrases[code], "why": "new", **more})


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_from_the_first_tap_to_the_digits_and_back(villager: Villager, offices: Offices, prefix: str) -> None:
    """Three small steps, sixteen digits, and with them the way back; in both languages."""
    digits = send(villager, prefix)
    assert len(digits) == 16
    page = villager.post(f"{prefix}/c", {"receipt": " ".join(digits[i:i + 4] for i in range(0, 16, 4))})
    assert page.status_code == 200
    assert STORY in villager.text
    villager.post(f"{prefix}/c", {"go": "answer", "text": "还有一张单子"})
    assert "还有一张单子" in villager.text
    assert digits not in villager.page.request.url


def test_six_taps_from_the_poster(villager: Villager, offices: Offices) -> None:
    """From the village's page: say, kind, next, the text, next, send. The way needs no other field."""
    villager.get("/v/liuhe/say")  # 1
    villager.post("/v/liuhe/say", {"category": "manner", "go": "write"})  # 2, 3
    villager.post("/v/liuhe/say", {"text": "去办事总被骂", "go": "check"})  # 4, 5
    assert villager.post("/v/liuhe/say", {"go": "send"}).status_code == 200  # 6
    assert len(digits_on(villager.text)) == 16


def test_sending_the_form_twice_shows_the_same_digits(villager: Villager, offices: Offices, stores: Stores) -> None:
    """A lost answer on a bad line: pressing again changes nothing."""
    write_to(villager, "liuhe")
    form = villager.hidden()
    villager.post("/v/liuhe/say", {"go": "send"})
    first = digits_on(villager.text)
    villager.post("/v/liuhe/say", {**form, "go": "send"})
    assert digits_on(villager.text) == first
    with stores.vault.read() as vault:
        assert len(vault.exec(select(Report)).all()) == 1


def test_what_may_tell_who_somebody_is_is_asked_about_once(villager: Villager, offices: Offices) -> None:
    """A phone number is pointed at on the same page; leaving it so is one tap more, and nothing is lost."""
    telling = "我叫王小明，打 13800001234 问"
    write_to(villager, "liuhe", text=telling)
    assert "13800001234" in villager.text
    assert "<mark>" in villager.text
    assert 'value="send"' not in villager.text
    villager.post("/v/liuhe/say", {"text": telling, "source": "saw", "go": "anyway"})
    assert 'value="send"' in villager.text


def test_photos_survive_an_error_and_hold_pixels_only(villager: Villager, official, offices: Offices,
                                                      stores: Stores) -> None:
    """A bad file costs nothing else; the office sees the photo without the camera's marks."""
    villager.get("/v/liuhe/say")
    villager.post("/v/liuhe/say", {"category": "money", "go": "write"})
    page = villager.post("/v/liuhe/say", {
        "text": STORY, "go": "check",
        "photo": [(BytesIO(picture()), "a.jpg"), (BytesIO(b"GIF89a nothing"), "b.gif")],
    }, content_type="multipart/form-data")
    assert page.status_code == 422
    assert STORY in villager.text
    assert "kept1" in villager.hidden()
    villager.post("/v/liuhe/say", {"text": STORY, "go": "check"}, content_type="multipart/form-data")
    villager.post("/v/liuhe/say", {"go": "send"}, content_type="multipart/form-data")
    hand_over(stores, offices.district)
    with stores.vault.read() as vault:
        report = vault.exec(select(Report)).one()
    town = official("town_discipline")
    assert town.get(f"/desk/qingxi/reports/{report.id}/photo/0/1").status_code == 403
    unlock(town, offices, "qingxi")
    photo = town.get(f"/desk/qingxi/reports/{report.id}/photo/0/1")
    assert photo.mimetype == "image/jpeg"
    assert b"SENTINEL" not in photo.data
    assert b"Exif" not in photo.data
    assert Image.open(BytesIO(photo.data)).size == (60, 40)


def test_a_photo_that_we_did_not_clean_is_not_taken(villager: Villager, offices: Offices) -> None:
    """A kept photo carries our token; a form made elsewhere can't bring pixels with marks in."""
    import base64

    write_to(villager, "liuhe")
    kept = "1.bad:" + base64.b64encode(picture()).decode()
    assert villager.post("/v/liuhe/say", {"go": "send", "kept1": kept}).status_code == 422


def test_a_wrong_receipt_and_an_unknown_one_get_the_same_page(villager: Villager, offices: Offices) -> None:
    """Nobody learns from the page which digits exist."""
    villager.get("/c")
    pages = []
    for receipt in ("1234567812345678", "0000000000000000"):
        page = villager.post("/c", {"receipt": receipt})
        pages.append((page.status_code, villager.text.replace(receipt, "")))
    assert pages[0] == pages[1]


def test_headers_and_history(villager: Villager, offices: Offices) -> None:
    """No answer is kept, none tells where one comes from, titles are plain, no digits stand in an address."""
    digits = send(villager)
    pages = [villager.page, villager.get("/c"), villager.post("/c", {"receipt": digits}), villager.get("/v/liuhe/say"),
             villager.post("/c", {"receipt": "1"})]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in page.headers
        assert "ETag" not in page.headers
        assert digits not in page.headers.get("Location", "")
        title = re.search(r"<title>([^<]*)</title>", page.get_data(as_text=True))[1]
        assert not re.search("反映|举报|report|liuhe|柳河", title, re.IGNORECASE)
        assert digits not in page.request.url


def test_village_cannot_read(official, offices: Offices, file_report: FileAt) -> None:
    """Each village role gets the same refusal for a case that exists and for one that does not."""
    report, _, _ = file_report()
    for role in ("village_clerk", "secretary", "supervision", "town_office", "district_finance", "operator"):
        person = official(role)
        for code in ("liuhe", "qingxi", "district"):
            for path in ("reports", "reports/{}", "reports/{}/photo/0/1", "reports/openings", "office-key"):
                real = person.get(f"/desk/{code}/" + path.format(report.id))
                other = person.get(f"/desk/{code}/" + path.format("0" * 16))
                assert (real.status_code, other.status_code) == (403, 403)
                assert real.data.replace(report.id.encode(), b"0" * 16) == other.data
            assert person.post(f"/desk/{code}/reports/{report.id}", {"act": "accept"}).status_code == 403
            assert person.post(f"/desk/{code}/reports/unlock", {"passphrase": "x", "why": "new"}).status_code == 403


def test_another_town_finds_nothing(official, offices: Offices, file_report: FileAt) -> None:
    """A case of another town, or one that the town may not see, answers like one that does not exist."""
    ours, _, _ = file_report()
    hidden, _, _ = file_report(town_involved=True)
    other = official("town_discipline", "baisha")
    assert other.get(f"/desk/baisha/reports/{ours.id}").status_code == 404
    assert other.get(f"/desk/qingxi/reports/{ours.id}").status_code == 403
    town = official("town_discipline")
    assert town.get(f"/desk/qingxi/reports/{hidden.id}").status_code == 404
    assert official("district_discipline").get(f"/desk/district/reports/{hidden.id}").status_code == 200


def test_the_office_reads_asks_and_closes(villager: Villager, official, offices: Offices, stores: Stores) -> None:
    """Locked: no word. Open: the words; a question reaches the reporter; the outcome too. Each opening is noted."""
    digits = send(villager)
    hand_over(stores, offices.district)
    with stores.vault.read() as vault:
        report = vault.exec(select(Report)).one()
    town, path = official("town_discipline"), f"/desk/qingxi/reports/{report.id}"
    assert "柳河村" in town.get("/desk/qingxi/reports").get_data(as_text=True)
    town.get(path)
    assert STORY not in town.text
    assert unlock(town, offices, "qingxi", case=report.id).location.endswith(path)
    town.get(path)
    assert STORY in town.text
    assert town.post(path, {"act": "write", "kind": "question", "text": "请问您叫什么名字"}).status_code == 422
    assert "请问您叫什么名字" in town.text
    assert town.post(path, {"act": "write", "kind": "question", "text": "是哪几天"}).status_code == 303
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert "是哪几天" in villager.text
    town.get(path)
    assert town.post(path, {"act": "accept"}).status_code == 303
    town.get(path)
    assert town.post(path, {"act": "find", "fact": "ledger"}).status_code == 303
    town.get(path)
    assert town.post(path, {"act": "find", "fact": "ledger"}).status_code == 422
    town.get(path)
    assert town.post(path, {"act": "extend", "reason": "还要等审计"}).status_code == 303
    town.get(path)
    assert town.post(path, {"act": "close", "outcome": "founded", "result": "多记的钱退回来了"}).status_code == 303
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    assert "多记的钱退回来了" in villager.text
    assert 'value="answer"' not in villager.text
    district = official("district_discipline")
    district.get("/desk/district/reports/openings")
    assert "周qi" in district.text
    assert unlock(district, offices, "district").status_code == 303
    district.get(f"/en/desk/district/reports/{report.id}")
    assert STORY in district.text


def test_a_note_sent_twice_stands_once(official, offices: Offices, stores: Stores, file_report: FileAt) -> None:
    """A double tap or a form sent again says nothing twice; the next note is another one."""
    report, _, _ = file_report()
    town, case = official("town_discipline"), f"/desk/qingxi/reports/{report.id}"
    unlock(town, offices, "qingxi")
    town.get(case)
    form = {**town.hidden(), "act": "write", "kind": "note", "text": "已经去看过两次"}
    for _ in range(2):
        assert town.post(case, form).status_code == 303
    town.get(case)
    assert town.text.count("已经去看过两次") == 1
    assert town.post(case, {**form, "attempt": town.hidden()["attempt"]}).status_code == 303
    town.get(case)
    assert town.text.count("已经去看过两次") == 2


def test_signing_out_closes_the_key(official, offices: Offices, stores: Stores) -> None:
    """With the session goes what opens the key, in the store and in the browser."""
    from portal.reports.models import Unlocked

    town = official("town_discipline")
    page = unlock(town, offices, "qingxi")
    cookies = [value for name, value in page.headers if name == "Set-Cookie"]
    assert {re.search(r"Path=([^;]+)", value)[1] for value in cookies} == {"/desk", "/en/desk"}
    assert all("HttpOnly" in value and "SameSite=Strict" in value and "Max-Age=900" in value for value in cookies)
    town.get("/desk/qingxi/reports")
    town.post("/desk/sign-out")
    with stores.portal.read() as session:
        assert session.exec(select(Unlocked)).first() is None


def test_wrong_words_open_nothing_and_are_not_shown_again(official, offices: Offices) -> None:
    """A wrong passphrase gets a sentence; the page never repeats what was typed."""
    town = official("town_discipline")
    town.get("/desk/qingxi/reports")
    page = town.post("/desk/qingxi/reports/unlock", {"passphrase": "shanhe wrong words", "why": "new"})
    assert page.status_code == 422
    assert "shanhe wrong words" not in town.text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_wrong_words_leave_the_officer_where_she_was(official, offices: Offices, file_report: FileAt,
                                                     prefix: str) -> None:
    """On a case, in the inbox, on a page of keys: the same page again, the error at its field, the reason chosen."""
    report, _, _ = file_report()
    asked, typed = f"{prefix}/desk/qingxi", {"passphrase": "shanhe wrong words", "why": "new"}
    places = {f"{asked}/reports/{report.id}": {"case": report.id}, f"{asked}/reports": {},
              f"{asked}/office-key": {"page": "key"}, f"{asked}/office-key/offline": {"page": "offline"}}
    town = official("town_discipline")
    for address, more in places.items():
        town.get(address)
        heading = H1.search(town.text)[1]
        assert all(town.hidden()[name] == value for name, value in more.items())
        assert town.post(f"{asked}/reports/unlock", {**typed, **more}).status_code == 422
        assert H1.search(town.text)[1] == heading
        assert 'href="#f-passphrase"' in town.text
        assert 'id="why-passphrase"' in town.text
        assert re.search(r'value="new" checked', town.text)
        assert town.post(f"{asked}/reports/unlock", {**typed, **more, "passphrase": offices.passphrases["qingxi"]}
                         ).location.endswith(address)
        town.post(f"{asked}/reports/lock", more)


def test_an_answer_typed_when_the_key_had_locked_itself_is_not_lost(official, offices: Offices, file_report: FileAt,
                                                                    villager: Villager) -> None:
    """Refused, it comes along through wrong words and right ones, and is then sent as it was typed."""
    report, _, _ = file_report()
    town, case, answer = official("town_discipline"), "", "我们去村里看了账。\r\n还要问一句。"
    case = f"/desk/qingxi/reports/{report.id}"
    town.get(case)
    assert town.post(case, {"act": "write", "kind": "question", "text": answer}).status_code == 422
    for words, status in (("wrong words", 422), (offices.passphrases["qingxi"], 200)):
        page = town.post("/desk/qingxi/reports/unlock", {"passphrase": words, "why": "new", "case": report.id})
        assert page.status_code == status
        assert "还要问一句" in town.text
        assert words not in town.text
    assert STORY in town.text
    assert re.search(r'value="question" checked', town.text)
    assert set(re.findall(r'<form method="post"[^>]* action="([^"]+)"', town.text)) <= {
        f"/desk/990101101/reports/{report.id}", "/desk/qingxi/reports/lock", case}
    town.get(case)
    assert STORY in town.text, "the key is open"


def test_every_form_of_a_case_says_where_it_goes(official, offices: Offices, file_report: FileAt) -> None:
    """After wrong words the page stands at another address; its other forms still lead to the case."""
    report, _, _ = file_report()
    town = official("town_discipline")
    town.get(f"/desk/qingxi/reports/{report.id}")
    town.post("/desk/qingxi/reports/unlock", {"passphrase": "x", "why": "new", "case": report.id})
    assert town.text.count("<form ") == town.text.count(" action=")
    assert town.post(f"/desk/qingxi/reports/{report.id}", {"act": "recuse"}).status_code == 303


def test_wrong_words_leave_the_district_with_the_town_that_lost_its_key(official, offices: Offices) -> None:
    """The page that helps a town stays that town's, and no other place's code leads anywhere."""
    district, sent = official("district_discipline"), {"passphrase": "x", "why": "new", "page": "lost"}
    district.get("/desk/qingxi/office-key/lost")
    heading = H1.search(district.text)[1]
    assert district.post("/desk/district/reports/unlock", {**sent, "town": "qingxi"}).status_code == 422
    assert H1.search(district.text)[1] == heading
    assert district.post("/desk/district/reports/unlock", {**sent, "town": "liuhe"}).status_code == 404


def test_the_inbox_shows_what_is_urgent_first_and_twenty_rows_at_a_time(official, offices: Offices,
                                                                        file_report: FileAt) -> None:
    """A case that is late is never hidden behind newer ones; the count of all stands above, the rest behind a link."""
    late, _, _ = file_report(now=NOW - timedelta(days=40))
    for _each in range(22):
        file_report()
    town = official("town_discipline")
    for address, shown in (("/en/desk/qingxi/reports", 20), ("/en/desk/qingxi/reports?open=120", 23)):
        town.get(address)
        cases = re.findall(r'<th scope="row" class="wide"><a href="[^"]+/reports/(\w+)"', town.text)
        assert len(cases) == shown
        assert cases[0] == late.id
        assert "23 in all" in town.text
    town.get("/desk/qingxi/reports")
    assert "/reports?open=120#open-21" in town.text


def test_the_openings_come_twenty_at_a_time(official, offices: Offices, stores: Stores) -> None:
    """The district sees how many there are and the latest; each more behind a plain link."""
    with stores.portal.write() as session:
        officer = session.exec(select(Person).where(Person.user == "town_discipline-qingxi")).one()
        for days in range(25):
            session.add(Opening(person_id=officer.id, place_id=offices.district["qingxi"].id,
                                day=local_day(NOW) - timedelta(days=days), kind="opened", why="new"))
    district = official("district_discipline")
    for address, shown in (("/en/desk/district/reports/openings", 20),
                           ("/en/desk/district/reports/openings?rows=120", 25)):
        district.get(address)
        assert district.text.count("<tr") == shown + 1
        assert "25 in all" in district.text


def test_an_officer_makes_the_key_and_sees_the_words_once(official, stores: Stores) -> None:
    """The first officer makes the office's key; the words come with the answer and open it."""
    town = official("town_discipline")
    town.get("/desk/qingxi/office-key")
    town.post("/desk/qingxi/office-key", {"act": "make"})
    words = re.findall(r"<span>([a-z]+)</span>", CODE.search(town.text)[1])
    assert len(words) == 6
    town.get("/desk/qingxi/office-key")
    assert not any(word in town.text for word in words if len(word) > 6)
    assert town.post("/desk/qingxi/reports/unlock", {"passphrase": " ".join(words), "why": "new"}).status_code == 303
    town.get("/desk/qingxi/office-key")
    assert "/desk/qingxi/office-key" in town.text


def test_the_clerk_sees_the_summary_and_nothing_else(official, offices: Offices, file_report: FileAt,
                                                     stores: Stores, villager: Villager) -> None:
    """A lamp reaches the village in the officer's words; the clerk's answer goes back to the town."""
    lamp, _, _ = file_report(category="services", text="三组路口那盏灯，我家门口那盏，坏了半年")
    town = official("town_discipline")
    unlock(town, offices, "qingxi")
    town.get(f"/desk/qingxi/reports/{lamp.id}")
    assert town.post(f"/desk/qingxi/reports/{lamp.id}", {"act": "hand", "summary": "修三组路口的灯"}).status_code == 303
    clerk = official("village_clerk")
    clerk.get("/desk/liuhe/asked")
    assert "修三组路口的灯" in clerk.text
    assert "我家门口" not in clerk.text
    assert lamp.id not in clerk.text
    with stores.portal.read() as session:
        asked = session.exec(select(Request)).one()
    assert clerk.post("/desk/liuhe/asked", {"request": asked.id, "answer": ""}).status_code == 422
    assert clerk.post("/desk/liuhe/asked", {"request": asked.id, "answer": "周五换好"}).status_code == 303
    town.get("/desk")
    assert "村里答复了，反映的人还在等：1 件" in town.text
    town.get(f"/desk/qingxi/reports/{lamp.id}")
    assert "周五换好" in town.text
    assert "周五换好" not in villager.get("/v/liuhe/answers").get_data(as_text=True)
    assert town.post(f"/desk/qingxi/reports/{lamp.id}", {"act": "publish"}).status_code == 303
    page = villager.get("/v/liuhe/answers").get_data(as_text=True)
    assert "修三组路口的灯" in page
    assert "周五换好" in page
    assert lamp.id not in page


def test_voice_slip_once_a_quarter(villager: Villager, offices: Offices, stores: Stores, config: Config) -> None:
    """A slip counts once a quarter and again in the next; used or unknown, the report goes in all the same."""
    import time_machine

    folder, village = peppers.folder_of(config.instance), offices.district["liuhe"]
    with stores.booth.write() as booth:
        years = {year: voice.issue(booth, folder, village.id, year, 2) for year in (2026,)}
    slip = years[2026][0]
    channels = []
    for moment in (NOW, NOW, "2026-09-02 02:00"):
        with time_machine.travel(moment, tick=False):
            write_to(villager, "liuhe", voice=slip)
            villager.post("/v/liuhe/say", {"go": "send"})
            assert len(digits_on(villager.text)) == 16
        with stores.vault.read() as vault:
            channels.append(sorted(vault.exec(select(Report.channel)).all()))
    assert channels == [["voice"], ["open", "voice"], ["open", "voice", "voice"]]
    page = write_to(villager, "liuhe", voice="1234 5678")
    assert page.status_code == 422


def test_voice_slips_are_printed_for_each_adult_once(official, offices: Offices, stores: Stores) -> None:
    """The town prints a village's slips of the year; more than one for each adult is refused."""
    office = official("town_office")
    office.get("/desk/dongling/voice-slips")
    page = office.post("/desk/dongling/voice-slips", {"number": "10"})
    assert page.mimetype == "application/pdf"
    assert page.headers["Cache-Control"] == "no-store"
    office.get("/desk/dongling/voice-slips")
    assert office.post("/desk/dongling/voice-slips", {"number": "233"}).status_code == 422
    assert official("village_clerk", "dongling").get("/desk/dongling/voice-slips").status_code == 403


def test_the_town_s_page_of_slips_does_not_move_when_one_is_used(official, stores: Stores, offices: Offices,
                                                                 config: Config) -> None:
    """Six voice slips are used this quarter: the page that the town can look at all day is the same to the byte.

    Fault seen: the number used in the running quarter, exact and at once. It told when each report came.
    """
    village, folder = offices.district["liuhe"], peppers.folder_of(config.instance)
    slips = voices.issue(stores, NOW, folder, village, 2026, 10)

    def speak(quarter: str) -> None:
        for digits in slips[:6]:
            with stores.booth.write() as booth:
                assert voice.spend(booth, folder, village.id, digits, quarter, digits) == "counted"

    office = official("town_office")
    before = office.get("/desk/liuhe/voice-slips").text
    speak("2026-Q4")
    assert office.get("/desk/liuhe/voice-slips").text == before
    speak("2026-Q1")
    assert re.search(r'class="num">5-9</td>', office.get("/desk/liuhe/voice-slips").text)


@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize("packed", ["gzip, deflate, br", ""])
def test_the_line_does_not_tell_the_kind(app: Flask, offices: Offices, packed: str, lang: str) -> None:
    """Whoever owns the Wi-Fi sees lengths: of each kind of report the same bytes go to and fro until it is sent.

    Fault seen: each of the eight kinds had lengths of its own, threats and complaints among them; unpacked, the page
    on which a threat is written was a step longer than the others.
    """
    assert offices
    page = f"{lang}/v/liuhe/say"
    kinds = re.findall(r'name="category"[^>]*value="([^"]+)"', app.test_client().get(page).text)
    sizes = set()
    for kind in kinds:
        fields, seen = {"attempt": "7" * 32, "category": kind, "go": "write"}, []
        for go in ("check", "send", ""):
            client = app.test_client()
            answer = client.post(page, data=fields, headers={"Accept-Encoding": packed})
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip" if packed else "identity")
            seen += [sum(len(f"{name}={value}&") for name, value in fields.items()), len(answer.data)]
            text = (zlib.decompress(answer.data, 31) if packed else answer.data).decode()
            kept = dict(re.findall(r'name="(attempt|category|token)" value="([^"]*)"', text))
            fields = {**fields, **kept, "text": STORY, "source": "saw", "go": go}
        sizes.add(tuple(seen))
    assert len(kinds) == 8
    assert len(sizes) == 1


@pytest.mark.parametrize("packed", [{"Accept-Encoding": "gzip, deflate, br"}, {"Accept-Encoding": "br"}, {}],
                         ids=["packed", "brotli", "plain"])
@pytest.mark.parametrize("lang", ["", "/en"])
def test_the_line_does_not_tell_who_has_a_case(villager: Villager, offices: Offices, lang: str,
                                               packed: dict[str, str]) -> None:
    """Right digits, wrong ones, mistyped ones and a case with an answer: whoever watches the Wi-Fi sees one size."""
    digits = send(villager, lang)

    def size(**fields: str) -> int:
        return len(villager.client.post(f"{lang}/c", data=fields, headers=packed).data)

    before = size(receipt=digits)
    assert size(receipt="4821993017265541") == before
    assert size(receipt="12") == before
    villager.post(f"{lang}/c", {"receipt": digits})
    villager.post(f"{lang}/c", {"go": "answer", "text": "还有一张单子，数目也不对"})
    assert size(receipt=digits) == before


ADDRESS, AGENT, WORD = "203.0.113.77", "SENTINEL-PHONE/9.9", "哨兵词不可留"


def encoded(data: dict[str, object]) -> dict[str, object]:
    """Return a form with large files as one body in memory: the test client itself would use a temporary file."""
    stream, length, boundary = stream_encode_multipart(data, use_tempfile=False)
    return {"input_stream": stream, "content_length": length,
            "content_type": f'multipart/form-data; boundary="{boundary}"'}


WRITTEN = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def _traces(folder: Path, needles: list[str]) -> list[str]:
    """Every needle in every file, in each way in which a machine may write it, also inside an address or JSON."""
    forms = {(needle, needle.encode(how)) for needle in needles for how in WRITTEN}
    forms |= {(needle, how(needle).encode()) for needle in needles for how in (quote, ascii, json.dumps)}
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [f"{path.name}: {needle}" for needle, form in forms if form.strip(b"'\"") in content]
    return found


def test_a_trace_is_seen_however_it_is_written(tmp_path: Path) -> None:
    """A word that lies in a file as another program writes Chinese is found as well."""
    for how in WRITTEN:
        (tmp_path / "kept").write_bytes(b"before" + WORD.encode(how) + b"after")
        assert _traces(tmp_path, [WORD]) == [f"kept: {WORD}"], how
    (tmp_path / "kept").write_text(f"/c?text={quote(WORD)}", "ascii")
    assert _traces(tmp_path, [WORD])


def test_no_ip_anywhere(app: Flask, offices: Offices, stores: Stores, config: Config, tmp_path: Path,
                        caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
                        monkeypatch: pytest.MonkeyPatch) -> None:
    """Address, phone, slip, digits and words leave no trace in file, row, log or error: not even of what failed.

    Nothing asks for a temporary file either, which would be gone before anybody looks. Faults seen: photos that were
    spooled to disk; an error that repeats what was sent.
    """
    folder = peppers.folder_of(config.instance)
    with stores.booth.write() as booth:
        slip = voice.issue(booth, folder, offices.district["liuhe"].id, 2026, 1)[0]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    spilled: list[str] = []
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: spilled.append("a temporary file") or str(scratch))
    caplog.set_level(logging.DEBUG)
    villager = Villager(app)
    villager.client.environ_base = {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    noise = Image.effect_noise((900, 900), 120)
    out = BytesIO()
    noise.save(out, "PNG")
    text = f"{WORD}，{STORY}"
    write_to(villager, "liuhe", text=text, voice=slip)
    form = {**villager.hidden(), "go": "check", "photo": FileStorage(BytesIO(out.getvalue()), "p.png")}
    villager._seen(villager.client.open("/v/liuhe/say", method="POST", **encoded(form)))
    assert villager.hidden()["kept1"]
    villager.post("/v/liuhe/say", {"go": "send"})
    digits = digits_on(villager.text)
    villager.get("/c")
    villager.post("/c", {"receipt": digits})
    villager.post("/c", {"receipt": digits, "go": "answer", "text": WORD})
    villager.post("/c", {"receipt": "1234567812345678"})
    with stores.vault.write() as vault:  # a flood of guesses stands in line before
        vault.merge(ReceiptPace(next_at=NOW.timestamp() + 1000))
    assert villager.client.post("/c", data={"receipt": digits}).status_code == 503
    villager.client.post("/v/liuhe/say", data={"text": WORD, "category": "money", "go": "send"})
    large = {"text": WORD, "photo": FileStorage(BytesIO(b"x" * 36_000_000), "x.jpg")}
    assert villager.client.open("/v/liuhe/say", method="POST", **encoded(large)).status_code == 413
    torn = encoded({"text": WORD, "photo": FileStorage(BytesIO(out.getvalue()), "p.png")})
    torn["content_length"] = 9_000_000
    assert villager.client.open("/v/liuhe/say", method="POST", **torn).status_code < 500
    monkeypatch.setattr("portal.reports.service.file_at", lambda *_a, **_k: 1 / 0)
    write_to(villager, "liuhe", text=text)
    assert villager.client.post("/v/liuhe/say", data={**villager.hidden(), "go": "send"}).status_code == 500
    needles = [ADDRESS, AGENT, WORD, slip, digits]
    stores.close()
    assert spilled == []
    assert not _traces(tmp_path, needles)
    said = caplog.text + "".join(capfd.readouterr())
    assert not [needle for needle in needles if needle in said]
    with stores.vault.read() as vault:
        assert vault.exec(select(Message)).all()
        assert vault.exec(select(ReportBody)).all()


def test_an_answer_without_reading_is_refused_and_every_reading_is_noted(
        official, villager: Villager, offices: Offices, stores: Stores) -> None:
    """With the key shut nothing can be answered; with it open, whatever shows the words leaves a line."""
    write_to(villager, "liuhe")
    villager.post("/v/liuhe/say", {"go": "send"}, content_type="multipart/form-data")
    hand_over(stores, offices.district)
    officer = official("town_discipline")
    with stores.vault.read() as vault:
        (report,) = vault.exec(select(Report)).all()
    address = f"/desk/qingxi/reports/{report.id}"
    officer.get(address)
    assert officer.post(address, {"act": "write", "kind": "note", "text": "看过了"}).status_code == 422
    officer.get("/desk/qingxi/reports")
    officer.post("/desk/qingxi/reports/unlock", {"passphrase": offices.passphrases["qingxi"], "why": "new"})
    before = len(opened(stores, report.id))
    officer.get("/desk/account")
    assert officer.post(address, {"act": "write", "kind": "note", "text": ""}).status_code == 422
    assert "只看到七八个人" in officer.text
    assert len(opened(stores, report.id)) == before + 1


def opened(stores: Stores, report_id: str) -> list[str]:
    """Return the lines that the log of access holds of a case."""
    with stores.portal.read() as session:
        query = select(Opening.id).where(Opening.report_id == report_id, Opening.kind == "opened")
        return list(session.exec(query).all())


@pytest.mark.parametrize(("act", "status"), [
    ("unlock", 303), ("wrong", 422), ("copy", 200), ("renew", 200), ("first", 200),
])
def test_a_passphrase_holds_nobody_up(official: Callable[..., Official], offices: Offices, stores: Stores,
                                      monkeypatch: pytest.MonkeyPatch, act: str, status: int) -> None:
    """While a passphrase is weighed or made (64 MiB in earnest), everybody else's writing goes through at once."""
    town, meanwhile = official("town_discipline"), Meanwhile(stores)
    if act in {"copy", "renew"}:
        unlock(town, offices, "qingxi")
    if act == "first":
        with stores.portal.write() as session:
            renewal.lose(session, utc_now(), offices.actor("qingxi"), offices.district["qingxi"])
    town.get("/desk/qingxi/office-key")
    monkeypatch.setattr(keys, "hash_secret_raw", meanwhile.during(keys.hash_secret_raw))
    if act in {"unlock", "wrong"}:
        words = offices.passphrases["qingxi"] if act == "unlock" else "six wrong words that open nothing"
        answer = town.post("/desk/qingxi/reports/unlock", {"passphrase": words, "why": "new"})
    else:
        answer = town.post("/desk/qingxi/office-key", {"act": act, "person": town.person.id})
    assert answer.status_code == status, answer.text
    assert meanwhile.asked == 1


@pytest.mark.parametrize("act", ["accept", "write", "find"])
def test_what_changed_meanwhile_stays_changed(official, stores: Stores, offices: Offices, file_report: FileAt,
                                              monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    """While an officer acts, the reporter says that the town is involved: the officer's act does not undo that."""
    report, _, _ = file_report()
    town = official("town_discipline")
    unlock(town, offices, "qingxi")
    town.get(f"/desk/qingxi/reports/{report.id}")
    before = desk._must_have_read

    def meanwhile(*args: object) -> None:
        with stores.vault.write() as vault:
            row = vault.get_one(Report, report.id)
            row.to_town, row.rated = False, 1
        before(*args)

    monkeypatch.setattr(desk, "_must_have_read", meanwhile)
    sent = town.post(f"/desk/qingxi/reports/{report.id}", {"act": act, "text": "看了", "kind": "note", "fact": "sum"})
    assert sent.status_code == 303
    with stores.vault.read() as vault:
        row = vault.get_one(Report, report.id)
    assert (row.to_town, row.rated) == (False, 1)


def test_a_case_with_facts_found_asks_the_database_little(official, offices: Offices, file_report: FileAt,
                                                          stores: Stores) -> None:
    """At most fifteen queries, also where two offices found something in the books."""
    report, _, _ = file_report()
    town, above, seen = official("town_discipline"), official("district_discipline"), []
    with stores.vault.write() as vault:
        vault.add(Particular(report_id=report.id, kind="ledger", week=report.week, found_by=town.person.id,
                             found_at=offices.district["qingxi"].id, second_by=above.person.id))

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        town.get(f"/desk/qingxi/reports/{report.id}")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(seen) <= 15
