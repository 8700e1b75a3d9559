"""Sets up a real installation: the folder, the secrets, the places and the people from spreadsheets."""

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyotp
from sqlmodel import Session, select

from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.models import Person, Posting
from portal.config import UnsafeConfig, write_secrets
from portal.core.clock import local_day
from portal.core.db import Stores
from portal.core.errors import Refused
from portal.core.tables import read_tables
from portal.places import queries as places
from portal.places import service as place_service
from portal.places.models import KINDS
from portal.roles import GRANTS, Role, needs_second_factor

PLACE_COLUMNS = ("kind", "code", "short", "name", "name_en", "parent", "adults", "people", "households", "phone")
PERSON_COLUMNS = ("user", "name", "name_en", "role", "place", "mail")
NUMBERS = ("adults", "people", "households")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that a hurried reader mistakes for another


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one row of a spreadsheet; `row` counts from 1 as the spreadsheet shows it."""

    row: int
    reason: str


class Faulty(Exception):
    """A spreadsheet that can't be taken; holds every bad row at once. Nothing of it was stored."""

    def __init__(self, name: str, faults: Sequence[RowFault]) -> None:
        self.faults = list(faults)
        super().__init__(f"{name}: " + "; ".join(f"row {fault.row}: {fault.reason}" for fault in faults))


@dataclass(frozen=True)
class Login:
    """A first password, told once. `totp` is the secret for the code app, "" where none is needed."""

    user: str
    password: str
    totp: str


@dataclass(frozen=True)
class First:
    """A first password, and what is kept of it."""

    password: str
    kept: str


def prepare(instance: Path, base_url: str, *, demo: bool = False) -> None:
    """Make an instance folder with its settings and secrets.

    Raises UnsafeConfig where settings exist already or where the address is not https (outside the demo).
    """
    if not demo and not base_url.startswith("https://"):
        message = "the address must begin with https:// (ballots and reports never travel in the clear)"
        raise UnsafeConfig(message)
    path = instance / "portal.toml"
    if path.exists():
        message = f"{path} exists already: this installation has been set up"
        raise UnsafeConfig(message)
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secrets(instance / "secrets")
    lines = [
        "# The portal's settings. Secrets are in secrets/, never here.",
        f'base_url = "{base_url.rstrip("/")}"',
        f"demo = {str(demo).lower()}",
        "proxies = 0  # how many reverse proxies stand in front",
        "",
        "# Whoever between a phone and this machine keeps something (network centre, firewall): /privacy lists it.",
        "# [[keepers]]",
        '# zh = "区网络中心：连接的钟点和地址，留六个月，不记看了哪一页"',
        '# en = "The district’s network centre: hour and address of a connection, for six months, no page"',
        "",
        "# [stores]  # elsewhere than SQLite files in this folder:",
        '# portal = "postgresql+psycopg://user@host/portal"',
        "",
        "# [mail]  # without it, digests wait at the desk",
        '# host = "mail.example"',
        '# sender = "portal@example"',
        "",
    ]
    path.write_text("\n".join(lines), "utf-8")
    path.chmod(0o600)


