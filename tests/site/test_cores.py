"""Each worker of a served portal keeps to a core of its own, and work outside the interpreter may use all."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from portal.core import cores
from tests.browser.fixtures import shared
from tests.browser.served import make_instance
from tests.site.serving import running

__all__ = ["shared"]
SOON = 20  # seconds


def _cores_of(process: psutil.Process) -> set[tuple[int, ...]]:
    """Return the cores that each thread of a process may use, each set once."""
    return {tuple(sorted(os.sched_getaffinity(thread.id))) for thread in process.threads()}


def _workers(instance: Path) -> list[psutil.Process]:
    """Return the processes that answer: children of the one that was started, with the threads that serve."""
    (portal,) = [child for child in psutil.Process().children() if str(instance) in child.cmdline()]
    return [child for child in portal.children() if child.num_threads() > 1]


def _soon(what: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_each_worker_keeps_to_a_core_until_it_ends(shared: Path) -> None:
    """No two workers are on one core while another has none; who takes a dead worker's place takes its core."""
    all_cores = os.sched_getaffinity(0)
    several = min(2, len(all_cores))
    instance = make_instance(shared, "cores")
    with running(instance, several):
        _soon(lambda: len(_workers(instance)) == several)
        kept = {worker.pid: _cores_of(worker) for worker in _workers(instance)}
        assert all(len(each) == 1 and len(next(iter(each))) == 1 for each in kept.values()), kept
        assert len({next(iter(each)) for each in kept.values()}) == several
        first = _workers(instance)[0]
        first.kill()
        _soon(lambda: len(_workers(instance)) == several and first.pid not in {one.pid for one in _workers(instance)})
        _soon(lambda: sorted(map(sorted, map(_cores_of, _workers(instance)))) == sorted(map(sorted, kept.values())))


def test_a_sheet_may_use_every_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typesetting gets all cores back for as long as it takes; a core that is taken is left to its worker."""
    before = os.sched_getaffinity(0)
    monkeypatch.setattr(cores, "_all", cores._all)
    monkeypatch.setattr(cores, "PATIENCE", 0)
    monkeypatch.setattr(cores, "_threads", lambda: [0])
    try:
        mine = cores.keep_to_one(tmp_path)
        assert os.sched_getaffinity(0) == {mine}
        with cores.every_core():
            assert os.sched_getaffinity(0) == before
        assert os.sched_getaffinity(0) == {mine}
        os.sched_setaffinity(0, before)
        others = [cores.keep_to_one(tmp_path) for _ in range(len(before))]
        assert mine not in others
        assert others[-1] is None
    finally:
        os.sched_setaffinity(0, before)


def test_a_portal_that_may_not_choose_a_core_serves_all_the_same(tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks that are somebody else's, or a system that forbids it: the worker starts, and stays on all cores.

    Fault seen: each worker died at its start, and with them the portal.
    """
    before = os.sched_getaffinity(0)
    monkeypatch.setattr(cores, "PATIENCE", 0)

    def forbidden(*_arguments: object) -> None:
        raise PermissionError

    with monkeypatch.context() as here:
        here.setattr(os, "sched_setaffinity", forbidden)
        assert cores.keep_to_one(tmp_path) is None
    other = tmp_path / "other"
    for core in before:
        (other / f"core-{core}.lock").mkdir(parents=True)
    assert cores.keep_to_one(other) is None
    assert os.sched_getaffinity(0) == before


WORKER = """
import os, sys, threading, time
from pathlib import Path
from portal.core import cores
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(cores.keep_to_one(Path(sys.argv[1])), flush=True)
for _ in sys.stdin:
    print(sorted({tuple(os.sched_getaffinity(int(task))) for task in os.listdir("/proc/self/task")}), flush=True)
"""


def test_a_successor_gets_the_core_of_whoever_goes(tmp_path: Path) -> None:
    """A worker that starts while all cores are taken keeps to one, with all its threads, once another worker ends."""

    def start() -> "subprocess.Popen[str]":
        return subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

    def told(worker: "subprocess.Popen[str]") -> str:
        assert worker.stdout is not None
        return worker.stdout.readline().strip()

    def where(worker: "subprocess.Popen[str]") -> str:
        print("?", file=worker.stdin, flush=True)
        return told(worker)

    workers = [start() for _ in os.sched_getaffinity(0)]
    try:
        taken = [told(worker) for worker in workers]
        assert sorted(taken) == sorted(map(str, os.sched_getaffinity(0)))
        successor = start()
        workers.append(successor)
        assert told(successor) == "None"
        workers[0].kill()
        _soon(lambda: where(successor) == f"[({taken[0]},)]")
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
