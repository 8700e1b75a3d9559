"""The pages of a review: the town's, the secretary's, the panel's, the district's, and the cleared one in public."""

import pytest
from sqlmodel import select

from portal.core.clock import utc_now
from portal.core.db import Stores
from portal.flags.models import Clearing, Flag
from tests.factories.flags import loud_flag
from tests.factories.places import District
from tests.flags.asking import agreed
from tests.visitor import Villager

WHY = "三张收据没有签字，两个人都看过。"
MINE = "单据在柜子里，周三可以来看。"
SECRET = "没有根据的反映"


@pytest.fixture
def flag(stores: Stores, district: District) -> Flag:
    """A flag over 南湾村 that the rule raised today."""
    with stores.portal.write() as session:
        return loud_flag(session, district, utc_now())


def test_a_review_by_everybodys_pages(official, villager: Villager, stores: Stores, flag: Flag,
                                      district: District) -> None:
    """From triage to a clearing that the village reads, each by the page of whoever must act, in both languages."""
    officer, secretary = official("town_discipline", "baisha"), official("secretary", "nanwan")
    lead, signer = official("town_office", "baisha"), official("district_discipline")
    page, mine, seat = f"/desk/baisha/flags/{flag.id}", "/desk/nanwan/review", f"/desk/panels/{flag.id}"
    assert secretary.get("/en" + mine).status_code == 200
    assert "There is no review." in secretary.text
    nothing = secretary.get(mine).data
    agreed(officer, signer, page, WHY)
    assert secretary.get(mine).data == nothing, "until the notice a village sees nothing"
    assert lead.get(seat).status_code == 404
    assert secretary.post(f"{mine}/{flag.id}/statement", {"statement": MINE}).status_code == 404
    assert officer.post(page + "/notify").status_code == 303
    assert "books and money" in secretary.get("/en" + mine).get_data(as_text=True)
    assert flag.sheet["rule_version"] in secretary.text
    assert WHY not in secretary.text
    assert secretary.post(f"{mine}/{flag.id}/statement", {"statement": ""}).status_code == 422
    assert secretary.post(f"{mine}/{flag.id}/more-days").status_code == 303
    assert secretary.post(f"{mine}/{flag.id}/statement", {"statement": MINE}).status_code == 303
    secretary.get("/en" + mine)
    assert "Your statement has arrived" in secretary.text
    three = {"lead": lead.person.id, "member": district.person("district_organisation").id,
             "third": district.person("district_finance").id}
    assert officer.post(page + "/panel", {**three, "third": lead.person.id}).status_code == 422
    assert officer.post(page + "/panel", three).status_code == 303
    for language in ("", "/en"):
        assert lead.get(language + seat).status_code == 200
        assert MINE in lead.text
        assert official("district_finance").get(language + seat).status_code == 200
        assert officer.get(language + page).status_code == 200
        assert secretary.get(language + mine).status_code == 200
    assert lead.post(seat, {"outcome": "unfounded", "reasons": ""}).status_code == 422
    assert lead.post(seat, {"outcome": "unfounded", "reasons": SECRET}).status_code == 303
    beside = official("district_finance")
    assert signer.get(f"/en/desk/district/flags/{flag.id}").status_code == 200
    assert "Sign it?" not in signer.text, "two of the three stand behind it first"
    assert beside.get("/en" + seat).status_code == 200
    assert WHY not in beside.text or "Why the town opened it" in beside.text
    assert beside.post(f"{seat}/voice", {"says": "against", "words": ""}).status_code == 422
    assert beside.post(f"{seat}/voice", {"says": "agree", "seen": "another"}).status_code == 422
    beside.get("/en" + seat)
    assert beside.post(f"{seat}/voice", {"says": "agree"}).status_code == 303
    assert signer.get(f"/en/desk/district/flags/{flag.id}").status_code == 200
    assert "Sign it?" in signer.text
    assert signer.post(f"/desk/district/flags/{flag.id}/sign", {"sign": "back", "why": ""}).status_code == 422
    assert signer.post(f"/desk/district/flags/{flag.id}/sign", {"sign": "sign"}).status_code == 303
    with stores.portal.read() as session:
        clearing = session.exec(select(Clearing)).one()
    for who, path in ((officer, f"/en{page}"), (signer, f"/en/desk/district/flags/{flag.id}"), (lead, f"/en{seat}")):
        who.get(path, follow_redirects=True)
        assert "A review found nothing" in who.text
        for gone in (MINE, SECRET, WHY, "books and money", flag.sheet_hash[:32]):
            assert gone not in who.text
    public = f"/v/nanwan/cleared/{clearing.id}"
    assert villager.get(public).status_code == 404
    assert secretary.post(f"{mine}/{flag.id}/clearing", {"publish": "yes"}).status_code == 303
    for language in ("", "/en"):
        assert villager.get(language + public).status_code == 200
        assert secretary.get(language + mine).status_code == 200
        assert officer.get(f"{language}/desk/baisha/clearings/{clearing.id}").status_code == 200
        assert officer.get(f"{language}/desk/baisha/flags").status_code == 200
    assert "It was looked into, and what was reported is not so." in villager.text
    for gone in (MINE, SECRET, WHY, "books and money", flag.id, flag.sheet_hash[:32], flag.sheet["rule_version"]):
        assert gone not in villager.text
    assert villager.get(f"/v/xinglin/cleared/{clearing.id}").status_code == 404
    assert villager.get(f"/v/nanwan/cleared/{flag.id}").status_code == 404


