"""Nobody around a village can see on any page that somebody there has just said something."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from flask import Flask

from portal.config import Config
from portal.core.db import Stores
from portal.reports import voices
from portal.slips import peppers
from tests.conftest import NOW
from tests.reports.conftest import STORY, FileAt, Offices, hand_over, write_to
from tests.visitor import Official, Villager

ROLES = (("village_clerk", "liuhe"), ("secretary", "liuhe"), ("supervision", "liuhe"), ("secretary", "shiqiao"),
         ("town_office", "qingxi"))
CODES = ("liuhe", "qingxi")
PAPER = ("pdf", "print", "sheet", "poster")
OURS = re.compile(rb'value="[0-9a-f]{1,10}\.[0-9a-f]{32}"|[0-9a-f]{32}')  # form tokens and attempts


def addresses(app: Flask, report_id: str) -> list[str]:
    """Every address that can be looked at with a place, or with a place and the report."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "home.healthz", "accounts.sign_out"}:
            continue
        if any(word in PurePosixPath(str(rule)).name for word in PAPER):
            continue
        if rule.arguments <= {"code", "report_id"}:
            found += {str(rule).replace("<code>", code).replace("<report_id>", report_id) for code in CODES}
    return sorted(found)


def test_nothing_moves_when_somebody_speaks(app: Flask, official: Callable[..., Official], villager: Villager,
                                            offices: Offices, stores: Stores, file_report: FileAt,
                                            config: Config) -> None:
    """Clerk, secretary, supervision, the next village's secretary and the town office see the same before and after.

    A report comes with a slip, and is handed over: every page that these five and anybody else can ask for has the
    same bytes, status and etag; what they may not see is refused with the same bytes too. The town's digest alone
    moves, with the hand-over. Fault seen: the page that counted the slips used in the running quarter.
    """
    slip, *_others = voices.issue(stores, NOW, peppers.folder_of(config.instance), offices.district["liuhe"], 2026, 10)
    known = file_report()[0]
    people: dict[str, Villager] = {f"{role} {place}": official(role, place) for role, place in ROLES}
    people["anybody"] = Villager(app)
    pages = addresses(app, known.id)

    def look() -> dict[tuple[str, str], tuple[int, bytes, str | None]]:
        return {(who, path): (page.status_code, OURS.sub(b"", page.data), page.headers.get("ETag"))
                for who, person in people.items() for path in pages for page in (person.client.get(path),)}

    look()  # some pages note when somebody was last there
    before = look()
    assert sum(status == 200 for status, _, _ in before.values()) > 100
    write_to(villager, "liuhe", voice=slip, text=STORY + "，还有两张发票")
    villager.post("/v/liuhe/say", {"go": "send"})
    assert len(re.findall(r"<span>\d{4}</span>", villager.text)) == 4
    after = look()
    assert [key for key in before if before[key] != after[key]] == []
    hand_over(stores, offices.district)
    after = look()
    moved = {who for who, path in before if before[who, path] != after[who, path]}
    assert moved <= {"town_office qingxi"}, "the town's digest counts what its officers have now"
