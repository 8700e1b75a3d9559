"""The keys by which pasted copies are told apart live for a week."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

from portal import clocks
from portal.config import Config
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.flags import near
from portal.reports import sketches
from portal.slips import peppers
from tests.conftest import NOW
from tests.factories.places import District

TODAY = local_day(NOW)


def test_a_key_serves_one_village_and_week(tmp_path: Path) -> None:
    """The same words have one sketch there, and others in the next week or village."""
    text = "修水渠的钱没有公布"
    made = [near.sketch(text, sketches.key(tmp_path, day, village)) for day, village in
            ((TODAY, "a"), (TODAY, "a"), (TODAY, "b"), (TODAY + timedelta(weeks=1), "a"))]
    assert made[0] == made[1]
    assert made[0] not in made[2:]


def test_the_clock_destroys_last_week_s_key(stores: Stores, config: Config, district: District) -> None:
    """Afterwards nobody can try words against a sketch that lies in the store; this week's key stays."""
    folder = peppers.folder_of(config.instance)
    old = sketches.key(folder, TODAY - timedelta(weeks=1), "a")
    new = sketches.key(folder, TODAY, "a")
    clocks.tick(stores, config, NOW)
    assert [path.name for path in folder.glob("sketch-*")] == ["sketch-2026-W48"]
    assert sketches.key(folder, TODAY, "a") == new
    assert sketches.key(folder, TODAY - timedelta(weeks=1), "a") != old


def test_two_who_make_a_key_at_once_have_the_same(tmp_path: Path) -> None:
    """The first reports of a week come to different workers; none reads half a key, and nothing is left beside it."""
    for number in range(20):
        found: list[bytes] = []

        def make(name: str = f"sketch-{number}", into: list[bytes] = found) -> None:
            into.append(peppers.make(tmp_path, name))

        threads = [Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
        assert len(found[0]) == peppers.PEPPER_BYTES
    assert not list(tmp_path.glob(".*"))
