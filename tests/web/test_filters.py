"""Dates and weeks as people say them."""

import pytest
from flask import Flask

from portal.web.filters import holds_chinese, week


def test_a_week_is_said_by_its_monday(app: Flask) -> None:
    """No page counts the weeks of a year: a week is named by the day it began on, with its year when that is past."""
    with app.test_request_context("/"):
        assert week("2020-W44") == "2020 年 10 月 26 日那周"
    with app.test_request_context("/", environ_overrides={"portal.language": "en"}):
        assert week("2020-W44") == "the week of 26 October 2020"


@pytest.mark.parametrize(("html", "found"), [
    ("<b>修路</b>", True), ("村", True), ("<p>by 杨*博</p>", True), ('<input value="垃圾">', False),
    ("<p>road</p>", False), ("", False),
])
def test_chinese_on_a_page_is_found_between_the_tags(html: str, found: bool) -> None:
    """What only an attribute holds, such as what the reader typed into a field, is no text of the page."""
    assert holds_chinese(html) is found
