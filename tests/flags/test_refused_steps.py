"""What was refused is noted by what it was; what decides nothing is not noted at all."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.flags import queries
from portal.flags.views import steps
from portal.flags.views.words import REFUSED
from tests.factories.flags import open_case
from tests.factories.places import District
from tests.visitor import Official


def test_a_refused_file_is_no_refused_decision(official: Callable[..., Official], stores: Stores,
                                               district: District) -> None:
    """A file of the wrong kind, or an empty statement, leaves no note; a refused objection is named as what it was."""
    with stores.portal.write() as session:
        flag_id = open_case(session, district, utc_now()).notify().flag.id
    secretary, path = official("secretary", "nanwan"), f"/desk/nanwan/review/{flag_id}"
    secretary.get("/desk/nanwan/review")
    sent = {"statement": "x", "paper": (BytesIO(b"MZ.."), "x.exe")}
    assert secretary.post(f"{path}/statement", sent, content_type="multipart/form-data").status_code == 422
    assert secretary.post(f"{path}/statement", {"statement": ""}).status_code == 422
    assert secretary.post(f"{path}/unfair", {"person": "nobody", "why": "打过官司"}).status_code == 422
    with stores.portal.read() as session:
        assert [row.step for row in queries.events(session, flag_id) if row.kind == "refused"] == ["unfair"]
    officer = official("town_discipline", "baisha")
    officer.get(f"/en/desk/baisha/flags/{flag_id}")
    assert "a step was refused: naming somebody who can’t be fair" in officer.text
    assert "a decision was refused" not in officer.text


@pytest.mark.parametrize("made", ["decide", "withdraw", "proposal", "notify", "name_panel", "seat", "voice", "sign",
                                  "answer", "second_answer", "reappraise", "follow", "extend", "name_conflict",
                                  "appeal", "wish"])
def test_every_step_has_a_name(made: str, app: Flask) -> None:
    """Each page that takes a step on a flag has words for its refusal, and fits the note."""
    assert f"flags.{made}" in app.view_functions
    name = steps.SHORT.get(made, made)
    assert name in REFUSED
    assert len(name) <= 12
