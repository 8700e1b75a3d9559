"""The portal as a town runs it: `portal serve` with several workers, on a copy of the demonstration."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path

from tests.browser.served import free_port
from tests.browser.tools import ROOT

FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')
STOPS_WITHIN = 20  # seconds


@contextmanager
def running(instance: Path, workers: int) -> Iterator[str]:
    """Serve an instance with so many workers; give its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "portal.cli",
        "--instance",
        str(instance),
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--threads",
        "8",
    ]
    with (
        (instance / "serve.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            _wait(base, process)
            yield base
        finally:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # a fault to report, and nothing to wait for
                raise


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < 30:
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
        except OSError:
            assert process.poll() is None, "the portal did not start"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the portal did not answer within 30 s")


def fetch(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Return status and text of a page, GET without a form, POST with one."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(address, data=data, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def hidden(text: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form that is sent by POST."""
    found = {}
    forms = FORM.findall(text)
    for tag in HIDDEN.findall(forms[0] if forms else ""):
        name, value = NAME.search(tag), VALUE.search(tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found
