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
from functools import cache
from pathlib import Path
from typing import Any

from tests.browser.tools import ROOT

SERVE = "import sys; from pathlib import Path; from portal.serving import serve; " \
        "serve(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]), workers=1)"
STARTS_WITHIN = 30.0


@dataclass(frozen=True)
class Served:
    """A running portal: where it is, its instance folder, and what demo.json tells."""

    base: str
    instance: Path
    demo: dict[str, Any]

    def login(self, role: str, place: str | None = None) -> dict[str, Any]:
        """Return a login of demo.json by role, at a place (its code or short name) where one is named."""
        found = [one for one in self.demo["logins"] if one["role"] == role and place in {None, one["place"], one.get("place_code")}]
        assert found, f"demo.json has no {role} at {place}"
        return found[0]


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
            subprocess.run([sys.executable, "-c", "from portal.cli import main; raise SystemExit(main())", "demo",
                            "--instance", str(made), "--no-serve", "--fresh"],
                           cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=300)
    return made


def make_instance(shared: Path, name: str) -> Path:
    """Return a fresh copy of the demonstration's instance folder; `shared` is the same for all processes of a run."""
    shared.mkdir(parents=True, exist_ok=True)
    target = shared / f"{name}-{os.getpid()}"
    if not target.exists():
        shutil.copytree(_made(shared), target)
    return target


@cache
def served(shared: Path) -> Served:
    """Serve a copy of the demonstration until this process ends."""
    instance = make_instance(shared, "served")
    port = free_port()
    log = (instance / "serve.log").open("wb")
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(instance), str(port)], cwd=ROOT, stdout=log,
                               stderr=subprocess.STDOUT, start_new_session=True)
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
