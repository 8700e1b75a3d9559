"""Whoever touches the other language while telling something finds every word still there."""

from tests.reports.conftest import STORY, FileAt, Offices
from tests.visitor import Villager


def test_telling_in_two_languages(villager: Villager, offices: Offices) -> None:
    """At each of the three steps the words, the source and the kind stay; what is sent is sent once."""
    villager.get("/v/liuhe/say")
    villager.post("/v/liuhe/say", {"category": "money", "go": "write"})
    page = villager.touch_other_language({"text": STORY, "source": "saw"})
    assert (page.status_code, STORY in page.text, "Say what it is about" in page.text) == (200, True, True)
    villager.post("/en/v/liuhe/say", {"text": STORY, "source": "saw", "go": "kind"})
    kinds = villager.touch_other_language({"category": "money"})
    assert "您想说什么" in kinds.text
    assert STORY in kinds.text
    villager.post("/v/liuhe/say", {"category": "money", "text": STORY, "source": "saw", "go": "check"})
    checked = villager.touch_other_language()
    assert "Look it over once more" in checked.text
    assert STORY in checked.text
    assert 'class="code"' in villager.post("/en/v/liuhe/say", {"go": "send"}).text


def test_a_case_in_two_languages(villager: Villager, file_report: FileAt) -> None:
    """The sixteen digits are typed once; what was mistyped stands there in the other language too."""
    _report, _receipt, digits = file_report()
    villager.get("/c")
    assert "What I said" in villager.post("/en/c", {"receipt": digits}).text
    case = villager.touch_other_language({"text": "还有一件"})
    assert (case.status_code, STORY in case.text) == (200, True)
    assert "还有一件</textarea>" in case.text, "what was typed and not sent yet stays"
    villager.get("/c")
    villager.post("/c", {"receipt": "1234"})
    assert 'value="1234"' in villager.touch_other_language({"receipt": "1234"}).text
