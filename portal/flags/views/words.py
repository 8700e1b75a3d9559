"""What causes, states, outcomes, steps and kinds of complaint are called on the pages of flags."""

from portal.core.words import N_
from portal.flags.course import OTHERS
from portal.flags.models import Flag, Review
from portal.roles import ROLE_NAMES

CAUSES = {"count": N_("many different people"), "facts": N_("confirmed facts"),
          "overdue": N_("a disclosure is missing"), "target": N_("a promised target was missed"),
          "grade": N_("the lowest grade in the appraisal")}
STATES = {"triage": N_("waits for the town"), "dismissed": N_("no review"), "review": N_("under review"),
          "decided": N_("decided, may be appealed"), "closed": N_("closed")}
OUTCOMES = {
    "unfounded": N_("unfounded"), "educate": N_("talk and advice"), "rectify": N_("to be put right"),
    "adjust": N_("change of post proposed"), "transferred": N_("handed to the discipline commission"),
    "calm": N_("ended by itself after 26 calm weeks"),
}
MEANINGS = {
    "unfounded": N_("What was reported is not so; the secretary is cleared in writing"),
    "educate": N_("The town’s leader talks with the secretary about what should be better; nothing else follows"),
    "rectify": N_("What is wrong is put right within so many months; then people appraise the work again"),
    "adjust": N_("The panel suggests to whoever appoints that the secretary gets another task; the appointing body "
                 "decides, not this portal"),
    "transferred": N_("There are signs of a breach of discipline or of a crime: the discipline commission goes on with "
                      "it by its own rules, and the portal asks no more"),
}
"""What each outcome means for the secretary and the village, in one sentence."""
APPEALED = N_("appealed, the district answers")
STEPS = {
    "triage": N_("review or not"), "notice": N_("tell the secretary"), "statement": N_("the secretary’s statement"),
    "decision": N_("the decision"), "appeal": N_("time for an appeal"), "answer": N_("the answer to the appeal"),
    "reappraisal": N_("the re-appraisal"),
}
EVENTS = {
    "raised": N_("the rule opened it"), "suggested": N_("a second person was asked to confirm"),
    "withdrawn": N_("the proposal was taken back"), "sent_back": N_("the second person sent it back"),
    "lapsed": N_("the proposal lapsed"), "dismissed": N_("no review, with reasons"), "review": N_("review opened"),
    "calm": N_("ended by itself after 26 calm weeks"), "escalated": N_("not settled in time: the district has it"),
    "refused": N_("a step was refused"), "notified": N_("the secretary was told"),
    "extended": N_("more days for the statement"), "stated": N_("the secretary’s statement came"),
    "paper": N_("the secretary handed in a document"),
    "named": N_("the secretary named somebody who can’t be fair"), "declared": N_("somebody stepped aside"),
    "panel": N_("three people were named"), "proposed": N_("the panel’s lead proposed a decision"),
    "agreed": N_("one of the three agreed"), "against": N_("one of the three was against"),
    "outvoted": N_("two of the three were against"),
    "returned": N_("the district gave it back"), "decided": N_("decided, and signed by the district"),
    "final": N_("the decision is final"), "appealed": N_("the secretary appealed"),
    "answering": N_("an answer to the appeal waits for its second person"),
    "answer_back": N_("the second person sent the answer back"), "after": N_("the district said what follows"),
    "answered": N_("the district answered the appeal"), "reappraised": N_("re-appraised"),
    "cleared": N_("cleared in writing"), "published": N_("the clearing was published, as the secretary wished"),
}
RAN_OUT = {
    "notice": N_("its day was over: the portal told the secretary itself"),
    "statement": N_("its days were over: decided without one"), "appeal": N_("its days were over: no appeal came"),
}
"""What became of a step whose clock acts by itself, where nobody else takes it over."""
REFUSED = {
    "decide": N_("proposing a review or none"), "withdraw": N_("taking a proposal back"),
    "proposal": N_("answering a proposal"), "notify": N_("telling the secretary"),
    "name_panel": N_("naming the three who decide"), "seat": N_("proposing a decision"),
    "voice": N_("saying whether one agrees"), "sign": N_("signing, or giving it back"),
    "answer": N_("writing the answer to the appeal"), "second": N_("confirming the answer to the appeal"),
    "reappraise": N_("noting the re-appraisal"), "follow": N_("saying what follows"),
    "extend": N_("asking for more days"), "unfair": N_("naming somebody who can’t be fair"),
    "appeal": N_("appealing"), "wish": N_("saying whether the clearing is public"),
}
"""What was refused, by the name of its step (`steps.called`)."""
KINDS = {
    "money": N_("books and money"), "benefits": N_("benefits"), "land": N_("land and collective property"),
    "procedure": N_("not discussed or not public"), "manner": N_("manner"), "threat": N_("threat or revenge"),
    OTHERS: N_("other kinds, fewer than 5 each"),
}
CHOICES = {"review": N_("Open a review"), "dismiss": N_("No review")}
PROPOSALS = {
    "confirmed": N_("You confirmed it."), "returned": N_("You sent it back."),
    "withdrawn": N_("Whoever proposed it took it back."),
    "lapsed": N_("It lapsed: one of the two may decide nothing here any more, or the weeks were calm."),
}
VOICES = {"": N_("has not said anything yet"), "agree": N_("agrees"), "against": N_("does not agree")}


def state_of(flag: Flag, review: Review | None) -> str:
    """Return the phrase for where a flag stands; after an appeal it can be appealed no more."""
    appealed = review is not None and review.appealed_on is not None
    return APPEALED if flag.state == "decided" and appealed else STATES[flag.state]


WORDS = {
    "causes": CAUSES, "states": STATES, "outcomes": OUTCOMES, "meanings": MEANINGS, "state_of": state_of,
    "events": EVENTS, "roles": ROLE_NAMES, "steps": STEPS, "kinds": KINDS, "choices": CHOICES,
    "proposals": PROPOSALS, "voices": VOICES, "ran_out": RAN_OUT, "refused": REFUSED,
}
