"""Weeks of counts that stay under, or go over, a village's line; and a review on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.core.clock import local_day
from portal.flags import appeals, course, ending, panel, proposals, review, service
from portal.flags.models import Flag, Review
from portal.flags.rules import Week
from portal.roles import Actor, Role
from tests.factories.places import District

CALM = (Week(),) * 52
_WEEK = Week(voice=4, serious_voice=2, confirmed=1, open_rest=1)
LOUD = (*(Week(),) * 46, *(replace(_WEEK, particulars=1), _WEEK) * 3)
"""Six weeks of four slips and one confirmed open report each: over the line of any village up to 5,000 adults.

Three facts in all: too few for the facts path.
"""

KINDS = {"money": 1, "land": 0, "manner": 0}
"""What each of those weeks was about: thirteen reports on money in a quarter, the rest too few to be named."""


def check_weeks(session: Session, district: District, now: datetime, town: str,
                weeks: Mapping[str, Sequence[Week]], times: int = 3) -> list[Flag]:
    """Run the weekly check as the clock would: `times` Mondays in a row up to `now`; weeks by short code."""
    opened: list[Flag] = []
    for back in range(times - 1, -1, -1):
        seen = {district[short].id: list(found)[: len(found) - back] for short, found in weeks.items()}
        opened += service.weekly(session, now - timedelta(weeks=back), district[town], seen,
                                 commitments=dict.fromkeys(seen, "ab" * 32),
                                 confirmed_by=dict.fromkeys(seen, ("p1", "p2")),
                                 kinds={village: [KINDS] * len(counted) for village, counted in seen.items()})
    return opened


def staff(session: Session, district: District, now: datetime, count: int = 3) -> list[Person]:
    """Give the district's commission so many more people that a panel, a signature and an appeal find others."""
    made = []
    for number in range(count):
        person = accounts.add_person(session, user=f"spare-{number}", name=f"许留{number}", name_en="Xu",
                                     kept=accounts.hashed("correct horse battery"))
        accounts.give_role(session, now, person, Role.DISTRICT_DISCIPLINE, district["district"])
        made.append(person)
    return made


def loud_flag(session: Session, district: District, now: datetime, village: str = "nanwan",
              town: str = "baisha", *, staffed: bool = True) -> Flag:
    """Return a flag that the rule itself raised over one loud village among calm ones.

    `staffed`: the district has people enough for a panel, a signature and an appeal.
    """
    if staffed:
        staff(session, district, now)
    shorts = [short for short, place in district.places.items() if place.parent_id == district[town].id]
    weeks = {short: LOUD if short == village else CALM for short in shorts}
    return next(flag for flag in check_weeks(session, district, now, town, weeks)
                if flag.village_id == district[village].id)


WHY = "两张收据没有签字，两个人都看过。"


def agree(session: Session, now: datetime, flag: Flag, choice: str, first: Actor, second: Actor,
          reasons: str = WHY) -> None:
    """Let one person propose how a triage ends (review or dismiss), and another one confirm it."""
    row = proposals.propose(session, first, now, flag, choice, reasons, second.person_id)
    proposals.confirm(session, second, now, row)


@dataclass
class Case:
    """A review over 南湾村 that 白沙镇 opened with the district, and who does what in it."""

    session: Session
    district: District
    now: datetime
    flag: Flag

    def actor(self, role: str, place: str | None = None) -> Actor:
        """Return somebody as one who acts, with what they hold now."""
        return people.actor_of(self.session, self.district.person(role, place), local_day(self.now))

    @property
    def officer(self) -> Actor:
        """The town's discipline officer."""
        return self.actor("town_discipline", "baisha")

    @property
    def secretary(self) -> Actor:
        """Whom it is about."""
        return self.actor("secretary", "nanwan")

    @property
    def signer(self) -> Actor:
        """The district's discipline commission."""
        return self.actor("district_discipline")

    @property
    def lead(self) -> Actor:
        """Who leads the panel."""
        return self.actor("town_office", "baisha")

    @property
    def three(self) -> list[str]:
        """A panel: the town office leads, two of the district sit beside."""
        return [self.district.person("town_office", "baisha").id, self.district.person("district_organisation").id,
                self.district.person("district_finance").id]

    def later(self, days: int) -> "Case":
        """Let days pass."""
        self.now += timedelta(days=days)
        return self

    def notify(self) -> "Case":
        """Tell the secretary."""
        review.notify(self.session, self.officer, self.now, self.flag)
        return self

    def hear(self) -> "Case":
        """Tell the secretary, who answers."""
        self.notify()
        review.state(self.session, self.secretary, self.now, self.flag, "单据在柜子里。")
        return self

    def name(self) -> "Case":
        """Name the panel."""
        panel.name(self.session, self.officer, self.now, self.flag, self.three)
        return self

    def walk_to_decision(self, outcome: str, months: int = 3) -> "Case":
        """Go the whole way to a decision that the district signed."""
        self.hear().name()
        self.propose(outcome, months).agree().sign()
        return self

    @property
    def row(self) -> Review:
        """The review."""
        return self.session.get_one(Review, self.flag.id)

    @property
    def read(self) -> str:
        """The mark of what the panel proposes now."""
        return course.mark(self.row)

    def propose(self, outcome: str, months: int = 0) -> "Case":
        """Let the lead propose how it ends."""
        panel.propose(self.session, self.lead, self.now, self.flag, outcome, WHY, months)
        return self

    def agree(self, role: str = "district_finance") -> "Case":
        """Let one of the two beside the lead stand behind the proposal."""
        panel.voice(self.session, self.actor(role), self.now, self.flag, "agree", "", self.read)
        return self

    def sign(self) -> "Case":
        """Let the district sign what the panel proposes."""
        ending.countersign(self.session, self.signer, self.now, self.flag, self.read)
        return self

    def answer(self, first: Actor, second: Actor, choice: str) -> "Case":
        """Let one of the district answer an appeal, and another one confirm it."""
        appeals.answer(self.session, first, self.now, self.flag, choice, WHY, second.person_id)
        appeals.confirm(self.session, second, self.now, self.flag, course.answer_mark(self.row))
        return self

    def more_district_people(self, count: int = 2) -> list[Actor]:
        """Give the district's commission more people, so that an appeal finds others than those of the panel."""
        made = []
        for number in range(count):
            person = accounts.add_person(self.session, user=f"commission-{number}", name=f"许{number}", name_en="Xu",
                                         kept=accounts.hashed("correct horse battery"))
            accounts.give_role(self.session, self.now, person, Role.DISTRICT_DISCIPLINE, self.district["district"])
            made.append(people.actor_of(self.session, person, local_day(self.now)))
        return made


def open_case(session: Session, district: District, now: datetime, *, staffed: bool = True) -> Case:
    """Let the rule raise a flag, and the town and the district open a review."""
    case = Case(session, district, now, loud_flag(session, district, now, staffed=staffed))
    agree(session, now, case.flag, "review", case.officer, case.signer)
    return case
