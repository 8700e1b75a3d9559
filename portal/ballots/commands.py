"""`portal slips` and `portal count`: paper for a round, and counting on the machine that holds the key."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from flask import Flask, g

from portal.ballots import counting, protocols, shares
from portal.ballots.printing import share_sheet, slips_sheet
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
    """Make a box's key (`args.new_key`), or count `args.urn` with `args.key`, two of `args.share`, or by hand.

    With `args.shares` the private key is written nowhere but in three shares, as text and as sheets to print. The
    count sheet goes to `args.out`, and beside it as PDF to print three times and sign; or to stdout with `args.json`;
    else it is told in lines to read aloud. Raises CountError and ShareError (ValueErrors), and FileExistsError.
    """
    if args.new_key:
        return _new_key(args)
    if args.by_hand:
        return _by_hand(args)
    given = args.share or []
    if args.urn is None or (args.key is None) == (len(given) != shares.NEEDED):
        message = "give the urn and --key FILE or --share FILE twice, or --new-key FILE to make a key"
        raise counting.CountError(message)
    sheet = counting.count(args.urn, args.key) if args.key else counting.count_shared(args.urn, *given)
    return _tell(args, sheet)


def _tell(args: argparse.Namespace, sheet: dict[str, Any]) -> int:
    """Write a count sheet for the portal (`args.out`), and beside it one to print and sign; say it aloud."""
    app = Flask("portal")  # only for the language of the sheet and of what is read aloud
    locale.init_app(app)
    with app.app_context():
        g.language = "en" if args.english else "zh_Hans"
        said, paper = protocols.spoken(sheet), protocols.counted(sheet)
    if args.out:
        printed = args.out.with_suffix(".pdf")
        for path in (args.out, printed):
            if path.exists():
                message = f"{path} exists already: name another file"
                raise FileExistsError(message)
        _write(args.out, counting.sheet_text(sheet).encode())
        _write(printed, paper)
    _say(counting.sheet_text(sheet) if args.json else said)
    return 0


def _by_hand(args: argparse.Namespace) -> int:
    """Write the count sheet of cards that were counted by hand: `args.by_hand` is villagers=12,8,3,1,0 and so on."""
    if args.urn is None or not args.box:
        message = "give the urn's file and --box with the box's public key beside --by-hand"
        raise counting.CountError(message)
    cards = {}
    for each in args.by_hand:
        electorate, _, numbers = each.partition("=")
        try:
            cards[electorate] = [int(number) for number in numbers.split(",")]
        except ValueError as error:
            message = f"{each}: write villagers=12,8,3,1,0"
            raise counting.CountError(message) from error
    return _tell(args, counting.by_hand(args.urn, args.box, cards))


def _new_key(args: argparse.Namespace) -> int:
    """Make a key, whole or in shares, and tell what belongs into the portal and on the poster."""
    if args.shares:
        made, where = _new_shares(args.new_key, args.shares, english=args.english)
    else:
        made, where = counting.new_box(args.new_key), f"{args.new_key} (never on the server, never on paper)"
    if args.json:
        _say(json.dumps(made))
    else:
        _say(f"private key: {where}\npublic key:  {made['public']}\ndigits for the poster: {made['fingerprint']}")
    return 0


def _new_shares(path: Path, folder: Path, *, english: bool) -> tuple[dict[str, str], str]:
    """Make a key in three shares; write each as text and as a sheet to print. Nothing is left of it elsewhere."""
    names = [f"share-{number}" for number in range(1, shares.SHARES + 1)]
    shares.require_new(folder, [name + ending for name in names for ending in (".txt", ".pdf")])
    made, parts = counting.new_shared_box(path)
    app = Flask("portal")  # only for the language of the sheets
    locale.init_app(app)
    with app.app_context():
        g.language = "en" if english else "zh_Hans"
        files = [(name + ending, content) for name, part in zip(names, parts, strict=True)
                 for ending, content in ((".txt", part.text.encode()), (".pdf", share_sheet(part)))]
    shares.write(folder, files)
    return made, (f"in no file, only in the three shares in {folder}: print them, give one each to the town, the "
                  "supervision committee and the district, and delete the folder")
