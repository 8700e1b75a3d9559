"""Every language is complete: no phrase without its translation, no stale catalogue, no forbidden word."""

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from portal.languages import LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "translations"
OTHERS = [language for language in LANGUAGES if language.code != SOURCE]
PLACES = re.compile(r"%\(\w+\)[sd]")
NEVER = ("提交成功", "操作", "用户", "数据", "！", "!")


def _catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """The phrases that stand in code and templates today."""
    target = tmp_path_factory.mktemp("strings") / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "extract",
        "-F",
        "pyproject.toml",
        "-k",
        "N_",
        "-k",
        "_n:1,2",
        "--add-location=file",
        "--sort-output",
        "--no-wrap",
        "-o",
        str(target),
        "portal",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return polib.pofile(str(target))


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_every_phrase_is_translated(language: object, extracted: polib.POFile) -> None:
    """A phrase of code or templates that a language lacks is a fault of this change."""
    known = {entry.msgid: entry for entry in _catalogue(language.code)}
    missing = [entry.msgid for entry in extracted if not (known.get(entry.msgid) and known[entry.msgid].translated())]
    assert missing == [], "\n".join(missing)


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_translations_keep_their_places(language: object) -> None:
    """`%(name)s` in a phrase stands in its translation too, or the page breaks."""
    for entry in _catalogue(language.code):
        wanted = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural or ""))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                found = set(PLACES.findall(text))
                assert found <= wanted, (entry.msgid, text)
                assert wanted - found <= {"%(num)s"}, (entry.msgid, text)


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_the_catalogue_holds_nothing_stale(language: object, extracted: polib.POFile) -> None:
    """A translation of a phrase that nobody says any more goes."""
    live = {entry.msgid for entry in extracted}
    stale = [entry.msgid for entry in _catalogue(language.code) if entry.msgid not in live and not entry.obsolete]
    assert stale == []


def test_chinese_is_what_a_villager_would_say() -> None:
    """None of an office programme's words, no exclamation marks."""
    for entry in _catalogue("zh_Hans"):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            for word in NEVER:
                assert word not in text, text


def test_english_has_the_apostrophes_of_print(extracted: polib.POFile) -> None:
    """“can’t”, “the town’s”: the typewriter's straight stroke stands in no phrase that people read."""
    straight = [entry.msgid for entry in extracted if re.search(r"[A-Za-z]'(?:[a-z]|\s|$)", entry.msgid)]
    assert straight == []
