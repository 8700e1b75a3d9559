"""The key of a box in three shares: any two open it, one opens nothing, another box's is refused by its name."""

import re
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey
from pypdf import PdfReader

from portal import cli, opening
from portal.ballots import commands, counting, printing, rules, sealing, shares, urn
from tests.ballots.test_commands import asked
from tests.reports.test_offline import asked as unsealed

ROUND = "r" * 16


def filled(folder: Path, public: str) -> Path:
    path = folder / f"{ROUND}.sqlite"
    urn.put(path, [("villagers", sealing.seal(public, sealing.Ballot(ROUND, "villagers", {rules.QUESTION: "basic"})))
                   for _ in range(20)])
    return path


@pytest.fixture
def box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A box whose key is in three shares in `shares`; returns its public key."""
    commands.count_main(asked(new_key=tmp_path / "box.json", shares=tmp_path / "shares"))
    told = capsys.readouterr().out
    assert "in no file" in told
    return told.split("public key:")[1].split()[0]


def test_key_shares(box: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any two shares count the urn; the private key stands in no file."""
    path = filled(tmp_path, box)
    files = [tmp_path / "shares" / f"share-{number}.txt" for number in (1, 2, 3)]
    for pair in combinations(files, 2):
        assert commands.count_main(asked(urn=path, share=list(pair), english=False)) == 0
        assert "群众票: 点出来 20" in capsys.readouterr().out
        assert commands.count_main(asked(urn=path, share=list(reversed(pair)))) == 0
    private = bytes(shares.combine(shares.read(files[0]), shares.read(files[1])))
    stored = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    for trace in (private, private[:16], private[16:], private.hex().encode()):
        assert trace not in stored
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "shares").iterdir())


def test_one_share_opens_nothing(box: str, tmp_path: Path) -> None:
    """One share, the same share twice, or one beside an invented one: each is refused with a sentence."""
    path = filled(tmp_path, box)
    file = tmp_path / "shares" / "share-2.txt"
    mine = shares.read(file)
    forged = tmp_path / "forged.txt"
    forged.write_text(shares.Share(mine.box, 1, bytes(32)).text, "utf-8")
    for given_shares, sentence in (([file], "--share FILE twice"), ([file, file], "share 2 twice"),
                                   ([file, forged], "do not make the key")):
        with pytest.raises(counting.CountError, match=sentence):
            commands.count_main(asked(urn=path, share=given_shares))


def test_one_share_fits_every_key(box: str, tmp_path: Path) -> None:
    """A single share leaves every key possible: some other share makes any key at all of it."""
    from Crypto.Protocol.SecretSharing import _Element

    mine = shares.read(tmp_path / "shares" / "share-1.txt")
    for wanted in (bytes(16), bytes(range(16)), b"\xff" * 16):
        slope = _Element(mine.secret[:16]) + _Element(wanted)  # share(x) = secret + slope * x over GF(2^128)
        other = _Element(2) * slope + _Element(wanted)
        made = shares.Shamir.combine([(1, mine.secret[:16]), (2, other.encode())], ssss=False)
        assert made == wanted


def test_a_share_of_another_box_is_refused_by_its_name(box: str, tmp_path: Path) -> None:
    """Shares of two boxes are refused with both names; two shares of another box open nothing and say of which."""
    path = filled(tmp_path, box)
    made, other = counting.new_shared_box(tmp_path / "other.json")
    for part in other:
        (tmp_path / f"other-{part.number}.txt").write_text(part.text, "utf-8")
    strangers = [tmp_path / f"other-{number}.txt" for number in (1, 2)]
    with pytest.raises(counting.CountError, match=made["fingerprint"]):
        commands.count_main(asked(urn=path, share=[tmp_path / "shares" / "share-1.txt", strangers[1]]))
    with pytest.raises(counting.CountError, match=f"box {made['fingerprint']} opens none"):
        commands.count_main(asked(urn=path, share=strangers))
    assert "private" not in (tmp_path / "other.json").read_text("utf-8")


