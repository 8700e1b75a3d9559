"""A town's week, the district's month: page, sheet of A4 and the mail's text. All three hold the same acts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import sheets
from portal.core.clock import SHANGHAI, add_weeks, iso_week, local_day, utc_now, week_start
from portal.core.months import before
from portal.core.sheets import address
from portal.digests import month, queries, rules, wording
from portal.places.models import Place
from portal.roles import Permission
from portal.web.edge import edge, place_of, reading
from portal.web.filters import is_english
from portal.web.filters import month as month_name
from portal.web.guards import may_use, needs
from portal.web.locale import language

bp = Blueprint("digests", __name__)
DAY = re.compile(r"\d+ 月 \d+ 日|\d+ [A-Z][a-z]+")
NO_BREAK = "\N{NO-BREAK SPACE}"  # a day and its month stay on one line of the sheet


@dataclass(frozen=True)
class Shown:
    """A digest to show: as it was kept on its day, or as it would be made now."""

    place: Place
    body: dict[str, Any]
    kept_at: datetime | None
    sent: bool
    mail_text: str | None


def _asked(code: str) -> Shown:
    """Return the digest that the address asks for: a town's week, the district's month; 404 where there is none."""
    place: Place = place_of(code)
    if place.kind == "village":
        abort(404)
    now, town = utc_now(), place.kind == "town"
    newest = add_weeks(iso_week(local_day(now)), -1) if town else before(local_day(now))
    asked = request.args.get("week" if town else "month", newest)
    kept = queries.one(reading(), place.id, asked) if len(asked) == len(newest) else None
    if kept is not None:
        return Shown(place, kept.body, kept.made_at, kept.sent, kept.mail_text)
    if asked != newest:
        abort(404)
    gather = queries.gather if town else month.gather
    return Shown(place, gather(edge().stores, reading(), now, place), None, False, None)


def _words() -> wording.Words:
    return wording.Words(_, english=is_english())


def _said(shown: Shown) -> wording.Said:
    return wording.said(shown.body, {"name": shown.place.name, "name_en": shown.place.name_en}, _words())


@bp.route("/desk/<code>/digest")
@needs(Permission.DIGEST_READ)
def weekly(code: str) -> str:
    """Show a town's week or the district's month: what to decide, what is late, what comes, and the numbers."""
    shown = _asked(code)
    town = shown.place.kind == "town"
    return render_template(
        "digests/desk/digest.html", place=shown.place, code=code, shown=shown, said=_said(shown),
        older=queries.weeks(reading(), shown.place.id), which="week" if town else "month",
        towns=[] if town else queries.towns(reading(), shown.place),
        may=lambda endpoint: may_use(endpoint, shown.place.path),
    )


@bp.route("/desk/<code>/digest.pdf")
@needs(Permission.DIGEST_READ)
def sheet(code: str) -> Response:
    """Print the same on one sheet of A4."""
    shown = _asked(code)
    whole = _said(shown)
    roomy = len(whole.lines) + len(whole.rows) <= rules.WITH_DETAILS
    desk = address(edge().config.base_url, url_for("home.desk"))
    content = sheets.digest_pdf({
        "lang": "en" if is_english() else "zh", "title": whole.title, "heading": whole.title, "sub": whole.sub,
        "counts": [{"value": value, "label": label} for value, label in whole.counts],
        "sections": [{"heading": heading, "none": none, "items": [_item(line, roomy=roomy) for line in lines]}
                     for heading, none, lines in whole.sections],
        "tables": [{"heading": whole.table, "columns": whole.columns, "rows": whole.short_rows, "note": whole.note}],
        "more": _("{n} more at the desk"),
        "foot": " · ".join(part for part in (whole.more, desk) if part),
    })
    name = f"digest-{shown.place.short}-{whole.period}-{language().code}.pdf"
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _item(line: wording.Line, *, roomy: bool) -> dict[str, Any]:
    detail = line.detail if roomy else ""
    when = DAY.sub(lambda found: found[0].replace(" ", NO_BREAK), line.when)
    return {"when": when, "late": line.late, "what": line.what, "detail": detail, "act": ""}


@bp.route("/desk/<code>/digest.txt")
@needs(Permission.DIGEST_READ)
def mail_text(code: str) -> Response:
    """Show the text as it is mailed; it is kept here where no mail goes out."""
    shown = _asked(code)
    text = shown.mail_text
    if text is None or is_english():
        text = wording.mail(_said(shown), edge().config.base_url + url_for("home.desk"))
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.app_template_filter("digest_week")
def digest_week(week: str) -> str:
    """Write an ISO week as its days; a month (`2026-10`) as its name."""
    if "W" not in week:
        return month_name(week)
    words, monday = _words(), week_start(week)
    return f"{words.day(monday)} – {words.day(monday + timedelta(days=6))}"


@bp.app_template_filter("local_time")
def local_time(moment: datetime) -> str:
    """Write a moment as day and clock of the village wall."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
