"""A file taken off a draft is gone, for everybody and from the disk."""

import io
import re
from typing import Any

from PIL import Image
from sqlmodel import select

from portal import clocks
from portal.config import Config
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.disclosures import service
from portal.disclosures.models import Attachment, Record
from portal.disclosures.periods import Period
from tests.disclosures.book import open_book
from tests.disclosures.conftest import _spent
from tests.factories.places import District
from tests.visitor import Official, Villager


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
