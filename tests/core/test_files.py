"""Files from outside: pixels only, nothing hidden, nothing that unfolds into a bomb."""

import io
import random
import threading
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from portal.core import files
from portal.core.errors import Refused
from portal.core.files import (
    ACTIVE_PDF,
    DAMAGED,
    LOCKED_PDF,
    NOT_A_PDF,
    NOT_A_PICTURE,
    TOO_MANY_PIXELS,
    check_pdf,
    clean_picture,
    kind_of,
)

SECRET = b"SECRET-PLACE-38.2858"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """Return a picture, red on its left half and blue on its right."""
    image = Image.new("RGB", size, "blue")
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """Return the picture of some bytes, loaded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """Return metadata with a place, a device and an orientation."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = SECRET.decode()
    data.get_ifd(0x8825)[29] = SECRET.decode()
    return data


def png_text() -> PngImagePlugin.PngInfo:
    """Return text chunks."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return info


@pytest.mark.parametrize(
    "content",
    [
        picture(exif=exif(), comment=SECRET) + b"PK\x03\x04" + SECRET,
        picture("PNG", pnginfo=png_text()) + SECRET,
        picture("WEBP", exif=exif().tobytes(), xmp=SECRET) + SECRET,
        picture(icc_profile=SECRET * 10),
    ],
    ids=["jpeg", "png", "webp", "profile"],
)
def test_exif_gone(content: bytes) -> None:
    """Place, device, comments, profiles and whatever hangs behind the end are gone; the pixels are there."""
    assert SECRET in content
    clean = clean_picture(content)
    image = opened(clean)

    assert SECRET not in clean
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (image.format, image.size, image.mode) == ("JPEG", (60, 40), "RGB")
    assert clean.endswith(b"\xff\xd9")
    red, _, blue = image.getpixel((5, 20))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (60, 40), (5, 20)), (2, (60, 40), (55, 20)), (3, (60, 40), (55, 20)), (4, (60, 40), (5, 20)),
        (5, (40, 60), (20, 5)), (6, (40, 60), (20, 5)), (7, (40, 60), (20, 55)), (8, (40, 60), (20, 55)),
    ],
)  # fmt: skip
def test_pictures_stand_upright(orientation: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    """The turn that stood in the metadata is done to the pixels."""
    image = opened(clean_picture(picture(exif=exif(orientation))))

    assert image.size == size
    assert image.getpixel(red)[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_longest_side_is_kept_small(kind: str) -> None:
    """A photo of a telephone becomes at most 2,000 pixels long, and no small one grows."""
    assert opened(clean_picture(picture(kind, (4000, 3000)))).size == (2000, 1500)
    assert opened(clean_picture(picture(kind, (300, 400)), longest=100)).size == (75, 100)
    assert opened(clean_picture(picture(kind, (30, 20)))).size == (30, 20)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "P"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "RGBA"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "CMYK"),
     ("JPEG", "L"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_way_of_keeping_pixels_is_read(kind: str, mode: str) -> None:
    """Palettes, greys, inks and see-through pixels come out as colours."""
    content = picture(kind, mode=mode) if mode != "I;16" else deep_grey()
    image = opened(clean_picture(content))

    assert (image.mode, image.size) == ("RGB", (60, 40))


def deep_grey() -> bytes:
    """Return a PNG with 16 bits of grey, half of them white."""
    out = io.BytesIO()
    Image.new("I;16", (60, 40), 0x8000).save(out, "PNG")
    return out.getvalue()


def test_deep_grey_stays_grey() -> None:
    """16 bits are brought down to 8, not cut off."""
    assert abs(opened(clean_picture(deep_grey())).getpixel((5, 5))[0] - 128) < 3  # type: ignore[index,operator]


def test_see_through_pixels_become_white() -> None:
    """What was hidden under full transparency is not shown."""
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")

    assert min(opened(clean_picture(out.getvalue())).getpixel((10, 10))) > 250  # type: ignore[type-var,arg-type]


def bomb(side: int) -> bytes:
    """Return a small PNG that says it is `side` pixels a side."""
    head = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [6400, 8000, 12_000, 60_000])
def test_pixel_bombs_are_refused(side: int) -> None:
    """A picture beyond 40 million pixels is refused before it is unfolded."""
    with pytest.raises(Refused) as refused:
        clean_picture(bomb(side))
    assert refused.value.phrase == TOO_MANY_PIXELS


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.4", b"<svg/>", b"BM" + bytes(60), b"RIFF1234WAVE", b"MZ"])
def test_other_files_are_no_pictures(content: bytes) -> None:
    """Whatever its name says, a file is what its first bytes are."""
    with pytest.raises(Refused) as refused:
        clean_picture(content)
    assert refused.value.phrase == NOT_A_PICTURE


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 2**32), st.booleans())
def test_a_damaged_picture_is_refused_or_cleaned(kind: str, seed: int, cut: bool) -> None:
    """Broken bytes end in a polite refusal or a clean picture, never in another error."""
    draw = random.Random(seed)
    content = bytearray(picture(kind, exif=exif().tobytes()))
    for _ in range(draw.randint(1, 12)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    if cut:
        del content[draw.randrange(12, len(content)) :]
    assert outcome(bytes(content)) in {"cleaned", DAMAGED, NOT_A_PICTURE, TOO_MANY_PIXELS}


def outcome(content: bytes) -> str:
    """Return "cleaned", or the phrase of the refusal."""
    try:
        opened(clean_picture(content))
    except Refused as refused:
        return refused.phrase
    return "cleaned"


def pdf(inside: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a small PDF."""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + inside + b">>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R " + trailer + b">>\n%%EOF\n"
    )


