"""What came out of the urn: a count is taken in, and its result published, on the store `portal`."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from portal.ballots import auditor, plan, queries, rules, visits, witnesses
from portal.ballots.counting import commitment
from portal.ballots.models import CountSheet, Round, Tally
from portal.ballots.papers import Papers, fill, three
from portal.ballots.words import ELECTORATES
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places.service import record_act

LARGEST_SHEET = 100_000  # bytes
URN_GONE = N_("The locked urn was kept until %(day)s. It can’t be counted again: the signed sheet is what is left.")


def require_urn(round_: Round, today: date) -> None:
    """Raise Refused from the day on which a round's urn goes: the day decides, not when the clock came by."""
    until = queries.urn_until(round_)
    if until is not None and until <= today:
        raise Refused(URN_GONE, day=until)


def read_sheet(content: bytes) -> dict[str, Any]:
    """Return a count sheet as uploaded. Raises Refused when the file is none."""
    try:
        sheet = json.loads(content) if len(content) <= LARGEST_SHEET else None
    except ValueError:
        sheet = None
    keys = {"format", "round", "box", "urn", "electorates", "foreign", "salt"}
    if not isinstance(sheet, dict) or set(sheet) - {"by_hand"} != keys or sheet["format"] != 1:
        raise Refused(N_("This file is no count sheet. Take the one that the counting laptop wrote."), field="sheet")
    return sheet


