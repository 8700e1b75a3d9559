"""What the town does with a round, on the store `portal`. What touches several stores at once is in `conduct`."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from portal.accounts import queries as people
from portal.ballots import auditor, queries, ring, rules
from portal.ballots.models import CountSheet, Round
from portal.ballots.sealing import read_public
from portal.core.clock import add_working_days, local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import queries as places
from portal.places import settings
from portal.places.models import Place
from portal.places.service import record_act
from portal.roles import Actor, Role


@dataclass(frozen=True)
class Draft:
    """What the town settles of a round before it opens. `sizes`: who is entitled, by electorate; 0 leaves one out."""

    year: int
    opens_at: datetime
    closes_at: datetime
    sizes: dict[str, int]
    plan: str
    box_pub: str


@dataclass(frozen=True)
class Sketch:
    """A draft of which not all could be read: None for what could not, "" for a key that was not given."""

    year: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    sizes: Mapping[str, int | None]
    box_pub: str


def mistakes(draft: Draft | Sketch) -> list[Refused]:
    """Return everything because of which what was typed can be no round, each with its field."""
    found = []
    if draft.year and draft.opens_at and draft.year != local_day(draft.opens_at).year:
        found.append(Refused(N_("The appraisal of a year is held in that year: one a year, so that no two results can "
                                "be compared person by person."), field="year"))
    if draft.opens_at and draft.closes_at and draft.closes_at <= draft.opens_at:
        found.append(Refused(N_("The vote must close after it opens."), field="closes_on"))
    for electorate, size in draft.sizes.items():
        if size and size < rules.SMALLEST:
            found.append(Refused(N_("Fewer than five people can’t vote in secret. Leave this group out (0), or join it "
                                    "with another."), field=f"size_{electorate}"))
    if draft.sizes.get("villagers", 0) == 0:
        found.append(Refused(N_("An appraisal without villagers is none. Say how many may vote."),
                             field="size_villagers"))
    try:
        if isinstance(draft, Draft) or draft.box_pub:
            read_public(draft.box_pub)
    except Refused as error:
        found.append(error)
    return found


def _checked(draft: Draft) -> Draft:
    """Return a draft with its key in one spelling. Raises Refused for what no round can be."""
    for mistake in mistakes(draft):
        raise mistake
    return Draft(draft.year, draft.opens_at, draft.closes_at, draft.sizes, draft.plan, read_public(draft.box_pub))


def _repeats(session: Session, village_id: str, year: int) -> bool:
    """Tell whether a round of this year repeats one to which too few came. Raises Refused where none may be held.

    One that is void for lack of voters is repeated once (`domain.md` 3.2); one with a grade is not repeated.
    """
    grades = queries.grades_of(session, village_id, year)
    if grades == [rules.VOID] or not grades:
        return bool(grades)
    if set(grades) == {rules.VOID}:
        raise Refused(N_("Too few came twice. An appraisal is repeated once a year and no more."), field="year")
    raise Refused(N_("This village has its result of this year already."), field="year")


def against(session: Session, village: Place, year: int, on: date) -> list[Refused]:
    """Return everything because of which a village can have no new round of a year (0: not known), with its field."""
    if village.kind != "village":
        return [Refused(N_("Choose a village."), field="village")]
    found = []
    if people.holder(session, village.id, Role.SECRETARY, on) is None:
        found.append(Refused(N_("This village has no secretary in the portal yet. Have the operator enter one first."),
                             field="village"))
    if queries.running(session, village.id) is not None:
        found.append(Refused(N_("This village has a round already that is not finished."), field="village"))
    try:
        _repeats(session, village.id, year)
    except Refused as error:
        found.append(error)
    return found


def create(session: Session, actor: Actor, now: datetime, village: Place, draft: Draft) -> Round:
    """Prepare a round for a village's secretary. Raises Refused."""
    draft, today = _checked(draft), local_day(now)
    for reason in against(session, village, draft.year, today):
        raise reason
    secretary = people.holder(session, village.id, Role.SECRETARY, today)
    assert secretary is not None  # noqa: S101 - against() looked
    rerun = _repeats(session, village.id, draft.year)
    round_ = Round(
        village_id=village.id, year=draft.year, subject_id=secretary.id,
        subject_since=people.since(session, secretary.id, Role.SECRETARY, today), opens_at=draft.opens_at,
        closes_at=draft.closes_at, sizes=draft.sizes, plan=draft.plan, box_pub=draft.box_pub,
        created_by=actor.person_id, rerun=rerun,
    )
    session.add(round_)
    session.flush()
    record_act(session, now, village, "round:created", round=round_.id)
    return round_


def change(session: Session, now: datetime, round_: Round, draft: Draft) -> bool:
    """Change a round that is not frozen. False when it is: nothing changes, and the log keeps that somebody tried."""
    if round_.state != "draft":
        village = places.get(session, round_.village_id)
        record_act(session, now, village, "round:refused", round=round_.id, change="settings")
        return False
    draft = _checked(draft)
    round_.rerun = _repeats(session, round_.village_id, draft.year)
    round_.year, round_.opens_at, round_.closes_at = draft.year, draft.opens_at, draft.closes_at
    round_.sizes, round_.plan, round_.box_pub = draft.sizes, draft.plan, draft.box_pub
    session.add(round_)
    return True


