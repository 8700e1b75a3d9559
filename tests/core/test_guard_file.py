"""What `portal guard FILE` tells of a file."""

import json
from pathlib import Path

import pytest

from portal.core.errors import Refused
from portal.core.guard_file import as_json, file_report, lines

TEXT = "修路\n电话13812345678\n\n陕K·B1234\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_judged_line_by_line(tmp_path: Path, encoding: str) -> None:
    """One verdict a line, in any encoding that accountants use."""
    path = tmp_path / "notes.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))

    told = [(one.line, one.verdict, [finding.kind for finding in one.findings]) for one in file_report(path)]
    assert told == [(1, "ok", []), (2, "stop", ["mobile"]), (3, "ok", []), (4, "warn", ["plate"])]
    assert [one.verdict for one in lines(TEXT)] == ["ok", "stop", "ok", "warn"]


def test_json_lines_are_judged_by_their_text(tmp_path: Path) -> None:
    """Only `text` counts, and a line break inside of it is no line."""
    path = tmp_path / "notes.jsonl"
    texts = ["修路", "电话\n138 1234 5678"]
    path.write_text("\n".join(json.dumps({"text": text, "id": "13812345678"}) for text in texts) + "\n\n")

    assert [(one.line, one.verdict) for one in file_report(path)] == [(1, "ok"), (2, "stop")]


def test_json_tells_kinds_and_places_but_no_number() -> None:
    """One object a line for other programs."""
    (verdict,) = lines("电话13812345678")
    told = as_json(verdict)

    assert json.loads(told) == {
        "line": 1,
        "verdict": "stop",
        "findings": [{"kind": "mobile", "verdict": "stop", "start": 2, "end": 13}],
    }
    assert "13812345678" not in told


@pytest.mark.parametrize("content", [b'{"text": 1}', b"[]", b"{", b'{"txt": "a"}'])
def test_a_bad_json_line_is_named(tmp_path: Path, content: bytes) -> None:
    """The sentence says which line."""
    path = tmp_path / "notes.jsonl"
    path.write_bytes(b'{"text": "a"}\n' + content)
    with pytest.raises(Refused, match="Line 2 of"):
        file_report(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """A missing file and a picture get a sentence, not an error."""
    with pytest.raises(Refused, match="cannot be read"):
        file_report(tmp_path / "none.txt")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xff\xff")
    with pytest.raises(Refused, match="not a text file"):
        file_report(tmp_path / "picture.txt")
