"""Makes the demonstration district in an instance folder and writes `demo.json`."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from portal import config as configuration
from portal.core.db import Stores
from portal.installing import prepare
from portal.migrations import upgrade
from portal.seeding import ballots, digests, disclosures, flags, places, promises, reports
from portal.seeding.world import World

Say = Callable[[str], None]
PARTS: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("places and people", places.seed),
    ("promises", promises.seed),
    ("a year of open books", disclosures.seed),
    ("ballots", ballots.seed),
    ("reports", reports.seed),
    ("flags and reviews", flags.seed),
    ("digests", digests.seed),
)
EMPTY: dict[str, list[object]] = {
    "villages": [], "logins": [], "household_cards": [], "member_cards": [], "rounds": [], "voice_slips": [],
    "offices": [], "reports": [],
}


def ready(instance: Path) -> bool:
    """Tell whether a whole demonstration stands in the folder."""
    return (instance / "demo.json").exists()


def make(instance: Path, now: datetime, base_url: str, say: Say) -> None:
    """Make the demonstration. `say` hears of each step. Whatever stood half-made in the folder goes."""
    clear(instance)
    prepare(instance, base_url, demo=True)
    config = configuration.load(instance)
    stores = Stores(config.stores, instance)
    upgrade(stores)
    world = World(config, stores, now)
    world.demo.update({key: list(value) for key, value in EMPTY.items()})
    for number, (words, part) in enumerate(PARTS, 1):
        say(f"  {number} of {len(PARTS)}: {words}")
        part(world)
    stores.close()
    (instance / "demo.json").write_text(
        json.dumps({"base_url": base_url, **world.demo}, ensure_ascii=False, indent=1), "utf-8")


def clear(instance: Path) -> None:
    """Take a demonstration away. Refuses to touch a real installation."""
    settings = instance / "portal.toml"
    if settings.exists() and not configuration.load(instance).demo:
        message = f"{instance} holds a real installation; the demonstration stays out of it"
        raise configuration.UnsafeConfig(message)
    if instance.exists():
        shutil.rmtree(instance)


def set_base_url(instance: Path, base_url: str) -> None:
    """Let an existing demonstration know where it is served now."""
    for name in ("demo.json", "portal.toml"):
        path = instance / name
        text = path.read_text("utf-8")
        if name == "demo.json":
            facts = json.loads(text)
            if facts["base_url"] != base_url:
                facts["base_url"] = base_url
                path.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
        else:
            lines = [f'base_url = "{base_url}"' if line.startswith("base_url") else line for line in text.splitlines()]
            path.write_text("\n".join(lines) + "\n", "utf-8")
