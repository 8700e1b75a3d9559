"""Answers of even size. Who watches the line sees no word of a page, but sees how long it is.

The page on which a voter reads the answer once more differs between the answers by a few letters, and each had its own
length on the line. It leaves in steps of 2 KB: the room that is left over is filled.
"""

import struct
import zlib

from flask import Response, request

STEP = 2048
_COMMENTED = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x02\xff"  # RFC 1952: deflate, a comment follows, no time, slowest
_TAIL = struct.Struct("<II")


def gzipped(content: bytes, step: int = STEP) -> bytes:
    """Return content as gzip whose length is a multiple of `step`: a comment, which whoever unpacks skips, fills up."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    tail = _TAIL.pack(zlib.crc32(content), len(content) & 0xFFFFFFFF)
    fill = -(len(_COMMENTED) + 1 + len(packed) + len(tail)) % step
    return _COMMENTED + b" " * fill + b"\0" + packed + tail


def even(page: str, status: int = 200) -> Response:
    """Return a page whose length on the line, packed or not, is a multiple of STEP bytes."""
    content = page.encode()
    if request.accept_encodings["gzip"]:
        response = Response(gzipped(content), status, mimetype="text/html")
        response.headers["Content-Encoding"] = "gzip"
        return response
    return Response(content + b"\n" * (-len(content) % STEP), status, mimetype="text/html")
