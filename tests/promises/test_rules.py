"""What may be promised and reported: no silent fall, no unexplained delay, no day that is over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Refused
from portal.promises import rules
from portal.promises.rules import Latest, Standing

BY, TODAY = date(2026, 12, 20), date(2026, 11, 25)


def report(**changed: object) -> None:
    """Check a report that is good but for what is changed."""
    facts: dict[str, object] = {"percent": 50, "state": "on_track", "explanation": "", "photos": 0, "last": 40,
                                "by_day": BY, "today": TODAY}
    rules.check_report(**(facts | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(("changed", "field"), [
    ({"percent": 101}, "percent"),
    ({"percent": 100}, "percent"),
    ({"percent": 90, "state": "done", "photos": 1}, "percent"),
    ({"percent": 100, "state": "done"}, "photos"),
    ({"state": "behind"}, "explanation"),
    ({"percent": 39}, "explanation"),
    ({"today": date(2026, 12, 21)}, "state"),
    ({"photos": 4}, "photos"),
])
def test_a_report_that_hides_something_is_refused(changed: dict[str, object], field: str) -> None:
    """Each kind of half-truth is refused beside its own field."""
    with pytest.raises(Refused) as refused:
        report(**changed)
    assert refused.value.field == field


def test_honest_reports_pass() -> None:
    """Going up, staying, falling with a reason, being behind with a reason, done with a photo."""
    report()
    report(percent=40)
    report(percent=10, explanation="水泥没到")
    report(state="behind", explanation="雨水多", today=date(2026, 12, 31))
    report(percent=100, state="done", photos=1, today=date(2027, 1, 5))


@given(st.integers(0, 100), st.sampled_from(list(rules.State)), st.booleans(), st.integers(0, 3), st.integers(0, 100),
       st.integers(-40, 40))
def test_what_passes_is_never_a_silent_fall(percent: int, state: rules.State, said: bool, photos: int, last: int,
                                            days: int) -> None:
    """Whatever passes: a lower figure and a delay have their reason, and done has its photo."""
    try:
        report(percent=percent, state=state, explanation="原因" if said else "", photos=photos, last=last,
               today=BY + timedelta(days=days))
    except Refused:
        return
    assert said or (percent >= last and state != "behind")
    assert (state == "done") == (percent == 100)
    assert photos or state != "done"


def test_standing_is_only_as_bad_as_its_last_report() -> None:
    """The portal itself says only that a day passed; everything else is the secretary's own word."""
    after = BY + timedelta(days=1)

    def latest(state: str, day: date = TODAY) -> Latest:
        return Latest(50, state, "", day)

    assert rules.standing(BY, None, TODAY) == Standing.NOT_BEGUN
    assert rules.standing(BY, latest("on_track"), BY) == Standing.ON_TRACK
    assert rules.standing(BY, latest("behind"), TODAY) == Standing.BEHIND
    assert rules.standing(BY, latest("on_track"), after) == Standing.OVERDUE
    assert rules.standing(BY, latest("behind"), after) == Standing.OVERDUE
    assert rules.standing(BY, latest("behind", after), after) == Standing.BEHIND
    assert rules.standing(BY, latest("done"), after) == Standing.DONE
    assert rules.standing(BY, None, after) == Standing.OVERDUE


def test_a_measure_is_a_number_of_something() -> None:
    """A measure is written tidily, may be left out, and is never half."""
    assert rules.tidy_target("１.８０", "公里") == ("1.8", "公里")
    assert rules.tidy_target("1,200", "亩") == ("1200", "亩")
    assert rules.tidy_target("", "") == ("", "")
    for half in (("很多", "亩"), ("200", ""), ("", "亩"), ("0", "亩")):
        with pytest.raises(Refused):
            rules.tidy_target(*half)


def test_nothing_is_promised_for_the_past() -> None:
    """A promise is for this year, in December also for the next, and for a day that lies ahead."""
    rules.check_year(2026, BY, TODAY)
    rules.check_year(2027, date(2027, 3, 1), date(2026, 12, 5))
    for year, by_day in ((2025, date(2025, 12, 1)), (2027, date(2027, 3, 1)), (2026, date(2027, 1, 1)), (2026, TODAY)):
        with pytest.raises(Refused):
            rules.check_year(year, by_day, TODAY)


def test_the_day_for_promising() -> None:
    """Promises are due by the year's day; a village that opened later has thirty days."""
    assert rules.promises_due("01-31", 2026, date(2025, 6, 1)) == date(2026, 1, 31)
    assert rules.promises_due("01-31", 2026, date(2026, 11, 20)) == date(2026, 12, 20)
    assert rules.day_in_year("02-29", 2026) == date(2026, 2, 28)


class Item:
    """A promise as the front page sees it."""

    def __init__(self, standing: Standing, day: int) -> None:
        self.standing, self.by_day = standing, date(2026, 12, day)


@given(st.lists(st.tuples(st.sampled_from(list(Standing)), st.integers(1, 28)), max_size=8), st.integers(1, 4))
def test_the_front_page_never_hides_what_is_behind(given_items: list[tuple[Standing, int]], limit: int) -> None:
    """If anything is behind, one such promise is among those shown; none is shown twice."""
    items = [Item(*facts) for facts in given_items]
    chosen = rules.for_home(items, limit)
    slow = {Standing.BEHIND, Standing.OVERDUE}
    assert len(chosen) == min(limit, len(items)) == len(set(map(id, chosen)))
    if any(item.standing in slow for item in items):
        assert any(item.standing in slow for item in chosen)


def test_silence_is_noticed_after_sixty_days() -> None:
    """Two months without a word are too long, unless it is done."""
    made = date(2026, 1, 1)
    assert not rules.is_stale(made, None, made + timedelta(days=60))
    assert rules.is_stale(made, None, made + timedelta(days=61))
    assert not rules.is_stale(made, Latest(100, "done", "", made), made + timedelta(days=300))
