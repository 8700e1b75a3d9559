"""The hashes by which the log speaks of words and photos that may be read elsewhere."""

from hashlib import sha256
from typing import Any

from portal.log import chain
from portal.promises.models import PromiseCheck, PromiseProgress, PromiseVersion


def _hash(facts: dict[str, Any]) -> str:
    return sha256(chain.canonical(facts)).hexdigest()


def of_version(version: PromiseVersion) -> str:
    """Return the SHA-256 (hex) of what a version promises and why it was changed."""
    return _hash({
        "number": version.number, "title": version.title, "words": version.words, "target": version.target,
        "unit": version.unit, "by_day": version.by_day, "reason": version.reason,
    })


def of_progress(report: PromiseProgress, photos: list[str]) -> str:
    """Return the SHA-256 (hex) of a report; `photos` are the hashes of its pictures, in their order."""
    return _hash({
        "percent": report.percent, "state": report.state, "words": report.words, "explanation": report.explanation,
        "day": report.day, "photos": photos,
    })


def of_check(check: PromiseCheck) -> str:
    """Return the SHA-256 (hex) of the town's finding."""
    return _hash({"outcome": check.outcome, "note": check.note, "day": check.day})


def of_bytes(body: bytes) -> str:
    """Return the SHA-256 (hex) of a picture."""
    return sha256(body).hexdigest()
