"""The steps of a round that touch several stores. Each can be repeated after a crash and ends in the same state."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from portal.ballots import booth, mover, queries, service, urn
from portal.ballots.models import Round, RoundState
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.turns import away, locking
from portal.core.words import N_
from portal.places import queries as places
from portal.places.service import record_act, touch
from portal.slips import peppers
from portal.slips import service as slips

NO_MORE = N_("This round is closed: no more slips.")
STOPPED = N_("The vote was stopped before its hour.")
VOID_OVER = N_("A round that was counted or is finished can’t be made void.")


def _round(stores: Stores, round_id: str) -> Round:
    with stores.portal.read() as session:
        round_ = queries.get(session, round_id)
    if round_ is None:
        raise LookupError(round_id)
    return round_


def freeze(stores: Stores, now: datetime, round_id: str) -> None:
    """Freeze a round and set the booth's doors to its hours. Raises Refused."""
    with stores.portal.write() as session:
        round_ = queries.get(session, round_id)
        if round_ is None:
            raise LookupError(round_id)
        service.freeze(session, now, round_)
    _set_doors(stores, round_)


def _set_doors(stores: Stores, round_: Round) -> None:
    with stores.booth.read() as session:
        if booth.state_of(session, round_.id) is not None:
            return
    doors = RoundState(id=round_.id, box_pub=round_.box_pub, min_batch=round_.rules["min_batch"],
                       opens_at=round_.opens_at, closes_at=round_.closes_at)
    with stores.booth.write() as session:
        booth.open_doors(session, doors)


def issue_slips(stores: Stores, now: datetime, round_id: str, electorate: str, number: int) -> slips.Issued:
    """Issue slips for one electorate; return their digits, which exist nowhere else. Raises Refused.

    All batches together never exceed the electorate: each entitled person draws one slip. Slips that were voided by
    their stubs may be printed anew.
    """
    round_ = _round(stores, round_id)
    size = round_.sizes.get(electorate, 0)
    if round_.state == "draft":
        raise Refused(N_("Freeze the rules first: slips are printed for rules that stand."))
    if round_.state not in {"frozen", "open"} or now >= round_.closes_at:
        raise Refused(NO_MORE)
    with stores.booth.write() as session:
        doors = booth.state_of(session, round_id, locked=True)
        if doors is not None and doors.state != "open":  # they closed meanwhile: the pepper is gone and stays so
            raise Refused(NO_MORE)
        printed, _ = slips.counts(session, round_id).get(electorate, (0, 0))
        printed -= slips.voided(session, round_id).get(electorate, 0)
        if number < 1 or printed + number > size:
            raise Refused(N_("At most %(left)s more slips: one for each person who may vote."), field="number",
                          left=max(size - printed, 0))
        batch = slips.issue(session, booth.peppers_of(stores.booth), round_id, electorate, number)
    with stores.portal.write() as session:
        village = places.get(session, round_.village_id)
        record_act(session, now, village, "slips:issued", purpose="ballot", electorate=electorate, printed=number,
                   commitments=batch.commitment)
    return batch


def void_slip(stores: Stores, round_id: str, stub: str) -> None:
    """Kill a lost slip by its stub, so that its owner may draw another one. Raises Refused, and never says more.

    Nothing is logged: the moment belongs to one person. How many were killed is published with the papers.
    """
    with stores.booth.write() as session:
        doors = booth.state_of(session, round_id, locked=True)
        if doors is not None and doors.state != "open":
            raise Refused(N_("This round is closed: its slips are dead anyway."), field="stub")
        outcome = slips.void(session, booth.peppers_of(stores.booth), round_id, stub)
    if outcome == "spent":
        raise Refused(N_("This slip has been used already. What was chosen lies sealed; nobody can see or undo it. "
                         "Write the incident down: no new slip, a paper ballot in a double envelope."), field="stub")
    if outcome == "void":
        raise Refused(N_("This slip was voided before. One stub, one new slip."), field="stub")
    if outcome == "unknown":
        raise Refused(N_("No slip of this round has this stub. Compare the digits group by group."), field="stub")


@contextmanager
def _alone(stores: Stores, round_id: str) -> Iterator[None]:
    """Hold the end of a round for one thread of one process: its urn is written once, and its hash is that file's.

    A second tap, or the clock beside the town's button, waits here and then finds the work done.
    """
    folder = booth.folder(stores.booth) / "urns"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{round_id}.lock").open("a") as handle:
        with away():  # voters go on while two taps wait here for the clock
            fcntl.flock(handle, fcntl.LOCK_EX)
        with locking():
            yield


