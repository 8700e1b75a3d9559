"""Officials' journeys at a laptop of 1280 px, with the keyboard alone."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfReader

from portal.core import digits
from portal.core.clock import SHANGHAI, local_day
from portal.disclosures.catalogue import catalogue
from portal.disclosures.catalogue import words as catalogue_words
from portal.roles import ROLE_NAMES, Role
from tests.browser.served import Served
from tests.journeys import villagers
from tests.journeys.people import Desk, Phone

pytestmark = pytest.mark.browser
VOTERS = 12  # with fewer, a grade would tell on somebody, and the plan is refused
both = pytest.mark.parametrize("language", ["zh_Hans", "en"])


@both
def test_a_promise_and_its_evidence(desk: Callable[..., Desk], new_phone: Callable[..., Phone], portal: Served,
                                    tmp_path: Path, language: str) -> None:
    """The secretary promises, later shows a photo of what was done, and villagers see both."""
    secretary = desk("secretary", "xinzhuang", language)
    code = portal.login("secretary", "xinzhuang")["place"]
    title = {"zh_Hans": "装好村口的四盏路灯", "en": "Four street lamps at the gate"}[language]
    secretary.go(f"/desk/{code}/promises")
    secretary.press("Make a promise")
    secretary.fill("What do you promise?", title)
    secretary.fill("What exactly will be there when it is done?", "村口到三组的路上有四盏太阳能路灯，天黑就亮。")
    secretary.press("Next")
    secretary.fill("How much or how many?", "4")
    secretary.fill("Of what?", "盏")
    secretary.press("Next")
    secretary.fill("By what day?", f"{local_day(portal.now()).year}-12-28")
    secretary.press("Next")
    secretary.press("Promise it")
    assert title in secretary.text

    secretary.press("Report progress")
    secretary.choose("It is done")
    secretary.press("Next")
    secretary.fill("What has been done?", "四盏都亮了，昨天晚上看过。")
    photo = tmp_path / "lamps.jpg"
    Image.effect_noise((800, 600), 30).convert("RGB").save(photo)
    secretary.upload("Photos", photo)
    secretary.press("Publish the report")

    phone = new_phone(language)
    phone.scan(f"/v/{code}")
    phone.tap("Promises")
    assert title in phone.text
    phone.tap(title)
    assert "100%" in phone.text
    assert "四盏都亮了" in phone.text


@both
def test_a_round_from_its_opening_to_its_result(desk: Callable[..., Desk], new_phone: Callable[..., Phone],
                                                later_portal: Served, tmp_path: Path, language: str) -> None:
    """The town opens a round and prints its slips; villagers vote; it closes, is counted elsewhere, and published."""
    portal, key = later_portal, tmp_path / "box.json"
    public = re.search(r"[0-9a-f]{64}", portal.run("count", "--new-key", str(key)))
    assert public, "no public key was told"
    village, name = {"zh_Hans": ("xinzhuang", "新庄村"), "en": ("xinglin", "Xinglin")}[language]
    opens = local_day(portal.now()) + timedelta(days=10)
    office = desk("town_office", "baisha", language, at=portal)
    _prepares_a_round(office, name, opens, public[0])
    address = office.path
    office.press("Freeze the rules")
    office.fill("How many slips", str(VOTERS))
    slips = _slips(office.save("Make the sheets", tmp_path / "slips.pdf"))
    assert len(set(slips)) == VOTERS

    _set_to(portal, opens, 10)
    phone = new_phone(language, at=portal)
    for number, slip in enumerate(slips):
        _votes(phone, slip, "Excellent" if number % 3 else "Competent")

    _set_to(portal, opens, 18)
    office = desk("town_office", "baisha", language, at=portal)
    office.go(address)
    office.press("Close the round")
    urn, counted = office.save("Download the urn", tmp_path / "urn.sqlite"), tmp_path / "count.json"
    said = portal.run("count", str(urn), "--key", str(key), "--out", str(counted), "--english")
    assert json.loads(counted.read_text("utf-8"))
    _takes_in_the_count(office, counted)
    office.sees("%(body)s: has not said yet whether this is the count that was signed", body=office.words("District"))
    paper = said.partition("The 20 digits of this sheet ")[2].splitlines()[0]
    for role, place in (("supervision", village), ("district_organisation", "district")):
        _stands_behind_the_count(desk(role, place, language, at=portal), paper)
    office.go(address)
    office.press("Publish the result")
    office.press("See the published page")
    office.sees("Overall")
    assert name in office.text
    phone.scan(f"/v/{portal.login('secretary', village)['place']}")
    phone.tap("The result of the %(year)s three-vote appraisal is out", year=opens.year)
    phone.sees("Overall")
    _says_what_follows(office, address)
    phone.scan(f"/v/{portal.login('secretary', village)['place']}")
    phone.tap("The result of the %(year)s three-vote appraisal is out", year=opens.year)
    phone.sees("The work goes on")


@both
def test_from_the_clock_to_a_review_and_the_digest(desk: Callable[..., Desk], portal_of: Callable[[str], Served],
                                                   language: str) -> None:
    """The clock's run changes nothing twice; two people open a review of what the town's digest told them to decide."""
    portal = portal_of(f"review-{language}")
    assert "nothing had fallen due" not in portal.run("tick")
    assert "nothing had fallen due" in portal.run("tick")
    town = portal.login("town_discipline", "qingxi")["place"]
    village = {"zh_Hans": "东岭村", "en": "Dongling"}[language]
    officer = desk("town_discipline", "qingxi", language, at=portal)
    officer.go(f"/desk/{town}/digest")
    officer.sees("Decide whether to open a review")
    officer.go(f"/desk/{town}/flags")
    assert village in officer.text
    officer.press("Read the sheet")
    officer.sees("Numbers, no verdict")
    officer.choose("Open a review")
    reasons = {"zh_Hans": "三周过线，用工单和凭证都核实过，两处办公室分别看过。",
               "en": "Three weeks over the line; two offices looked at the work sheets and the vouchers."}[language]
    officer.fill("Reasons", reasons)
    officer.pick("The second person", ROLE_NAMES[Role.TOWN_OFFICE])
    officer.press("Ask the second person")
    officer.sees("has not answered yet")
    office = desk("town_office", "qingxi", language, at=portal)
    office.go("/desk")
    office.press("Confirm or send back")
    assert village in office.text
    office.choose("Confirm it")
    office.press("Record my answer")
    office.sees("You confirmed it.")
    officer.go(f"/desk/{town}/flags")
    officer.press("Read the sheet")
    officer.sees("under review")
    assert reasons in officer.text
    officer.go(f"/desk/{town}/flags")
    officer.sees("under review")


@both
def test_from_a_spreadsheet_to_the_village_page(desk: Callable[..., Desk], new_phone: Callable[..., Phone],
                                                portal: Served, tmp_path: Path, language: str) -> None:
    """The clerk imports; the committee refuses with a reason; it is mended, approved, and villagers see it."""
    place = {"zh_Hans": "xinzhuang", "en": "dongling"}[language]
    code, today = portal.login("village_clerk", place)["place"], local_day(portal.now())
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)  # of this quarter
    period = f"{first.year}-Q{first.month // 3 + 1}"
    clerk, committee = desk("village_clerk", place, language), desk("supervision", place, language)
    clerk.go(f"/desk/{code}/open/new/expenses?period={period}")
    clerk.upload("A file: XLSX, XLS, ODS or CSV", _spreadsheet(tmp_path / "expenses.xlsx", first))
    clerk.press("Look at it first")
    clerk.sees("Nothing has been saved yet.")
    clerk.fill("Row %(number)s, %(field)s", "12,160.00", number=4, field=_field("amount", language))
    clerk.press("Read it again with these changes")
    clerk.sees("all is well")
    clerk.press("Save as a draft")
    clerk.press("Hand it in for checking")
    record = clerk.page.url.removeprefix(portal.base).removeprefix("/en")

    committee.go(record)
    committee.choose("Send it back")
    committee.fill("What you looked at, or what is missing", "路灯维修要写明是哪几盏。")
    committee.press("Hand it on")
    clerk.go(record)
    assert "路灯维修要写明是哪几盏" in clerk.text
    clerk.press("Change it")
    clerk.fill("Row %(number)s, %(field)s", "村口四盏路灯维修", number=1, field=_field("purpose", language))
    clerk.press("Save the draft and see how it looks")
    clerk.press("Hand it in for checking")

    committee.go(record)
    committee.choose("I compared it with the vouchers: it is right")
    committee.press("Hand it on")
    secretary = desk("secretary", place, language)
    secretary.go(record)
    secretary.choose("Yes: make it public now")
    secretary.press("That is my decision")
    phone = new_phone(language)
    villagers.reads_the_newest_accounts(phone, code)
    assert "村口四盏路灯维修" in phone.text
    assert "17,020.50" in phone.text


def _spreadsheet(path: Path, first: date) -> Path:
    """Write a sheet as an accountant would, with one sum that can't be read."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["村级财务支出公开表"], ["日期", "凭证号", "支出事由", "金额（元）", "经手人", "审批人"],
                [f"{first}", "记-029", "路灯维修", 4860.50, "钱立新", "冯大勇"],
                [f"{first}", "记-031", "垃圾清运", "12,160,00", "钱立新", "冯大勇"]):
        sheet.append(row)
    book.save(path)
    return path


