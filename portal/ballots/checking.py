"""Do the boxes hold what was said of them? For `portal verify`: each round's urn, papers and published result."""

from collections import Counter
from collections.abc import Iterator

from sqlmodel import Session, select

from portal.ballots import booth, mover, queries, results, urn
from portal.ballots.models import PoolBallot, Round
from portal.core.db import Stores
from portal.log.verify import Problem
from portal.places import queries as places
from portal.slips import service as slips

OTHER_URN = "the urn’s file is not the one whose hash was read aloud at the close"
GONE = "the urn’s file is missing before the count"
STUFFED = "more ballots than used slips"
TAKEN = "fewer ballots than used slips"
PAPERS = "the numbers of the papers do not agree, and no explanation was published"
OTHER_RESULT = "the published result is not the one whose hash stands in the log"


def problems(stores: Stores) -> list[Problem]:
    """Return what doesn't hold of any round; names the round, the electorate and the invariant, never an answer."""
    found: list[Problem] = []
    with stores.portal.read() as session:
        for round_ in queries.in_states(session, "frozen", "open", "closed", "counted", "published"):
            unit = places.get(session, round_.village_id).unit
            found += [Problem(unit, round_.closing_entry, f"round {round_.id}: {what}")
                      for what in (*_box(stores, round_), *_sheets(session, round_))]
    return found


def _box(stores: Stores, round_: Round) -> Iterator[str]:
    """Compare ballots with used slips while both are there; behind the locks of both, so that no mover is half-way."""
    path = urn.path_of(booth.folder(stores.booth), round_.id)
    running = round_.state in queries.VOTING
    if not path.exists() and not running:
        if round_.urn_erased_on is None and round_.state != "published":
            yield GONE
        return
    if not running and urn.digest(path) != round_.urn_hash:
        yield OTHER_URN
    with stores.booth.alone(mover.PURPOSE, wait=True), stores.booth.write() as session:
        if running and path.exists():
            urn.settle(path)
        used = {of: spent for of, (_printed, spent) in slips.counts(session, round_.id).items()}
        waiting = session.exec(select(PoolBallot.electorate, PoolBallot.sealed).where(
            PoolBallot.round_id == round_.id)).all()
        ballots = {*map(tuple, waiting), *(urn.ballots(path) if path.exists() and path.stat().st_size else ())}
    there = Counter(of for of, _sealed in ballots)
    for electorate in sorted({*used, *there}):
        if there[electorate] != used.get(electorate, 0):
            yield f"{electorate}: {STUFFED if there[electorate] > used.get(electorate, 0) else TAKEN}"


def _sheets(session: Session, round_: Round) -> Iterator[str]:
    if round_.state not in {"counted", "published"}:
        return
    rows = queries.sheets(session, round_.id)
    if not round_.explanation and not all(map(queries.agrees, rows)):
        yield PAPERS
    if round_.state == "published" and results.result_hash(session, round_) != round_.result_hash:
        yield OTHER_RESULT
