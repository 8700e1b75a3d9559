"""Drives a phone of 2018 (Chromium 71) from Python: one JSON line to Node for each thing a person does."""

import json
import select
import subprocess
from pathlib import Path
from typing import Any

from tests.browser import tools

HERE = Path(__file__).resolve().parent
PATIENCE = 40.0


class OldPhoneBroke(AssertionError):
    """The old phone could not do what a person asked of it."""


class OldChromium:
    """One page in a Chromium 71, with scripts on or off."""

    def __init__(self, *, scripts: bool) -> None:
        self.process = subprocess.Popen(
            [tools.node(), str(HERE / "old_phone.js"), str(tools.MODULES), str(tools.old_chromium()),
             "on" if scripts else "off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )
        self.version = self._answer("start")

    def do(self, act: str, *arguments: Any) -> Any:
        """Do one act of old_phone.js and return what came of it. Raises OldPhoneBroke."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([act, *arguments]) + "\n")
        self.process.stdin.flush()
        return self._answer(act)

    def _answer(self, act: str) -> Any:
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise OldPhoneBroke(f"{act}: no answer within {PATIENCE:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise OldPhoneBroke(f"{act}: the old browser is gone")
        answer = json.loads(line)
        if "failed" in answer:
            raise OldPhoneBroke(f"{act}: {answer['failed']}")
        return answer["ok"]

    def close(self) -> None:
        """Switch the phone off."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.process.stdout.close()
