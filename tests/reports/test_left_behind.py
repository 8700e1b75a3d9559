"""What lies in the instance's folder after something happened: nothing that tells when, or in which order."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clocks
from portal.config import Config
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.reports import voices
from portal.slips import peppers
from tests.conftest import NOW
from tests.reports.conftest import FileAt, Offices


def test_what_lies_beside_the_stores_is_as_old_as_the_last_tick(stores: Stores, config: Config,
                                                                file_report: FileAt) -> None:
    """Whether anything came since the tick before can't be read off the age of a file."""
    def written(minutes: int) -> set[str]:
        marks = [path for path in config.instance.iterdir() if path.name.startswith(("vault", "booth"))]
        for path in marks:
            os.utime(path, (1, 1))
        clocks.tick(stores, config, NOW + timedelta(minutes=minutes))
        return {path.name for path in marks if path.exists() and path.stat().st_mtime > 1}

    file_report(released=False)
    written(10)
    quiet = written(20)
    file_report(released=False)
    assert written(30) == quiet


def test_whatever_breaks_the_tick_the_stores_come_to_rest(stores: Stores, config: Config, offices: Offices,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in one of the clock's pieces leaves no order of arrival behind, at this tick or any later one."""
    rested = []
    monkeypatch.setattr(clocks, "rest", lambda _stores: rested.append(True))
    monkeypatch.setattr(clocks, "_disclosures", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clocks.tick(stores, config, NOW)
    assert rested


def test_printing_voice_slips_leaves_no_order(stores: Stores, config: Config, offices: Offices) -> None:
    """The booth's log is empty after it, and so few that they could be told apart are not printed."""
    folder, village = peppers.folder_of(config.instance), offices.district["liuhe"]
    voices.issue(stores, NOW, folder, village, 2026, voices.FEWEST)
    assert stores.booth.file.with_name("booth.sqlite-wal").stat().st_size == 0
    with pytest.raises(Refused, match="at once"):
        voices.issue(stores, NOW, folder, village, 2026, voices.FEWEST - 1)


def test_no_key_is_as_old_as_a_report(stores: Stores, config: Config, offices: Offices, file_report: FileAt) -> None:
    """The key of a week's sketches is there before the week's first report; what lies beside it has no younger file.

    Fault seen: the first report of a week made the key, and its file told the second of that report for days.
    """
    folder = peppers.folder_of(config.instance)
    sunday = NOW + timedelta(days=6 - NOW.weekday())

    def there() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (folder, *folder.iterdir())}

    for now in (NOW, sunday):
        clocks.tick(stores, config, now)
        before = there()
        file_report(released=False, now=now)
        assert there() == before
    file_report(released=False, now=sunday + timedelta(days=1))  # on Monday, before any tick
    assert there() == before


def test_no_pepper_tells_when_it_was_read(tmp_path: Path) -> None:
    """A village's pepper is read when somebody there uses a voice slip: the time of the last look stays as it was.

    Fault seen: after a worker's start the first voice slip of a village left its second beside the village's name.
    """
    peppers.make(tmp_path, "voice-a-2026-Q4")
    file = tmp_path / "voice-a-2026-Q4"
    os.utime(file, (1, 2))  # never read since it was written: so a first look would be noted
    assert peppers.read(tmp_path, file.name)
    assert file.stat().st_atime == 1
