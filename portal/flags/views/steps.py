"""A step on a flag that a form asks for: it is done, or it is refused beside its field and noted."""

from collections.abc import Callable
from datetime import datetime

from flask import request
from sqlmodel import Session

from portal.core.clock import utc_now
from portal.core.errors import Refused
from portal.flags import service
from portal.flags.models import Flag
from portal.roles import Actor
from portal.web.edge import edge, writing
from portal.web.forms import Form
from portal.web.guards import actor

Verb = Callable[[Session, Actor, datetime, Flag], None]
Step = Callable[[Session, Actor, datetime], None]


def on(flag_id: str, verb: Verb) -> Step:
    """Return the step that does this to a flag."""
    return lambda session, person, now: verb(session, person, now, session.get_one(Flag, flag_id))


SHORT = {"name_conflict": "unfair", "second_answer": "second"}
"""What a note calls a step whose page has a longer name; see `words.REFUSED`."""


def called() -> str:
    """Return what a note calls the step that this request asks for."""
    name = (request.endpoint or "").rpartition(".")[2]
    return SHORT.get(name, name)


def taken(form: Form, flag_id: str, step: Step, *, noted: bool = True) -> bool:
    """Do a step in one transaction and return whether it was done.

    What was refused stands in the form, and its attempt (`noted`) among the flag's notes, by what it was: the refused
    transaction left nothing. A statement or a file that could not be taken in decides nothing and is not noted.
    """
    if not form.ok:
        return False
    person, now = actor(), utc_now()
    try:
        with writing() as session:
            step(session, person, now)
    except Refused as refused:
        form.take(refused)
        if noted:
            with writing() as session:
                service.note_refusal(session, person, now, session.get_one(Flag, flag_id), called())
        return False
    edge().stores.portal.empty_log()  # a clearing took documents away: until then they stand in the file
    return True
