"""The page of the three who decide a review: what they must know, the lead's proposal, and stepping aside.

A seat on a panel opens it, no role does: whoever has none gets 404 as for a review that there isn't.
"""


from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.flags import conflicts, course, forms, panel, papers, queries, review, service
from portal.flags.models import COUNTED, OUTCOMES, Flag
from portal.flags.raising import rule_at
from portal.flags.views import bp, steps
from portal.flags.views.sheets import sheet_of
from portal.flags.views.words import WORDS
from portal.places import queries as places
from portal.places.models import Place
from portal.web.edge import reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, signed_in

Page = str | Response | tuple[str, int]


def _found(flag_id: str) -> tuple[Flag, Place]:
    """Return a flag on whose panel this person sits, and its village; otherwise 404."""
    session = reading()
    flag = session.get(Flag, flag_id)
    if flag is None or actor().person_id not in {seat.person_id for seat in queries.panel(session, flag_id)}:
        abort(404)
    village, today = places.get(session, flag.village_id), local_day(utc_now())
    if not queries.in_office(session, village, actor().person_id, today):
        abort(404)
    if conflicts.why_not(session, actor(), flag, village, today) is not None:
        abort(404)
    return flag, village


@bp.route("/desk/panels/<flag_id>", methods=["GET", "POST"])
@signed_in
def seat(flag_id: str) -> Page:
    """Show a review to its panel; the lead proposes the decision here."""
    flag, village = _found(flag_id)
    if request.method == "GET":
        return _page(flag, village, None)
    form, made = forms.proposal(request.form)
    return _settle(flag_id, form,
                   lambda s, a, n, f: panel.propose(s, a, n, f, made.outcome, made.reasons, made.months))


@bp.route("/desk/panels/<flag_id>/voice", methods=["POST"])
@signed_in
def voice(flag_id: str) -> Page:
    """Agree with what the lead proposes, or not, with the reason."""
    _found(flag_id)
    form, made = forms.voice(request.form)
    return _settle(flag_id, form, lambda s, a, n, f: panel.voice(s, a, n, f, made.choice, made.why, made.seen))


@bp.route("/desk/panels/<flag_id>/aside", methods=["POST"])
@signed_in
def leave(flag_id: str) -> Page:
    """Step down from a panel; the town names another three."""
    _found(flag_id)
    with writing() as session:
        review.declare(session, actor(), utc_now(), session.get_one(Flag, flag_id))
    return redirect(url_for("home.desk"), code=303)


def _settle(flag_id: str, form: Form, verb: steps.Verb) -> Page:
    if steps.taken(form, flag_id, steps.on(flag_id, verb)):
        return redirect(url_for("flags.seat", flag_id=flag_id), code=303)
    return _page(*_found(flag_id), form), 422


def _page(flag: Flag, village: Place, form: Form | None) -> str:
    session = reading()
    row, seats = queries.review(session, flag.id), queries.panel(session, flag.id)
    return render_template(
        "flags/desk/panel.html", flag=flag, village=village, form=form, review=row, seats=seats, words=WORDS,
        names=people.names(session, {one.person_id for one in seats} | set(flag.sheet.get("confirmed_by", ()))),
        papers=papers.listed(session, flag.id), outcomes=OUTCOMES, mark=course.mark(row) if row else "",
        needs=service.review_needs(session, flag),
        titles=queries.offices(session, village, local_day(utc_now())),
        mine=next(one for one in seats if one.person_id == actor().person_id),
        **(sheet_of(flag) if flag.cause in COUNTED else {"sheet": None}),
        leads=any(one.leads and one.person_id == actor().person_id for one in seats),
        clearing=queries.clearing_of(session, flag.id), counted=flag.cause in COUNTED,
        rule=rule_at(session, village, local_day(utc_now())),
    )
