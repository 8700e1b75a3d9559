"""Reading promises: as lists for pages and desks, and one with its whole history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import load_only
from sqlmodel import Session, and_, col, func, select

from portal.core.clock import local_day, utc_now
from portal.log.verify import Standing as Logged
from portal.places import settings
from portal.places.models import Place
from portal.promises import content, rules
from portal.promises.models import Promise, PromiseCheck, PromisePhoto, PromiseProgress, PromiseVersion

KINDS = frozenset({"promise:published", "promise:changed"})


@dataclass(frozen=True)
class Shown:
    """A promise as it counts now, with its last report, if any, and how that stands on `today`."""

    id: str
    place_id: str
    year: int
    number: int
    made_at: datetime
    version: PromiseVersion
    report: PromiseProgress | None
    today: date

    @property
    def title(self) -> str:
        """Return the promise in a few words."""
        return self.version.title

    @property
    def by_day(self) -> date:
        """Return the day by which it is promised."""
        return self.version.by_day

    @property
    def percent(self) -> int:
        """Return how many per cent are done."""
        return self.report.percent if self.report else 0

    @property
    def latest(self) -> rules.Latest | None:
        """Return the last report as the rules read it."""
        return latest(self.report)

    @property
    def standing(self) -> rules.Standing:
        """Return what villagers are told of it."""
        return rules.standing(self.by_day, self.latest, self.today)

    @property
    def is_behind(self) -> bool:
        """Tell whether its meter is amber."""
        return self.standing in {rules.Standing.BEHIND, rules.Standing.OVERDUE}


@dataclass(frozen=True)
class Evidence:
    """What a page needs to know of a photo: never its bytes."""

    id: str
    width: int
    height: int
    bytes_count: int


@dataclass(frozen=True)
class Report:
    """A report of progress with its photos."""

    report: PromiseProgress
    photos: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """A promise with all its versions (oldest first), reports and checks (newest first)."""

    shown: Shown
    versions: list[PromiseVersion]
    reports: list[Report]
    checks: list[PromiseCheck]

    @property
    def published(self) -> list[PromiseVersion]:
        """Return the versions that count or once counted."""
        return [version for version in self.versions if version.state == "published"]

    @property
    def proposed(self) -> PromiseVersion | None:
        """Return the version that waits for the town."""
        return next((version for version in self.versions if version.state == "proposed"), None)


def latest(report: PromiseProgress | None) -> rules.Latest | None:
    """Return a stored report as the rules read it."""
    return rules.Latest(report.percent, report.state, report.explanation, report.day) if report else None


def _shown(session: Session, today: date, *conditions: Any) -> list[Shown]:
    """Return promises with what counts now and their last report, by village, year and number: one query."""
    newest = (
        select(func.max(PromiseVersion.number))
        .where(PromiseVersion.promise_id == Promise.id, PromiseVersion.state == "published")
        .correlate(Promise)
        .scalar_subquery()
    )
    last = (
        select(func.max(PromiseProgress.number))
        .where(PromiseProgress.promise_id == Promise.id)
        .correlate(Promise)
        .scalar_subquery()
    )
    query = (
        select(Promise, PromiseVersion, PromiseProgress)
        .join(PromiseVersion, and_(PromiseVersion.promise_id == Promise.id, PromiseVersion.number == newest))
        .outerjoin(PromiseProgress, and_(PromiseProgress.promise_id == Promise.id, PromiseProgress.number == last))
        .where(*conditions)
        .order_by(col(Promise.place_id), col(Promise.year), col(Promise.number))
    )
    return [
        Shown(row.id, row.place_id, row.year, row.number, row.made_at, version, report, today)
        for row, version, report in session.exec(query).all()
    ]


def of_year(session: Session, village: Place, year: int, today: date) -> list[Shown]:
    """Return a village's promises for a year, in their order."""
    return _shown(session, today, Promise.place_id == village.id, Promise.year == year)


def of_villages(session: Session, place_ids: list[str], year: int, today: date) -> list[Shown]:
    """Return the promises of several villages for a year, village by village."""
    return _shown(session, today, col(Promise.place_id).in_(place_ids), Promise.year == year)


def years(session: Session, village: Place) -> list[int]:
    """Return the years for which a village has promises, the newest first."""
    query = select(Promise.year).where(Promise.place_id == village.id).distinct().order_by(col(Promise.year).desc())
    return list(session.exec(query).all())


def for_home(session: Session, village: Place, limit: int = 2, today: date | None = None) -> list[Shown]:
    """Return the promises for a village's front page, of the newest year that has any: one query."""
    return front(session, village, today or local_day(utc_now()), limit)[0]


