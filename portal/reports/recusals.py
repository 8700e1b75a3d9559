"""Whoever is involved in a report does not open it: found by name when the words come in, or said by the officer.

Names are looked for while the words are in memory anyway; what is kept is only that somebody must not open a case.
Where the words name anybody who works for the town, the district alone gets them, as if the box had been ticked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from portal.accounts import queries as people
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import rules
from portal.reports.models import Recusal, Report
from portal.reports.plain import compact
from portal.roles import GRANTS, Actor, Permission, Role

SHORTEST = 2  # letters: one sign alone is nobody's name


@dataclass(frozen=True)
class Named:
    """Whom words name: ids of `readers` who then must not open the case, and whether somebody of the `town` is."""

    readers: frozenset[str] = frozenset()
    town: bool = False


NOBODY = Named()


def named(session: Session, village: Place, text: str, on: date) -> Named:
    """Return who of those that hold an office above a village is named in a text, whatever stands between the signs."""
    words = compact(text)
    above = [part for part in village.path.split("/") if part and part != village.id]
    readers, town = set(), False
    for person, posting, place in people.staff(session, f"/{above[0]}/", on):
        names = [name for name in map(compact, (person.name, person.name_en)) if len(name) >= SHORTEST]
        if place.id not in above or not any(name in words for name in names):
            continue
        town = town or place.kind == "town"
        if Permission.REPORT_READ in GRANTS[Role(posting.role)][1]:
            readers.add(person.id)
    return Named(frozenset(readers), town)


def keep_out(vault: Session, report: Report, whom: Named) -> None:
    """Note that those who are named must not open a case: from the batch on in which the offices get these words.

    Until then the case stays where they see it. Else they would learn that they are named, and in what minute.
    """
    why = "waits" if report.released and not rules.at_once(report.category) else "named"
    for person_id in sorted(whom.readers):
        if vault.get(Recusal, (report.id, person_id)) is None:
            vault.add(Recusal(report_id=report.id, person_id=person_id, why=why))


def named_now(vault: Session, village_ids: Collection[str]) -> None:
    """Keep those out who are named in what was handed over just now."""
    cases = select(Report.id).where(col(Report.village_id).in_(village_ids))
    for row in vault.exec(select(Recusal).where(Recusal.why == "waits", col(Recusal.report_id).in_(cases))).all():
        row.why = "named"
        vault.add(row)


def declare(vault: Session, actor: Actor, report: Report) -> None:
    """Let an officer step back from a case for good. Raises Refused for a second time."""
    if is_out(vault, report.id, actor.person_id):
        raise Refused(N_("You have stepped back from this case already."))
    vault.merge(Recusal(report_id=report.id, person_id=actor.person_id, why="declared"))


def is_out(vault: Session, report_id: str, person_id: str) -> bool:
    """Tell whether a person must not open a case."""
    row = vault.get(Recusal, (report_id, person_id))
    return row is not None and row.why != "waits"


def out_of(vault: Session, person_id: str, own_villages: Collection[str] = ()) -> set[str]:
    """Return the cases that a person must not open, nor learn of from any list; also all about the own villages."""
    query = select(Recusal.report_id).where(Recusal.person_id == person_id, Recusal.why != "waits")
    own = select(Report.id).where(col(Report.village_id).in_(own_villages)) if own_villages else None
    return set(vault.exec(query).all()) | (set(vault.exec(own).all()) if own is not None else set())


def of_anybody(vault: Session) -> set[str]:
    """Return the cases that somebody must not open: what a digest tells, that person reads too."""
    return set(vault.exec(select(Recusal.report_id).where(Recusal.why != "waits")).all())
