"""What villagers come for, as walks that any phone can take, old or new, scripts off or on.

Each walk makes sure of its number of taps, counted from the printed code.
"""

import re
from collections.abc import Callable
from html import unescape
from itertools import count
from pathlib import Path

from PIL import Image
from sqlmodel import select

from portal import config
from portal.core.db import Stores
from portal.disclosures.catalogue import catalogue
from portal.disclosures.catalogue import words as catalogue_words
from portal.places.models import Place
from portal.reports import service
from tests.browser.served import Served
from tests.journeys.people import Desk, Phone, tidy

SUBSIDIES = "farm-subsidies"
NUMBER = count(1)  # so that no two reports of a run say the same
DIGITS = re.compile(r"[0-9]{4}(?: ?[0-9]{4}){3}")


def village(portal: Served, shows: str) -> str:
    """Return the code of the demonstration's village that shows something."""
    return str(next(one["code"] for one in portal.demo["villages"] if one["shows"] == shows))


def fresh_slip(portal: Served) -> str:
    """Return a villagers' slip of the open round that no walk of this process has used."""
    slips: list[str] = next(one["slips"]["villagers"] for one in portal.demo["rounds"] if one["state"] == "open")
    return slips.pop()


def reads_the_newest_accounts(phone: Phone, code: str = "") -> None:
    """Scan the village's code, touch the first line: one tap to who wrote and who checked it."""
    phone.scan(f"/v/{code or village(phone.portal, 'round open')}")
    page = phone.screen.html()
    after = page[page.index('<ul class="rows">'):]
    title = re.search(r"<b>(.*?)</b>", after)
    assert title, "nothing is newly published"
    phone.tap(tidy(unescape(title[1])))
    assert phone.taps == 1
    phone.sees("Who wrote it, who checked it")
    phone.sees("Checked by the supervision committee")


def objects_to_a_subsidy_list(phone: Phone) -> None:
    """Two taps to a list of subsidies in notice; from there, an objection without a name."""
    item = catalogue().find(SUBSIDIES)
    language = "en" if phone.language == "en" else "zh"
    phone.scan(f"/v/{village(phone.portal, 'round open')}")
    phone.tap(catalogue_words(item.group, language))
    phone.tap(catalogue_words(item, language))
    assert phone.taps == 2
    assert '<table class="stack">' in phone.screen.html(), "the list does not stand on the second page"
    phone.tap("I want to object")
    phone.tap("Say what is wrong")
    phone.fill("What is not right?", "第二行的亩数少了一亩，应该是五亩。")
    phone.tap("Hand it in")
    phone.sees("Your objection has arrived")
    assert phone.taps == 5


def votes_once(phone: Phone, *, scripts: bool = False) -> None:
    """Four taps from the slip's code to a cast vote; the same slip again changes nothing."""
    slip = fresh_slip(phone.portal)
    opens_the_slip(phone, slip, scripts=scripts)
    phone.tap("Competent")
    phone.tap("Next: read it once more")
    phone.sees("Competent")
    phone.tap("Cast it")
    assert phone.taps == 4
    phone.sees("Your vote is in")
    opens_the_slip(phone, slip, scripts=scripts)
    phone.sees("This slip can’t be used")


def opens_the_slip(phone: Phone, slip: str, *, scripts: bool) -> None:
    """Scan a slip's code; where scripts are off the digits have to be typed."""
    phone.scan(f"/vote#{slip}")
    if scripts:
        assert re.sub(r"\D", "", phone.screen.value(phone.words("20 digits"))) == slip
    else:
        phone.fill("20 digits", slip)
    phone.tap("Next")


def reports_and_reads_the_answer(phone: Phone, desk: Callable[..., Desk], folder: Path) -> None:
    """Six taps to a receipt, with a photo; the town answers; the receipt's digits bring the answer."""
    words = f"{next(NUMBER)}号水渠写了四十个工，我只看到七八个人干了两天。"
    receipt = reports(phone, words, folder)
    the_batch_comes(phone.portal)
    answer = "已经调了用工单，请说说看到干活的是哪几天。"
    town_answers(desk, words, answer)
    phone.scan("/c")
    phone.fill("Enter the sixteen digits", receipt)
    phone.tap("See it")
    phone.sees("You were asked something")
    assert answer in phone.text
    assert words in phone.text


def reports(phone: Phone, words: str, folder: Path) -> str:
    """Report about the books, with a photo; return the sixteen digits."""
    photo = folder / "photo.jpg"
    Image.effect_noise((900, 700), 40).convert("RGB").save(photo, quality=80)
    phone.scan(f"/v/{village(phone.portal, 'round open')}")
    phone.tap("Tell the town")
    phone.tap("The books and the money")
    phone.tap("Next")
    phone.fill("What, when, where?", words)
    phone.tap("I saw it myself")
    phone.screen.upload(phone.words("Photos, at most %(most)s, or none", most=4), photo)
    phone.tap("Next")
    phone.tap("Send it")
    assert phone.taps == 6
    phone.sees("It has arrived")
    found = DIGITS.search(phone.text)
    assert found, "there is no receipt"
    return found[0].replace(" ", "")


def the_batch_comes(portal: Served) -> None:
    """Hand over what waits, as the clock does on Mondays and Thursdays at ten."""
    settings = config.load(portal.instance)
    stores = Stores(settings.stores, settings.instance)
    with stores.portal.read() as session:
        villages = session.exec(select(Place.id).where(Place.kind == "village")).all()
    with stores.vault.write() as vault:
        service.release(vault, villages)
    stores.close()


def town_answers(desk: Callable[..., Desk], words: str, answer: str) -> None:
    """The town's discipline officer unlocks the office's words, finds the report and asks back."""
    officer: Desk = desk("town_discipline", "qingxi")
    office = officer.portal.login("town_discipline", "qingxi")
    phrase = next(one["passphrase"] for one in officer.portal.demo["offices"] if one["user"] == office["user"])
    inbox = f"/desk/{office['place']}/reports"
    officer.go(inbox)
    officer.fill("Your six words", phrase)
    officer.choose("to read new reports")
    officer.press("Open the words")
    for address in re.findall(rf'href="({inbox}/[^"/]+)"', officer.page.content()):
        if not address.endswith("/openings"):
            officer.go(address)
            if tidy(words) in officer.text:
                break
    assert tidy(words) in officer.text, "the report did not come to the town"
    officer.fill("Answer, or ask something", answer)
    officer.choose("A question to the reporter")
    officer.press("Send the answer")
    assert answer in officer.text
