"""Does the log still hold? Over the store, as its keeper asks; over a downloaded file, as anyone may."""

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from portal.core.db import Stores
from portal.log import chain, queries
from portal.log.frontier import Frontier
from portal.log.models import LogEntry, LogPayload

FIELDS = {"seq", "kind", "unit", "day", "payload_commit", "prev_hash"}


@dataclass(frozen=True)
class Problem:
    """Something that doesn't hold: whose log, the entry that shows it (None: the log as a whole), what is wrong."""

    unit: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = f"{self.unit}, entry {self.seq}" if self.seq is not None else self.unit
        return f"{where}: {self.what}"


@dataclass(frozen=True)
class Standing:
    """What a public page shows now, told by its feature so that it can be compared with the log.

    The last entry whose kind is one of `kinds` and whose fact `subject` (`record`, `promise`) is `id` must
    carry `content`: the hash, as hex, that the feature computes anew from the stored words.
    """

    unit: str
    kinds: frozenset[str]
    subject: str
    id: str
    content: str


Shown = Callable[[Session], Iterable[Standing]]
Check = Callable[[Stores], list[Problem]]


def verify_store(stores: Stores, shown: Sequence[Shown] = ()) -> list[Problem]:
    """Return everything that doesn't hold in the logs of the store; an empty list says that all hold.

    Checked for every unit: the chain, the stored hashes, the payloads that were not erased; and, for each
    feature in `shown`, that what its pages show is what its last entry says.
    """
    found: list[Problem] = []
    with stores.portal.read() as session:
        standing = [item for feature in shown for item in feature(session)]
        names = session.exec(select(LogEntry.unit).distinct().order_by(LogEntry.unit)).all()
        for unit in names:
            found += _verify_unit(session, unit, [item for item in standing if item.unit == unit])
        logged = set(names)
    found += [_never_logged(item) for item in standing if item.unit not in logged]
    return found


def _verify_unit(session: Session, unit: str, standing: Sequence[Standing]) -> list[Problem]:
    links, hashes = queries.links(session, unit)
    kept = session.exec(
        select(LogPayload.seq, LogPayload.salt, LogPayload.body).where(LogPayload.unit == unit)
    ).all()
    payloads = {seq: (salt, body) for seq, salt, body in kept}
    held = chain.verify(links, hashes=hashes, payloads=payloads)
    found = [Problem(unit, problem.seq, problem.what) for problem in held]
    return found + list(_not_as_logged(links, payloads, standing))


def _not_as_logged(
    links: Sequence[chain.Entry], payloads: dict[int, tuple[bytes, bytes]], standing: Sequence[Standing],
) -> Iterator[Problem]:
    """Compare what is shown with its last entry. An erased payload can't speak, so nothing is said of it."""
    if not standing:
        return
    last: dict[tuple[str, str], tuple[int, str]] = {}
    wanted = {(kind, item.subject) for item in standing for kind in item.kinds}
    erased = False
    for link in links:
        for subject in (subject for kind, subject in wanted if kind == link.kind):
            facts = _facts(payloads.get(link.seq))
            erased = erased or facts is None
            if facts is not None and "content" in facts:
                last[subject, str(facts.get(subject))] = (link.seq, str(facts["content"]))
    for item in standing:
        logged = last.get((item.subject, item.id))
        if logged is None and not erased:
            yield _never_logged(item)
        elif logged is not None and logged[1] != item.content:
            yield Problem(item.unit, logged[0], f"{item.subject} {item.id} isn't shown as its last entry says")


def _facts(payload: tuple[bytes, bytes] | None) -> dict[str, Any] | None:
    if payload is None:
        return None
    try:
        facts = json.loads(payload[1])
    except ValueError:
        return None  # the commitment to it fails too, and that is reported
    return facts if isinstance(facts, dict) else None


def _never_logged(item: Standing) -> Problem:
    return Problem(item.unit, None, f"{item.subject} {item.id} is shown, but no entry speaks of it")


