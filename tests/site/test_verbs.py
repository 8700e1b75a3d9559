"""The verbs of `portal`, run as a person at a terminal runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = ROOT / "tests" / "data" / "imports"
CLEAN = [
    ("expenses-title-rows.xlsx", "V08", "2026-Q3", 40),
    ("income-tab-separated.txt", "V07", "2026-Q3", 22),
    ("subsidy-clean-utf8-bom.csv", "V19", "2026", 386),
    ("dues-two-line-header.xlsx", "P07", "2026-Q3", 31),
]


def portal(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a verb."""
    command = [sys.executable, "-m", "portal.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one village and its clerk, set up by `portal init`."""
    folder = tmp_path_factory.mktemp("init")
    (folder / "places.csv").write_text(
        "kind,code,short,name,name_en,parent,adults,people,households,phone\n"
        "district,990101,d,安平区,Anping,,,,,\ntown,990101101,qx,清溪镇,Qingxi,990101,,,,\n"
        "village,990101101201,lh,柳河村,Liuhe,990101101,1121,1486,412,\n",
        "utf-8",
    )
    (folder / "people.csv").write_text(
        "user,name,name_en,role,place,mail\nsunhy,孙海燕,Sun,village_clerk,lh,\nzhou,周建民,Zhou,secretary,lh,\n",
        "utf-8",
    )
    done = portal(
        "init",
        "--instance",
        folder / "i",
        "--base-url",
        "https://cun.example.org",
        "--places",
        folder / "places.csv",
        "--people",
        folder / "people.csv",
    )
    assert done.returncode == 0, done.stderr
    assert "3 places, 3 people" in done.stdout
    return folder / "i"


@pytest.mark.parametrize(("name", "category", "period", "rows"), CLEAN)
def test_clean_files_are_read_whole(name: str, category: str, period: str, rows: int, instance: Path) -> None:
    """Every row is read and the sum is the one that the file itself states."""
    done = portal(
        "import",
        "records",
        IMPORTS / name,
        "--village",
        "lh",
        "--category",
        category,
        "--period",
        period,
        "--instance",
        instance,
        "--dry-run",
        "--json",
    )
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout)
    assert told["rows"] == rows
    assert told["errors"] == []
    assert told["total_fen"] == (told["stated_total_fen"] or told["total_fen"])
    assert told["columns"]


@pytest.mark.parametrize(
    ("name", "category"),
    [("subsidy-with-identity-numbers-gb18030.csv", "V19"), ("contracts-phone-in-remarks.xlsx", "V13")],
)
def test_files_with_forbidden_numbers_are_refused(name: str, category: str, instance: Path) -> None:
    """Each number is named by sheet, row and column, and nothing is saved; the numbers themselves are never said."""
    before = (instance / "portal.sqlite").read_bytes()
    done = portal(
        "import",
        "records",
        IMPORTS / name,
        "--village",
        "lh",
        "--category",
        category,
        "--period",
        "2026",
        "--instance",
        instance,
        "--json",
    )
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["errors"]
    for error in told["errors"]:
        assert error["row"]
        assert error["column"]
        assert error["reason"]
    assert (instance / "portal.sqlite").read_bytes() == before


def test_a_whole_file_becomes_a_draft(instance: Path) -> None:
    """Without --dry-run the rows wait at the clerk's desk; the page shows nothing yet."""
    done = portal(
        "import",
        "records",
        IMPORTS / "income-tab-separated.txt",
        "--village",
        "lh",
        "--category",
        "V07",
        "--period",
        "2026-Q3",
        "--instance",
        instance,
    )
    assert done.returncode == 0, done.stderr
    assert "22" in done.stdout


def test_guard_says_line_by_line_what_it_would_stop(tmp_path: Path) -> None:
    """A disguised phone number is stopped, an amount is not; the answer names line, place and kind."""
    file = tmp_path / "lines.txt"
    file.write_text("电话１３８－１２３４－５６７８\n支出 13,812,345.67 元\n一三八一二三四五六七八\n", "utf-8")
    done = portal("guard", file, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["stop", "ok", "stop"]
    assert lines[0]["findings"][0]["kind"] == "mobile"
    assert done.returncode == 0, "it did what was asked"


def test_unsafe_settings_are_refused(tmp_path: Path) -> None:
    """An address in the clear is refused with one sentence."""
    (tmp_path / "p.csv").write_text("kind,code,short,name\n", "utf-8")
    done = portal(
        "init", "--instance", tmp_path / "x", "--base-url", "http://cun.example.org", "--places", tmp_path / "p.csv"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("portal: ")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "verb",
    [
        "demo",
        "init",
        "serve",
        "migrate",
        "seed",
        "import",
        "tick",
        "guard",
        "verify",
        "digest",
        "slips",
        "count",
        "export",
        "backup",
        "restore",
        "check",
    ],
)
def test_every_verb_explains_itself(verb: str) -> None:
    """`--help` says what a verb does."""
    done = portal(verb, "--help")
    assert done.returncode == 0
    assert "usage: portal" in done.stdout


def test_a_verb_without_an_installation_says_what_to_do(tmp_path: Path) -> None:
    """No traceback, one sentence, an exit code."""
    done = portal("check", "--instance", tmp_path / "none")
    assert done.returncode == 1
    assert "portal init" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_of_a_new_installation_holds(instance: Path) -> None:
    """`portal verify` and `portal check` find nothing wrong; `portal tick` may run at once and again."""
    assert portal("tick", "--instance", instance).returncode == 0
    assert portal("tick", "--instance", instance).returncode == 0
    done = portal("verify", "--instance", instance)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backup_comes_back(instance: Path, tmp_path: Path) -> None:
    """What was copied can be brought back beside its secrets and verifies; ballots and secrets are not in it."""
    assert portal("backup", tmp_path / "copy", "--instance", instance).returncode == 0
    names = {path.name for path in (tmp_path / "copy").iterdir()}
    assert names == {"portal.sqlite", "vault.sqlite", "portal.toml"}
    done = portal("restore", tmp_path / "copy", "--instance", tmp_path / "back")
    assert done.returncode == 0, done.stderr
    subprocess.run(["cp", "-r", str(instance / "secrets"), str(tmp_path / "back" / "secrets")], check=True)
    assert portal("migrate", "--instance", tmp_path / "back").returncode == 0
    assert portal("verify", "--instance", tmp_path / "back").returncode == 0
