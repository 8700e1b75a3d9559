"""A walk through every write verb of every feature: each public act is in the log, and no person is."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from sqlmodel import Session, select

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person, Posting
from portal.ballots import conduct, consequence, ringing
from portal.ballots import service as ballots
from portal.ballots.models import Round
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.disclosures import service as disclosures
from portal.disclosures.content import Content
from portal.disclosures.models import Record
from portal.flags import ending, panel, proposals, review, waits
from portal.flags import service as flags
from portal.flags.models import Clearing, Flag
from portal.flags.stored import MissedTarget
from portal.log import service as log
from portal.log.events import EVENTS
from portal.log.models import LogEntry, LogPayload
from portal.log.verify import verify_store
from portal.places import service as places
from portal.promises import queries as promise_queries
from portal.promises import service as promises
from portal.promises.models import Promise
from portal.reports import clocks, keys, losses, offline, requests, voices
from portal.reports import queries as report_queries
from portal.reports.models import Request
from portal.roles import Actor, Role
from portal.slips import peppers
from tests.ballots.conftest import Vote, prepare
from tests.disclosures.book import Book, open_book
from tests.factories.flags import Case, agree, loud_flag, staff
from tests.factories.places import District
from tests.promises.people import picture

MARK = "标记甲乙"  # in every name and every text that the walk writes
PHONE = "13812345678"
FACT = re.compile(r"[0-9A-Za-z:._-]{0,128}")


@dataclass
class World:
    """Where the walk has got to."""

    stores: Stores
    folder: Path
    district: District
    now: datetime
    kept: dict[str, Any] = field(default_factory=dict)

    def actor(self, session: Session, role: str, place: str | None = None) -> Actor:
        """Return who holds a role."""
        return people.actor_of(session, self.district.person(role, place), local_day(self.now))

    def book(self, session: Session) -> Book:
        """Return the first village's books."""
        return open_book(session, self.district, self.now)


Step = Callable[[World, Session], object]


def _place(w: World, s: Session) -> None:
    places.create(s, w.now, parent=w.district["baisha"], kind="village", code="990101100299", short="neu", name=MARK)


def _setting(w: World, s: Session) -> None:
    places.set_value(s, w.now, w.district["liuhe"], "disclosures.notice_days", 7, date(2027, 1, 1), "p", MARK)


def _role(w: World, s: Session) -> None:
    person = Person(user="neu", name=MARK, name_en=MARK)
    s.add(person)
    s.flush()
    w.kept["posting"] = accounts.give_role(s, w.now, person, Role.VILLAGE_CLERK, w.district["liuhe"]).id


def _role_end(w: World, s: Session) -> None:
    accounts.end_role(s, w.now, s.get_one(Posting, w.kept["posting"]), w.district["liuhe"])


def _promise(w: World, s: Session) -> None:
    row = promises.promise(s, w.actor(s, "secretary"), w.now, w.district["liuhe"], year=2026, title=MARK, words=MARK,
                           by_day=date(2026, 12, 20))
    w.kept["promise"] = row.id


def _row(w: World, s: Session) -> Promise:
    return s.get_one(Promise, w.kept["promise"])


def _progress(w: World, s: Session) -> None:
    promises.report_progress(s, w.actor(s, "secretary"), w.now, _row(w, s), percent=40, state="behind", words=MARK,
                             explanation=MARK, photos=(picture(),))


def _propose(w: World, s: Session) -> None:
    made = promises.change(s, w.actor(s, "secretary"), w.now, _row(w, s), title=MARK + "二", words=MARK, reason=MARK,
                           by_day=date(2026, 12, 30))
    w.kept["wording"] = made.id


def _approve(w: World, s: Session) -> None:
    history = promise_queries.history(s, w.district["liuhe"], w.kept["promise"], local_day(w.now))
    assert history is not None
    assert history.proposed is not None
    promises.decide_change(s, w.actor(s, "town_office"), w.now, history.proposed, approve=True, words=MARK)


