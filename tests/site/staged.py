"""Forms that stand on no page of the demonstration: each is brought to the moment at which it would be taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, update

from portal.accounts import queries as people
from portal.accounts.models import Posting
from portal.ballots import visits
from portal.ballots.models import Round
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.disclosures import uploads
from portal.disclosures.catalogue import catalogue
from portal.disclosures.periods import Period
from portal.flags import appeals, ending, panel, proposals, waits
from portal.flags.models import SilentVillage
from tests.ballots.conftest import prepare
from tests.factories.flags import WHY, Case, loud_flag, open_case
from tests.factories.places import District

TABLE = ("日期\t支出事由\t金额\t收款方\t经手人\t审批人\n2026-08-20\t路灯\t12,160,00\t电工\t王福林\t周建民\n"
         "2026-08-21\t打印费\t35.00\t打印店\t孙海燕\t周建民\n")


@dataclass(frozen=True)
class World:
    """The stores and the district in which something is brought about."""

    stores: Stores
    district: District
    folder: Path

    @property
    def now(self) -> datetime:
        """The moment."""
        return utc_now()


@dataclass(frozen=True)
class Staged:
    """A form: its route, who sends it, how it comes about (returns its address), and what is sent when all is well.

    A value such as `@district_finance` stands for the id of whoever holds that role. Where the form names what was
    read, its page is opened first: its address without `last`. `upload` is a field that takes a picture.
    """

    endpoint: str
    role: str
    place: str
    bring_about: Callable[[World], str]
    sent: dict[str, str] = field(default_factory=dict)
    last: str | None = None
    upload: str = ""

    def filled(self, district: District) -> dict[str, bytes]:
        """Return what is sent when all is well."""
        return {name: (district.person(value[1:]).id if value.startswith("@") else value).encode()
                for name, value in self.sent.items()}


def _case(world: World, step: Callable[[Session, Case], str]) -> str:
    with world.stores.portal.write() as session:
        return step(session, open_case(session, world.district, world.now))


def _mine(last: str, step: Callable[[Case], object] = Case.notify) -> Callable[[World], str]:
    """Bring a review of 南湾村's secretary to a step; return where the secretary answers it."""

    def run(_session: Session, case: Case) -> str:
        step(case)
        return f"/desk/nanwan/review/{case.flag.id}/{last}"

    return lambda world: _case(world, run)


def _panel(last: str = "") -> Callable[[World], str]:
    return lambda world: _case(world, lambda _session, case: f"/desk/panels/{case.hear().name().flag.id}{last}")


def _proposal(last: str = "") -> Callable[[World], str]:
    def run(world: World) -> str:
        with world.stores.portal.write() as session:
            case = Case(session, world.district, world.now, loud_flag(session, world.district, world.now))
            row = proposals.propose(session, case.officer, world.now, case.flag, "dismiss", WHY, case.signer.person_id)
            return f"/desk/district/proposals/{row.id}{last}"

    return run


def _silent(world: World) -> str:
    with world.stores.portal.write() as session:
        row = SilentVillage(village_id=world.district["liuhe"].id, cause="reports", since=local_day(world.now))
        session.add(row)
        session.flush()
        return f"/desk/district/visits/{row.id}"


def _team_out(world: World) -> str:
    with world.stores.portal.write() as session:
        session.execute(update(Posting).values(since=date(2025, 11, 1)))
    vote = prepare(world.stores, world.folder, world.district, world.now, sizes={"villagers": 60},
                   printed={"villagers": 60})
    with world.stores.portal.write() as session:
        team = visits.send(session, session.get_one(Round, vote.round_id), visits.Team("villagers", "李", "王", 5))
        return f"/desk/qingxi/rounds/{vote.round_id}/visits/{team.id}"


