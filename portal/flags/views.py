"""The town's pages of flags, and the public page of the rule. Villages and the public see nothing of a flag."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import queries as people
from portal.core.clock import add_weeks, local_day, utc_now
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import forms, queries, rules, service, stored
from portal.flags.models import OUTCOMES, Flag
from portal.flags.raising import rule_at
from portal.flags.sheet import without_any_one
from portal.flags.steps import chart, number, steps
from portal.places import queries as places
from portal.places.models import Place
from portal.places.settings import defaults
from portal.roles import ROLE_NAMES, Permission
from portal.web.edge import place_of, reading, writing
from portal.web.forms import Form
from portal.web.guards import actor, needs, open_to_all

bp = Blueprint("flags", __name__)

SIZES = (200, 500, 1000, 1500, 3000, 5000)
EXAMPLE = 1500
CAUSES = {"count": N_("many different people"), "facts": N_("confirmed facts"),
          "overdue": N_("a disclosure is missing")}
STATES = {"triage": N_("waits for the town"), "dismissed": N_("no review"), "review": N_("under review"),
          "closed": N_("closed")}
OUTCOME_WORDS = {
    "unfounded": N_("unfounded"), "educate": N_("talk and advice"), "rectify": N_("put right by a day"),
    "adjust": N_("change of post proposed"), "transferred": N_("handed to the discipline commission"),
    "calm": N_("ended by itself after 26 calm weeks"),
}
EVENTS = {
    "raised": N_("the rule opened it"), "dismissed": N_("no review, with reasons"), "review": N_("review opened"),
    "closed": N_("review closed"), "calm": N_("ended by itself after 26 calm weeks"),
    "escalated": N_("not settled in time: the district has it"), "refused": N_("a decision was refused"),
}
WORDS = {"causes": CAUSES, "states": STATES, "outcomes": OUTCOME_WORDS, "events": EVENTS, "roles": ROLE_NAMES}


@bp.route("/how-flags-work")
@open_to_all
def rule() -> str:
    """Say how many different people it takes in a village of which size, computed by the rule itself."""
    district = places.district(reading())
    if district is None:
        abort(404)
    held = rule_at(reading(), district, local_day(utc_now()))
    lines = []
    for adults in SIZES:
        line = rules.threshold(adults, held.prior_rate, held)
        expected = held.prior_rate * rules.exposure(adults, line.window)
        lines.append({"adults": adults, "line": line, "expected": number(round(expected, 1)),
                      "particulars": rules.review_minimum(adults, held), "facts": rules.facts_band(adults, held)})
    example = rules.threshold(EXAMPLE, held.prior_rate, held)
    return render_template("flags/rule.html", rule=held, lines=lines, example=example, example_adults=EXAMPLE,
                           number=number)


@bp.route("/desk/<code>/flags")
@needs(Permission.FLAG_READ)
def listing(code: str) -> str:
    """List the flags of a town or the district: what waits first; no ranks."""
    place = place_of(code)
    found = queries.listing(reading(), place.path, actor())
    return render_template("flags/desk/listing.html", place=place, code=code, words=WORDS,
                           waiting=[row for row in found if row[0].state in queries.OPEN_STATES],
                           settled=[row for row in found if row[0].state not in queries.OPEN_STATES])


def _found(code: str, flag_id: str) -> tuple[Flag, Place]:
    """Return a flag and its village; 404 for the subject and the village's own as for a flag that there isn't."""
    found = queries.one(reading(), place_of(code).path, flag_id)
    if found is None or queries.is_subject(reading(), actor(), found[1], local_day(utc_now())):
        abort(404)
    return found


@bp.route("/desk/<code>/flags/<flag_id>")
@needs(Permission.FLAG_READ)
def one(code: str, flag_id: str) -> str:
    """Show a flag's sheet, from which anybody can recompute it, and the form of the next step."""
    return _page(code, *_found(code, flag_id), form=None)


@bp.route("/desk/<code>/flags/<flag_id>/decide", methods=["POST"])
@needs(Permission.FLAG_DECIDE)
def decide(code: str, flag_id: str) -> str | Response | tuple[str, int]:
    """Open a review or dismiss the flag, by two people and with reasons."""
    form, made = forms.decision(request.form)
    return _settle(code, flag_id, form, made, service.open_review if made.choice == "review" else service.dismiss)


@bp.route("/desk/<code>/flags/<flag_id>/close", methods=["POST"])
@needs(Permission.FLAG_DECIDE)
def close(code: str, flag_id: str) -> str | Response | tuple[str, int]:
    """Close a review with its outcome, by two people and with reasons."""
    form, made = forms.outcome(request.form)

    def verb(session: Any, person: Any, now: Any, flag: Flag, reasons: str, second: str) -> None:
        service.close_review(session, person, now, flag, made.choice, reasons, second)

    return _settle(code, flag_id, form, made, verb)


def _settle(code: str, flag_id: str, form: Form, made: forms.Decision, verb: Any) -> Response | tuple[str, int]:
    _found(code, flag_id)
    person, now = actor(), utc_now()
    if form.ok:
        try:
            with writing() as session:
                verb(session, person, now, session.get_one(Flag, flag_id), made.reasons, made.second)
            return redirect(url_for("flags.one", code=code, flag_id=flag_id), code=303)
        except Refused as refused:
            form.take(refused)
            with writing() as session:
                service.note_refusal(session, person, now, session.get_one(Flag, flag_id))
    return _page(code, *_found(code, flag_id), form=form), 422


def _page(code: str, flag: Flag, village: Place, form: Form | None) -> str:
    session, today = reading(), local_day(utc_now())
    may_decide = actor().may(Permission.FLAG_DECIDE, village.path)
    history = queries.events(session, flag.id)
    names = people.names(session, {row.person_id for row in history if row.person_id}
                         | {flag.decided_by, flag.second_by, flag.closed_by, flag.closed_second_by} - {""}
                         | set(flag.sheet.get("confirmed_by", ())))
    return render_template(
        "flags/desk/one.html", code=code, flag=flag, village=village, form=form, words=WORDS, names=names,
        history=history, may_decide=may_decide, outcomes=OUTCOMES, rule=rule_at(session, village, today),
        seconds=queries.seconds(session, village, actor(), today) if may_decide else [],
        needs=service.review_needs(session, flag), **(_sheet(flag) if flag.cause != "overdue" else {"sheet": None}),
    )


def _sheet(flag: Flag) -> dict[str, Any]:
    """Return what the page of a counted sheet shows."""
    made = stored.read(flag.sheet)
    last = flag.sheet["week"]
    newest = made.checks[-1]
    window = newest.thresholds.window
    weeks = [(add_weeks(last, -back), week) for back, week in enumerate(reversed(made.weeks[-window:]))]
    by_id = {place.id: place for place in places.by_ids(reading(), {line.village for line in made.neighbours})}
    exposed = rules.exposure(made.adults, window)
    return {
        "sheet": made, "newest": newest, "weeks": weeks, "version": flag.sheet["rule_version"], "number": number,
        "neighbours": [(by_id[line.village], line) for line in made.neighbours],
        "first_week": add_weeks(last, 1 - min(len(made.weeks), 13)), "last_week": last,
        "chart": chart(made.weeks, newest.thresholds), "steps": steps(made), "sturdy": without_any_one(made),
        "chance": number(rules.exceedance(newest.found.D, exposed, newest.baseline, made.rule.rate_factor)),
        "settings": [(defaults()[f"flags.{key}"], key, value) for key, value in flag.sheet["rule"].items()],
    }
