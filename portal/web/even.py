"""Pages and answers of even size. Who watches the line sees no word of a page, but sees how long it is.

The page on which a voter reads the answer once more differs between the answers by a few letters, and each had its own
length on the line; so had the page of each kind of report. They leave in steps of 2 KB: the room that is left over is
filled. What a form sends for a choice is as long for every choice.
"""

import struct
import zlib
from collections.abc import Collection

from flask import Response, request

STEP = 2048
FILL = "."
LEVEL = 6  # of deflate; more would cost more time than it saves bytes
_COMMENTED = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff"  # RFC 1952: deflate, a comment follows, no time
_TAIL = struct.Struct("<II")


def gzipped(content: bytes, step: int = STEP) -> bytes:
    """Return content as gzip whose length is a multiple of `step`: a comment, which whoever unpacks skips, fills up."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    tail = _TAIL.pack(zlib.crc32(content), len(content) & 0xFFFFFFFF)
    fill = -(len(_COMMENTED) + 1 + len(packed) + len(tail)) % step
    return _COMMENTED + b" " * fill + b"\0" + packed + tail


def even(page: str, status: int = 200, step: int = STEP) -> Response:
    """Return a page whose length on the line, packed or not, is a multiple of `step` bytes."""
    content = page.encode()
    if request.accept_encodings["gzip"]:
        response = Response(gzipped(content, step), status, mimetype="text/html")
        response.headers["Content-Encoding"] = "gzip"
        return response
    response = Response(content + b"\n" * (-len(content) % step), status, mimetype="text/html")
    response.headers["Content-Encoding"] = "identity"  # so that nothing packs it after all, and uneven
    return response


def sent(value: str, among: Collection[str]) -> str:
    """Return a value as a form sends it: as long as the longest among those that can be chosen."""
    return value.ljust(max(map(len, among)), FILL)


def received(value: str) -> str:
    """Return the value that `sent` was given."""
    return value.rstrip(FILL)
