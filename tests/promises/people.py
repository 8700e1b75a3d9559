"""Acts of the secretary and the town that several tests need."""

from datetime import date, datetime
from io import BytesIO

from PIL import Image
from sqlmodel import Session

from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.core.clock import local_day
from portal.promises import service
from portal.promises.models import Promise
from portal.roles import Actor
from tests.conftest import NOW
from tests.factories.places import District


def acting(session: Session, person: Person) -> Actor:
    """Return a person as somebody who acts, with today's roles."""
    return Actor(person.id, person.name, person.name_en, "", accounts.grants(session, person.id, local_day(NOW)))


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a photo as a phone would send it."""
    out = BytesIO()
    Image.new("RGB", size, (120, 90, 40)).save(out, "JPEG")
    return out.getvalue()


def promised(session: Session, district: District, now: datetime, title: str = "修通水泥路 1.8 公里",
             by_day: date = date(2026, 12, 20)) -> Promise:
    """Let the secretary of the first village promise something."""
    secretary = acting(session, district.person("secretary"))
    return service.promise(session, secretary, now, district["liuhe"], year=2026, title=title,
                           words="三组到镇上，路面宽 4 米", by_day=by_day, target="1.80", unit="公里")