def close(stores: Stores, now: datetime, round_id: str) -> None:
    """Close a round whose hour has come: doors, last move, the urn's final file, the papers. Raises Refused."""
    with _alone(stores, round_id):
        _close(stores, now, round_id)


def _close(stores: Stores, now: datetime, round_id: str) -> None:
    round_ = _round(stores, round_id)
    if round_.state not in {"frozen", "open"}:
        return
    if _stopped(stores, round_id):
        _void(stores, now, round_id, STOPPED)
        return
    if now < round_.closes_at:
        raise Refused(N_("A round can’t be closed before its hour."))
    _set_doors(stores, round_)
    with stores.booth.write() as session:
        booth.close_doors(session, round_id, "closed")
    mover.move(stores.booth, round_id)
    file = urn.path_of(booth.folder(stores.booth), round_id)
    urn.put(file, [])
    urn_hash = urn.seal_file(file)
    with stores.booth.read() as session:
        counts, voided = slips.counts(session, round_id), slips.voided(session, round_id)
    # The digits are dead now; without the pepper nobody can find out any more which of them was used.
    peppers.destroy(booth.peppers_of(stores.booth), round_id)
    with stores.portal.write() as session:
        found = queries.get(session, round_id)
        if found is not None and found.state in {"frozen", "open"}:
            service.mark_closed(session, now, found, urn_hash, counts, voided)


def _stopped(stores: Stores, round_id: str) -> bool:
    """Tell whether somebody declared a round void and was cut off: people were turned away since."""
    with stores.booth.read() as session:
        doors = booth.state_of(session, round_id)
    return doors is not None and doors.state == "void"


def void(stores: Stores, now: datetime, round_id: str, reason: str) -> None:
    """Declare a round void: its slips are dead, nothing will be counted. Raises Refused once it is counted.

    Whoever knows the answers must not be able to let people vote again until they suit.
    """
    with _alone(stores, round_id):
        _void(stores, now, round_id, reason)


def _void(stores: Stores, now: datetime, round_id: str, reason: str) -> None:
    round_ = _round(stores, round_id)
    if round_.state in {"counted", "published", "void"}:
        raise Refused(VOID_OVER)
    if not reason.strip():
        raise Refused(N_("Write why: the village reads it."), field="void_reason")
    with stores.booth.write() as session:
        booth.close_doors(session, round_id, "void")
    mover.move(stores.booth, round_id)
    peppers.destroy(booth.peppers_of(stores.booth), round_id)  # first: once it is void nobody comes back for it
    with stores.portal.write() as session:
        found = queries.get(session, round_id)
        if found is None or found.state in {"counted", "published", "void"}:
            raise Refused(VOID_OVER)
        service.mark_void(session, now, found, reason.strip())


def close_due(stores: Stores, now: datetime) -> int:
    """Do what the clock asks: doors that are missing, rounds that open or close, batches that wait.

    Returns how many rounds were closed. For `portal tick`; running it twice is harmless.
    """
    closed = 0
    with stores.portal.read() as session:
        rounds = queries.in_states(session, "frozen", "open")
    for round_ in rounds:
        if now >= round_.closes_at or _stopped(stores, round_.id):
            with suppress(Refused):
                close(stores, now, round_.id)
                closed += 1
            continue
        _set_doors(stores, round_)
        mover.move_if_due(stores.booth, round_.id)
        if round_.state == "frozen" and now >= round_.opens_at:
            with stores.portal.write() as session:
                found = queries.get(session, round_.id)
                if found is not None and found.state == "frozen":
                    found.state = "open"
                    session.add(found)
                    touch(session, places.get(session, round_.village_id))
    if rounds:
        mover.lay_anew(stores.booth)
        stores.booth.empty_log()  # a mover killed right after its commit leaves ballots in the write-ahead log
    return closed


def erase_urns(stores: Stores, now: datetime) -> int:
    """Erase the urns that have had their days after the result, and log it; return how many. For `portal tick`.

    First the file, then the entry: a clock that is killed in between does both again, and the log never says too much.
    """
    with stores.portal.read() as session:
        due = queries.urns_due(session, local_day(now))
    for round_ in due:
        with _alone(stores, round_.id):
            urn.erase(urn.path_of(booth.folder(stores.booth), round_.id))
            with stores.portal.write() as session:
                found = queries.get(session, round_.id)
                if found is not None and found.urn_erased_on is None:
                    service.mark_urn_erased(session, now, found)
    return len(due)
