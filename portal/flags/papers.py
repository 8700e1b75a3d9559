"""Documents that the person under review hands in beside the statement: for the panel, the signer and an appeal."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from portal.core import files
from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.flags import conflicts, queries
from portal.flags.models import PAPER_BYTES, Flag, PanelMember, ReviewPaper
from portal.flags.review import STATEMENT_OVER, step, subject
from portal.places import queries as places
from portal.roles import Actor, Permission

MOST = 6
LONGEST_NAME = 80
NO_FILE = N_("Choose a file first.")
TOO_MANY = N_("At most %(most)s documents can be handed in.")
WRONG_KIND = N_("Only pictures (JPEG, PNG, WebP) and PDF files can be handed in.")
TOO_LARGE = N_("This file is larger than %(limit)s MB.")


@dataclass(frozen=True)
class Listed:
    """A document without its content."""

    id: str
    name: str
    size: int


def listed(session: Session, flag_id: str) -> list[Listed]:
    """Return the documents handed in for a review, in their order. One query."""
    query = select(ReviewPaper.id, ReviewPaper.name, ReviewPaper.size).where(ReviewPaper.flag_id == flag_id)
    return [Listed(*row) for row in session.exec(query.order_by(col(ReviewPaper.number))).all()]


def hand_in(session: Session, actor: Actor, now: datetime, flag: Flag, name: str, content: bytes) -> None:
    """Take a document in, while there is time for the statement. Pictures keep their pixels only. Raises Refused."""
    review, village = subject(session, actor, flag)
    if review.statement_by is None or review.statement_by < local_day(now):
        raise Refused(STATEMENT_OVER, field="paper")
    if not content:
        raise Refused(NO_FILE, field="paper")
    there = listed(session, flag.id)
    if len(there) >= MOST:
        raise Refused(TOO_MANY, field="paper", most=MOST)
    kind = files.kind_of(content)
    if kind is None:
        raise Refused(WRONG_KIND, field="paper")
    if kind == "pdf":
        files.check_pdf(content)
    else:
        content, kind = files.clean_picture(content), "jpeg"
    if len(content) > PAPER_BYTES:
        raise Refused(TOO_LARGE, field="paper", limit=PAPER_BYTES // 1024 // 1024)
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:LONGEST_NAME] or "file"
    session.add(ReviewPaper(flag_id=flag.id, number=len(there) + 1, name=name, kind=kind, size=len(content),
                            content=content, added_on=local_day(now)))
    step(session, now, flag, village, "paper", actor.person_id, [len(there) + 1, len(content)])


def drop(session: Session, flag_id: str) -> None:
    """Take every document of a review away: nothing of an accusation stays once somebody is cleared."""
    session.exec(delete(ReviewPaper).where(col(ReviewPaper.flag_id) == flag_id))


def readable(session: Session, actor: Actor, now: datetime, paper_id: str) -> ReviewPaper | None:
    """Return a document for whoever may read it: the subject, the panel, an appeal's second, offices of reviews."""
    paper = session.get(ReviewPaper, paper_id)
    flag = session.get(Flag, paper.flag_id) if paper else None
    row = queries.review(session, flag.id) if flag else None
    if paper is None or flag is None or row is None:
        return None
    if row.subject_id == actor.person_id:
        return paper
    village = places.get(session, flag.village_id)
    if conflicts.why_not(session, actor, flag, village, local_day(now)) is not None:
        return None
    part = session.get(PanelMember, (flag.id, actor.person_id)) is not None or row.answered_second == actor.person_id
    part = part and queries.in_office(session, village, actor.person_id, local_day(now))
    return paper if part or actor.may(Permission.FLAG_READ, village.path) else None
