"""What the clock does: `portal tick` runs it, as often as anybody likes; each piece acts once a period."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.ballots import conduct as ballots
from portal.ballots import queries as ballots_queries
from portal.ballots.rules import LOWEST
from portal.config import Config
from portal.core.clock import add_weeks, iso_week, local_day
from portal.core.db import Stores
from portal.core.jobs import run_once
from portal.digests import service as digests
from portal.disclosures import ticking as disclosures
from portal.flags import raising, silence, waits
from portal.flags import service as flags
from portal.flags.rules import SILENCE_WEEKS
from portal.flags.stored import MissedTarget
from portal.places import queries as places
from portal.places import settings
from portal.places.models import Place
from portal.promises import queries as promises
from portal.promises import rules as promise_rules
from portal.reports import clocks as report_clocks
from portal.reports import evidence, figures, sketches
from portal.reports import queries as reports
from portal.slips import peppers, voice

Say = Callable[[str], None]
YEAR = 52
STAGES = (("midyear", "midyear_by"), ("yearend", "yearend_by"))
GRADE_WEEKS = 8
QUICK = 200_000_000
"""Bytes of a store that are rewritten within a few seconds."""
STAGE_DAYS = 31
"""So long after its day a stage is still looked at: a clock that stood still for weeks forgets nothing."""


def quiet(_line: str) -> None:
    """Say nothing."""


def tick(stores: Stores, config: Config, now: datetime, say: Say = quiet) -> list[str]:
    """Do whatever has fallen due by `now`; return the names of the pieces that acted."""
    day = local_day(now)
    week, today = iso_week(day), day.isoformat()
    pieces: tuple[tuple[str, str, Callable[[], None]], ...] = (
        ("disclosures", today, lambda: _disclosures(stores, now)),
        ("flags", week, lambda: _flags(stores, now)),
        ("targets", today, lambda: _targets(stores, now)),
        ("escalation", today, lambda: _escalate(stores, now)),
        ("digests", week, lambda: _digests(stores, config, now)),
        ("month", today[:7], lambda: _month(stores, config, now)),
    )
    try:
        acted = ["rounds"] if ballots.close_due(stores, now) else []
        acted += ["urns"] if ballots.erase_urns(stores, now) else []
        heard = report_clocks.tick(stores, now)
        acted += ["reports"] if heard.escalated or heard.weeks else []
        for name, period, work in pieces:
            if run_once(stores, now, name, period, work):
                acted.append(name)
                say(name)
        with stores.portal.write() as session:
            raising.fill(session, now)
    finally:  # whatever else went wrong: nothing may lie in the order in which it came
        run_once(stores, now, "rewrite", today, lambda: _rest_all(stores))
        rest(stores)
        voice.forget(peppers.folder_of(config.instance), day)
        sketches.turn(peppers.folder_of(config.instance), day)
    run_once(stores, now, "tick", now.strftime("%Y-%m-%dT%H:%M"), lambda: None)
    return acted


def towns(stores: Stores) -> list[Place]:
    """Return every town."""
    with stores.portal.read() as session:
        return [place for place in places.below(session, "/") if place.kind == "town"]


def check_flags(stores: Stores, now: datetime, town: Place) -> None:
    """Check a town's villages for the last full week, from the weeks of their reports; once a week."""
    last = add_weeks(iso_week(local_day(now)), -1)
    first = max(add_weeks(last, 1 - YEAR), iso_week(town.opened_on))  # no week before the portal counts as a calm one
    if first > last:
        return
    with stores.portal.read() as session:
        ids = [village.id for village in places.villages(session, town.path)]
    with stores.vault.read() as vault:
        weeks = figures.weeks(vault, ids, first, last)
        proof = evidence.behind(vault, ids, first, last)
    with stores.portal.write() as session:
        flags.weekly(session, now, town, weeks, open_received=proof.received, commitments=proof.commitments,
                     confirmed_by=proof.confirmed_by, kinds=proof.kinds)
    listen(stores, now, town)


