"""Counting, on a machine that is not the server: make the box's key, open an urn with it, write the count sheet.

Needs neither an instance nor a network. The private key is a file that belongs on a stick, in an envelope.
"""

import hashlib
import json
import os
import random
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey

from portal.ballots import urn
from portal.ballots.rules import ELECTORATES, QUESTION, SCALE
from portal.ballots.sealing import Ballot, fingerprint, unseal
from portal.ballots.shares import Share, ShareError, combine, split
from portal.ballots.shares import read as read_share
from portal.core.digits import of_key

FORMAT = 1


class CountError(ValueError):
    """Counting can't go on; the message is one clear sentence."""


def new_box(path: Path) -> dict[str, str]:
    """Make the key of a box; write the private half to `path`, readable by its owner only.

    Returns `public` (64 hex digits, to paste into the portal) and `fingerprint` (20 digits, for the poster).
    Raises CountError when the file exists: a key is never overwritten.
    """
    private = PrivateKey.generate()
    shown = _shown(private)
    _write_key(path, {**shown, "private": bytes(private).hex()})
    return shown


def new_shared_box(path: Path) -> tuple[dict[str, str], list[Share]]:
    """Make the key of a box whose private half is written nowhere: only in the three shares that are returned.

    `path` gets what `new_box` returns, without any secret. Raises CountError when the file exists.
    """
    private = PrivateKey.generate()
    shown = _shown(private)
    _write_key(path, shown)
    return shown, split(private)


def _shown(private: PrivateKey) -> dict[str, str]:
    public = bytes(private.public_key).hex()
    return {"public": public, "fingerprint": fingerprint(public)}


def _write_key(path: Path, facts: dict[str, str]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path} exists already: a key is never overwritten, name another file"
        raise CountError(message) from error
    except OSError as error:
        message = f"{path} can't be written: {error.strerror}"
        raise CountError(message) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **facts}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> PrivateKey:
    """Return the private key in a file that `new_box` wrote. Raises CountError."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        private = PrivateKey(bytes.fromhex(facts["private"]))
    except FileNotFoundError as error:
        message = f"{path} is missing: give the file of the box's private key"
        raise CountError(message) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} is not the key file of a box"
        raise CountError(message) from error
    if bytes(private.public_key).hex() != facts.get("public"):
        message = f"{path} is damaged: its two halves do not belong together"
        raise CountError(message)
    return private


def _opened(urn_path: Path, private: PrivateKey) -> list[tuple[str, Ballot | None]]:
    """Return what lies in an urn, opened: (electorate on the outside, ballot inside or None)."""
    try:
        opened = [(electorate, unseal(private, sealed)) for electorate, sealed in urn.ballots(urn_path)]
    except ValueError as error:
        raise CountError(str(error)) from error
    if opened and not any(ballot for _, ballot in opened):
        box = fingerprint(bytes(private.public_key).hex())
        message = f"{urn_path}: the key of box {box} opens none of the ballots; is it another round's key?"
        raise CountError(message)
    return opened


def _sorted_out(opened: list[tuple[str, Ballot | None]], round_id: str) -> tuple[dict[str, list[Ballot]], int]:
    """Return the round's ballots by electorate, and how many things in the urn are none of them."""
    found: dict[str, list[Ballot]] = {}
    for electorate, ballot in opened:
        if ballot is not None and ballot.electorate == electorate and ballot.round_id == round_id:
            found.setdefault(electorate, []).append(ballot)
    return found, len(opened) - sum(len(ballots) for ballots in found.values())


def count(urn_path: Path, key_path: Path, round_id: str = "") -> dict[str, Any]:
    """Open an urn with the key in a file and count it (see `count_with`). Raises CountError."""
    _require(urn_path)
    return count_with(urn_path, read_key(key_path), round_id)


