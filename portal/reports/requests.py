"""What a village sees to for an office: a road, a lamp, a question. It gets the officer's summary, never the report."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session

from portal.core.clock import local_day
from portal.core.errors import Refused
from portal.core.words import N_
from portal.places import service as places
from portal.places.models import Place
from portal.reports import queries, rules
from portal.reports.models import Report, Request
from portal.roles import Actor

VILLAGE_DAYS = 15  # domain.md 3.11: village matters within 15 days


def ask(session: Session, now: datetime, village: Place, office: Place, report: Report, summary: str) -> Request:
    """Ask a village to see to a harmless matter. Raises Refused for a complaint: those never reach the village."""
    if not rules.BY_KEY[report.category].harmless:
        raise Refused(N_("Complaints never go to the village."), field="summary")
    if report.state == "closed":
        raise Refused(N_("This case is closed: nothing is asked of the village any more."), field="summary")
    if queries.request_for(session, report.id) is not None:
        raise Refused(N_("The village was asked already."), field="summary")
    today = local_day(now)
    request = Request(place_id=village.id, office_id=office.id, report_id=report.id, summary=summary, asked_on=today,
                      due=today + timedelta(days=VILLAGE_DAYS))
    session.add(request)
    places.touch(session, village)
    return request


def publish(session: Session, now: datetime, village: Place, request: Request) -> None:
    """Let summary and answer stand on the village's page, for others with the same question. Raises Refused."""
    if request.answered_on is None:
        raise Refused(N_("The village has not answered yet."))
    if request.published_on is not None:
        return
    request.published_on = local_day(now)
    session.add(request)
    places.record_act(session, now, village, "answer:published", answer=request.id, content=sha256(
        f"{request.summary}\n{request.answer}".encode()).hexdigest())


def answer(session: Session, actor: Actor, now: datetime, village: Place, request_id: str, text: str) -> Request:
    """Answer what an office asked. Raises LookupError for another village's, Refused when it was answered."""
    request = session.get(Request, request_id)
    if request is None or request.place_id != village.id:
        raise LookupError(request_id)
    if request.answered_on is not None:
        raise Refused(N_("This was answered already."))
    request.answer, request.answered_on, request.answered_by = text, local_day(now), actor.person_id
    session.add(request)
    return request
