"""The sheets of a round's slips. The digits pass through here once, from their making to the printer."""

from datetime import datetime

from flask_babel import gettext as _

from portal.ballots import conduct, queries
from portal.ballots.shares import NEEDED, SHARES, Share
from portal.ballots.words import ELECTORATES, PAPER
from portal.core.clock import SHANGHAI
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.sheets import slips_pdf
from portal.core.typeset import pdf
from portal.core.words import N_
from portal.places import queries as places
from portal.web.filters import day, name
from portal.web.locale import language


def slips_sheet(stores: Stores, now: datetime, base_url: str, round_id: str, electorate: str, number: int) -> bytes:
    """Issue slips and return the PDF of them; nothing else ever holds their digits. Raises Refused.

    Needs an app's context, for the language of the page or command that asks.
    """
    with stores.portal.read() as session:
        round_ = queries.get(session, round_id)
        village = places.get(session, round_.village_id) if round_ else None
    if round_ is None or village is None or electorate not in ELECTORATES:
        raise Refused(N_("There is no such round, or it has no such group."))
    closes = round_.closes_at.astimezone(SHANGHAI)
    words = {
        "title": _("Voting slips"),
        "do": _("Scan the code, or open the address below and type these 20 digits."),
        "private": _("Typing the digits is the more private way."),
        "rest": _("Works once, until %(day)s, %(time)s: what is sent before the closing bell of the hall counts. "
                  "There is no name on it. Let nobody use it for you.",
                  day=day(closes), time=f"{closes:%H:%M}"),
        "lang": "zh" if language().code == "zh_Hans" else "en",
        "qr": _("QR code"),
    }
    words["stub"] = _("Tear off and keep, for a lost slip:")
    issued = conduct.issue_slips(stores, now, round_id, electorate, number)
    return slips_pdf(
        heading=_("Voting slip"), village=name(village),
        round_title=_("Three-vote appraisal %(year)s", year=round_.year),
        electorate=_(ELECTORATES[electorate]), colour=_(PAPER[electorate]), base_url=base_url, path="/vote",
        codes=issued.digits, stubs=issued.stubs, words=words,
    )


def share_sheet(share: Share) -> bytes:
    """Return one share of a box's key as a PDF of one page, to fold into an envelope. Needs an app's context."""
    return pdf("share", {
        "title": _("Share of the box’s key"),
        "heading": _("Share of the box’s key"),
        "lang": "zh" if language().code == "zh_Hans" else "en",
        "box_label": _("Box (must be the same on the poster)"),
        "box": share.box,
        "number": _("Share %(number)s of %(all)s", number=share.number, all=SHARES),
        "lines": share.lines,
        "sentences": [
            _("Any %(needed)s of the %(all)s shares open the box; one alone opens nothing.", needed=NEEDED, all=SHARES),
            _("Fold it into an envelope and sign across the flap. Keep it apart from the other shares; photograph it "
              "for nobody."),
            _("Bring it to the count. On the same day, at the same table, all shares are torn up."),
        ],
        "signs": [_("Kept by"), _("Day")],
    })
