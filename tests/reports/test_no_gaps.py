"""What is withheld from an office, or still waits, leaves no gap in any number that the office sees."""

import json
import re
from collections.abc import Callable

import pytest
import time_machine

from portal.core.db import Stores
from portal.reports import offline, queries, recusals, service
from portal.reports.models import Report
from portal.reports.receipts import Receipt
from portal.reports.sealing import Words
from tests.conftest import NOW
from tests.factories.places import District
from tests.reports.conftest import FileAt, Offices, hand_over, picture
from tests.reports.test_offline import bring
from tests.reports.test_renewal import unlock
from tests.visitor import Official

PHOTO = re.compile(r'src="[^"]*(/photo/\d+/\d+)"')


@pytest.fixture(autouse=True)
def at_now():
    """The pages ask the clock themselves; here it stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def answer(stores: Stores, report: Report, receipt: Receipt, readers: list[queries.Reader], text: str, *,
           about_town: bool) -> None:
    """Let the reporter write once more."""
    named = recusals.Named(town=True) if about_town else recusals.NOBODY
    with stores.vault.write() as vault:
        service.answer(vault, NOW, vault.get_one(Report, report.id), receipt, readers, text, text, named)


def add_photo(stores: Stores, offices: Offices, receipt: Receipt, text: str) -> None:
    """Let the reporter go back and send the form again with a photo."""
    filing = service.Filing(offices.district["liuhe"].id, "money", Words(text, "saw"), (picture(),), "open", False)
    with stores.vault.write() as vault:
        service.file_at(vault, NOW, filing, offices.readers("liuhe"), receipt, b"k" * 32)


def photos(office: Official, code: str, report: Report) -> list[str]:
    """Return the addresses of the photos that a case shows, each fetched; one number further there is none."""
    case = f"/desk/{code}/reports/{report.id}"
    found = PHOTO.findall(office.get(case).get_data(as_text=True))
    for each in found:
        assert office.client.get(case + each).data.startswith(b"\xff\xd8")
    last = int(found[-1].split("/")[2])
    assert [office.client.get(f"{case}/photo/{last + more}/1").status_code for more in (1, 2, 1000)] == [404] * 3
    return found


def test_photos_are_counted_as_they_are_shown(official: Callable[..., Official], stores: Stores, district: District,
                                              offices: Offices, file_report: FileAt) -> None:
    """A reply about the town stands before a photo: the town's address for it is the one it has without the reply."""
    report, receipt, _ = file_report(photos=(picture(),))
    answer(stores, report, receipt, offices.readers("liuhe"), "镇里也有人", about_town=True)
    add_photo(stores, offices, receipt, "还有一张")
    hand_over(stores, district)
    town, above = official("town_discipline"), official("district_discipline")
    unlock(town, "qingxi", offices.passphrases["qingxi"])
    unlock(above, "district", offices.passphrases["district"])
    assert photos(town, "qingxi", report) == ["/photo/0/1", "/photo/1/1"]
    assert photos(above, "district", report) == ["/photo/0/1", "/photo/2/1"]


def test_what_waits_for_its_batch_is_not_counted(official: Callable[..., Official], stores: Stores,
                                                 offices: Offices, file_report: FileAt) -> None:
    """Nor does a number tell any office that words wait, before they are handed over."""
    report, receipt, _ = file_report()
    add_photo(stores, offices, receipt, "还有一张")
    with stores.vault.read() as vault:
        assert queries.numbers(vault, report.id, "town") == queries.numbers(vault, report.id, "district") == [0]
        assert queries.numbers(vault, report.id, "reporter") == [0, 1]
        assert queries.photo(vault, report.id, 1, 1, "district") is None


def test_a_sealed_file_counts_what_it_may_hold(stores: Stores, offices: Offices, file_grave: FileAt) -> None:
    """The file that the town takes away numbers its messages without the one about the town."""
    bring(offices)
    bring(offices, "qingxi")
    report, receipt, _ = file_grave()
    with stores.portal.read() as session:
        readers = queries.office_readers(session, offices.district["liuhe"], offline=True)
    for text, about_town in (("镇里也有人", True), ("昨天又来了", False)):
        answer(stores, report, receipt, readers, text, about_town=about_town)
    for short, office, expected in (("qingxi", "town", [0, 1]), ("district", "district", [0, 1, 2])):
        with stores.portal.read() as session, stores.vault.read() as vault:
            known = queries.offline_keys(session, offices.district[short].id)
            facts = json.loads(offline.sealed_file(vault, report, office, known, []))
        assert [message["number"] for message in facts["messages"]] == expected
