"""The three steps of saying something: one form that carries its whole state; nothing is kept before it is sent."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

from portal.core import digits, guard
from portal.core.errors import Refused
from portal.core.files import clean_picture
from portal.core.words import N_
from portal.reports import receipts, rules, sealing
from portal.reports.recusals import NOBODY, Named
from portal.web.forms import KINDS, Form

SIDES = (1600, 1280, 1024, 800, 640)  # pixels; the first at which a photo is small enough
LARGEST_CLEAN = 256 * 1024 - 4  # so that a sealed photo fills at most 256 KB
LARGEST_REQUEST = rules.MOST_PHOTOS * rules.LARGEST_PHOTO + 2 * 1024 * 1024
LARGEST_FIELDS = 2 * 1024 * 1024
MOST_PARTS = 60
SLIP = 20
SIGNED = N_("a name")
MORE_KINDS = {
    "passport": N_("passport number"),
    "plate": N_("number plate"),
    "house_number": N_("house number"),
}


def read(request: Request) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Return the fields and files of a request. Files stay in memory: a photo never lies in a temporary file."""
    request.max_content_length = LARGEST_REQUEST
    parser = FormDataParser(
        stream_factory=lambda *_args, **_kwargs: BytesIO(), max_form_memory_size=LARGEST_FIELDS,
        max_content_length=LARGEST_REQUEST, max_form_parts=MOST_PARTS, silent=True,
    )
    _, fields, files = parser.parse(request.stream, request.mimetype, request.content_length, request.mimetype_params)
    return fields, files


@dataclass
class Draft:
    """What somebody is about to say. `photos` are clean; `warnings` are (kind, the words) that may give them away."""

    attempt: str
    category: str = ""
    text: str = ""
    source: str = ""
    voice: str = ""
    town_involved: bool = False
    named: Named = NOBODY
    photos: list[bytes] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def adverse(self) -> bool:
        """Tell whether this is a complaint: only then are a slip and the town's part asked for."""
        return self.category in rules.BY_KEY and rules.BY_KEY[self.category].adverse

    @property
    def urgent(self) -> bool:
        """Tell whether somebody may be in danger: then 110 comes first, and the offices get it at once."""
        return self.category in rules.BY_KEY and rules.urgent(rules.BY_KEY[self.category].severity)


def photo_mark(photo: bytes, attempt: str) -> str:
    """Return what a kept photo's token is bound to, so that only our own clean photos come back."""
    return hashlib.sha256(photo).hexdigest() + attempt


def draft(values: Form, files: MultiDict[str, FileStorage], kept_fits: Callable[[str, str], bool]) -> Draft:
    """Return the draft in a form's fields, with what is wrong noted in the form.

    `kept_fits(token, bound_to)` tells whether a kept photo is one that we cleaned for this form.
    """
    attempt = values.values.get("attempt", "")
    made = Draft(attempt if receipts.is_attempt(attempt) else receipts.new_attempt())
    made.category = values.choice("category", rules.BY_KEY)
    made.text = values.text("text", longest=rules.LONGEST_TEXT, guarded=False)
    made.source = values.choice("source", rules.SOURCES, required=False)
    made.town_involved = made.adverse and values.values.get("town") == "1"
    made.voice = _slip(values) if made.adverse else ""
    made.photos = [] if values.values.get("drop") == "1" else _kept(values, made.attempt, kept_fits)
    _new_photos(values, files.getlist("photo"), made)
    made.warnings = warnings(made.text)
    return made


def _slip(values: Form) -> str:
    slip = digits.tidy(values.values.get("voice", ""))
    if slip and not digits.holds(slip, SLIP):
        values.refuse("voice", N_("These are not the twenty digits of a voice slip. Check each group of four, "
                                  "or leave this empty."))
    return slip


def _kept(values: Form, attempt: str, fits: Callable[[str, str], bool]) -> list[bytes]:
    """Return the photos that an earlier step cleaned and the form carries."""
    found = []
    for number in range(1, rules.MOST_PHOTOS + 1):
        token, _, content = values.values.get(f"kept{number}", "").partition(":")
        if not content:
            continue
        try:
            photo = base64.b64decode(content, validate=True)
        except binascii.Error:
            photo = b""
        if photo and fits(token, photo_mark(photo, attempt)):
            found.append(photo)
        else:
            values.refuse("photo", N_("A photo got lost on the way. Please choose it again; all else is still here."))
    return found


def _new_photos(values: Form, files: list[FileStorage], made: Draft) -> None:
    """Clean the photos that came with the form; those that came well stay when another does not."""
    for file in files:
        if not file.filename and not file.stream.read(1):
            continue
        file.stream.seek(0)
        if len(made.photos) >= rules.MOST_PHOTOS:
            values.refuse("photo", N_("Four photos at most. The first four are kept."))
            return
        content = file.stream.read(rules.LARGEST_PHOTO + 1)
        if len(content) > rules.LARGEST_PHOTO:
            values.refuse("photo", N_("A photo is larger than 8 MB. Please take it again with a smaller size."))
            continue
        try:
            made.photos.append(small_photo(content))
        except Refused as error:
            values.refuse("photo", error.phrase, **error.params)


def small_photo(content: bytes) -> bytes:
    """Return a photo as pixels only, small enough to seal in 256 KB. Raises Refused for what is no picture."""
    for side in SIDES:
        content = clean_picture(content, side)  # from the second time on it is ours, small and quickly painted
        if len(content) <= LARGEST_CLEAN:
            return content
    raise Refused(N_("This picture can’t be made small enough. Please take a photo of it instead."), field="photo")


def warnings(text: str) -> list[tuple[str, str]]:
    """Return what in a text may tell who wrote it: (kind of number or "a name", the words themselves)."""
    names = {**KINDS, **MORE_KINDS}
    found = [(names[finding.kind], finding.start, finding.end) for finding in guard.scan(text) if finding.kind in names]
    found += [(SIGNED, start, end) for start, end in rules.signs_itself(text)]
    return [(kind, text[start:end]) for kind, start, end in sorted(found, key=lambda each: each[1])]


def carried(made: Draft, token_for: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the photos as hidden fields: name and value, each with the token that `token_for(bound_to)` makes."""
    return [
        (f"kept{number}", f"{token_for(photo_mark(photo, made.attempt))}:{base64.b64encode(photo).decode()}")
        for number, photo in enumerate(made.photos, 1)
    ]


def words_of(made: Draft) -> sealing.Words:
    """Return the words as they are sealed."""
    return sealing.Words(made.text, made.source)

