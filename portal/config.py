"""The portal's settings: read once from the instance folder, frozen, unsafe defaults refused outside the demo.

An instance folder holds `portal.toml` (what an operator may read aloud), `secrets/` (what nobody may) and,
by default, the three stores. `portal init` makes it.
"""

import os
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECRET_NAMES = ("session", "receipt", "slips")
SECRET_BYTES = 32


class UnsafeConfig(Exception):
    """The portal refuses to start: something in the instance folder is unsafe. The message says what to do."""


@dataclass(frozen=True)
class Mail:
    """Where digests are sent. Without a host they wait at the desk."""

    host: str = ""
    port: int = 25
    sender: str = ""


@dataclass(frozen=True)
class Keeper:
    """Somebody between a phone and this machine who keeps something: what, and for how long, as everybody reads it."""

    zh: str
    en: str


@dataclass(frozen=True)
class Config:
    """Everything the program is told from outside."""

    instance: Path
    base_url: str
    demo: bool
    stores: dict[str, str]
    secrets: dict[str, bytes]
    mail: Mail
    proxies: int = 0
    keepers: tuple[Keeper, ...] = ()

    @property
    def secure(self) -> bool:
        """Tell whether pages are served over TLS, so that cookies must be."""
        return self.base_url.startswith("https://")


def sqlite_urls(folder: Path) -> dict[str, str]:
    """Return the default URLs of the three stores: three SQLite files in `folder`."""
    return {name: f"sqlite:///{folder / (name + '.sqlite')}" for name in ("portal", "vault", "booth")}


def write_secrets(folder: Path) -> None:
    """Make the secrets that are missing, each in a file that only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in SECRET_NAMES:
        path = folder / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
                handle.write(secrets.token_bytes(SECRET_BYTES))


def read_secrets(folder: Path) -> dict[str, bytes]:
    """Return the secrets by name. Raises UnsafeConfig when one is missing, short or readable by others."""
    found = {}
    for name in SECRET_NAMES:
        path = folder / name
        if not path.exists():
            message = f"the secret {path} is missing: put the folder secrets/ of this installation back in its place"
            raise UnsafeConfig(message)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            message = f"others can read {path}: run `chmod 600 {path}`"
            raise UnsafeConfig(message)
        found[name] = path.read_bytes()
        if len(found[name]) < SECRET_BYTES:
            message = f"the secret {path} is shorter than {SECRET_BYTES} bytes: delete it and run `portal init`"
            raise UnsafeConfig(message)
    return found


def _keepers(values: dict[str, Any], path: Path) -> tuple[Keeper, ...]:
    try:
        return tuple(Keeper(str(one["zh"]), str(one["en"])) for one in values.get("keepers", []))
    except (KeyError, TypeError) as error:
        message = f"each [[keepers]] in {path} needs zh and en: one sentence in each language, for /privacy"
        raise UnsafeConfig(message) from error


def load(instance: Path) -> Config:
    """Read an instance folder. Raises UnsafeConfig with one clear sentence."""
    path = instance / "portal.toml"
    if not path.exists():
        message = f"{path} is missing: run `portal init`, or `python3 run.py demo` to try the demonstration"
        raise UnsafeConfig(message)
    values = tomllib.loads(path.read_text("utf-8"))
    demo = bool(values.get("demo", False))
    base_url = str(values.get("base_url", "")).rstrip("/")
    if not demo and not base_url.startswith("https://"):
        message = f"base_url in {path} must begin with https:// (ballots and reports never travel in the clear)"
        raise UnsafeConfig(message)
    return Config(
        instance=instance,
        base_url=base_url,
        demo=demo,
        stores={**sqlite_urls(instance), **values.get("stores", {})},
        secrets=read_secrets(instance / "secrets"),
        mail=Mail(**values.get("mail", {})),
        proxies=int(values.get("proxies", 0)),
        keepers=_keepers(values, path),
    )
