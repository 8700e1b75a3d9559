"""Visits to people who can't come to the hall: two bodies go together, and every slip comes back or stays with a voter.

No household, name of a voter, day or hour is kept: a visit is two officials, a number of slips out and a number given.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.ballots.models import HomeVisit, Round
from portal.ballots.papers import Papers
from portal.core.errors import Refused
from portal.core.words import N_

VOTING = ("frozen", "open")


@dataclass(frozen=True)
class Team:
    """Who goes, and with how many slips of one electorate."""

    electorate: str
    town: str
    committee: str
    taken: int


def listed(session: Session, round_id: str) -> list[HomeVisit]:
    """Return a round's visits in their order."""
    return list(session.exec(select(HomeVisit).where(HomeVisit.round_id == round_id).order_by(
        col(HomeVisit.number))).all())


def out(visits: list[HomeVisit], electorate: str) -> int:
    """Return how many slips of an electorate are given, or still out with a team."""
    return sum(each.taken if each.given is None else each.given for each in visits if each.electorate == electorate)


def most(round_: Round, electorate: str) -> int:
    """Return how many slips of an electorate may be taken to homes at all."""
    return int(round_.sizes.get(electorate, 0) * round_.rules["remote_share"] // 100)


def send(session: Session, round_: Round, team: Team) -> HomeVisit:
    """Let a team go. Raises Refused when the vote is over, when one body goes alone, or for too many slips."""
    if round_.state not in VOTING:
        raise Refused(N_("Nobody visits homes before the rules are frozen, or after the vote has closed."))
    if "".join(team.town.split()) == "".join(team.committee.split()):
        raise Refused(N_("Two people of two bodies go together: one of the town, one of the supervision committee."),
                      field="visit_committee")
    visits = listed(session, round_.id)
    for one in visits:
        if one.given is None and (one.town, one.committee) == (team.town, team.committee):
            raise Refused(N_("This team is out already. Note what it brought back first."), field="visit_town")
    left = most(round_, team.electorate) - out(visits, team.electorate)
    if not 1 <= team.taken <= left:
        raise Refused(N_("At most %(left)s more slips of this group may be taken to homes."), field="visit_taken",
                      left=max(left, 0))
    visit = HomeVisit(round_id=round_.id, number=len(visits) + 1, electorate=team.electorate, town=team.town,
                      committee=team.committee, taken=team.taken)
    session.add(visit)
    return visit


def come_back(session: Session, visit: HomeVisit, given: int) -> None:
    """Note how many slips a team gave to voters; the others came back sealed. Raises Refused a second time."""
    if visit.given is not None:
        raise Refused(N_("This team is back already."))
    if not 0 <= given <= visit.taken:
        raise Refused(N_("The team took only %(taken)s slips."), field=f"given_{visit.number}", taken=visit.taken)
    visit.given = given
    session.add(visit)


def check(session: Session, round_: Round, papers: dict[str, Papers]) -> None:
    """Raise Refused unless every team is back and the papers say of each group what the visits add up to."""
    visits = listed(session, round_.id)
    if any(each.given is None for each in visits):
        raise Refused(N_("A team that visited homes is not back yet. Note first how many slips it gave."))
    for electorate, of in papers.items():
        given = out(visits, electorate)
        if visits and of.remote != given:
            raise Refused(N_("The visits add up to %(given)s slips taken to homes."), field=f"remote_{electorate}",
                          given=given)
