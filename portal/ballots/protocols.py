"""The sheets that are signed at the table: how many slips were printed, the close, and the count (ballots.md, flow)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.ballots import rules
from portal.ballots.counting import commitment, mark
from portal.ballots.models import CountSheet, Round
from portal.ballots.sealing import fingerprint
from portal.ballots.words import ANSWERS, ELECTORATES, PAPER
from portal.core.digits import groups
from portal.core.typeset import pdf
from portal.places.models import Place
from portal.web.filters import name
from portal.web.locale import language


def _sheet(heading: str, about: str, facts: Mapping[str, str], tables: Sequence[tuple[str, Mapping[str, Any]]],
           sentences: Sequence[str], signs: Sequence[str]) -> bytes:
    return pdf("protocol", {
        "title": heading, "heading": heading, "about": about,
        "lang": "zh" if language().code == "zh_Hans" else "en",
        "facts": [{"label": label, "value": value} for label, value in facts.items()],
        "tables": [{"caption": caption, "rows": [{"label": label, "value": str(value)}
                                                 for label, value in rows.items()]} for caption, rows in tables],
        "sentences": list(sentences), "signs": list(signs),
    })


def _about(village: Place, round_: Round) -> str:
    return str(_("%(village)s, three-vote appraisal %(year)s", village=name(village), year=round_.year))


def printed(village: Place, round_: Round, numbers: Mapping[str, int]) -> bytes:
    """Return the sheet on which town and committee sign how many slips were printed, by electorate; PDF."""
    rows = {str(_("%(group)s, %(paper)s", group=_(ELECTORATES[each]), paper=_(PAPER[each]))): number
            for each, number in numbers.items()}
    return _sheet(
        _("Slips printed"), _about(village, round_), {_("Key of the box"): fingerprint(round_.box_pub)},
        [(_("Slips, counted by both"), rows)],
        [_("Both counted the printed slips, one group after the other. The file was deleted, the slips lie sealed."),
         _("Whoever signs has seen it. One copy stays with each.")],
        [_("For the town"), _("For the supervision committee"), _("Day")],
    )


def closed(village: Place, round_: Round, rows: Sequence[CountSheet]) -> bytes:
    """Return the sheet of the close: the urn's hash, which is read aloud, and slips used by electorate; PDF."""
    numbers = {str(_(ELECTORATES[row.electorate])): row.spent for row in rows}
    return _sheet(
        _("Close of the vote"), _about(village, round_),
        {_("Key of the box"): fingerprint(round_.box_pub),
         _("SHA-256 of the locked urn, read aloud"): " ".join(groups(round_.urn_hash, 8))},
        [(_("Slips used to vote"), numbers)],
        [_("The hash was read aloud and written down by whoever wished. The laptop that counts says the same one."),
         _("This sheet goes onto the board.")],
        [_("For the town"), _("For the supervision committee"), _("For the district")],
    )


def counted(sheet: Mapping[str, Any]) -> bytes:
    """Return the count sheet with its exact figures, as the laptop prints it for three signatures; PDF.

    It is sealed in an envelope; the digits under the figures follow from the file that goes to the portal.
    """
    tables = []
    for electorate in (each for each in rules.ELECTORATES if each in sheet["electorates"]):
        part = sheet["electorates"][electorate]
        for answers in part["questions"].values():
            rows = {str(_(ANSWERS[each])): answers.get(each, 0) for each in rules.SCALE}
            tables.append((str(_(ELECTORATES[electorate])), {**rows, str(_("Ballots counted")): part["counted"]}))
    facts = {_("Key of the box"): fingerprint(sheet["box"]),
             _("SHA-256 of the locked urn, read aloud"): " ".join(groups(sheet["urn"], 8))}
    if sheet["foreign"]:
        facts[_("Not counted: no ballot of this round")] = str(sheet["foreign"])
    facts[_("The 20 digits of this sheet")] = mark(commitment(dict(sheet)))
    return _sheet(
        _("Count sheet, cards counted by hand") if sheet.get("by_hand") else _("Count sheet"),
        _("Round %(round)s", round=sheet["round"]), facts, tables,
        [_("Three copies, one for each body. Everybody signs all three; each copy goes into an envelope, which is "
           "sealed. The exact figures are told to nobody: from small groups they would tell how people voted."),
         _("The supervision committee and the district type the 20 digits from their own copy at their own desk. "
           "Before that nothing can be published."),
         _("The shares of the key are torn up now, at this table.")],
        [_("For the town"), _("For the supervision committee"), _("For the district")],
    )
