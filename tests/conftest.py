"""What most tests stand on: fresh stores, a district to stand in, an app, and people who visit it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from portal.config import Config, Mail, sqlite_urls, write_secrets, read_secrets
from portal.core.db import Stores
from portal.migrations import upgrade
from tests.factories.places import District, make_district
from tests.visitor import Official, Villager

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in the village


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen unless they say otherwise."""
    return NOW


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a portal in a folder of its own."""
    write_secrets(tmp_path / "secrets")
    return Config(
        instance=tmp_path, base_url="http://127.0.0.1:8000", demo=True, stores=sqlite_urls(tmp_path),
        secrets=read_secrets(tmp_path / "secrets"), mail=Mail(),
    )


@pytest.fixture
def stores(config: Config, tmp_path: Path) -> Iterator[Stores]:
    """The three stores, empty, with every table."""
    made = Stores(config.stores, tmp_path)
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def district(stores: Stores) -> District:
    """A district with two towns and five villages, and one person in every role (see factories)."""
    with stores.portal.write() as session:
        return make_district(session, NOW)


@pytest.fixture
def app(config: Config, stores: Stores, district: District) -> Flask:  # noqa: ARG001 - the places must be there
    """The portal over these stores."""
    from portal.app import create_app  # noqa: PLC0415 - needs no app in tests of rules

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
