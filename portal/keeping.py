"""Keeps an installation: backup, restore, the year-end archive, a look at its health, an erasure that the law wants.

`booth` is never copied: two copies around one cast would tie a slip to a sealed ballot (`ballots.md`). Secrets are
never copied either: a stolen backup must open nothing. Keep `secrets/` by hand, elsewhere.
"""

import json
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from portal.accounts import service as accounts
from portal.accounts.queries import actor_of
from portal.ballots import checking as ballots
from portal.config import Config, UnsafeConfig
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.tables import write_csv
from portal.disclosures import erasing
from portal.disclosures import queries as disclosures
from portal.disclosures.catalogue import catalogue
from portal.log import service as log
from portal.log import verify
from portal.log.models import LogEntry, LogPayload
from portal.places import queries as places
from portal.places.models import Place
from portal.places.settings import defaults
from portal.promises.queries import logged as promises_shown
from portal.roles import Permission

Ask = Callable[[str], str]
COPIED = ("portal", "vault")
SHOWN: tuple[verify.Shown, ...] = (promises_shown,)
VERSIONS = frozenset({"record:published", "record:corrected"})
"""Entries that stand for a version of a record: its words go with them."""
CHECKS: tuple[verify.Check, ...] = (ballots.problems,)


def backup(stores: Stores, settings: Config, folder: Path, now: datetime) -> int:
    """Write a compact copy of `portal` and `vault`, and the settings, into a folder; 0 when done.

    Raises UnsafeConfig for stores elsewhere than in SQLite, or when the folder holds a backup already.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for store in stores:
        if store.name not in COPIED:
            continue
        target = folder / f"{store.name}.sqlite"
        if store.file is None:
            message = f"the store {store.name} is not an SQLite file: back it up with its own database's tools"
            raise UnsafeConfig(message)
        if target.exists():
            message = f"{target} exists already: choose an empty folder for each backup"
            raise UnsafeConfig(message)
        print(f"copying {store.name} …", file=sys.stderr, flush=True)
        connection = sqlite3.connect(store.file)
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
        target.chmod(0o600)
    shutil.copy(settings.instance / "portal.toml", folder / "portal.toml")
    (settings.instance / "last-backup").write_text(now.isoformat(timespec="minutes"), "utf-8")
    print(f"Backed up to {folder}. Not in it: ballots under way, and the secrets.")
    print(f"Keep {settings.instance / 'secrets'} elsewhere.")
    return 0


def restore(folder: Path, instance: Path) -> int:
    """Bring a backup into an instance folder that has no stores yet; 0 when done. Raises UnsafeConfig."""
    for name in COPIED:
        if not (folder / f"{name}.sqlite").exists():
            message = f"{folder} holds no backup: {name}.sqlite is missing"
            raise UnsafeConfig(message)
        if (instance / f"{name}.sqlite").exists():
            message = f"{instance} holds a store already: restore into an empty folder"
            raise UnsafeConfig(message)
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in COPIED:
        shutil.copy(folder / f"{name}.sqlite", instance / f"{name}.sqlite")
    if not (instance / "portal.toml").exists():
        shutil.copy(folder / "portal.toml", instance / "portal.toml")
    print("Restored. Put the folder secrets/ back beside it, run `portal migrate`, then `portal check`.")
    return 0


def export(stores: Stores, settings: Config, code: str, out: Path) -> int:
    """Write everything public of a village into a zip: one JSON and one CSV a category; 0 when done.

    Raises LookupError for an unknown village.
    """
    with stores.portal.read() as session:
        village = places.by_code(session, code)
        if village is None or village.kind != "village":
            message = f"there is no village {code}"
            raise LookupError(message)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            number = _write_public(session, village, archive)
    print(
        f"{number} records of {village.name} in {out} (as villagers see them at {settings.base_url}/v/{village.code})"
    )
    return 0


def _write_public(session: Session, village: Place, archive: zipfile.ZipFile) -> int:
    """Write what a village made public into an archive; return how many records that is."""
    number = 0
    for item in catalogue().items:
        facts = disclosures.public_facts(session, village, item)
        if not facts:
            continue
        number += len(facts)
        archive.writestr(f"{item.code}-{item.slug}.json", json.dumps(facts, ensure_ascii=False, indent=1))
        rows = [row for fact in facts for row in fact["rows"]]
        if rows:
            keys = list(dict.fromkeys(key for row in rows for key in row))
            table = write_csv(keys, [[row.get(key, "") for key in keys] for row in rows])
            archive.writestr(f"{item.code}-{item.slug}.csv", table)
    return number


def check(stores: Stores, settings: Config) -> int:
    """Look the installation over; 0 when all is well, 1 with a line for each thing that is not."""
    faults = [f"the store {store.name} does not answer" for store in stores if not _answers(store)]
    if not settings.mail.host:
        print("No mail is configured: digests wait at the desk.")
    if (settings.instance / "first-passwords.txt").exists() and not settings.demo:
        faults.append("first-passwords.txt still lies in the folder: hand the passwords out and delete it")
    if not faults:
        faults += [f"log of {problem.unit}: {problem.what}" for problem in verify.verify_store(stores, SHOWN)]
        faults += [str(problem) for check in CHECKS for problem in check(stores)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("All is well.")
    return 1 if faults else 0


def _answers(store: object) -> bool:
    try:
        with store.read() as session:  # type: ignore[attr-defined]
            session.exec(text("select 1"))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it does not answer
        return False
    return True


def seed_report() -> str:
    """Say what the seed data hold; raises where they can't be read."""
    items = catalogue().items
    return f"{len(items)} categories in {len(catalogue().groups)} groups, {len(defaults())} settings: all can be read."


