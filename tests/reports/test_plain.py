"""Questions for a name, and names, are seen through whatever stands between their signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.db import Stores
from portal.reports import plain, recusals, rules
from tests.conftest import NOW
from tests.factories.places import District

BETWEEN = ["", " ", "\u3000", "\n", "\u200b", "\u2060", "\u00ad", "\ufeff", "\u202e", "\ufe0f", "\u0301", "\u3164",
           "·", "・", "･", "-", "—", "_", " \u200b·"]


@pytest.mark.parametrize("between", BETWEEN)
def test_a_question_for_a_name_is_seen_through_what_stands_between(between: str) -> None:
    """Blanks, signs that nobody sees, dots and dashes hide no question."""
    for text in ("你叫什么", "您是谁", "您贵姓", "请留下您的联系方式"):
        assert rules.asks_who(f"请问，{between.join(text)}？"), text


@pytest.mark.parametrize("text", [
    "ｗｈｏ ａｒｅ ｙｏｕ", "WHO ARE YOU", "Who  are\nyou?", "whoareyou", "who\u200b are you", "what is your\nname",
    "请写YOUR NAME好吗", "Your full name, please", "your phone numbers", "WHERE do you live", "怎么称呼您", "您哪位",
    "你是誰", "请留下姓名"])
def test_a_question_for_a_name_is_seen_in_every_form(text: str) -> None:
    """Full width, capital letters, English inside Chinese, polite and plain."""
    assert rules.asks_who(text)


@pytest.mark.parametrize("text", [
    "那是哪一天的事", "这笔钱是谁签的字", "请问合同上写的是谁的名字", "组长姓什么", "Who are younger than sixty?",
    "It was counted by our number two.", "How many workers were there?", "您看到几个人", "水渠的电话通知是哪天来的"])
def test_a_question_about_the_matter_is_let_through(text: str) -> None:
    """Who signed, whose name stands on the paper, how many there were: offices have to ask."""
    assert not rules.asks_who(text)


@pytest.mark.parametrize("between", BETWEEN)
def test_a_name_with_something_unseen_in_it_is_still_that_name(stores: Stores, district: District,
                                                               between: str) -> None:
    """Who types a name in an odd way has named that person all the same."""
    person = district.person("town_discipline")
    with stores.portal.read() as session:
        for name in (person.name, person.name_en, person.name_en.upper()):
            text = f"是{between.join(name)}自己拿的"
            assert recusals.named(session, district["liuhe"], text, NOW.date()).town


def test_pinyin_with_its_tones_is_the_name(stores: Stores, district: District) -> None:
    """Zhōu Qīngxī is Zhou Qingxi."""
    with stores.portal.read() as session:
        assert recusals.named(session, district["liuhe"], "是Zhōu Qīngxī拿的", NOW.date()).town


@given(st.text())
def test_what_is_plain_stays_plain(text: str) -> None:
    """Once made plain nothing is left to take out, and no blank stands in what is compact."""
    assert plain.compact(plain.compact(text)) == plain.compact(text)
    assert not any(sign.isspace() for sign in plain.compact(text))
