"""The desk: what each official finds behind the links at its top."""

import re
from collections.abc import Callable

import pytest

from portal.roles import Role
from tests.visitor import Official


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_the_bar_leads_back_to_what_there_is_to_do(role: Role, official: Callable[..., Official]) -> None:
    """Whoever opens a page from the bar gets back to the list of what waits, without the browser's own arrow."""
    person = official(str(role))
    person.get("/desk")
    bar = re.search(r"<nav.*?</nav>", person.text, re.DOTALL)
    assert bar
    addresses = [one for one in re.findall(r'href="(/desk/[^"]+)"', bar[0]) if not one.endswith("/desk")]
    assert addresses
    for address in addresses:
        person.get(address)
        assert '<a href="/desk">‹ 要做的事</a>' in person.text, address