def listen(stores: Stores, now: datetime, town: Place) -> None:
    """Let the district visit villages that are too quiet. The portal can't see how many slips lie in the box.

    It sees how many were printed: nobody can draw more. Where voice slips were begun in a town this year, a village
    with too few for its adults is visited.
    """
    today = local_day(now)
    since = add_weeks(iso_week(today), -SILENCE_WEEKS)
    with stores.portal.read() as session:
        villages = places.villages(session, town.path)
    with stores.vault.read() as vault:
        heard = Counter(one.village_id for one in reports.inbox(vault, [one.id for one in villages], "district")
                        if one.week >= since)
    with stores.booth.read() as booth:
        printed = {one.id: max(n for n, _used in voice.drawn(booth, one.id, today.year).values()) for one in villages}
    old_enough = iso_week(town.opened_on) <= since
    with stores.portal.write() as session:
        silence.listen(session, now, town, {one.id: heard[one.id] for one in villages} if old_enough else {},
                       {one.id: (printed[one.id], one.adults) for one in villages} if any(printed.values()) else {})


def _disclosures(stores: Stores, now: datetime) -> None:
    with stores.portal.write() as session:
        disclosures.tick(session, now)


def _flags(stores: Stores, now: datetime) -> None:
    for town in towns(stores):
        check_flags(stores, now, town)
    lowest_grades(stores, now)


def lowest_grades(stores: Stores, now: datetime) -> None:
    """Open a look where an appraisal was published with the lowest grade, each once.

    With the weekly check and not with the publication: a round may keep its grade back, and a flag logged on the
    same day would tell it.
    """
    since = local_day(now) - timedelta(weeks=GRADE_WEEKS)
    with stores.portal.write() as session:
        for one in ballots_queries.in_states(session, "published"):
            if one.grade == LOWEST and one.published_on and since <= one.published_on < local_day(now):
                village = places.get(session, one.village_id)
                flags.lowest_grade(session, now, village, one.id, one.year, one.result_hash)


def _targets(stores: Stores, now: datetime) -> None:
    """Open a look at promises missed on the mid-year or year-end day; for a month after it, each promise once."""
    today = local_day(now)
    with stores.portal.write() as session:
        for village in places.villages(session):
            year_rule = settings.group(session, village, "year", today)
            for stage, key in STAGES:
                year = next((one for one in (today.year, today.year - 1)
                             if 0 < (today - promise_rules.day_in_year(year_rule[key], one)).days <= STAGE_DAYS), None)
                if year is not None:
                    day = promise_rules.day_in_year(year_rule[key], year)
                    _missed(session, now, village, stage, day)


def _missed(session: Session, now: datetime, village: Place, stage: str, day: date) -> None:
    shown = promises.of_year(session, village, day.year, local_day(now))
    checks = promises.checks(session, [one.id for one in shown])
    for one in shown:
        check = checks.get(one.id)
        said = (check.outcome, check.day) if check else None
        if promise_rules.missed(one.by_day, one.latest, said, day):
            flags.missed_target(session, now, village, MissedTarget(one.id, day.year, stage, day, one.by_day,
                                                                    one.percent))


def _rest_all(stores: Stores) -> None:
    """Rewrite both secret stores. What was erased in `portal` may stand in its log yet, if a reader was in the way."""
    for store in (stores.vault, stores.booth):
        store.rest()
    stores.portal.empty_log()


def rest(stores: Stores) -> None:
    """Let the secret stores lie in the order of random keys, not of arrival, their files as old as this tick.

    A store that takes long to rewrite is rewritten once a day and no more often, for people would wait: a vault of
    more than QUICK bytes, and the booth while people vote (its slips lie in no order anyway, `slips.models`). A copy
    of a large vault then tells the order of the reports that came since the night.
    """
    with stores.portal.read() as session:
        voting = bool(ballots_queries.in_states(session, "open"))
    for store, slow in ((stores.vault, stores.vault.size() > QUICK), (stores.booth, voting)):
        if slow:
            store.empty_log()
        else:
            store.rest()


def _escalate(stores: Stores, now: datetime) -> None:
    with stores.portal.write() as session:
        waits.escalate(session, now)


def _digests(stores: Stores, config: Config, now: datetime) -> None:
    for town in towns(stores):
        digests.weekly(stores, now, town, config.mail, config.base_url)


def _month(stores: Stores, config: Config, now: datetime) -> None:
    with stores.portal.read() as session:
        district = places.district(session)
    if district is not None:
        digests.monthly(stores, now, district, config.mail, config.base_url)
