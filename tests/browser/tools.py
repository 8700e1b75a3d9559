"""Finds the programs that browser tests need. Where one is missing its tests are left out, unless nothing may be."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = ROOT / ".tools" / "node_modules"


def lacks(what: str, how: str) -> None:
    """Leave a test out with a sentence that says how to have it; where nothing may be left out, fail it."""
    sentence = f"{what} is missing here; {how}"
    if os.environ.get("PORTAL_LEAVE_NOTHING_OUT"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@cache
def _which(*names: str) -> str:
    return next(filter(None, map(shutil.which, names)), "")


def chromium() -> str:
    """Return today's browser."""
    found = os.environ.get("CHROMIUM") or _which("chromium", "chromium-browser", "google-chrome")
    if not found:
        lacks("a browser", "to have it: apt-get install chromium")
    return found


def java() -> str:
    """Return the program that runs the Nu validator."""
    if not _which("java"):
        lacks("Java", "to have it: apt-get install default-jre-headless")
    return _which("java")


def node() -> str:
    """Return the program that drives the old phone and parses our scripts."""
    if not _which("node"):
        lacks("Node", "to have it: apt-get install nodejs npm")
    return _which("node")


def module(path: str) -> Path:
    """Return a file of the npm packages that `run.py test` installs into .tools."""
    found = MODULES / path
    if not found.exists():
        lacks(f"{path} in .tools", "to have it: apt-get install nodejs npm, then python3 run.py test")
    return found


def old_chromium() -> Path:
    """Return a Chromium 71 of December 2018, unpacked once from its npm package."""
    packed = module("chrome-aws-lambda/bin/chromium-71.0.3542.0.br")
    unpacked = MODULES.parent / "chromium-71"
    if not unpacked.exists():
        part = unpacked.with_suffix(f".{os.getpid()}")
        script = ("const fs = require('fs'), zlib = require('zlib');"
                  "fs.writeFileSync(process.argv[2], zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])));")
        subprocess.run([node(), "-e", script, str(packed), str(part)], check=True)
        part.chmod(0o755)
        part.replace(unpacked)
    return unpacked


def none_of(faults: Iterable[object]) -> None:
    """Fail with one fault a line; pass where there is none."""
    lines = [str(one) for one in faults]
    if lines:
        pytest.fail(f"{len(lines)} faults:\n" + "\n".join(lines[:60]), pytrace=False)