def _field(key: str, language: str) -> str:
    item = catalogue().find("expenses")
    return catalogue_words(item.field(key), "en" if language == "en" else "zh")


def _prepares_a_round(office: Desk, village: str, opens: date, public_key: str) -> None:
    """Plan a day of voting for one village, its villagers alone."""
    town = office.portal.login("town_office", "baisha")["place"]
    office.go(f"/desk/{town}/rounds")
    office.press("Prepare a round")
    office.pick("Village", village)
    office.fill("Opens on", opens.isoformat())
    office.fill("Closes on", opens.isoformat())
    office.fill("Party members who may vote", "0")
    office.fill("Villagers who may vote", str(VOTERS))
    office.fill("Town cadres who may vote", "0")
    office.choose("Plan A")
    office.fill("Public key of the box", public_key)
    office.press("Save")


def _takes_in_the_count(office: Desk, counted: Path) -> None:
    """Bring back what the laptop counted, with the numbers of the papers."""
    office.upload("Count sheet from the laptop (JSON)", counted)
    office.fill("Slips given out", str(VOTERS))
    office.fill("Slips spoiled", "0")
    office.fill("Slips left over", "0")
    names = {"zh_Hans": "罗静、邓素珍、陈静", "en": "Luo Jing, Deng Suzhen, Chen Jing"}
    office.fill("Who counted", names[office.language])
    office.press("Take in the count")


