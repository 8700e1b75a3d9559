"""What waits for an office or a clerk because somebody reported something. No word of a report stands here."""

from datetime import datetime

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tasks import Task
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.reports import clocks, losses, queries, recusals, rules
from portal.reports.models import Report
from portal.roles import Actor, Permission

GRAVE = 4


def tasks(stores: Stores, session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what this person has to do now: at most a handful of lines for each office, one for each village asked."""
    lines: list[Task] = []
    for path in actor.paths(Permission.REPORT_READ):
        office = places.get(session, path.rstrip("/").rsplit("/", 1)[-1])
        lines += _office_lines(stores, session, office, now, actor)
        lines += _key_lines(session, office, now)
    for loss, office in losses.said(session):
        if loss.said_by != actor.person_id and actor.may(Permission.PLACE_OVERSEE, office.path):
            lines.append(Task(N_("A colleague says that a key is lost: a second person confirms it"), N_("Look"),
                              "reports.missing_key", office.name, office.name_en, values={"code": office.code}))
    for request, village in queries.open_requests(session, actor.paths(Permission.RECORD_DRAFT)):
        lines.append(Task(
            N_("The town asks the village to see to something"), N_("Answer"), "reports.asked", village.name,
            village.name_en, due=request.due, values={"code": village.code},
        ))
    return lines


def _key_lines(session: Session, office: Place, now: datetime) -> list[Task]:
    key, away = (queries.active_key(session, office.id, offline=offline) for offline in (False, True))
    today, found = local_day(now), []
    if key and rules.key_is_old(key.created_on, today):
        found.append((N_("The office’s key has done its year"), N_("Make a new key"), "reports.office_key"))
    if key and rules.drill_is_due(key.drilled_on or key.created_on, today):
        found.append((N_("Try that the office’s key still opens: twice a year"), N_("Try it"), "reports.office_key"))
    if away and rules.key_is_old(away.created_on, today):
        found.append((N_("The key of the gravest reports has done its year"), N_("Bring a new key"),
                      "reports.offline_key"))
    if away and rules.drill_is_due(away.drilled_on or away.created_on, today):
        found.append((N_("Try that the key of the gravest reports still opens: twice a year"), N_("Try it"),
                      "reports.offline_key"))
    if key and away is None and office.kind == "district":
        found.append((N_("There is no key yet for the gravest reports"), N_("Bring the key"), "reports.offline_key"))
    return [Task(*line, office.name, office.name_en, values={"code": office.code}) for line in found]


def _office_lines(stores: Stores, session: Session, office: Place, now: datetime, actor: Actor) -> list[Task]:
    villages = {village.id: village for village in places.villages(session, office.path)
                if village.id not in actor.villages}
    with stores.vault.read() as vault:
        known = queries.inbox(vault, villages, office.kind, person_id=actor.person_id)
        if not actor.person_id:  # a digest: whoever is named in a case reads its lines too
            named = recusals.of_anybody(vault)
            known = [report for report in known if report.id not in named]
        stepped_back, withheld = (queries.set_aside(vault, villages, office.id) if office.kind == "district"
                                  else (set(), set()))
    reports = [report for report in known if report.state != "closed" and not report.lost_week]
    lost = [report for report in known if report.lost_week and report.state != "closed"]
    periods = clocks.periods(session, office, now)
    own = [report for report in known if office.kind == ("town" if report.to_town else "district")]
    if office.kind == "district":
        lines = _district_lines(office, reports, periods)
        lines += _lines(office, N_("Results that the reporter disputes: %(number)s"),
                        [report for report in known if rules.disputed(report, local_day(now))])
        lines += _lines(office, N_("Reporters wrote back about people of the town: %(number)s"),
                        [report for report in reports if report.id in withheld])
        lines += _lines(office, N_("Reports from which a town’s officer stepped back: %(number)s"),
                        [report for report in reports if report.to_town and report.id in stepped_back])
    else:
        lines = _town_lines(office, reports, periods, now)
    asked = {request.report_id: request for request in queries.requests_by(session, office.id)}
    mine = [(report, asked[report.id]) for report in reports if report.id in asked]
    lines += _lines(office, N_("Villages have answered, and the reporter waits: %(number)s"),
                    [report for report, request in mine if request.answered_on])
    lines += _lines(office, N_("Villages that are late with their answer: %(number)s"),
                    [report for report, request in mine if not request.answered_on and request.due < local_day(now)])
    lines += _lines(office, N_("Reports that nobody can open any more: %(number)s"), lost)
    return lines + _lines(office, N_("Ask whether anybody took revenge: %(number)s"), [
        report for report in own if not report.erased
        and rules.followups(report, periods, local_day(now)) > max(report.asked_again, report.followed)])


def _lines(office: Place, phrase: str, reports: list[Report]) -> list[Task]:
    return [_line(office, phrase, N_("Look"), len(reports), [])] if reports else []


def _town_lines(office: Place, reports: list[Report], periods: rules.Periods, now: datetime) -> list[Task]:
    waiting = [(report, _running(report, periods)) for report in reports]
    new = [clock for report, clock in waiting if report.state == "received"]
    near = [clock for report, clock in waiting if report.state != "received" and clock and clock.near(local_day(now))]
    answered = [clock for report, clock in waiting if report.state != "received" and report.awaiting == "office"
                and clock not in near]
    found = []
    for phrase, act, clocks_ in (
        (N_("New reports nobody has read yet: %(number)s"), N_("Read"), new),
        (N_("Reports whose time is nearly up or over: %(number)s"), N_("Look"), near),
        (N_("Reporters wrote back: %(number)s"), N_("Look"), answered),
    ):
        if clocks_:
            found.append(_line(office, phrase, act, len(clocks_), [clock for clock in clocks_ if clock]))
    return found


def _running(report: Report, periods: rules.Periods) -> rules.Clock | None:
    return rules.running(report, periods)


def _district_lines(office: Place, reports: list[Report], periods: rules.Periods) -> list[Task]:
    slips = [report for report in reports if report.category == rules.SLIPS.key]
    own = [report for report in reports if not report.to_town and report.state == "received" and report not in slips]
    risen = [report for report in reports if report.escalated]
    grave = [report for report in reports if report.severity >= GRAVE and report.state == "received" and report.to_town]
    found = []
    for phrase, act, group in (
        (N_("Told that voting slips are collected: %(number)s"), N_("Look"), slips),
        (N_("Reports that concern a town, not read yet: %(number)s"), N_("Read"), own),
        (N_("Grave reports no town has read yet: %(number)s"), N_("Look"), grave),
        (N_("Reports that a town left past their day: %(number)s"), N_("Look"), risen),
    ):
        if group:
            due = [_running(report, periods) for report in group]
            found.append(_line(office, phrase, act, len(group), [clock for clock in due if clock]))
    return found


def _line(office: Place, phrase: str, act: str, number: int, running: list[rules.Clock]) -> Task:
    return Task(phrase, act, "reports.inbox", office.name, office.name_en, params={"number": number},
                due=min(clock.due for clock in running) if running else None, values={"code": office.code})
