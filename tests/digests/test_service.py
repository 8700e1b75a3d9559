"""One digest a town and week, mailed where there is a host, kept where there is none."""

import socket
import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Person
from portal.config import Mail
from portal.core.db import Stores
from portal.digests import queries, service
from portal.digests.models import Digest
from tests.factories.flags import loud_flag
from tests.factories.places import District


class Host(threading.Thread):
    """A mail host that takes one message and keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.heard = b""

    def run(self) -> None:
        connection, _from = self.server.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 ready\r\n")
            body = False
            for line in lines:
                self.heard += line
                if body:
                    if line == b".\r\n":
                        body = False
                        connection.sendall(b"250 taken\r\n")
                    continue
                word = line[:4].upper()
                body = word == b"DATA"
                connection.sendall({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
                if word == b"QUIT":
                    break
        self.server.close()


def _digests(stores: Stores) -> list[Digest]:
    with stores.portal.read() as session:
        return list(session.exec(select(Digest)).all())


def test_one_digest_a_week_however_often(stores: Stores, district: District, now: datetime) -> None:
    """A repeated tick makes no second digest and changes no word of the first."""
    town = district["qingxi"]
    assert service.weekly(stores, now, town, Mail())
    first = _digests(stores)[0]
    for hours in (1, 48):
        assert not service.weekly(stores, now + timedelta(hours=hours), town, Mail())
    assert [digest.mail_text for digest in _digests(stores)] == [first.mail_text]
    assert (first.week, first.sent) == ("2026-W47", False)
    assert service.weekly(stores, now + timedelta(weeks=1), town, Mail())
    with stores.portal.read() as session:
        assert queries.weeks(session, town.id) == ["2026-W48", "2026-W47"]


def test_without_a_host_it_waits_and_with_one_it_goes_once(stores: Stores, district: District, now: datetime) -> None:
    """What could not be mailed is mailed by a later tick, to the town's readers only, and then never again."""
    town = district["qingxi"]
    with stores.portal.write() as session:
        for role in ("town_office", "village_clerk"):
            person = district.person(role)
            person.mail = f"{role}@example.org"
            session.add(person)
    service.weekly(stores, now, town, Mail(host="127.0.0.1", port=9, sender="portal@example.org"))
    assert not _digests(stores)[0].sent
    host = Host()
    host.start()
    mail = Mail(host="127.0.0.1", port=host.port, sender="portal@example.org")
    service.weekly(stores, now, town, mail)
    host.join(10)
    assert _digests(stores)[0].sent
    assert b"town_office@example.org" in host.heard
    assert b"village_clerk" not in host.heard
    service.weekly(stores, now, town, mail)


def test_no_village_under_a_look_is_named(stores: Stores, district: District, now: datetime) -> None:
    """The digest says that a decision waits; it names the town, never the village."""
    with stores.portal.write() as session:
        loud_flag(session, district, now)
    with stores.portal.read() as session:
        body = queries.gather(stores, session, now, district["baisha"])
    lines = [line for section in body["sections"].values() for line in section if line["endpoint"] == "flags.one"]
    assert [line["place"] for line in lines] == ["白沙镇"]
    assert body["counts"]["flags"] == 1


def test_the_same_week_gives_the_same_digest(stores: Stores, district: District, now: datetime) -> None:
    """Computed twice, a week is the same."""
    with stores.portal.read() as session:
        assert queries.gather(stores, session, now, district["qingxi"]) == queries.gather(
            stores, session, now, district["qingxi"])


@pytest.mark.parametrize("town", ["qingxi", "baisha"])
def test_villages_stand_by_code(stores: Stores, district: District, now: datetime, town: str) -> None:
    """No league table: the villages' order is that of their codes."""
    with stores.portal.read() as session:
        codes = [row["code"] for row in queries.gather(stores, session, now, district[town])["villages"]]
    assert codes == sorted(codes)


def test_no_setting_of_mail_stops_what_comes_after(stores: Stores, district: District, now: datetime) -> None:
    """A line break in an address: the digest is kept the others get theirs; a wrong sender stops nothing."""
    town = district["qingxi"]
    with stores.portal.write() as session:
        for role, mail in (("town_office", "a@example.org\nBcc: x@example.org"), ("town_discipline", "b@example.org")):
            person = session.get_one(Person, district.person(role).id)
            person.mail = mail
            session.add(person)
    for sender in ("portal@example.org\nBcc: x@example.org", "a@[", "\ud800@example.org"):
        service.weekly(stores, now, town, Mail(host="127.0.0.1", port=9, sender=sender))
        assert not _digests(stores)[0].sent
    host = Host()
    host.start()
    service.weekly(stores, now, town, Mail(host="127.0.0.1", port=host.port, sender="portal@example.org"))
    host.join(10)
    assert _digests(stores)[0].sent
    assert b"b@example.org" in host.heard
    assert b"x@example.org" not in host.heard
