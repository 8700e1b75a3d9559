"""The digest on screen, on one sheet of A4 and as mail text: the same acts in all three."""

import html
import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from portal.config import Mail
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.digests import queries, service
from portal.places import service as places
from tests.factories.flags import loud_flag
from tests.factories.places import District

ACT = re.compile(r'<span class="when[^"]*">[^<]*</span><span><b>([^<]+)</b>')


def _acts(page: str) -> list[str]:
    return [html.unescape(act) for act in ACT.findall(page)]


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("kept", [False, True])
def test_page_sheet_and_mail_hold_the_same_acts(official, stores: Stores, district: District, language: str,
                                                kept: bool) -> None:
    """Every act of the page stands on the one sheet of paper and in the mail's text, and no other."""
    with stores.portal.write() as session:
        loud_flag(session, district, utc_now())
    if kept:
        service.weekly(stores, utc_now(), district["baisha"], Mail())
    officer = official("town_discipline", "baisha")
    assert officer.get(f"{language}/desk/baisha/digest").status_code == 200
    acts = _acts(officer.text)
    assert acts
    paper = PdfReader(io.BytesIO(officer.get(f"{language}/desk/baisha/digest.pdf").data))
    assert len(paper.pages) == 1
    assert [round(float(side)) for side in paper.pages[0].mediabox[2:]] == [595, 842]
    printed = _bare(paper.pages[0].extract_text())
    mailed = officer.get(f"{language}/desk/baisha/digest.txt").get_data(as_text=True)
    assert all(_bare(act) in printed for act in acts)
    assert all(act in mailed for act in acts)
    assert sum(line.startswith("- ") for line in mailed.splitlines()) == len(acts)


def test_a_large_town_fits_one_sheet(official, stores: Stores, district: District) -> None:
    """Fifteen villages with years of missing disclosures still make one page of A4 with every act of the screen."""
    with stores.portal.write() as session:
        begun = utc_now() - timedelta(days=365)
        for number in range(15):
            places.create(session, begun, parent=district["qingxi"], kind="village",
                          code=f"9901011003{number:02d}", short=f"more{number}", name=f"新村第{number}", adults=900)
    officer = official("town_office", "qingxi")
    officer.get("/desk/qingxi/digest")
    acts = _acts(officer.text)
    assert len(acts) == 14
    paper = PdfReader(io.BytesIO(officer.get("/desk/qingxi/digest.pdf").data))
    assert len(paper.pages) == 1
    printed = _bare(paper.pages[0].extract_text())
    assert [act for act in acts if _bare(act) not in printed] == []


def test_who_reads_a_digest(official, villager, stores: Stores, district: District) -> None:
    """The town and the district read it; a village, another town and the street do not."""
    assert official("town_office", "qingxi").get("/desk/qingxi/digest").status_code == 200
    assert official("district_organisation").get("/desk/qingxi/digest").status_code == 200
    assert official("district_organisation").get("/desk/district/digest").status_code == 200
    assert official("town_office", "baisha").get("/desk/qingxi/digest").status_code == 403
    assert official("secretary").get("/desk/qingxi/digest").status_code == 403
    assert villager.get("/desk/qingxi/digest").status_code == 303


def test_an_act_that_somebody_may_not_open_has_no_link(official, stores: Stores, district: District) -> None:
    """The town office reads that a decision waits; only the discipline officer gets the link to it."""
    with stores.portal.write() as session:
        flag = loud_flag(session, district, utc_now())
    office, discipline = official("town_office", "baisha"), official("town_discipline", "baisha")
    office.get("/desk/baisha/digest")
    discipline.get("/desk/baisha/digest")
    assert flag.id not in office.text
    assert flag.id in discipline.text
    assert _acts(office.text) == _acts(discipline.text)


def test_older_weeks_read_as_they_did(official, stores: Stores, district: District) -> None:
    """A kept week stays as it was; a week without a digest is not found."""
    service.weekly(stores, utc_now(), district["qingxi"], Mail())
    with stores.portal.read() as session:
        week = queries.weeks(session, district["qingxi"].id)[0]
    office = official("town_office")
    assert office.get(f"/en/desk/qingxi/digest?week={week}").status_code == 200
    assert "kept as it was" in office.text
    for other in ("2020-W01", "x", "2026-W99"):
        assert office.get(f"/desk/qingxi/digest?week={other}").status_code == 404
