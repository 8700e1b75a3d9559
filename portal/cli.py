"""The verbs of `portal`: one function each, into a service. Every verb says progress on stderr, results on stdout."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from getpass import getpass
from pathlib import Path

from portal import clocks, config, installing, keeping, opening, serving
from portal.ballots import commands as ballots
from portal.core import guard_file
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.digests import queries as digests
from portal.disclosures import commands as disclosures
from portal.log import verify
from portal.log.service import REASONS
from portal.migrations import upgrade
from portal.places import queries as places
from portal.seeding import demo

Args = argparse.Namespace


class Failed(Exception):
    """A verb that can't be done, with the one sentence that says why."""


def say(line: str) -> None:
    """Tell how long work goes on."""
    print(line, file=sys.stderr, flush=True)


def _stores(args: Args) -> tuple[config.Config, Stores]:
    settings = config.load(args.instance)
    return settings, Stores(settings.stores, settings.instance)


def run_demo(args: Args) -> int:
    """Make the demonstration district where there is none, print where to look, and serve it."""
    base_url = f"http://127.0.0.1:{args.port}"
    if args.fresh or not demo.ready(args.instance):
        say("Making the demonstration district (about half a minute):")
        demo.make(args.instance, utc_now(), base_url, say)
    demo.set_base_url(args.instance, base_url)
    facts = json.loads((args.instance / "demo.json").read_text("utf-8"))
    print(f"\nThe demonstration: {base_url}/   (English: {base_url}/en/)")
    for village in facts["villages"]:
        print(f"  {village['name']}  {base_url}/v/{village['code']}   {village['shows']}")
    print(f"Officials sign in at {base_url}/desk; names, passwords and codes: {args.instance / 'demo.json'}")
    if not args.no_serve:
        serving.serve(args.instance, "127.0.0.1", args.port)
    return 0


def run_init(args: Args) -> int:
    """Set up a real installation: folder, secrets, stores, places and people, the first operator."""
    installing.prepare(args.instance, args.base_url)
    try:
        settings, stores = _stores(args)
        upgrade(stores)
        number, logins = installing.install(
            stores, settings.instance, utc_now(), args.places, args.people, args.operator
        )
    except BaseException:
        (args.instance / "portal.toml").unlink(missing_ok=True)
        raise
    print(f"{number} places, {len(logins)} people. First passwords: {args.instance / 'first-passwords.txt'}")
    return 0


def run_serve(args: Args) -> int:
    """Serve this installation."""
    config.load(args.instance)
    serving.serve(args.instance, args.host, args.port, args.workers, args.threads)
    return 0


def run_migrate(args: Args) -> int:
    """Bring the three stores to the shape that this version needs."""
    _settings, stores = _stores(args)
    upgrade(stores)
    print("The stores are up to date.")
    return 0


def run_seed(_args: Args) -> int:
    """Read the catalogue and the settings in seed/ and say what they hold."""
    print(keeping.seed_report())
    return 0


def run_tick(args: Args) -> int:
    """Do whatever the clock asks for; safe to run as often as one likes."""
    settings, stores = _stores(args)
    now = datetime.combine(date.fromisoformat(args.at), utc_now().time(), UTC) if args.at else utc_now()
    acted = clocks.tick(stores, settings, now, say)
    print("Done: " + (", ".join(acted) or "nothing had fallen due") + ".")
    return 0


def run_import(args: Args) -> int:
    """Bring in places, people or records from a spreadsheet; nothing is stored unless the file is whole."""
    if args.what == "records":
        settings, stores = (None, None) if args.dry_run and not _installed(args) else _stores(args)
        return disclosures.import_records(args, settings, stores)
    _settings, stores = _stores(args)
    columns = installing.PLACE_COLUMNS if args.what == "places" else installing.PERSON_COLUMNS
    rows = installing.read_rows(args.file, columns)
    if args.what == "places":
        with stores.portal.write() as session:
            print(f"{installing.import_places(session, utc_now(), args.file.name, rows)} places added.")
        return 0
    with stores.portal.read() as session:
        made = installing.firsts(session, [values["user"] for _, values in rows])
    with stores.portal.write() as session:
        logins = installing.import_people(session, utc_now(), args.file.name, rows, made)
        path = args.instance / "first-passwords.txt"
        installing.write_logins(path, logins, utc_now().date().isoformat())
        print(f"{len(logins)} people added. First passwords: {path}")
    return 0


def _installed(args: Args) -> bool:
    return bool((args.instance / "portal.toml").exists())