def erase(stores: Stores, now: datetime, unit: str, seq: int, reason: str, users: Sequence[str], ask: Ask) -> int:
    """Erase what an entry of a town's or the district's log stands for, as `erase_entry` says; 0 when done.

    For what the law wants gone (`log.REASONS`): two different officials who oversee the place prove who they are, and
    both stand in the entry that tells of it. `ask` asks for a password or a code. Raises PermissionError, LookupError.
    """
    proofs = [(user, ask(f"Password of {user}: "), ask(f"Code of {user} (none in a village): ")) for user in users]
    with stores.portal.read() as session:
        known = [accounts.knows_password(session, user, password) for user, password, _ in proofs]
    with stores.portal.write() as session:
        found = [accounts.proven(session, now, user, right=right, code=code)
                 for (user, _, code), right in zip(proofs, known, strict=True)]
    people = [person for person in found if person is not None]
    with stores.portal.write() as session:
        place = places.by_code(session, unit)
        if place is None or place.unit != unit:
            message = f"{unit} keeps no log"
            raise LookupError(message)
        may = {person.id for person in people
               if actor_of(session, person, local_day(now)).may(Permission.PLACE_OVERSEE, place.path)}
        if len(may) != 2:
            message = "two different officials who oversee the place erase together, each with password and code"
            raise PermissionError(message)
        one, two = sorted(may)
        told = erase_entry(session, now, unit, seq, reason, (one, two))
    stores.portal.empty_log()
    print("\n".join(told))
    return 0


def erase_entry(session: Session, now: datetime, unit: str, seq: int, reason: str,
                people: tuple[str, str]) -> list[str]:
    """Erase the facts of an entry, and of a published version of a record its words and papers; return what to say.

    The words of anything else stand in their own feature: the lines say so. Raises LookupError.
    """
    entry, payload = session.get(LogEntry, (unit, seq)), session.get(LogPayload, (unit, seq))
    facts = json.loads(payload.body) if payload is not None else {}
    log.erase(session, unit, local_day(now), seq, reason, people)
    told = [f"Erased the facts of entry {seq} of {unit}. The entry stays, and the log tells of the erasure."]
    if entry is not None and entry.kind in VERSIONS:
        others = erasing.take_off(session, facts["record"], facts["version"])
        told.append(f"Version {facts['version']} of the record lost its words, figures and papers, on the page too.")
        if others:
            told.append(f"Still public of this record: version {', '.join(map(str, others))}. Each has an entry of its "
                        "own to erase.")
    else:
        told.append("Nothing else was touched: if its words stand on a page, take them off at the desk, or erase the "
                    "entry that published them.")
    return [*told, "Backups made before still hold it: replace them."]
