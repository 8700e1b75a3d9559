"""Passwords: Argon2id with OWASP's small setting (19 MiB, two passes), at most four hashes at once."""

from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portal.core.turns import away

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = Semaphore(4)
SHORTEST = 10
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with away(), _AT_ONCE:
        return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Tell whether a password fits; takes the same time when there is no such person (`kept` empty)."""
    with away(), _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
        return bool(kept)
