"""The sheets of a vote besides its slips: what is signed at the table, the control cards, the result for the board."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.ballots import rules
from portal.ballots.counting import commitment, mark
from portal.ballots.models import CountSheet, Round, Tally
from portal.ballots.sealing import fingerprint
from portal.ballots.words import ANSWERS, ELECTORATES, GRADES, PAPER, label, share
from portal.core.digits import groups
from portal.core.sheets import address, qr_data
from portal.core.typeset import pdf
from portal.places.models import Place
from portal.web.filters import day, name
from portal.web.locale import language

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A caption, the heads of the columns (all empty: none are printed), and the rows."""


def _lang() -> str:
    return "zh" if language().code == "zh_Hans" else "en"


def _sheet(heading: str, about: str, facts: Mapping[str, str], tables: Sequence[Table], sentences: Sequence[str],
           signs: Sequence[str] = (), **more: Any) -> bytes:
    return pdf("protocol", {
        "title": heading, "heading": heading, "about": about, "lang": _lang(),
        "facts": [{"label": label_, "value": value} for label_, value in facts.items()],
        "tables": [{"caption": caption, "head": list(head), "rows": [list(row) for row in rows]}
                   for caption, head, rows in tables],
        "sentences": list(sentences), "signs": list(signs), **more,
    })


def _about(village: Place, round_: Round) -> str:
    return str(_("%(village)s, three-vote appraisal %(year)s", village=name(village), year=round_.year))


def _by_group(caption: str, numbers: Mapping[str, int], paper: bool = False) -> Table:
    shown = [(str(_("%(group)s, %(paper)s", group=_(ELECTORATES[each]), paper=_(PAPER[each])))
              if paper else str(_(ELECTORATES[each])), str(number)) for each, number in numbers.items()]
    return caption, ("", ""), shown


def printed(village: Place, round_: Round, numbers: Mapping[str, int]) -> bytes:
    """Return the sheet on which town and committee sign how many slips were printed, by electorate; PDF."""
    return _sheet(
        _("How many slips were printed"), _about(village, round_), {_("Key of the box"): fingerprint(round_.box_pub)},
        [_by_group(_("Slips, counted by both"), numbers, paper=True)],
        [_("Both counted the printed slips, one group after the other. The file was deleted, the slips lie sealed."),
         _("Whoever signs has seen it. One copy stays with each.")],
        [_("For the town"), _("For the supervision committee"), _("Day")],
    )


def closed(village: Place, round_: Round, rows: Sequence[CountSheet]) -> bytes:
    """Return the sheet of the close: the urn's hash, which is read aloud, and slips used by electorate; PDF."""
    return _sheet(
        _("Close of the vote"), _about(village, round_),
        {_("Key of the box"): fingerprint(round_.box_pub),
         _("SHA-256 of the locked urn, read aloud"): " ".join(groups(round_.urn_hash, 8))},
        [_by_group(_("Slips used to vote"), {row.electorate: row.spent for row in rows})],
        [_("The hash was read aloud and written down by whoever wished. The laptop that counts says the same one."),
         _("This sheet goes onto the board.")],
        [_("For the town"), _("For the supervision committee"), _("For the district")],
    )


def counted(sheet: Mapping[str, Any]) -> bytes:
    """Return the count sheet with its exact figures, as the laptop prints it for three signatures; PDF.

    It is sealed in an envelope; the digits under the figures follow from the file that goes to the portal.
    """
    tables: list[Table] = []
    for electorate in (each for each in rules.ELECTORATES if each in sheet["electorates"]):
        part = sheet["electorates"][electorate]
        for answers in part["questions"].values():
            rows = [(str(_(ANSWERS[each])), str(answers.get(each, 0))) for each in rules.SCALE]
            rows.append((str(_("Ballots counted")), str(part["counted"])))
            tables.append((str(_(ELECTORATES[electorate])), ("", ""), rows))
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


def spoken(sheet: Mapping[str, Any]) -> str:
    """Return a count sheet as lines to read aloud at the table, before those who came."""
    how = _("Count sheet, cards counted by hand") if sheet.get("by_hand") else _("Count sheet")
    lines = [f"{how} · " + _("Round %(round)s", round=sheet["round"]),
             f"{_('Key of the box')} {fingerprint(sheet['box'])}",
             f"{_('SHA-256 of the locked urn, read aloud')} {' '.join(groups(sheet['urn'], 8))}"]
    for electorate in (each for each in rules.ELECTORATES if each in sheet["electorates"]):
        part = sheet["electorates"][electorate]
        lines.append(f"{_(ELECTORATES[electorate])}: {_('Ballots counted')} {part['counted']}")
        for answers in part["questions"].values():
            lines += [f"  {_(ANSWERS[each])} {answers.get(each, 0)}" for each in rules.SCALE]
    if sheet["foreign"]:
        lines.append(f"{_('Not counted: no ballot of this round')} {sheet['foreign']}")
    lines.append(f"{_('The 20 digits of this sheet')} {mark(commitment(dict(sheet)))}")
    return "\n".join(lines)


def cards(village: Place, round_: Round, question: str) -> bytes:
    """Return control cards to cut, eight on a page, a page for each electorate; all of a page are alike. PDF."""
    heading = str(_("Control card"))
    return pdf("cards", {
        "title": heading, "heading": question, "about": _about(village, round_), "lang": _lang(),
        "groups": [str(_(ELECTORATES[each])) for each in rules.ELECTORATES if round_.sizes.get(each)],
        "answers": [str(_(ANSWERS[each])) for each in round_.rules["scale"]],
        "do": str(_("Mark the same answer as on the phone. No name. Fold it once and drop it into the locked box.")),
    })


def result(village: Place, round_: Round, lines: Mapping[str, Sequence[Tally]], papers: Sequence[CountSheet],
           base_url: str) -> bytes:
    """Return a published result for the notice board: what the page shows, with the way to the page; PDF."""
    path = f"/v/{village.code}/results/{round_.id}"
    facts = {_("Overall"): str(_(GRADES[round_.told]))} if round_.told else {}
    shares: list[Table] = [
        (str(_(ELECTORATES[electorate])), (_("Answer given"), _("Share of votes")),
         [(label(line.options), share(line)) for line in found]) for electorate, found in lines.items()]
    counts = [(_("May vote"), "eligible"), (_("Slips printed"), "printed"), (_("Given out"), "issued"),
              (_("Spoiled"), "spoiled"), (_("Left over"), "returned"), (_("Used to vote"), "spent"),
              (_("Ballots counted"), "counted")]
    head = ("", *(str(_(ELECTORATES[row.electorate])) for row in papers))
    agree = (_("Do the numbers agree?"), head,
             [(str(words), *(str(getattr(row, key)) for row in papers)) for words, key in counts])
    return _sheet(
        _("Result of the three-vote appraisal %(year)s", year=round_.year),
        _("%(village)s, published on %(day)s", village=name(village), day=day(round_.published_on)), facts,
        [*shares, agree],
        [_("Answers that few gave stand together with their neighbour, and small groups are not shown: so nobody can "
           "guess how somebody voted. How it was counted, and how to check it, stands on the page."),
         address(base_url, path)],
        qr=qr_data(base_url.rstrip("/") + path), qr_alt=str(_("QR code")),
    )
