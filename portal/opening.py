"""`portal open`: what an office does on a machine without a network with the reports that never open on the server."""

import argparse
import getpass
import json
import sys
from dataclasses import asdict
from pathlib import Path

from flask import Flask, g
from flask_babel import gettext as _
from nacl.public import PrivateKey

from portal.ballots import shares
from portal.core import signs
from portal.core.typeset import pdf
from portal.reports import answers, offline, resealing
from portal.web import locale
from portal.web.filters import is_english

ASK = "give the sealed file and --key FILE or --share FILE twice, or --new-key FILE to make a key"

ASK_TOWN = "give --out FILE for the copies that are sealed anew"
ASK_ANSWER = "give the sealed file of the case, --answer TEXT, --out FILE, and --key FILE or --share FILE twice"
COMPARE = "compare these digits with the offices' key sheets; if one differs, delete the file and bring it to nobody"


def _say(line: str) -> None:
    """Print a line. What a villager typed, or a changed file holds, steers no terminal with it."""
    sys.stdout.write(signs.spoken(line) + "\n")


def open_main(args: argparse.Namespace) -> int:
    """Make an office's key (`args.new_key`), seal an answer (`args.answer`), or open `args.sealed`.

    It opens with keys `args.key` or two of `args.share`: to read it, or with `args.for_town` to seal it anew. Words go
    to stdout, photos as files into `args.photos`. Raises OpenError and ShareError (ValueErrors).
    """
    if args.new_key:
        return _new_key(args)
    if args.answer:
        return _answer(args)
    return _for_town(args) if args.for_town else _read(args)


def _privates(args: argparse.Namespace) -> list[PrivateKey]:
    """Return the keys that were given. Raises OpenError and ShareError."""
    given, parts = args.key or [], args.share or []
    if args.sealed is None or not (given or parts) or len(parts) not in {0, shares.NEEDED}:
        raise offline.OpenError(ASK)
    privates = [offline.read_key(path, _words(path)) for path in given]
    return [*privates, _from_shares(*parts)] if parts else privates


def _read(args: argparse.Namespace) -> int:
    """Show what a sealed file says."""
    case, said = offline.open_file(args.sealed, _privates(args))
    files = [(f"{case}-{each.number}-{at}.jpg", photo) for each in said for at, photo in enumerate(each.photos, 1)]
    if args.photos:
        args.photos.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, photo in files:
            offline.write_new(args.photos / name, photo)
    if args.json:
        _say(json.dumps({"case": case, "messages": [
            {"number": each.number, "kind": each.kind, "week": each.week, "source": each.source, "text": each.text,
             "photos": len(each.photos)} for each in said]}, ensure_ascii=False))
    else:
        _say(offline.spoken(case, said))
        if files and not args.photos:
            _say("\nphotos: add --photos DIR to see them")
    return 0


def _for_town(args: argparse.Namespace) -> int:
    """Seal all that a sealed file holds anew, for a town that lost its key, and say to which key."""
    if args.out is None:
        raise offline.OpenError(ASK_TOWN)
    offline.write_new(args.out, resealing.reseal(args.sealed, _privates(args)))
    named = offline.read_json(args.sealed, "the sealed file from the desk")["readers"]
    key = offline.fingerprint(next(bytes.fromhex(each["public"]) for each in named if each["reader"] == "town"))
    _say(json.dumps({"out": str(args.out), "key": key}) if args.json else
         f"sealed for the town: key {key}\n{COMPARE}\nsealed: {args.out}")
    return 0


def _answer(args: argparse.Namespace) -> int:
    """Seal a written answer to a case for its reporter and the offices, and say to which keys.

    It opens nothing: of the office's key only the public half is used, for which no words are asked.
    """
    parts = args.share or []
    if args.sealed is None or args.out is None or not (args.key or parts) or len(parts) not in {0, shares.NEEDED}:
        raise offline.OpenError(ASK_ANSWER)
    own = [offline.public_of(path) for path in args.key or []]
    if parts:
        own.append(bytes(_from_shares(*parts).public_key))
    try:
        text = args.answer.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{args.answer} can't be read: give the answer as a file of plain text (UTF-8)"
        raise offline.OpenError(message) from error
    content, named = answers.seal(args.sealed, "question" if args.question else "note", text, own)
    offline.write_new(args.out, content)
    if args.json:
        _say(json.dumps({"out": str(args.out), "keys": [asdict(each) for each in named]}))
        return 0
    keys = [f"sealed for the {each.reader}: key {each.digits}{' (this office)' if each.own else ''}" for each in named]
    _say("\n".join([*keys, COMPARE, f"sealed: {args.out}", f"bring it to the desk, and delete {args.answer}"]))
    return 0


def _words(path: Path) -> str:
    """Return the six words of a key file: asked for at a terminal, else a line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass(f"six words of {path}: ")
    return sys.stdin.readline().strip()


def _from_shares(one: Path, two: Path) -> PrivateKey:
    pair = shares.read(one), shares.read(two)
    wrong = next((share for share in pair if share.thing != "office"), None)
    if wrong:
        message = f"share {wrong.number} of box {wrong.box} is of a ballot box, not of an office"
        raise shares.ShareError(message)
    return shares.combine(*pair)


def _new_key(args: argparse.Namespace) -> int:
    """Make a key; tell its words once, and what belongs into the portal."""
    names = [f"share-{number}" for number in range(1, shares.SHARES + 1)]
    if args.shares:
        shares.require_new(args.shares, [name + ending for name in names for ending in (".txt", ".pdf")])
    private, passphrase = offline.make_key(args.new_key)
    public = bytes(private.public_key)
    if args.shares:
        app = Flask("portal")  # only for the language of the sheets
        locale.init_app(app)
        parts = shares.split(private, "office")
        with app.app_context():
            g.language = "en" if args.english else "zh_Hans"
            files = [(name + ending, content) for name, part in zip(names, parts, strict=True)
                     for ending, content in ((".txt", part.text.encode()), (".pdf", share_sheet(part)))]
        shares.write(args.shares, files)
    told = {"public": public.hex(), "fingerprint": offline.fingerprint(public), "words": passphrase}
    if args.json:
        _say(json.dumps(told))
        return 0
    _say(f"six words, shown only now: {passphrase}\nprivate key: {args.new_key} (locked with the words; never on the "
         f"server)\npublic key:  {told['public']}\ndigits to read aloud: {told['fingerprint']}")
    if args.shares:
        _say(f"shares: three in {args.shares}; print them, one each for the head of the office, its discipline "
             "officer and the archive of the next level, and delete the folder")
    return 0


def share_sheet(share: shares.Share) -> bytes:
    """Return one share of an office's key as a PDF of one page, to fold into an envelope. Needs an app's context."""
    return pdf("share", {
        "title": _("Share of an office’s key"),
        "heading": _("Share of an office’s key"),
        "lang": "en" if is_english() else "zh",
        "box_label": _("The key’s digits (must be the same at the desk)"),
        "box": share.box,
        "number": _("Share %(number)s of %(all)s", number=share.number, all=shares.SHARES),
        "lines": share.lines,
        "sentences": [
            _("Any %(needed)s of the %(all)s shares open the gravest reports of the office; one alone opens nothing.",
              needed=shares.NEEDED, all=shares.SHARES),
            _("Fold it into an envelope and sign across the flap. Keep it apart from the other shares; photograph it "
              "for nobody."),
            _("It is needed when the key or its six words are lost. Tear it up once the desk says that no case needs "
              "the key."),
        ],
        "signs": [_("Kept by"), _("Day")],
    })