def packed(inside: bytes) -> bytes:
    """Return a small PDF with objects packed into a stream."""
    head = b"9 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n"
    return pdf().replace(b"trailer", head + zlib.compress(inside) + b"\nendstream\nendobj\ntrailer")


def test_a_plain_pdf_passes() -> None:
    """Pages, pictures and a first view are fine, and bytes inside of a stream mean nothing."""
    check_pdf(pdf(b"/OpenAction [3 0 R /Fit] /Metadata 4 0 R "))
    check_pdf(packed(b"5 0 << /Type /Page >>"))
    check_pdf(pdf().replace(b"trailer", b"8 0 obj\n<< /Length 9 >>\nstream\n/JS /Encrypt\nendstream\nendobj\ntrailer"))


@pytest.mark.parametrize("content", [b"", b"%PDF-", pdf()[:-30], b"\n" + pdf(), picture()])
def test_half_a_pdf_is_refused(content: bytes) -> None:
    """A file that is cut off or something else is refused."""
    with pytest.raises(Refused) as refused:
        check_pdf(content)
    assert refused.value.phrase == NOT_A_PDF


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "),
        pdf(b"/OpenAction << /S /J#61vaScript >> "),
        pdf(b"/AA << /O << /S /Launch /F (cmd.exe) >> >> "),
        pdf(b"/Names << /EmbeddedFiles 5 0 R >> "),
        packed(b"5 0 << /S /JavaScript /JS (x) >>"),
    ],
    ids=["script", "escaped", "launch", "files", "packed"],
)
def test_an_active_pdf_is_refused(content: bytes) -> None:
    """Scripts, launches and files inside are refused, also where they are escaped or packed."""
    with pytest.raises(Refused) as refused:
        check_pdf(content)
    assert refused.value.phrase == ACTIVE_PDF


def test_a_locked_pdf_is_refused() -> None:
    """What villagers could not open is not taken."""
    with pytest.raises(Refused) as refused:
        check_pdf(pdf(trailer=b"/Encrypt 7 0 R "))
    assert refused.value.phrase == LOCKED_PDF


def test_a_pdf_that_unfolds_without_end_is_refused() -> None:
    """Packed objects may unfold to 8 MB in all."""
    with pytest.raises(Refused):
        check_pdf(packed(bytes(9 * 2**20)))


def test_kinds() -> None:
    """A file is what its first bytes are."""
    files = {"jpeg": picture(), "png": picture("PNG"), "webp": picture("WEBP"), "pdf": pdf(), None: b"hello"}

    assert {kind_of(content): content for content in files.values()} == files


def test_a_picture_that_unfolds_costs_little() -> None:
    """A flat PNG of a few KB that unfolds into hundreds of megabytes is refused before it does."""
    out = io.BytesIO()
    Image.new("RGBA", (6320, 6320), (10, 200, 30, 90)).save(out, "PNG")
    with pytest.raises(Refused):
        clean_picture(out.getvalue())


def test_a_pdf_may_not_hide_what_is_packed() -> None:
    """Objects packed twice, or in a way that we do not read, are refused whatever they hold."""
    hidden = b"<</Type/ObjStm/N 1/First 4/Length 9/Filter[/ASCIIHexDecode/FlateDecode]>>\nstream\nAAAAAAAAA\nendstream"
    for head in (b"1 0 obj\n", b"1 0\nobj\n"):
        with pytest.raises(Refused):
            check_pdf(b"%PDF-1.5\n" + head + hidden + b"\nendobj\n%%EOF\n")
    comment = (
        b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Length 9/Filter/FlateDecode>>\n% now\nstream\nAAAA\nendstream\n%%EOF\n"
    )
    with pytest.raises(Refused):
        check_pdf(b"%PDF-1.5\n" + comment)


def test_a_crowd_of_photos_is_sent_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when ten photos are in work or waiting is asked to press again: each holds a thread of the server."""
    monkeypatch.setattr(files, "_LINE", threading.Semaphore(0))
    with pytest.raises(Refused, match="few seconds"):
        files.clean_picture(picture())
    monkeypatch.setattr(files, "_LINE", line := threading.Semaphore(1))
    assert files.clean_picture(picture())
    assert line._value == 1


def test_a_picture_of_endless_scans_is_refused_unread() -> None:
    """A progressive JPEG may go over its pixels as often as it likes, in sixty bytes each time; no photo does.

    Fault seen: half a megabyte of scans took a core for 15 seconds, eight megabytes for four minutes; a few of them,
    and nobody else's photo was taken for as long.
    """
    out = io.BytesIO()
    Image.new("L", (6000, 6000), 128).save(out, "JPEG", progressive=True)
    content = out.getvalue()
    first = content.index(b"\xff\xda")
    start = content.index(b"\xff\xda", first + 2)
    end = content.index(b"\xff", start + 2)
    begun = time.monotonic()
    with pytest.raises(Refused, match="damaged"):
        files.clean_picture(content[:end] + content[start:end] * 3000 + content[end:])
    assert time.monotonic() - begun < 1
    assert files.clean_picture(content)
