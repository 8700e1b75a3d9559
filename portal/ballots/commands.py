"""`portal slips` and `portal count`: paper for a round, and counting on the machine that holds the key."""

import argparse
import json
import os
import sys
from pathlib import Path

from flask import Flask

from portal.ballots import counting
from portal.ballots.printing import slips_sheet
from portal.config import Config
from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.web import locale


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read. FileExistsError when it is there: nothing is overwritten."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)


def slips_main(args: argparse.Namespace, settings: Config, stores: Stores) -> int:
    """Issue `args.number` slips of `args.round` for `args.electorate`, and write their sheets to `args.out` (PDF).

    Raises FileExistsError before anything is issued, and Refused.
    """
    if args.out.exists():
        message = f"{args.out} exists already: name another file"
        raise FileExistsError(message)
    app = Flask("portal")  # only for the language of the sheets
    locale.init_app(app)
    with app.app_context():
        sheet = slips_sheet(stores, utc_now(), settings.base_url, args.round, args.electorate, args.number)
    _write(args.out, sheet)
    _say(f"{args.number} slips in {args.out}. Print them, delete the file, and sign the number with the supervision "
         "committee: the digits are kept nowhere else.")
    return 0


def count_main(args: argparse.Namespace) -> int:
    """Make a box's key (`args.new_key`), or count `args.urn` with `args.key`. Raises CountError (a ValueError).

    The count sheet goes to `args.out`, or to stdout with `args.json`; else it is told in lines to read aloud.
    """
    if args.new_key:
        made = counting.new_box(args.new_key)
        if args.json:
            _say(json.dumps(made))
        else:
            _say(f"private key: {args.new_key} (never on the server, never on paper)\npublic key:  {made['public']}\n"
                 f"digits for the poster: {made['fingerprint']}")
        return 0
    if args.urn is None or args.key is None:
        message = "give the urn and --key FILE, or --new-key FILE to make a key"
        raise counting.CountError(message)
    sheet = counting.count(args.urn, args.key)
    if args.out:
        _write(args.out, counting.sheet_text(sheet).encode())
    _say(counting.sheet_text(sheet) if args.json else counting.spoken(sheet))
    return 0
