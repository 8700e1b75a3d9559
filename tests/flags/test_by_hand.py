"""Whoever has nothing but the page of a sheet, and a pocket calculator, gets the same lines, counts and result.

`portal.flags` makes the villages up and the pages; what the pages say is worked out without it. Each test was seen to
fail against the faults that its docstring names.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, func, select

from portal.app import create_app
from portal.config import Config
from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.flags import raising, rules, stored, usual
from portal.flags.letters import LETTERS
from portal.flags.models import COUNTED, Flag
from portal.flags.rules import Week
from portal.flags.sheet import Sheet
from portal.flags.usual import Neighbour
from portal.places.models import Place
from portal.seeding import flags, places, reports
from portal.seeding.demo import EMPTY
from portal.seeding.world import World
from tests.factories.flags import loud_flag
from tests.factories.places import District
from tests.flags.reading import Page, Table, figure, worked
from tests.flags.test_rules import RULE, WEEK, sheet_of
from tests.visitor import Official, Villager

ROUNDED = Fraction(1, 20_000)
"""Half of the last figure of those printed with four behind the point."""
NEIGHBOUR = st.builds(Neighbour, adults=st.integers(80, 6000),
                      weeks=st.lists(st.integers(0, 5), min_size=1, max_size=52))
QUIET = st.builds(Week, voice=st.integers(0, 2), serious_voice=st.integers(0, 1),
                  confirmed=st.sampled_from((0, 0, 0, 1)), open_rest=st.sampled_from((0, 0, 1)),
                  particulars=st.sampled_from((0,) * 12 + (1,)), serious_particulars=st.just(0))
"""A week as most are: with weeks like these a village lies near its lines, and facts may be too few."""


@dataclass
class Read:
    """The inputs of a sheet and what it says came out, read off its English page."""

    page: Page

    def setting(self, name: str) -> Fraction:
        """Return the value of a setting by its name in words."""
        [row] = [row for row in self.page.table("Settings").rows if row[0] == name]
        return figure(row[1])

    def letter(self, letter: str) -> Fraction:
        """Return the value beside a letter."""
        [row] = [row for row in self.page.table("The letters").rows if f"({letter})" in row[0]]
        return figure(row[1])

    @property
    def adults(self) -> int:
        """How many adults the village has."""
        return int(self.letter("A"))

    @property
    def small(self) -> bool:
        """Whether the rule of small villages holds."""
        return self.adults < self.setting("A small village has fewer than")

    @property
    def window(self) -> int:
        """How many weeks are looked at, by the settings."""
        return int(self.setting("So many in a small village" if self.small else "So many weeks are looked at"))

    def weeks(self) -> dict[date, list[int]]:
        """Return the counts of the weeks by their Monday: slips, serious, open with facts, open others, facts,
        serious facts."""
        rows = [row for row in self.page.table("Part 4").rows if len(row) > 1]
        return {as_day(row[0].split("week of ")[1].split(" · ")[0]): [int(cell) for cell in row[1:]] for row in rows}

    def checks(self) -> tuple[Table, list[list[str]]]:
        """Return the table of the weekly checks, and its rows, newest last."""
        table = self.page.table("Part 5")
        return table, table.rows

    def unchanged(self, day: str) -> bool:
        """Tell whether the page says that its weeks still give what an earlier check counted."""
        words = [words for _heading, words in self.page.said]
        after = (one for one in words[words.index(day) :] if one.startswith(("The weeks in part 4", "So it was")))
        return next(after).startswith("The weeks")


def as_day(words: str) -> date:
    """Return a day as a page writes it: 16 November, or 16 November 2025 when that is not this year's."""
    words += f" {local_day(utc_now()).year}" if len(words.split()) == 2 else ""
    return datetime.strptime(words, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone


def usual_rate(read: Read) -> Fraction:
    """Work out m from the other villages, and see that the page left out whom the rule leaves out."""
    table = read.page.table("Part 1")
    rows = [row for row in table.rows if len(row) > 1]
    rates = []
    for weeks, name in ((52, "People in 52"), (13, "People in 13")):
        drop = math.floor(Fraction(len(rows), 5) + Fraction(1, 2))
        order = sorted(rows, key=lambda row: (figure(table.cell(name, row)) / figure(row[1]), figure(row[1])))
        kept = order[drop : len(rows) - drop]
        assert {id(row) for row in kept} == {id(row) for row in rows if "left out" not in table.cell(name, row)}
        people = sum(figure(table.cell(name, row)) for row in kept)
        exposed = Fraction(sum(figure(row[1]) * min(weeks, figure(row[2])) for row in kept), 13_000)
        weight = read.setting("Weight of the rate to begin with")
        rates.append((people + weight * read.setting("Usual rate to begin with")) / (exposed + weight))
    return max(rates)


def chance_of_at_most(people: int, mean: Fraction) -> Decimal:
    """Return P(N <= people) for a Poisson N, with forty figures: e^-x (1 + x + x²/2! + ...)."""
    with localcontext() as context:
        context.prec = 40
        x = Decimal(mean.numerator) / Decimal(mean.denominator)
        return sum((x**k / math.factorial(k) for k in range(people + 1)), Decimal(0)) * (-x).exp()


def first_sure(mean: Fraction, floor: int, sure: Fraction) -> int:
    """Return the line: the first number from `floor` on that is sure enough."""
    people = floor
    while Fraction(chance_of_at_most(people, mean)) < sure:
        people += 1
    return people


def with_a_calculator(table: Table, mean: Fraction, floor: int, sure: Fraction) -> int:
    """Return the line from the printed terms alone, after looking that each follows from its neighbour."""
    terms = {int(figure(row[0])): figure(row[1]) for row in table.rows}
    peak = math.floor(mean)
    assert terms[peak] == 1
    exact = Fraction(1)
    for people in range(peak + 1, max(terms) + 1):
        exact *= mean / people
        assert abs(terms[people] - exact) <= ROUNDED / 10
    exact = Fraction(1)
    for people in range(peak, min(terms), -1):
        exact *= people / mean
        assert abs(terms[people - 1] - exact) <= ROUNDED / 10
    total, upto = sum(terms.values()), Fraction(0)
    for row in table.rows:
        upto += figure(row[1])
        assert figure(row[2]) == upto
        assert abs(figure(row[3]) - upto / total) <= ROUNDED
    sure_enough = [people for people in terms if people >= floor
                   and sum(terms[k] for k in terms if k <= people) / total >= sure]
    return min(sure_enough, default=max(floor, *terms))


@dataclass
class Counts:
    """What the weeks of a page give for one check: V, K, O, D, S, C; facts, serious ones and people by facts."""

    voice: int
    confirmed: int
    rest: int
    people: Fraction
    serious: int
    facts: int
    fact_finds: int
    fact_serious: int
    fact_people: int

    def enough(self, takes: "Takes") -> bool:
        """Tell whether the facts are enough by themselves."""
        if self.fact_finds < 2:
            return False
        weighs = self.fact_finds + self.fact_serious >= takes.facts and self.fact_people >= takes.people
        return weighs or 0 < takes.crowd <= self.fact_people


@dataclass
class Takes:
    """What facts alone take: how many, serious ones twice, from how many people; two from a crowd (0: never)."""

    facts: int
    people: int
    crowd: int = 0


def counted(read: Read, weeks: dict[date, list[int]], newest: date, lines: tuple[int, int]) -> Counts:
    """Add up the weeks that a check looks at: `newest` is the Monday of its last."""
    span = int(read.setting("So many weeks facts count by themselves"))
    inside = [row for monday, row in weeks.items() if 0 <= (newest - monday).days < 7 * read.window]
    for_facts = [row for monday, row in weeks.items() if 0 <= (newest - monday).days < 7 * span]
    caps = [-(-line // 2) for line in lines]
    voice, confirmed = sum(min(row[0], caps[0]) for row in inside), sum(row[2] for row in inside)
    rest = sum(row[3] for row in inside)
    return Counts(
        voice, confirmed, rest, people=voice + confirmed + min(Fraction(2), Fraction(rest, 4)),
        serious=sum(min(row[1], caps[1]) for row in inside), facts=sum(row[4] for row in inside),
        fact_finds=sum(row[4] for row in for_facts), fact_serious=sum(row[5] for row in for_facts),
        fact_people=sum(row[0] + row[2] for row in for_facts),
    )


def one_less(weeks: dict[date, list[int]]) -> list[dict[date, list[int]]]:
    """Return the weeks without one slip, without one open report whose facts were found, without one other."""
    made = []
    for monday, (voice, serious, confirmed, rest, *facts) in weeks.items():
        fewer = [[voice - 1, max(serious - 1, 0), confirmed, rest, *facts]] if voice else []
        fewer += [[voice, serious, confirmed - 1, rest, *facts]] if confirmed else []
        fewer += [[voice, serious, confirmed, rest - 1, *facts]] if rest else []
        made += [{**weeks, monday: row} for row in fewer]
    return made


def the_lines(read: Read) -> tuple[int, int]:
    """Work out T and Ts from the inputs, and again from the printed terms; see that the page shows them."""
    sure, factor = read.setting("How sure it must be"), read.setting("How far above the usual")
    usual, exposed = usual_rate(read), Fraction(read.adults * read.window, 13_000)
    assert abs(usual - read.letter("m")) <= 10 * ROUNDED  # its exposure was rounded before it
    assert abs(exposed - read.letter("e")) <= ROUNDED
    found = []
    for letter, line, share, part, least in (
        ("x", "T", Fraction(1), "Part 2",
         "The line is at least, in a small village" if read.small else "The line is at least"),
        ("xs", "Ts", read.setting("Serious ones among the usual reports"), "Part 3",
         "The line for serious reports is at least"),
    ):
        mean, floor = factor * (exposed * usual * share + 1), int(read.setting(least))
        assert abs(mean - read.letter(letter)) <= 200 * ROUNDED
        assert first_sure(mean, floor, sure) == read.letter(line)
        assert with_a_calculator(read.page.table(part), read.letter(letter), floor, sure) == read.letter(line)
        found.append(int(read.letter(line)))
    return found[0], found[1]


def takes(read: Read) -> Takes:
    """Return what facts alone take in this village, by settings and m; see that the page says as large as what."""
    most = Fraction(3, 2) * read.setting("Usual rate to begin with")
    like = math.floor(read.adults * max(Fraction(1), read.letter("m") / most))
    [words] = [words for _heading, words in read.page.said if "(1.5 times" in words]
    assert (f"own {like:,} adults" if like == read.adults else f"one of {like:,} adults") in words
    [row] = [row for row in read.page.table("Settings").rows if row[0].startswith("Facts are enough by themselves")]
    for words in row[1].split("; "):
        below, *rest = (int(figure(part)) for part in re.split(": | from ", words))
        if like < below:
            return Takes(*rest)
    least = read.setting("In larger villages at least") + like // read.setting("One more of both for every")
    return Takes(int(least), int(least))


def recompute(html: str) -> None:
    """Do the whole sheet again from its page alone, to its result."""
    read = Read(Page(html))
    lines, weeks = the_lines(read), read.weeks()
    table, rows = read.checks()
    persist = int(read.setting("Weekly checks over the line in a row"))
    over = []
    for back, row in enumerate(reversed(rows)):
        shown = [int(figure(table.cell(name, row))) for name in ("T", "Ts")]
        day = as_day(row[0])
        newest = day - timedelta(days=day.weekday() + 7)
        if back == 0:
            assert shown == list(lines)
        if back == 0 or read.unchanged(row[0]):
            found = counted(read, weeks, newest, (shown[0], shown[1]))
            assert (found.people, found.serious, found.facts) == tuple(
                figure(table.cell(name, row)) for name in ("D", "S", "C"))
        over.insert(0, figure(table.cell("D", row)) >= shown[0] or figure(table.cell("S", row)) >= shown[1])
        assert table.cell("Over by count", row) == ("yes" if over[0] else "no")
    last = counted(read, weeks, newest_monday(rows), lines)
    [words] = [words for _heading, words in read.page.said if words.startswith("By count")]
    assert f"in {sum(over)} of the last {len(rows)} weekly checks" in words
    enough = takes(read)
    [words] = [words for _heading, words in read.page.said if words.startswith("By facts")]
    assert f"of {last.fact_finds} reports, {last.fact_serious} of them serious" in words
    assert f"beside {last.fact_people} people (" in words
    assert ("So the facts are enough." in [words for _heading, words in read.page.said]) is last.enough(enough)
    assert [read.letter(letter) for letter in "VKODSC"] == [
        last.voice, last.confirmed, last.rest, last.people, last.serious, last.facts]
    result(read, last, over=len(over) >= persist and all(over[-persist:]), by_facts=last.enough(enough))
    sturdy(read, weeks, last, lines, enough)


def newest_monday(rows: list[list[str]]) -> date:
    """Return the Monday of the last full week before the newest check."""
    day = as_day(rows[-1][0])
    return day - timedelta(days=day.weekday() + 7)


def result(read: Read, last: Counts, *, over: bool, by_facts: bool) -> None:
    """See that the page says what follows: why it was opened, and whether a review may be."""
    said = {row[0]: row[1] for row in read.page.table("How the number came about").rows}
    assert said["Opened by"].startswith("many different people" if over else "confirmed facts" if by_facts else "")
    least = read.setting("Facts for a review") + read.adults // read.setting("One fact more for every")
    words = ("may be opened: the facts" if by_facts else "may be opened: enough" if over and last.facts >= least
             else f"not yet: {last.facts} facts of {least}")
    assert said["Review"].startswith(words), (said["Review"], words)


def sturdy(read: Read, weeks: dict[date, list[int]], last: Counts, lines: tuple[int, int], enough: Takes) -> None:
    """See that the page says truly whether one person alone carries the village over its line."""
    newest = newest_monday(read.checks()[1])
    worlds = [counted(read, fewer, newest, lines) for fewer in one_less(weeks)]
    alone = bool(worlds) and all(one.people >= lines[0] or one.serious >= lines[1] for one in worlds)
    alone |= replace(last, fact_finds=last.fact_finds - 1, fact_serious=max(last.fact_serious - 1, 0),
                     fact_people=last.fact_people - 1).enough(enough)
    said = {row[0]: row[1] for row in read.page.table("How the number came about").rows}
    assert said["Without any one person"].startswith("still over" if alone else "under")


def every_equation_holds(html: str, least: int = 20) -> None:
    """Every sum that a page writes out gives what it says, to the last figure printed."""
    found = Page(html).equations()
    assert len(found) >= least
    for expression, said in found:
        assert abs(worked(expression) - figure(said)) <= ROUNDED, (expression, said)


def _store(stores: Stores, village: str, sheet: Sheet, now: datetime) -> str:
    """Store a sheet as a flag, as the weekly check does; return the flag's id."""
    with stores.portal.write() as session:
        place = session.get_one(Place, village)
        cause = "facts" if sheet.verdict.by_facts and not sheet.verdict.by_count else "count"
        flag = Flag(village_id=village, key=f"count:{session.exec(select(func.count(col(Flag.id)))).one()}",
                    cause=cause, opened=sheet.opened, due=sheet.opened,
                    sheet=stored.counted(sheet, cause, "2026-W46"), sheet_hash="")
        return raising.raise_flag(session, now, place, flag).id


def _page(official, stores: Stores, district: District, sheet: Sheet) -> dict[str, str]:
    """Return the pages of a sheet over 南湾村, by language; the other villages go by names of the district."""
    officer = official("town_discipline", "baisha")
    ids = [place.id for place in district.places.values() if place.kind == "village"]
    lines = tuple(replace(line, village=ids[at % len(ids)]) for at, line in enumerate(sheet.neighbours))
    sheet = replace(sheet, village=district["nanwan"].id, neighbours=lines)
    flag_id = _store(stores, district["nanwan"].id, sheet, utc_now())
    return {language: officer.get(f"{language}/desk/baisha/flags/{flag_id}").get_data(as_text=True)
            for language in ("/en", "")}


@given(weeks=st.one_of(*(st.lists(kind, min_size=28, max_size=38) for kind in (QUIET, WEEK))),
       adults=st.one_of(st.integers(80, 700), st.integers(80, 6000)),
       others=st.lists(NEIGHBOUR, max_size=14))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_made_up_village_can_be_recomputed(official, stores: Stores, district: District, weeks: list[Week],
                                             adults: int, others: list[Neighbour]) -> None:
    """Whatever came in, wherever: inputs, lines, counts, result and every written sum of the page agree.

    Faults seen: weeks counted for a neighbour that are not known; a village too many left out; serious reports held
    against the whole usual rate; a line one too high; other open reports shown as confirmed ones; S without its weekly
    limit; a sum that is not what stands before it; a review that may be opened without enough facts.
    """
    shown = _page(official, stores, district, sheet_of(weeks, adults, others))
    recompute(shown["/en"])
    for html in shown.values():
        every_equation_holds(html)


@pytest.mark.parametrize("loud", [False, True])
def test_a_village_right_on_its_line_can_be_recomputed(official, stores: Stores, district: District, *,
                                                       loud: bool) -> None:
    """Where it depends on one person: as many people as the line, one a week or half of them in one loud week.

    Faults seen: a line that must be passed and not only reached; "without any one person" told of some and not of all.
    """
    others = [Neighbour(900, [0] * 52)] * 3
    line = rules.threshold(1000, usual.baseline(others, RULE), RULE).all
    most = -(-line // 2) if loud else 0
    weeks = [*[Week()] * 38, Week(voice=most + 3 if loud else 0), *[Week(voice=1)] * (line - most)][-38:]
    sheet = sheet_of(weeks, 1000, others)
    assert line == sheet.checks[-1].found.D
    recompute(_page(official, stores, district, sheet)["/en"])


def test_the_demonstrations_village_can_be_recomputed(config: Config, stores: Stores) -> None:
    """The village in triage that everybody is shown, from its page alone.

    Faults seen: people of the facts path told from half of its weeks; facts said where people are meant; the people of
    a whole year taken for those of a quarter.
    """
    world = World(config, stores, utc_now())
    world.demo.update({key: list(value) for key, value in EMPTY.items()})
    for part in (places, reports, flags):
        part.seed(world)
    officer = Official(create_app(config, stores=stores), world.people["town_discipline", "qingxi"])
    with stores.portal.read() as session:
        [flag] = session.exec(select(Flag).where(Flag.state == "triage", col(Flag.cause).in_(COUNTED))).all()
    for language in ("/en", ""):
        assert officer.get(f"{language}/desk/qingxi/flags/{flag.id}").status_code == 200
        every_equation_holds(officer.text)
        if language:
            recompute(officer.text)


def test_every_letter_is_explained_where_all_can_read_it(villager: Villager, official, stores: Stores,
                                                         district: District) -> None:
    """The public rule and the sheet call each letter by the same name; neither shows a key of the program.

    Faults seen: a public rule that explains nine letters of fourteen; settings under the names of the program.
    """
    with stores.portal.write() as session:
        flag = loud_flag(session, district, utc_now())
    officer = official("town_discipline", "baisha")
    for language in ("", "/en"):
        officer.get(f"{language}/desk/baisha/flags/{flag.id}")
        villager.get(f"{language}/how-flags-work")
        names = {row[0].split(")")[0] for row in Page(officer.text).tables[1].rows}
        assert len(names) == len(LETTERS)
        for name in names:
            assert name in villager.text
        for page in (officer.text, villager.text):
            assert flag.sheet["rule_version"] in page
            assert not [key for key in flag.sheet["rule"] if "_" in key and key in page]