def _check(w: World, s: Session) -> None:
    promises.check(s, w.actor(s, "town_office"), w.now, _row(w, s), outcome="late", note=MARK)


def _record(w: World, s: Session) -> None:
    rows = [{"group_no": "三组", "head_of_household": MARK, "area_mu": "8.24", "rate": "82.50", "amount": "679.80"}]
    book = w.book(s)
    record = book.draft("V19", Content(rows=rows, event_date=book.today, title=MARK))
    w.kept["record"] = book.forward(record).id


def _got(w: World, s: Session) -> Record:
    return s.get_one(Record, w.kept["record"])


def _object(w: World, s: Session) -> None:
    w.kept["objection"] = disclosures.object_to(s, w.now, w.book(s).village, _got(w, s), MARK, "k1")


def _answer(w: World, s: Session) -> None:
    book = w.book(s)
    objection = s.get_one(type(w.kept["objection"]), w.kept["objection"].id)
    disclosures.decide_objection(s, book.checker, w.now, book.village, objection, "rejected", MARK)


def _correct(w: World, s: Session) -> None:
    book = w.book(s)
    disclosures.correct(s, book.clerk, w.now, book.village, _got(w, s), MARK)
    book.forward(_got(w, s))


def _effective(w: World, s: Session) -> None:
    disclosures.tick(s, w.now + timedelta(days=20))


def _archive(w: World, s: Session) -> None:
    book = w.book(s)
    disclosures.archive(s, book.secretary, w.now, book.village, _got(w, s))


def _nothing(w: World, s: Session) -> None:
    book = w.book(s)
    book.forward(book.draft("V34", Content(nothing=True), "2026-Q3"))


def _flag(w: World, s: Session) -> None:
    w.kept["flag"] = loud_flag(s, w.district, w.now, staffed=False).id


def _review(w: World, s: Session) -> None:
    officer, second = w.actor(s, "town_discipline", "baisha"), w.actor(s, "town_office", "baisha")
    flag = s.get_one(Flag, w.kept["flag"])
    proposals.withdraw(s, officer, w.now, proposals.propose(s, officer, w.now, flag, "dismiss", MARK, second.person_id))
    row = proposals.propose(s, officer, w.now, flag, "review", MARK, second.person_id)
    proposals.send_back(s, second, w.now, row, MARK)
    second = w.actor(s, "district_discipline", "district")  # the town office sits on the panel later
    agree(s, w.now, flag, "review", officer, second, MARK)


def _late_notice(w: World, s: Session) -> None:
    waits.escalate(s, w.now + timedelta(days=4))  # the portal tells the secretary itself


def _decide_review(w: World, s: Session) -> None:
    case = Case(s, w.district, w.now, s.get_one(Flag, w.kept["flag"]))
    review.state(s, case.secretary, w.now, case.flag, MARK)
    panel.name(s, case.officer, w.now, case.flag, case.three)
    panel.propose(s, case.lead, w.now, case.flag, "unfounded", MARK)
    case.agree().sign()


def _missed(w: World, s: Session) -> None:
    day = local_day(w.now)
    flags.missed_target(s, w.now, w.district["liuhe"], MissedTarget("0123456789abcdef", 2026, "midyear", day, day, 40))


def _lowest(w: World, s: Session) -> None:
    flags.lowest_grade(s, w.now, w.district["liuhe"], "fedcba9876543210", 2026, "ab" * 32)


def _ground(w: World, s: Session) -> None:
    places.note_refusal(s, w.now, w.district["liuhe"], "flags.floor")


def _recount(w: World, s: Session) -> None:
    places.recount(s, w.now, w.district["xinglin"], adults=1400, people=1900, households=500)


def _wish(w: World, s: Session) -> None:
    case = Case(s, w.district, w.now, s.get_one(Flag, w.kept["flag"]))
    ending.wish(s, case.secretary, w.now, s.exec(select(Clearing)).one(), publish=True)


def _key(w: World, s: Session) -> None:
    keys.make_key(s, w.now, w.district["qingxi"], w.district.person("town_discipline").id,
                  keys.fresh())


