"""Runs axe in a page and says in one line each what it holds against it."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.browser import tools

SIZES = ((360, 640), (1280, 800))


@cache
def _source() -> str:
    return tools.module("axe-core/axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Return axe's violations in the page as it stands, at both sizes; the page must have scripts on."""
    found: list[str] = []
    page.evaluate(_source())
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        answer: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations'], elementRef: false})")
        for one in answer["violations"]:
            nodes = "; ".join(str(node["html"])[:140] for node in one["nodes"][:3])
            found.append(f"{width} px: {one['id']} ({one['help']}): {nodes}")
    return found
