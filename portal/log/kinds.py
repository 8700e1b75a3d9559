"""What each kind of entry is called where people read the log."""

from portal.core.words import N_

# Triage and review are private until they end (flags.md): all their steps, and what is refused because of them, are
# one kind, in the chain that anybody downloads too.
INNER = N_("a step of an inner procedure")
WORDS = {
    "place:created": N_("a place was added"),
    "setting:changed": N_("a setting was changed"),
    "role:granted": N_("somebody was given an office"),
    "role:ended": N_("somebody’s office ended"),
    "record:published": N_("a record was published"),
    "record:effective": N_("a record took effect after its notice"),
    "record:corrected": N_("a record was corrected"),
    "record:archived": N_("a record was put into the archive"),
    "record:none": N_("it was declared that there was nothing to publish"),
    "objection:received": N_("an objection came in"),
    "objection:decided": N_("an objection was decided"),
    "promise:published": N_("a promise was made"),
    "promise:changed": N_("a promise was changed"),
    "promise:progress": N_("progress on a promise was reported"),
    "promise:checked": N_("the town checked a promise"),
    "key:changed": N_("an office changed its key"),
    "key:offline": N_("an office changed the key of the gravest reports"),
    "key:lost": N_("an office’s key was declared lost"),
    "answer:published": N_("a question and its answer were published"),
    "reports:week": N_("a week’s reports were counted"),
    "slips:issued": N_("slips were issued"),
    "round:created": N_("an appraisal was prepared"),
    "round:opened": N_("a vote was opened"),
    "round:closed": N_("a vote was closed"),
    "round:voided": N_("a vote was declared void"),
    "round:counted": N_("votes were counted"),
    "round:witnessed": N_("a body said whether a count is the one that it signed"),
    "round:published": N_("a result was published"),
    "round:followed": N_("the town said what follows from a result"),
    "round:rung": N_("the district rang people after a vote"),
    "urn:erased": N_("the locked urn of a vote was erased, its days being over"),
    "round:refused": N_("a forbidden change to a vote was refused"),
    "inner:step": INNER,
    "clearing:published": N_("that a review found nothing was published, as the secretary wished"),
    "payload:erased": N_("what an entry stood for was erased, for a stated reason"),
}


def words(kind: str) -> str:
    """Return the phrase for a kind; a kind that we don't know yet is shown as it is written in the log."""
    return WORDS.get(kind, kind)
