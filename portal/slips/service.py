"""Issuing ballot slips, finding one by its digits, using one up. All of it on the store `booth`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sqlalchemy import LargeBinary, Update, bindparam, case
from sqlmodel import Session, col, func, insert, select, update

from portal.core.db import Runs
from portal.core.digits import make
from portal.slips import peppers
from portal.slips.models import Credential, VoidCode

# Built once: voters wait for these.
_FOUND = (
    select(Credential.cred_hash, Credential.round_id, Credential.electorate, Credential.state)
    .where(col(Credential.cred_hash) == bindparam("keyed"))
)
_SPEND = (
    update(Credential).where(col(Credential.cred_hash) == bindparam("slip"), col(Credential.state) == "issued")
    .values(state="spent", retry_tag=bindparam("tag")).execution_options(synchronize_session=False)
)
_SPENT_BY = (
    select(Credential.retry_tag).where(col(Credential.cred_hash) == bindparam("slip"), Credential.state == "spent")
)
DIGITS = 20
STUB_DIGITS = 12
Voided = Literal["voided", "spent", "void", "unknown"]


@dataclass(frozen=True)
class Issued:
    """A batch of slips: the digits to print and forget, and the hash over them that goes into the log.

    `stubs` are the digits of their stubs, in the same order: whoever keeps the stub can void the slip.
    """

    digits: list[str]
    commitment: str
    stubs: list[str]


@dataclass(frozen=True)
class Slip:
    """A slip that was found: for which round and electorate it is good, whether it still is, and its round's pepper."""

    cred_hash: bytes
    round_id: str
    electorate: str
    state: str
    pepper: bytes = field(repr=False)


def issue(session: Session, folder: Path, round_id: str, electorate: str, number: int) -> Issued:
    """Issue slips of a round for one electorate. Only keyed hashes are kept, written in the order of the hashes."""
    pepper = peppers.make(folder, round_id)
    digits = [make(DIGITS) for _ in range(number)]
    stubs = [make(STUB_DIGITS) for _ in range(number)]
    hashes = sorted(peppers.keyed(pepper, each) for each in digits)
    codes = sorted((peppers.stubbed(pepper, stub), peppers.keyed(pepper, each))
                   for stub, each in zip(stubs, digits, strict=True))
    rows = [
        {"cred_hash": keyed, "round_id": round_id, "electorate": electorate, "state": "issued",
         "retry_tag": peppers.blank("issued")}
        for keyed in hashes
    ]
    if rows:
        session.execute(insert(Credential), rows)
        session.execute(insert(VoidCode), [{"void_hash": code, "cred_hash": keyed} for code, keyed in codes])
    return Issued(digits, peppers.commitment(hashes), stubs)


def find(store: Runs, folder: Path, rounds: list[str], digits: str) -> Slip | None:
    """Return the slip with these digits among some rounds. Found, spent and unknown cost the same work."""
    found: Slip | None = None
    for pepper in (peppers.read(folder, each) for each in rounds):
        row = store.execute(_FOUND, {"keyed": peppers.keyed(pepper, digits)}).first() if pepper else None
        if pepper and row:
            cred_hash, round_id, electorate, state = row
            found = Slip(cred_hash, round_id, electorate, state, pepper)
    return found


def spend(store: Runs, slip: Slip, attempt: str) -> bool:
    """Use a slip up, inside the caller's write. True only for the one attempt that did it."""
    tag = peppers.retry_tag(slip.pepper, attempt)
    result = store.execute(_SPEND, {"slip": slip.cred_hash, "tag": tag})
    return result.rowcount == 1  # type: ignore[union-attr]


@lru_cache
def _spend_all(number: int) -> Update:
    slips = [bindparam(f"slip{place}", type_=LargeBinary) for place in range(number)]
    tags = [bindparam(f"tag{place}", type_=LargeBinary) for place in range(number)]
    tag = case(*((col(Credential.cred_hash) == slip, tag) for slip, tag in zip(slips, tags, strict=True)))
    return (
        update(Credential).where(col(Credential.cred_hash).in_(slips), col(Credential.state) == "issued")
        .values(state="spent", retry_tag=tag).execution_options(synchronize_session=False)
    )


def spend_all(store: Runs, several: Sequence[tuple[Slip, str]]) -> bool:
    """Use several slips up in one statement, each for its attempt. False where one of them could not be: undo all."""
    values: dict[str, bytes] = {}
    for place, (slip, attempt) in enumerate(several):
        values[f"slip{place}"], values[f"tag{place}"] = slip.cred_hash, peppers.retry_tag(slip.pepper, attempt)
    result = store.execute(_spend_all(len(several)), values)
    return result.rowcount == len(several)  # type: ignore[union-attr]


def was_by(store: Runs, slip: Slip, attempt: str) -> bool:
    """Tell whether this slip was used by this very attempt, now sent again."""
    tag = store.execute(_SPENT_BY, {"slip": slip.cred_hash}).scalar()
    return bool(tag == peppers.retry_tag(slip.pepper, attempt))


def void(session: Session, folder: Path, round_id: str, stub: str) -> Voided:
    """Kill an unspent slip by its stub's digits, inside the caller's write.

    `voided`: it is dead now. `spent`: it was used before, and stays so; what was chosen lies sealed. `void`: it had
    been killed before. `unknown`: no slip of this round has such a stub.
    """
    pepper = peppers.read(folder, round_id)
    if pepper is None:
        return "unknown"
    slip = session.exec(select(VoidCode.cred_hash).where(VoidCode.void_hash == peppers.stubbed(pepper, stub))).first()
    state = session.exec(select(Credential.state).where(Credential.cred_hash == slip)).first() if slip else None
    if state in {"spent", "void"}:
        return "spent" if state == "spent" else "void"
    result = session.execute(
        update(Credential)
        .where(col(Credential.cred_hash) == slip, col(Credential.state) == "issued")
        .values(state="void", retry_tag=peppers.blank("void"))
        .execution_options(synchronize_session=False)
    )
    return "voided" if result.rowcount == 1 else "unknown"  # type: ignore[attr-defined]


def voided(session: Session, round_id: str) -> dict[str, int]:
    """Return for each electorate of a round how many slips were killed by their stubs."""
    query = (
        select(Credential.electorate, func.count())
        .where(Credential.round_id == round_id, Credential.state == "void")
        .group_by(Credential.electorate)
    )
    return dict(session.exec(query).all())


def counts(session: Session, round_id: str) -> dict[str, tuple[int, int]]:
    """Return for each electorate of a round how many slips were printed and how many were used."""
    query = (
        select(Credential.electorate, Credential.state, func.count())
        .where(Credential.round_id == round_id)
        .group_by(Credential.electorate, Credential.state)
    )
    found: dict[str, tuple[int, int]] = {}
    for electorate, state, number in session.exec(query).all():
        printed, spent = found.get(electorate, (0, 0))
        found[electorate] = (printed + number, spent + (number if state == "spent" else 0))
    return found
