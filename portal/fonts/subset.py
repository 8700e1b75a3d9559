
"""Make the portal's own font: a part of Noto Sans SC with the characters that a village in China needs.

Run it as `python portal/fonts/subset.py SOURCE.ttf` with fontTools installed; README.md says where the source
comes from. The outcome holds GB 2312, ASCII, Latin letters with accents, punctuation, and `reserve.txt`: rarer
characters of names of people and places. One variable file carries every weight from regular to bold.
"""

import importlib
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "NotoSansSC-portal.ttf"
LARGEST = 4_000_000
WEIGHTS = (400, 700)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "liga"]
RANGES = (
    (0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2017), (0x2018, 0x201B), (0x201C, 0x201F), (0x2020, 0x2023),
    (0x2026, 0x2027), (0x3000, 0x3018), (0xFF01, 0xFF5F),
)
SYMBOLS = "−€￥￡￠℃№←↑→↓■□▲△●○◆◇★☆√×÷±≤≥≈≠∞℡㎡①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳〇"
LEFT_OUT = ("HIRAGANA", "KATAKANA", "CYRILLIC", "BOX DRAWINGS", "BOPOMOFO")


def gb2312() -> set[int]:
    """Return the code points of GB 2312, without kana, Cyrillic, bopomofo and box drawings."""
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", "ignore")
            if character and not unicodedata.name(character, "").startswith(LEFT_OUT):
                found.add(ord(character))
    return found


def wanted() -> set[int]:
    """Return every code point that the font shall hold."""
    reserve = (HERE / "reserve.txt").read_text("utf-8")
    points = gb2312() | {ord(character) for character in SYMBOLS + reserve if not character.isspace()}
    for first, end in RANGES:
        points.update(range(first, end))
    return points


def make(source: Path, target: Path = TARGET) -> set[int]:
    """Write the font; return the code points that the source itself lacks. ValueError when it grows too large."""
    options = importlib.import_module("fontTools.subset").Options()
    options.layout_features = FEATURES
    options.hinting = options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    font = importlib.import_module("fontTools.ttLib").TTFont(source, recalcTimestamp=False)
    lacking = {point for point in wanted() - set(font.getBestCmap()) if point > 0x7F}
    subsetter = importlib.import_module("fontTools.subset").Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    font = importlib.import_module("fontTools.varLib.instancer").instantiateVariableFont(font, {"wght": WEIGHTS})
    font.save(target)
    if target.stat().st_size > LARGEST:
        message = f"{target.name} has {target.stat().st_size:,} bytes, more than {LARGEST:,}: shorten the reserve"
        raise ValueError(message)
    return lacking


if __name__ == "__main__":
    missing = make(Path(sys.argv[1]))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes; the source lacks {sorted(map(chr, missing))}")
