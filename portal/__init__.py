"""A village's affairs on every phone: open books, a secret vote, a safe voice, a fair review."""

from portal.app import create_app

__all__ = ["create_app"]
