"""Clocks, bands, the line of guesses, and what gives somebody away."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.reports import moments, receipts, rules, sealing

PERIODS = rules.Periods(first_look_days=3, accept_days=15, answer_days=60, extend_days=30, unlock_minutes=15,
                        keep_closed_days=730)
SECRET = b"s" * 32


@dataclass
class Case:
    state: str = "received"
    week: str = "2026-W44"
    severity: int = 3
    extended_week: str = ""
    reopened_week: str = ""
    reviewed: bool = False
    lost_week: str = ""


def test_clocks_start_on_the_monday_after_the_week() -> None:
    """Whoever reports on Friday and whoever reports on Monday of one week have the same days: nothing tells which."""
    assert rules.due_days(Case(), PERIODS) == {
        "first_look": date(2026, 11, 5), "accept": date(2026, 11, 17), "answer": date(2027, 1, 1),
    }
    assert rules.due_days(Case(extended_week="2026-W50"), PERIODS)["answer"] == date(2027, 1, 31)


def test_a_change_is_never_for_reports_that_are_there() -> None:
    """Whoever reported before a setting changed keeps the days that were promised; a second look has today's."""
    shorter = replace(PERIODS, accept_days=5, followup_days=(10,),
                      earlier=((date(2026, 10, 1), replace(PERIODS, accept_days=9)), (date(2026, 11, 2), PERIODS)))
    assert rules.due_days(Case(week="2026-W39"), shorter)["accept"] == date(2026, 10, 7)
    assert rules.due_days(Case(week="2026-W44"), shorter)["accept"] == date(2026, 11, 17)
    assert rules.due_days(Case(week="2026-W45"), shorter)["accept"] == date(2026, 11, 14)
    assert rules.due_days(Case(week="2026-W44", reopened_week="2026-W45"), shorter)["accept"] == date(2026, 11, 14)
    assert rules.followups(Case(week="2026-W44", severity=5), shorter, date(2027, 6, 1)) == 0
    assert rules.followups(Case(week="2026-W45", severity=5), shorter, date(2027, 6, 1)) == 1


def test_clocks_start_with_the_last_batch_that_can_hold_the_week() -> None:
    """Where reports are handed over on Thursdays only, nobody is late for what they did not have; danger can't wait."""
    thursdays = replace(PERIODS, release=moments.read(["thu 10:00"]))
    assert rules.begins("2026-W44", thursdays, 3) == date(2026, 11, 5)
    assert rules.begins("2026-W44", PERIODS, 3) == date(2026, 11, 2)
    assert rules.due_days(Case(severity=5), thursdays)["first_look"] == date(2026, 11, 4)


@given(st.integers(0, 8 * 365 * 24 * 60))
def test_batches_follow_each_other(minutes: int) -> None:
    """Between two batches lie three or four days, and every moment lies between two."""
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    days = moments.read(["thu 10:00", "mon 10:00"])
    before, after = moments.last(days, now), moments.coming(days, now)
    assert before <= now < after
    assert (after - before).days in {3, 4}
    assert moments.last(days, after) == after


def test_each_state_has_its_clock_and_a_closed_case_none() -> None:
    """The clock that runs is that of the next step."""
    kinds = [clock.kind if (clock := rules.running(Case(state), PERIODS)) else None
             for state in ("received", "looked", "accepted", "closed")]
    assert kinds == ["first_look", "accept", "answer", None]


def test_bands_hide_small_numbers() -> None:
    """Public counts come as bands."""
    assert [rules.band(count) for count in (0, 4, 5, 9, 10, 19, 20, 300)] == [
        "0-4", "0-4", "5-9", "5-9", "10-19", "10-19", "20+", "20+"]


def test_a_hundred_thousand_guesses_get_two_a_second() -> None:
    """However fast wrong receipts come, at most two a second and a short line are looked at."""
    next_at, looked_at, now = 0.0, 0, 1_000.0
    for _ in range(100_000):
        now += 0.001
        if rules.wait_for(next_at, now) is not None:
            looked_at += 1
            next_at = rules.after_miss(next_at, now)
    assert looked_at <= 2 * 100 + 2 * rules.LONGEST_WAIT + 2
    assert rules.wait_for(next_at, now + rules.LONGEST_WAIT + 1) == 0.0, "a moment later everybody is answered at once"


def test_signing_by_habit_is_noticed() -> None:
    """"I am called …" is found; talk of others is not."""
    assert rules.signs_itself("我叫王小明，住在三组") == [(0, 5)] or rules.signs_itself("我叫王小明，住在三组")
    assert rules.signs_itself("我是李根的邻居")
    assert not rules.signs_itself("水渠修了两天，账上写三万六")


def test_staff_may_not_ask_who_somebody_is() -> None:
    """Questions for a name, a number or a home are refused; questions about the matter are not."""
    for text in ("请问您叫什么名字", "你是谁", "您的电话是多少", "What is your name?"):
        assert rules.asks_who(text), text
    for text in ("请问您看到干活的是哪几天", "老李叫什么不要紧，是哪一笔账", "Which days was it?"):
        assert not rules.asks_who(text), text


@given(st.binary(max_size=70_000))
def test_a_sealed_size_tells_only_a_class(content: bytes) -> None:
    """Whatever the content, its padded size is one of five, and nothing is lost."""
    padded = sealing.pad(content)
    assert len(padded) in sealing.SIZES
    assert sealing.unpad(padded) == content


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32))
def test_an_attempt_has_one_receipt_of_sixteen_digits(attempt: str) -> None:
    """The same form sent again shows the same digits, and their check digit fits."""
    from portal.core.digits import holds

    made = receipts.for_attempt(SECRET, attempt)
    assert made == receipts.for_attempt(SECRET, attempt)
    assert holds(made, receipts.LENGTH)


def test_a_slip_and_a_report_cannot_be_joined_by_the_attempt() -> None:
    """The mark under which a slip is spent is another than the form's own."""
    attempt = receipts.new_attempt()
    assert receipts.slip_attempt(SECRET, attempt) != attempt