def _stands_behind_the_count(body: Desk, paper: str) -> None:
    """Compare the count with the paper that this body signed."""
    body.go("/desk")
    body.press("Compare")
    body.fill("The 20 digits under your count sheet", paper)
    body.press("It is the count that we signed")
    body.sees("You said: this is the count that we signed")


def _says_what_follows(office: Desk, address: str) -> None:
    """Say in public what follows from the result, with the reason."""
    office.go(address)
    office.choose("The work goes on")
    why = {"zh_Hans": "大家认可，照着承诺做下去。", "en": "People approve; the promises go on."}
    office.fill("Why", why[office.language])
    office.press("Publish it")


def _votes(phone: Phone, slip: str, answer: str) -> None:
    villagers.opens_the_slip(phone, slip, scripts=False)
    phone.tap(answer)
    phone.tap("Next: read it once more")
    phone.tap("Cast it")
    phone.sees("Your vote is in")


def _slips(sheet: Path) -> list[str]:
    """Return the twenty digits of every slip on the printed sheets: a line of three groups and a line of two.

    Beside them stand years and the twelve digits of the stubs, on lines of their own or behind words.
    """
    text = "\n".join(page.extract_text() for page in PdfReader(sheet).pages)
    found = ["".join(groups) for groups in re.findall(r"(?m)^(\d{4}) (\d{4}) (\d{4})\n(\d{4}) (\d{4})$", text)]
    assert all(digits.holds(one, 20) for one in found), "a slip without twenty digits that hold"
    return found


def _set_to(portal: Served, day: date, hour: int) -> None:
    portal.set_clock(datetime.combine(day, time(hour), SHANGHAI))
