"""A voter's way through the pages, for tests."""

import re
from collections.abc import Callable

from tests.ballots.conftest import Vote
from tests.visitor import Villager

MakeVote = Callable[..., Vote]
USED = "This slip can’t be used"
DONE = "Your vote is in"


def mistyped(digits: str) -> list[str]:
    """Every single wrong digit, and every swap of neighbours."""
    found = [digits[:at] + new + digits[at + 1 :] for at in range(20) for new in "0123456789" if digits[at] != new]
    found += [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(19)
              if digits[at] != digits[at + 1]]
    return found


def fields_of(villager: Villager, number: int) -> dict[str, str]:
    """The hidden fields of one form of the page last seen."""
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', villager.text.split("</form>")[number]))


def to_confirm(villager: Villager, digits: str, choice: str = "competent", lang: str = "/en") -> dict[str, str]:
    """Go as far as the page before casting; return its hidden fields."""
    villager.get(f"{lang}/vote")
    villager.post(f"{lang}/vote/open", {"digits": digits})
    villager.post(f"{lang}/vote/confirm", {"choice": choice})
    assert "attempt" in villager.hidden()
    return fields_of(villager, 0)
