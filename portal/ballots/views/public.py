"""A voter's four pages, and the result. Digits and attempt travel in hidden fields only; nothing is kept here."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.accounts.models import Person
from portal.ballots import booth, consequence, forms, mover, queries, rules, sealing, witnesses, words
from portal.ballots.models import Round, Tally
from portal.ballots.views import bp, watch
from portal.core.clock import SHANGHAI, local_day, utc_now
from portal.core.turns import away
from portal.core.words import N_
from portal.places import queries as places
from portal.places.models import Place
from portal.promises import queries as promises
from portal.promises import rules as promise_rules
from portal.slips import service as slips
from portal.web import tokens
from portal.web.cache import filled, kept, remembered
from portal.web.edge import edge, place_of, reading
from portal.web.even import Filled, even, sent
from portal.web.filters import comma, day
from portal.web.forms import Form
from portal.web.guards import open_to_all
from portal.web.locale import worded

Page = str | tuple[str, int] | Response
PURPOSE = "vote"
TOO_OLD = N_("This page was open for too long. Please press “Next” once more.")


@dataclass(frozen=True)
class Asked:
    """A round, where it is held, and who is judged."""

    round: Round
    village: Place
    person: Person


@dataclass(frozen=True)
class Entered:
    """A slip that somebody entered, with the round that it opens."""

    slip: slips.Slip
    digits: str
    asked: Asked

    @property
    def round(self) -> Round:
        """The round that the slip is for."""
        return self.asked.round

    @property
    def village(self) -> Place:
        """Where the round is held."""
        return self.asked.village

    def page(self, template: str, words: Mapping[str, str], shown: Callable[[Mapping[str, str]], dict[str, Any]], *,
             keep: bool = True) -> str | Filled:
        """Return a page about this round, rendered once; `words` are what differs between voters and their choices.

        `shown` gives what the template shows besides, with the marks of the words; it is asked only when the page is
        rendered, and must not depend on the voter. Where it does (`keep` False) the page is rendered each time: what
        was kept would answer sooner, and whoever asks in turn would hear what was asked for before.

        What is kept stays for as long as this worker lives, an hour: a page that was rendered anew after each change of
        the village would be slow for the first voter after it, and whoever can make changes would hear of that voter.
        """
        def render(marks: Mapping[str, str]) -> str:
            return render_template(
                template, round=self.round, village=self.village, person=self.asked.person, **marks, **shown(marks),
                form_token=lambda _purpose, bound_to="": marks["bound_token" if bound_to else "token"],
            )

        return filled((template, self.slip.round_id), "", render, words, self._among) if keep else render(words)

    def _among(self) -> dict[str, list[str]]:
        """Return all words that could stand where a page names a voter's group or answer."""
        scale = self.round.rules["scale"]
        return {"electorate": [worded(each) for each in words.ELECTORATES.values()],
                "answer": [worded(words.ANSWERS[each]) for each in scale],
                "meaning": [worded(words.MEANINGS[each]) for each in scale]}


@bp.get("/vote")
@open_to_all
def enter() -> Page:
    """Ask for the slip's digits. Opening this page changes nothing, whoever or whatever opens it."""
    return even(filled("ballots/enter.html", "", lambda marks: render_template(
        "ballots/enter.html", form=Form({}), form_token=lambda _purpose, _bound_to="": marks["token"],
    ), {"token": tokens.form_token(PURPOSE)}))


@bp.get("/vote/where")
@open_to_all
def where() -> Page:
    """List the villages that vote now, so that somebody without a village's page can tell that slips are collected."""
    return render_template("ballots/where.html", voting=queries.voting(reading(), utc_now()))


def _used() -> Page:
    """Say that a slip can't be used: used, given back, over and wrong look the same, to the byte."""
    return even(filled("ballots/used.html", "", lambda _marks: render_template("ballots/used.html"), {}))


