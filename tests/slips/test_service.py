"""Slips: kept only as keyed hashes, used once, in no order."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.config import sqlite_urls
from portal.core.db import Runs, Stores
from portal.core.digits import holds, make
from portal.slips import peppers, service, voice


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return peppers.folder_of(tmp_path)


def test_digits_are_kept_nowhere(stores: Stores, folder: Path) -> None:
    """After issuing, no file of the booth holds a slip's digits, and the pepper is readable by its owner only."""
    with stores.booth.write() as session:
        issued = service.issue(session, folder, "round1", "villagers", 50)
    assert len(set(issued.digits)) == 50
    assert all(holds(each, 20) for each in issued.digits)
    stored = b"".join(path.read_bytes() for path in folder.parent.parent.glob("booth*"))
    assert not any(each.encode() in stored for each in issued.digits)
    assert stat.S_IMODE((folder / "round1").stat().st_mode) == 0o600


def test_no_rowid(stores: Stores, folder: Path) -> None:
    """Neither ballot slips nor voice slips have a row id, which would tell the order of writing."""
    with sqlite3.connect(stores.booth.file) as connection:  # type: ignore[arg-type]
        for table in ("credential", "void_code", "voice_slip", "pool"):
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                connection.execute(f"SELECT rowid FROM {table}")
    connection.close()


def test_a_slip_is_found_in_its_own_round_only(stores: Stores, folder: Path) -> None:
    """Last year's digits open nothing this year."""
    with stores.booth.write() as session:
        (digits,) = service.issue(session, folder, "old", "villagers", 1).digits
        service.issue(session, folder, "new", "villagers", 1)
    with stores.booth.read() as session:
        assert service.find(session, folder, ["new"], digits) is None
        found = service.find(session, folder, ["old", "new"], digits)
    assert found is not None
    assert (found.round_id, found.electorate, found.state) == ("old", "villagers", "issued")


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, rows: Runs) -> None:
        self.rows, self.asked = rows, 0

    def execute(self, *args: Any) -> Any:
        self.asked += 1
        return self.rows.execute(*args)