def count_shared(urn_path: Path, one: Path, two: Path) -> dict[str, Any]:
    """Open an urn with two shares of its key and count it (see `count_with`). Raises CountError.

    The key stands in this machine's memory only, until the count is done.
    """
    _require(urn_path)
    try:
        private = combine(read_share(one), read_share(two))
    except ShareError as error:
        raise CountError(str(error)) from error
    return count_with(urn_path, private)


def _require(urn_path: Path) -> None:
    if not urn_path.is_file():
        message = f"{urn_path} is missing: give the file of the urn"
        raise CountError(message)


def count_with(urn_path: Path, private: PrivateKey, round_id: str = "") -> dict[str, Any]:
    """Open an urn and count it; return the count sheet as JSON, with no line for any single ballot.

    `round_id` is the round that most ballots name (of an empty urn: the file's name) unless given. Every question is
    shuffled by itself before it is counted, so that no pattern of answers across questions survives. `foreign` counts
    what lay in the urn but is no ballot of this round. `salt` makes the sheet's hash a commitment. Raises CountError.
    """
    opened = _opened(urn_path, private)
    named = Counter(ballot.round_id for _, ballot in opened if ballot).most_common(1)
    round_id = round_id or (named[0][0] if named else urn_path.stem.removeprefix("urn-"))
    found, foreign = _sorted_out(opened, round_id)
    electorates: dict[str, Any] = {}
    for electorate, ballots in sorted(found.items()):
        questions = sorted({question for ballot in ballots for question in ballot.choices})
        sheet = {}
        for question in questions:
            answers = [ballot.choices[question] for ballot in ballots if question in ballot.choices]
            random.SystemRandom().shuffle(answers)
            sheet[question] = dict(sorted(Counter(answers).items()))
        electorates[electorate] = {"counted": len(ballots), "questions": sheet}
    return {
        "format": FORMAT,
        "round": round_id,
        "box": bytes(private.public_key).hex(),
        "urn": urn.digest(urn_path),
        "electorates": electorates,
        "foreign": foreign,
        "salt": secrets.token_hex(32),
    }


def by_hand(urn_path: Path, box: str, cards: dict[str, list[int]]) -> dict[str, Any]:
    """Return a count sheet of control cards that three bodies counted by hand, one by one, each body for itself.

    For a vote whose cards do not fit its ballots, or whose key is lost. `cards`: by electorate the number of cards
    for each answer, in the order of the scale; `box` is the box's public key (hex). The urn is named, not opened.
    Raises CountError.
    """
    _require(urn_path)
    electorates = {}
    for electorate, numbers in sorted(cards.items()):
        if electorate not in ELECTORATES or len(numbers) != len(SCALE):
            message = f"give {len(SCALE)} numbers ({', '.join(SCALE)}) for one of {', '.join(ELECTORATES)}"
            raise CountError(message)
        answers = {answer: number for answer, number in zip(SCALE, numbers, strict=True) if number}
        electorates[electorate] = {"counted": sum(numbers), "questions": {QUESTION: dict(sorted(answers.items()))}}
    return {
        "format": FORMAT, "round": urn_path.stem.removeprefix("urn-"), "box": box.lower(), "urn": urn.digest(urn_path),
        "electorates": electorates, "foreign": 0, "by_hand": True, "salt": secrets.token_hex(32),
    }


def sheet_text(sheet: dict[str, Any]) -> str:
    """Return a count sheet in its one spelling, as it is written to a file and committed to."""
    return json.dumps(sheet, sort_keys=True, indent=1, ensure_ascii=False)


def commitment(sheet: dict[str, Any]) -> str:
    """Return the commitment (hex) to a count sheet: SHA-256 over its one spelling, its salt included."""
    return hashlib.sha256(sheet_text(sheet).encode()).hexdigest()


def mark(commit: str) -> str:
    """Return the twenty digits under a count sheet, in groups of four, from its commitment (hex)."""
    return of_key(b"count|", bytes.fromhex(commit))
