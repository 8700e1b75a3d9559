"""What a file from the desk can't do to the machine without a network, whoever changed it on the way."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox

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


STEERS = "x\x1b]52;c;cm0=\x07\x1b[2J\x1b[1;1Hclosed\x9b31m\x7f\r\u202egnorw\u2066\u200f\ty\nz"


@pytest.mark.parametrize("asks_json", [False, True])
def test_words_of_a_report_steer_no_terminal(tmp_path: Path, private: PrivateKey, capsys, asks_json: bool) -> None:
    """Escapes, other control characters and turned directions are left out; tabs, line breaks and words stay."""
    path = sealed_file(tmp_path, private, text=STEERS)
    opening.open_main(asked(sealed=path, key=["x"], json=asks_json))
    said = capsys.readouterr().out
    assert not set(said) & set(STEERS) - set("x]52;c;cm0=[2J[1;1Hclosed31mgnorw\ty\nz")
    if not asks_json:
        assert "x]52;c;cm0=[2J[1;1Hclosed31mgnorw\ty\nz" in said


def test_a_changed_file_steers_no_terminal_with_its_refusal(tmp_path: Path, private: PrivateKey) -> None:
    """Which key a file asks for is said without what steers a terminal."""
    path = sealed_file(tmp_path, private)
    facts = json.loads(path.read_text())
    for part in facts["messages"][0]["parts"]:
        part["key"] = "1234\x1b[2J"
    path.write_text(json.dumps(facts))
    with pytest.raises(offline.OpenError, match=r"opens with the key 1234\[2J, and not"):
        opening.open_main(asked(sealed=path, key=["x"]))


@pytest.mark.parametrize("content", [
    '{"case":"' + CASE + '","messages":' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"messages": [{"number": Infinity, "kind": "", "week": "", "parts": []}], "case": "' + CASE + '"}',
    '{"messages": [], "case": "' + CASE + '", "readers": []}', "[]", "null", "\x00"])
def test_a_malformed_file_is_refused_in_one_sentence(tmp_path: Path, private: PrivateKey, content: str) -> None:
    """Whatever the file is: each way of using it ends in a sentence, none in a trace."""
    path, text, office = tmp_path / "case.sealed", tmp_path / "a.txt", tmp_path / "office.json"
    path.write_text(content)
    text.write_text("answer")
    office.write_text(json.dumps({"public": bytes(private.public_key).hex()}))
    for given in ({}, {"for_town": True, "out": tmp_path / "o"}, {"answer": text, "out": tmp_path / "o"}):
        with pytest.raises(offline.OpenError):
            opening.open_main(asked(sealed=path, key=[office], **given))


@pytest.mark.parametrize("plain", [b"", b"abc", b"\xff\xff\xff\xff", b"\0\0\0\x05[1,2]", b"\0\0\0\x02{}",
                                   b"\0\x01\x86\xa0" + b"[" * 100_000])
def test_a_box_that_holds_no_words_is_called_damaged(tmp_path: Path, private: PrivateKey, plain: bytes) -> None:
    """Anybody can seal anything to a public key, also less than its own length."""
    path = sealed_file(tmp_path, private)
    facts = json.loads(path.read_text())
    box = SealedBox(PublicKey(bytes(private.public_key))).encrypt(plain)
    facts["messages"][0]["parts"][0]["sealed"] = base64.b64encode(bytes(box)).decode()
    path.write_text(json.dumps(facts))
    with pytest.raises(offline.OpenError, match="is damaged: take it from the desk once more"):
        opening.open_main(asked(sealed=path, key=["x"]))
