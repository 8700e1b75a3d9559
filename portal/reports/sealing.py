"""Sealing words and photos so that only an office's key, or the reporter's digits, open them.

Libsodium's sealed box (X25519, XSalsa20-Poly1305): whoever seals keeps nothing that opens. Contents are
padded to 4, 16, 64, 256 KB or 1 MB, so that a size tells little.
"""

import json
import struct
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from portal.reports import rules

SIZES = tuple(kib * 1024 for kib in (4, 16, 64, 256, 1024))
OVERHEAD = 48  # bytes that a sealed box adds: a key and an authentication tag
_LENGTH = struct.Struct(">I")


class Unreadable(ValueError):
    """A sealed copy that this key does not open, or that holds no words as the portal writes them."""


@dataclass(frozen=True)
class Words:
    """The text of a message; `source` says how a reporter knows (saw, heard, suspect, or "")."""

    text: str
    source: str = ""

    def as_bytes(self) -> bytes:
        """Return the words as they are sealed."""
        return json.dumps([self.text, self.source], ensure_ascii=False).encode()

    @classmethod
    def of(cls, content: bytes) -> "Words":
        """Return the words that `as_bytes` made. Raises Unreadable: a box may have been sealed elsewhere."""
        try:
            text, source = json.loads(content)
            text.encode()  # half a sign is no text that a page can show
            if source != "" and source not in rules.SOURCES:
                raise Unreadable
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise Unreadable from None
        return cls(text, source)


def pad(content: bytes) -> bytes:
    """Return content with its length before it, filled up to one of the sizes. ValueError when it is too large."""
    whole = _LENGTH.pack(len(content)) + content
    for size in SIZES:
        if len(whole) <= size:
            return whole.ljust(size, b"\0")
    message = f"a sealed body holds at most {SIZES[-1] - _LENGTH.size} bytes"
    raise ValueError(message)


def unpad(padded: bytes) -> bytes:
    """Return what `pad` was given. Raises Unreadable for what it never made."""
    try:
        (length,) = _LENGTH.unpack_from(padded)
    except struct.error:
        raise Unreadable from None
    if _LENGTH.size + length > len(padded):
        raise Unreadable
    return padded[_LENGTH.size : _LENGTH.size + length]


def seal(public: bytes, content: bytes) -> bytes:
    """Return content sealed to a public key (32 bytes)."""
    return bytes(SealedBox(PublicKey(public)).encrypt(pad(content)))


def unseal(private: PrivateKey, sealed: bytes) -> bytes:
    """Return what was sealed. Raises Unreadable for another key's copy or a changed one."""
    try:
        return unpad(bytes(SealedBox(private).decrypt(sealed)))
    except CryptoError:
        raise Unreadable from None
