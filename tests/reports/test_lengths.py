"""Who watches the line does not learn from an answer, how long it is or takes, whether sixteen digits were right."""

import time
from random import Random

import pytest
import time_machine

from portal.core import digits
from portal.core.db import Stores
from portal.reports import rules, service
from portal.reports.models import ReceiptPace, Report
from portal.reports.views import following
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices
from tests.visitor import Villager

SIGNS = "".join(chr(0x4E00 + 37 * number) for number in range(400))  # as many as people use; hardly to be packed


def words(number: int) -> str:
    """Return a text of so many signs in which hardly anything repeats."""
    pick = Random(number)
    return "".join(pick.choice(SIGNS) for _ in range(number))


def length(villager: Villager, stores: Stores, receipt: str, packed: str) -> int | None:
    """Return how long the answer to some digits is, asked for while nobody stands in line."""
    with stores.vault.write() as vault:
        vault.merge(ReceiptPace(id=1, next_at=0.0))
    return villager.client.post("/c", data={"receipt": receipt}, headers={"Accept-Encoding": packed}).content_length


@pytest.mark.parametrize("packed", ["gzip", ""])
def test_a_case_is_as_long_as_nothing(villager: Villager, stores: Stores, offices: Offices, file_report: FileAt,
                                      packed: str) -> None:
    """The shortest and the longest report, and one with a talk of fourteen messages, are as long as wrong digits.

    Fault seen: from about 1,800 signs or seven messages on, the answer was twice as long as that to wrong digits;
    to a phone that unpacks nothing, any longer report was.
    """
    cases = [file_report(text=words(number)) for number in (30, 500, 2000, rules.LONGEST_TEXT)]
    talked, town, readers = file_report(text=words(300)), offices.district["qingxi"], offices.readers("liuhe")
    with stores.vault.write() as vault:
        row = vault.get_one(Report, talked[0].id)
        for number in range(14):
            service.write_back(vault, NOW, row, town, "note", words(100 + number), readers, str(number))
    with time_machine.travel(NOW, tick=False):
        nothing = length(villager, stores, digits.make(16), packed)
        assert {length(villager, stores, receipt, packed) for _, _, receipt in (*cases, talked)} == {nothing}


def test_right_digits_take_as_many_steps_as_wrong_ones(villager: Villager, stores: Stores, offices: Offices,
                                                       file_report: FileAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer takes a whole number of steps, and what a case takes longer than a refusal is far within one.

    Fault seen: over a network, right digits were 1.4 ms slower; of a hundred answers four in five told which they were.
    """
    monkeypatch.setattr(following, "PULSE", 0.3)
    _, _, receipt = file_report(text=words(300))

    def taken(typed: str) -> float:
        began = time.monotonic()
        length(villager, stores, typed, "gzip")
        return (time.monotonic() - began) / 0.3

    def each() -> list[float]:
        return [taken(typed) for typed in (receipt, digits.make(16), "1234", receipt)]

    # A machine that does other things too may be late once; answers that leave at once never are in step.
    assert any(all(1 <= steps < 1.3 for steps in each()) for _ in range(5))
