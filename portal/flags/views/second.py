"""The page of the second person in a triage: the sheet, what somebody proposes, and the answer to it.

Being asked opens it, about this one flag and no other, and only while the proposal waits is the sheet on it; of
reports there is nothing but the sheet. Whoever was not asked, or is close to the village, gets 404.
"""

from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.flags import conflicts, forms, pending, proposals, review, service
from portal.flags.models import COUNTED, Flag, Proposal
from portal.flags.views import bp, steps
from portal.flags.views.sheets import sheet_of
from portal.flags.views.words import WORDS
from portal.places.models import Place
from portal.roles import Actor, Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs

Page = str | Response | tuple[str, int]


def _found(code: str, proposal_id: str) -> tuple[Proposal, Flag, Place]:
    """Return a proposal that this person was asked to confirm, its flag and village; otherwise 404."""
    session = reading()
    found = pending.asked(session, place_of(code).path, proposal_id, actor().person_id)
    if found is None or conflicts.why_not(session, actor(), *found[1:], local_day(utc_now())) is not None:
        abort(404)
    return found


@bp.route("/desk/<code>/proposals/<proposal_id>", methods=["GET", "POST"])
@needs(Permission.FLAG_CONFIRM)
def proposal(code: str, proposal_id: str) -> Page:
    """Show a proposal to the second person, who confirms it or sends it back."""
    row, flag, village = _found(code, proposal_id)
    if request.method == "GET":
        return _page(code, row, flag, village, None)
    form, made = forms.answer(request.form)

    def step(session: Session, person: Actor, now: datetime) -> None:
        asked = session.get_one(Proposal, proposal_id, with_for_update=True)
        if made.choice == "confirm":
            proposals.confirm(session, person, now, asked)
        else:
            proposals.send_back(session, person, now, asked, made.why)

    if steps.taken(form, flag.id, step):
        return redirect(url_for("flags.proposal", code=code, proposal_id=proposal_id), code=303)
    return _page(code, *_found(code, proposal_id), form), 422


@bp.route("/desk/<code>/proposals/<proposal_id>/aside", methods=["POST"])
@needs(Permission.FLAG_CONFIRM)
def decline(code: str, proposal_id: str) -> Page:
    """Step aside from the flag; the proposal lapses, and the town asks somebody else."""
    _row, flag, _village = _found(code, proposal_id)
    with writing() as session:
        review.declare(session, actor(), utc_now(), session.get_one(Flag, flag.id))
    return redirect(url_for("home.desk"), code=303)


def _page(code: str, row: Proposal, flag: Flag, village: Place, form: Form | None) -> str:
    session, waits = reading(), row.state == "waiting" and flag.state == "triage"
    ids = {row.proposed_by, *flag.sheet.get("confirmed_by", ())}
    shown = sheet_of(flag) if waits and flag.cause in COUNTED else {"sheet": None}
    return render_template(
        "flags/desk/proposal.html", code=code, row=row, flag=flag, village=village, form=form, words=WORDS, waits=waits,
        names=people.names(session, ids), needs=service.review_needs(session, flag),
        changed=waits and row.figures != proposals.figures(session, flag), **shown,
    )
