"""Peppers: one secret file for each purpose, outside the stores and their backups.

Without the pepper a stolen store holds only hashes that no list of digits can be tried against.
"""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import Lock

PEPPER_BYTES = 32
TAG_BYTES = 32
BLANK = bytes(PEPPER_BYTES)
_seen: dict[str, mmap] = {}
_guard = Lock()


@lru_cache(maxsize=16)
def folder_of(instance: Path) -> Path:
    """Return the folder of an instance in which the peppers lie."""
    return instance / "secrets" / "peppers"


def make(folder: Path, name: str) -> bytes:
    """Return the pepper with this name, made when it is missing, in a file that only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = read(folder, name)
    if known is not None:
        return known
    partial = folder / f".{name}-{secrets.token_hex(8)}"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(PEPPER_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, folder / name)  # whole or not at all, whoever else makes it at this moment
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    return (folder / name).read_bytes()


def read(folder: Path, name: str) -> bytes | None:
    """Return the pepper with this name, or None when there is none (any more).

    Voters wait for it, so the file is looked at where it lies in memory, as SQLite looks at its index: what `destroy`
    blanks is blank at once for every process that ever read it.
    """
    path = f"{folder}/{name}"
    with _guard:
        seen = _seen.get(path) or _map(path)
        pepper = seen[:] if seen is not None else BLANK
        if pepper == BLANK:
            _seen.pop(path, None)
            return None
    return pepper


def _map(path: str) -> mmap | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        seen = _seen[path] = mmap(handle, PEPPER_BYTES, access=ACCESS_READ)
    finally:
        os.close(handle)
    return seen


def destroy(folder: Path, name: str) -> None:
    """Forget a pepper: from then on no digits can be tried against the hashes made with it."""
    for path in (folder / name, *folder.glob(f".{name}-*")):  # and what a crash while it was made left
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            os.pwrite(handle, BLANK, 0)
            os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink(missing_ok=True)


def keyed(pepper: bytes, digits: str) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104) of a slip's digits: 32 bytes."""
    return hmac.digest(pepper, b"slip|" + digits.encode(), "sha256")


def stubbed(pepper: bytes, digits: str) -> bytes:
    """Return the keyed hash of a stub's digits: 32 bytes, never one that a slip has."""
    return hmac.digest(pepper, b"stub|" + digits.encode(), "sha256")


def retry_tag(pepper: bytes, attempt: str) -> bytes:
    """Return the tag by which the same attempt, sent again, is known: 32 bytes."""
    return hmac.digest(pepper, b"attempt|" + attempt.encode(), "sha256")


def blank(state: str) -> bytes:
    """Return random bytes in place of a tag, so that a row in this state is as long as that of a spent slip."""
    return secrets.token_bytes(TAG_BYTES + len("spent") - len(state))


def commitment(hashes: list[bytes]) -> str:
    """Return one hash (hex) over a batch of keyed hashes, for the log: the batch can't be changed later unseen."""
    return hashlib.sha256(b"slips|" + b"".join(sorted(hashes))).hexdigest()
