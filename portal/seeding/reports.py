"""Reports of the demonstration: in every state, over the last nine months, filed and worked on as in earnest."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session

from portal.core.clock import local_day
from portal.places.models import Place
from portal.reports import afterwards, clocks, keys, offline, queries, receipts, requests, service, sketches, voices
from portal.reports.forms import small_photo
from portal.reports.models import Report
from portal.reports.sealing import Words
from portal.roles import Actor
from portal.seeding import pictures
from portal.seeding.reported import GRAVEST, REPORTS, Said
from portal.seeding.world import World
from portal.slips import peppers, voice

SHARE = Fraction(2, 5)  # of the adults get a slip; some are spent here, a few stand in demo.json
QUIET = {"xinzhuang": 40}  # too few for its adults, so that the district is asked to visit
KEPT = 8
OFFICERS = {"town": "town_discipline", "district": "district_discipline"}
QUESTION_AFTER, REPLY_AFTER, RESULT_AFTER = timedelta(days=9), timedelta(days=13), timedelta(days=33)
EXTENDED_AFTER, DAY = timedelta(days=58), timedelta(days=1)
WHY_LONGER = "要等审计的人来看账，下个月给您结果。"


def seed(world: World) -> None:
    """Make each office's key, print voice slips, file the reports and let the offices work on them."""
    began = world.now - timedelta(weeks=45)
    offices = {}
    for short, place in world.places.items():
        if place.kind in OFFICERS:
            offices[short] = _office(world, began, short, place)
    slips = _Slips(world)
    told = [_Story(world, said, offices, slips) for said in sorted(REPORTS, key=lambda said: -said.ago)]
    followed = [(story.said, story.tell()) for story in told]
    _offline_key(world)
    _Story(world, GRAVEST, offices, slips).tell()
    world.demo["voice_slips"] = slips.left()
    world.demo["reports"] = [
        {"village": world.places[said.village].code, "receipt": digits, "state": said.until}
        for said, digits in followed if said.village == "liuhe"
    ]
    clocks.tick(world.stores, world.now)


def _office(world: World, began: datetime, short: str, place: Place) -> Actor:
    actor = world.actor(OFFICERS[place.kind], short)
    with world.stores.portal.write() as session:
        passphrase = keys.make_key(session, began, place, actor.person_id, keys.fresh())
    user = world.people[OFFICERS[place.kind], short].user
    world.demo.setdefault("offices", []).append({"place": place.code, "user": user, "passphrase": passphrase})
    return actor


def _offline_key(world: World) -> None:
    """Make the district's key for the gravest reports; in earnest its file never comes near the server."""
    path, place = world.config.instance / "offline-machine" / "office.json", world.places["district"]
    path.parent.mkdir(mode=0o700, exist_ok=True)
    private, words = offline.make_key(path)
    public = bytes(private.public_key)
    with world.stores.portal.write() as session:
        active = queries.active_key(session, place.id)
        opened = keys.Open(place.id, active.id if active else "", private, world.now)
        offline.put_key(session, world.now, place, public, offline.fingerprint(public), opened)
    world.demo["offline_key"] = {"place": place.code, "file": str(path), "words": words}


@dataclass
class _Slips:
    """The voice slips of each village and year, printed when the first is drawn."""

    world: World
    drawn: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def one(self, village: str, moment: datetime) -> str:
        """Draw a slip that was not used yet."""
        return self._of(village, local_day(moment).year, moment).pop()

    def _of(self, village: str, year: int, moment: datetime) -> list[str]:
        if (village, year) not in self.drawn:
            folder = peppers.folder_of(self.world.config.instance)
            place = self.world.places[village]
            self.drawn[village, year] = voices.issue(self.world.stores, moment, folder, place, year,
                                                      QUIET.get(village, int(place.adults * SHARE)))
        return self.drawn[village, year]

    def left(self) -> list[dict[str, object]]:
        """Return some unused slips of this year for each village."""
        year, now = self.world.today.year, self.world.now
        return [{"village": place.code, "digits": self._of(short, year, now)[:KEPT]}
                for short, place in self.world.places.items() if place.kind == "village"]


