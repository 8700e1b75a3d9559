"""Documents beside a statement: who may hand them in, until when, who reads them, and when they are gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from random import Random

import pytest
import time_machine
from PIL import Image
from sqlmodel import select

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.flags import panel, papers, review
from portal.flags.models import Review, ReviewPaper
from tests.factories.flags import WHY, open_case
from tests.factories.places import District
from tests.reports.conftest import picture
from tests.visitor import Official


def test_the_subject_hands_in_and_the_panel_reads(official: Callable[..., Official], stores: Stores, district: District,
                                                  now: datetime) -> None:
    """By the page, in time; whoever decides reads it, nobody of the village, no other secretary, no operator."""
    with time_machine.travel(now, tick=False):
        with stores.portal.write() as session:
            flag_id = open_case(session, district, now).notify().name().flag.id
        secretary, path = official("secretary", "nanwan"), f"/desk/nanwan/review/{flag_id}/statement"
        secretary.get("/desk/nanwan/review")
        assert secretary.post(path, {}, content_type="multipart/form-data").status_code == 422
        for content in (b"MZ..", picture()[:200]):
            sent = {"paper": (BytesIO(content), "x.jpg")}
            assert secretary.post(path, sent, content_type="multipart/form-data").status_code == 422
        sent = {"paper": (BytesIO(picture()), "C:\\柜子\\收据.jpg")}
        assert secretary.post(path, sent, content_type="multipart/form-data").status_code == 303
        secretary.get("/desk/nanwan/review")
        assert "收据.jpg" in secretary.text
        with stores.portal.read() as session:
            [one] = papers.listed(session, flag_id)
        address = f"/desk/review-papers/{one.id}"
        assert "收据.jpg" in official("town_office", "baisha").get(f"/desk/panels/{flag_id}").get_data(as_text=True)
        for role, place, status in (
            ("secretary", "nanwan", 200), ("town_office", "baisha", 200), ("district_finance", None, 200),
            ("town_discipline", "baisha", 200), ("district_discipline", None, 200), ("town_office", "qingxi", 404),
            ("town_discipline", "qingxi", 404), ("secretary", "xinglin", 404), ("village_clerk", "nanwan", 404),
            ("supervision", "nanwan", 404), ("operator", None, 404),
        ):
            assert official(role, place).get(address).status_code == status, role


def test_in_time_few_and_gone_with_a_clearing(stores: Stores, district: District, now: datetime) -> None:
    """Six at most, until the last day for the statement; whoever is cleared leaves nothing behind."""
    with stores.portal.write() as session:
        case = open_case(session, district, now).hear()
        with pytest.raises(Refused, match="not about you"):
            papers.hand_in(session, case.officer, now, case.flag, "a.jpg", picture())
        for number in range(papers.MOST):
            papers.hand_in(session, case.secretary, now, case.flag, f"{number}.jpg", picture())
        with pytest.raises(Refused, match="At most"):
            papers.hand_in(session, case.secretary, now, case.flag, "7.jpg", picture())
        with pytest.raises(Refused, match="days for a statement are over"):
            papers.hand_in(session, case.secretary, now + timedelta(days=16), case.flag, "a.jpg", picture())
        case.name()
        panel.propose(session, case.lead, now, case.flag, "unfounded", WHY)
        case.agree().sign()
        assert papers.listed(session, case.flag.id) == []


def test_one_form_for_text_and_files(official: Callable[..., Official], stores: Stores, district: District,
                                     now: datetime) -> None:
    """Text and documents go in together; a refused file keeps the text; later both can be added to, until the day."""
    with time_machine.travel(now, tick=False):
        with stores.portal.write() as session:
            flag_id = open_case(session, district, now).notify().flag.id
        secretary, mine = official("secretary", "nanwan"), "/en/desk/nanwan/review"
        path = f"{mine}/{flag_id}/statement"

        def send(words: str, *files: bytes) -> int:
            sent = {"statement": words, "paper": [(BytesIO(one), f"{at}.jpg") for at, one in enumerate(files)]}
            return secretary.post(path, sent, content_type="multipart/form-data").status_code

        secretary.get(mine)
        assert secretary.text.count('enctype="multipart/form-data"') == 1
        assert send("单据在柜子里。", picture(), b"MZ..") == 422
        assert "单据在柜子里。</textarea>" in secretary.text
        assert "Your text is still there" in secretary.text
        with stores.portal.read() as session:
            assert papers.listed(session, flag_id) == []
            assert session.get_one(Review, flag_id).stated_on is None
        assert secretary.post(f"{mine}/{flag_id}/more-days", {"statement": "还没写完"}).status_code == 200
        assert "还没写完</textarea>" in secretary.text
        assert send("单据在柜子里。", picture(), picture()) == 303
        assert send("", picture()) == 303
        assert send("又找到一张。") == 303
        secretary.get(mine)
        assert "单据在柜子里。 <small>" in secretary.text
        assert secretary.text.index("单据在柜子里。") < secretary.text.index("又找到一张。")
        with stores.portal.read() as session:
            assert len(papers.listed(session, flag_id)) == 3
    with time_machine.travel(now + timedelta(days=31), tick=False):
        later = official("secretary", "nanwan")
        later.get(mine)
        assert 'name="statement"' not in later.text


def test_a_clearing_takes_documents_from_the_disk_at_once(official: Callable[..., Official], stores: Stores,
                                                          district: District, now: datetime) -> None:
    """Whoever steals the store a minute after the signature finds nothing of what the cleared secretary handed in.

    Fault seen: the document stood in the store's file until the next day's first tick.
    """
    out = BytesIO()
    Image.frombytes("RGB", (300, 200), Random(1).randbytes(180_000)).save(out, "JPEG")
    with time_machine.travel(now, tick=False):
        with stores.portal.write() as session:
            case = open_case(session, district, now).notify()
            papers.hand_in(session, case.secretary, now, case.flag, "收据.jpg", out.getvalue())
            review.state(session, case.secretary, now, case.flag, "单据在这里。")
            case.name().propose("unfounded").agree()
            flag_id, mark = case.flag.id, case.read
        stores.portal.empty_log()
        with stores.portal.read() as session:
            content = session.exec(select(ReviewPaper.content)).one()
        piece = content[len(content) // 2 :][:40]

        def held() -> bool:
            return any(piece in path.read_bytes() for path in stores.portal.file.parent.glob("portal.sqlite*"))

        assert held()
        signer = official("district_discipline")
        answer = signer.post(f"/desk/district/flags/{flag_id}/sign", {"sign": "sign", "seen": mark})
        assert answer.status_code == 303
        assert not held()