def _slip(digits: str, round_id: str = "") -> slips.Slip | None:
    """Return the slip with these digits, whatever its state: in this round, or in any whose doors are not closed."""
    store = edge().stores.booth
    with store.look() as rows:
        return booth.find(rows, store, digits, round_id)


def _entered(slip: slips.Slip | None, digits: str) -> Entered | None:
    """Return a slip with its round and village: asked for once, for what a vote is about was frozen before it."""
    if slip is None:
        return None
    return Entered(slip, digits, remembered(("round", slip.round_id), "", lambda: _asked(slip.round_id)))


def _asked(round_id: str) -> Asked:
    session = reading()
    round_ = session.get_one(Round, round_id)
    return Asked(round_, places.get(session, round_.village_id), queries.subject(session, round_))


def _carries(entered: Entered, attempt: str) -> dict[str, str]:
    """Return what a page's forms carry on for this voter."""
    return {
        "digits": entered.digits, "attempt": attempt, "token": tokens.form_token(PURPOSE),
        "bound_token": tokens.form_token(PURPOSE, entered.digits + attempt),
        "electorate": worded(words.ELECTORATES[entered.slip.electorate]),
    }


def _choose(entered: Entered, form: Form, attempt: str, status: int = 200) -> Page:
    scale = entered.round.rules["scale"]
    chosen = forms.answer(Form(form.values), scale)
    checked = {f"checked_{each}": " checked" if each == chosen else "" for each in scale}

    def shown(marks: Mapping[str, str]) -> dict[str, Any]:
        again = Form({})
        again.errors = form.errors
        return {"form": again,
                "promises": promises.of_year(reading(), entered.village, entered.round.year, local_day(utc_now())),
                "promise_rules": promise_rules,
                "answers": [(sent(each, scale), _(words.ANSWERS[each]), _(words.MEANINGS[each]),
                             marks[f"checked_{each}"]) for each in scale]}

    page = entered.page("ballots/choose.html", _carries(entered, attempt) | checked, shown, keep=form.ok)
    return even(page, status)


@bp.post("/vote/open")
@open_to_all
def open_slip() -> Page:
    """Show the ballot that a slip opens. Mistyped digits alone are told apart: the check digit shows them."""
    form = Form(request.form)
    digits = forms.slip_digits(form)
    if form.ok and not tokens.form_token_fits(form.values.get("token", ""), PURPOSE):
        form.refuse("digits", TOO_OLD)
    if not form.ok:
        return render_template("ballots/enter.html", form=form), 422
    slip = _slip(digits)
    # A used slip is refused before anything else is read, so that it takes no longer than an unknown one.
    entered = _entered(slip, digits) if slip and slip.state == "issued" else None
    if entered is None:
        return _used()
    now = utc_now()
    if now < entered.round.opens_at:
        return render_template("ballots/early.html", village=entered.village, opens=moment(entered.round.opens_at),
                               closes=ends(entered.round.opens_at, entered.round.closes_at))
    if now >= entered.round.closes_at:
        return _used()
    return _choose(entered, form, forms.attempt(form) or secrets.token_hex(16))


def _carried(form: Form) -> tuple[str, str, str]:
    """Return the digits, the attempt and the round that our own page carried along; 400 for anything else.

    The token is bound to the first two, so nobody can try digits here that a ballot page was not shown for. The round
    only says where to look: in another one these digits are nobody's.
    """
    digits, attempt = forms.slip_digits(form), forms.attempt(form)
    if not digits or not attempt or not tokens.form_token_fits(
        form.values.get("token", ""), PURPOSE, digits + attempt
    ):
        abort(400, description="token")
    return digits, attempt, forms.round_id(form)


def _after_spent(entered: Entered, attempt: str) -> Page:
    """Answer for a slip that is used: thanks to the attempt that did it, the polite page to all others."""
    store = edge().stores.booth
    with store.look() as rows:
        mine = slips.was_by(rows, entered.slip, attempt)
    return _done(entered) if mine else _used()


