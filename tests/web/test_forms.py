"""What a form refuses: strange numbers, tokens and codes as anybody may send them, and personal numbers."""

from datetime import date

import pytest
from flask import Flask

from portal.core.digits import holds, tidy, whole
from portal.roles import Actor
from portal.web import tokens
from portal.web.forms import Form

STRANGE = ["9" * 5000, "٣", "²", "10²", "①", "二",
           "\ud800", "1\x002", "1\r\n2", "-1", "+1", "1_000", "1e3", " ", "\u3000"]


@pytest.mark.parametrize("text", STRANGE)
def test_what_is_no_number_is_refused_beside_its_field(text: str) -> None:
    """A number is digits of ours within its bounds; whatever else stands there comes back with one sentence."""
    form = Form({"number": text})
    assert form.number("number", most=100) == 0
    assert list(form.errors) == ["number"]
    assert form.values["number"] == text, "what was typed is still there"
    assert whole(text, 100) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("100", 100), (" 12 ", 12)])
def test_numbers_are_read(text: str, number: int) -> None:
    """Blanks around a number and noughts before it do no harm."""
    assert Form({"number": text}).number("number", most=100) == number
    wide = text.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    assert Form({"number": wide}).number("number", most=100) == number, "as a Chinese keyboard writes it"
    assert whole(text.strip(), 100) == number
    assert whole(wide.strip(), 100) is None, "fields that a machine fills take its digits alone"


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "2026-02-30", "\x00", "soon"])
def test_no_day_that_nobody_means(text: str) -> None:
    """Days with which the calendar can't be reckoned are refused like those that there never were."""
    form = Form({"day": text})
    assert form.day("day") is None
    assert list(form.errors) == ["day"]
    assert Form({"day": "2026-07-28"}).day("day") == date(2026, 7, 28)


@pytest.mark.parametrize("text", ["\x00", " \x00\x00 ", "\x00\u3000"])
def test_what_no_database_keeps_is_no_text(text: str) -> None:
    """A NUL ends a text in a database: alone it is nothing filled in, within a text it is left out."""
    form = Form({"why": text, "name": "王\x00芳"})
    assert form.text("why") == ""
    assert list(form.errors) == ["why"]
    assert form.text("name") == "王芳"


def test_a_number_beyond_its_bounds_is_refused() -> None:
    """Neither bound can be passed, not even by one."""
    for text in ("1", "101", "1" + "0" * 17):
        form = Form({"number": text})
        assert form.number("number", least=2, most=100) == 0
        assert form.errors["number"].params == {"least": 2, "most": 100}, "the remark says between which"
    assert (whole("101", 100), whole("100", 100)) == (None, 100)


@pytest.mark.parametrize("text", [*STRANGE, "", ".", "1.", f"{'9' * 5000}.{'a' * 32}", "٣.x", "1.\ud800", "f" * 5000])
def test_a_strange_token_fits_nothing(app: Flask, text: str) -> None:
    """A token that we did not make is none, whatever it is made of, and whatever it is said to be bound to."""
    person = Actor("p", "", "", "s", ())
    with app.test_request_context():
        assert not tokens.form_token_fits(text, "vote")
        assert not tokens.form_token_fits(text, "vote", text)
        assert not tokens.form_token_fits(tokens.form_token("vote"), "vote", text or "x")
        assert not tokens.desk_token_fits(person, text)
        assert tokens.form_token_fits(tokens.form_token("vote", text), "vote", text)
        assert tokens.desk_token_fits(person, tokens.desk_token(person))


@pytest.mark.parametrize("text", STRANGE)
def test_strange_digits_are_no_code(text: str) -> None:
    """Neither a slip, nor a stub, nor a receipt is read out of what holds no digits of theirs."""
    assert not any(holds(tidy(text), length) for length in (12, 16, 20))


@pytest.mark.parametrize(
    ("first", "second"),
    [("修路找王小明 1380013", "8000，谢谢"), ("电话138", "00138000"), ("打 <b>138</b>", "0013-8000")],
)
def test_halves_of_a_number_in_neighbouring_fields_are_refused(first: str, second: str) -> None:
    """Half a phone in the title and half in the words is a phone."""
    form = Form({"title": first, "words": second})
    form.text("title")
    form.text("words")

    assert set(form.errors) == {"words"}


def test_fields_with_figures_of_their_own_pass() -> None:
    """A title that ends with a year or a sum, and words that begin with one."""
    form = Form({"title": "修路支出138", "words": "12345678元已公示", "unit": "亩", "why": "2026年"})
    for field in form.values:
        form.text(field)

    assert form.ok


def test_no_control_character_passes_a_form() -> None:
    """What steers a terminal is taken out of what is typed; tabs and line breaks stay, an escape alone is nothing."""
    form = Form({"text": "a\x1b]52;c;cm0=\x07\x1b[2Jb\x9bc\x7f\x00\td\r\ne", "empty": " \x1b\x9b "})
    assert form.text("text") == "a]52;c;cm0=[2Jbc\td\r\ne"
    assert form.ok
    assert form.text("empty") == ""
    assert list(form.errors) == ["empty"]
