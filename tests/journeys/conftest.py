"""People for the journeys: phones old and new, and officials at keyboards."""

from tests.browser.fixtures import browser, desk, later_portal, new_phone, old_phone, people, portal, portal_of, shared

__all__ = ["browser", "desk", "later_portal", "new_phone", "old_phone", "people", "portal", "portal_of", "shared"]
