"""A step on a flag that a form asks for: it is done, or it is refused beside its field and noted."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.flags import service
from portal.flags.models import Flag
from portal.roles import Actor
from portal.web.edge import writing
from portal.web.forms import Form
from portal.web.guards import actor

Verb = Callable[[Session, Actor, datetime, Flag], None]
Step = Callable[[Session, Actor, datetime], None]


def on(flag_id: str, verb: Verb) -> Step:
    """Return the step that does this to a flag."""
    return lambda session, person, now: verb(session, person, now, session.get_one(Flag, flag_id))


def taken(form: Form, flag_id: str, step: Step) -> bool:
    """Do a step in one transaction and return whether it was done.

    What was refused stands in the form, and its attempt among the flag's notes: the refused transaction left nothing.
    """
    if not form.ok:
        return False
    person, now = actor(), utc_now()
    try:
        with writing() as session:
            step(session, person, now)
    except Refused as refused:
        form.take(refused)
        with writing() as session:
            service.note_refusal(session, person, now, session.get_one(Flag, flag_id))
        return False
    return True
