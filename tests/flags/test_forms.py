"""What people pick from a menu is never taken for what they wrote."""

from hypothesis import example, given
from hypothesis import strategies as st

from portal.core import guard
from portal.flags import forms

IDS = st.text("0123456789abcdef", min_size=16, max_size=16)
UNLUCKY = "808e04998986295c"  # what stands in it looks like a phone number


def test_there_are_unlucky_ids() -> None:
    """The guard does stop this one where somebody writes it: otherwise the next test would promise nothing."""
    assert any(finding.verdict == "stop" for finding in guard.scan(UNLUCKY))


@given(IDS, IDS, IDS)
@example("6d88ce7ba22c6191", UNLUCKY, "70b558e25517e6f1")
def test_whoever_is_picked_can_be_named(lead: str, member: str, third: str) -> None:
    """Ids are drawn by lot: whatever comes, a panel can be named, and a second person asked.

    Fault seen: one panel in a hundred could not be named, because an official's id was taken for a phone number.
    """
    form, three = forms.panel({"lead": lead, "member": member, "third": third})
    assert form.ok
    assert three == (lead, member, third)
    form, made = forms.decision({"decision": "review", "reasons": "三周过线。", "second": member})
    assert form.ok
    assert made.second == member
    form, answer = forms.appeal_answer({"choice": "unfounded", "reasons": "账是对的。", "second": member})
    assert form.ok
    assert answer.second == member
