"""What each letter of the rule means, in plain words: the one list that the sheet and the public rule both show."""

from dataclasses import dataclass

from portal.core.words import N_
from portal.flags.byhand import ByHand, plainly
from portal.flags.sheet import Sheet
from portal.flags.steps import Step, number


@dataclass(frozen=True)
class Letter:
    """A letter of the formulas, its name and what it means; both are phrases of the catalogue."""

    letter: str
    name: str
    meaning: str


LETTERS = {row.letter: row for row in (
    Letter("A", N_("Adults"), N_("Who is 18 or older, as the portal had the village on the day of the check.")),
    Letter("W", N_("Weeks looked at"), N_("So many full weeks up to the check; in a small village more.")),
    Letter("e", N_("Adults and time"), N_("A ÷ 1,000 × W ÷ 13: how many times a thousand adults in a quarter.")),
    Letter("m", N_("Usual rate"),
           N_("So many people of 1,000 adults report in 13 weeks in the other villages of the town.")),
    Letter("x", N_("Number to compare with"),
           N_("What would be usual here (e × m), one person added for caution, times the factor of the rule.")),
    Letter("T", N_("Line for all reports"),
           N_("From so many people on it is sure enough that the village lies above the factor times the usual.")),
    Letter("xs", N_("Number to compare with, serious"), N_("The same as x, with the serious share of the usual rate.")),
    Letter("Ts", N_("Line for serious reports"), N_("The same as T, for serious reports.")),
    Letter("V", N_("People with a voice slip"),
           N_("Each slip is one person, once a quarter. One week counts half the line at most.")),
    Letter("K", N_("Open reports whose facts were found"),
           N_("Sent without a slip; the town found a fact of it. Each counts as one person.")),
    Letter("O", N_("Other open reports"),
           N_("Sent without a slip, nothing found yet; the same words in one week once. A quarter each, two people at "
              "most together.")),
    Letter("D", N_("People counted"), N_("V + K + what O counts.")),
    Letter("S", N_("People counted, serious"),
           N_("Voice slips about money, benefits, land and collective property, threat or revenge.")),
    Letter("C", N_("Facts found"),
           N_("Reports of these weeks of which two people of two offices found a fact. One report is one fact.")),
)}


@dataclass(frozen=True)
class Quantity:
    """One letter of a sheet with its value and where that comes from."""

    letter: Letter
    value: Step
    source: Step


PEOPLE, REPORTS, FACTS = N_("%(value)s people"), N_("%(value)s reports"), N_("%(value)s facts")
ONE = {PEOPLE: N_("%(value)s person"), REPORTS: N_("%(value)s report"), FACTS: N_("%(value)s fact")}
PART = N_("part %(part)s")


def quantities(sheet: Sheet, made: ByHand) -> list[Quantity]:
    """Return every letter of a sheet in the order of the formulas."""
    newest, rule = sheet.checks[-1], sheet.rule
    found, line = newest.found, newest.thresholds
    rest = sum(week.open_rest for week in sheet.weeks[-line.window :])
    small = sheet.adults < rule.small_adults
    size = N_("fewer than %(adults)s adults") if small else N_("%(adults)s adults or more")
    slips = Step(N_("part 4, voice slips week by week"))
    openly = Step(N_("part 4, open reports week by week"))
    rows: list[tuple[str, str, object, Step]] = [
        ("A", N_("%(value)s adults"), f"{sheet.adults:,}", Step(N_("the register of villages"))),
        ("W", N_("%(value)s weeks"), line.window, Step(size, {"adults": f"{rule.small_adults:,}"})),
        ("e", "%(value)s", plainly(made.exposed), Step(PART, {"part": 2})),
        ("m", PEOPLE, plainly(made.usual),
         Step(N_("part 1, the other villages: %(villages)s"), {"villages": len(sheet.neighbours)})),
        ("x", PEOPLE, plainly(made.all.mean), Step(PART, {"part": 2})),
        ("T", PEOPLE, line.all, Step(PART, {"part": 2})),
        ("xs", PEOPLE, plainly(made.serious.mean), Step(PART, {"part": 3})),
        ("Ts", PEOPLE, line.serious, Step(PART, {"part": 3})),
        ("V", PEOPLE, found.voice_capped, slips),
        ("K", REPORTS, found.confirmed, openly),
        ("O", REPORTS, rest, openly),
        ("D", PEOPLE, number(found.D), Step(PART, {"part": 4})),
        ("S", PEOPLE, found.S, slips),
        ("C", FACTS, newest.particulars, Step(N_("part 4, facts week by week"))),
    ]
    return [Quantity(LETTERS[letter], Step(ONE.get(phrase, phrase) if value == 1 else phrase, {"value": value}), source)
            for letter, phrase, value, source in rows]
