"""What the guard says of a whole file, line by line, as `portal guard FILE` tells it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from portal.core.errors import Refused
from portal.core.guard import Finding, scan
from portal.core.words import N_

NO_FILE = N_("“%(name)s” cannot be read. Check its name and whether you may open it.")
NOT_TEXT = N_("“%(name)s” is not a text file. Give one text a line, in UTF-8 or GB 18030.")
BAD_LINE = N_("Line %(line)s of “%(name)s” is not a JSON object with a “text”.")


@dataclass(frozen=True)
class LineVerdict:
    """A line (from 1), the hardest verdict on it, and what was found in its text."""

    line: int
    verdict: Literal["stop", "warn", "ok"]
    findings: tuple[Finding, ...]


def lines(text: str) -> list[LineVerdict]:
    """Return a verdict for each line of a text."""
    return [_judged(number, line) for number, line in enumerate(_split(text), 1)]


def file_report(path: str | Path) -> list[LineVerdict]:
    """Return a verdict for each line of a file, or for each `text` where its name ends in .jsonl.

    Empty lines of a .jsonl file are passed over. Raises Refused for a file that cannot be read so.
    """
    path = Path(path)
    text = _read(path)
    if path.suffix.lower() != ".jsonl":
        return lines(text)
    return [
        _judged(number, _text_of(line, number, path.name))
        for number, line in enumerate(_split(text), 1)
        if line.strip()
    ]


def as_json(verdict: LineVerdict) -> str:
    """Return a verdict as one line of JSON: `line`, `verdict`, `findings` with `kind`, `verdict`, `start`, `end`."""
    findings = [
        {"kind": one.kind, "verdict": one.verdict, "start": one.start, "end": one.end} for one in verdict.findings
    ]
    return json.dumps({"line": verdict.line, "verdict": verdict.verdict, "findings": findings})


def _judged(number: int, text: str) -> LineVerdict:
    findings = tuple(scan(text))
    said = {finding.verdict for finding in findings}
    return LineVerdict(number, "stop" if "stop" in said else "warn" if said else "ok", findings)


def _split(text: str) -> list[str]:
    """Return the lines as editors count them; a form feed or a Unicode line separator does not end one."""
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return parts[:-1] if parts[-1] == "" else parts


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(NO_FILE, name=path.name) from error
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(NOT_TEXT, name=path.name)


def _text_of(line: str, number: int, name: str) -> str:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    text = said.get("text") if isinstance(said, dict) else None
    if not isinstance(text, str):
        raise Refused(BAD_LINE, line=number, name=name)
    return text
