"""What the files of a store tell to somebody who has a copy of them."""

import os
import sqlite3
import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clocks
from portal.config import Config
from portal.core.db import Store, Stores
from portal.slips import peppers, voice
from tests.conftest import NOW
from tests.factories.places import District

HEAD = 136  # bytes of a log's index before the numbers of pages, https://www.sqlite.org/walformat.html
SLOTS = 4062


def _speak(stores: Stores, folder: Path, digits: str) -> None:
    with stores.booth.write() as session:
        assert voice.spend(session, folder, "village", digits, "2026-Q4", digits) == "counted"


@pytest.fixture
def spoken(stores: Stores, config: Config) -> Callable[[], None]:
    """Lets one voice slip after another be used."""
    folder = peppers.folder_of(config.instance)
    with stores.booth.write() as session:
        slips = voice.issue(session, folder, "village", 2026, 40)
    return lambda: _speak(stores, folder, slips.pop())


def _beside(store: Store, end: str) -> Path:
    assert store.file is not None
    return store.file.with_name(store.file.name + end)


def test_the_index_of_the_log_names_no_page(stores: Stores, spoken: Callable[[], None]) -> None:
    """Once the log is emptied its index names page 1 alone: nothing tells on which pages somebody wrote last.

    Fault seen: a log that is emptied only. Its index narrowed the slip used last down to 2 of 37, 15 times of 15.
    """
    spoken()
    assert stores.booth.empty_log()
    assert _beside(stores.booth, "-wal").stat().st_size == 0
    numbers = struct.unpack(f"={SLOTS}I", _beside(stores.booth, "-shm").read_bytes()[HEAD : HEAD + 4 * SLOTS])
    assert set(numbers) <= {0, 1}


def test_a_tick_leaves_no_order_in_the_secret_stores(stores: Stores, config: Config, district: District,
                                                     spoken: Callable[[], None], tmp_path: Path) -> None:
    """After every tick both files are what SQLite would write from scratch, to the byte, whatever came before.

    Fault seen: files written anew once a day. In between they told which reports came that day, and in which order.
    """
    assert district
    clocks.tick(stores, config, NOW)
    for minutes in (10, 20):
        for _ in range(5):
            spoken()
        clocks.tick(stores, config, NOW + timedelta(minutes=minutes))
        for store in (stores.vault, stores.booth):
            fresh = tmp_path / f"{store.name}{minutes}.fresh"
            with sqlite3.connect(_beside(store, "")) as connection:
                connection.execute("VACUUM INTO ?", (str(fresh),))
            connection.close()
            assert _beside(store, "").read_bytes()[100:] == fresh.read_bytes()[100:]


def test_the_age_of_the_files_is_that_of_the_tick(stores: Stores, config: Config, district: District,
                                                  spoken: Callable[[], None]) -> None:
    """A tick changes the files of both secret stores even when nothing happened: their age tells of nobody.

    Fault seen: a tick that writes only what there is to write. A copy then told the minute of the last report.
    """
    assert district
    spoken()
    clocks.tick(stores, config, NOW)
    files = [_beside(store, end) for store in (stores.vault, stores.booth) for end in ("", "-wal")]
    for file in files:
        os.utime(file, (1, 1))
    clocks.tick(stores, config, NOW + timedelta(minutes=10))
    assert all(file.stat().st_mtime > 1 for file in files)


def test_a_tick_forgets_the_peppers_of_past_quarters(stores: Stores, config: Config, district: District,
                                                     spoken: Callable[[], None]) -> None:
    """In November only the list of the running quarter can be asked for a slip."""
    assert district
    spoken()
    clocks.tick(stores, config, NOW)
    assert [path.name for path in peppers.folder_of(config.instance).glob("voice-*")] == ["voice-village-2026-Q4"]


def test_what_did_not_change_is_not_written_anew(stores: Stores, spoken: Callable[[], None],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """A large store is written anew only when something came in since."""
    rewritten = []
    real = Store.rewrite
    monkeypatch.setattr(Store, "rewrite", lambda store: (rewritten.append(store.name), real(store)))
    stores.booth.rest()
    stores.booth.rest()
    assert rewritten == ["booth"]
    spoken()
    stores.booth.rest()
    assert rewritten == ["booth", "booth"]


def test_a_large_vault_is_written_anew_once_a_day(stores: Stores, config: Config, district: District,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits while gigabytes are rewritten every ten minutes; the log beside the file is emptied all the same."""
    assert district
    rewritten = []
    real = Store.rewrite
    monkeypatch.setattr(Store, "rewrite", lambda store: (rewritten.append(store.name), real(store)))
    monkeypatch.setattr(clocks, "QUICK", 1)
    later = (timedelta(), timedelta(minutes=10), timedelta(minutes=20), timedelta(days=1))
    for at, moment in enumerate(NOW + each for each in later):
        with stores.vault.write() as session:
            session.connection().exec_driver_sql(f"CREATE TABLE more_{at} (a)")
        clocks.tick(stores, config, moment)
        assert _beside(stores.vault, "-wal").stat().st_size == 0
    assert rewritten.count("vault") == 2
