#!/usr/bin/env python3
"""The verbs of this project, for a bare Python 3.11 or newer: demo, test, check, strings, soak.

Makes `.venv` from the requirement files (every file that is installed is checked against its hash), again
only when those files change, and then calls the tools in it. Needs nothing but the standard library.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.json"
TOOLS = ROOT / ".tools"
TOOLS_LIST = ROOT / "tests" / "browser" / "package.json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LAUNCHER = """#!{python}
import sys

from portal.cli import main

sys.exit(main())
"""
EXTRACT = ("-F", "pyproject.toml", "-k", "N_", "--add-location=file", "--sort-output", "--no-wrap",
           "--project=village-portal", "--no-default-keywords",
           "-k", "_", "-k", "gettext", "-k", "ngettext:1,2", "-k", "lazy_gettext", "-k", "pgettext:1c,2")
QUIET_LINES = ("WARNING: Location ", "WARNING: Running pip as the 'root'")


class CannotGoOn(Exception):
    """Something is missing on this machine. The message says what, and how to get it."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def progress(command: list[str], what: str, total: int, counts: Callable[[str], bool]) -> None:
    """Run a long command and show how far it is: the lines that count, out of `total`. Raises CannotGoOn."""
    say(f"{what} …")
    begun, done, told = time.monotonic(), 0, time.monotonic()
    kept: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          encoding="utf-8", errors="replace") as process:
        for line in process.stdout or ():
            if line.startswith(QUIET_LINES):
                continue
            kept.append(line)
            done += counts(line)
            if time.monotonic() - told >= 3:
                told = time.monotonic()
                say(f"  {min(done, total)} of {total}, {told - begun:.0f} s")
    if process.returncode:
        say("".join(kept[-25:]).rstrip())
        raise CannotGoOn(f"{what}: that did not work, see the lines above. `{' '.join(command[:4])} …` said no.")
    say(f"  done in {time.monotonic() - begun:.0f} s")


def digest(path: Path) -> str:
    """Return the hash of a file, so that a change of it is noticed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Return what was installed last: hash by requirement file. Empty where nothing was."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if stamp.get("python") == sys.version and PYTHON.exists() else {}


def make_venv() -> list[str]:
    """Make `.venv` and return the command that installs into it."""
    uv = shutil.which("uv")
    if uv:
        made = PYTHON.exists() or subprocess.run(
            [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], check=False).returncode == 0
        if made:
            return [uv, "pip", "install", "--python", str(PYTHON), "--require-hashes"]
    install = ["-m", "pip", "install", "--require-hashes", "--disable-pip-version-check", "--no-input",
               "--progress-bar=off"]
    if importlib.util.find_spec("ensurepip"):
        if not (PYTHON.exists() and has_pip()):
            say("Making .venv …")
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True, stdout=subprocess.DEVNULL)
        return [str(PYTHON), *install]
    if importlib.util.find_spec("pip"):  # a Debian with pip but without its venv package
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=True)
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *install[2:]]
    raise CannotGoOn("This Python cannot make a virtual environment. On Debian: apt-get install python3-venv")


def has_pip() -> bool:
    """Tell whether pip runs in `.venv`."""
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0


def prepare(wanted: str) -> None:
    """Bring `.venv` up to date with requirements/<wanted>.txt; at once when it is."""
    files = {name: ROOT / "requirements" / f"{name}.txt" for name in ("base", "dev")}
    if read_stamp().get(wanted) == digest(files[wanted]):
        return
    path = files[wanted]
    total = sum("==" in line.split(";")[0] for line in path.read_text("utf-8").splitlines())
    install = [*make_venv(), "-r", str(path)]
    what = f"Installing {total} packages from requirements/{wanted}.txt, each checked against its hash"
    try:
        progress(install, what, total, lambda line: line.startswith("Collecting"))
    except CannotGoOn:
        if "uv" not in Path(install[0]).name:
            raise
        say("uv could not do it; trying pip")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        progress([str(PYTHON), "-m", "pip", "install", "--require-hashes", "--progress-bar=off", "-r", str(path)],
                 what, total, lambda line: line.startswith("Collecting"))
    install_project()
    # dev.txt holds all of base.txt, so installing it serves both.
    STAMP.write_text(json.dumps({"python": sys.version, wanted: digest(path), "base": digest(files["base"])}), "utf-8")


def install_project() -> None:
    """Put the project itself into `.venv`: its folder on the path, and the program `portal`. Nothing is built."""
    found = subprocess.run([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                           check=True, capture_output=True, text=True)
    (Path(found.stdout.strip()) / "village_portal.pth").write_text(f"{ROOT}\n", "utf-8")
    launcher = BIN / "portal"
    launcher.write_text(LAUNCHER.format(python=PYTHON), "utf-8")
    launcher.chmod(0o755)


def call(*command: str, **more: str) -> int:
    """Run a tool of `.venv` in the project's folder and return its exit code."""
    environment = {**os.environ, **more}
    environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', '')}"
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def demo(rest: list[str]) -> int:
    """Make the demonstration district and serve it (--port N, --no-serve, --fresh)."""
    prepare("base")
    command = [str(PYTHON), str(BIN / "portal"), "demo", *rest]
    if os.name == "nt":
        return call(*command)
    sys.stdout.flush()
    os.chdir(ROOT)
    return os.execv(command[0], command)  # noqa: S606 - the server takes this process's place, and its signals


