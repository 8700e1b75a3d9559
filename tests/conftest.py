"""What most tests stand on: fresh stores, a district to stand in, an app, and people who visit it."""

import copy
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings

from portal.config import Config, Mail, read_secrets, sqlite_urls, write_secrets
from portal.core.db import Stores
from portal.everything import LOADED
from portal.reports.views import following
from tests.factories.places import District, make_district
from tests.visitor import Official, Villager

# A busy machine is no fault of a rule. At a desk the examples are new each time, and find what nobody thought of; where
# nothing is left out they are the same each time, so that a change is judged by itself.
settings.register_profile("steady", deadline=None, derandomize="PORTAL_LEAVE_NOTHING_OUT" in os.environ)
settings.load_profile("steady")

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in the village


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen unless they say otherwise."""
    return NOW


@pytest.fixture(autouse=True)
def no_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers to sixteen digits leave at once; what they wait for is tested where they are."""
    monkeypatch.setattr(following, "PULSE", 0.0)


def _config(folder: Path) -> Config:
    return Config(
        instance=folder, base_url="http://127.0.0.1:8000", demo=True, stores=sqlite_urls(folder),
        secrets=read_secrets(folder / "secrets"), mail=Mail(),
    )


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with secrets and the three stores, every table empty; made once and copied for each test."""
    assert LOADED, "every table is known"
    folder = tmp_path_factory.mktemp("blank")
    write_secrets(folder / "secrets")
    made = Stores(sqlite_urls(folder), folder)
    for store in made:
        store.metadata.create_all(store.engine)
    _rest(made)
    return folder


@pytest.fixture(scope="session")
def settled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, District]:
    """The same with a district in it, and that district."""
    folder = tmp_path_factory.mktemp("settled")
    shutil.copytree(blank, folder, dirs_exist_ok=True)
    made = Stores(sqlite_urls(folder), folder)
    with made.portal.write() as session:
        district = make_district(session, NOW)
        for thing in (*district.places.values(), *district.people.values()):
            session.refresh(thing)
        session.expunge_all()
    _rest(made)
    return folder, district


def _rest(stores: Stores) -> None:
    """Bring everything from the write-ahead logs into the files, so that they can be copied."""
    for store in stores:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    stores.close()


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """Settings of a portal in a folder of its own; with a district where the test asks for one."""
    asks = {"district", "app", "villager", "official"} & set(request.fixturenames)
    source = request.getfixturevalue("settled")[0] if asks else request.getfixturevalue("blank")
    shutil.copytree(source, tmp_path, dirs_exist_ok=True)
    return _config(tmp_path)


@pytest.fixture
def stores(config: Config, tmp_path: Path) -> Iterator[Stores]:
    """The three stores, with every table."""
    made = Stores(config.stores, tmp_path)
    yield made
    made.close()


@pytest.fixture
def district(config: Config, settled: tuple[Path, District]) -> District:
    """A district with two towns and five villages, and one person in every role (see factories)."""
    return copy.deepcopy(settled[1])


@pytest.fixture
def app(config: Config, stores: Stores, district: District) -> Flask:
    """The portal over these stores."""
    from portal.app import create_app

    return create_app(config, stores=stores)


@pytest.fixture
def villager(app: Flask) -> Villager:
    """Somebody with a phone and no account."""
    return Villager(app)


@pytest.fixture
def official(app: Flask, district: District) -> "type[Official]":
    """Makes officials: `official("village_clerk")` signs in as the one at the first village."""

    def make(role: str, place: str | None = None) -> Official:
        return Official(app, district.person(role, place))

    return make  # type: ignore[return-value]
