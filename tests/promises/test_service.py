"""Promises in their store: nothing is lost, nothing silently changes, everything is in the log."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import select

from portal.core.db import Stores
from portal.core.errors import Refused
from portal.log.models import LogEntry
from portal.log.verify import verify_store
from portal.promises import queries, service, tasks
from portal.promises.models import PromiseVersion
from tests.factories.places import District
from tests.promises.people import acting, picture, promised

TODAY = date(2026, 11, 25)


def kinds(stores: Stores) -> list[str]:
    """Return the kinds of all entries about promises, in their order."""
    with stores.portal.read() as session:
        found = session.exec(select(LogEntry.kind).where(LogEntry.kind.startswith("promise:")).order_by(LogEntry.seq))
        return list(found.all())


def test_a_promise_is_public_at_once_and_in_the_log(stores: Stores, district: District, now: datetime) -> None:
    """A promise is shown as soon as it is made; sending it twice makes it once."""
    with stores.portal.write() as session:
        first = promised(session, district, now)
    with stores.portal.write() as session:
        assert promised(session, district, now).id == first.id
    with stores.portal.read() as session:
        shown = queries.for_home(session, district["liuhe"], today=TODAY)
        found = [(item.title, item.percent, item.version.target) for item in shown]
        assert found == [("修通水泥路 1.8 公里", 0, "1.8")]
        assert queries.count(session, district["liuhe"]) == 1
    assert kinds(stores) == ["promise:published"]


def test_a_changed_promise_keeps_both_versions(stores: Stores, district: District, now: datetime) -> None:
    """A change counts only when the town approves; then both versions and the reason stay."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
        secretary = acting(session, district.person("secretary"))
        town = acting(session, district.person("town_office"))
        wording = service.change(session, secretary, now, row, title="修通水泥路 1.2 公里", words="到二组路口",
                                 reason="征地没谈下来", by_day=date(2026, 12, 31), target="1.2", unit="公里")
        before = queries.of_year(session, district["liuhe"], 2026, TODAY)
        assert before[0].title == "修通水泥路 1.8 公里"
        with pytest.raises(Refused):
            service.change(session, secretary, now, row, title="又改", words="x", reason="y", by_day=date(2026, 12, 31))
        with pytest.raises(Refused):
            service.decide_change(session, secretary, now, wording, approve=True)
        service.decide_change(session, town, now, wording, approve=True)
        with pytest.raises(Refused):
            service.decide_change(session, town, now, wording, approve=True)
    with stores.portal.read() as session:
        history = queries.history(session, district["liuhe"], row.id, TODAY)
    assert history is not None
    assert history.shown.title == "修通水泥路 1.2 公里"
    assert [version.title for version in history.published] == ["修通水泥路 1.8 公里", "修通水泥路 1.2 公里"]
    assert kinds(stores) == ["promise:published", "promise:changed"]


def test_a_refused_change_leaves_the_promise(stores: Stores, district: District, now: datetime) -> None:
    """The town refuses with a reason; the old wording still counts and a new change may be proposed."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
        secretary = acting(session, district.person("secretary"))
        town = acting(session, district.person("town_office"))
        for _ in range(2):
            wording = service.change(session, secretary, now, row, title="少修一点", words="x", reason="没钱",
                                     by_day=date(2026, 12, 31))
            with pytest.raises(Refused):
                service.decide_change(session, town, now, wording, approve=False)
            service.decide_change(session, town, now, wording, approve=False, words="先把路基做完")
        assert queries.of_year(session, district["liuhe"], 2026, TODAY)[0].title == "修通水泥路 1.8 公里"
    assert kinds(stores) == ["promise:published"]


def test_progress_carries_its_photo_without_what_it_hides(stores: Stores, district: District, now: datetime) -> None:
    """A photo is kept at most 1600 px long, without its place and device; the same report counts once."""
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone Maker"
    Image.new("RGB", (3000, 2000)).save(out, "JPEG", exif=exif)
    with stores.portal.write() as session:
        row = promised(session, district, now)
        secretary = acting(session, district.person("secretary"))
        for _ in range(2):
            service.report_progress(session, secretary, now, row, percent=90, state="on_track", words="路面铺到村口",
                                    photos=(out.getvalue(),))
    with stores.portal.read() as session:
        history = queries.history(session, district["liuhe"], row.id, TODAY)
        assert history is not None
        assert len(history.reports) == 1
        shot = history.reports[0].photos[0]
        body = queries.photo(session, district["liuhe"], row.id, shot.id, small=False)
        small = queries.photo(session, district["liuhe"], row.id, shot.id, small=True)
        assert queries.photo(session, district["shiqiao"], row.id, shot.id, small=False) is None
    assert body is not None
    assert small is not None
    assert (shot.width, shot.height) == (1600, 1067)
    assert b"Phone Maker" not in body
    assert len(small) < 8000
    assert kinds(stores) == ["promise:published", "promise:progress"]


def test_a_file_that_is_no_picture_saves_nothing(stores: Stores, district: District, now: datetime) -> None:
    """A wrong file is refused beside the field for photos, and no report is left behind."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
    with pytest.raises(Refused) as refused, stores.portal.write() as session:
        service.report_progress(session, acting(session, district.person("secretary")), now, row, percent=50,
                                state="on_track", photos=(b"%PDF-1.7",))
    assert refused.value.field == "photos"
    assert kinds(stores) == ["promise:published"]