def test_sheets_hold_the_share(box: str, tmp_path: Path) -> None:
    """What is printed is what is typed: the digits on the sheet make the share again, and it is one page."""
    for number in (1, 2, 3):
        share = shares.read(tmp_path / "shares" / f"share-{number}.txt")
        reader = PdfReader(BytesIO((tmp_path / "shares" / f"share-{number}.pdf").read_bytes()))
        text = reader.pages[0].extract_text()
        assert len(reader.pages) == 1
        assert [re.sub(r"\s+", " ", line) for line in share.lines] == re.findall(
            r"(?:\d{4} ){5}\d\b", re.sub(r"[ \xa0]+", " ", text))
        assert share.box in re.sub(r"[ \xa0]+", " ", text)


def test_nothing_is_overwritten(box: str, tmp_path: Path) -> None:
    """A second key in the same folder is refused before anything is written."""
    before = {path: path.read_bytes() for path in (tmp_path / "shares").iterdir()}
    with pytest.raises(shares.ShareError, match="never overwritten"):
        commands.count_main(asked(new_key=tmp_path / "second.json", shares=tmp_path / "shares"))
    assert not (tmp_path / "second.json").exists()
    assert {path: path.read_bytes() for path in (tmp_path / "shares").iterdir()} == before


@given(st.binary(min_size=32, max_size=32), st.data())
def test_mistyping_is_found(secret: bytes, data: st.DataObject) -> None:
    """Any wrong digit, swap of neighbours or swap of lines is found while typing, and the line is named."""
    share = shares.split(PrivateKey(secret))[data.draw(st.integers(0, 2))]
    assert shares.parse(share.text) == share
    assert shares.parse(share.text.replace(" ", "  ").replace(": ", "：").upper()) == share
    at = data.draw(st.integers(1, 4))
    rows = share.text.splitlines()
    digits = rows[2 + at].split(": ")[1].replace(" ", "")
    where = data.draw(st.integers(0, 19))
    new = data.draw(st.sampled_from([each for each in "0123456789" if each != digits[where]]))
    wrong = [digits[:where] + new + digits[where + 1 :]]
    if digits[where] != digits[where + 1]:
        wrong.append(digits[:where] + digits[where + 1] + digits[where] + digits[where + 2 :])
    for each in wrong:
        typed = "\n".join([*rows[: 2 + at], f"{at}: {each}", *rows[3 + at :]])
        with pytest.raises(shares.ShareError, match=f"line {at} "):
            shares.parse(typed)
    if len(set(share.lines)) == 4:
        swapped = share.text.replace("\n1:", "\nX:").replace("\n2:", "\n1:").replace("\nX:", "\n2:")
        with pytest.raises(shares.ShareError, match="line 1 "):
            shares.parse(swapped)


@pytest.mark.parametrize("text", ["", "box 1\nshare 1", "share 1\n1: 2", "box 1234 5678 9012 3456 7890\nshare 7\n1: 1"])
def test_no_share_at_all(text: str, tmp_path: Path) -> None:
    """Any other file is refused with a sentence that names it."""
    path = tmp_path / "paper.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(shares.ShareError, match=r"paper\.txt: this is not a share"):
        shares.read(path)
    with pytest.raises(shares.ShareError, match="can't be read"):
        shares.read(tmp_path / "none.txt")


def test_the_verb_takes_shares(box: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the command line as people type it."""
    path = filled(tmp_path, box)
    files = [str(tmp_path / "shares" / f"share-{number}.txt") for number in (1, 3)]
    assert cli.main(["count", str(path), "--share", files[0], "--share", files[1], "--json"]) == 0
    assert '"counted": 20' in capsys.readouterr().out


@pytest.mark.parametrize(("english", "lang"), [(True, "en"), (False, "zh")])
def test_shares_are_printed_in_the_language_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, english: bool,
                                                      lang: str) -> None:
    """Both keys, the box's and an office's: their three sheets are in Chinese, or all in English.

    Fault seen: asked for in English, they came in Chinese.
    """
    printed: list[tuple[str, str]] = []

    def kept(_template: str, data: dict[str, Any]) -> bytes:
        printed.append((data["lang"], data["heading"]))
        return b"%PDF"

    monkeypatch.setattr(printing, "pdf", kept)
    monkeypatch.setattr(opening, "pdf", kept)
    commands.count_main(asked(new_key=tmp_path / "box.json", shares=tmp_path / "box", english=english))
    opening.open_main(unsealed(new_key=tmp_path / "office.json", shares=tmp_path / "office", english=english))
    assert [at for at, _ in printed] == [lang] * 6
    assert all(("key" in heading) == english for _, heading in printed)