def verify_file(path: Path, digits: str = "", size: int | None = None) -> list[Problem]:
    """Return everything that doesn't hold in a downloaded log (`/log/<unit>.jsonl`), one entry a line.

    `digits` are the 24 digits of a sheet on the wall, blanks or not. They must be those of the log at `size`
    entries; without a size, at any of its sizes, so that last month's sheet still fits.
    """
    links: list[chain.Entry] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        link = _link(line)
        if link is None:
            return [Problem(path.name, None, f"line {number} isn't an entry of a log")]
        links.append(link)
    unit = links[0].unit if links else path.name
    found = [Problem(unit, problem.seq, problem.what) for problem in chain.verify(links)]
    if not links:
        found.append(Problem(unit, None, "there is no entry in this file"))
    if digits and not fits([chain.entry_hash(link) for link in links], digits, size):
        at = "any of its sizes" if size is None else f"{size} entries"
        found.append(Problem(unit, None, f"the digits aren't those of this log at {at}"))
    return found


def fits(leaves: Iterable[bytes], digits: str, size: int | None = None) -> bool:
    """Tell whether these are the digits of a log with these hashes at `size` entries; without it, at any size."""
    frontier, wanted = Frontier(), "".join(digits.split())
    for leaf in leaves:
        frontier.add(leaf)
        if size in {None, frontier.size} and chain.digits(frontier.root()).replace(" ", "") == wanted:
            return True
    return False


def _link(line: str) -> chain.Entry | None:
    """Return the entry that a line holds, or None unless it is the one spelling of an entry."""
    try:
        values = json.loads(line)
        if set(values) != FIELDS:
            return None
        link = chain.Entry(
            int(values["seq"]), str(values["kind"]), str(values["unit"]), date.fromisoformat(values["day"]),
            bytes.fromhex(values["payload_commit"]), bytes.fromhex(values["prev_hash"]),
        )
    except (ValueError, TypeError):
        return None
    return link if chain.entry_bytes(link).decode() == line else None


def main(args: Namespace, stores: Stores | None, shown: Sequence[Shown] = (), checks: Sequence[Check] = ()) -> int:
    """Run `portal verify`: over the store, or with `--log` over a file. 0 when everything holds, else 1.

    `checks` are what features look at besides, such as the boxes of votes.

    `--digits` (and `--size`) of a sheet must be those of the file; of the store, of one of its logs.
    """
    digits, heads = args.digits or "", list[queries.Head]()
    if stores is None:
        found = verify_file(args.log, digits, args.size)
    else:
        found = [*verify_store(stores, shown), *(problem for check in checks for problem in check(stores))]
        with stores.portal.read() as session:
            units = list(session.exec(select(LogEntry.unit).distinct().order_by(LogEntry.unit)).all())
            heads = list(queries.heads(session, units).values())
            if digits and not any(fits(_leaves(session, unit), digits, args.size) for unit in units):
                found.append(Problem("all logs", None, "the digits aren't those of any log here"))
    _tell(found, heads, as_json=args.json)
    return 1 if found else 0


def _leaves(session: Session, unit: str) -> Sequence[bytes]:
    return session.exec(select(LogEntry.entry_hash).where(LogEntry.unit == unit).order_by(col(LogEntry.seq))).all()


def _tell(found: Sequence[Problem], heads: Sequence[queries.Head], *, as_json: bool) -> None:
    if as_json:
        logs = [{"unit": head.unit, "entries": head.size, "digits": head.digits} for head in heads]
        problems = [asdict(problem) for problem in found]
        sys.stdout.write(json.dumps({"ok": not found, "logs": logs, "problems": problems}, ensure_ascii=False) + "\n")
        return
    for head in heads:
        sys.stdout.write(f"{head.unit}: {head.size} entries, digits {head.digits}\n")
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        sys.stdout.write("Everything holds.\n")
