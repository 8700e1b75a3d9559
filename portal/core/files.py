"""Files from outside: pictures are painted anew, PDFs are looked at before anybody opens them.

A picture keeps its pixels and nothing else: no place, no device, no thumbnail, nothing hidden behind its end.
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Literal

from PIL import Image

from portal.core.errors import Refused
from portal.core.turns import away
from portal.core.words import N_

Kind = Literal["jpeg", "png", "webp", "pdf"]

MOST_PIXELS = 40_000_000  # of a JPEG, which is decoded at a fraction of its size
MOST_UNFOLDED = 16_000_000  # of PNG and WebP, which unfold whole before they can be made smaller
MOST_SCANS = 100  # of a JPEG: an honest one has about ten, and each goes over all pixels again
AT_ONCE = Semaphore(2)  # pictures in work: each may take 200 MB for a moment
_LINE = Semaphore(10)  # in work or waiting: the server's other threads are for those who vote and read
TOO_MANY_AT_ONCE = N_("Too many photos come in at this moment. Press the button again in a few seconds.")
QUALITY = 82
MOST_INFLATED = 8 * 2**20
PDF_TAIL = 2048
ORIENTATION = 0x0112  # Exif 2.32, 4.6.4

NOT_A_PICTURE = N_("This is not a picture we can take. Send a photo as JPEG, PNG or WebP.")
TOO_MANY_PIXELS = N_("This picture is too large. Take it again with a smaller size, or send a screenshot of it.")
DAMAGED = N_("This picture is damaged. Take it again or choose another.")
NOT_A_PDF = N_("This is not a whole PDF file. Save it as PDF again.")
LOCKED_PDF = N_("This PDF is locked with a password. Save it without one.")
ACTIVE_PDF = N_("This PDF holds programs or other files inside. Print it to PDF again and send that.")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
_SCAN = b"\xff\xda"  # where a scan starts (ITU-T T.81, B.1.1.3); nowhere else in what was packed
_STREAM = re.compile(rb">>\s*stream\r?\n")
_PACKED = re.compile(
    rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])(?![A-Za-z0-9])(?!\s*/[A-Z][A-Za-z0-9]*Decode)"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")


def kind_of(content: bytes) -> Kind | None:
    """Return what a file is by its first bytes, whatever its name says; None: nothing that we take."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return "pdf" if content.startswith(b"%PDF-") else None


def clean_picture(content: bytes, longest: int = 2000) -> bytes:
    """Return a JPEG or PNG or WebP as a fresh JPEG: upright, at most `longest` pixels a side, pixels only.

    Raises Refused for anything else, for a damaged file, for one that would unfold beyond 40 million pixels, and when
    too many others wait: whoever waits here holds a thread of the server.
    """
    if kind_of(content) not in {"jpeg", "png", "webp"}:
        raise Refused(NOT_A_PICTURE)
    if kind_of(content) == "jpeg" and content.count(_SCAN) > MOST_SCANS:
        raise Refused(DAMAGED)
    try:
        with _in_line(), away(), AT_ONCE, Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
            return _painted(image, longest)
    except _BOMBS as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except _BROKEN as error:
        raise Refused(DAMAGED) from error


@contextmanager
def _in_line() -> Iterator[None]:
    if not _LINE.acquire(blocking=False):
        raise Refused(TOO_MANY_AT_ONCE)
    try:
        yield
    finally:
        _LINE.release()


def check_pdf(content: bytes) -> None:
    """Raise Refused unless this is a whole PDF without password, scripts, launches or files inside."""
    if kind_of(content) != "pdf" or b"%%EOF" not in content[-PDF_TAIL:]:
        raise Refused(NOT_A_PDF)
    names = _outline(content)
    if b"/Encrypt" in names:
        raise Refused(LOCKED_PDF)
    if _ACTIVE.search(names):
        raise Refused(ACTIVE_PDF)


def _painted(image: Image.Image, longest: int) -> bytes:
    if image.width * image.height > (MOST_PIXELS if image.format == "JPEG" else MOST_UNFOLDED):
        raise Image.DecompressionBombError
    upright = _turned_by(image)
    image.draft("RGB", (longest, longest))  # a JPEG is decoded at a fraction of its size where that is enough
    if image.mode in {"RGB", "RGBA", "L", "LA"}:  # smaller first: what follows then costs little
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    pixels = _on_white(image)
    pixels.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if upright is not None:
        pixels = pixels.transpose(upright)
    fresh = Image.new("RGB", pixels.size)
    fresh.paste(pixels)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _turned_by(image: Image.Image) -> Image.Transpose | None:
    """Return how the pixels must be turned to stand upright. Broken metadata does not spoil a picture."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    try:
        return turns.get(image.getexif().get(ORIENTATION, 1))
    except _BROKEN:
        return None


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in image.info or image.mode in {"LA", "RGBA", "PA", "La", "RGBa"}:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB")


def _outline(content: bytes) -> bytes:
    """Return a PDF's dictionaries without its streams, but with the objects that are packed into streams."""
    kept, start, room, packs = [], 0, MOST_INFLATED, 0
    while found := _STREAM.search(content, start):
        head = content[start : found.end()]
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        kept.append(_plain(head))
        if b"/ObjStm" in kept[-1]:
            if not _PACKED.search(kept[-1]):
                raise Refused(ACTIVE_PDF)  # packed in a way that hides what is inside
            packed = _inflated(content[found.end() : end], room)
            room -= len(packed)
            if room <= 0:
                raise Refused(NOT_A_PDF)
            packs += 1
            kept.append(_plain(packed).replace(b"/ObjStm", b""))
        start = end
    outline = b"\n".join([*kept, _plain(content[start:])])
    if outline.count(b"/ObjStm") != packs:
        raise Refused(ACTIVE_PDF)
    return outline


def _plain(names: bytes) -> bytes:
    """Return names with their escapes undone: /J#53 is /JS (ISO 32000-1, 7.3.5)."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), names)


def _inflated(stream: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, most)
    except zlib.error as error:
        raise Refused(NOT_A_PDF) from error