def test_an_appeal_by_its_pages(official, stores: Stores, flag: Flag, district: District) -> None:
    """The secretary reads the reasons and appeals; whoever decided sees that others answer."""
    officer, secretary = official("town_discipline", "baisha"), official("secretary", "nanwan")
    lead, signer = official("town_office", "baisha"), official("district_discipline")
    page, mine, seat = f"/desk/baisha/flags/{flag.id}", "/desk/nanwan/review", f"/desk/panels/{flag.id}"
    agreed(officer, signer, page, WHY)
    officer.post(page + "/notify")
    secretary.post(f"{mine}/{flag.id}/unfair", {"person": district.person("district_finance").id, "why": "欠他的钱"})
    three = {"lead": lead.person.id, "member": district.person("district_organisation").id,
             "third": district.person("district_finance").id}
    assert officer.post(page + "/panel", three).status_code == 422, "the secretary named one of them"
    with stores.portal.write() as session:
        from portal.accounts import service as accounts
        from portal.roles import Role

        spare = accounts.add_person(session, user="spare", name="许一", kept=accounts.hashed("correct horse battery"))
        accounts.give_role(session, utc_now(), spare, Role.DISTRICT_FINANCE, district["district"])
        three["third"] = spare.id
    assert officer.post(page + "/panel", three).status_code == 303
    secretary.post(f"{mine}/{flag.id}/statement", {"statement": MINE})
    lead.post(seat, {"outcome": "rectify", "reasons": SECRET, "months": "3"})
    beside = official("district_organisation")
    beside.get(seat)
    beside.post(f"{seat}/voice", {"says": "agree"})
    signer.get(f"/desk/district/flags/{flag.id}")
    signer.post(f"/desk/district/flags/{flag.id}/sign", {"sign": "sign"})
    secretary.get("/en" + mine)
    assert SECRET in secretary.text
    assert "to be put right" in secretary.text
    assert "You may appeal until" in secretary.text
    assert secretary.post(f"{mine}/{flag.id}/appeal", {"appeal": "不服"}).status_code == 303
    secretary.get("/en" + mine)
    assert "Other people of the district answer it by" in secretary.text
    signer.get(f"/en/desk/district/flags/{flag.id}")
    assert "Others of the district answer the appeal." in signer.text
    assert signer.post(f"/desk/district/flags/{flag.id}/answer",
                       {"choice": "kept", "reasons": WHY, "second": spare.id}).status_code == 422
    officer.get("/en" + page)
    assert "appealed, the district answers" in officer.text
