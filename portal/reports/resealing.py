"""The gravest reports, sealed anew for a town that lost its key: where they are opened, from the district's copies.

`renewal.reseal` does the same at the desk for the keys that are held there.
"""

import base64
import hashlib
import json
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from sqlmodel import Session, col, select

from portal.core.errors import Refused
from portal.core.words import N_
from portal.places.models import Place
from portal.reports import offline, queries, sealing
from portal.reports.models import Message, OfficeKey, Report, ReportBody
from portal.reports.queries import Reader

LARGEST = 16 * 1024 * 1024  # bytes of a file: photos of up to a megabyte each
NOT_COPIES = N_("This is not what “portal open --for-town” wrote. Choose the file that it made.")
OTHER_CASE = N_("These copies are of another report.")
NOT_NEEDED = N_("The town lost no key to this report, or none to these parts of it: its own copies stay.")
OTHER_KEY = N_("The town’s key has changed since the sealed file was taken. Take it once more.")


@dataclass(frozen=True)
class Copies:
    """Copies of a case for a town's key, each by the mark of the district's copy of the same."""

    key_id: str
    sealed: Mapping[str, bytes]


def mark(sealed: bytes) -> str:
    """Return by what a sealed copy is found again: its SHA-256. A message's number would tell of those in between."""
    return hashlib.sha256(sealed).hexdigest()


def town_key(session: Session, village: Place) -> Reader | None:
    """Return the town's key for the gravest reports, None where it has none that stays off this machine."""
    offices = queries.office_readers(session, village, offline=True)
    return next((each for each in offices if each.reader == "town" and each.offline), None)


def lost(session: Session) -> set[str]:
    """Return the keys for the gravest reports that nobody can open any more."""
    query = select(OfficeKey.id).where(col(OfficeKey.lost_on).is_not(None), col(OfficeKey.offline).is_(True))
    return set(session.exec(query).all())


def _unopened(vault: Session, report: Report, gone: Collection[str]) -> dict[tuple[int, int], ReportBody]:
    """Return the town's copies that were handed over and that only a lost key opens, by message and part."""
    same = (col(Message.report_id) == col(ReportBody.report_id)) & (col(Message.number) == col(ReportBody.number))
    query = select(ReportBody).join(Message, same)
    query = query.where(ReportBody.report_id == report.id, ReportBody.reader == "town",
                        col(ReportBody.key_id).in_(gone), col(Message.released).is_(True))
    return {(row.number, row.part): row for row in vault.exec(query).all()}


def needed(session: Session, vault: Session, village: Place, report: Report) -> bool:
    """Tell whether the town may read a case, has a key again, and has copies that only a lost key of its opens."""
    if not report.to_town or town_key(session, village) is None:
        return False
    return bool(_unopened(vault, report, lost(session)))


# On the machine without a network.


def reseal(path: Path, privates: Sequence[PrivateKey]) -> bytes:
    """Return every part of a sealed file, opened and sealed for the town that the file names. Raises OpenError."""
    facts = offline.read_json(path, "the sealed file from the desk")
    halves = {offline.fingerprint(bytes(private.public_key)): private for private in privates}
    try:
        town = next((each for each in facts["readers"] if each["reader"] == "town"), None)
        opened = [(mark(base64.b64decode(part["sealed"], validate=True)), offline.unsealed(part, halves))
                  for message in facts["messages"] for part in message["parts"]]
        if town is None:
            message = f"{path} names no key of a town: it is not for the town, or the town has no new key yet"
            raise offline.OpenError(message)
        if any(content is None for _of, content in opened):
            message = f"not all of {path} opens with the keys given: nothing was sealed anew"
            raise offline.OpenError(message)
        public = bytes.fromhex(town["public"])
        copies = [{"of": of, "sealed": base64.b64encode(sealing.seal(public, content)).decode()}
                  for of, content in opened if content is not None]
        made = {"format": offline.FORMAT, "case": facts["case"], "key": town["key"], "for": copies}
    except (KeyError, TypeError, NotBase64, CryptoError) as error:
        message = f"{path} is not a sealed file from the desk"
        raise offline.OpenError(message) from error
    return json.dumps(made, indent=1).encode()


# At the desk.


def read(content: bytes, report_id: str) -> Copies:
    """Return the copies in a file that `reseal` made for this case. Raises Refused."""
    try:
        facts: dict[str, Any] = json.loads(content)
        sealed = {str(each["of"]): base64.b64decode(each["sealed"], validate=True) for each in facts["for"]}
        case, key_id = facts["case"], str(facts["key"])
    except (KeyError, TypeError, ValueError, NotBase64, RecursionError):
        raise Refused(NOT_COPIES, field="copies") from None
    if not sealed or any(len(copy) - sealing.OVERHEAD not in sealing.SIZES for copy in sealed.values()):
        raise Refused(NOT_COPIES, field="copies")
    if case != report_id:
        raise Refused(OTHER_CASE, field="copies")
    return Copies(key_id, sealed)


def take(vault: Session, report: Report, copies: Copies, town: Reader | None, gone: Collection[str]) -> int:
    """Put a town's copies in the place of those that nobody opens; return how many. Raises Refused.

    Only for parts of which the district holds a copy. A copy that the town can open is never replaced, nor does the
    town get one of what was not meant for it: nobody here can look whether these are the same words. `gone`: `lost`.
    """
    if town is None or not report.to_town or copies.key_id != town.key_id:
        raise Refused(OTHER_KEY, field="copies")
    query = select(ReportBody).where(ReportBody.report_id == report.id, col(ReportBody.reader) == "district")
    held = {mark(row.sealed): (row.number, row.part) for row in vault.exec(query).all()}
    if not copies.sealed.keys() <= held.keys():
        raise Refused(NOT_COPIES, field="copies")
    theirs = _unopened(vault, report, gone)
    wanted = {held[of]: copy for of, copy in copies.sealed.items() if held[of] in theirs}
    if not wanted:
        raise Refused(NOT_NEEDED, field="copies")
    for part, copy in wanted.items():
        theirs[part].key_id, theirs[part].sealed = town.key_id, copy
        vault.add(theirs[part])
    return len(wanted)
