"""The demonstration, made once and served to a process's browser tests from a copy of their own."""

import atexit
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.browser.tools import ROOT

FORWARD = "clock-forward"  # a file in the instance folder: by how many seconds the clock is set forward

SERVE = """
import os, sys
from granian import Granian
from granian.constants import Interfaces
os.environ["PORTAL_INSTANCE"] = sys.argv[1]
Granian("tests.browser.moved_clock:application", address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.WSGI,
        workers=1, blocking_threads=8, log_access=False, log_level="warning", factory=True).serve()
"""
STARTS_WITHIN = 30.0


@dataclass(frozen=True)
class Served:
    """A running portal: where it is, its instance folder, and what demo.json tells."""

    base: str
    instance: Path
    demo: dict[str, Any]

    def login(self, role: str, place: str | None = None) -> dict[str, Any]:
        """Return a login of demo.json by role, at a place if one is named: its code, name, or how its names begin."""
        logins: list[dict[str, Any]] = self.demo["logins"]
        found = [one for one in logins if one["role"] == role
                 and (place in {None, one["place"], one["user"]} or one["user"].startswith(f"{place}-"))]
        assert found, f"demo.json has no {role} at {place}"
        return found[0]

    def now(self) -> datetime:
        """Return the moment that this portal's clock shows."""
        path = self.instance / FORWARD
        return datetime.now(UTC) + timedelta(seconds=float(path.read_text("ascii")) if path.exists() else 0.0)

    def set_clock(self, moment: datetime) -> None:
        """Set this portal's clock forward to a moment. It never goes back: the log would not have it."""
        assert moment > self.now()
        (self.instance / FORWARD).write_text(str((moment - datetime.now(UTC)).total_seconds()), "ascii")

    def run(self, *arguments: str) -> str:
        """Run a verb of `portal` on this instance and return what it says."""
        command = [sys.executable, "-m", "portal.cli", "--instance", str(self.instance), *arguments]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"portal {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _made(folder: Path) -> Path:
    """Return the demonstration's instance folder, made by whichever process comes first."""
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "demo.json").exists():
            shutil.rmtree(made, ignore_errors=True)
            command = [sys.executable, "-m", "portal.cli", "demo", "--instance", str(made), "--no-serve", "--fresh"]
            done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, f"the demonstration can't be made:\n{done.stderr[-3000:]}"
    return made


def make_instance(shared: Path, name: str) -> Path:
    """Return a fresh copy of the demonstration's instance folder; `shared` is the same for all processes of a run."""
    shared.mkdir(parents=True, exist_ok=True)
    target = shared / f"{name}-{os.getpid()}"
    if not target.exists():
        shutil.copytree(_made(shared), target)
    return target


@cache
def served(shared: Path, name: str = "served") -> Served:
    """Serve a copy of the demonstration until this process ends; each name has a copy and a clock of its own."""
    instance = make_instance(shared, name)
    port = free_port()
    log = (instance / "serve.log").open("wb")
    command = [sys.executable, "-c", SERVE, str(instance), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    log.close()
    atexit.register(_stop, process)
    base = f"http://127.0.0.1:{port}"
    begun = time.monotonic()
    while True:
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
            break
        except OSError as error:
            if process.poll() is not None or time.monotonic() - begun > STARTS_WITHIN:
                words = (instance / "serve.log").read_text("utf-8", "replace")[-2000:]
                raise AssertionError(f"the portal did not start: {error}\n{words}") from error
            time.sleep(0.1)
    return Served(base, instance, json.loads((instance / "demo.json").read_text("utf-8")))


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
