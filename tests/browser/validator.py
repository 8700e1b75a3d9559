"""Asks the Nu validator about many pages in one go: one Java process, JSON back."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.browser import tools


def errors(pages: Mapping[str, str]) -> list[str]:
    """Return one line for every error in the pages (name -> HTML); each says which page, where and what."""
    jar = tools.module("vnu-jar/build/dist/vnu.jar")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(folder) / f"{number:04}.html"
            path.write_text(html, "utf-8")
            names[path.name] = name
        found = subprocess.run(
            [tools.java(), "-Xss4m", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", folder],
            capture_output=True, text=True, encoding="utf-8", check=True, timeout=300,
        )
    messages = json.loads(found.stdout)["messages"]
    return [
        f"{names[Path(one['url']).name]}:{one.get('lastLine')}: {one['message']} {one.get('extract', '')[:120]!r}"
        for one in messages if one["type"] == "error" or one["type"] == "non-document-error"
    ]
