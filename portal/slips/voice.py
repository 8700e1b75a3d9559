"""Voice slips: a report that carries one counts as one person's, once in each quarter, and is tied to nobody.

One slip per adult and year, drawn from a box. At issue four keyed hashes are made under four peppers, one for
each quarter, and kept in four lists sorted by hash.
"""

from datetime import date
from pathlib import Path
from typing import Literal

from sqlmodel import Session, col, func, insert, select, update

from portal.core.digits import holds, make, tidy
from portal.slips import peppers
from portal.slips.models import VoiceSlip

DIGITS = 20
Outcome = Literal["counted", "spent", "unknown"]


def quarters(year: int) -> tuple[str, str, str, str]:
    """Return the quarters of a year as they are written in the lists: `2026-Q4`."""
    return (f"{year}-Q1", f"{year}-Q2", f"{year}-Q3", f"{year}-Q4")


def quarter_of(day: date) -> str:
    """Return the quarter in which a day lies, as it is written in the lists."""
    return quarters(day.year)[(day.month - 1) // 3]


def _pepper_name(village_id: str, quarter: str) -> str:
    return f"voice-{village_id}-{quarter}"


def issue(session: Session, folder: Path, village_id: str, year: int, number: int) -> list[str]:
    """Issue voice slips; return their digits, which are kept nowhere. `session` writes the store `booth`.

    `folder` is where the peppers lie (`peppers.folder_of`). The caller prints the slips and logs `slips:issued`
    with `commitment(session, village_id, year)`.
    """
    batch = [make(DIGITS) for _ in range(number)]
    for quarter in quarters(year):
        pepper = peppers.make(folder, _pepper_name(village_id, quarter))
        rows = [
            {"keyed_hash": keyed, "village_id": village_id, "quarter": quarter, "state": "issued",
             "retry_tag": peppers.blank("issued")}
            for keyed in sorted(peppers.keyed(pepper, digits) for digits in batch)
        ]
        if rows:
            session.execute(insert(VoiceSlip), rows)
    return batch


def spend(session: Session, folder: Path, village_id: str, digits: str, quarter: str, attempt: str) -> Outcome:
    """Let a slip count in a quarter. `session` writes the store `booth`; `attempt` is the form's own random mark.

    `counted`: it counts now, or this same attempt has already been counted. `spent`: it has been used in this
    quarter. `unknown`: there is no such slip in this village and quarter. The report goes in all the same.
    """
    digits = tidy(digits)
    pepper = peppers.read(folder, _pepper_name(village_id, quarter))
    if pepper is None or not attempt or not holds(digits, DIGITS):
        return "unknown"
    keyed, tag = peppers.keyed(pepper, digits), peppers.retry_tag(pepper, attempt)
    mine = (col(VoiceSlip.keyed_hash) == keyed, col(VoiceSlip.village_id) == village_id,
            col(VoiceSlip.quarter) == quarter)
    result = session.execute(
        update(VoiceSlip).where(*mine, col(VoiceSlip.state) == "issued").values(state="spent", retry_tag=tag)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount == 1:  # type: ignore[attr-defined]
        return "counted"
    found = session.exec(select(VoiceSlip.retry_tag).where(*mine)).first()
    if found is None:
        return "unknown"
    return "counted" if found == tag else "spent"


def forget(folder: Path, today: date) -> int:
    """Destroy the peppers of the quarters that are over; return how many.

    From then on nobody, with whatever keys, can find out whether a slip that he once saw was used in them.
    """
    running = quarter_of(today)
    over = [path.name for path in folder.glob("voice-*") if path.name[-len(running):] < running]
    for name in over:
        peppers.destroy(folder, name)
    return len(over)


def drawn(session: Session, village_id: str, year: int) -> dict[str, tuple[int, int]]:
    """Return for each quarter of a year how many slips were printed and how many of them were used in it."""
    rows = session.exec(
        select(VoiceSlip.quarter, VoiceSlip.state, func.count())
        .where(VoiceSlip.village_id == village_id, col(VoiceSlip.quarter).in_(quarters(year)))
        .group_by(VoiceSlip.quarter, VoiceSlip.state)
    ).all()
    counts = {(quarter, state): number for quarter, state, number in rows}
    return {
        quarter: (
            sum(number for (of, _), number in counts.items() if of == quarter),
            counts.get((quarter, "spent"), 0),
        )
        for quarter in quarters(year)
    }


def commitment(session: Session, village_id: str, year: int) -> str:
    """Return the hash over all of a village's voice slips of a year, for the log's `slips:issued`."""
    rows = session.exec(
        select(VoiceSlip.keyed_hash)
        .where(VoiceSlip.village_id == village_id, col(VoiceSlip.quarter).in_(quarters(year)))
    ).all()
    return peppers.commitment(list(rows))
