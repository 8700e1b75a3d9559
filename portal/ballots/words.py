"""The words of an appraisal: electorates, answers, grades, states."""

from flask_babel import gettext as _

from portal.ballots.models import Tally
from portal.core.words import N_
from portal.web.filters import comma

ELECTORATES = {
    "party_members": N_("Party members"),
    "villagers": N_("Villagers"),
    "town_cadres": N_("Town cadres"),
}
PAPER = {"party_members": N_("red paper"), "villagers": N_("green paper"), "town_cadres": N_("yellow paper")}
ANSWERS = {
    "excellent": N_("Excellent"),
    "competent": N_("Competent"),
    "basic": N_("Basically competent"),
    "not": N_("Not competent"),
    "abstain": N_("Abstain"),
}
MEANINGS = {
    "excellent": N_("Keeps promises; people trust the work"),
    "competent": N_("Did what had to be done"),
    "basic": N_("Did some of it, some is missing"),
    "not": N_("Badly done, or unfair"),
    "abstain": N_("I would rather not say"),
}
GRADES = {
    "excellent": N_("Excellent"),
    "competent": N_("Competent"),
    "basic": N_("Basically competent"),
    "not": N_("Not competent"),
    "void": N_("Void: too few came"),
    "met": N_("Competent or better"),
    "unmet": N_("Below competent"),
}
CONSEQUENCES = {
    "commend": (N_("Commended"), N_("It counts for the yearly award.")),
    "carry_on": (N_("The work goes on"), N_("Nothing else follows.")),
    "talk": (N_("The town talks with the secretary"),
             N_("About what people are not happy with. The day is published, the words are not.")),
    "rectify": (N_("Things are to be put right"), N_("Say in the reason what, and by what day.")),
}
STATES = {
    "draft": N_("being prepared"),
    "frozen": N_("frozen, not open yet"),
    "open": N_("voting is open"),
    "over": N_("the hour has come, not closed yet"),
    "closed": N_("closed, to be counted"),
    "counted": N_("counted, not published"),
    "published": N_("result published"),
    "void": N_("round is void"),
}
TURNOUT = (
    N_("less than a quarter"),
    N_("a quarter to a half"),
    N_("a half to three quarters"),
    N_("more than three quarters"),
)
QUARTERS = len(TURNOUT)
SMALL = 20  # a group smaller than this shows no turnout before the close


def turnout(spent: int, eligible: int) -> str:
    """Return the phrase for how many have voted so far, in quarters; "" for a group too small to say it."""
    if eligible < SMALL:
        return ""
    return TURNOUT[min(spent * QUARTERS // eligible, QUARTERS - 1)]


def label(options: str) -> str:
    """Return the words of answers that stand together: “Basically competent and not competent”."""
    parts = [str(_(ANSWERS[each])) for each in options.split("+")]
    if len(parts) == 1:
        return parts[0]
    return str(_("%(first)s and %(last)s", first=comma().join(parts[:-1]), last=parts[-1]))


def share(line: Tally) -> str:
    """Return how a line's share of the votes is said: exact, or the least or most that it may be."""
    if line.bound == "at_least":
        return str(_("%(percent)s%% or more", percent=line.percent))
    if line.bound == "at_most":
        return str(_("%(percent)s%% or less", percent=line.high))
    if line.high != line.percent:
        return str(_("%(low)s%% to %(high)s%%", low=line.percent, high=line.high))
    return str(_("less than 1%%")) if line.percent == 0 else f"{line.percent}%"
