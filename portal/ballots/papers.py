"""The papers of a count: what was counted at the table beside the ballots, and who signs for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.ballots.models import CountSheet
from portal.core.errors import Refused
from portal.core.words import N_

NOT_TWINS = N_(
    "Write one number for each answer, from the best to the last, with blanks between them; 0 where none is.")
SIGNERS = 3
SEPARATORS = re.compile(r"[，,、;；]")
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Papers:
    """The papers of one electorate, as counted at the table.

    Slips given out, spoiled (voided ones too), left over (None: what is left of the printed ones) and taken to people
    at home; the control cards by answer, in the order of the scale (None: there was no box for them), or as one
    number where so few voted at home that the answers would tell on them; slips that had been used when their owners
    came, and paper ballots in double envelopes.
    """

    issued: int
    spoiled: int = 0
    returned: int | None = None
    remote: int = 0
    twins: tuple[int, ...] | None = None
    used_before: int = 0
    envelopes: int = 0


def three(signers: str) -> str:
    """Return the names of those who sign as one list, 、 between Chinese ones. Raises Refused for fewer than three."""
    names = list(dict.fromkeys(each.strip() for each in SEPARATORS.split(signers) if each.strip()))
    if len(names) < SIGNERS:
        raise Refused(N_("Three people sign the count: from the town, the supervision committee and the district. "
                         "Write all three names, with commas between them."), field="signers")
    return ("、" if HAN.search(signers) else ", ").join(names)


def fill(row: CountSheet, answers: Mapping[str, int], papers: Papers, scale: Sequence[str],
         least: int) -> None:
    """Complete the papers of one electorate; `least` is the smallest cell shown. Raises Refused for what can't be."""
    counted = sum(answers.values())
    if papers.issued + papers.spoiled > row.printed:
        raise Refused(N_("More slips given out and spoiled than were printed (%(printed)s)."),
                      field=f"issued_{row.electorate}", printed=row.printed)
    if papers.spoiled < row.voided:
        raise Refused(N_("%(voided)s slips were voided by their stubs: they count as spoiled."),
                      field=f"spoiled_{row.electorate}", voided=row.voided)
    if counted > row.spent:
        raise Refused(N_("More ballots were counted than slips were used: ballots were put in. "
                         "This can’t be published; declare the round void."), field="sheet")
    if papers.used_before > row.spent:
        raise Refused(N_("Only %(spent)s slips were used at all."), field=f"used_{row.electorate}", spent=row.spent)
    row.used_before, row.envelopes = papers.used_before, papers.envelopes
    row.issued, row.spoiled, row.counted, row.remote = papers.issued, papers.spoiled, counted, papers.remote
    left = row.printed - papers.issued - papers.spoiled
    row.returned = left if papers.returned is None else papers.returned
    if papers.twins is None:
        row.twins, row.twin_over = None, 0
        return
    if 0 < papers.remote < least:
        if len(papers.twins) > 1:
            raise Refused(N_("Fewer than %(least)s voted at home. Write only how many control cards there were in all: "
                             "by answer they would tell how those at home voted."),
                          field=f"twins_{row.electorate}", least=least)
        row.twins, row.twin_over = papers.twins[0], 0
        return
    if len(papers.twins) != len(scale):
        raise Refused(NOT_TWINS, field=f"twins_{row.electorate}")
    cards = dict(zip(scale, papers.twins, strict=True))
    row.twins = sum(papers.twins)
    row.twin_over = sum(max(number - answers.get(each, 0), 0) for each, number in cards.items())