@dataclass
class _Story:
    """One report from its filing to where it stands today."""

    world: World
    said: Said
    offices: dict[str, Actor]
    slips: _Slips

    def __post_init__(self) -> None:
        world = self.world
        self.stores = world.stores
        self.village = world.places[self.said.village]
        self.filed = world.now - timedelta(weeks=self.said.ago)
        self.town = next(place for place in world.places.values() if place.id == self.village.parent_id)
        self.district = world.places["district"]

    def tell(self) -> str:
        """File the report and work on it; return its digits."""
        with self.stores.portal.read() as session:
            usual = queries.office_readers(session, self.village)
            grave = clocks.periods(session, self.village, self.filed).offline(self.said.category)
            self.filed_for = queries.office_readers(session, self.village, offline=grave)
            self.readers = usual
        digits = self._file()
        if self.said.until != "new":
            self._work()
        return digits

    def _file(self) -> str:
        said, secrets = self.said, self.world.config.secrets
        attempt = receipts.new_attempt()
        channel = said.channel
        if channel == "voice":
            channel = self._spend(receipts.slip_attempt(secrets["receipt"], attempt))
        digits = receipts.for_attempt(secrets["receipt"], attempt)
        self.receipt = receipts.derive(secrets["receipt"], digits)
        photos = (small_photo(pictures.draw("canal", self.said.ago)),) if said.pictured else ()
        filing = service.Filing(self.village.id, said.category, Words(said.text, said.source), photos, channel,
                                said.town_involved)
        with self.stores.vault.write() as vault:
            service.file_at(vault, self.filed, filing, self.filed_for, self.receipt,
                            sketches.key(peppers.folder_of(self.world.config.instance), local_day(self.filed),
                                         self.village.id))
            found = queries.by_lookup(vault, self.receipt.lookup)
        if found is None:
            raise LookupError(said.village)
        self.report_id = found.id
        return digits

    def _spend(self, attempt: str) -> str:
        day = local_day(self.filed)
        quarter = voice.quarters(day.year)[(day.month - 1) // 3]
        slip = self.slips.one(self.said.village, self.filed)
        with self.stores.booth.write() as booth:
            counted = voice.spend(booth, peppers.folder_of(self.world.config.instance), self.village.id, slip, quarter,
                                  attempt)
        return "voice" if counted == "counted" else "open"

    def _work(self) -> None:
        said = self.said
        office = self.district if said.town_involved else self.town
        actor = self.offices["district" if said.town_involved else self.town.short]
        looked = self._when(3 * DAY)
        with self.stores.portal.write() as session:
            keys.note(session, looked, actor, office.id, why="new")
            keys.note(session, looked, actor, office.id, self.report_id, why="new")
        with self.stores.vault.write() as vault:
            service.release(vault, [self.village.id])
            report = self._row(vault)
            service.look(vault, looked, report)
            if said.until != "looked":
                service.accept(vault, self._when(6 * DAY), report)
                self._talk(vault, report, office)
        if said.village_task:
            self._ask_village(office)
        if said.until in {"founded", "partly", "unfounded", "not_ours"}:
            with self.stores.vault.write() as vault:
                service.close(vault, self._when(RESULT_AFTER), actor, self._row(vault), office, said.until, said.result,
                              self.readers)
                self._afterwards(vault)

    def _afterwards(self, vault: Session) -> None:
        """Let the reporter rate the result, or ask for a second look; the offices see it with the next batch."""
        report, moment = self._row(vault), self._when(RESULT_AFTER + DAY)
        if self.said.rated:
            afterwards.rate(vault, report, self.said.rated)
        if self.said.reopened:
            afterwards.reopen(vault, moment, report, self.receipt, self.readers, self.said.reopened,
                              receipts.new_attempt())
        service.release(vault, [self.village.id])

    def _talk(self, vault: Session, report: Report, office: Place) -> None:
        said = self.said
        if said.question:
            service.write_back(vault, self._when(QUESTION_AFTER), report, office, "question", said.question,
                               self.readers)
        if said.reply:
            service.answer(vault, self._when(REPLY_AFTER), report, self.receipt, self.readers, said.reply,
                           receipts.new_attempt())
        if said.until == "extended":
            service.extend(vault, self._when(EXTENDED_AFTER), report, office, WHY_LONGER, self.readers)
        town, above = self.offices[self.town.short], self.offices["district"]
        for kind in (*said.facts, *said.noted):
            service.find_particular(vault, self._when(REPLY_AFTER), town, report, self.town, kind)
        for kind in said.facts:
            service.find_particular(vault, self._when(REPLY_AFTER + 3 * DAY), above, report, self.district, kind)

    def _ask_village(self, office: Place) -> None:
        said, clerk = self.said, self.world.actor("village_clerk", self.said.village)
        with self.stores.vault.read() as vault:
            report = self._row(vault)
        with self.stores.portal.write() as session:
            asked = requests.ask(session, self._when(7 * DAY), self.village, office, report, said.village_task)
            session.flush()
            if said.village_answer:
                requests.answer(session, clerk, self._when(14 * DAY), self.village, asked.id,
                                said.village_answer)
                requests.publish(session, self._when(15 * DAY), self.village, asked)

    def _row(self, vault: Session) -> Report:
        report = vault.get(Report, self.report_id)
        if report is None:
            raise LookupError(self.report_id)
        return report

    def _when(self, after: timedelta) -> datetime:
        """Return a moment after the filing, never in the future."""
        return min(self.filed + after, self.world.now)