def _offline_key(w: World, s: Session) -> None:
    public, town = b"\x09" + b"\0" * 31, w.district["qingxi"]
    opened = keys.Open(town.id, "", PrivateKey.generate(), w.now)
    offline.put_key(s, w.now, town, public, offline.fingerprint(public), opened)


def _lost_key(w: World, s: Session) -> None:
    town = w.district["qingxi"]
    key_id = next(iter(report_queries.offline_keys(s, town.id)))
    for role, verb in (("town_discipline", losses.say), ("town_office", losses.confirm)):
        person = w.district.person(role)
        verb(s, w.now, Actor(person.id, "", "", "", ()), town, key_id)


def _change_frozen(w: World, s: Session) -> None:
    round_ = s.get_one(Round, w.kept["vote"].round_id)
    draft = ballots.Draft(2026, round_.opens_at, round_.closes_at, round_.sizes, "B", round_.box_pub)
    assert not ballots.change(s, w.now, round_, draft)


def _erase(w: World, s: Session) -> None:
    log.erase(s, w.district["qingxi"].unit, local_day(w.now), 2, "personal_data", ("a" * 16, "b" * 16))


def _answered(w: World, s: Session) -> None:
    village, office = w.district["liuhe"], w.district["qingxi"]
    row = Request(place_id=village.id, office_id=office.id, report_id="ab" * 8, summary=MARK, asked_on=local_day(w.now),
                  due=local_day(w.now))
    s.add(row)
    s.flush()
    requests.answer(s, w.actor(s, "village_clerk", "liuhe"), w.now, village, row.id, MARK)
    requests.publish(s, w.now, village, row)


# What each verb adds to the log, in order. A verb of one store runs inside one writing session.
WALK: list[tuple[str, Step, list[str]]] = [
    ("places.create", _place, ["place:created"]),
    ("places.set_value", _setting, ["setting:changed"]),
    ("accounts.give_role", _role, ["role:granted"]),
    ("accounts.end_role", _role_end, ["role:ended"]),
    ("promises.promise", _promise, ["promise:published"]),
    ("promises.report_progress", _progress, ["promise:progress"]),
    ("promises.change", _propose, []),  # nothing is public until the town agrees
    ("promises.decide_change", _approve, ["promise:changed"]),
    ("promises.check", _check, ["promise:checked"]),
    ("disclosures.approve", _record, ["record:published"]),
    ("disclosures.object_to", _object, ["objection:received"]),
    ("disclosures.decide_objection", _answer, ["objection:decided"]),
    ("disclosures.correct", _correct, ["record:corrected"]),
    ("disclosures.tick", _effective, ["record:effective"]),
    ("disclosures.archive", _archive, ["record:archived"]),
    ("disclosures.approve, nothing", _nothing, ["record:none"]),
    ("flags.weekly", _flag, ["inner:step"]),
    ("flags.proposals.propose, withdraw, send_back, confirm", _review,
     [*["inner:step"] * 5, "inner:step", "inner:step"]),
    ("flags.waits.escalate", _late_notice, ["inner:step", "inner:step"]),
    ("flags.review.state; flags.panel.name, propose, voice; flags.ending.countersign", _decide_review,
     [*["inner:step"] * 4, "inner:step", "inner:step"]),
    ("flags.missed_target", _missed, ["inner:step"]), ("flags.lowest_grade", _lowest, ["inner:step"]),
    ("places.note_refusal", _ground, ["inner:step"]), ("places.recount", _recount, ["setting:changed"]),
    ("flags.ending.wish", _wish, ["clearing:published"]),
    ("reports.keys.make_key", _key, ["key:changed"]),
    ("reports.offline.put_key", _offline_key, ["key:offline"]),
    ("reports.losses.say, confirm", _lost_key, ["key:lost"]),
    ("reports.requests.publish", _answered, ["answer:published"]),
    ("log.erase", _erase, ["payload:erased"]),
]


