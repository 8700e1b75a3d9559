"""The sixteen digits: made from the form's own random number, kept by nobody, and what can be made from them.

The portal keeps neither the digits nor the seed. From the digits, Argon2id makes 64 bytes: the hash of the
first half finds the report, the second half is the reporter's X25519 key.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from threading import Semaphore

from argon2.low_level import Type, hash_secret_raw
from nacl.public import PrivateKey

from portal.core import digits
from portal.core.turns import away

LENGTH = 16
HALF = 32
ATTEMPT_BYTES = 16
MEMORY_KIB = 19 * 1024  # OWASP's smallest setting for Argon2id, with two passes
PASSES = 2
_AT_ONCE = Semaphore(4)  # more would let a flood of guesses take all memory


@dataclass(frozen=True)
class Receipt:
    """What sixteen digits stand for: the hash that finds the report, and the key that opens its answers."""

    lookup: bytes
    key: PrivateKey


def new_attempt() -> str:
    """Return the random number that a form carries: 128 bits in hex. Sending the form twice changes nothing."""
    return secrets.token_hex(ATTEMPT_BYTES)


def is_attempt(text: str) -> bool:
    """Tell whether a text looks like `new_attempt` made it."""
    return len(text) == 2 * ATTEMPT_BYTES and all(letter in "0123456789abcdef" for letter in text)


def _keyed(secret: bytes, purpose: str, text: str) -> bytes:
    return hmac.new(secret, f"{purpose}|{text}".encode(), hashlib.sha256).digest()


def for_attempt(secret: bytes, attempt: str) -> str:
    """Return the sixteen digits that belong to a form's attempt; the same attempt gives the same digits."""
    number = int.from_bytes(_keyed(secret, "receipt", attempt)) % 10 ** (LENGTH - 1)
    body = f"{number:0{LENGTH - 1}d}"
    return body + digits.damm(body)


def another_attempt(secret: bytes, attempt: str, about: str) -> str:
    """Return the attempt of something else that is said with a form that was sent before: the same for the same."""
    return _keyed(secret, "another", f"{attempt}|{about}").hex()[: 2 * ATTEMPT_BYTES]


def slip_attempt(secret: bytes, attempt: str) -> str:
    """Return the attempt under which a voice slip is spent: no one can match it with the report's digits."""
    return _keyed(secret, "slip", attempt).hex()[: 2 * ATTEMPT_BYTES]


def derive(secret: bytes, receipt: str) -> Receipt:
    """Return what sixteen digits stand for. Takes about 30 ms and 19 MiB, at most four at once."""
    with away(), _AT_ONCE:
        made = hash_secret_raw(
            _keyed(secret, "pepper", receipt), _keyed(secret, "salt", "")[:16], time_cost=PASSES,
            memory_cost=MEMORY_KIB, parallelism=1, hash_len=2 * HALF, type=Type.ID,
        )
    return Receipt(hashlib.sha256(made[:HALF]).digest(), PrivateKey(made[HALF:]))


def tag(receipt: Receipt, content: bytes) -> bytes:
    """Return a mark by which the same content sent again is known, without anyone being able to guess content."""
    return hmac.new(bytes(receipt.key), b"tag|" + content, hashlib.sha256).digest()