def read_rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return a spreadsheet's rows as column -> text, each with its number. Raises Faulty, OSError or TableError."""
    sheet = read_tables(path.name, path.read_bytes())[0]
    titles = [str(cell or "").strip().lower() for cell in sheet.rows[0]] if sheet.rows else []
    missing = [column for column in columns[:4] if column not in titles]
    if missing:
        raise Faulty(path.name, [RowFault(1, f"there is no column {', '.join(missing)}")])
    rows = []
    for number, cells in enumerate(sheet.rows[1:], 2):
        values = {title: _text(cells[at]) for at, title in enumerate(titles) if at < len(cells)}
        if any(values.values()):
            rows.append((number, {column: values.get(column, "") for column in columns}))
    return rows


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def import_places(session: Session, now: datetime, name: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> int:
    """Add places, those above before those below; return how many. Raises Faulty with every bad row."""
    faults: list[RowFault] = []
    order = {kind: at for at, kind in enumerate(KINDS)}
    for number, values in sorted(rows, key=lambda row: (order.get(row[1]["kind"], 9), row[0])):
        parent = places.by_code(session, values["parent"]) if values["parent"] else None
        reason = _place_fault(values, parent is not None)
        if reason:
            faults.append(RowFault(number, reason))
            continue
        numbers = {key: int(values[key] or 0) for key in NUMBERS}
        try:
            place_service.create(
                session,
                now,
                parent=parent,
                kind=values["kind"],
                code=values["code"],
                short=values["short"] or values["code"],
                name=values["name"],
                name_en=values["name_en"],
                phone=values["phone"],
                **numbers,
            )
        except Refused as refused:
            faults.append(RowFault(number, str(refused)))
    if faults:
        raise Faulty(name, faults)
    return len(rows)


def _place_fault(values: Mapping[str, str], has_parent: bool) -> str:
    if values["kind"] not in KINDS:
        return f"kind is {values['kind']!r}, not one of {', '.join(KINDS)}"
    if not values["code"].isdigit() or len(values["code"]) > 12:
        return "code must be a statistical code of at most 12 digits"
    if not values["name"]:
        return "name is missing"
    if values["kind"] != "district" and not has_parent:
        return f"parent {values['parent']!r} is not known"
    if any(values[key] and not values[key].isdigit() for key in NUMBERS):
        return "adults, people and households are whole numbers"
    if values["kind"] == "village" and not int(values["adults"] or 0):
        return "a village needs its number of adults: thresholds and ballots depend on it"
    return ""


def firsts(session: Session, users: Iterable[str]) -> dict[str, First]:
    """Return a first password for everybody whom nobody knows yet. Slow on purpose: ask it outside a transaction."""
    found: dict[str, First] = {}
    for user in dict.fromkeys(each.strip().lower() for each in users):
        if user and people.by_user(session, user) is None:
            password = first_password()
            found[user] = First(password, accounts.hashed(password))
    return found


def import_people(
    session: Session, now: datetime, name: str, rows: Sequence[tuple[int, Mapping[str, str]]],
    made: Mapping[str, First],
) -> list[Login]:
    """Add people with their roles; return the first passwords of those who are new. Raises Faulty.

    `made` is what `firsts` returned for the rows' users.
    """
    faults: list[RowFault] = []
    logins: list[Login] = []
    for number, values in rows:
        place = places.by_code(session, values["place"])
        if values["role"] not in set(Role):
            faults.append(RowFault(number, f"role is {values['role']!r}, not one of {', '.join(Role)}"))
        elif place is None:
            faults.append(RowFault(number, f"place {values['place']!r} is not known"))
        elif GRANTS[Role(values["role"])][0] != place.kind:
            faults.append(RowFault(number, f"{values['role']} is held at a {GRANTS[Role(values['role'])][0]}"))
        elif not values["user"] or not values["name"]:
            faults.append(RowFault(number, "user and name are needed"))
        else:
            person, login = _person(session, values, made)
            logins += [login] if login else []
            accounts.give_role(session, now, person, Role(values["role"]), place)
    if faults:
        raise Faulty(name, faults)
    return logins


def _person(session: Session, values: Mapping[str, str], made: Mapping[str, First]) -> tuple[Person, Login | None]:
    role = Role(values["role"])
    known = people.by_user(session, values["user"])
    if known is not None:
        if needs_second_factor(role) and not known.totp:
            known.totp = pyotp.random_base32()
            session.add(known)
            return known, Login(known.user, "(unchanged)", known.totp)
        return known, None
    first = made[values["user"].strip().lower()]
    totp = pyotp.random_base32() if needs_second_factor(role) else ""
    person = accounts.add_person(
        session,
        user=values["user"],
        name=values["name"],
        name_en=values["name_en"],
        kept=first.kept,
        mail=values["mail"],
        totp=totp,
    )
    return person, Login(person.user, first.password, totp)


def first_password() -> str:
    """Return a first password: four groups of four easily told letters and digits (79 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def install(
    stores: Stores, instance: Path, now: datetime, place_file: Path, people_file: Path | None, operator: str
) -> tuple[int, list[Login]]:
    """Fill a new installation; return how many places and the first passwords, also kept in a private file.

    Raises Faulty, and stores nothing then.
    """
    rows = read_rows(people_file, PERSON_COLUMNS) if people_file is not None else []
    with stores.portal.read() as session:
        made = firsts(session, [operator, *(values["user"] for _, values in rows)])
    with stores.portal.write() as session:
        number = import_places(session, now, place_file.name, read_rows(place_file, PLACE_COLUMNS))
        district = places.district(session)
        if district is None:
            raise Faulty(place_file.name, [RowFault(1, "a row of kind district is needed")])
        logins = []
        if people_file is not None:
            logins = import_people(session, now, people_file.name, rows, made)
        has_operator = session.exec(select(Posting).where(Posting.role == Role.OPERATOR)).first()
        if has_operator is None:
            first = made[operator.strip().lower()]
            login = Login(operator, first.password, pyotp.random_base32())
            person = accounts.add_person(session, user=login.user, name=operator, kept=first.kept, totp=login.totp)
            accounts.give_role(session, now, person, Role.OPERATOR, district)
            logins.append(login)
    write_logins(instance / "first-passwords.txt", logins, local_day(now).isoformat())
    return number, logins


def write_logins(path: Path, logins: Sequence[Login], day: str) -> None:
    """Keep first passwords in a file that only its owner can read, to hand out and then delete."""
    text = f"# First passwords, {day}. Hand them out, then delete this file.\n"
    text += "".join(f"{login.user}\t{login.password}\t{login.totp}\n" for login in logins)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