def preview(session: Session, village: Place, round_: Round, on: date) -> dict[str, Any]:
    """Return the rules that would be frozen on a day, from the settings that hold then.

    `form` among them is how roughly the grade will be said, `leak` the auditor's figure: in how many of a million
    worlds that tells on somebody.
    """
    result_days = int(settings.value(session, village, "year.result_days", on))
    found = rules.frozen(
        settings.group(session, village, "ballots", on), sizes=round_.sizes, plan=round_.plan,
        subject=round_.subject_id, opens=round_.opens_at.isoformat(), closes=round_.closes_at.isoformat(),
        result_by=add_working_days(local_day(round_.closes_at), result_days), box_pub=round_.box_pub,
    )
    form, leak = auditor.settle(found)
    return {**found, "form": form, "leak": leak}


def mark(round_: Round) -> str:
    """Return the mark of what the town settled of a round: whoever freezes it says by this what was read."""
    return rules.hash_of([round_.year, round_.opens_at.isoformat(), round_.closes_at.isoformat(), round_.sizes,
                          round_.plan, round_.box_pub])[:16]


def notice_days(session: Session, place: Place, on: date) -> int:
    """Return how many days before a round opens its rules must be frozen."""
    return int(settings.value(session, place, "ballots.notice_days", on))


def freeze(session: Session, now: datetime, round_: Round) -> None:
    """Freeze a round: weights, scale, attendance, grades, sizes, times and publication plan. Raises Refused."""
    if round_.state != "draft":
        raise Refused(N_("This round is frozen already."))
    village = places.get(session, round_.village_id)
    notice = notice_days(session, village, local_day(now))
    if (local_day(round_.opens_at) - local_day(now)).days < notice:
        raise Refused(N_("People must know %(days)s days before. Choose a later day to open."), field="opens_on",
                      days=notice)
    round_.rules = preview(session, village, round_, local_day(now))
    _same_plan(session, village, round_)
    if not auditor.allowed(round_.rules["leak"]):
        raise Refused(
            N_("With groups of these sizes this plan would tell on somebody in %(share)s%% of all possible results; at "
               "most 1%% is allowed. Choose plan B, or join the smallest group with another one."),
            field="plan", share=auditor.percent(round_.rules["leak"]),
        )
    secret = secrets.token_bytes(32)
    round_.ring_secret, round_.rules = secret.hex(), {**round_.rules, "ring": ring.promise(secret)}
    round_.rules_hash = rules.hash_of(round_.rules)
    round_.state = "frozen"
    session.add(round_)
    record_act(session, now, village, "round:opened", round=round_.id, rules=round_.rules_hash, box=round_.box_pub)


def _same_plan(session: Session, village: Place, round_: Round) -> None:
    """Raise Refused for another plan than last time's, unless that one would leak with today's groups.

    Grades of one year and bands of the next, about the same people, tell more together than either (`ballots.md`).
    """
    before = queries.newest_published(session, village.id)
    if before is None or before.plan == round_.plan or before.told == rules.VOID:
        return
    _form, leak = auditor.settle({**round_.rules, "plan": before.plan})
    if auditor.allowed(leak):
        raise Refused(N_("Last time plan %(plan)s was used here. Another one about the same people would tell more "
                         "together with it; keep plan %(plan)s."), field="plan", plan=before.plan)


def mark_closed(session: Session, now: datetime, round_: Round, urn_hash: str,
                slips: Mapping[str, tuple[int, int]], voided: Mapping[str, int]) -> None:
    """Write down that a round is closed: its urn's hash, and per electorate (printed, spent) and voided slips."""
    round_.state, round_.urn_hash = "closed", urn_hash
    session.add(round_)
    for electorate, eligible in round_.sizes.items():
        if eligible:
            printed, spent = slips.get(electorate, (0, 0))
            dead = voided.get(electorate, 0)
            session.add(CountSheet(round_id=round_.id, electorate=electorate, eligible=eligible, printed=printed,
                                   spent=spent, voided=dead, spoiled=dead,
                                   remote_most=eligible * round_.rules["remote_share"] // 100))
    entry = record_act(session, now, places.get(session, round_.village_id), "round:closed", round=round_.id,
                       urn=urn_hash)
    round_.closing, round_.closing_entry = entry.entry_hash.hex(), entry.seq


def mark_void(session: Session, now: datetime, round_: Round, reason: str) -> None:
    """Write down that a round is void: its slips are dead, its ballots will not be counted; the village reads why."""
    round_.state, round_.void_reason, round_.voided_on = "void", reason, local_day(now)
    session.add(round_)
    record_act(session, now, places.get(session, round_.village_id), "round:voided", round=round_.id)


def mark_urn_erased(session: Session, now: datetime, round_: Round) -> None:
    """Write down that nothing is left of a round's urn; the log names it by the hash that was read at the close."""
    round_.urn_erased_on = local_day(now)
    session.add(round_)
    record_act(session, now, places.get(session, round_.village_id), "urn:erased", round=round_.id,
               urn=round_.urn_hash)
