"""Sealing a choice to the box: libsodium's sealed boxes (X25519, XSalsa20-Poly1305), one length for every answer."""

import json
import os
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from portal.core.digits import of_key
from portal.core.errors import Refused
from portal.core.words import N_

PLAIN_BYTES = 256
SEALED_BYTES = PLAIN_BYTES + 48  # an ephemeral public key and an authentication tag
KEY_BYTES = 32


@dataclass(frozen=True)
class Ballot:
    """What lies inside: the round and electorate that it was cast in, and one choice for each question."""

    round_id: str
    electorate: str
    choices: dict[str, str]


def seal(box_pub: str, ballot: Ballot) -> bytes:
    """Seal a ballot to the box's public key (hex). Two bytes of length, the ballot as JSON, random padding."""
    body = json.dumps([ballot.round_id, ballot.electorate, ballot.choices], separators=(",", ":")).encode()
    if len(body) > PLAIN_BYTES - 2:
        message = "a ballot is longer than its envelope"
        raise ValueError(message)
    plain = len(body).to_bytes(2, "big") + body
    plain += os.urandom(PLAIN_BYTES - len(plain))
    return bytes(SealedBox(PublicKey(bytes.fromhex(box_pub))).encrypt(plain))


def unseal(private: PrivateKey, sealed: bytes) -> Ballot | None:
    """Open a ballot; None for anything that this key does not open or that is no ballot."""
    try:
        plain = SealedBox(private).decrypt(sealed)
        size = int.from_bytes(plain[:2], "big")
        round_id, electorate, choices = json.loads(plain[2 : 2 + size])
        whole = len(plain) == PLAIN_BYTES and all(isinstance(part, str) for part in (round_id, electorate))
        return Ballot(round_id, electorate, dict(choices)) if whole else None
    except (CryptoError, ValueError, TypeError):
        return None


def read_public(text: str) -> str:
    """Return a public key as 64 hex digits, as pasted. Raises Refused when it is none."""
    tidy = "".join(text.split()).lower()
    try:
        key = bytes.fromhex(tidy)
        if len(key) == KEY_BYTES:
            seal(tidy, Ballot("", "", {}))  # a key that nothing can be sealed to is found here, not at the first vote
            return tidy
    except (ValueError, CryptoError):
        pass
    raise Refused(N_("This is not a box key. Copy the whole line of 64 letters and digits."), field="box_pub")


def fingerprint(box_pub: str) -> str:
    """Return the digits by which people compare a public key (hex) on paper: 20 of them, in groups of four."""
    return of_key(b"box|", bytes.fromhex(box_pub))
