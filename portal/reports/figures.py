"""Reports as figures: by village and ISO week, for the flag rule (flags.md), the public bands, and the log."""

import hmac
import struct
from collections import Counter
from collections.abc import Collection, Sequence

from sqlmodel import Session, col, func, select

from portal.core.clock import add_weeks
from portal.flags import near
from portal.flags.rules import Week
from portal.reports import rules
from portal.reports.models import Particular, Report, TextSketch

SERIOUS = 3
SKETCH = struct.Struct(f">{near.HASHES}I")


def span(from_week: str, to_week: str) -> list[str]:
    """Return the ISO weeks from one to another, both included."""
    found = [from_week]
    while found[-1] < to_week:
        found.append(add_weeks(found[-1], 1))
    return found


def weeks(vault: Session, village_ids: Collection[str], from_week: str, to_week: str) -> dict[str, list[Week]]:
    """Return what each ISO week brought in each village, `from_week` to `to_week`, oldest first (see flags.md).

    Adverse reports only. An open report with a found particular is `confirmed`; of the others, near-duplicates
    of one week count once. `particulars` counts the reports of which two offices found something, in the week in which
    the second first agreed: one report is one fact.
    """
    adverse = [key for key, category in rules.BY_KEY.items() if category.adverse]
    reports = vault.exec(
        select(Report).where(col(Report.village_id).in_(village_ids), col(Report.category).in_(adverse))
        .where(Report.week >= from_week, Report.week <= to_week)
    ).all()
    found = vault.exec(
        select(Particular.report_id, Particular.second_week, Report.village_id, Report.severity)
        .join(Report, col(Report.id) == col(Particular.report_id))
        .where(col(Report.village_id).in_(village_ids), col(Report.category).in_(adverse))
    ).all()
    checkable = {report_id for report_id, *_ in found}
    first = {row[0]: row for row in sorted(found, key=lambda row: row[1], reverse=True) if row[1]}.values()
    facts = Counter((village_id, week) for _, week, village_id, _ in first)
    grave = Counter((village_id, week) for _, week, village_id, severity in first if severity >= SERIOUS)
    rest = [row for row in reports if row.channel != "voice" and row.id not in checkable]
    collapsed = _collapsed(vault, rest)
    voiced = [row for row in reports if row.channel == "voice"]
    voice = Counter((row.village_id, row.week) for row in voiced)
    serious = Counter((row.village_id, row.week) for row in voiced if row.severity >= SERIOUS)
    confirmed = Counter((row.village_id, row.week) for row in reports
                        if row.channel != "voice" and row.id in checkable)
    return {
        village_id: [
            Week(voice=voice[key], serious_voice=serious[key], confirmed=confirmed[key],
                 open_rest=collapsed.get(key, 0), particulars=facts[key], serious_particulars=grave[key])
            for key in ((village_id, week) for week in span(from_week, to_week))
        ]
        for village_id in village_ids
    }


def heard(vault: Session, village_id: str, weeks: Collection[str]) -> int:
    """Return how many reports of any kind came in about a village in some ISO weeks."""
    query = select(func.count()).where(Report.village_id == village_id, col(Report.week).in_(weeks))
    return vault.exec(query).one()


def told(vault: Session, village_id: str, category: str, from_week: str, to_week: str) -> int:
    """Return how many reports of one kind came in about a village from one ISO week to another, both included."""
    query = select(func.count()).where(Report.village_id == village_id, Report.category == category)
    return vault.exec(query.where(Report.week >= from_week, Report.week <= to_week)).one()


def uncollapsed(vault: Session, reports: Sequence[Report]) -> list[Report]:
    """Return those of `reports` that near-duplicates are sought among: adverse, open, nothing found of them yet."""
    ids = [report.id for report in reports]
    found = set(vault.exec(select(Particular.report_id).where(col(Particular.report_id).in_(ids))).all()) if ids else ()
    return [report for report in reports
            if report.channel != "voice" and report.id not in found and rules.BY_KEY[report.category].adverse]


def clusters(vault: Session, reports: Sequence[Report]) -> dict[str, str]:
    """Return of each report the id of the report that it counts with: near-duplicates of one village and week."""
    ids = [report.id for report in reports if not report.cluster]
    rows = vault.exec(select(TextSketch).where(col(TextSketch.report_id).in_(ids))).all() if ids else []
    sketches = {row.report_id: SKETCH.unpack(row.sketch) for row in rows}
    found = {report.id: report.cluster or report.id for report in reports}
    groups: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        if report.id in sketches:
            groups.setdefault((report.village_id, report.week), []).append(report.id)
    for members in groups.values():
        for group in near.near_duplicate_sketches([sketches[member] for member in members]):
            found.update({members[place]: members[group[0]] for place in group})
    return found


def _collapsed(vault: Session, rest: Sequence[Report]) -> dict[tuple[str, str], int]:
    """Return how many different open reports each (village, week) has: one per cluster of near-duplicates."""
    of = clusters(vault, rest)
    kept: dict[tuple[str, str], set[str]] = {}
    for report in rest:
        kept.setdefault((report.village_id, report.week), set()).add(of[report.id])
    return {key: len(different) for key, different in kept.items()}


def commitments(vault: Session, village_ids: Collection[str], from_week: str, to_week: str) -> dict[str, list[bytes]]:
    """Return the commitments of all reports of some villages, by ISO week, sorted: they tell no order."""
    rows = vault.exec(
        select(Report.week, Report.commit_hash).where(col(Report.village_id).in_(village_ids))
        .where(Report.week >= from_week, Report.week <= to_week)
    ).all()
    found: dict[str, list[bytes]] = {}
    for week, commit in rows:
        found.setdefault(week, []).append(commit)
    return {week: sorted(commits) for week, commits in found.items()}


def oldest_week(vault: Session, village_ids: Collection[str]) -> str | None:
    """Return the first week in which one of these villages reported anything."""
    return vault.exec(select(func.min(Report.week)).where(col(Report.village_id).in_(village_ids))).first()


def shift(secret: bytes, village_id: str, month: str) -> int:
    """Return how much higher the ends of a village's public band lie in a month (`rules.band`): the same all along."""
    drawn = hmac.digest(secret, f"band|{village_id}|{month}".encode(), "sha256")
    return int.from_bytes(drawn[:8], "big") % rules.SHIFTS
