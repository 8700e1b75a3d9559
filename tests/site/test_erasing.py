"""What an entry of the log stands for can be erased for a lawful reason, by two officials, and the log still holds."""

import io
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from portal import cli
from portal.accounts.models import Person
from portal.config import Config
from portal.core.db import Stores
from portal.log import queries, verify
from portal.log.models import LogEntry, LogPayload
from tests.factories.places import PASSWORD, District

Erase = Callable[..., int]
TOWN, DISCIPLINE = ("town_office", "qingxi"), ("town_discipline", "qingxi")


@pytest.fixture
def unit(district: District) -> str:
    return district["qingxi"].unit


@pytest.fixture
def erase(config: Config, stores: Stores, district: District, unit: str, monkeypatch: pytest.MonkeyPatch) -> Erase:
    """Runs `portal erase` as two people at a terminal do, each typing a password and a code."""

    def run(entry: int = 3, reason: str = "minor", people: tuple[tuple[str, str], ...] = (TOWN, DISCIPLINE),
            password: str = PASSWORD) -> int:
        with stores.portal.read() as session:
            found = [session.get_one(Person, district.people[each].id) for each in people]
        typed = "".join(f"{password}\n{pyotp.TOTP(one.totp).now() if one.totp else ''}\n" for one in found)
        monkeypatch.setattr(cli, "_stores", lambda _args: (config, stores))
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        names = [option for one in found for option in ("--by", one.user)]
        return cli.main(["erase", unit, str(entry), "--reason", reason, *names])

    return run


def payload(stores: Stores, unit: str, entry: int = 3) -> LogPayload | None:
    with stores.portal.read() as session:
        return session.get(LogPayload, (unit, entry))


def test_two_officials_erase(erase: Erase, stores: Stores, unit: str, tmp_path: Path) -> None:
    """Facts and salt are in no file any more; the entry stands, the log holds, and says why and who."""
    before = payload(stores, unit)
    assert before is not None
    with stores.portal.read() as session:
        head = queries.head(session, unit)
    assert erase() == 0
    assert payload(stores, unit) is None
    assert not any(before.salt in path.read_bytes() for path in tmp_path.glob("portal.sqlite*"))
    assert verify.verify_store(stores) == []
    with stores.portal.read() as session:
        entries = session.exec(select(LogEntry).where(LogEntry.unit == unit)).all()
        assert len(entries) == head.size + 1
        assert verify.fits([one.entry_hash for one in entries], head.digits, head.size), "last month's sheet still fits"
        last = max(entries, key=lambda one: one.seq)
        body = session.get_one(LogPayload, (unit, last.seq)).body.decode()
    assert last.kind == "payload:erased"
    assert '"erased":3' in body
    assert '"reason":"minor"' in body


@pytest.mark.parametrize("wrong", [
    {"people": (TOWN, TOWN)}, {"people": (TOWN,)}, {"people": (TOWN, ("village_clerk", "liuhe"))},
    {"people": (TOWN, ("operator", "district"))}, {"people": (TOWN, ("town_office", "baisha"))},
    {"password": "not the password"}, {"entry": 999}, {"entry": -1},
])
def test_nobody_erases_alone_or_elsewhere(erase: Erase, stores: Stores, unit: str, wrong: dict[str, object],
                                          capsys: pytest.CaptureFixture[str]) -> None:
    """One person twice, a village's clerk, the operator, another town, a wrong password, no such entry: refused."""
    assert erase(**wrong) == 1
    assert payload(stores, unit) is not None
    assert capsys.readouterr().err.count("portal: ") == 1


def test_only_for_a_reason_that_the_law_knows(erase: Erase, stores: Stores, unit: str) -> None:
    """Another reason is not even taken, and what is erased can't be erased again."""
    with pytest.raises(SystemExit):
        erase(reason="because")
    assert payload(stores, unit) is not None
    assert erase() == 0
    with stores.portal.write() as session:  # codes work once: as if half a minute had gone by
        for person in session.exec(select(Person)).all():
            person.totp_used = 0
    assert erase() == 1