def _answers(round_: Round, sheet: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the answers by electorate, checked against the round. Raises Refused."""
    wrong = Refused(N_("This count sheet does not fit this round’s questions and answers."), field="sheet")
    found: dict[str, dict[str, int]] = {each: {} for each, size in round_.sizes.items() if size}
    parts = sheet["electorates"]
    if not isinstance(parts, dict) or not set(parts) <= set(found):
        raise wrong
    for electorate, part in parts.items():
        try:
            counted, answers = part["counted"], part["questions"][rules.QUESTION]
            fits = set(part["questions"]) == {rules.QUESTION} and set(answers) <= set(round_.rules["scale"])
            numbers = [counted, *answers.values()]
        except (KeyError, TypeError, AttributeError) as error:
            raise wrong from error
        if not fits or not all(type(each) is int and each >= 0 for each in numbers) or sum(numbers) != 2 * counted:
            raise wrong
        found[electorate] = answers
    return found


def record_count(session: Session, now: datetime, round_: Round, sheet: dict[str, Any], papers: Mapping[str, Papers],
                 signers: str, explanation: str) -> None:
    """Take in the count: what may be shown is kept, the exact sheet only as a commitment. Raises Refused."""
    require_urn(round_, local_day(now))
    if round_.state not in {"closed", "counted"}:
        raise Refused(N_("A round is counted after it has closed."))
    if sheet["round"] != round_.id:
        raise Refused(N_("This count sheet is of another round."), field="sheet")
    if sheet["urn"] != round_.urn_hash or sheet["box"] != round_.box_pub:
        raise Refused(
            N_("This is not the count of the urn that was closed. Download the urn again and count that file."),
            field="sheet",
        )
    answers = _answers(round_, sheet)
    witnesses.forget(session, round_)
    visits.check(session, round_, dict(papers))
    signers = three(signers)
    rows = queries.sheets(session, round_.id)
    for row in rows:
        fill(row, answers[row.electorate], papers[row.electorate], round_.rules["scale"],
             round_.rules["cell_min"])
        row.signers = signers
        session.add(row)
    round_.by_hand = bool(sheet.get("by_hand"))
    if round_.by_hand and not explanation:
        raise Refused(N_("Cards were counted by hand: write one sentence that says why; it will be published."),
                      field="explanation")
    if not explanation:
        _require_agreement(rows)
    _require_owners(rows, answers, round_.rules)
    round_.grade = rules.outcome(answers, round_.rules)
    # A void round is held once more: its lines beside those of the next would tell on whoever voted otherwise.
    shown = _keep_shown(session, round_, {} if round_.grade == rules.VOID else answers)
    round_.told = round_.grade if round_.grade == rules.VOID else auditor.told(round_.grade, answers, round_.rules)
    round_.talk = round_.grade != rules.VOID and rules.wants_talk(answers["villagers"], round_.rules)
    round_.talk_told = round_.talk and "villagers" in shown and "not" in plan.alone(
        answers["villagers"], round_.rules["scale"], round_.rules["cell_min"])
    round_.sheet_commit, round_.explanation, round_.state = commitment(sheet), explanation, "counted"
    session.add(round_)
    record_act(session, now, places.get(session, round_.village_id), "round:counted", round=round_.id,
               sheet=round_.sheet_commit)


def _require_owners(rows: Sequence[CountSheet], answers: Mapping[str, Mapping[str, int]],
                    frozen: Mapping[str, Any]) -> None:
    """Raise Refused where too many slips had been used when their owners came: that vote is held again in the hall."""
    for row in rows:
        if rules.must_repeat(answers, row.electorate, row.used_before, frozen):
            raise Refused(
                N_("%(group)s: %(number)s slips had been used when their owners came. That is one in fifty or more, or "
                   "enough to change the grade: declare the round void and hold it again in the hall."),
                field=f"used_{row.electorate}", group=ELECTORATES[row.electorate], number=row.used_before)


def _require_agreement(rows: Sequence[CountSheet]) -> None:
    """Raise Refused for papers that do not hold, with the numbers where a slip is missing or one too many."""
    for row in rows:
        found = row.issued + row.spoiled + row.returned
        if row.printed != found:
            raise Refused(
                N_("%(group)s: %(printed)s slips were printed, but given out, spoiled and left over make %(found)s. "
                   "Count them again, or write one sentence that explains it; it will be published."),
                field="explanation", group=ELECTORATES[row.electorate], printed=row.printed, found=found,
            )
        if not queries.agrees(row):
            raise Refused(N_("The numbers do not agree. Write one sentence that explains it; it will be published."),
                          field="explanation")


def _keep_shown(session: Session, round_: Round, answers: Mapping[str, Mapping[str, int]]) -> set[str]:
    """Keep the lines that the plan allows, and nothing finer; return the electorates that have any."""
    shown = set()
    session.exec(delete(Tally).where(col(Tally.round_id) == round_.id))
    for electorate, counts in answers.items():
        cells = plan.shown(counts, round_.rules["scale"], round_.rules["plan"], round_.rules["cell_min"])
        shown |= {electorate} if cells else set()
        for position, cell in enumerate(cells):
            session.add(Tally(round_id=round_.id, electorate=electorate, question=rules.QUESTION, position=position,
                              options="+".join(cell.options), percent=cell.percent, high=cell.high, bound=cell.bound))
    return shown


def result_hash(session: Session, round_: Round) -> str:
    """Return the hash of what a result's page shows, and of nothing else: its entry in the log is open to all."""
    lines = session.exec(select(Tally).where(Tally.round_id == round_.id).order_by(
        col(Tally.electorate), col(Tally.position))).all()
    papers = queries.sheets(session, round_.id)
    # Only what the page shows: the entry is open to all, and a hash of small numbers can be tried out.
    return rules.hash_of({
        "round": round_.id,
        "grade": round_.told,
        "lines": [[line.electorate, line.options, line.percent, line.high, line.bound] for line in lines],
        "papers": [[row.electorate, row.eligible, row.printed, row.issued, row.spoiled, row.returned, row.spent,
                    row.counted, row.voided, row.remote, row.twins, queries.twins_fit(row), row.used_before,
                    row.envelopes] for row in papers],
        "witnesses": [[body, row.fits] for body, row in sorted(witnesses.said(session, round_.id).items())],
    })


def publish(session: Session, now: datetime, round_: Round) -> None:
    """Publish a counted round, as the plan says; the log keeps why the grade is told as it is. Raises Refused."""
    if round_.state != "counted":
        raise Refused(N_("A result is published once it has been counted."))
    witnesses.require(session, now, round_)
    papers = queries.sheets(session, round_.id)
    round_.result_hash = result_hash(session, round_)
    round_.state, round_.published_on = "published", local_day(now)
    session.add(round_)
    why = plan.reason(round_.told, round_.rules["plan"], {row.electorate: row.counted for row in papers})
    entry = record_act(
        session, now, places.get(session, round_.village_id), "round:published", round=round_.id,
        result=round_.result_hash, rules=round_.rules_hash, eligible={row.electorate: row.eligible for row in papers},
        **why)
    round_.published_entry = entry.seq
