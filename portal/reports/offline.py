"""The gravest reports: sealed to a key whose private half never touches this machine, and opened off it.

An office makes the key on a machine without a network (`portal open --new-key`) and brings the public half to the
desk. Sealed files come down, are opened there, and nothing of them comes back but what the office writes.
"""

import base64
import json
import os
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from sqlmodel import Session, col, select

from portal.core import digits, signs
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.log import service as log
from portal.places.models import Place
from portal.reports import keys, queries, sealing
from portal.reports.models import Message, OfficeKey, Report, ReportBody

FORMAT = 1
LABEL = b"office|"
KEY_BYTES = 32
CASE = re.compile(r"[0-9a-f]{16}", re.ASCII)
NOT_A_KEY = N_("This is not a key. Copy the whole line of 64 letters and digits.")
NOT_THE_SAME = N_("These digits are not those of the key. Read them again from the other machine, group by group.")


class OpenError(ValueError):
    """A sealed file or a key file can't be used; the message is one clear sentence, and steers no terminal."""

    def __init__(self, message: str) -> None:
        super().__init__(signs.spoken(message))


@dataclass(frozen=True)
class Said:
    """What one message of a sealed file holds once it is open; `text` is None where no given key opens it."""

    number: int
    kind: str
    week: str
    text: str | None
    source: str
    photos: tuple[bytes, ...]


def fingerprint(public: bytes) -> str:
    """Return the digits by which people compare an office's public key on paper: 20 of them, in groups of four."""
    return digits.of_key(LABEL, public)


# At the desk.


def read_public(text: str) -> bytes:
    """Return a public key from 64 hex digits, as pasted. Raises Refused when it is none."""
    try:
        key = bytes.fromhex("".join(text.split()))
        if len(key) == KEY_BYTES:
            sealing.seal(key, b"")  # a key that nothing can be sealed to is found here, not at the first report
            return key
    except (ValueError, CryptoError):
        pass
    raise Refused(NOT_A_KEY, field="public")


def put_key(session: Session, now: datetime, office: Place, public: bytes, read_aloud: str,
            opened: keys.Open | None) -> OfficeKey:
    """Take the public half of an office's offline key, in the place of an earlier one; the log has its fingerprint.

    `read_aloud`: its digits, as read from the machine that made it. Raises Refused when they are another key's, when
    the desk key is not open (whoever only got hold of a session must not redirect reports), or it is no new key.
    """
    if opened is None or opened.place_id != office.id:
        raise Refused(N_("Open the key of the desk first: only who can open it brings another."))
    if digits.tidy(read_aloud) != digits.tidy(fingerprint(public)):
        raise Refused(NOT_THE_SAME, field="digits")
    if session.exec(select(OfficeKey.id).where(OfficeKey.public == public)).first() is not None:
        raise Refused(N_("This key was used before. Make a new one."), field="public")
    today = local_day(now)
    for old in queries.offline_keys(session, office.id).values():
        old.retired_on = old.retired_on or today
        session.add(old)
    key = OfficeKey(place_id=office.id, public=public, created_on=today, offline=True)
    session.add(key)
    session.flush()
    log.append(session, office.unit, today, "key:offline", office=office.code,
               fingerprint=digits.tidy(fingerprint(public)))
    return key


def sealed_to(vault: Session, report: Report, reader: str, key_ids: Collection[str]) -> str:
    """Return which of these keys the report's own words are sealed to for an office; "" for none of them."""
    body = vault.get(ReportBody, (report.id, 0, 0, reader))
    return body.key_id if body is not None and body.key_id in key_ids else ""


def sealed_file(vault: Session, report: Report, reader: str, known: Mapping[str, OfficeKey],
                answered_to: Sequence[queries.Reader]) -> bytes:
    """Return what an office takes away of a case: every copy of its that an offline key opens, as JSON.

    It tells the places of messages among those that are there for the office, their weeks, which keys open them, and
    for which public keys an answer is sealed (`answered_to`); village, kind and words it does not tell. Raises
    LookupError where nothing is sealed so.
    """
    places = {number: place for place, number in enumerate(queries.numbers(vault, report.id, reader))}
    query = select(ReportBody, Message).join(
        Message, (col(Message.report_id) == col(ReportBody.report_id)) & (col(Message.number) == col(ReportBody.number))
    ).where(ReportBody.report_id == report.id, ReportBody.reader == reader, col(Message.number).in_(places))
    found = vault.exec(query.where(col(ReportBody.key_id).in_(known)).order_by(
        col(ReportBody.number), col(ReportBody.part))).all()
    if not found:
        raise LookupError(report.id)
    messages: dict[int, dict[str, Any]] = {}
    for body, message in found:
        told = messages.setdefault(message.number, {"number": places[message.number], "kind": message.kind,
                                                    "week": message.week, "parts": []})
        told["parts"].append({"part": body.part, "key": fingerprint(known[body.key_id].public),
                              "sealed": base64.b64encode(body.sealed).decode()})
    readers = [{"reader": each.reader, "key": each.key_id, "public": each.public.hex()} for each in answered_to]
    facts = {"format": FORMAT, "case": report.id, "messages": list(messages.values()), "readers": readers}
    return json.dumps(facts, indent=1).encode()


