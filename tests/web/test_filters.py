"""Dates and weeks as people say them."""

from flask import Flask

from portal.web.filters import week


def test_a_week_is_said_by_its_monday(app: Flask) -> None:
    """No page counts the weeks of a year: a week is named by the day it began on, with its year when that is past."""
    with app.test_request_context("/"):
        assert week("2020-W44") == "2020 年 10 月 26 日那周"
    with app.test_request_context("/", environ_overrides={"portal.language": "en"}):
        assert week("2020-W44") == "the week of 26 October 2020"
