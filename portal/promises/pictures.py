"""Photos as evidence: cleaned, made small enough for a phone, with a tiny copy for the page itself."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from portal.core.errors import Refused
from portal.core.files import clean_picture

LONGEST = 1600
SMALL = 200
SMALL_QUALITY = 45  # about 6 KB: the page must stay below 20 KB in all


@dataclass(frozen=True)
class Picture:
    """A cleaned photo (JPEG) with its size in pixels, and its small copy."""

    body: bytes
    small: bytes
    width: int
    height: int


def prepare(content: bytes) -> Picture:
    """Return a photo as it may be shown. Raises Refused for what isn't a picture."""
    try:
        body = clean_picture(content, longest=LONGEST)
    except Refused as error:
        raise Refused(error.phrase, field="photos", **error.params) from error
    with Image.open(BytesIO(body)) as image:
        width, height = image.size
        tiny = image.convert("RGB")
        tiny.thumbnail((SMALL, SMALL))
        out = BytesIO()
        tiny.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return Picture(body, out.getvalue(), width, height)
