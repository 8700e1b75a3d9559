"""What anybody may read: the rule, and a clearing that a secretary wished to be public."""

from flask import abort, render_template

from portal.core.clock import local_day, utc_now
from portal.flags import queries, rules
from portal.flags.letters import LETTERS
from portal.flags.raising import provenance, rule_at
from portal.flags.steps import number
from portal.flags.views import bp
from portal.places import queries as places
from portal.web.cache import kept
from portal.web.edge import place_of, reading
from portal.web.guards import open_to_all

SIZES = (200, 500, 1000, 1500, 3000, 5000)
EXAMPLE = 1500


@bp.route("/how-flags-work")
@open_to_all
def rule() -> str:
    """Say how many different people it takes in a village of which size, computed by the rule itself."""
    district = places.district(reading())
    if district is None:
        abort(404)
    today = local_day(utc_now())
    held = rule_at(reading(), district, today)
    lines = []
    for adults in SIZES:
        line = rules.threshold(adults, held.prior_rate, held)
        expected = held.prior_rate * rules.exposure(adults, line.window)
        lines.append({"adults": adults, "line": line, "expected": number(round(expected, 1))})
    example = rules.threshold(EXAMPLE, held.prior_rate, held)
    return render_template("flags/rule.html", rule=held, lines=lines, example=example, example_adults=EXAMPLE,
                           reviews=queries.open_reviews(reading(), district.path, today),
                           number=number, letters=LETTERS, rule_words={
                               "rule_version": held.version, **provenance(reading(), district, today)})


@bp.route("/v/<code>/cleared/<clearing_id>")
@open_to_all
@kept
def cleared(code: str, clearing_id: str) -> str:
    """Show that a review found nothing: the day and the sentence, and nothing of what was said."""
    village = place_of(code)
    if village is None or village.kind != "village":
        abort(404)
    found = next((one for one in queries.cleared(reading(), village) if one.id == clearing_id), None)
    if found is None:
        abort(404)
    return render_template("flags/cleared.html", village=village, clearing=found)
