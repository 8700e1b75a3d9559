"""A village's books for tests: who writes, checks and approves, and a record brought as far as wanted."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.accounts import queries as people
from portal.core.clock import local_day
from portal.disclosures import service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from portal.disclosures.models import Record
from portal.disclosures.periods import Period
from portal.places.models import Place
from portal.roles import Actor
from tests.factories.places import District

WATER = {"item": "自来水", "meter_total": "4210", "rate": "2.80", "billed": "11788.00", "collected": "11200.00"}
HOUSEHOLDS = [
    {"group_no": "三组", "head_of_household": "王小明", "area_mu": "8.24", "rate": "82.50", "amount": "679.80"},
    {"group_no": "三组", "head_of_household": "欧阳建兰", "area_mu": "3.10", "rate": "82.50", "amount": "255.75"},
    {"group_no": "三组", "head_of_household": "李根", "area_mu": "12.00", "rate": "82.50", "amount": "990.00"},
]
SPENT = {"date": "2026-08-03", "purpose": "路灯维修", "amount": "4860.50", "payee": "李根", "handler": "王福林",
         "approver": "周建民"}
DECIDED = {"body": "村民代表会议", "day": "2026-11-10", "present": "46", "votes_for": "45"}


@dataclass
class Book:
    """The books of one village inside a writing transaction."""

    session: Session
    now: datetime
    village: Place
    clerk: Actor
    checker: Actor
    secretary: Actor

    @property
    def today(self) -> date:
        """The day in the village."""
        return local_day(self.now)

    def later(self, days: int) -> "Book":
        """The same books some days later."""
        return replace(self, now=self.now + timedelta(days=days))

    def draft(self, code: str, content: Content, period: str = "") -> Record:
        """Write a record down."""
        return service.draft(self.session, self.clerk, self.now, self.village, catalogue().by_code(code),
                             Period.parse(period) if period else None, content)

    def forward(self, record: Record, upto: str = "published") -> Record:
        """Hand in, check and approve."""
        given = (self.session, self.now, self.village, record)
        service.submit(self.session, self.clerk, *given[1:])
        if upto != "submitted":
            service.check(self.session, self.checker, *given[1:])
        if upto == "published":
            service.approve(self.session, self.secretary, *given[1:])
        self.session.flush()
        return record

    def water(self, period: str = "2026-Q3", upto: str = "published") -> Record:
        """Publish the water fees of a quarter."""
        return self.forward(self.draft("V34", Content(rows=[dict(WATER)]), period), upto)

    def subsidies(self, upto: str = "published") -> Record:
        """Publish the farm subsidies, which are in notice for a week."""
        content = Content(rows=[dict(row) for row in HOUSEHOLDS], event_date=self.today, title="耕地地力保护补贴")
        return self.forward(self.draft("V19", content), upto)


def open_book(session: Session, district: District, now: datetime, short: str = "liuhe") -> Book:
    """Return the books of a village with its three officials."""
    def actor(role: str) -> Actor:
        return people.actor_of(session, district.person(role, short), local_day(now))

    village = session.get_one(Place, district[short].id)
    return Book(session, now, village, actor("village_clerk"), actor("supervision"), actor("secretary"))
