"""Printed sheets: what stands on them is what was handed in, each time in the same bytes."""

import io
import random
import time
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
import zxingcpp
from PIL import Image

from portal.core import sheets, typeset
from portal.core.errors import Refused
from portal.reports import cards

BASE = "https://cun.example"
WORDS = {
    "title": "选票", "do": "扫码，或者打开下面的网址，输入这 20 个数字。", "private": "输数字更私密。",
    "rest": "只能用一次，12 月 27 日 17:00 截止。没有名字，别给别人代投。",
}
MARKUP = '*粗* #read("/etc/passwd") $x$ <a> _b_ @c \\ [d] {e} // f'


def codes(number: int, seed: int = 7) -> list[str]:
    """Digits as slips carry them."""
    source = random.Random(seed)
    return ["".join(source.choices("0123456789", k=20)) for _ in range(number)]


def slips(digits: list[str], **changes: Any) -> dict[str, Any]:
    """What `slips_pdf` is called with."""
    return {
        "heading": "选票", "village": "柳河村", "round_title": "2026 年“三票”评议", "electorate": "群众票",
        "colour": "绿纸", "base_url": BASE, "path": "/vote", "codes": digits, "words": WORDS, **changes,
    }


def digest(lines: int) -> dict[str, Any]:
    """A digest with so many lines in each of its lists."""
    item = {"when": "晚 35 天", "late": True, "what": "柳河村：水电费", "detail": "第二次通知 11 月 9 日发过",
            "act": "日历"}
    return {
        "lang": "zh", "title": "一周要办的事", "heading": "清溪镇，11 月 17 日到 23 日",
        "sub": "没有反映不等于没有事。",
        "counts": [{"value": "9", "label": "到期要公开的"}, {"value": "5 到 9", "label": "新反映"}],
        "sections": [{"heading": "要您定的", "none": "没有。", "items": [item] * lines},
                     {"heading": "过了时限的", "none": "没有。", "items": [item] * lines}],
        "tables": [{"heading": "这一周", "columns": ["村", "没公开的"], "rows": [["柳河", "水电费"]] * lines,
                    "note": "按拼音排。"}],
        "more": "另有 {n} 条，见办公桌", "foot": "cun.example/desk",
    }


def read(content: bytes) -> pypdf.PdfReader:
    """Open a PDF."""
    return pypdf.PdfReader(io.BytesIO(content))


def text(content: bytes) -> str:
    """Return the words of a PDF without blanks and line ends."""
    return "".join("".join(page.extract_text().split()) for page in read(content).pages)


