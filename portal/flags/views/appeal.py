"""The page of the second person of an appeal: the decision, the appeal, the answer, and confirming it or not.

Being asked opens it, no role does; whoever was not asked, or is close to the village, gets 404.
"""

from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import local_day, utc_now
from portal.flags import appeals, conflicts, course, forms, papers, queries
from portal.flags.models import Flag, Review
from portal.flags.views import bp, steps
from portal.flags.views.words import WORDS
from portal.places import queries as places
from portal.places.models import Place
from portal.roles import Actor
from portal.web.edge import reading
from portal.web.forms import Form
from portal.web.guards import actor, signed_in

Page = str | Response | tuple[str, int]


def _found(flag_id: str) -> tuple[Flag, Review, Place]:
    session = reading()
    flag, row = session.get(Flag, flag_id), session.get(Review, flag_id)
    if flag is None or row is None or row.answered_second != actor().person_id:
        abort(404)
    village = places.get(session, flag.village_id)
    if not queries.in_office(session, village, actor().person_id, local_day(utc_now())):
        abort(404)
    if conflicts.why_not(session, actor(), flag, village, local_day(utc_now())) is not None:
        abort(404)
    if queries.clearing_of(session, flag.id) is not None:  # nothing of the accusation stays
        abort(404)
    return flag, row, village


@bp.route("/desk/appeals/<flag_id>", methods=["GET", "POST"])
@signed_in
def second_answer(flag_id: str) -> Page:
    """Show the answer to an appeal to its second person, who confirms it or sends it back."""
    flag, row, village = _found(flag_id)
    if request.method == "GET":
        return _page(flag, row, village, None)
    form, made = forms.answer(request.form)

    def step(session: Session, person: Actor, now: datetime) -> None:
        asked = session.get_one(Flag, flag_id, with_for_update=True)
        if made.choice == "confirm":
            appeals.confirm(session, person, now, asked, made.seen)
        else:
            appeals.send_back(session, person, now, asked, made.why)

    if steps.taken(form, flag_id, step):
        return redirect(url_for("home.desk"), code=303)
    return _page(*_found(flag_id), form), 422


def _page(flag: Flag, row: Review, village: Place, form: Form | None) -> str:
    return render_template("flags/desk/appeal.html", flag=flag, review=row, village=village, form=form, words=WORDS,
                           papers=papers.listed(reading(), flag.id),
                           names=people.names(reading(), {row.answered_by} - {""}), mark=course.answer_mark(row))
