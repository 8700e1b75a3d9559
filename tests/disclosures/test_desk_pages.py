"""What officials do at the desk with a record: type it, check it, correct it."""

import io
from typing import Any

from PIL import Image

from portal.core.clock import local_day, utc_now
from portal.core.db import Stores
from portal.disclosures.periods import Period
from tests.disclosures.counting import Queries
from tests.visitor import Official, Villager


def test_a_clerk_types_a_record_and_it_goes_its_way(
    official: Any, stores: Stores, quarter: Period, ids: dict[str, str]
) -> None:
    """A typed grid with a mistake keeps everything typed; mended it is a draft, checked, approved and public."""
    clerk: Official = official("village_clerk")
    assert clerk.get("/en/desk/liuhe/open").status_code == 200
    assert clerk.get(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}").status_code == 200
    row = {
        "period": quarter.key,
        "r0-item": "自来水",
        "r0-meter_total": "4210",
        "r0-rate": "2.80",
        "r0-billed": "11,788.0o",
        "r0-collected": "11200",
    }
    answer = clerk.post(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}", row)
    assert answer.status_code == 422
    assert "11,788.0o" in clerk.text
    assert "not an amount" in clerk.text
    answer = clerk.post(f"/en/desk/liuhe/open/new/utilities?period={quarter.key}", {**row, "r0-billed": "11,788.00"})
    assert answer.status_code == 303
    here = answer.headers["Location"]
    assert clerk.get(here).status_code == 200
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    token = {"token": clerk.hidden()["token"]}
    sent = clerk.client.post(f"{here}/attach", data={**token, "file": (io.BytesIO(picture.getvalue()), "水表.png")})
    assert sent.status_code == 303
    assert clerk.client.post(f"{here}/submit", data=token).status_code == 303
    checker: Official = official("supervision")
    checker.get(here)
    assert checker.post(f"{here}/check", {}).status_code == 422
    assert checker.post(f"{here}/check", {"verdict": "back", "remark": ""}).status_code == 422
    assert checker.post(f"{here}/check", {"verdict": "good", "remark": "和抄表本对过"}).status_code == 303
    boss: Official = official("secretary")
    boss.get(here)
    counted = Queries(stores)
    assert boss.get(here).status_code == 200
    assert counted.number <= 15
    assert boss.post(f"{here}/approve", {"verdict": "good"}).status_code == 303
    public = f"/en/v/liuhe/open/utilities/{here.rsplit('/', 1)[-1]}"
    assert boss.get(public).status_code == 200
    assert "11,788" in boss.text
    assert "水表.png" in boss.text
    paper = boss.text.split("/file/")[1].split('"')[0]
    assert boss.client.get(f"{public}/file/{paper}").mimetype == "image/jpeg"


def test_a_row_that_lacks_something_says_what(official: Any, quarter: Period) -> None:
    """A grid with a row that was only begun comes back with everything typed and the missing cell named."""
    clerk: Official = official("village_clerk")
    address = "/desk/liuhe/open/new/utilities"
    clerk.get(address)
    page = clerk.post(address, {"period": quarter.key, "grid": "6", "r2-item": "自来水"})
    assert page.status_code == 422
    assert "自来水" in clerk.text
    assert "没填" in clerk.text or "缺" in clerk.text


def test_a_correction_shows_both_versions(official: Any, villager: Villager, ids: dict[str, str]) -> None:
    """The reason is asked first; what is public stays until the new version is; both can be read."""
    clerk: Official = official("village_clerk")
    here = f"/en/desk/liuhe/open/record/{ids['voted']}"
    clerk.get(here)
    assert clerk.post(f"{here}/correct", {"reason": ""}).status_code == 422
    assert clerk.post(f"{here}/correct", {"reason": "票数抄错"}).status_code == 303
    clerk.get(f"{here}/edit")
    day = local_day(utc_now()).isoformat()
    answer = clerk.post(
        f"{here}/edit",
        {
            "event_date": day,
            "v-body": "修三组的路",
            "v-eligible": "50",
            "v-present": "46",
            "v-votes_for": "44",
            "v-votes_against": "2",
            "decision_body": "村民代表会议",
            "decision_day": day,
        },
    )
    assert answer.status_code == 303
    assert clerk.post(f"{here}/submit").status_code == 303
    for role, act in (("supervision", "check"), ("secretary", "approve")):
        person: Official = official(role)
        person.get(here)
        assert person.post(f"{here}/{act}", {"verdict": "good"}).status_code == 303
    villager.get(f"/en/v/liuhe/open/assembly-decisions/{ids['voted']}")
    assert "票数抄错" in villager.text
    assert "Version 1" in villager.text
    villager.get(f"/en/v/liuhe/open/assembly-decisions/{ids['voted']}?version=1")
    assert "no longer the one that holds" in villager.text


def test_who_may_do_what_at_the_desk(official: Any, stores: Stores, ids: dict[str, str]) -> None:
    """Everyone above may look, at names in full only whoever has to check them; only the clerk writes."""
    for role in ("village_clerk", "supervision", "secretary", "town_office", "district_discipline"):
        person: Official = official(role)
        for path in ("open", f"open/record/{ids['new']}"):
            counted = Queries(stores)
            assert person.get(f"/desk/liuhe/{path}").status_code == 200
            assert counted.number <= 15
        person.get(f"/desk/liuhe/open/record/{ids['listed']}?full=1")
        assert ("王小明" in person.text) == (role in {"village_clerk", "supervision", "secretary"})
        assert person.get("/desk/liuhe/open/new/expenses").status_code == (200 if role == "village_clerk" else 403)


def test_a_verdict_on_what_has_changed_is_refused(official: Any, stores: Stores, quarter: Period) -> None:
    """The page lay open while the record was sent back and changed: the old yes is no yes to the new figures."""
    clerk, checker, other = official("village_clerk"), official("supervision"), official("supervision")
    row = {
        "period": quarter.key,
        "r0-item": "自来水",
        "r0-meter_total": "4210",
        "r0-rate": "2.80",
        "r0-billed": "11788",
        "r0-collected": "11200",
    }
    clerk.get("/desk/liuhe/open/new/utilities")
    here = clerk.post("/desk/liuhe/open/new/utilities", row).headers["Location"]
    clerk.get(here)
    clerk.post(here + "/submit")
    checker.get(here)
    other.get(here)
    assert other.post(here + "/check", {"verdict": "back", "remark": "收了多少不对"}).status_code == 303
    clerk.get(here + "/edit")
    clerk.post(here + "/edit", {**row, "r0-collected": "99999"})
    clerk.get(here)
    clerk.post(here + "/submit")
    assert checker.post(here + "/check", {"verdict": "good"}).status_code == 422
    checker.get(here)
    assert checker.post(here + "/check", {"verdict": "good"}).status_code == 303