def scanned(picture: bytes) -> list[str]:
    """Return what a scanner reads from a picture of a page."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


class TestFont:
    """The one font of all sheets."""

    def test_it_is_small_enough_to_be_carried_along(self) -> None:
        """The file stays below four megabytes and lies beside its licence."""
        assert typeset.FONT.stat().st_size <= 4_000_000
        assert "SIL OPEN FONT LICENSE" in (typeset.FONTS / "OFL.txt").read_text("utf-8").upper()

    def test_it_holds_what_a_village_writes(self) -> None:
        """Every character of GB 2312's two planes of ideographs, ASCII, and the reserve of rarer names is there."""
        pairs = ((high, low) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
        common = "".join(bytes(pair).decode("gb2312", "ignore") for pair in pairs)
        reserve = (typeset.FONTS / "reserve.txt").read_text("utf-8")
        assert len(common) == 6763
        assert typeset.missing_glyphs(common + reserve + "".join(map(chr, range(32, 127)))) == ""
        assert typeset.missing_glyphs("“三票”——·…《》【】（）￥%①喆堃㛃") == ""

    def test_bold_is_bolder(self, tmp_path: Path) -> None:
        """One file carries both weights: the same words in bold take visibly more ink."""
        ink = []
        for weight in ("regular", "bold"):
            sheet = tmp_path / "sheet.typ"
            sheet.write_text(f'#set text(font: "Noto Sans SC", size: 40pt, weight: "{weight}")\n柳河村 123', "utf-8")
            made = typst.compile(sheet, font_paths=[typeset.FONTS], ignore_system_fonts=True, format="png")
            shades = Image.open(io.BytesIO(made)).convert("L").tobytes()
            ink.append(sum(255 - shade for shade in shades))
        assert ink[1] > ink[0] * 1.2

    def test_missing_characters_are_named_once_each(self) -> None:
        """Blanks and line ends need no picture; what the font lacks is told in the order of the text."""
        assert typeset.missing_glyphs("柳\u3000河\n\t𠀀村㐀𠀀") == "𠀀㐀"

    def test_a_sheet_with_a_missing_character_is_refused(self) -> None:
        """Nobody finds a box instead of a name on the wall: the refusal names the characters."""
        with pytest.raises(Refused) as refused:
            typeset.pdf("slips", sheets.slips_data(**slips(codes(1), village="𠀀河㐀村")))
        assert refused.value.params["characters"] == "𠀀、㐀"


class TestSlips:
    """Eight slips to a page, each with its own code."""

    def test_every_code_on_a_page_scans_to_its_own_digits(self) -> None:
        """A phone reads the exact address with the digits behind the hash, from each of the eight slips."""
        digits = codes(8)
        page = typeset.png("slips", sheets.slips_data(**slips(digits)), ppi=110)
        assert sorted(scanned(page)) == sorted(f"{BASE}/vote#{code}" for code in digits)

    def test_the_printed_digits_are_the_ones_handed_in(self) -> None:
        """Each slip shows its 20 digits in five groups of four, in the order handed in, and no other number."""
        digits = codes(11)
        made = sheets.slips_pdf(**slips(digits))
        words = text(made)
        assert len(read(made).pages) == 2
        positions = [words.index(code) for code in digits]
        assert positions == sorted(positions)
        groups = " ".join(digits[0][start : start + 4] for start in range(0, 12, 4))
        assert groups in read(made).pages[0].extract_text()
        assert words.count("输数字更私密") == words.count("cun.example/vote") == len(digits)

    def test_voice_slips_use_the_same_sheet(self) -> None:
        """Another path and other words make a slip for speaking up."""
        data = sheets.slips_data(**slips(codes(1), path="/v/990101100201/say", electorate="", colour=""))
        page = typeset.png("slips", data, ppi=110)
        assert scanned(page) == [f"{BASE}/v/990101100201/say#{codes(1)[0]}"]
        assert "cun.example/v/990101100201/say" in text(typeset.pdf("slips", data))

    def test_long_words_stay_on_their_slip(self) -> None:
        """Long sentences and a long address are set smaller: above every line to cut along the paper stays blank."""
        words = {**WORDS, "lang": "en", "do": "Scan the code, or open the address below and type these 20 digits. " * 2,
                 "private": "Typing the digits is the more private way of the two.",
                 "rest": "Works once, until 27 December 2026, 17:00. There is no name on it. Let nobody use it. " * 3}
        data = sheets.slips_data(**slips(codes(8), words=words, base_url="https://portal.anping-district.gov.cn",
                                         electorate="Members of the village supervision committee"))
        page = Image.open(io.BytesIO(typeset.png("slips", data, ppi=100))).convert("L")
        assert len(scanned(typeset.png("slips", data, ppi=110))) == 8
        millimetre, row = page.width / 210, page.height / 4
        for number in range(1, 5):
            for left in (2, 107):
                strip = (left, row * number / millimetre - 2.5, left + 101, row * number / millimetre - 1)
                cut = page.crop(tuple(round(edge * millimetre) for edge in strip))
                assert set(cut.tobytes()) == {255}, f"slip {number} runs over its edge"

    def test_the_title_tells_no_code_and_the_page_is_a4(self) -> None:
        """The document bears a title and tags for those who hear it, and no secret in its head."""
        digits = codes(1)
        pdf = read(sheets.slips_pdf(**slips(digits)))
        assert pdf.metadata is not None
        assert pdf.metadata.title == "选票"
        assert digits[0] not in str(pdf.metadata)
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert (round(pdf.pages[0].mediabox.width), round(pdf.pages[0].mediabox.height)) == (595, 842)

    @pytest.mark.parametrize("code", ["123", "1" * 21, "a" * 20, "１" * 20])
    def test_only_twenty_digits_are_a_code(self, code: str) -> None:
        """A wrong code is a mistake of the program; the message doesn't repeat it."""
        with pytest.raises(ValueError, match="20 digits") as error:
            sheets.slips_data(**slips([code]))
        assert code not in str(error.value)

    def test_a_village_is_printed_in_seconds(self) -> None:
        """300 slips take less than a fifth of the 20 seconds that 1,500 may take."""
        start = time.perf_counter()
        made = sheets.slips_pdf(**slips(codes(300)))
        assert time.perf_counter() - start < 4 * 2  # twice the room, for a busy machine
        assert len(read(made).pages) == 38


class TestText:
    """What people wrote stays what they wrote."""

    def test_markup_stays_text(self) -> None:
        """Signs that mean something to the typesetter are printed as they stand, and no file is read."""
        for made in (
            sheets.slips_pdf(**slips(codes(1), round_title=MARKUP)),
            sheets.digest_pdf({**digest(1), "heading": MARKUP}),
        ):
            assert "".join(MARKUP.split()) in text(made)
            assert "root:" not in text(made)

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        """A sheet can be made again and compared, whatever the order of the keys."""
        data = digest(5)
        turned = dict(reversed(list(data.items())))
        assert sheets.digest_pdf(data) == sheets.digest_pdf(turned)
        assert sheets.slips_pdf(**slips(codes(3))) == sheets.slips_pdf(**slips(codes(3)))

    def test_templates_hold_no_language(self) -> None:
        """Every word on paper comes from whoever calls: templates hold no Chinese outside comments."""
        for path in typeset.TEMPLATES.glob("*.typ"):
            lines = [line.split("//")[0] for line in path.read_text("utf-8").splitlines()]
            assert not any("\u4e00" <= char <= "\u9fff" for line in lines for char in line), path.name


class TestDigest:
    """The town's week on one page."""

    @pytest.mark.parametrize("lines", [0, 1, 4, 15, 60, 400])
    def test_it_is_always_one_page(self, lines: int) -> None:
        """However much happened, it is one page of A4 with every heading on it."""
        made = sheets.digest_pdf(digest(lines))
        pages = read(made).pages
        assert len(pages) == 1
        assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)
        assert all(part in text(made) for part in ("要您定的", "过了时限的", "这一周", "按拼音排", "cun.example/desk"))

    def test_what_finds_no_room_is_counted(self) -> None:
        """Lines that were left out are told by their number: shown and hidden ones make the whole."""
        words = text(sheets.digest_pdf(digest(60)))
        shown = words.count("第二次通知")
        assert shown % 2 == 0
        assert f"另有{60 - shown // 2}条" in words
        assert "另有" not in text(sheets.digest_pdf(digest(4)))

    def test_nothing_is_said_in_words(self) -> None:
        """An empty list says so."""
        assert text(sheets.digest_pdf(digest(0))).count("没有。") >= 2


def test_addresses_are_shown_as_people_type_them() -> None:
    """Without the scheme, with the port where there is one."""
    assert sheets.address("https://cun.example/", "/vote") == "cun.example/vote"
    assert sheets.address("http://127.0.0.1:8000", "/v/liuhe") == "127.0.0.1:8000/v/liuhe"


def test_every_template_is_known() -> None:
    """The folder of printed sheets holds these and nothing else."""
    names = {path.stem for path in typeset.TEMPLATES.glob("*.typ")}
    assert names == {"base", "poster", "label", "board", "card", "cards", "slips", "share", "digest", "protocol"}


def test_english_sheets_have_no_holes() -> None:
    """Our font draws quotation marks as wide as a Chinese sign; on an English sheet straight ones stand for them."""
    words = {"title": "t", "heading": "h", "do": "d", "counter": "c", "qr": "QR", "keep": "We don’t say “yes”."}

    def printed(lang: str) -> str:
        made = cards.pdf("https://a.example", "1234567890123456", {**words, "lang": lang})
        return text(made)

    assert "don'tsay\"yes\"" in printed("en")
    assert "don’tsay“yes”" in printed("zh")
