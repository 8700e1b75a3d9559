"""`portal export`: what a village made public, as files for the year-end folder that any spreadsheet opens."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from portal import cli, keeping
from portal.config import Config
from portal.core.db import Stores
from portal.disclosures import service
from portal.disclosures.catalogue import catalogue
from portal.disclosures.content import Content
from tests.conftest import NOW
from tests.disclosures.book import SPENT, WATER, open_book
from tests.factories.places import District

FORMULAS = ("=1+2", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+2", "'=1+2", "\t=1+2")  # CWE-1236
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
PERIOD = "2026-Q3"


@pytest.fixture
def archive(stores: Stores, config: Config, district: District, tmp_path: Path) -> dict[str, bytes]:
    """The exported files by name: spending with would-be formulas, a list in notice, a draft, an objection."""
    with stores.portal.write() as session:
        book = open_book(session, district, NOW)
        rows = [{**SPENT, "purpose": text} for text in FORMULAS]
        spent = book.forward(book.draft("V08", Content(rows=rows, title="=花了多少"), PERIOD))
        service.object_to(session, NOW, book.village, spent, "路灯没有修", "k" * 32)
        book.subsidies()
        book.draft("V34", Content(rows=[{**WATER, "item": "还没公开的水费"}]), PERIOD)
        other = open_book(session, district, NOW, "shiqiao")
        other.forward(other.draft("V08", Content(rows=[{**SPENT, "purpose": "石桥的路灯"}]), PERIOD))
    return _exported(stores, config, tmp_path)


def _exported(stores: Stores, config: Config, folder: Path) -> dict[str, bytes]:
    out = folder / "liuhe.zip"
    assert keeping.export(stores, config, "liuhe", out) == 0
    with zipfile.ZipFile(out) as made:
        return {name: made.read(name) for name in made.namelist()}


def _cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _table(archive: dict[str, bytes], code: str) -> list[list[str]]:
    return _cells(archive[f"{code}-{catalogue().by_code(code).slug}.csv"])


def test_no_exported_cell_is_a_formula(archive: dict[str, bytes]) -> None:
    """Whoever opens the export in a spreadsheet runs nothing: a cell that begins like a formula is text."""
    rows = _table(archive, "V08")
    purpose = rows[0].index("purpose")
    assert [row[purpose].lstrip("'") for row in rows[1:]] == [text.lstrip("'") for text in FORMULAS]
    for table in (name for name in archive if name.endswith(".csv")):
        assert not [cell for row in _cells(archive[table]) for cell in row if cell.startswith(STARTS)], table


def test_a_spreadsheet_reads_the_export_as_chinese(archive: dict[str, bytes]) -> None:
    """Each table begins with the UTF-8 mark, without which spreadsheets show Chinese as garbage; a row is a row."""
    for name, content in archive.items():
        if name.endswith(".csv"):
            assert content.startswith(b"\xef\xbb\xbf"), name
            assert len({len(row) for row in _cells(content)}) == 1, "every row has a cell for each column"
    assert [row[1] for row in _table(archive, "V19")[1:]] == ["王*明", "欧阳*兰", "李*"]


def test_the_export_holds_what_pages_show_and_nothing_else(
    archive: dict[str, bytes], stores: Stores, config: Config, district: District, tmp_path: Path
) -> None:
    """Names are masked, a list goes when its notice ends; no draft, no objection's words, no other village's record."""
    assert {name.split("-")[0] for name in archive} == {"V08", "V19"}
    everything = b"\n".join(archive.values()).decode()
    for secret in ("王小明", "欧阳建兰", "还没公开的水费", "路灯没有修", "石桥的路灯"):
        assert secret not in everything
    [listed] = json.loads(archive["V19-farm-subsidies.json"])
    assert (listed["title"], listed["amount_fen"], listed["entries"]) == ("耕地地力保护补贴", 192555, 3)
    for person in district.people.values():
        assert person.user not in everything
        assert person.id not in everything
    with stores.portal.write() as session:
        service.tick(session, NOW + timedelta(days=30))
    later = tmp_path / "later"
    later.mkdir()
    assert "V19-farm-subsidies.csv" not in _exported(stores, config, later)


def test_the_verb_writes_the_archive_and_says_how_much(
    stores: Stores, config: Config, district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`portal export` ends well, and says what it wrote; a village that is not there leaves no file behind."""
    with stores.portal.write() as session:
        open_book(session, district, NOW).water()
    (config.instance / "portal.toml").write_text(f'demo = true\nbase_url = "{config.base_url}"\n', "utf-8")
    given = ["--instance", str(config.instance), "export", "--village"]
    assert cli.main([*given, "liuhe", "--out", str(tmp_path / "a.zip")]) == 0
    assert "1 records of 柳河村" in capsys.readouterr().out
    assert set(zipfile.ZipFile(tmp_path / "a.zip").namelist()) == {"V34-utilities.json", "V34-utilities.csv"}
    for code in ("nowhere", "qingxi"):
        assert cli.main([*given, code, "--out", str(tmp_path / "b.zip")]) == 1
        assert "there is no village" in capsys.readouterr().err
        assert not (tmp_path / "b.zip").exists()