# On the machine without a network.


def make_key(path: Path) -> tuple[PrivateKey, str]:
    """Make an office's offline key and write it to `path`, locked with six words; return it and the words.

    Raises OpenError when the file exists: a key is never overwritten.
    """
    private, passphrase, salt = PrivateKey.generate(), keys.new_passphrase(), secrets.token_bytes(keys.SALT_BYTES)
    public = bytes(private.public_key)
    facts = {"format": FORMAT, "public": public.hex(), "fingerprint": fingerprint(public), "salt": salt.hex(),
             "locked": keys.wrap(private, passphrase, salt).hex()}
    write_new(path, json.dumps(facts, indent=1).encode())
    return private, passphrase


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read. Raises OpenError when it is there: nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path} exists already: name another file"
        raise OpenError(message) from error
    except OSError as error:
        message = f"{path} can't be written: {error.strerror}"
        raise OpenError(message) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path, passphrase: str) -> PrivateKey:
    """Return the private key in a file that `make_key` wrote. Raises OpenError."""
    facts = read_json(path, "the file of the office's key")
    try:
        locked, salt = bytes.fromhex(facts["locked"]), bytes.fromhex(facts["salt"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} is not the key file of an office"
        raise OpenError(message) from error
    try:
        private = keys.unwrap_with(locked, passphrase, salt)
    except Refused as error:
        message = f"these words do not open {path}: check each word and try again"
        raise OpenError(message) from error
    return private


def public_of(path: Path) -> bytes:
    """Return the public half in a key file: it is not locked, so no words are asked for. Raises OpenError."""
    try:
        return bytes.fromhex(read_json(path, "the file of the office's key")["public"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} is not the key file of an office"
        raise OpenError(message) from error


def read_json(path: Path, what: str) -> dict[str, Any]:
    """Return what a JSON file holds; `what` says what it should be. Raises OpenError."""
    try:
        facts = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        message = f"{path} is missing: give {what}"
        raise OpenError(message) from error
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} can't be read: give {what}"
        raise OpenError(message) from error
    if not isinstance(facts, dict):
        message = f"{path} can't be read: give {what}"
        raise OpenError(message)
    return facts


def open_file(path: Path, privates: Sequence[PrivateKey]) -> tuple[str, list[Said]]:
    """Return the case that a sealed file is of, and its messages. Raises OpenError where no given key opens any."""
    facts = read_json(path, "the sealed file from the desk")
    halves = {fingerprint(bytes(private.public_key)): private for private in privates}
    try:
        said = [_said(message, halves) for message in facts["messages"]]
        asked = {str(part["key"]) for message in facts["messages"] for part in message["parts"]}
        case = _case(facts)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"{path} is not a sealed file from the desk"
        raise OpenError(message) from error
    if not asked:
        message = f"{path} holds nothing that is sealed: take it from the desk once more"
        raise OpenError(message)
    if asked <= set(halves) and all(each.text is None for each in said):
        message = f"{path} is damaged: take it from the desk once more"
        raise OpenError(message)
    if all(each.text is None for each in said):
        message = f"{path} opens with the key {' or '.join(sorted(asked))}, and not with {' or '.join(sorted(halves))}"
        raise OpenError(message)
    return case, said


def _case(facts: Mapping[str, Any]) -> str:
    """Return the id of the case. Photos are named after it, and whatever is no id could lead out of their folder."""
    case: str = facts["case"]
    if not CASE.fullmatch(case):
        raise ValueError(case)
    return case


def _said(message: Mapping[str, Any], halves: Mapping[str, PrivateKey]) -> Said:
    parts = {part["part"]: unsealed(part, halves) for part in message["parts"]}
    words = _words(parts.pop(0, None))
    return Said(int(message["number"]), str(message["kind"]), str(message["week"]), words.text if words else None,
                words.source if words else "", tuple(photo for _, photo in sorted(parts.items()) if photo is not None))


def _words(content: bytes | None) -> sealing.Words | None:
    try:
        return sealing.Words.of(content) if content is not None else None
    except sealing.Unreadable:
        return None


def unsealed(part: Mapping[str, Any], halves: Mapping[str, PrivateKey]) -> bytes | None:
    """Return what a part of a message holds, None where no given key opens it."""
    private = halves.get(part["key"])
    if private is None:
        return None
    try:
        return sealing.unseal(private, base64.b64decode(part["sealed"], validate=True))
    except sealing.Unreadable:
        return None


def spoken(case: str, said: Sequence[Said]) -> str:
    """Return what a sealed file says, to be read on the screen."""
    lines = [f"case {case}"]
    for each in said:
        heading = f"message {each.number}, {each.kind}, {each.week}" + (f", {each.source}" if each.source else "")
        photos = f"\n[{len(each.photos)} photos]" if each.photos else ""
        unread = "[sealed to another key, or damaged]"
        lines.append(f"\n{heading}\n{each.text if each.text is not None else unread}{photos}")
    return "\n".join(lines)
