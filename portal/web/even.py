"""Pages and answers of even size. Who watches the line sees no word of a page, but sees how long it is.

The page on which a voter reads the answer once more differs between the answers by a few letters, and each had its own
length on the line; so had the page of each kind of report. They leave in steps of 2 KB: the room that is left over is
filled. What a form sends for a choice is as long for every choice.
"""

import struct
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from flask import Response, request
from markupsafe import escape

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STEP = 2048
FILL = "."
LEVEL = 6  # of deflate; more would cost more time than it saves bytes
_COMMENTED = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff"  # RFC 1952: deflate, a comment follows, no time
_TAIL = struct.Struct("<II")
_STORED = struct.Struct("<BHH")  # RFC 1951, 3.2.4: a block that is not packed, its length, and that length inverted
_LAST = b"\x03\x00"  # an empty block that ends the whole


class Sheet(Protocol):
    """A finished page: as it is read, and deflated (RFC 1951)."""

    def content(self) -> bytes:
        """Return the page as it is read."""

    def packed(self) -> bytes:
        """Return the page deflated."""

    @property
    def spare(self) -> int:
        """How many bytes longer it would be with other words that could stand in it."""


class Written:
    """A page that was rendered for one visitor."""

    spare = 0

    def __init__(self, text: str) -> None:
        self._content = text.encode()

    def content(self) -> bytes:
        """Return the page as it is read."""
        return self._content

    def packed(self) -> bytes:
        """Return the page deflated."""
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self._content) + packer.flush()


class Mould:
    """A page with gaps for a visitor's words: rendered and packed once, so that to fill the gaps packs nothing anew.

    No word is packed: how long the answer is on the line depends on how long the words are, never on what they say.
    """

    def __init__(self, pieces: Sequence[str], among: Mapping[str, Collection[str]] = {}) -> None:
        """Take what was rendered, in pieces: every second one is the name of a word.

        `among` are all words that could stand in a gap. A step of 2 KB ends somewhere, in one village in a hundred
        between the shortest and the longest of them: the page is filled up as if the longest stood there.
        """
        self._names = pieces[1::2]
        self._used = frozenset(self._names)
        self._content = [piece.encode() for piece in pieces[::2]]
        self._packed = [self._pack(piece) for piece in self._content]
        longest = {name: max(len(escape(each).encode()) for each in every) for name, every in among.items()}
        self._longest = [(name, longest[name]) for name in self._names if name in longest]

    @staticmethod
    def _pack(piece: bytes) -> bytes:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)

    def filled(self, words: Mapping[str, str]) -> "Filled":
        """Return the page with these words in its gaps, escaped."""
        safe = {name: escape(words[name]).encode() for name in self._used}
        spare = sum(longest - len(safe[name]) for name, longest in self._longest)
        return Filled(self._content, self._packed, [safe[name] for name in self._names], spare)


class Filled:
    """A page whose gaps are filled."""

    def __init__(self, content: list[bytes], packed: list[bytes], words: list[bytes], spare: int = 0) -> None:
        self._content, self._packed, self._words, self.spare = content, packed, words, spare

    def content(self) -> bytes:
        """Return the page as it is read."""
        return self._woven(self._content, self._words)

    def packed(self) -> bytes:
        """Return the page deflated."""
        stored = [_STORED.pack(0, len(word), len(word) ^ 0xFFFF) + word for word in self._words]
        return self._woven(self._packed, stored) + _LAST

    @staticmethod
    def _woven(pieces: list[bytes], words: list[bytes]) -> bytes:
        woven = [b""] * (len(pieces) + len(words))
        woven[::2], woven[1::2] = pieces, words
        return b"".join(woven)


class Finished(Response):
    """An answer whose heads and body are whole: nothing is left to be worked out when it is sent."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send it (PEP 3333)."""
        start_response(self.status, self.headers.to_wsgi_list())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else self.iter_encoded()


def gzipped(page: Sheet, step: int = STEP) -> bytes:
    """Return a page as gzip whose length is a multiple of `step`: a comment, which whoever unpacks skips, fills up."""
    content, packed = page.content(), page.packed()
    tail = _TAIL.pack(zlib.crc32(content), len(content) & 0xFFFFFFFF)
    fill = page.spare + -(len(_COMMENTED) + 1 + len(packed) + len(tail) + page.spare) % step
    return b"".join((_COMMENTED, b" " * fill, b"\0", packed, tail))


def even(page: str | Sheet, status: int = 200, step: int = STEP) -> Response:
    """Return a page whose length on the line, packed or not, is a multiple of `step` bytes."""
    sheet = Written(page) if isinstance(page, str) else page
    if request.accept_encodings["gzip"]:
        body, encoding = gzipped(sheet, step), "gzip"
    else:
        body = sheet.content()
        fill = sheet.spare + -(len(body) + sheet.spare) % step
        body, encoding = body + b"\n" * fill, "identity"  # named, so that nothing packs it, and uneven
    return Finished(body, status, [
        ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))),
        ("Content-Encoding", encoding), ("Vary", "Accept-Encoding")])


def sent(value: str, among: Collection[str]) -> str:
    """Return a value as a form sends it: as long as the longest among those that can be chosen."""
    return value.ljust(max(map(len, among)), FILL)


def received(value: str) -> str:
    """Return the value that `sent` was given."""
    return value.rstrip(FILL)
