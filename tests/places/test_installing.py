"""A town sets the portal up from two spreadsheets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from portal import cli, installing
from portal import config as configuration
from portal.accounts import passwords
from portal.accounts import service as accounts
from portal.accounts.models import Person, Posting
from portal.config import Config
from portal.core.db import Stores
from portal.migrations import upgrade
from portal.places.models import Place
from tests.factories.places import District
from tests.meanwhile import Meanwhile

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PLACES = """kind,code,short,name,name_en,parent,adults,people,households,phone
village,990101101201,lh,柳河村,Liuhe,990101101,1121,1486,412,
district,990101,d,安平区,Anping,,,,,
town,990101101,qx,清溪镇,Qingxi,990101,,,,0311-1234567
"""
PEOPLE = """user,name,name_en,role,place,mail
sunhy,孙海燕,Sun Haiyan,village_clerk,lh,
liwd,李卫东,Li Weidong,town_discipline,qx,li@example.org
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two spreadsheets as an operator would make them."""
    one, two = tmp_path / "places.csv", tmp_path / "people.csv"
    one.write_text(PLACES, "utf-8")
    two.write_text(PEOPLE, "utf-8")
    return one, two


def _install(folder: Path, places: Path, people: Path | None) -> tuple[Stores, list[installing.Login]]:
    installing.prepare(folder, "https://cun.example.org")
    settings = configuration.load(folder)
    stores = Stores(settings.stores, folder)
    upgrade(stores)
    _number, logins = installing.install(stores, folder, NOW, places, people, "operator")
    return stores, logins


def _signs_in(session: Session, login: installing.Login) -> str | None:
    right = accounts.knows_password(session, login.user, login.password)
    return accounts.sign_in(session, NOW, login.user, right=right, code="")


def test_places_and_people_come_from_two_spreadsheets(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """Rows may stand in any order; an operator is made where none is listed; each can sign in."""
    stores, logins = _install(tmp_path / "real", *files)
    assert [login.user for login in logins] == ["sunhy", "liwd", "operator"]
    with stores.portal.write() as session:
        assert {place.kind for place in session.exec(select(Place)).all()} == {"district", "town", "village"}
        clerk = logins[0]
        assert clerk.totp == "", "the village signs in with its password alone"
        assert logins[1].totp, "a town signs in with a one-time code too"
        assert (
            _signs_in(session, clerk)
            is not None
        )
        assert (
            _signs_in(session, logins[1])
            is None
        )
    stores.close()


def test_first_passwords_are_for_their_owner_only(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """The file of first passwords, the settings and the secrets can be read by nobody else."""
    stores, _ = _install(tmp_path / "real", *files)
    stores.close()
    for name in ("first-passwords.txt", "portal.toml", "secrets/session", "secrets/receipt"):
        assert (tmp_path / "real" / name).stat().st_mode & 0o077 == 0, name


def test_a_bad_spreadsheet_names_every_bad_row_and_stores_nothing(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """All bad rows at once, nothing half set up."""
    files[0].write_text(PLACES.replace("village,", "hamlet,").replace("town,990101101", "town,99x"), "utf-8")
    installing.prepare(tmp_path / "real", "https://cun.example.org")
    settings = configuration.load(tmp_path / "real")
    stores = Stores(settings.stores, tmp_path / "real")
    upgrade(stores)
    with pytest.raises(installing.Faulty) as caught:
        installing.install(stores, tmp_path / "real", NOW, files[0], None, "operator")
    assert sorted(fault.row for fault in caught.value.faults) == [2, 4]
    with stores.portal.read() as session:
        assert session.exec(select(Place)).all() == []
        assert session.exec(select(Person)).all() == []
        assert session.exec(select(Posting)).all() == []
    stores.close()


@pytest.mark.parametrize("address", ["http://cun.example.org", "cun.example.org", ""])
def test_an_address_in_the_clear_is_refused(tmp_path: Path, address: str) -> None:
    """Ballots and reports never travel in the clear."""
    with pytest.raises(configuration.UnsafeConfig):
        installing.prepare(tmp_path / "real", address)


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    """A portal whose secrets lie open does not start."""
    installing.prepare(tmp_path / "real", "https://cun.example.org")
    (tmp_path / "real" / "secrets" / "session").chmod(0o644)
    with pytest.raises(configuration.UnsafeConfig, match="chmod 600"):
        configuration.load(tmp_path / "real")


def test_setting_up_twice_is_refused(tmp_path: Path) -> None:
    """A second `portal init` leaves the first installation alone."""
    installing.prepare(tmp_path / "real", "https://cun.example.org")
    with pytest.raises(configuration.UnsafeConfig, match="exists already"):
        installing.prepare(tmp_path / "real", "https://cun.example.org")


def test_first_passwords_hold_nobody_up(stores: Stores, district: District, tmp_path: Path, config: Config,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """People are brought into a portal that is in use: their first passwords are hashed while others write."""
    meanwhile = Meanwhile(stores)
    monkeypatch.setattr("portal.accounts.service.hash_password", meanwhile.during(passwords.hash_password))
    monkeypatch.setattr(cli, "_stores", lambda _args: (config, stores))
    sheet = tmp_path / "people.csv"
    sheet.write_text("user,name,name_en,role,place,mail\nsunhy,孙海燕,Sun,village_clerk,liuhe,\n"
                     "SunHY,孙海燕,Sun,supervision,liuhe,\nzhou,周建民,Zhou,secretary,shiqiao,\n", "utf-8")
    assert cli.main(["--instance", str(tmp_path), "import", "people", str(sheet)]) == 0
    assert meanwhile.asked == 2
    lines = (tmp_path / "first-passwords.txt").read_text("utf-8").splitlines()[1:]
    with stores.portal.read() as session:
        assert all(accounts.knows_password(session, *line.split("\t")[:2]) for line in lines)
    assert len(lines) == 2
