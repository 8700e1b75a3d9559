"""What a file from the desk can't do to the machine without a network, whoever changed it on the way."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from portal import opening
from portal.reports import offline, sealing
from tests.reports.test_offline import asked

CASE = "0123456789abcdef"


@pytest.fixture
def private(monkeypatch) -> PrivateKey:
    """The key that opens; no six words are asked for it here."""
    key = PrivateKey.generate()
    monkeypatch.setattr(opening, "_privates", lambda _args: [key])
    return key


def sealed_file(folder: Path, private: PrivateKey, text: str = "hello", **changes: Any) -> Path:
    """Write a file as the desk hands it out, with one message and one photo, and these facts changed."""
    public = bytes(private.public_key)
    parts = [sealing.seal(public, sealing.Words(text, "saw").as_bytes()), sealing.seal(public, b"\xff\xd8 photo")]
    facts = {"format": 1, "case": CASE, "readers": [], "messages": [{"number": 0, "kind": "report", "week": "2026-W40",
             "parts": [{"part": at, "key": offline.fingerprint(public), "sealed": base64.b64encode(part).decode()}
                       for at, part in enumerate(parts)]}], **changes}
    path = folder / "case.sealed"
    path.write_text(json.dumps(facts))
    return path


@pytest.mark.parametrize("case", ["../escaped", "/escaped", "a/../../escaped", CASE + "0", CASE.upper(), "", None])
def test_photos_stay_in_their_folder(tmp_path: Path, private: PrivateKey, case: str | None) -> None:
    """The id of a case names the photos; a file whose id is none is no file from the desk, and writes nothing."""
    path = sealed_file(tmp_path, private, case=case)
    with pytest.raises(offline.OpenError, match="is not a sealed file from the desk"):
        opening.open_main(asked(sealed=path, photos=tmp_path / "photos", key=["x"]))
    assert list(tmp_path.rglob("*")) == [path]


def test_photos_are_named_after_their_case(tmp_path: Path, private: PrivateKey) -> None:
    """As before: the folder then holds the photos, by case, message and place."""
    opening.open_main(asked(sealed=sealed_file(tmp_path, private), photos=tmp_path / "photos", key=["x"]))
    assert [each.name for each in (tmp_path / "photos").iterdir()] == [f"{CASE}-0-1.jpg"]
