"""The district's month: once, from its towns, in numbers and bands, for readers of the district alone."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from portal.config import Mail
from portal.core import months
from portal.core.clock import iso_week, local_day, week_start
from portal.core.db import Stores
from portal.digests import month, queries, service
from portal.digests.models import Digest
from portal.places import service as places
from portal.places.models import Place
from portal.reports import keys, recusals
from portal.reports import service as reports
from portal.reports.models import Report
from tests.factories.flags import loud_flag
from tests.factories.places import District
from tests.reports.conftest import FileAt, Offices, file_report, offices
from tests.visitor import Official

__all__ = ["file_report", "offices"]


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_every_week_is_in_one_month(day: date) -> None:
    """Each ISO week is counted in the month in which it ended, and in no other."""
    week = iso_week(day)
    end = week_start(week) + timedelta(days=6)
    holding = [f"{year}-{at:02d}" for year in (end.year - 1, end.year, end.year + 1) for at in range(1, 13)
               if week in months.weeks_of(f"{year}-{at:02d}")]
    assert holding == [f"{end:%Y-%m}"]
    first, last = months.span(f"{day:%Y-%m}")
    assert first <= day <= last
    assert (last + timedelta(days=1)).day == first.day == 1
    assert months.before(day) == f"{first - timedelta(days=1):%Y-%m}"


def test_one_digest_a_month(stores: Stores, district: District, now: datetime) -> None:
    """However often the clock comes by; a changed setting of the month stands in it, of another month not."""
    for day, key in ((now - timedelta(days=30), "flags.floor"), (now, "flags.persist_weeks")):
        with stores.portal.write() as session:
            place = session.get_one(Place, district["district"].id)
            places.set_value(session, day, place, key, 4, local_day(day), None, "试行")
    assert service.monthly(stores, now, district["district"], Mail())
    assert not service.monthly(stores, now + timedelta(days=3), district["district"], Mail())
    with stores.portal.read() as session:
        [made] = session.exec(select(Digest)).all()
    assert made.week == "2026-10"
    assert [row["code"] for row in made.body["towns"]] == [district["qingxi"].code, district["baisha"].code]
    assert [one["key"] for one in made.body["changed"]] == ["flags.floor"]
    assert "2026 年 10 月" in made.mail_text


def test_it_names_no_village_under_a_look(stores: Stores, district: District, now: datetime) -> None:
    """A flag is a number of its town; neither body nor mail has the village's name or code beside it."""
    with stores.portal.write() as session:
        loud_flag(session, district, now)
    with stores.portal.read() as session:
        body = month.gather(stores, session, now, district["district"])
    assert {row["code"]: row["flags"] for row in body["towns"]}[district["baisha"].code] == 1
    flags = [line for lines in body["sections"].values() for line in lines if line["needs"]]
    assert district["nanwan"].name not in json.dumps(flags, ensure_ascii=False)
    for row in body["towns"]:
        assert row["new"] in {"0-4", "5-9", "10-19", "20+"}
        assert row["late"] in {"0-4", "5-9", "10-19", "20+"}


@pytest.mark.parametrize("lang", ["", "/en"])
def test_its_page_sheet_and_mail(official: Callable[..., Official], stores: Stores, district: District, now: datetime,
                                 lang: str) -> None:
    """The two departments read it on screen, on paper and as text; a month that is not there answers 404."""
    service.monthly(stores, now, district["district"], Mail())
    for role in ("district_organisation", "district_discipline"):
        reader = official(role)
        assert reader.get(f"{lang}/desk/district/digest").status_code == 200
        assert ("October 2026" if lang else "2026 年 10 月") in reader.text
        assert reader.get(f"{lang}/desk/district/digest.pdf?month=2026-10").data[:4] == b"%PDF"
        assert reader.get(f"{lang}/desk/district/digest.txt?month=2026-10").status_code == 200
        for asked in ("2025-01", "2026-13", "2026-W4", "x" * 9):
            assert reader.get(f"{lang}/desk/district/digest?month={asked}").status_code == 404
    assert official("town_office").get(f"{lang}/desk/district/digest").status_code == 403


@pytest.mark.parametrize("code", ["district", "qingxi"])
def test_a_digest_tells_no_officer_of_a_case_that_names_the_officer(code: str, stores: Stores, district: District,
                                                                    now: datetime, offices: Offices,
                                                                    file_report: FileAt) -> None:
    """Lines and numbers of the district's month and a town's week are those without the case: both read both.

    Fault seen: the month had a line more than the officer's own desk, and an opening more than the list of openings.
    """
    after = now + timedelta(days=7)  # the month is over

    def gathered() -> dict[str, object]:
        with stores.portal.read() as session:
            gather = month.gather if code == "district" else queries.gather
            return gather(stores, session, after, district[code])

    before = gathered()
    report, _, _ = file_report(released=False)
    with stores.vault.write() as vault:
        recusals.keep_out(vault, vault.get_one(Report, report.id),
                          recusals.Named(frozenset({offices.actor("district").person_id})))
        reports.release(vault, [report.village_id])
    with stores.portal.write() as session:
        keys.note(session, now, offices.actor("qingxi"), district["qingxi"].id, report.id)
    assert gathered() == before
