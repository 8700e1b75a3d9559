"""What every answer carries: the policy for contents, no referrer, nothing kept of secret pages."""

import re

import pytest
from flask import Flask

from portal.web import headers
from tests.factories.places import District
from tests.visitor import Official, Villager

SECRET = ("/vote", "/c", "/desk/sign-in", "/v/liuhe/say", "/en/vote", "/en/v/liuhe/say")
OPEN = ("/", "/v/liuhe", "/v/liuhe/open", "/v/liuhe/promises", "/log", "/privacy", "/en/", "/en/v/liuhe")


@pytest.mark.parametrize("path", [*SECRET, *OPEN])
def test_every_page_carries_the_policy(villager: Villager, path: str) -> None:
    """Nothing may be loaded, framed, styled or scripted from elsewhere."""
    page = villager.get(path)
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", SECRET)
def test_secret_pages_are_kept_by_nobody(villager: Villager, path: str) -> None:
    """No cache keeps a slip, a receipt or an official's work, in either language."""
    assert villager.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_asked_for_again(villager: Villager, path: str) -> None:
    """An open page may be kept but is always checked for freshness."""
    assert villager.get(path).headers["Cache-Control"] == "no-cache"


def test_nothing_comes_from_elsewhere(villager: Villager) -> None:
    """Every address in a public page is this portal's own, or the number to call in danger."""
    for path in (*OPEN, *SECRET):
        text = villager.get(path).get_data(as_text=True)
        addresses = re.findall(r'(?:src|href|action)="([^"]*)"', text)
        assert all(address.startswith(("/", "#", "data:", "tel:110")) or address == "" for address in addresses), path


def test_the_style_in_the_page_is_the_one_in_the_policy(villager: Villager) -> None:
    """A sheet that the policy doesn't name would not be applied."""
    villager.get("/")
    found = re.findall(r"<style>(.*?)</style>", villager.text, re.DOTALL)
    assert found == [headers.BASE_CSS]


def test_the_desk_is_kept_by_nobody(app: Flask, district: District) -> None:
    """An official's pages stay out of every cache."""
    clerk = Official(app, district.person("village_clerk"))
    assert clerk.get("/desk").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/v//{code}/say", "//v/{code}/say", "/c//", "/en//v/{code}/slips"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_doubled_slashes_lead_past_no_rule(app: Flask, district: District, path: str, method: str) -> None:
    """However a secret address is written, neither its page nor the way to it is kept."""
    answer = app.test_client().open(path.format(code=district["liuhe"].code), method=method)
    assert answer.headers["Cache-Control"] == "no-store" or answer.location in {"http://localhost/", "/"}
