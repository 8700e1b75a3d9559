"""The two verbs: slips on paper, and counting with the key."""

import json
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.ballots import commands, counting
from portal.config import Config
from portal.core.clock import utc_now
from tests.ballots.conftest import Vote


def test_slips_on_paper(make_vote: Callable[..., Vote], config: Config, tmp_path: Path,
                        capsys: pytest.CaptureFixture[str]) -> None:
    """The sheets are written once, readable by their owner only; no digit is told on the screen."""
    vote = make_vote(now=utc_now() + timedelta(minutes=1), printed={})
    out = tmp_path / "slips.pdf"
    args = Namespace(round=vote.round_id, electorate="villagers", number=9, out=out)
    assert commands.slips_main(args, config, vote.stores) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert out.stat().st_mode & 0o077 == 0
    assert "9 slips" in capsys.readouterr().out
    with pytest.raises(FileExistsError, match="another file"):
        commands.slips_main(args, config, vote.stores)


def asked(**given: Any) -> Namespace:
    """What the command line hands over when only these were given."""
    names = ("urn", "key", "share", "new_key", "shares", "out", "by_hand", "box")
    return Namespace(**{**dict.fromkeys(names), "json": False, "english": True, **given})


def test_counting(vote: Vote, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key is made, an urn counted, the sheet written as it will be uploaded."""
    commands.count_main(asked(new_key=tmp_path / "new.json", json=True))
    assert set(json.loads(capsys.readouterr().out)) == {"public", "fingerprint"}
    commands.count_main(asked(new_key=tmp_path / "new2.json", json=False))
    assert "digits for the poster" in capsys.readouterr().out
    vote.cast_all({"villagers": ["excellent"] * 20, "town_cadres": ["not"] * 2})
    vote.close()
    out = tmp_path / "sheet.json"
    commands.count_main(asked(urn=vote.urn, key=vote.key, out=out))
    told = capsys.readouterr().out
    assert "Villagers: Ballots counted 20" in told
    assert "Not competent 2" in told
    assert json.loads(out.read_text("utf-8"))["round"] == vote.round_id
    with pytest.raises(counting.CountError, match="--new-key"):
        commands.count_main(asked(urn=vote.urn))
