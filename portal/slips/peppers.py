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
from threading import Lock

PEPPER_BYTES = 32
TAG_BYTES = 32
BLANK = bytes(PEPPER_BYTES)
_seen: dict[str, tuple[tuple[int, int], int]] = {}  # path -> which file it is, and its handle
_guard = Lock()


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
    """Return the pepper with this name, or None when there is none (any more).

    Voters wait for it, so the file is kept open and looked at where it lies: what `destroy` blanks is blank at once for
    every process that ever read it. One that was taken away or replaced by hand is noticed too, and one that is cut
    short is none: mapped into memory it would end the process.
    """
    path = f"{folder}/{name}"
    with _guard:
        try:
            there = os.stat(path)  # noqa: PTH116 - a Path takes longer to make than this
            if path in _seen and _seen[path][0] != (there.st_dev, there.st_ino):
                _let_go(path)
            if path not in _seen:
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                there = os.fstat(handle)
                _seen[path] = (there.st_dev, there.st_ino), handle
            pepper = os.pread(_seen[path][1], PEPPER_BYTES, 0)
        except FileNotFoundError:
            pepper = BLANK
        if pepper == BLANK or len(pepper) < PEPPER_BYTES:
            _let_go(path)
            return None
    return pepper


def _let_go(path: str) -> None:
    _lies, handle = _seen.pop(path, (None, None))
    if handle is not None:
        os.close(handle)


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