def browser_tools() -> list[str]:
    """Install what the browser tests need beside Python and return what is left out for want of a program."""
    left_out = []
    if not (os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS))):
        left_out.append("chromium")
    if not shutil.which("java"):
        left_out.append("default-jre-headless")
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    left_out += [{"node": "nodejs"}.get(name, name) for name in missing]
    stamp = TOOLS / "installed"
    if missing or (stamp.exists() and stamp.read_text("utf-8") == digest(TOOLS_LIST)):
        return left_out
    TOOLS.mkdir(exist_ok=True)
    shutil.copy(TOOLS_LIST, TOOLS / "package.json")
    os.environ["PUPPETEER_SKIP_CHROMIUM_DOWNLOAD"] = "1"
    npm = ["npm", "install", "--prefix", str(TOOLS), "--no-save", "--no-package-lock", "--no-audit", "--no-fund",
           "--ignore-scripts", "--loglevel=error"]
    try:
        progress(npm, "Installing the browser tests' tools (an old Chromium, axe, the Nu validator) into .tools", 1,
                 lambda line: line.startswith("added"))
    except CannotGoOn as error:
        say(str(error))
        return [*left_out, "a way to the npm registry"]
    stamp.write_text(digest(TOOLS_LIST), "utf-8")
    return left_out


def test(rest: list[str]) -> int:
    """Run the tests; with arguments, pytest with those arguments (`test tests/core -x`)."""
    prepare("dev")
    left_out = browser_tools()
    sentence = left_out_sentence(left_out)
    if sentence:
        say(sentence)
    arguments = rest or ["-n", "2", "-p", "tests.browser.scheduling", "--durations=8"]
    say("Running the tests …")
    code = call(str(PYTHON), "-m", "pytest", *arguments)
    if sentence:
        say(sentence)
    return code


def left_out_sentence(left_out: Iterable[str]) -> str:
    """Return one sentence on what was not tested here and how to get it; nothing where all was."""
    packages = [name for name in left_out if " " not in name]
    reasons = [name for name in left_out if " " in name]
    if not packages and not reasons:
        return ""
    what = {"chromium": "the browser tests", "default-jre-headless": "the HTML validator",
            "nodejs": "the old phone and the scripts' syntax"}
    parts = [what[name] for name in packages if name in what] or ["the old phone and the HTML validator"]
    how = f"apt-get install {' '.join(packages)}" if packages else f"this machine lacks {', '.join(reasons)}"
    return f"Left out on this machine: {', '.join(parts)}; to have them too: {how}"


def check(_rest: list[str]) -> int:
    """Lint, types, layers, templates, and whether the catalogue is stale."""
    prepare("dev")
    failed = []
    for what, command in (
        ("ruff", ("ruff", "check", ".")),
        ("mypy", ("mypy",)),
        ("layers", ("lint-imports", "--no-logo")),
        ("templates", ("djlint", "--lint", "--quiet", "--profile=jinja", "portal/templates")),
    ):
        say(f"{what} …")
        if call(str(BIN / command[0]), *command[1:]):
            failed.append(what)
    say("strings …")
    if stale_catalogues():
        failed.append("strings: run `python3 run.py strings`")
    say("All is well" if not failed else f"To mend: {', '.join(failed)}")
    return 1 if failed else 0


def extract(target: Path) -> int:
    """Collect every phrase of the project into a template."""
    return call(str(BIN / "pybabel"), "--quiet", "extract", *EXTRACT, "-o", str(target), ".")


def catalogues() -> list[Path]:
    """Return each language's catalogue."""
    return sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))


def update(catalogue: Path, template: Path, *more: str) -> int:
    """Bring a catalogue up to date with the template, or with `--check` tell whether it is."""
    return call(str(BIN / "pybabel"), "--quiet", "update", "-i", str(template), "-o", str(catalogue), "-l",
                catalogue.parts[-3], "--no-wrap", "--no-fuzzy-matching", "--ignore-obsolete",
                "--ignore-pot-creation-date", *more)


def stale_catalogues() -> list[Path]:
    """Return the catalogues that lack a phrase of the project or hold one too many."""
    template = VENV / "messages.pot"
    if extract(template):
        return catalogues()
    return [catalogue for catalogue in catalogues() if update(catalogue, template, "--check")]


def strings(_rest: list[str]) -> int:
    """Collect every phrase into translations/, and print what is not translated yet."""
    prepare("dev")
    template = ROOT / "translations" / "messages.pot"
    if extract(template) or any(update(catalogue, template) for catalogue in catalogues()):
        return 1
    script = ("import sys, polib\n"
              "for path in sys.argv[1:]:\n"
              "    book = polib.pofile(path)\n"
              "    open_ = book.untranslated_entries() + book.fuzzy_entries()\n"
              "    print(f'{path}: {len(book)} phrases, {len(open_)} to translate')\n"
              "    for entry in open_: print('  ', entry.msgid)\n")
    return call(str(PYTHON), "-c", script, *(str(path.relative_to(ROOT)) for path in catalogues()))


def soak(rest: list[str]) -> int:
    """Kill workers 1,000 times at random moments and look that nothing is lost or doubled (--kills N)."""
    prepare("dev")
    return call(str(PYTHON), "-m", "tests.soak", *rest)


VERBS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo, "test": test, "check": check, "strings": strings, "soak": soak,
}


def main() -> int:
    """Do what the command line says; without a verb, print the verbs."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older Python is told so
        say(f"This needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    verbs = "\n".join(f"  {name:8} {(verb.__doc__ or '').strip()}" for name, verb in VERBS.items())
    parser = argparse.ArgumentParser(prog="python3 run.py", formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description=f"verbs:\n{verbs}")
    parser.add_argument("verb", nargs="?", choices=VERBS, metavar="verb")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="handed on")
    given = parser.parse_args()
    if not given.verb:
        parser.print_help()
        return 0
    try:
        return VERBS[given.verb](given.rest)
    except CannotGoOn as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
