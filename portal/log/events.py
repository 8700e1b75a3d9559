"""The kinds of entry, each with the facts that it must carry. Tags read `subject:act`.

Facts are ids, counts, days and hashes: never a name, a number of a person or free text (`log.md`).
"""

EVENTS: dict[str, frozenset[str]] = {
    "place:created": frozenset({"place"}),
    "setting:changed": frozenset({"place", "key", "valid_from"}),
    "role:granted": frozenset({"person", "role", "place"}),
    "role:ended": frozenset({"person", "role", "place"}),
    "record:published": frozenset({"place", "record", "version", "category", "content"}),
    "record:effective": frozenset({"place", "record", "version"}),
    "record:corrected": frozenset({"place", "record", "version", "category", "content"}),
    "record:archived": frozenset({"place", "record"}),
    "record:none": frozenset({"place", "category", "period"}),
    "objection:received": frozenset({"place", "record", "objection"}),
    "objection:decided": frozenset({"place", "record", "objection", "outcome"}),
    "promise:published": frozenset({"place", "promise", "version", "content"}),
    "promise:changed": frozenset({"place", "promise", "version", "content"}),
    "promise:progress": frozenset({"place", "promise", "progress", "content"}),
    "promise:checked": frozenset({"place", "promise", "check", "outcome", "content"}),
    "key:changed": frozenset({"office", "fingerprint"}),
    "key:offline": frozenset({"office", "fingerprint"}),
    "key:lost": frozenset({"office", "fingerprint"}),
    "answer:published": frozenset({"place", "answer", "content"}),
    "reports:week": frozenset({"place", "week", "band", "commitments"}),
    "slips:issued": frozenset({"place", "purpose", "electorate", "printed", "commitments"}),
    "round:created": frozenset({"place", "round"}),
    "round:opened": frozenset({"place", "round", "rules", "box"}),
    "round:voided": frozenset({"place", "round"}),
    "round:closed": frozenset({"place", "round", "urn"}),
    "round:counted": frozenset({"place", "round", "sheet"}),
    "round:witnessed": frozenset({"place", "round", "body", "fits"}),
    "round:rung": frozenset({"place", "round", "answers"}),
    "round:published": frozenset({"place", "round", "result", "said", "plan", "counted", "levels", "eligible",
                                  "rules"}),
    "round:followed": frozenset({"place", "round", "consequence"}),
    "urn:erased": frozenset({"place", "round", "urn"}),
    "round:refused": frozenset({"place", "round", "change"}),
    "inner:step": frozenset({"place", "act", "content"}),
    "clearing:published": frozenset({"place", "clearing", "content"}),
    "payload:erased": frozenset({"unit", "erased", "reason", "actors"}),
}

OPEN = frozenset({"round:opened", "round:closed", "round:counted", "round:witnessed", "round:published",
                  "urn:erased"})
"""Kinds whose facts anybody may read and check: a vote is watched by all. The others keep theirs: many name a person's
office or a step of an inner procedure, and `round:rung` the hash of numbers so small that they could be tried out."""


def check(kind: str, facts: dict[str, object]) -> None:
    """Raise ValueError unless `kind` is known and `facts` are exactly those that it must carry."""
    if kind not in EVENTS:
        message = f"unknown kind of log entry: {kind}"
        raise ValueError(message)
    if set(facts) != EVENTS[kind]:
        message = f"{kind} must carry {sorted(EVENTS[kind])}, not {sorted(facts)}"
        raise ValueError(message)
