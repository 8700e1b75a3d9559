"""The chain of a unit's log: what an entry's bytes are, how entries hang together, how anyone checks them.

An entry holds only a commitment to its payload, H(salt32 | canonical bytes): when payload and salt are erased
the log still verifies, and the content can't be guessed back. The hash of an entry is its leaf hash in the
tree (`tree.leaf_hash`), so chain and tree speak of the same 32 bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from portal.log import tree

START = bytes(tree.HASH_BYTES)
SALT_BYTES = 32
DIGITS = 24
DIGIT_BITS = 79.7
"""24 decimal digits carry log2(10**24) = 79.7 bits: grinding out a second root is out of reach."""


@dataclass(frozen=True)
class Entry:
    """One entry: `seq` counts from 0 in each unit, `prev_hash` is START in the first. Hashes have 32 bytes."""

    seq: int
    kind: str
    unit: str
    day: date
    payload_commit: bytes
    prev_hash: bytes


@dataclass(frozen=True)
class Problem:
    """Something that doesn't hold: the entry that shows it (None: the log as a whole) and what is wrong."""

    seq: int | None
    what: str


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a payload: JSON, keys sorted, no spaces, UTF-8; dates as ISO text, bytes as hex.

    TypeError for floats (programs spell them differently: give text or a whole number), for keys that aren't
    text and for anything that JSON doesn't know.
    """
    plain = _plain(payload)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(item) for key, item in value.items()}
    message = f"{type(value).__name__} has no single spelling in the log"
    raise TypeError(message)


def commit(salt: bytes, body: bytes) -> bytes:
    """Return the commitment to a payload's canonical bytes: SHA-256(salt | body).

    ValueError unless the salt has 32 bytes.
    """
    if len(salt) != SALT_BYTES:
        message = f"a salt has {SALT_BYTES} bytes, not {len(salt)}"
        raise ValueError(message)
    return sha256(salt + body).digest()


def entry_bytes(entry: Entry) -> bytes:
    """Return the bytes that are hashed for an entry: the canonical JSON of its six fields."""
    return canonical({
        "seq": entry.seq,
        "kind": entry.kind,
        "unit": entry.unit,
        "day": entry.day,
        "payload_commit": entry.payload_commit,
        "prev_hash": entry.prev_hash,
    })


def entry_hash(entry: Entry) -> bytes:
    """Return the 32-byte hash of an entry: its leaf hash in the tree and the next entry's `prev_hash`."""
    return tree.leaf_hash(entry_bytes(entry))


def log_root(entries: Sequence[Entry]) -> bytes:
    """Return the root of the tree over all entries, in their order."""
    return tree.root([entry_hash(entry) for entry in entries])


def digits(root: bytes) -> str:
    """Return a root as people compare it on paper: 24 decimal digits in six groups, '4821 0937 5560 1284 7719 3046'.

    It is the root as one big-endian number modulo 10**24, so it carries DIGIT_BITS = 79.7 bits; 16 digits (53
    bits) could be ground out in about ten GPU days. ValueError unless the root has 32 bytes.
    """
    if len(root) != tree.HASH_BYTES:
        message = f"a root has {tree.HASH_BYTES} bytes, not {len(root)}"
        raise ValueError(message)
    number = f"{int.from_bytes(root, 'big') % 10**DIGITS:0{DIGITS}d}"
    return " ".join(number[start : start + 4] for start in range(0, DIGITS, 4))


def verify(
    entries: Sequence[Entry],
    *,
    size: int | None = None,
    root: bytes | None = None,
    hashes: Sequence[bytes] | None = None,
    payloads: Mapping[int, tuple[bytes, bytes]] | None = None,
) -> list[Problem]:
    """Return everything that doesn't hold in one unit's log; an empty list says that it holds.

    `size` and `root` are a signed or printed checkpoint: without one a cut tail or a last entry written anew
    can't be seen. `hashes` are the stored hashes of the entries, `payloads` maps seq to (salt, canonical
    bytes) where they weren't erased.
    """
    computed = [entry_hash(entry) for entry in entries]
    found = _chain_problems(entries, computed)
    found += _checkpoint_problems(computed, size, root)
    if hashes is not None:
        if len(hashes) != len(entries):
            found.append(Problem(None, f"there are {len(entries)} entries but {len(hashes)} stored hashes"))
        rows = zip(entries, computed, hashes, strict=False)
        found += [Problem(e.seq, "the stored hash isn't that of the entry") for e, true, h in rows if true != h]
    if payloads is not None:
        found += _payload_problems(entries, payloads)
    return found


def _chain_problems(entries: Sequence[Entry], hashes: Sequence[bytes]) -> list[Problem]:
    found = []
    before: Entry | None = None
    for position, entry in enumerate(entries):
        if entry.seq != position:
            found.append(Problem(entry.seq, f"entry {entry.seq} stands where entry {position} belongs"))
        if entry.prev_hash != (hashes[position - 1] if before else START):
            found.append(Problem(entry.seq, "the hash of the entry before doesn't match"))
        if before and entry.unit != before.unit:
            found.append(Problem(entry.seq, "the entry belongs to another unit"))
        if before and entry.day < before.day:
            found.append(Problem(entry.seq, "the entry is dated before the one that it follows"))
        before = entry
    return found


def _checkpoint_problems(hashes: Sequence[bytes], size: int | None, root: bytes | None) -> list[Problem]:
    if root is None and size is None:
        return []
    covered = len(hashes) if size is None else size
    if len(hashes) < covered:
        return [Problem(None, f"the checkpoint covers {covered} entries but only {len(hashes)} are here")]
    if root is not None and tree.root(hashes[:covered]) != root:
        return [Problem(None, f"the root over the first {covered} entries isn't that of the checkpoint")]
    return []


def _payload_problems(entries: Sequence[Entry], payloads: Mapping[int, tuple[bytes, bytes]]) -> list[Problem]:
    found = []
    known = {entry.seq: entry for entry in entries}
    for seq, (salt, body) in sorted(payloads.items()):
        if seq not in known:
            found.append(Problem(seq, "there is a payload but no entry"))
        elif len(salt) != SALT_BYTES or commit(salt, body) != known[seq].payload_commit:
            found.append(Problem(seq, "the payload isn't what the entry commits to"))
    return found
