"""The urn: one file for each round that holds sealed ballots, and nothing that tells an order or a moment.

A table without row ids keeps its rows by ciphertext. Ballots come in sorted batches; at close the file is written
anew with VACUUM INTO, which gives the same bytes whatever the order of insertion was.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from io import BufferedRandom
from operator import itemgetter
from pathlib import Path

SCHEMA = """CREATE TABLE IF NOT EXISTS urn (
    electorate TEXT NOT NULL,
    sealed BLOB NOT NULL PRIMARY KEY
) WITHOUT ROWID"""

PIECE = 250  # rows of one statement
Row = tuple[str, bytes]  # an electorate and a ciphertext


def path_of(folder: Path, round_id: str) -> Path:
    """Return the file of a round's urn."""
    return folder / f"{round_id}.sqlite"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=DELETE", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def pieces(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Give rows in pieces that one statement takes: row by row, voters beside it would be made to wait each time."""
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


def put(path: Path, ballots: Iterable[Row]) -> None:
    """Put (electorate, sealed) pairs into an urn, sorted. Putting the same ballot again changes nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    batch = sorted(ballots, key=itemgetter(1))
    with _opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(SCHEMA)
        for piece in pieces(batch):
            rows = ", ".join(["(?, ?)"] * len(piece))  # nothing but question marks
            connection.execute(f"INSERT OR IGNORE INTO urn VALUES {rows}",  # noqa: S608
                               [part for each in piece for part in each])
        connection.execute("COMMIT")


def settle(path: Path) -> None:
    """Undo what a killed write left half done in an urn. Needs no room on the disk."""
    with _opened(path) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")


def known(path: Path, rows: Sequence[Row]) -> set[bytes]:
    """Return the ciphertexts among some rows that lie in an urn already."""
    found: set[bytes] = set()
    if not path.exists():
        return found
    settle(path)
    if not path.stat().st_size:  # its first write was undone
        return found
    with _opened(path) as connection:
        for piece in pieces(rows):
            asked = ", ".join("?" * len(piece))
            found.update(bytes(sealed) for (sealed,) in connection.execute(
                f"SELECT sealed FROM urn WHERE sealed IN ({asked})", [sealed for _, sealed in piece]))  # noqa: S608
    return found


def seal_file(path: Path) -> str:
    """Write the urn anew in its one canonical form; return the SHA-256 (hex) of the file."""
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    with _opened(path) as connection:
        connection.execute("VACUUM INTO ?", (str(fresh),))
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.chmod(0o600)
    with path.open("r+b") as before:
        fresh.replace(path)
        _blank(before)
    return digest(path)


def erase(path: Path) -> None:
    """Erase an urn and what a killed write left beside it; afterwards the blocks they lay in hold zeros.

    A disk may still keep an older copy of a block where no program reaches it: the disk is to be encrypted.
    """
    for each in (path, path.with_suffix(".fresh"), *(Path(f"{path}{end}") for end in ("-journal", "-wal", "-shm"))):
        try:
            with each.open("r+b") as file:
                _blank(file)
        except FileNotFoundError:
            continue
        each.unlink(missing_ok=True)


def _blank(file: BufferedRandom) -> None:
    """Write zeros over an open file, down to the disk."""
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


def digest(path: Path) -> str:
    """Return the SHA-256 (hex) of an urn's file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def counts(path: Path) -> dict[str, int]:
    """Return how many ballots of each electorate lie in an urn, which grows by batches; {} if it can’t be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return dict(connection.execute("SELECT electorate, count(*) FROM urn GROUP BY electorate"))
    except sqlite3.Error:  # there is none yet, or a mover was killed in it
        return {}


def ballots(path: Path) -> list[tuple[str, bytes]]:
    """Return what lies in an urn, by ciphertext. ValueError when the file is no urn."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return [(str(of), bytes(sealed)) for of, sealed in
                    connection.execute("SELECT electorate, sealed FROM urn ORDER BY sealed")]
    except sqlite3.Error as error:
        message = f"{path} is not an urn"
        raise ValueError(message) from error
