"""How three votes become one grade. Pure; shares are fractions, so that nothing is decided by rounding.

Grade rules: `domain.md` 3.2 (S21). A share is of all ballots counted in an electorate, abstentions too.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

ELECTORATES = ("party_members", "villagers", "town_cadres")
SCALE = ("excellent", "competent", "basic", "not", "abstain")
QUESTION = "work"
VOID = "void"
LOWEST = "not"
"""The grade that lets the town take a look in private (flags.md); it decides nothing by itself."""
SMALLEST = 5  # ballots.md, "What to publish": fewer than five can't vote in secret

Counts = Mapping[str, int]


def frozen(settings: Mapping[str, Any], *, sizes: Counts, plan: str, subject: str, opens: str, closes: str,
           result_by: date, box_pub: str) -> dict[str, Any]:
    """Return everything that decides a result, as it is frozen when a round opens: JSON, no moment of its own."""
    return {
        "scale": list(settings["scale"]),
        "questions": [QUESTION],
        "weights": {each: int(settings["weights"][each]) for each in ELECTORATES},
        "attendance": str(settings["attendance"]),
        "grade_excellent": int(settings["grade_excellent"]),
        "grade_competent": int(settings["grade_competent"]),
        "grade_not": int(settings["grade_not"]),
        "veto_share": int(settings["veto_share"]),
        "min_batch": int(settings["min_batch"]),
        "cell_min": int(settings["cell_min"]),
        "remote_share": int(settings["remote_share"]),
        "ring_share": int(settings["ring_share"]),
        "urn_days": int(settings["urn_days"]),
        "consequence_days": int(settings["consequence_days"]),
        "sizes": {each: int(sizes.get(each, 0)) for each in ELECTORATES},
        "plan": plan,
        "subject": subject,
        "opens": opens,
        "closes": closes,
        "result_by": result_by.isoformat(),
        "box": box_pub,
    }


def hash_of(facts: object) -> str:
    """Return the SHA-256 (hex) of facts in their one spelling: JSON, keys sorted, no blanks, UTF-8."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def enough(counted: int, eligible: int, attendance: str) -> bool:
    """Tell whether enough came: `attendance` is a share such as 4/5."""
    return Fraction(counted) >= Fraction(attendance) * eligible


def combined(tallies: Mapping[str, Counts], weights: Counts) -> dict[str, Fraction]:
    """Return each answer's weighted share. Electorates without ballots are left out, the rest keep their relation."""
    totals = {of: sum(counts.values()) for of, counts in tallies.items()}
    whole = sum(weights[of] for of, total in totals.items() if total)
    shares: dict[str, Fraction] = {}
    for of, counts in tallies.items():
        for option, number in counts.items():
            if totals[of]:
                part = Fraction(weights[of] * number, whole * totals[of])
                shares[option] = shares.get(option, Fraction(0)) + part
    return shares


def parts(weights: Counts, sizes: Counts) -> dict[str, str]:
    """Return what each electorate that votes weighs, in per cent of all that do: 50, 62.5."""
    voting = {of: weight for of, weight in weights.items() if sizes.get(of)}
    whole = sum(voting.values())
    return {of: f"{weight * 100 / whole:.1f}".removesuffix(".0") for of, weight in voting.items()} if whole else {}


def heavier(weights: Counts, sizes: Counts) -> list[tuple[str, str]]:
    """Return of each other electorate that votes how many villagers one of its votes weighs, as written: 37.5, 112."""
    villagers = sizes.get("villagers", 0)
    found = []
    for of, weight in weights.items():
        if of != "villagers" and sizes.get(of) and villagers and weights["villagers"]:
            number = Fraction(weight * villagers, sizes[of] * weights["villagers"])
            found.append((of, f"{float(number):.0f}" if number >= 10 else f"{float(number):.1f}".removesuffix(".0")))
    return found


def grade(shares: Mapping[str, Fraction], rules: Mapping[str, Any]) -> str:
    """Return the grade of weighted shares: excellent, competent, basic or not.

    An exact tie between two grades goes to the better one: ties never decide a sanction.
    """
    percent = {option: share * 100 for option, share in shares.items()}
    best = percent.get("excellent", Fraction(0))
    if best >= rules["grade_excellent"]:
        return "excellent"
    if best + percent.get("competent", Fraction(0)) >= rules["grade_competent"]:
        return "competent"
    return "not" if percent.get("not", Fraction(0)) >= rules["grade_not"] else "basic"


def outcome(tallies: Mapping[str, Counts], rules: Mapping[str, Any]) -> str:
    """Return the composite grade, or `void` when in any electorate too few came (or fewer than five)."""
    for of, eligible in rules["sizes"].items():
        counted = sum(tallies.get(of, {}).values())
        if eligible and (counted < SMALLEST or not enough(counted, eligible, rules["attendance"])):
            return VOID
    return grade(combined(tallies, rules["weights"]), rules)


def must_repeat(tallies: Mapping[str, Counts], of: str, used_before: int, rules: Mapping[str, Any]) -> bool:
    """Tell whether a vote is held again because slips had been used when their owners came (`ballots.md`).

    From one in fifty ballots of that electorate, or as soon as so many ballots could have changed the grade.
    """
    counted = sum(tallies.get(of, {}).values())
    if not used_before or not counted:
        return False
    if used_before * 50 >= counted:
        return True
    held = outcome(tallies, rules)
    return any(outcome({**tallies, of: _moved(tallies[of], used_before, order)}, rules) != held
               for order in (SCALE[:-1], tuple(reversed(SCALE[:-1]))))


def _moved(counts: Counts, number: int, order: tuple[str, ...]) -> dict[str, int]:
    """Return counts in which `number` ballots that say the first answers in an order say the last one instead."""
    moved, left = dict(counts), number
    for answer in order[:-1]:
        taken = min(moved.get(answer, 0), left)
        moved[answer], left = moved.get(answer, 0) - taken, left - taken
        moved[order[-1]] = moved.get(order[-1], 0) + taken
    return moved


def wants_talk(villagers: Counts, rules: Mapping[str, Any]) -> bool:
    """Tell whether so many villagers said `not` that a talk follows whatever the grade."""
    total = sum(villagers.values())
    return bool(total) and Fraction(villagers.get("not", 0) * 100, total) >= rules["veto_share"]
