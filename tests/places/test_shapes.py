"""What may be typed for a setting: the shape that it has, within limits that keep secrets, law and hearing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Refused
from portal.flags.rules import Rule
from portal.places import settings, shapes
from portal.reports import moments

KEYS = [key for key in settings.defaults() if key.partition(".")[0] in shapes.SHOWN and key not in shapes.FIXED]
NUMBERS = [key for key in KEYS if shapes.limits(key)]


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shown_can_be_typed_again(key: str) -> None:
    """Whoever opens the form and changes nothing gives the same value back."""
    value = settings.defaults()[key]["value"]
    assert shapes.read(key, shapes.written(value)) == value
    assert shapes.known(key, settings.defaults()[key]["scope"])


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_outside_its_limits_is_refused(key: str) -> None:
    """Neither less nor more than the limits; they hold what the portal came with."""
    least, most = shapes.limits(key) or (0, 0)
    for typed in (str(int(least) - 1), f"{most + 1:g}", "", "x", "1e3", "-1", "٣", "10²", "①", "9" * 30):
        with pytest.raises(Refused) as caught:
            shapes.read(key, typed)
        assert caught.value.field == "value"


@pytest.mark.parametrize(("key", "typed"), [
    ("reports.unlock_minutes", "16"), ("reports.answer_days", "61"), ("ballots.cell_min", "4"),
    ("ballots.min_batch", "19"), ("ballots.remote_share", "21"), ("ballots.ring_share", "4"),
    ("flags.statement_days", "4"), ("flags.floor", "2"), ("flags.facts", "250 3 2"), ("flags.facts", "250 3 3 2"),
    ("flags.facts", "600 3 3\n250 3 3"), ("ballots.weights", "30, 50, 30"), ("ballots.weights", "100, 0, 0"),
    ("ballots.attendance", "5/4"), ("ballots.attendance", "1/0"), ("year.midyear_by", "02-30"),
    ("reports.release", "mon 25:00"), ("reports.release", ""), ("reports.followup_days", "90, 30"),
    ("disclosures.remind_town_after", "3"), ("ballots.grade_excellent", "101"), ("ballots.veto_share", "300"),
])
def test_what_nobody_may_set(key: str, typed: str) -> None:
    """Longer open keys, smaller cells, laxer law, a hearing of days: no office can choose them."""
    with pytest.raises(Refused):
        shapes.read(key, typed)


@given(st.sampled_from([key for key in KEYS if key.startswith(("flags.", "reports."))]), st.data())
def test_whatever_is_accepted_makes_a_rule(key: str, data: st.DataObject) -> None:
    """No value that the form takes stops the weekly checks or the handing over."""
    bounds = shapes.limits(key)
    if key == "flags.facts":
        rows = data.draw(st.lists(st.tuples(*[st.integers(0, 700)] * 4), min_size=1, max_size=4))
        typed = "\n".join(" ".join(map(str, row)) for row in rows)
    elif bounds:
        whole = isinstance(settings.defaults()[key]["value"], int)
        typed = str(data.draw(st.integers(int(bounds[0]), int(bounds[1]))) if whole
                    else round(data.draw(st.floats(*bounds)), 3))
    else:
        typed = data.draw(st.sampled_from(["mon 10:00", "sun 23:59, tue 00:00", "mon 10:00, mon 10:00", "1, 2", "5"]))
    try:
        value = shapes.read(key, typed)
    except Refused:
        return
    group, _, short = key.partition(".")
    values = {**settings.group_default(group), short: value}
    if group == "flags":
        assert Rule.from_settings(values).version
    else:
        assert moments.read(values["release"])


def test_another_kind_of_office_and_what_comes_with_the_portal() -> None:
    """A town can't touch the district's settings, nobody the scale of answers, nor parts that are not built."""
    assert not shapes.known("flags.floor", "town")
    assert not shapes.known("ballots.scale", "town")
    assert not shapes.known("pay.basic_month", "district")
    assert not shapes.known("flags.nothing", "district")