def front(session: Session, village: Place, today: date, limit: int = 2) -> tuple[list[Shown], int]:
    """Return what `for_home` gives, and how many promises that year has: still one query."""
    newest = select(func.max(Promise.year)).where(Promise.place_id == village.id).scalar_subquery()
    every = _shown(session, today, Promise.place_id == village.id, Promise.year == newest)
    return rules.for_home(every, limit), len(every)


def count(session: Session, village: Place) -> int:
    """Return how many promises the newest year has that has any."""
    newest = select(func.max(Promise.year)).where(Promise.place_id == village.id).scalar_subquery()
    query = select(func.count()).select_from(Promise).where(Promise.place_id == village.id, Promise.year == newest)
    return session.exec(query).one()


def due(session: Session, village: Place, today: date) -> date:
    """Return the day by which this year's promises had or have to stand here."""
    return rules.promises_due(settings.value(session, village, "year.promise_by", today), today.year, village.opened_on)


def checks(session: Session, promise_ids: list[str]) -> dict[str, PromiseCheck]:
    """Return the town's last word on each of these promises that has one."""
    query = select(PromiseCheck).where(col(PromiseCheck.promise_id).in_(promise_ids))
    return {row.promise_id: row for row in session.exec(query.order_by(col(PromiseCheck.number))).all()}


def proposals(session: Session, place_ids: list[str]) -> list[tuple[Promise, PromiseVersion]]:
    """Return the changes that wait for the town, the oldest first."""
    query = (
        select(Promise, PromiseVersion)
        .join(PromiseVersion, and_(PromiseVersion.promise_id == Promise.id))
        .where(col(Promise.place_id).in_(place_ids), PromiseVersion.state == "proposed")
        .order_by(col(PromiseVersion.made_at))
    )
    return list(session.exec(query).all())


def history(session: Session, village: Place, promise_id: str, today: date) -> History | None:
    """Return one promise of a village with everything that was ever said of it; None if there is none."""
    query = (
        select(Promise, PromiseVersion)
        .join(PromiseVersion, and_(PromiseVersion.promise_id == Promise.id))
        .where(Promise.id == promise_id, Promise.place_id == village.id)
        .order_by(col(PromiseVersion.number))
    )
    rows = session.exec(query).all()
    if not rows:
        return None
    row, versions = rows[0][0], [version for _, version in rows]
    counts = [version for version in versions if version.state == "published"][-1]
    reports = _reports(session, promise_id)
    last = reports[0].report if reports else None
    shown = Shown(row.id, row.place_id, row.year, row.number, row.made_at, counts, last, today)
    found = select(PromiseCheck).where(PromiseCheck.promise_id == promise_id).order_by(col(PromiseCheck.number).desc())
    return History(shown, versions, reports, list(session.exec(found).all()))


def _reports(session: Session, promise_id: str) -> list[Report]:
    photo = PromisePhoto
    without_bytes: list[Any] = [photo.width, photo.height, photo.bytes_count]
    query = (
        select(PromiseProgress, photo)
        .outerjoin(photo, and_(photo.progress_id == PromiseProgress.id))
        .options(load_only(*without_bytes))
        .where(PromiseProgress.promise_id == promise_id)
        .order_by(col(PromiseProgress.number).desc(), col(photo.number))
    )
    found: dict[str, Report] = {}
    for report, shot in session.exec(query).all():
        kept = found.setdefault(report.id, Report(report))
        if shot is not None:
            kept.photos.append(Evidence(shot.id, shot.width, shot.height, shot.bytes_count))
    return list(found.values())


def photo(session: Session, village: Place, promise_id: str, photo_id: str, *, small: bool) -> bytes | None:
    """Return a photo's bytes (JPEG), or those of its small copy; None unless it belongs to this promise here."""
    wanted = PromisePhoto.small if small else PromisePhoto.body
    query = (
        select(wanted)
        .join(Promise, and_(Promise.id == PromisePhoto.promise_id))
        .where(PromisePhoto.id == photo_id, Promise.id == promise_id, Promise.place_id == village.id)
    )
    return session.exec(query).first()


def logged(session: Session) -> Iterator[Logged]:
    """Give every promise as its page shows it, for whoever compares pages with the log."""
    query = (
        select(PromiseVersion, Place.unit)
        .join(Promise, and_(Promise.id == PromiseVersion.promise_id))
        .join(Place, and_(Place.id == Promise.place_id))
        .where(PromiseVersion.state == "published")
        .order_by(col(PromiseVersion.number))
    )
    last = {version.promise_id: (version, unit) for version, unit in session.exec(query).all()}
    for version, unit in last.values():
        yield Logged(unit, KINDS, "promise", version.promise_id, content.of_version(version))
