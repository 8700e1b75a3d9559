"""Two people at their desks: one asks the other to confirm how a triage ends."""

import re

from tests.visitor import Official

LINE = re.compile(r'href="((?:/en)?/desk/\w+/proposals/\w+)"')


def asked(second: Official, language: str = "") -> str:
    """Return the address of the proposal that waits on somebody's desk; "" where none does."""
    second.get(f"{language}/desk")
    found = LINE.search(second.text)
    return found[1] if found else ""


def agreed(first: Official, second: Official, page: str, reasons: str, decision: str = "review") -> None:
    """Let the first propose on the flag's page, and the second confirm at the own desk, each in the own session."""
    first.get(page)
    sent = {"decision": decision, "reasons": reasons, "second": second.person.id}
    assert first.post(page + "/decide", sent).status_code == 303
    address = asked(second)
    assert second.get(address).status_code == 200
    assert second.post(address, {"answer": "confirm"}).status_code == 303