def _prepare(w: World) -> None:
    opens = w.now + timedelta(days=6)  # a round is prepared five days before
    w.kept["vote"] = prepare(w.stores, w.folder, w.district, opens, sizes={"villagers": 20}, printed={"villagers": 20})


def _vote(w: World) -> Vote:
    vote: Vote = w.kept["vote"]
    return vote


def _close_vote(w: World) -> None:
    _vote(w).cast_all({"villagers": ["excellent"] * 17})
    _vote(w).close()


def _refuse(w: World) -> None:
    with w.stores.portal.write() as session:
        _change_frozen(w, session)


def _count(w: World) -> None:
    _vote(w).record(_vote(w).sheet(), MARK)


def _ring(w: World) -> None:
    with w.stores.portal.write() as session:
        ringing.record(session, w.now, session.get_one(Round, _vote(w).round_id), ringing.Counts(1, 1, 0, 1, 0))


def _follow(w: World) -> None:
    with w.stores.portal.write() as session:
        consequence.record(session, w.now, session.get_one(Round, _vote(w).round_id), "carry_on", MARK)


def _void(w: World) -> None:
    opens = w.now + timedelta(days=6)
    second = prepare(w.stores, w.folder, w.district, opens, sizes={"villagers": 20}, printed={}, village="shiqiao")
    conduct.void(w.stores, opens, second.round_id, MARK)


def _voice(w: World) -> None:
    voices.issue(w.stores, w.now, peppers.folder_of(w.folder), w.district["liuhe"], 2026, 10)


# Verbs that touch several stores.
LONG_WALK: list[tuple[str, Callable[[World], object], list[str]]] = [
    ("ballots.create, freeze, issue_slips", _prepare, ["round:created", "round:opened", "slips:issued"]),
    ("ballots.change when frozen", _refuse, ["round:refused"]),
    ("ballots.close", _close_vote, ["round:closed"]),
    ("ballots.record_count", _count, ["round:counted"]),
    ("ballots.ringing.record", _ring, ["round:rung"]),
    ("ballots.publish", lambda w: _vote(w).publish(),
     ["round:witnessed", "round:witnessed", "round:published"]),
    ("ballots.consequence.record", _follow, ["round:followed"]),
    ("ballots.erase_urns", lambda w: conduct.erase_urns(w.stores, w.now + timedelta(days=30)), ["urn:erased"]),
    ("ballots.void", _void, ["round:created", "round:opened", "round:voided"]),
    ("reports.voices.issue", _voice, ["slips:issued"]),
    ("reports.clocks.tick", lambda w: clocks.tick(w.stores, w.now), ["reports:week", "reports:week"]),  # two towns
]


def entries(stores: Stores) -> dict[tuple[str, int], LogEntry]:
    """Return every entry by unit and number."""
    with stores.portal.read() as session:
        return {(entry.unit, entry.seq): entry for entry in session.exec(select(LogEntry)).all()}


@pytest.fixture
def walked(stores: Stores, tmp_path: Path, district: District, now: datetime,
           monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], list[str]]]:
    """Walk all verbs; return for each what it should have logged and what it did."""
    monkeypatch.setattr(keys, "MEMORY_KIB", 256)  # in earnest a passphrase costs 64 MiB
    monkeypatch.setattr(keys, "PASSES", 1)
    world, found = World(stores, tmp_path, district, now), []
    with stores.portal.write() as session:
        staff(session, district, now)

    def one(step: Step) -> Callable[[World], object]:
        def run(world: World) -> None:
            with stores.portal.write() as session:
                step(world, session)
        return run

    for name, act, expected in [*((n, one(step), e) for n, step, e in WALK), *LONG_WALK]:
        before = set(entries(stores))
        act(world)
        added = {key: entry for key, entry in entries(stores).items() if key not in before}
        found.append((name, expected, [added[key].kind for key in sorted(added)]))
    return found


Walked = list[tuple[str, list[str], list[str]]]


