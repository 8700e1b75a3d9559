"""Offices with keys, and somebody who writes to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from PIL import Image

from portal.config import Config
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.reports import keys, queries, receipts, rules, service, sketches
from portal.reports.models import Report
from portal.reports.receipts import Receipt
from portal.reports.sealing import Words
from portal.roles import Actor, Grant, Role
from portal.slips import peppers
from tests.conftest import NOW
from tests.factories.places import District
from tests.visitor import Villager

STORY = "八月修水渠，说是用了四十个工，我们组只看到七八个人干了两天，账上写三万六千元"


@pytest.fixture(autouse=True)
def light_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases cost 64 MiB in earnest; here a little, so that tests are quick."""
    monkeypatch.setattr(keys, "MEMORY_KIB", 256)
    monkeypatch.setattr(keys, "PASSES", 1)
    monkeypatch.setattr("portal.accounts.service.hash_password", lambda _password: "nobody signs in by password here")


@dataclass
class Offices:
    """The passphrases of the offices, by short code."""

    stores: Stores
    district: District
    passphrases: dict[str, str] = field(default_factory=dict)

    def actor(self, short: str, session_id: str = "s1") -> Actor:
        """Return the discipline officer of an office."""
        place = self.district[short]
        role = Role.DISTRICT_DISCIPLINE if place.kind == "district" else Role.TOWN_DISCIPLINE
        person = self.district.person(str(role), short)
        return Actor(person.id, person.name, person.name_en, session_id, (Grant(role, place.id, place.path),))

    def readers(self, village: str) -> list[queries.Reader]:
        """Return to whom a village's reports are sealed."""
        with self.stores.portal.read() as session:
            return queries.office_readers(session, self.district[village])


@pytest.fixture
def offices(stores: Stores, district: District) -> Offices:
    """Both towns and the district with a key each."""
    made = Offices(stores, district)
    with stores.portal.write() as session:
        for short in ("qingxi", "baisha", "district"):
            actor = made.actor(short)
            made.passphrases[short] = keys.make_key(session, NOW, district[short], actor.person_id, keys.fresh())
    return made


FileAt = Callable[..., tuple[Report, Receipt, str]]


@pytest.fixture
def file_report(stores: Stores, offices: Offices, config: Config) -> FileAt:
    """Files a report through the service; returns its row, its receipt and the sixteen digits."""

    def make(village: str = "liuhe", category: str = "money", text: str = STORY, channel: str = "open",
             photos: tuple[bytes, ...] = (), town_involved: bool = False, now=NOW, attempt: str = "",
             released: bool = True):
        digits = receipts.for_attempt(config.secrets["receipt"], attempt or receipts.new_attempt())
        receipt = receipts.derive(config.secrets["receipt"], digits)
        filing = service.Filing(offices.district[village].id, category, Words(text, "saw"), photos, channel,
                                town_involved)
        with stores.vault.write() as vault:
            service.file_at(vault, now, filing, offices.readers(village), receipt,
                            sketches.key(peppers.folder_of(config.instance), local_day(now),
                                         offices.district[village].id))
            if released:
                service.release(vault, [filing.village_id])
        with stores.vault.read() as vault:
            report = queries.by_lookup(vault, receipt.lookup)
        assert report is not None
        return report, receipt, digits

    return make


@pytest.fixture
def file_grave(file_report: FileAt, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> FileAt:
    """Files a report as the page does: a threat, unless said otherwise, to whoever reads reports of its kind."""

    def make(category: str = "threat", **more: object):
        def readers(village: str) -> list[queries.Reader]:
            grave = rules.BY_KEY[category].severity >= rules.URGENT
            with offices.stores.portal.read() as session:
                return queries.office_readers(session, offices.district[village], offline=grave)

        with monkeypatch.context() as patched:
            patched.setattr(offices, "readers", readers)
            return file_report(category=category, **more)

    return make


def picture(size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return a small JPEG with a camera's marks in it."""
    image, out = Image.new("RGB", size, "teal"), BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "SENTINEL-CAMERA", {1: "N", 2: (30.0, 15.0, 0.0)}
    image.save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


def write_to(villager: Villager, code: str, text: str = STORY, category: str = "money", prefix: str = "",
             **more: object):
    """Walk the first two steps; the villager then stands before the last look."""
    villager.get(f"{prefix}/v/{code}/say")
    villager.post(f"{prefix}/v/{code}/say", {"category": category, "go": "write"})
    return villager.post(f"{prefix}/v/{code}/say", {"text": text, "source": "saw", "go": "check", **more},
                         content_type="multipart/form-data")


def hand_over(stores: Stores, district: District) -> None:
    """Let a batch come for every village."""
    with stores.vault.write() as vault:
        service.release(vault, [place.id for place in district.places.values()])
