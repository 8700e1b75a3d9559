"""What stands behind a village's weekly counts, for the sheet of a flag: numbers, people and commitments, no words."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.log import tree
from portal.reports import figures, rules
from portal.reports.models import Particular, Report


@dataclass(frozen=True)
class Behind:
    """What stands behind the counts, by village id.

    `received`: open reports of each week, oldest first, before near-duplicates were collapsed; `confirmed_by`: ids
    of those who confirmed particulars; `commitments`: hex root over the commitments of the adverse reports (RFC 6962);
    `kinds`: adverse reports of each week by category, oldest first.
    """

    received: dict[str, list[int]]
    confirmed_by: dict[str, list[str]]
    commitments: dict[str, str]
    kinds: dict[str, list[dict[str, int]]]


def behind(vault: Session, village_ids: Collection[str], from_week: str, to_week: str) -> Behind:
    """Return what stands behind the counts of villages from one ISO week to another, both included. Two queries."""
    span = figures.span(from_week, to_week)
    adverse = [key for key, category in rules.BY_KEY.items() if category.adverse]
    mine = (col(Report.village_id).in_(village_ids), col(Report.category).in_(adverse),
            col(Report.week) >= from_week, col(Report.week) <= to_week)
    reports = vault.exec(select(Report).where(*mine)).all()
    query = select(Particular, Report.village_id).join(Report, col(Report.id) == col(Particular.report_id))
    found = vault.exec(query.where(*mine, Particular.second_by != "")).all()
    received = Counter((one.village_id, one.week) for one in reports if one.channel != "voice")
    by_kind: dict[tuple[str, str], Counter[str]] = {}
    for one in reports:
        by_kind.setdefault((one.village_id, one.week), Counter())[one.category] += 1
    people: dict[str, set[str]] = {village: set() for village in village_ids}
    for particular, village in found:
        people[village] |= {particular.found_by, particular.second_by}
    leaves: dict[str, list[bytes]] = {village: [] for village in village_ids}
    for one in reports:
        leaves[one.village_id].append(one.commit_hash)
    return Behind(
        received={village: [received[village, week] for week in span] for village in village_ids},
        confirmed_by={village: sorted(people[village]) for village in village_ids},
        # Sorted: the order of rows would tell nothing, and neither must the order of leaves.
        commitments={village: tree.root([tree.leaf_hash(one) for one in sorted(leaves[village])]).hex()
                     for village in village_ids},
        kinds={village: [dict(by_kind.get((village, week), {})) for week in span] for village in village_ids},
    )
