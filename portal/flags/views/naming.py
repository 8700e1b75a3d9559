"""The settings of the rule in words: what each is, its value with its unit, and who decided it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.core.words import N_
from portal.flags.ending import NOTHING_FOUND
from portal.flags.steps import Step
from portal.flags.views import bp
from portal.places.models import Place
from portal.places.settings import defaults
from portal.web.filters import day

PEOPLE, WEEKS, DAYS = N_("%(value)s people"), N_("%(value)s weeks"), N_("%(value)s days")
ADULTS, FACTS = N_("%(value)s adults"), N_("%(value)s facts")
NAMES: dict[str, tuple[str, str]] = {
    "window_weeks": (N_("So many weeks are looked at"), WEEKS),
    "window_weeks_small": (N_("So many in a small village"), WEEKS),
    "small_adults": (N_("A small village has fewer than"), ADULTS),
    "prior_rate": (N_("Usual rate to begin with"), N_("%(value)s people of 1,000 adults in 13 weeks")),
    "prior_strength": (N_("Weight of the rate to begin with"), N_("as much as %(value)s × 1,000 adults in 13 weeks")),
    "rate_factor": (N_("How far above the usual"), N_("%(value)s times")),
    "credibility": (N_("How sure it must be"), N_("%(value)s, where 1 is certain")),
    "serious_share": (N_("Serious ones among the usual reports"), N_("%(value)s of them")),
    "floor": (N_("The line is at least"), PEOPLE),
    "floor_small": (N_("The line is at least, in a small village"), PEOPLE),
    "floor_serious": (N_("The line for serious reports is at least"), PEOPLE),
    "persist_weeks": (N_("Weekly checks over the line in a row"), N_("%(value)s checks")),
    "confirmed_base": (N_("Facts for a review"), FACTS),
    "confirmed_per_adults": (N_("One fact more for every"), ADULTS),
    "facts_window_weeks": (N_("So many weeks facts count by themselves"), WEEKS),
    "facts": (N_("Facts are enough by themselves, serious ones counted twice"), ""),
    "facts_base": (N_("In larger villages at least"), N_("%(value)s from as many people")),
    "facts_per_adults": (N_("One more of both for every"), ADULTS),
    "overdue_days": (N_("Not made public after the town’s notice"), DAYS),
    "silence_expected": (N_("Silence leads to a visit where there should have been"), PEOPLE),
    "triage_days": (N_("The town decides within"), DAYS),
    "notice_days": (N_("The secretary is told within"), DAYS),
    "statement_days": (N_("Time for the statement"), DAYS),
    "decide_days": (N_("A review is decided within"), DAYS),
    "appeal_days": (N_("Time to appeal"), DAYS),
    "rectify_months": (N_("Time to put things right"), N_("%(value)s months")),
    "repass_share": (N_("Passed again when so many say competent or better"), N_("%(value)s per cent")),
}
SCOPES = {"district": N_("as the portal came; the district may change it"),
          "town": N_("as the portal came; the town may change it")}


@dataclass(frozen=True)
class Setting:
    """One setting: its name, its value with unit (None: the bands of the facts path), who decided it and when.

    `place` is None while nobody changed it; `scope` then says who may.
    """

    name: str
    value: Step | None
    place: Place | None
    since: date | None
    scope: str


def settings(values: Mapping[str, Any], decided: Mapping[str, list[str]],
             by_id: Mapping[str, Place]) -> list[Setting]:
    """Return the settings of a sheet (key -> value), those that somebody decided with place and day."""
    made = []
    for key, (name, phrase) in NAMES.items():
        if key not in values:
            continue
        by, since = decided.get(key, ("", ""))
        value = Step(phrase, {"value": _figure(values[key])}) if phrase else None
        made.append(Setting(name, value, by_id.get(by), date.fromisoformat(since) if since else None,
                            SCOPES[defaults()[f"flags.{key}"]["scope"]]))
    return made


def _figure(value: object) -> str:
    """Return a value without the noughts that a store adds: 2.0 is said 2, 2500 is said 2,500."""
    figure = float(str(value))
    return f"{int(figure):,}" if figure.is_integer() else str(value)


@bp.app_template_filter("rule_name")
def rule_name(facts: Mapping[str, Any]) -> str:
    """Return what the rule of a sheet is called: since when it holds, and its fingerprint."""
    since = date.fromisoformat(facts["rule_since"])
    return str(_("Rule of %(day)s, fingerprint %(mark)s", day=day(since), mark=facts["rule_version"]))


@bp.app_template_filter("said_clearly")
def said_clearly(words: str) -> str:
    """Return the words of a clearing in the language of the page; they are kept in Chinese, as they were signed."""
    return str(_("It was looked into, and what was reported is not so.")) if words == NOTHING_FOUND else words


@bp.app_template_filter("iso_day")
def iso_day(value: str) -> str:
    """Return a day that a sheet holds as 2026-11-16 as it is written on a page."""
    return day(date.fromisoformat(value))