def test_every_search_is_the_same_work(stores: Stores, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With three villages voting, a good slip, a used one, a dead one and an unknown one cost the same steps.

    What takes as long can't be told apart by a watch. Fault seen: a search that stops where the slip is found.
    """
    rounds, keyed = ["one", "two", "three"], peppers.keyed
    with stores.booth.write() as session:
        issued = {each: service.issue(session, folder, each, "villagers", 3) for each in rounds}
        used = service.find(session, folder, rounds, issued["one"].digits[1])
        assert used is not None
        assert service.spend(session, used, "attempt")
        assert service.void(session, folder, "one", issued["one"].stubs[2]) == "voided"
    tried: list[str] = []
    monkeypatch.setattr(peppers, "keyed", lambda pepper, digits: tried.append(digits) or keyed(pepper, digits))
    work = set()
    with stores.booth.read() as session:
        for digits in (*(each for batch in issued.values() for each in batch.digits), make(20)):
            store = Counted(session)
            tried.clear()
            service.find(store, folder, rounds, digits)  # type: ignore[arg-type]
            work.add((store.asked, len(tried)))
    assert work == {(3, 3)}


def test_spent_once(stores: Stores, folder: Path) -> None:
    """Only one attempt uses a slip up; the same attempt is known again, another is not."""
    with stores.booth.write() as session:
        (digits,) = service.issue(session, folder, "round1", "villagers", 1).digits
        slip = service.find(session, folder, ["round1"], digits)
        assert slip is not None
        assert service.spend(session, slip, "one")
        assert not service.spend(session, slip, "two")
        assert not service.spend(session, slip, "one")
        assert service.was_by(session, slip, "one")
        assert not service.was_by(session, slip, "two")
        assert service.counts(session, "round1") == {"villagers": (1, 1)}


def test_voice_slip_once_a_quarter(stores: Stores, folder: Path) -> None:
    """A voice slip counts once in a quarter and again in the next; a retry changes nothing."""
    with stores.booth.write() as session:
        first, second = voice.issue(session, folder, "village", 2026, 2)

        def spend(digits: str, quarter: str, attempt: str, village: str = "village") -> str:
            return voice.spend(session, folder, village, digits, quarter, attempt)

        assert spend(first, "2026-Q1", "a") == "counted"
        assert spend(first, "2026-Q1", "a") == "counted"
        assert spend(first, "2026-Q1", "b") == "spent"
        assert spend(f"{first[:4]} {first[4:]}", "2026-Q2", "b") == "counted"
        assert spend(second, "2027-Q1", "c") == "unknown"
        assert spend(second, "2026-Q1", "c", "elsewhere") == "unknown"
        assert spend(make(20), "2026-Q1", "d") == "unknown"
        assert spend(second, "2026-Q1", "") == "unknown"
        assert voice.drawn(session, "village", 2026) == {
            "2026-Q1": (2, 1), "2026-Q2": (2, 1), "2026-Q3": (2, 0), "2026-Q4": (2, 0)}
        assert len(voice.commitment(session, "village", 2026)) == 64


def test_lists_of_two_quarters_share_nothing(stores: Stores, folder: Path) -> None:
    """Each quarter has a pepper of its own, so no hash stands in two lists and the order in one tells nothing."""
    with stores.booth.write() as session:
        digits = voice.issue(session, folder, "village", 2026, 40)
    by_quarter = []
    for quarter in voice.quarters(2026):
        pepper = peppers.read(folder, f"voice-village-{quarter}")
        assert pepper is not None
        by_quarter.append([peppers.keyed(pepper, each) for each in digits])
    assert len({each for quarter in by_quarter for each in quarter}) == 160
    ranks = [sorted(range(40), key=quarter.__getitem__) for quarter in by_quarter]
    assert len({tuple(rank) for rank in ranks}) == 4


def test_of_a_quarter_that_is_over_nobody_can_find_out_anything(stores: Stores, folder: Path) -> None:
    """Somebody who saw a slip's digits, and later gets everything the portal has, can't tell whether it was used.

    Fault seen: peppers of voice slips that were kept for good.
    """
    with stores.booth.write() as session:
        (slip,) = voice.issue(session, folder, "village", 2026, 1)
        assert voice.spend(session, folder, "village", slip, "2026-Q1", "a") == "counted"
        assert voice.forget(folder, date(2026, 3, 31)) == 0
        assert voice.forget(folder, date(2026, 4, 1)) == 1
        assert voice.spend(session, folder, "village", slip, "2026-Q1", "b") == "unknown"
        assert voice.spend(session, folder, "village", slip, "2026-Q2", "b") == "counted"
        assert voice.drawn(session, "village", 2026)["2026-Q1"] == (1, 1)
        assert voice.forget(folder, date(2027, 1, 1)) == 3


def test_without_the_pepper_nothing_is_found(stores: Stores, folder: Path) -> None:
    """Once the pepper is destroyed, nobody can try digits against the hashes."""
    with stores.booth.write() as session:
        (digits,) = service.issue(session, folder, "round1", "villagers", 1).digits
    peppers.destroy(folder, "round1")
    with stores.booth.read() as session:
        assert service.find(session, folder, ["round1"], digits) is None


def test_a_pepper_is_gone_for_whoever_had_read_it(folder: Path) -> None:
    """A server that looked at a pepper has nothing of it once another process destroyed it, nor has the disk.

    Fault seen: a pepper that was kept in memory after its first reading, and a file that was only taken off its list.
    """
    pepper = peppers.make(folder, "round1")
    kept_open = (folder / "round1").open("rb")
    ask = ("import sys\nfrom pathlib import Path\nfrom portal.slips import peppers\n"
           "for _ in sys.stdin: print(peppers.read(Path(sys.argv[1]), 'round1'), flush=True)")
    with kept_open, subprocess.Popen([sys.executable, "-c", ask, str(folder)], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin

        def asked() -> str:
            print("?", file=other.stdin, flush=True)
            return other.stdout.readline().strip() if other.stdout else ""

        assert peppers.read(folder, "round1") == pepper
        assert asked() == repr(pepper)
        peppers.destroy(folder, "round1")
        assert peppers.read(folder, "round1") is None
        assert asked() == "None"
        assert kept_open.read() == bytes(peppers.PEPPER_BYTES)
        other.stdin.close()
    assert peppers.make(folder, "round1") not in {pepper, bytes(peppers.PEPPER_BYTES)}


def test_a_pepper_that_was_taken_away_or_replaced_is_another_one(folder: Path) -> None:
    """A server that looked at a pepper sees at once that the file is gone, or that another lies in its place.

    Secrets brought back from another disk are put in place by renaming; what is destroyed afterwards is that new file.
    Fault seen: a file that was looked at through memory went on opening slips after it was removed or destroyed.
    """
    pepper = peppers.make(folder, "round1")
    assert peppers.read(folder, "round1") == pepper
    brought = folder / "brought"
    brought.write_bytes(pepper)
    brought.replace(folder / "round1")
    assert peppers.read(folder, "round1") == pepper
    brought.write_bytes(pepper)
    brought.replace(folder / "round1")
    peppers.destroy(folder, "round1")
    assert peppers.read(folder, "round1") is None
    peppers.make(folder, "round2")
    assert peppers.read(folder, "round2") is not None
    (folder / "round2").unlink()
    assert peppers.read(folder, "round2") is None


def test_a_pepper_that_is_cut_short_is_none_and_ends_nobody(folder: Path) -> None:
    """While somebody copies secrets over those in use a file is empty for a moment: no worker dies of it.

    Fault seen: a file mapped into memory; the worker that looked was ended by the system (bus error).
    """
    pepper = peppers.make(folder, "round1")
    ask = ("import sys\nfrom pathlib import Path\nfrom portal.slips import peppers\nfolder = Path(sys.argv[1])\n"
           "assert peppers.read(folder, 'round1')\n(folder / 'round1').write_bytes(b'')\n"
           "assert peppers.read(folder, 'round1') is None\n(folder / 'round1').write_bytes(b'x' * 31)\n"
           "assert peppers.read(folder, 'round1') is None")
    subprocess.run([sys.executable, "-c", ask, str(folder)], check=True)
    with pytest.raises(ValueError, match="damaged"):
        peppers.make(folder, "round1")
    (folder / "round1").write_bytes(pepper)
    assert peppers.read(folder, "round1") == pepper


def test_a_pepper_is_never_blank(folder: Path) -> None:
    """Where `destroy` was killed between blanking a file and taking it away, the next pepper is a fresh one.

    Fault seen: slips hashed under 32 zeros, which everybody knows.
    """
    peppers.make(folder, "round1")
    (folder / "round1").write_bytes(bytes(peppers.PEPPER_BYTES))
    fresh = peppers.make(folder, "round1")
    assert fresh != bytes(peppers.PEPPER_BYTES)
    assert peppers.read(folder, "round1") == fresh
    assert [path.name for path in folder.iterdir()] == ["round1"]


def test_where_a_row_lies_does_not_tell_when_its_slip_was_used(stores: Stores, folder: Path, tmp_path: Path) -> None:
    """The same slips, used or killed in two orders, leave the same file byte for byte: no copy of it tells an order.

    Fault seen: rows that grew when their slip was used, and an index over the state. On days with one to three
    reports of a village, 24 of 24 slips could be tied to their reports by where the two rows lay.
    """
    with stores.booth.write() as session:
        spoken = voice.issue(session, folder, "village", 2026, 120)[:40]
        ballots = service.issue(session, folder, "round1", "villagers", 120)
    stores.booth.rewrite()
    stores.close()
    files = []
    for number, order in enumerate((1, -1)):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(folder.parent.parent, copy, ignore=shutil.ignore_patterns("copy*"))
        booth = Stores(sqlite_urls(copy), copy).booth
        for digits in spoken[::order]:
            with booth.write() as session:
                assert voice.spend(session, folder, "village", digits, "2026-Q4", digits) == "counted"
        for digits in ballots.digits[:40][::order]:
            with booth.write() as session:
                slip = service.find(session, folder, ["round1"], digits)
                assert slip is not None
                assert service.spend(session, slip, digits)
        booth.empty_log()
        booth.close()
        files.append((copy / "booth.sqlite").read_bytes())
    assert files[0] == files[1]


def test_a_row_is_as_long_whatever_became_of_its_slip(stores: Stores, folder: Path) -> None:
    """Issued, used and killed slips fill as many bytes each, so that writing one never moves it."""
    with stores.booth.write() as session:
        issued = service.issue(session, folder, "round1", "villagers", 3)
        slip = service.find(session, folder, ["round1"], issued.digits[0])
        assert slip is not None
        service.spend(session, slip, "one")
        assert service.void(session, folder, "round1", issued.stubs[1]) == "voided"
    with sqlite3.connect(stores.booth.file) as connection:  # type: ignore[arg-type]
        rows = connection.execute("SELECT state, length(state) + length(retry_tag) FROM credential").fetchall()
    connection.close()
    assert {state for state, _ in rows} == {"issued", "spent", "void"}
    assert len({length for _, length in rows}) == 1