def _published(world: World) -> str:
    with world.stores.portal.write() as session:
        session.execute(update(Posting).values(since=date(2025, 11, 1)))
    vote = prepare(world.stores, world.folder, world.district, world.now, sizes={"villagers": 20},
                   printed={"villagers": 20})
    vote.cast_all({"villagers": ["competent"] * 18})
    vote.close()
    vote.record(vote.sheet())
    vote.publish()
    return f"/desk/qingxi/rounds/{vote.round_id}/consequence"


def _upload(world: World) -> str:
    item = next(one for one in catalogue().items if one.slug == "expenses")
    with world.stores.portal.write() as session:
        clerk = people.actor_of(session, world.district.person("village_clerk"), local_day(world.now))
        period = Period.holding("quarter", local_day(world.now)).previous()
        made = uploads.take(session, clerk, world.now, world.district["liuhe"],
                            uploads.look(item, period=period, pasted=TABLE))
        return f"/desk/liuhe/open/table/{made.id}"


def _proposed(world: World) -> str:
    return _case(world, lambda _s, case: f"/desk/panels/{case.hear().name().propose('educate').flag.id}/voice")


def _answered(world: World) -> str:
    def run(session: Session, case: Case) -> str:
        one, other, first = case.more_district_people(3)
        three = [case.lead.person_id, one.person_id, other.person_id]
        panel.name(session, case.officer, case.now, case.hear().flag, three)
        case.propose("adjust")
        panel.voice(session, one, case.now, case.flag, "agree", "", case.read)
        case.sign()
        appeals.appeal(session, case.secretary, case.now, case.flag, WHY)
        second = case.district.person("district_finance")
        appeals.answer(session, first, case.now, case.flag, "kept", WHY, second.id)
        return f"/desk/appeals/{case.flag.id}"

    return _case(world, run)


def _failed(world: World) -> str:
    def run(session: Session, case: Case) -> str:
        case.walk_to_decision("rectify", months=1)
        waits.escalate(session, case.later(20).now)
        ending.reappraise(session, case.officer, case.later(12).now, case.flag, 40)
        return f"/desk/district/flags/{case.flag.id}/after"

    return _case(world, run)


STAGED = (
    Staged("disclosures.table", "village_clerk", "liuhe", _upload,
           {"act": "mend", "head": "1", "cell-0-2": "121.60", "map-0": "date"}),
    Staged("ballots.visit_back", "town_office", "qingxi", _team_out, {"given_1": "3"}),
    Staged("ballots.follow", "town_office", "qingxi", _published, {"consequence": "carry_on", "reason": WHY}),
    Staged("flags.seat", "town_office", "baisha", _panel(),
           {"outcome": "rectify", "months": "3", "reasons": WHY}),
    Staged("flags.voice", "district_finance", "district", _proposed, {"says": "against", "words": WHY}, "/voice"),
    Staged("flags.second_answer", "district_finance", "district", _answered, {"answer": "back", "why": WHY}, ""),
    Staged("flags.follow", "district_discipline", "district", _failed, {"after": WHY}),
    Staged("flags.leave", "district_finance", "district", _panel("/aside")),
    Staged("flags.proposal", "district_discipline", "district", _proposal(), {"answer": "back", "why": WHY}),
    Staged("flags.decline", "district_discipline", "district", _proposal("/aside")),
    Staged("flags.state", "secretary", "nanwan", _mine("statement"), {"statement": WHY}, upload="paper"),
    Staged("flags.extend", "secretary", "nanwan", _mine("more-days")),
    Staged("flags.name_conflict", "secretary", "nanwan", _mine("unfair"),
           {"person": "@district_finance", "why": "有过节"}),
    Staged("flags.appeal", "secretary", "nanwan", _mine("appeal", lambda case: case.walk_to_decision("educate")),
           {"appeal": WHY}),
    Staged("flags.wish", "secretary", "nanwan", _mine("clearing", lambda case: case.walk_to_decision("unfounded")),
           {"publish": "yes"}),
    Staged("flags.visit", "district_discipline", "district", _silent, {"found": "村里平安"}),
)
