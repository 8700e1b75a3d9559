"""Answers to the gravest reports, written where those are read: sealed there, brought to the desk as a file.

The server that never opens the report never sees the answer either; only the reporter's digits and the offices' keys
that stay off it open one.
"""

import base64
import hashlib
import json
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from sqlmodel import Session

from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import offline, queries, rules, sealing
from portal.reports.messages import has_tag, keep, next_number, week_of
from portal.reports.models import Message, Report, ReportBody
from portal.reports.queries import Reader

KINDS = ("note", "question")
LONGEST = 2000
LARGEST = 64 * 1024  # bytes of a file: three copies of 2,000 characters are 16 KB each
NOT_AN_ANSWER = N_("This is not an answer that “portal open --answer” wrote. Choose the file that it made.")
NOT_AWAY = N_("This report is read here, and answered here: only what is sealed away is answered with a sealed file.")
OF_ANOTHER = N_("This answer was written for another report.")
OFFICES = {"town", "district"}
WRONG_KEYS = N_("This answer was sealed to a key that is none of this report’s: the sealed file was changed on its "
                "way, and somebody else may be able to read the answer. Take the file once more, and compare the "
                "digits.")
OTHER_KEYS = N_("A key has changed since the sealed file was taken. Take it once more, and seal the answer anew.")


@dataclass(frozen=True)
class Brought:
    """A sealed answer from the other machine: note or question, and a copy for each reader and key.

    `publics`: the public half that each copy is said to be sealed to.
    """

    kind: str
    copies: Mapping[tuple[str, str], bytes]
    publics: Mapping[tuple[str, str], bytes]
    mark: bytes


@dataclass(frozen=True)
class Named:
    """A key that an answer is sealed to: whose, its digits as on its key sheet, and whether it is the office's own."""

    reader: str
    digits: str
    own: bool


def readers_of(session: Session, village: Place, report: Report) -> list[Reader]:
    """Return for whom an answer is sealed: the reporter, and the offices' keys that the gravest reports go to."""
    offices = queries.office_readers(session, village, offline=True)
    return [Reader("reporter", "", report.reporter_pub),
            *(each for each in offices if rules.may_read(report.to_town, each.reader))]


# On the machine without a network.


def seal(sealed: Path, kind: str, text: str, own: Collection[bytes]) -> tuple[bytes, list[Named]]:
    """Return an answer to the case in a sealed file, sealed for everybody whom the file names, and for which keys.

    `own`: the public halves that this machine knows of its own office; one of them must be named. The other keys
    people compare by their digits: whoever changed the file on its way may have put in their own. Raises OpenError.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        message = f"write an answer of 1 to {LONGEST} characters; this one has {len(text)}"
        raise offline.OpenError(message)
    if rules.asks_who(text):
        message = "the answer asks who the reporter is, or for a name or a number: ask about the matter"
        raise offline.OpenError(message)
    facts = offline.read_json(sealed, "the sealed file from the desk")
    try:
        readers = _readers(facts)
        copies = [{"reader": each.reader, "key": each.key_id, "public": each.public.hex(), "sealed": base64.b64encode(
            sealing.seal(each.public, sealing.Words(text).as_bytes())).decode()} for each in readers]
        answer = {"format": offline.FORMAT, "case": facts["case"], "kind": kind, "copies": copies}
    except (KeyError, TypeError, ValueError, CryptoError) as error:
        message = f"{sealed} is not a sealed file from the desk"
        raise offline.OpenError(message) from error
    if not any(each.public in own for each in readers if each.reader in OFFICES):
        ours = " or ".join(offline.fingerprint(public) for public in own)
        message = (f"{sealed} does not name the key of this office ({ours}): it was changed on its way, or the office "
                   "has a new key; nothing was sealed")
        raise offline.OpenError(message)
    return json.dumps(answer, indent=1).encode(), [
        Named(each.reader, offline.fingerprint(each.public), each.reader in OFFICES and each.public in own)
        for each in readers]


def _readers(facts: Mapping[str, Any]) -> list[Reader]:
    """Return for whom a sealed file says that answers are: the reporter and offices, each once. Raises ValueError."""
    readers = [Reader(each["reader"], str(each["key"]), bytes.fromhex(each["public"])) for each in facts["readers"]]
    names = [each.reader for each in readers]
    if len(set(names)) != len(names) or "reporter" not in names or not set(names) <= OFFICES | {"reporter"}:
        raise ValueError(names)
    return readers


# At the desk.


def read(content: bytes, report_id: str) -> Brought:
    """Return the answer in a file that `seal` made for this case. Raises Refused."""
    try:
        facts: dict[str, Any] = json.loads(content)
        copies = {(str(each["reader"]), str(each["key"])): base64.b64decode(each["sealed"], validate=True)
                  for each in facts["copies"]}
        publics = {(str(each["reader"]), str(each["key"])): bytes.fromhex(each["public"]) for each in facts["copies"]}
        kind, case = facts["kind"], facts["case"]
    except (KeyError, TypeError, ValueError, NotBase64, RecursionError):
        raise Refused(NOT_AN_ANSWER, field="brought") from None
    if kind not in KINDS or any(len(copy) - sealing.OVERHEAD not in sealing.SIZES for copy in copies.values()):
        raise Refused(NOT_AN_ANSWER, field="brought")
    if case != report_id:
        raise Refused(OF_ANOTHER, field="brought")
    return Brought(kind, copies, publics, hashlib.sha256(content).digest())


def bring(vault: Session, now: datetime, report: Report, office: Place, brought: Brought,
          readers: Sequence[Reader]) -> None:
    """Take an answer in, for exactly these readers. The same file again changes nothing.

    Nobody here can look whether it asks who somebody is, so only what can't be read here is answered so. Raises
    Refused.
    """
    if not report.offline:
        raise Refused(NOT_AWAY, field="brought")
    if report.state == "closed":
        raise Refused(N_("This case is closed."), field="brought")
    if has_tag(vault, report, brought.mark):
        return
    if set(brought.copies) != {(each.reader, each.key_id) for each in readers}:
        raise Refused(OTHER_KEYS, field="brought")
    if brought.publics != {(each.reader, each.key_id): each.public for each in readers}:
        raise Refused(WRONG_KEYS, field="brought")
    number = next_number(vault, report)
    message = Message(report_id=report.id, number=number, direction="out", kind=brought.kind, place_id=office.id,
                      week=week_of(now), tag=brought.mark)
    report.awaiting = "reporter" if brought.kind == "question" else ""
    keep(vault, report, message, [
        ReportBody(report_id=report.id, number=number, part=0, reader=reader, key_id=key, sealed=sealed)
        for (reader, key), sealed in brought.copies.items()])
