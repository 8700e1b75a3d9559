"""Identifiers: made by the application, random, so that no row tells when or in which order it came."""

import secrets


def new_id() -> str:
    """Return 16 hex digits (64 random bits)."""
    return secrets.token_hex(8)
