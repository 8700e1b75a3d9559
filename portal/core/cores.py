"""Cores: a worker keeps to one, and work outside the interpreter may use all.

The threads of a process take turns at one interpreter. On several cores each turn wakes another core, which waits until
the first one lets go; on one core it costs nothing. Ballots are cast a fifth faster, and no slower on a busy machine:
whatever else runs there moves out of the way.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_all: frozenset[int] = frozenset()  # the cores that this process had before it kept to one


def keep_to_one(folder: Path) -> int | None:
    """Keep this thread, and those it will start, to a core that no other worker of this installation keeps to.

    It is ours until this process ends, however it ends: a lock on a file in `folder` says so. None where every core
    has its worker already, or where the system knows nothing of cores; nothing changes then.
    """
    global _all  # noqa: PLW0603 - there is one process
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = os.sched_getaffinity(0)
    for core in sorted(cores):
        handle = os.open(folder / f"core-{core}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        os.sched_setaffinity(0, {core})  # the handle stays open, and with it the lock
        _all = frozenset(cores)
        return core
    return None


@contextmanager
def every_core() -> Iterator[None]:
    """Let this thread, and those it starts meanwhile, use every core that the process was given."""
    if not _all:
        yield
        return
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _all)
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)
