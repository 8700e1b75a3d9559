"""The promises of the demonstration, made in January and lived through until now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from portal.core.clock import SHANGHAI, local_day
from portal.promises import service
from portal.promises.models import Promise, PromiseVersion
from portal.promises.rules import CHECKS_BEGIN, day_in_year
from portal.seeding import pictures
from portal.seeding.promised import ON, PLANS, Change, Plan, Told
from portal.seeding.world import World

CHECK_AFTER = timedelta(days=40)  # the town goes out in the middle of July
Act = Callable[[Session, datetime], None]


def seed(world: World) -> None:
    """Let every village but the empty one promise, report, change and be checked, in the order of time."""
    acts: list[tuple[datetime, Act]] = []
    for short, plans in PLANS.items():
        for number, plan in enumerate(plans):
            acts += _Story(world, short, plan, number).acts()
    with world.stores.portal.write() as session:
        for moment, act in sorted(acts, key=lambda pair: pair[0]):
            act(session, moment)


@dataclass
class _Story:
    """One promise from its making until now."""

    world: World
    short: str
    plan: Plan
    number: int
    row: Promise | None = None
    wording: PromiseVersion | None = None

    @property
    def made(self) -> datetime:
        """Return when it was promised: in January, or just now where January has only begun."""
        january = datetime.combine(date(self.world.today.year, 1, 12), time(9, self.number * 5), SHANGHAI)
        return min(january, self.world.now - timedelta(days=1) + timedelta(minutes=self.number))

    def at(self, part: float) -> datetime:
        """Return the moment at a part of the way from the promise to now."""
        return self.made + (self.world.now - self.made) * part

    def by(self, text: str) -> date:
        """Return the day that a plan names."""
        if not text.startswith("-"):
            return day_in_year(text, self.world.today.year)
        first = max(local_day(self.made) + timedelta(days=1), date(self.world.today.year, 1, 1))
        return max(self.world.today + timedelta(days=int(text)), first)

    def acts(self) -> list[tuple[datetime, Act]]:
        """Return what happened, each with its moment."""
        found: list[tuple[datetime, Act]] = [(self.made, self.promise)]
        found += [(self.told_at(told), self.report(told)) for told in self.plan.told]
        if self.plan.change:
            found.append((self.at(self.plan.change.when), self.propose(self.plan.change)))
            if self.plan.change.approved:
                found.append((self.at(self.plan.change.when + 0.03), self.approve))
        looked = datetime.combine(date(self.world.today.year, *CHECKS_BEGIN), time(15), SHANGHAI) + CHECK_AFTER
        if self.plan.found and looked < self.world.now:
            found.append((looked + timedelta(minutes=self.number), self.check))
        return found

    def told_at(self, told: Told) -> datetime:
        """Return when a report was made; whoever says "on track" says so before the promised day is over."""
        last = datetime.combine(self.by(self.plan.by), time(18), SHANGHAI)
        return min(self.at(told.when), last) if told.state == ON else self.at(told.when)

    def promise(self, session: Session, moment: datetime) -> None:
        """Promise it."""
        plan, secretary = self.plan, self.world.actor("secretary", self.short)
        self.row = service.promise(session, secretary, moment, self.world.places[self.short],
                                   year=self.world.today.year, title=plan.title, words=plan.words,
                                   by_day=self.by(plan.by), target=plan.target, unit=plan.unit)

    def report(self, told: Told) -> Act:
        """Return the act of reporting."""
        def act(session: Session, moment: datetime) -> None:
            assert self.row is not None  # noqa: S101 - it was promised before
            photos = (pictures.draw(told.picture, int(told.when * 100)),) if told.picture else ()
            service.report_progress(session, self.world.actor("secretary", self.short), moment, self.row,
                                    percent=told.percent, state=told.state, words=told.words,
                                    explanation=told.explanation, photos=photos)
        return act

    def propose(self, change: Change) -> Act:
        """Return the act of proposing another wording."""
        def act(session: Session, moment: datetime) -> None:
            assert self.row is not None  # noqa: S101 - it was promised before
            self.wording = service.change(session, self.world.actor("secretary", self.short), moment, self.row,
                                          title=change.title, words=change.words, by_day=self.by(change.by),
                                          reason=change.reason, target=change.target, unit=self.plan.unit)
        return act

    def approve(self, session: Session, moment: datetime) -> None:
        """Let the town approve the other wording."""
        assert self.wording is not None  # noqa: S101 - it was proposed before
        service.decide_change(session, self.world.above(self.short, "town_office"), moment, self.wording, approve=True)

    def check(self, session: Session, moment: datetime) -> None:
        """Let the town look at it."""
        assert self.row is not None  # noqa: S101 - it was promised before
        assert self.plan.found is not None  # noqa: S101 - asked for only then
        outcome, note = self.plan.found
        town = self.world.above(self.short, "town_office")
        service.check(session, town, moment, self.row, outcome=outcome, note=note)