def _done(entered: Entered) -> Page:
    return even(entered.page("ballots/done.html", {}, lambda _marks: {
        "result_by": date.fromisoformat(entered.round.rules["result_by"]),
    }))


def ends(opens: datetime, closes: datetime) -> str:
    """Return the end of a stretch of time beside its beginning: the hour alone where the day is the same."""
    return f"{closes.astimezone(SHANGHAI):%H:%M}" if local_day(opens) == local_day(closes) else moment(closes)


def moment(value: datetime) -> str:
    """Return a moment as the clock on the village wall shows it: 11 月 30 日 08:00."""
    return f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


@bp.post("/vote/confirm")
@open_to_all
def confirm() -> Page:
    """Show the choice once more before it is cast. Nothing is spent yet."""
    form = Form(request.form)
    digits, attempt, round_id = _carried(form)
    entered = _entered(_slip(digits, round_id), digits)
    if entered is None:
        return _used()
    if entered.slip.state != "issued":
        return _after_spent(entered, attempt)
    if form.values.get("go") == "choose":  # the same page in another language
        return _choose(entered, form, attempt)
    scale = entered.round.rules["scale"]
    choice = forms.answer(form, scale)
    if not choice:
        return _choose(entered, form, attempt, 422)
    said = {"choice": sent(choice, scale), "answer": worded(words.ANSWERS[choice]),
            "meaning": worded(words.MEANINGS[choice])}
    return even(entered.page("ballots/confirm.html", _carries(entered, attempt) | said, lambda _marks: {}))


@bp.post("/vote/cast")
@open_to_all
def cast() -> Page:
    """Seal the choice and cast it, once. The same attempt sent again gets the same thanks."""
    form = Form(request.form)
    digits, attempt, round_id = _carried(form)
    entered = _entered(_slip(digits, round_id), digits)
    if entered is None:
        return _used()
    choice = forms.answer(form, entered.round.rules["scale"])
    if not choice:
        return _choose(entered, form, attempt, 422)
    store, slip = edge().stores.booth, entered.slip
    if slip.state != "issued":  # not among the votes that are cast together: all of them would be undone for it
        return _after_spent(entered, attempt)
    ballot = sealing.Ballot(slip.round_id, slip.electorate, {rules.QUESTION: choice})
    sealed = sealing.seal(entered.round.box_pub, ballot)
    with away():
        outcome = store.together(booth.cast_all, booth.Cast(utc_now(), slip, attempt, sealed))
        if outcome == "counted":
            mover.after_cast(store, slip.round_id)
    return _used() if outcome == "refused" else _done(entered)


@bp.get("/v/<code>/results/<round>")
@open_to_all
@kept
def result(code: str, round: str) -> Page:  # noqa: A002 - the name in the address
    """Show a published result as the plan allows, and whether the papers hold."""
    village, found = place_of(code), queries.get(reading(), round)
    if village is None or found is None or found.village_id != village.id or found.state != "published":
        abort(404)
    session = reading()
    lines = queries.lines(session, found.id)
    person, answers, said = queries.around(session, found)
    return render_template(
        "ballots/result.html", village=village, round=found, person=person, lines=lines,
        sheets=queries.sheets(session, found.id), words=words, label=words.label, agrees=queries.agrees,
        twins_fit=queries.twins_fit, follows_by=consequence.due(found),
        weights=rules.parts(found.rules["weights"], found.sizes),
        heavier=rules.heavier(found.rules["weights"], found.sizes),
        bodies=witnesses.BODIES, witnesses=said, **watch.ring_facts(found, answers),
        hidden=comma().join(str(_(words.ELECTORATES[each])) for each in hidden_groups(found, lines)),
    )


def hidden_groups(round_: Round, lines: dict[str, list[Tally]]) -> list[str]:
    """Return the electorates that voted and of which no line is shown."""
    return [each for each in rules.ELECTORATES if round_.sizes.get(each) and each not in lines]