def test_the_town_looks_and_says_so(stores: Stores, district: District, now: datetime) -> None:
    """The town's finding is kept; a bad one needs its reason; nobody else may find anything."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
        town = acting(session, district.person("town_office"))
        with pytest.raises(Refused):
            service.check(session, town, now, row, outcome="late")
        for role in ("secretary", "village_clerk", "town_discipline"):
            with pytest.raises(Refused):
                service.check(session, acting(session, district.person(role)), now, row, outcome="on_track")
        service.check(session, town, now, row, outcome="late", note="路基还没完")
        assert queries.checks(session, [row.id])[row.id].note == "路基还没完"
    assert kinds(stores)[-1] == "promise:checked"


def test_only_this_villages_secretary_promises(stores: Stores, district: District, now: datetime) -> None:
    """Neither the clerk, nor the town, nor the neighbour's secretary can promise for a village."""
    with stores.portal.write() as session:
        for person in (district.person("village_clerk"), district.person("town_office"),
                       district.person("secretary", "shiqiao")):
            with pytest.raises(Refused):
                service.promise(session, acting(session, person), now, district["liuhe"], year=2026, title="x",
                                words="y", by_day=date(2026, 12, 20))


def test_a_promise_rewritten_in_the_store_is_found(stores: Stores, district: District, now: datetime) -> None:
    """Who changes a promise's words behind the log's back is found by verifying."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
    assert verify_store(stores, [queries.logged]) == []
    with stores.portal.write() as session:
        version = session.exec(select(PromiseVersion).where(PromiseVersion.promise_id == row.id)).one()
        version.by_day = date(2027, 12, 20)
        session.add(version)
    assert len(verify_store(stores, [queries.logged])) == 1


def lines(stores: Stores, district: District, role: str, now: datetime) -> list[str]:
    """Return what somebody has to do, as phrases."""
    with stores.portal.read() as session:
        return [task.phrase for task in tasks.tasks(stores, session, acting(session, district.person(role)), now)]


def test_the_desk_asks_for_what_is_missing(stores: Stores, district: District, now: datetime) -> None:
    """The secretary is asked for promises, for reports and for reasons; the town for decisions and checks."""
    january = datetime(2026, 1, 10, 2, tzinfo=now.tzinfo)
    assert lines(stores, district, "secretary", now) == [tasks.PROMISE]
    with stores.portal.write() as session:
        row = promised(session, district, january, by_day=date(2026, 6, 30))
        promised(session, district, january, title="另一件")
    assert lines(stores, district, "secretary", january) == []
    assert lines(stores, district, "secretary", january + timedelta(days=62)) == [tasks.REPORT, tasks.REPORT]
    assert lines(stores, district, "secretary", january + timedelta(days=299)) == [tasks.EXPLAIN, tasks.REPORT]
    with stores.portal.write() as session:
        secretary = acting(session, district.person("secretary"))
        service.report_progress(session, secretary, january + timedelta(days=300), row, percent=60, state="behind",
                                explanation="等钱")
    assert lines(stores, district, "secretary", january + timedelta(days=301)) == [tasks.REPORT]
    assert lines(stores, district, "town_office", january) == []
    assert lines(stores, district, "town_office", now) == [tasks.CHECK]
    with stores.portal.write() as session:
        service.change(session, secretary, now, row, title="改", words="x", reason="y", by_day=date(2026, 12, 31))
    assert lines(stores, district, "town_office", now) == [tasks.DECIDE, tasks.CHECK]
    assert lines(stores, district, "village_clerk", now) == []


def test_photo_of_a_finished_work(stores: Stores, district: District, now: datetime) -> None:
    """Done needs its photo, and what is done is changed no more."""
    with stores.portal.write() as session:
        row = promised(session, district, now)
        secretary = acting(session, district.person("secretary"))
        service.report_progress(session, secretary, now, row, percent=100, state="done", photos=(picture(),))
        with pytest.raises(Refused):
            service.change(session, secretary, now, row, title="x", words="y", reason="z", by_day=date(2026, 12, 31))