def run_guard(args: Args) -> int:
    """Say line by line what the personal-data guard would stop."""
    verdicts = guard_file.file_report(args.file)
    for verdict in verdicts:
        if args.json:
            print(guard_file.as_json(verdict))
        elif verdict.verdict != "ok":
            kinds = ", ".join(dict.fromkeys(finding.kind.replace("_", " ") for finding in verdict.findings))
            print(f"line {verdict.line}: {verdict.verdict} ({kinds})")
    stopped = sum(verdict.verdict == "stop" for verdict in verdicts)
    say(f"{len(verdicts)} lines, {stopped} stopped.")
    return 0


def run_verify(args: Args) -> int:
    """Check the log: chain, tree, payloads, what pages show, and the digits of a printed sheet."""
    return verify.main(args, None if args.log else _stores(args)[1], keeping.SHOWN, keeping.CHECKS)


def run_digest(args: Args) -> int:
    """Print a town's weekly digest, or the district's monthly one, as mail text."""
    _settings, stores = _stores(args)
    with stores.portal.read() as session:
        town = places.by_code(session, args.town)
        if town is None or town.kind == "village":
            raise Failed(f"there is no town or district {args.town}")
        known = digests.weeks(session, town.id)
        week = args.week or (known[0] if known else "")
        found = digests.one(session, town.id, week)
    if found is None:
        raise Failed(f"{town.name} has no digest of {week or 'any week'} yet: `portal tick` makes a town's on Mondays, "
                     "the district's on the first of the month")
    print(json.dumps(found.body, ensure_ascii=False, indent=1) if args.json else found.mail_text)
    return 0


def run_slips(args: Args) -> int:
    """Print slips of a round into a PDF; the digits stand nowhere else."""
    settings, stores = _stores(args)
    return ballots.slips_main(args, settings, stores)


def run_count(args: Args) -> int:
    """Count an urn with the box's private key, or make a new key. Needs no installation and no network."""
    return ballots.count_main(args)


def run_open(args: Args) -> int:
    """Open a sealed report from the desk, or make the key for that. Needs no installation and no network."""
    return opening.open_main(args)


def run_export(args: Args) -> int:
    """Write everything public of a village into one archive, for the year-end file."""
    settings, stores = _stores(args)
    return keeping.export(stores, settings, args.village, args.out)


def run_backup(args: Args) -> int:
    """Copy what may be copied into a folder."""
    settings, stores = _stores(args)
    return keeping.backup(stores, settings, args.folder, utc_now())


def run_restore(args: Args) -> int:
    """Bring a backup back into an empty instance folder."""
    return keeping.restore(args.folder, args.instance)


def run_erase(args: Args) -> int:
    """Erase what an entry of the log stands for, by two officials who both sign in here; the entry stays."""
    _settings, stores = _stores(args)
    return keeping.erase(stores, utc_now(), args.log, args.entry, args.reason, args.by or [], _ask)