def test_every_public_act_is_in_the_log(walked: Walked, stores: Stores) -> None:
    """Each public verb adds exactly its entries; every kind of entry is some verb's; the log holds afterwards."""
    assert [(name, logged) for name, _, logged in walked] == [(name, expected) for name, expected, _ in walked]
    kinds = {entry.kind for entry in entries(stores).values()}
    assert set(EVENTS) - kinds == set()
    assert verify_store(stores, [promise_queries.logged]) == []


# Verbs that write without an entry of their own, and why.
QUIET = {
    "accounts.hashed": "not public", "accounts.renewed": "not public",
    "accounts.add_person": "a person alone holds nothing; the role that follows is logged",
    "accounts.sign_in": "not public", "accounts.begin_session": "not public", "accounts.end_session": "not public",
    "accounts.end_sessions": "not public", "accounts.change_password": "not public",
    "accounts.set_password": "not public", "accounts.proven": "not public",
    "places.record_act": "it is the way into the log itself", "places.touch": "lets pages go stale",
    "disclosures.check": "a step before publication, which is logged", "disclosures.send_back": "a step before it",
    "flags.overdue": "raises as flags.weekly does, when a disclosure stays missing",
    "flags.note_refusal": "kept among the flag's own notes",
    "ballots.mark_closed": "walked as ballots.close", "ballots.mark_void": "walked as ballots.void",
    "ballots.mark_urn_erased": "walked as ballots.erase_urns", "ballots.require_urn": "only reads",
    "accounts.needs_code": "only reads", "digests.addresses": "only reads",
    "log.append": "it is the log itself",
}
WORD = re.compile(r"\w+")


def verbs() -> dict[str, str]:
    """Return the write verbs of all features' services: `feature.verb` -> where it stands."""
    found = {}
    for path in sorted(Path("portal").resolve().glob("*/service.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
                if names[:1] == ["session"] and {"now", "day"} & set(names):
                    found[f"{path.parent.name}.{node.name}"] = f"{path.name}:{node.lineno}"
    return found


def test_no_verb_is_forgotten() -> None:
    """A new write verb of a service is either walked here or declared quiet, with its reason."""
    walked = " ".join(name for name, *_ in (*WALK, *LONG_WALK))
    known = {f"{part.split('.')[0]}.{verb}" for part in walked.split() if "." in part for verb in WORD.findall(walked)}
    assert {verb: where for verb, where in verbs().items() if verb not in known | set(QUIET)} == {}


def facts_of(value: object) -> list[str]:
    """Return every text inside a payload."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in facts_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in facts_of(inner)]
    return [str(value)]


def test_no_person_in_entry(walked: Walked, stores: Stores, district: District) -> None:
    """No entry and no payload holds a name, a number of a person or a word that somebody typed."""
    names = {MARK, PHONE, *(person.name for person in district.people.values())}
    with stores.portal.read() as session:
        rows = session.exec(select(LogEntry)).all()
        payloads = session.exec(select(LogPayload)).all()
    for row in rows:
        assert FACT.fullmatch(row.kind)
        assert FACT.fullmatch(row.unit)
    assert len(payloads) == len(rows) - 1  # one was erased
    for payload in payloads:
        body = payload.body.decode()
        assert not any(name in body for name in names)
        for text in facts_of(json.loads(body)):
            assert FACT.fullmatch(text), f"{payload.unit}, entry {payload.seq}: {text!r} is no id, count, day or hash"


def test_an_erasure_needs_a_reason_and_two_people(stores: Stores, district: District, now: datetime) -> None:
    """Nobody erases alone, without a reason that the law knows, or twice."""
    unit, day = district["qingxi"].unit, local_day(now)
    with stores.portal.write() as session:
        for reason, actors in (("because", ("a", "b")), ("minor", ("a", "a")), ("minor", ("a", ""))):
            with pytest.raises(ValueError, match="two different people"):
                log.erase(session, unit, day, 1, reason, actors)
        log.erase(session, unit, day, 1, "minor", ("a", "b"))
        with pytest.raises(LookupError):
            log.erase(session, unit, day, 1, "minor", ("a", "b"))
    assert verify_store(stores) == []
