"""Peppers: one secret file for each purpose, outside the stores and their backups.

Without the pepper a stolen store holds only hashes that no list of digits can be tried against.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

PEPPER_BYTES = 32
TAG_BYTES = 32
BLANK = bytes(PEPPER_BYTES)
NO_TRACE = getattr(os, "O_NOATIME", 0)  # Linux has it


@lru_cache(maxsize=16)
def folder_of(instance: Path) -> Path:
    """Return the folder of an instance in which the peppers lie."""
    return instance / "secrets" / "peppers"


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Let one at a time make or destroy peppers; gives a handle of their folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)  # which gives the lock back


def make(folder: Path, name: str) -> bytes:
    """Return the pepper with this name, made when it is missing, in a file that only its owner can read."""
    known = read(folder, name)
    if known is not None:
        return known
    with _alone(folder) as listed:
        known = read(folder, name)
        if known is not None:
            return known
        left = (folder / name).read_bytes() if (folder / name).exists() else BLANK
        if left != BLANK:  # slips may have been made with it: it is to be brought back whole, not replaced
            message = f"the pepper {name} is damaged"
            raise ValueError(message)
        fresh, partial = secrets.token_bytes(PEPPER_BYTES), folder / f".{name}-{secrets.token_hex(8)}"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / name)  # also of a blank one, left when `destroy` was killed half way
        os.fsync(listed)
    return fresh


def read(folder: Path, name: str) -> bytes | None:
    """Return the pepper with this name, or None when there is none (any more), or none that is whole.

    Read anew each time: nothing of it stays in memory for whoever comes after it was destroyed or brought back.
    """
    try:
        handle = _open(f"{folder}/{name}")
    except FileNotFoundError:
        return None
    try:
        pepper = os.read(handle, PEPPER_BYTES)
    finally:
        os.close(handle)
    return pepper if len(pepper) == PEPPER_BYTES and pepper != BLANK else None


def _open(path: str) -> int:
    """Open a pepper and leave no trace of when: a village's is read when somebody there votes or speaks."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | NO_TRACE)
    except PermissionError:  # only a file's owner may ask for that
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def destroy(folder: Path, name: str) -> None:
    """Forget a pepper: from then on no digits can be tried against the hashes made with it."""
    with _alone(folder):
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
