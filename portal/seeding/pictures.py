"""Photos for the demonstration, drawn: nobody's village, nobody's face."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 960
SKY, HILL, FIELD, GREY, DARK, LIGHT = "#cfe3ee", "#7fa37d", "#b9b06a", "#a8a8a2", "#4a4a46", "#f3e6a0"


def draw(what: str, seed: int = 7) -> bytes:
    """Return a drawn JPEG of a `road`, `trees`, `lamps`, `canal`, `house` or `bins`."""
    rng = Random(seed)  # noqa: S311 - a drawing
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    pen = ImageDraw.Draw(image)
    for left in range(-200, WIDTH, 260):
        top = 330 + rng.randrange(-60, 60)
        pen.ellipse((left, top, left + 620, top + 520), fill=HILL)
    pen.rectangle((0, 540, WIDTH, HEIGHT), fill=FIELD)
    PAINTERS[what](pen, rng)
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _road(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.polygon([(560, 540), (720, 540), (1130, HEIGHT), (150, HEIGHT)], fill=GREY)
    for step in range(6):
        y = 560 + step * step * 11
        pen.rectangle((636 - step, y, 644 + step, y + 14 + step * 6), fill="white")
    for _ in range(40):
        x, y = rng.randrange(300, 1000), rng.randrange(720, HEIGHT)
        pen.point((x, y), fill=DARK)


def _trees(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    for row in range(4):
        for column in range(9 + row):
            x, y = 60 + column * (128 - row * 3) + rng.randrange(-12, 12), 560 + row * 95
            pen.rectangle((x + 18, y + 40, x + 26, y + 70), fill=DARK)
            pen.ellipse((x, y, x + 46, y + 50), fill="#3f6f3a")


def _lamps(pen: ImageDraw.ImageDraw, _rng: Random) -> None:
    _road(pen, Random(1))  # noqa: S311 - a drawing
    for number in range(4):
        x, top = 180 + number * 110, 180 + number * 85
        pen.rectangle((x, top, x + 10, 700 - number * 40), fill=DARK)
        pen.ellipse((x - 14, top - 30, x + 26, top + 10), fill=LIGHT)


def _canal(pen: ImageDraw.ImageDraw, _rng: Random) -> None:
    pen.polygon([(500, 540), (640, 540), (900, HEIGHT), (220, HEIGHT)], fill=GREY)
    pen.polygon([(530, 540), (610, 540), (780, HEIGHT), (330, HEIGHT)], fill="#6d9dbb")


def _house(pen: ImageDraw.ImageDraw, _rng: Random) -> None:
    pen.rectangle((360, 430, 920, 760), fill="#efe9dc")
    pen.polygon([(310, 440), (640, 260), (970, 440)], fill="#8c4a3c")
    pen.rectangle((590, 560, 690, 760), fill="#7a5a3c")
    for left in (420, 760):
        pen.rectangle((left, 520, left + 100, 610), fill="#9dbccd")


def _bins(pen: ImageDraw.ImageDraw, _rng: Random) -> None:
    pen.rectangle((180, 400, 1100, 430), fill=DARK)
    for number, colour in enumerate(("#2f6f4a", "#2c5f8f", "#8f8f8f", "#a03b2f")):
        left = 230 + number * 215
        pen.rectangle((left, 560, left + 170, 800), fill=colour)
        pen.rectangle((left - 10, 535, left + 180, 565), fill=DARK)


PAINTERS = {"road": _road, "trees": _trees, "lamps": _lamps, "canal": _canal, "house": _house, "bins": _bins}