def _ask(prompt: str) -> str:
    """Ask for a secret at the terminal, unseen; from a pipe, one line each."""
    return getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def run_check(args: Args) -> int:
    """Check the installation: settings, secrets, stores, the log."""
    settings, stores = _stores(args)
    return keeping.check(stores, settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description="A village's affairs on every phone.")
    parser.add_argument("--instance", type=Path, default=Path("instance"), help="the installation's folder (instance)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, run: Callable[[Args], int]) -> argparse.ArgumentParser:
        doc = (run.__doc__ or "").strip()
        made = verbs.add_parser(name, help=doc, description=doc)
        # Also behind the verb; SUPPRESS keeps one that stood before it.
        made.add_argument("--instance", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        made.set_defaults(run=run)
        return made

    it = verb("demo", run_demo)
    it.add_argument("--port", type=int, default=8000)
    it.add_argument("--no-serve", action="store_true", help="prepare only")
    it.add_argument("--fresh", action="store_true", help="start over")
    it = verb("init", run_init)
    it.add_argument("--base-url", required=True, help="https://… as printed on posters")
    it.add_argument("--places", type=Path, required=True, help="CSV or XLSX: " + ", ".join(installing.PLACE_COLUMNS))
    it.add_argument("--people", type=Path, help="CSV or XLSX: " + ", ".join(installing.PERSON_COLUMNS))
    it.add_argument("--operator", default="operator", help="sign-in name of the first operator")
    it = verb("serve", run_serve)
    it.add_argument("--host", default="127.0.0.1")
    it.add_argument("--port", type=int, default=8000)
    it.add_argument("--workers", type=int, default=2)
    it.add_argument("--threads", type=int, default=24)
    verb("migrate", run_migrate)
    verb("seed", run_seed)
    it = verb("tick", run_tick)
    it.add_argument("--at", metavar="YYYY-MM-DD", help="as if it were that day (rehearsals)")
    _import_parser(verb("import", run_import))
    it = verb("guard", run_guard)
    it.add_argument("file", type=Path, metavar="FILE")
    it.add_argument("--json", action="store_true")
    it = verb("verify", run_verify)
    it.add_argument("--log", type=Path, help="a log downloaded from /log instead of this installation's")
    it.add_argument("--digits", help="the 24 digits of a printed sheet")
    it.add_argument("--size", type=int, help="the number of entries that the sheet names")
    it.add_argument("--json", action="store_true")
    it = verb("digest", run_digest)
    it.add_argument("--town", required=True, help="a town's code, or the district's")
    it.add_argument("--week", help="2026-W48, of the district 2026-10; the newest one without")
    it.add_argument("--json", action="store_true")
    it = verb("slips", run_slips)
    it.add_argument("--round", required=True)
    it.add_argument("--electorate", required=True, choices=["party_members", "villagers", "town_cadres"])
    it.add_argument("--number", type=int, required=True)
    it.add_argument("--out", type=Path, required=True)
    it = verb("count", run_count)
    it.add_argument("urn", nargs="?", type=Path, metavar="URN")
    it.add_argument("--key", type=Path, help="the box's private key")
    it.add_argument("--share", type=Path, action="append", metavar="FILE", help="a share of the key; any two open")
    it.add_argument("--new-key", type=Path, metavar="FILE", help="make a key pair instead")
    it.add_argument("--shares", type=Path, metavar="DIR", help="with --new-key: three shares instead of a private key")
    it.add_argument("--by-hand", action="append", metavar="GROUP=N,N,N,N,N",
                    help="control cards counted by hand, by answer from the best to the last; once for each group")
    it.add_argument("--english", action="store_true", help="read aloud and print in English")
    it.add_argument("--box", help="with --by-hand: the box's public key")
    it.add_argument("--out", type=Path)
    it.add_argument("--json", action="store_true")
    it = verb("open", run_open)
    it.add_argument("sealed", nargs="?", type=Path, metavar="FILE")
    it.add_argument("--key", type=Path, action="append", metavar="FILE", help="the office's key; asks for its words")
    it.add_argument("--share", type=Path, action="append", metavar="FILE", help="a share of the key; any two open")
    it.add_argument("--new-key", type=Path, metavar="FILE", help="make the key of the gravest reports instead")
    it.add_argument("--shares", type=Path, metavar="DIR", help="with --new-key: three shares of it as well")
    it.add_argument("--english", action="store_true", help="with --shares: print them in English")
    it.add_argument("--photos", type=Path, metavar="DIR", help="write the photos there; else they are only counted")
    it.add_argument("--answer", type=Path, metavar="TEXT", help="seal the answer in this file of plain text instead")
    it.add_argument("--question", action="store_true", help="with --answer: it is a question to the reporter")
    it.add_argument("--for-town", action="store_true", help="seal everything anew for a town that lost its key")
    it.add_argument("--out", type=Path, metavar="FILE", help="with --answer or --for-town: where the result goes")
    it.add_argument("--json", action="store_true")
    it = verb("export", run_export)
    it.add_argument("--village", required=True)
    it.add_argument("--out", type=Path, required=True)
    it = verb("backup", run_backup)
    it.add_argument("folder", type=Path)
    it = verb("restore", run_restore)
    it.add_argument("folder", type=Path)
    it = verb("erase", run_erase)
    it.add_argument("log", metavar="LOG", help="the town's or the district's code")
    it.add_argument("entry", type=int, metavar="ENTRY", help="the entry's number")
    it.add_argument("--reason", required=True, choices=sorted(REASONS))
    it.add_argument("--by", action="append", metavar="USER", help="who erases; give it twice, for two people")
    verb("check", run_check)
    return parser


def _import_parser(it: argparse.ArgumentParser) -> None:
    what = it.add_subparsers(dest="what", required=True, metavar="places|people|records")
    for name in ("places", "people", "records"):
        one = what.add_parser(name)
        one.add_argument("file", type=Path, metavar="FILE")
        one.add_argument("--instance", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if name == "records":
            one.add_argument("--village", required=True)
            one.add_argument("--category", required=True, help="slug or code")
            one.add_argument("--period", help="2026, 2026-H1, 2026-Q3, 2026-07 or 2026-07-28")
            one.add_argument("--dry-run", action="store_true", help="look only")
            one.add_argument("--json", action="store_true")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 where it did what was asked, else 1 with one clear sentence."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except (config.UnsafeConfig, installing.Faulty, Refused, Failed, OSError, ValueError, LookupError) as error:
        if isinstance(error, installing.Faulty):
            for fault in error.faults:
                print(f"row {fault.row}: {fault.reason}", file=sys.stderr)
            return 1
        print(f"portal: {error.args[0] if isinstance(error, KeyError) and error.args else error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
